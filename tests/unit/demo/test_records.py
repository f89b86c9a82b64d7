"""What the records say: in themselves, between offices, and against what was announced."""

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal

import pytest

from demo.check_characters import credit_check_character, id_check_character
from demo.habits import CHENGGUAN
from demo.records import make_records
from demo.records.registrations import is_under_14, month_of
from demo.world import SEED, build_world
from rollcall.datasets import code_lists, datasets
from rollcall.periods import Period

QINGYANG = "621000000000"
FIRST, LAST = date(2023, 7, 1), date(2023, 7, 31)
DATED = {"registrations": "changed_on", "events": "started_at", "funding": "booked_on"}


def rows_of(month, dataset):
    return [row for records in month.values() for row in records.get(dataset, ())]


@pytest.fixture(scope="module")
def backlog(small_months):
    """城关区's backlog at a fiftieth of its size."""
    return make_records(small_months[0], small_months[0].by_code[CHENGGUAN])["registrations"]


def test_the_month_has_as_many_rows_as_the_demo_promises(registry):
    """Three such months and a backlog of 250,000 are between 0.9 and 1.1 million rows at the door."""
    whole = build_world(SEED, Period(2023, 7), 1.0, registry, Period(2023, 5))
    some = [office for office in whole.offices[120::40] if whole.habits[office.code].arrives]
    rows = sum(len(rows) for office in some for rows in make_records(whole, office).values())
    assert 150 * len(some) <= rows <= 185 * len(some)


def test_the_backlog_spans_the_years_and_ends_with_its_first_month(backlog):
    days = [row["changed_on"] for row in backlog]
    assert len(days) > 5_000
    assert min(days) < date(2015, 2, 1)
    assert date(2023, 5, 1) < max(days) <= date(2023, 5, 31)
    assert len({day.year for day in days}) == 9


@pytest.mark.parametrize("dataset", datasets())
def test_every_cell_has_a_column_and_required_ones_are_filled(month, dataset):
    names = {column.name for column in datasets()[dataset].columns}
    required = [column.name for column in datasets()[dataset].columns if column.required]
    for row in rows_of(month, dataset):
        assert {name for name in row if not name.startswith("_")} == names
        assert all(row[name] not in (None, "") for name in required)


@pytest.mark.parametrize("dataset", datasets())
def test_no_key_comes_twice_in_one_slice(month, dataset):
    keys = datasets()[dataset].keys
    for records in month.values():
        found = [tuple(row[key] for key in keys) for row in records.get(dataset, ())]
        assert len(found) == len(set(found))


@pytest.mark.parametrize("dataset", datasets())
def test_codes_are_those_of_their_lists(month, dataset):
    coded = {column.name: set(code_lists()[column.codes]) for column in datasets()[dataset].columns if column.codes}
    for row in rows_of(month, dataset):
        for name, codes in coded.items():
            assert row[name] is None or row[name] in codes


@pytest.mark.parametrize(("dataset", "column"), DATED.items())
def test_records_fall_inside_the_month(month, dataset, column):
    days = {date(*row[column].timetuple()[:3]) for row in rows_of(month, dataset)}
    assert min(days) >= FIRST
    assert max(days) <= LAST


def test_people_are_made_up_beyond_doubt(month, backlog):
    """Well-formed ID numbers of regions that do not exist, phones that nobody can have, names that say so."""
    for row in [*rows_of(month, "registrations"), *backlog]:
        assert row["name"].startswith("示例")
        assert len(row["phone"]) == 11
        assert row["phone"].startswith("109")
        number = row["id_number"]
        if number is None:
            continue
        assert number[2:4] > "90"
        assert number[6:14] == f"{row['birth_date']:%Y%m%d}"
        assert int(number[16]) % 2 == (row["sex"] == "1")
        assert number[17] == id_check_character(number[:17])


def test_children_register_with_their_guardians_consent(month):
    children = [row for row in rows_of(month, "registrations") if is_under_14(row["birth_date"], row["changed_on"])]
    assert len(children) > 300
    assert all(row["guardian_consent"] is True for row in children)


