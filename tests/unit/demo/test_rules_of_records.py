"""What the demo shows of the rules for records: numbers, references, heirs, balances, and the few that break them."""

from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from demo.breaks import Scene, break_rules
from demo.records import make_records
from demo.records.standing import LISTS, NUMBERED
from demo.world import SEED, build_world
from rollcall.datasets import datasets
from rollcall.periods import Period

DAYS = {
    "events": "started_at",
    "funding": "booked_on",
    "inspections": "inspected_on",
    "role_models": "selected_on",
    "points": "booked_on",
}
UNIFIED = 10


@pytest.fixture(scope="module")
def quarter(registry):
    """All that the counties of two cities, with all below them, tell in the three months, by month and key."""
    first = build_world(SEED, Period(2023, 5), 1.0, registry)
    worlds = [first, first.at(Period(2023, 6)), first.at(Period(2023, 7))]
    counties = [office for office in first.offices if office.level == "county" and office.code.startswith("6204")]
    counties += [office for office in first.offices if office.level == "county" and office.code.startswith("6208")]
    keys = {lower.office_key for county in counties for lower in first.subtree(county)}
    return [
        (world, {key: make_records(world, world.by_key[key]) for key in sorted(keys & world.by_key.keys())})
        for world in worlds
    ]


def told(quarter, dataset):
    """World, key of the office, and row."""
    for world, records in quarter:
        for key, of_office in records.items():
            for row in of_office.get(dataset, ()):
                yield world, key, row


@pytest.mark.parametrize(("dataset", "on"), DAYS.items())
def test_some_offices_number_anew_each_month_and_no_two_records_of_a_month_share_a_number(quarter, dataset, on):
    keys = [name for name in datasets()[dataset].keys if name != on]
    found, months = Counter(), defaultdict(set)
    for world, key, row in told(quarter, dataset):
        number = (key, *(row[name] for name in keys))
        found[number, row[on].year, row[on].month] += 1
        months[number].add(str(world.period))
    assert set(found.values()) == {1}
    again = {number[0] for number, seen in months.items() if len(seen) > 1}
    offices = {number[0] for number in months}
    assert 0.15 < len(again) / len(offices) < 0.5


def test_numbers_of_a_need_are_never_used_again(quarter):
    """It is told again under its number until it is done: the same number twice in one file would hold both."""
    raised = defaultdict(set)
    for _, key, row in told(quarter, "needs"):
        raised[key, row["need_no"]].add(row["raised_on"])
    assert {len(days) for days in raised.values()} == {1}


def test_references_join_but_for_a_few(quarter):
    """Team, site and project: an entry of the office's own list of the month, that stood on the day."""
    joined = Counter()
    for _, records in quarter:
        for of_office in records.values():
            lists = {name: {row[number] for row in of_office[name]} for name, number in NUMBERED.items()}
            for dataset in ("events", "needs", "registrations"):
                for row in of_office[dataset]:
                    for name, number in (("teams", "team_no"), ("sites", "site_no"), ("projects", "project_no")):
                        if row.get(number) and row[number] != "无":
                            joined[row[number] in lists[name]] += 1
    assert joined[False] > 10
    assert joined[False] / joined.total() < 0.03


def test_every_service_is_of_an_event_that_its_organiser_tells_of_but_for_those_of_silent_ones(quarter):
    for world, records in quarter:
        events = {
            (row["event_no"], row["organiser_code"]): row["started_at"].date()
            for key, of_office in records.items()
            for row in of_office["events"]
            if world.by_key[key].code == row["organiser_code"]
        }
        unknown = [
            row
            for of_office in records.values()
            for row in of_office["services"]
            if row["organiser_code"] in {world.by_key[key].code for key in records}
            and events.get((row["event_no"], row["organiser_code"])) != row["served_on"]
        ]
        assert not unknown


def test_numbers_of_volunteers_are_unified_at_some_offices_and_the_offices_own_at_others(quarter):
    offices = defaultdict(set)
    for _, key, row in told(quarter, "registrations"):
        offices[row["volunteer_no"]].add(key)
    own = {number: keys for number, keys in offices.items() if len(number) < UNIFIED}
    unified = {number: keys for number, keys in offices.items() if len(number) >= UNIFIED}
    assert own
    assert max(map(len, own.values())) > 20
    assert len(unified) / len(offices) > 0.2
    # An heir tells of those whom the office that it took over had registered.
    assert {len(keys) for keys in unified.values()} == {1, 2}
    assert sum(len(keys) == 2 for keys in unified.values()) < 5


def test_some_volunteers_serve_at_an_office_that_never_registered_them(quarter):
    """Under a unified number that one office alone gave: they are known wherever they serve."""
    registered = defaultdict(set)
    for _, key, row in told(quarter, "registrations"):
        registered[row["volunteer_no"]].add(key)
    elsewhere = [
        row["volunteer_no"]
        for _, key, row in told(quarter, "services")
        if key not in registered[row["volunteer_no"]] and len(row["volunteer_no"]) >= UNIFIED
    ]
    assert len(elsewhere) > 10
    assert {len(registered[number]) for number in elsewhere} == {1}


