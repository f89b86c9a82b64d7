"""From month to month: registers that hardly move, needs that are done at last, offices that are merged or renamed."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from demo.habits import CHENGGUAN
from demo.records import make_records
from demo.records.complete import complete
from demo.records.needs import raised_in
from demo.records.row import number_of
from demo.records.totals import make_totals
from demo.world import SEED, build_world
from rollcall.datasets import asked_of
from rollcall.periods import Period

REGISTERS = {"units": "unit_no", "sites": "site_no", "teams": "team_no", "projects": "project_no"}
# Begins the numbers of the volunteers whom 城关区 published.
PUBLISHED = "SL620102000B"
STEPS = ("raised_on", "dispatched_on", "accepted_on", "finished_on")


@pytest.fixture(scope="module")
def quarter(registry):
    """Records of a quarter's rows of every fifth township in the three months, by month and key of office."""
    first = build_world(SEED, Period(2023, 5), 0.25, registry)
    worlds = [first, first.at(Period(2023, 6)), first.at(Period(2023, 7))]
    keys = [office.office_key for office in first.offices if office.level == "township"][::5]
    return [
        (world, {key: make_records(world, world.by_key[key]) for key in keys if key in world.by_key})
        for world in worlds
    ]


@pytest.mark.parametrize(("dataset", "number"), REGISTERS.items())
def test_a_register_is_nearly_the_same_next_month(quarter, dataset, number):
    """Some entries are new, some forgotten, and those come back; nearly all stay as they are."""
    for (_, before), (_, after) in pairwise(quarter):
        kept = came = went = 0
        for key in before.keys() & after.keys():
            ours, theirs = ({row[number] for row in records[key][dataset]} for records in (before, after))
            kept, came, went = kept + len(ours & theirs), came + len(theirs - ours), went + len(ours - theirs)
        assert came
        assert went
        assert (came + went) / kept < 0.1


@pytest.mark.parametrize(("dataset", "number"), REGISTERS.items())
def test_what_was_forgotten_comes_back_under_its_number(quarter, dataset, number):
    may, june, july = (
        {(key, row[number]) for key, rows in records.items() for row in rows[dataset]} for _, records in quarter
    )
    assert (may & july) - june


def test_needs_are_told_again_until_they_are_done(quarter):
    told = defaultdict(list)
    for world, records in quarter:
        for rows in records.values():
            for row in rows["needs"]:
                told[row["need_no"]].append((world.period, row))
    again = [rows for rows in told.values() if len(rows) > 1]
    assert len(again) > 100
    for rows in again:
        assert all(row["need_status"] not in ("done", "refused") for _, row in rows[:-1])
        assert len({row["raised_on"] for _, row in rows}) == 1
    assert sum(rows[-1][1]["need_status"] == "done" for rows in again) > 0.8 * len(again)


def test_steps_of_a_need_are_in_order_and_none_is_to_come(quarter):
    for world, records in quarter:
        for rows in records.values():
            for row in rows["needs"]:
                days = [row[step] for step in STEPS if row[step]]
                assert days == sorted(days)
                assert days[-1] <= world.period.last_day
                assert (row["need_status"] == "done") == (row["finished_on"] is not None)


def test_a_need_is_open_no_longer_than_its_office_remembers_it(quarter):
    """Else it would stay open for ever."""
    world, records = quarter[0]
    for key in records:
        for row in raised_in(world, world.by_key[key]):
            assert max(row[step] for step in STEPS if row[step]) <= date(2023, 7, 31)


def test_hours_points_areas_and_claims_have_at_most_two_decimals(quarter, small_months):
    county = make_records(small_months[0], small_months[0].by_code["620103000000"])
    columns = (("services", "hours"), ("points", "points"), ("sites", "area_m2"), ("totals", "value"))
    for one in [county, *(rows for _, records in quarter for rows in records.values())]:
        for dataset, column in columns:
            for row in one.get(dataset, ()):
                value = row[column]
                assert value is None or value == round(value, 2)
                assert value is None or isinstance(value, Decimal)


def test_volunteers_serve_at_events_of_the_month_after_they_registered(quarter):
    registered = {}
    for _, records in quarter:
        for key, rows in records.items():
            events = {(row["event_no"], row["organiser_code"]): row["started_at"].date() for row in rows["events"]}
            registered |= {
                (key, row["volunteer_no"]): row["changed_on"] for row in rows["registrations"] if row["change"] == "new"
            }
            for row in rows["services"]:
                assert (key, row["volunteer_no"]) in registered
                event = events.get((row["event_no"], row["organiser_code"]))
                # One who is known to two offices may serve where only the other took part.
                assert event in (row["served_on"], None)
                assert 0 < row["hours"] <= 24


def test_some_volunteers_serve_for_two_offices_at_once(month, world):
    """Both tell of the same event and day, each under its own number of the volunteer."""
    people = {
        (code, row["volunteer_no"]): row["id_number"] for code, rows in month.items() for row in rows["registrations"]
    }
    told = defaultdict(set)
    for code, rows in month.items():
        for row in rows["services"]:
            if person := people.get((code, row["volunteer_no"])):
                told[person, row["event_no"], row["served_on"], row["hours"]].add(code)
    twice = [codes for codes in told.values() if len(codes) == 2]
    assert len(twice) > 50