@pytest.mark.parametrize(
    ("birth", "on", "under"),
    [
        (date(2009, 7, 15), date(2023, 7, 14), True),
        (date(2009, 7, 15), date(2023, 7, 15), False),
        (date(2008, 2, 29), date(2022, 2, 28), True),
        (date(2008, 2, 29), date(2022, 3, 1), False),
    ],
)
def test_fourteen_is_reached_on_the_birthday(birth, on, under):
    assert is_under_14(birth, on) is under


def test_a_registration_moves_only_after_it_was_made(world, month):
    """In the same month, or in the next."""
    spoken_of = 0
    for code, records in month.items():
        june = world.previous.by_key.get(world.by_code[code].office_key)
        before = month_of(world.previous, june)[0] if june else []
        fresh = [row for row in records["registrations"] if row["change"] == "new"]
        made = {row["volunteer_no"]: row for row in (*before, *fresh)}
        for row in records["registrations"]:
            if row["change"] != "new":
                assert row["changed_on"] > made[row["volunteer_no"]]["changed_on"]
                assert row["id_number"] == made[row["volunteer_no"]]["id_number"]
                spoken_of += row["volunteer_no"] not in {one["volunteer_no"] for one in fresh}
    assert spoken_of > 300


def test_a_few_hundred_people_register_with_two_offices_and_nobody_else_by_chance(world, month):
    """A person in two offices counts once in their common ancestor: there must be some, and we must know how many."""
    offices = defaultdict(set)
    for code, records in month.items():
        for row in records["registrations"]:
            if row["id_number"]:
                offices[row["id_number"]].add(code)
    shared = [codes for codes in offices.values() if len(codes) > 1]
    assert 200 <= len(shared) <= 900
    for codes in shared:
        lower, upper = sorted(codes, key=lambda code: world.by_code[code].office_key, reverse=True)
        assert world.by_code[lower].parent_key == world.by_code[upper].office_key


def test_one_person_registers_once_with_one_office_in_the_backlog(backlog):
    numbers = [row["id_number"] for row in backlog if row["id_number"]]
    assert len(numbers) == len(set(numbers))


def test_credit_codes_are_right_and_some_begin_with_letters_that_others_refuse(month):
    codes = [row["credit_code"] for row in rows_of(month, "units") if row["credit_code"]]
    # A few units are on the lists of two levels.
    assert 0 < len(codes) - len(set(codes)) < len(codes) * 0.03
    assert all(code[17] == credit_check_character(code[:17]) for code in codes)
    assert {"N", "A", "Y"} < {code[0] for code in codes}


def test_qingyang_has_at_least_three_alliances_and_each_has_one_leader(month):
    leaders = Counter()
    for row in month[QINGYANG]["units"]:
        if row["alliance_name"]:
            leaders[row["alliance_kind"], row["alliance_name"]] += row["leads_alliance"]
    assert len(leaders) >= 3
    assert set(leaders.values()) == {1}


def test_joint_events_carry_the_organisers_number_at_every_office(world, month):
    reported = defaultdict(dict)
    for code, records in month.items():
        for row in records["events"]:
            reported[row["event_no"], row["organiser_code"]][code] = row
    joint = {key: offices for key, offices in reported.items() if set(offices) != {key[1]}}
    assert len(joint) > 100
    for (_, organiser), offices in joint.items():
        assert organiser in offices or organiser == CHENGGUAN
        assert len({(row["title"], row["event_kind"], row["started_at"]) for row in offices.values()}) == 1
        others = set(offices) - {organiser}
        assert {world.by_code[code].parent_key for code in others} == {world.by_code[organiser].office_key}


def test_amounts_are_positive_yuan_with_two_decimals(month):
    for row in rows_of(month, "funding"):
        assert isinstance(row["amount_yuan"], Decimal)
        assert row["amount_yuan"] > 0
        assert row["amount_yuan"].as_tuple().exponent == -2


def test_one_office_is_the_same_whoever_else_is_made(world, month):
    """No office depends on the order in which offices are made."""
    for code in list(month)[::250]:
        assert make_records(world, world.by_code[code]) == month[code]
