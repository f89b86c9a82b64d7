"""Rows that break rules: each rule by somebody, and nothing broken beside it."""

import copy
from collections import Counter

import pytest

from demo.breaks import BREAKS, Scene, break_rules, suits
from demo.check_characters import credit_check_character, id_check_character
from demo.records import make_records
from demo.records.registrations import is_under_14
from demo.records.standing import LISTS
from rollcall.datasets import datasets

OFFICE = "620422121000"


def broken_office(world, code, month):
    """The records of one office after its rules were broken, and what was said to be done."""
    records = copy.deepcopy(month[code]) if month else make_records(world, world.by_code[code])
    scene = Scene(world, world.by_code[code], world.rng(world.by_code[code], "breaks"))
    return records, break_rules(scene, records, world.habits[code].format)


def codes_that_break(world):
    return [code for code, habits in world.habits.items() if habits.conduct == "broken_rows"]


def test_each_rule_is_broken_by_somebody(small_months):
    """In one of the three months."""
    done = Counter()
    for world in small_months:
        for code in codes_that_break(world):
            for broken in broken_office(world, code, None)[1]:
                done[broken["dataset"], broken["rule"]] += broken["rows"]
    assert set(done) == {(broken.dataset, broken.rule) for broken in BREAKS}


@pytest.mark.parametrize("scale", ["quarter", "small"])
def test_an_office_breaks_one_to_five_rows_and_keeps_the_others(world, small_world, month, scale):
    one, records_of = (world, month) if scale == "quarter" else (small_world, None)
    for code in codes_that_break(one):
        right = records_of[code] if records_of else make_records(one, one.by_code[code])
        records, done = broken_office(one, code, records_of)
        wrong = {name: [row for row in rows if row.get("_wrong")] for name, rows in records.items()}
        assert 1 <= sum(broken["rows"] for broken in done) == sum(map(len, wrong.values())) <= 5
        for name, rows in records.items():
            # A wrong row of a register may be one of its entries.
            number = datasets()[name].keys[0]
            taken = {row[number] for row in wrong[name]} if name in LISTS else set()
            assert [row for row in rows if not row.get("_wrong")] == [
                row for row in right[name] if row[number] not in taken
            ]


def test_wrong_rows_share_no_key_with_right_ones(world, month):
    for code in codes_that_break(world):
        records, _ = broken_office(world, code, month)
        for name, rows in records.items():
            number = datasets()[name].keys[0]
            right = {row[number] for row in rows if not row.get("_wrong")}
            assert right.isdisjoint(row[number] for row in rows if row.get("_wrong"))


@pytest.fixture
def made(world, month):
    """Make the rows of one rule from a right row; returns the right row and the wrong ones."""

    def make(dataset, rule):
        broken = next(one for one in BREAKS if (one.dataset, one.rule) == (dataset, rule))
        right = next(row for records in month.values() for row in records[dataset] if suits(row, dataset))
        right = {**right, "id_number": "629518199301041697"} if dataset == "registrations" else right
        return right, broken.make(Scene(world, world.by_code[OFFICE], world.rng(world.by_code[OFFICE])), right)

    return make


@pytest.mark.parametrize(("dataset", "rule"), [(broken.dataset, broken.rule) for broken in BREAKS])
def test_a_wrong_row_differs_where_its_rule_looks_and_nowhere_else(made, dataset, rule):
    right, wrong = made(dataset, rule)
    looked_at = {
        "under_14_without_consent": {
            "id_number", "name", "phone", "sex", "birth_date", "political_status", "guardian_consent",
        },
        "key_twice": set(),
    }  # fmt: skip
    for row in wrong:
        differing = {name for name in right if row[name] != right[name]}
        if rule in looked_at:
            assert differing <= looked_at[rule]
        elif rule == "date_outside_period" and dataset == "events":
            assert differing == {"started_at", "ended_at"}
        else:
            assert len(differing) == 1


def test_wrong_check_characters_are_wrong_and_nothing_else(made):
    _, (unit,) = made("units", "credit_code_check")
    assert credit_check_character(unit["credit_code"][:17]) != unit["credit_code"][17]
    _, (person,) = made("registrations", "id_number_check")
    assert id_check_character(person["id_number"][:17]) != person["id_number"][17]


def test_a_child_without_consent_is_under_14_with_a_right_id_number(made):
    _, (child,) = made("registrations", "under_14_without_consent")
    assert is_under_14(child["birth_date"], child["changed_on"])
    assert not child["guardian_consent"]
    assert id_check_character(child["id_number"][:17]) == child["id_number"][17]


def test_a_row_outside_the_month_is_outside_it(made, world):
    for dataset, column in (("registrations", "changed_on"), ("events", "started_at"), ("funding", "booked_on")):
        _, (row,) = made(dataset, "date_outside_period")
        assert (row[column].year, row[column].month) != (world.period.year, world.period.month)


def test_a_key_twice_is_two_rows_of_one_key(made):
    _, rows = made("units", "key_twice")
    assert len(rows) == 2
    assert rows[0]["unit_no"] == rows[1]["unit_no"]