def test_points_are_spent_below_zero_and_earned_above(quarter):
    for _, records in quarter:
        for rows in records.values():
            for row in rows["points"]:
                assert (row["points"] < 0) == (row["reason"] in ("redeemed", "expired"))
                assert row["points"] != 0


def test_upper_offices_alone_claim_and_review(small_months):
    world = small_months[1]
    for code in ("620000000000", "620100000000", "620103000000", "620103001000"):
        office = world.by_code[code]
        records = make_records(world, office)
        assert list(records) == asked_of(office.level, world.period.last_day)
        below = {lower.code for lower in world.subtree(office)} - {code}
        assert {row["reviewed_code"] for row in records.get("reviews", ())} <= below
        assert {row["reviewed_period"] for row in records.get("reviews", ())} <= {"2023-05"}
        for row in records.get("totals", ()):
            assert row["to_date"] == date(2023, 6, 30)
            assert row["from_date"] in (None, date(2023, 6, 1))


def test_most_claims_agree_with_the_records_and_some_do_not(small_months):
    world = small_months[2]
    counties = [office for office in world.offices if office.level == "county"][:40]
    agreeing = differing = 0
    for county in counties:
        (claim,) = [row for row in make_totals(world, county) if row["indicator"] == "event_attendees"]
        attendees = sum(
            row["attendees"] or 0
            for office in world.subtree(county)
            for row in complete(world, office, "events")
            if row["organiser_code"] == office.code and row["started_at"].date() >= world.period.first_day
        )
        agreeing, differing = agreeing + (claim["value"] == attendees), differing + (claim["value"] != attendees)
    assert agreeing > 2 * differing > 0


def test_a_returned_review_says_why(month):
    reviews = [row for rows in month.values() for row in rows.get("reviews", ())]
    assert {row["decision"] for row in reviews} == {"approve", "return"}
    assert all((row["reason"] is not None) == (row["decision"] == "return") for row in reviews)


def test_the_heir_of_a_merged_office_lists_what_that_had(small_months):
    """Nothing is lost and nothing told twice: the office is called no more, its entries have new numbers."""
    may, june, _ = small_months
    ended = {key: life for key, life in may.history.lives.items() if life.end and life.end.year == 2023}
    assert ended
    for key, life in ended.items():
        last = may if life.end.month == 6 else june
        after = last.at(last.period.shift(1))
        assert key not in after.by_key
        merged, (heir,) = last.by_key[key], life.heirs
        for dataset, number in REGISTERS.items():
            had = {row[number].partition("-")[2]: row for row in make_records(last, merged)[dataset]}
            prefix = number_of(after, after.by_key[heir], f"{key}-")
            has = {
                row[number].removeprefix(prefix): row
                for row in make_records(after, after.by_key[heir])[dataset]
                if row[number].startswith(prefix)
            }
            assert has.keys() == had.keys()
            same = {"unit_name", "site_name", "team_name", "project_name", "credit_code", "opened_on"}
            for place, row in has.items():
                assert {name: row[name] for name in same & row.keys()} == {
                    name: had[place][name] for name in same & row.keys()
                }


def test_numbers_stay_when_a_code_changes(small_months):
    may, _, july = small_months
    recoded = [key for key in may.by_key if key in july.by_key and may.by_key[key].code != july.by_key[key].code]
    for key in recoded:
        before, after = make_records(may, may.by_key[key]), make_records(july, july.by_key[key])
        numbers = [{row["site_no"] for row in records["sites"]} for records in (before, after)]
        assert len(numbers[0] & numbers[1]) >= len(numbers[0]) - 1
        assert {row["organiser_code"] for row in after["events"]} >= {july.by_key[key].code}


def test_a_moved_office_takes_part_where_it_now_hangs(small_months):
    may, _, july = small_months
    moved = [
        key for key in may.by_key if key in july.by_key and may.by_key[key].parent_key != july.by_key[key].parent_key
    ]
    assert moved
    for key in moved:
        upper = july.by_key[july.by_key[key].parent_key]
        assert july.by_key[key] in july.below(upper)
        organisers = {row["organiser_code"] for row in make_records(july, july.by_key[key])["events"]}
        assert organisers <= {july.by_key[key].code, upper.code}


def test_a_past_is_told_in_the_first_month_whichever_that_is(registry):
    """A demo of July alone has the same published registrations in July."""
    may, july = (build_world(SEED, Period(2023, month), 0.02, registry) for month in (5, 7))
    told = [
        {row["volunteer_no"]: row for row in make_records(world, world.by_code[CHENGGUAN])["registrations"]}
        for world in (may, july)
    ]
    past = [{number: row for number, row in rows.items() if number.startswith(PUBLISHED)} for rows in told]
    # The teams that they name are those of the list that comes with them.
    for rows in past:
        for row in rows.values():
            del row["team_no"]
    assert past[0] == past[1]
    assert len(past[0]) > 5_000