def test_points_are_of_volunteers_who_are_registered_and_of_households(quarter):
    since = {}
    for _, key, row in told(quarter, "registrations"):
        if row["change"] == "new":
            since[key, row["volunteer_no"]] = row["changed_on"]
    withdrew = {
        (key, row["volunteer_no"]) for _, key, row in told(quarter, "registrations") if row["change"] == "withdrawn"
    }
    kinds = Counter()
    for _, key, row in told(quarter, "points"):
        kinds[row["holder_kind"]] += 1
        if row["holder_kind"] == "person":
            assert since[key, row["holder_no"]] <= row["booked_on"]
            assert (key, row["holder_no"]) not in withdrew
    assert min(kinds.values()) > 1_000


def test_hardly_anybody_redeems_more_than_was_earned(quarter):
    has, over, redeemed = defaultdict(Decimal), 0, 0
    for _, key, row in sorted(told(quarter, "points"), key=lambda one: (one[2]["booked_on"], one[2]["entry_no"])):
        has[key, row["holder_no"]] += row["points"]
        if row["reason"] == "redeemed":
            redeemed += 1
            over += has[key, row["holder_no"]] < 0
        has[key, row["holder_no"]] = max(has[key, row["holder_no"]], Decimal(0))
    assert redeemed > 500
    assert 0 < over / redeemed < 0.03


def test_an_heir_tells_of_registrations_needs_and_money_of_the_office_it_took_over(quarter):
    (may, in_may), (_june, in_june), _ = quarter
    (merged,) = [key for key, life in may.history.lives.items() if life.end and life.heirs]
    (heir,) = may.history.lives[merged].heirs
    had, has = in_may[merged], in_june[heir]
    open_needs = {row["need_no"] for row in had["needs"] if row["need_status"] not in ("done", "refused")}
    assert open_needs
    assert open_needs <= {row["need_no"] for row in has["needs"]}
    theirs = {row["volunteer_no"] for row in had["registrations"]} - {
        row["volunteer_no"] for row in has["registrations"] if row["change"] == "new"
    }
    assert [row for row in has["registrations"] if row["volunteer_no"] in theirs and row["change"] != "new"]
    assert all(number not in {row["need_no"] for row in in_may[heir]["needs"]} for number in open_needs)


def test_a_change_may_leave_empty_what_stays_and_say_that_a_team_is_left(quarter):
    rows = [row for _, _, row in told(quarter, "registrations") if row["change"] == "changed"]
    shapes = Counter((row["team_no"] is None, row["is_backbone"] is None) for row in rows)
    assert shapes[False, False] > shapes[True, False] > 0
    assert shapes[False, True] > 0
    assert shapes[True, True] < len(rows) * 0.02
    assert 0 < sum(row["team_no"] == "无" for row in rows) < len(rows) * 0.1


def test_a_few_units_are_on_the_lists_of_two_levels(quarter):
    for world, records in quarter:
        listed = defaultdict(set)
        for key, of_office in records.items():
            for row in of_office["units"]:
                if row["credit_code"]:
                    listed[row["credit_code"]].add(key)
        twice = [keys for keys in listed.values() if len(keys) > 1]
        assert 5 < len(twice) < len(listed) * 0.03
        for keys in twice:
            lower, upper = sorted(keys, reverse=True)
            assert world.by_key[lower].parent_key == upper


def test_hardly_any_site_is_on_the_lists_of_two_levels(small_months):
    world = small_months[2]
    named = {
        office.office_key: {(row["site_name"], row["site_kind"]) for row in LISTS["sites"](world, office)}
        for office in world.offices
    }
    twice = [
        lower
        for lower in world.offices
        if lower.parent_key in named and named[lower.office_key] & named[lower.parent_key]
    ]
    assert 10 < len(twice) < 60


def test_every_alliance_has_one_leader_in_each_month(small_months):
    for world in small_months:
        leaders = defaultdict(int)
        for office in world.offices:
            if office.level in ("city", "county"):
                for row in LISTS["units"](world, office):
                    if row["alliance_name"]:
                        leaders[office.office_key, row["alliance_kind"], row["alliance_name"]] += row["leads_alliance"]
        assert len(leaders) > 30
        assert set(leaders.values()) == {1}


def test_entries_of_registers_are_held_that_stood_the_month_before(small_months):
    """Then what was last accepted of them stands."""
    before, world = small_months[1:]
    held = 0
    for code, habits in world.habits.items():
        if habits.conduct == "broken_rows":
            office = world.by_code[code]
            records = make_records(world, office)
            break_rules(Scene(world, office, world.rng(office, "breaks")), records, habits.format)
            for dataset, number in NUMBERED.items():
                stood = {row[number] for row in LISTS[dataset](before, before.by_key[office.office_key])}
                held += sum(row[number] in stood for row in records[dataset] if row.get("_wrong"))
    assert held > 5


def test_practice_days_are_fridays(quarter):
    days = [row["started_at"].weekday() for _, _, row in told(quarter, "events") if row["theme"] == "practice_day"]
    assert len(days) > 100
    assert set(days) == {4}
