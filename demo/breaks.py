"""Rows that break a rule: one function per rule, each making rows that are right but for that."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from demo.check_characters import CREDIT_ALPHABET, ID_CHARACTERS
from demo.people import Person, population_of
from demo.records.row import ErrorCell, Literal, Row, is_own, number_of
from demo.records.standing import LISTS
from demo.records.units import made_up_credit_code
from demo.world import World
from rollcall.datasets import datasets
from rollcall.offices import Office

UNKNOWN_OFFICE = "629999999000"


@dataclass(frozen=True)
class Scene:
    """Where a rule is broken: the office, the month, and the chance."""

    world: World
    office: Office
    rng: Random


# From a scene and a row of the dataset that is right, the rows that are wrong in its stead.
Make = Callable[[Scene, Row], list[Row]]


@dataclass(frozen=True)
class Break:
    """One rule to break. `formats` are the kinds of file that can carry it; all of them when empty."""

    rule: str
    dataset: str
    make: Make
    formats: tuple[str, ...] = ()


def changed(**changes: Any) -> Make:
    """The row with some cells changed."""
    return lambda scene, row: [row | changes]


def moved_out_of_month(*columns: str) -> Make:
    """The row with its day, and what hangs on it, before or after the period."""

    def make(scene: Scene, row: Row) -> list[Row]:
        days = scene.world.period.last_day.day
        shift = timedelta(days=scene.rng.choice((-days, days)))
        return [row | {column: row[column] + shift for column in columns}]

    return make


def sent_twice(scene: Scene, row: Row) -> list[Row]:
    """The row, and once more with its key."""
    return [row, dict(row)]


def with_other_check(column: str, alphabet: str) -> Make:
    """The row with the last character of a number replaced by another of its alphabet."""

    def make(scene: Scene, row: Row) -> list[Row]:
        value = row[column]
        other = scene.rng.choice([character for character in alphabet if character != value[-1]])
        return [row | {column: value[:-1] + other}]

    return make


def as_person(row: Row, person: Person) -> Row:
    """The registration *row*, of *person*."""
    names = ("id_number", "name", "phone", "sex", "birth_date", "political_status")
    return row | {name: getattr(person, name) for name in names}


def child_without_consent(scene: Scene, row: Row) -> list[Row]:
    """A registration of a child of eight to twelve; nobody says that a guardian agrees."""
    people = population_of(scene.world, scene.office, scene.rng)
    child = people.person(row["changed_on"], (8 * 366, 12 * 365))
    return [as_person(row, child) | {"guardian_consent": scene.rng.choice((False, None))}]


def ends_before_it_starts(scene: Scene, row: Row) -> list[Row]:
    return [row | {"ended_at": row["started_at"] - timedelta(minutes=scene.rng.choice((30, 60, 120)))}]


def done_before_taken_up(scene: Scene, row: Row) -> list[Row]:
    return [row | {"finished_on": row["accepted_on"] - timedelta(days=scene.rng.randint(1, 9))}]


def more_resolved_than_found(scene: Scene, row: Row) -> list[Row]:
    return [row | {"problems_resolved": row["problems_found"] + scene.rng.randint(1, 5)}]


BREAKS = (
    Break("credit_code_check", "units", with_other_check("credit_code", CREDIT_ALPHABET)),
    Break("unknown_code", "units", changed(unit_kind=Literal("文明企业"))),
    Break("key_twice", "units", sent_twice),
    Break("required_empty", "units", changed(unit_name=None)),
    Break("score_over_100", "units", changed(assessment_score=118.5)),
    Break("error_cell", "units", changed(staff_count=ErrorCell("#N/A")), ("xlsx",)),
    Break("date_outside_period", "registrations", moved_out_of_month("changed_on")),
    Break("id_number_check", "registrations", with_other_check("id_number", ID_CHARACTERS)),
    Break("under_14_without_consent", "registrations", child_without_consent),
    Break("unknown_code", "registrations", changed(change=Literal("转入"))),
    Break("key_twice", "registrations", sent_twice),
    Break("unreadable_date", "registrations", changed(birth_date=Literal("二〇〇一年春"))),
    Break("ended_before_started", "events", ends_before_it_starts),
    Break("unknown_organiser", "events", changed(organiser_code=UNKNOWN_OFFICE)),
    Break("date_outside_period", "events", moved_out_of_month("started_at", "ended_at")),
    Break("unreadable_number", "events", changed(attendees=Literal("十二"))),
    Break("unit_in_cell", "events", changed(volunteers=Literal("15人"))),
    Break("negative_count", "events", changed(attendees=-20)),
    Break("unknown_code", "events", changed(event_kind=Literal("放映"))),
    Break("amount_zero", "funding", changed(amount_yuan=Decimal("0.00"))),
    Break("amount_negative", "funding", changed(amount_yuan=Decimal("-1200.00"))),
    Break("amount_three_decimals", "funding", changed(amount_yuan=Decimal("2450.125"))),
    Break("transfer_without_counterparty", "funding", changed(funding_kind="transfer_out")),
    Break("unknown_code", "funding", changed(fund_source=Literal("集体经济"))),
    Break("date_outside_period", "funding", moved_out_of_month("booked_on")),
    Break("error_cell", "funding", changed(budget_year=ErrorCell("#REF!")), ("xlsx",)),
    Break("unknown_code", "sites", changed(site_kind=Literal("文化礼堂"))),
    Break("area_three_decimals", "sites", changed(area_m2=Decimal("120.125"))),
    Break("required_empty", "teams", changed(team_name=None)),
    Break("key_twice", "projects", sent_twice),
    Break("hours_over_24", "services", changed(hours=Decimal("25.0"))),
    Break("date_outside_period", "services", moved_out_of_month("served_on")),
    Break("finished_before_accepted", "needs", done_before_taken_up),
    Break("rating_over_5", "needs", changed(rating=6)),
    Break("resolved_over_found", "inspections", more_resolved_than_found),
    Break("date_outside_period", "role_models", moved_out_of_month("selected_on")),
    Break("redeemed_positive", "points", changed(reason="redeemed")),
    Break("points_zero", "points", changed(points=Decimal(0))),
)
# How often the wrong row of a register is one of its entries.
IN_PLACE = 0.5
# What a row must be for every rule of its dataset to be broken alone.
SUITS: dict[str, Callable[[Row], bool]] = {
    "units": lambda row: row["credit_code"] is not None and row["alliance_name"] is None,
    # A first registration: a change of one keeps its number.
    "registrations": lambda row: row["id_number"] is not None and row["change"] == "new",
    "funding": lambda row: row["funding_kind"] == "spending",
    "needs": lambda row: row["need_status"] == "done",
    "points": lambda row: row["reason"] in ("service", "recycling", "conduct"),
}


def break_rules(scene: Scene, records: dict[str, list[Row]], file_format: str) -> list[dict[str, Any]]:
    """
    Put one to five wrong rows into *records*: beside the right ones, each under a number of its own; in registers also
    in the place of an entry, which then stands as the office told of it before.

    Returns what was done: dataset, rule, and the number of rows to be held for it.
    """
    possible = [broken for broken in BREAKS if not broken.formats or file_format in broken.formats]
    done, left = [], scene.rng.randint(1, 5)
    for index, broken in enumerate(scene.rng.sample(possible, 5), 1):
        rows = records[broken.dataset]
        pattern = scene.rng.choice([row for row in rows if suits(row, broken.dataset)] or [None])
        is_in_place = broken.dataset in LISTS and scene.rng.random() < IN_PLACE
        if pattern is None:
            continue
        start = pattern | {"_wrong": True} if is_in_place else renumbered(scene, broken.dataset, pattern, index)
        wrong = broken.make(scene, start)
        if len(wrong) > left:
            continue
        if is_in_place:
            rows.remove(pattern)
        for row in wrong:
            rows.insert(scene.rng.randint(0, len(rows)), row)
        done.append({"dataset": broken.dataset, "rule": broken.rule, "rows": len(wrong)})
        left -= len(wrong)
        if not left:
            break
    return done


def suits(row: Row, dataset: str) -> bool:
    """Whether *row* is the office's own, right itself, and has what the rules of its dataset look at."""
    if not is_own(row) or row.get("_wrong"):
        return False
    return dataset not in SUITS or SUITS[dataset](row)


def renumbered(scene: Scene, dataset: str, row: Row, index: int) -> Row:
    """A copy of *row* under a new number, so that no right row shares its key."""
    number = datasets()[dataset].keys[0]
    copy = row | {number: number_of(scene.world, scene.office, scene.world.month, f"X{index:02d}"), "_wrong": True}
    if dataset == "units":
        copy["credit_code"] = made_up_credit_code(scene.world, scene.office, 900 + index, "12")
    if dataset == "registrations":
        people = population_of(scene.world, scene.office, scene.rng)
        copy = as_person(copy, people.person(row["changed_on"], (20 * 366, 60 * 365)))
    return copy
