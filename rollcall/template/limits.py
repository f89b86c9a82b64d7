"""What a suite lets into a column, as far as a spreadsheet can hold it too: days and numbers from where to where."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rollcall.datasets import Column
from rollcall.judge.rules import Rule
from rollcall.parse.moments import EPOCH_1900, FIRST_SERIAL, YEARS
from rollcall.parse.numerals import MOST_DIGITS
from rollcall.periods import Period

FIRST_READ, LAST_READ = date.fromordinal(EPOCH_1900.toordinal() + FIRST_SERIAL), date(YEARS[-1], 12, 31)
LARGEST = Decimal(10**MOST_DIGITS - 1)
BETWEEN = "expect_column_values_to_be_between"
# "More than 0" for a spreadsheet that knows only "at least": the smallest step of an amount, and of anything measured.
CENT, STEP = Decimal("0.01"), Decimal("0.000001")


@dataclass(frozen=True)
class Days:
    """First and last day that a column may hold, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Numbers:
    """Least and greatest number that a column may hold, both included."""

    least: Decimal
    most: Decimal


def critical(rules: list[Rule], column: Column) -> list[Rule]:
    """The rules for which a row of this column's would be held."""
    return [rule for rule in rules if rule.column == column.name and rule.severity == "critical"]


def condition(rule: Rule) -> str:
    """What a rule's query says of a row that breaks it; empty for rules that are no query."""
    return str(rule.kwargs.get("unexpected_rows_query", "")).partition(" where ")[2]


def days(rules: list[Rule], column: Column, period: Period) -> Days:
    """
    The days that no critical rule about *column* alone would hold, for a regular submission.

    A condition of any other form limits nothing here: the door still judges it.
    """
    name = re.escape(column.name)
    day = rf"(?:{name}|\({name} at time zone 'Asia/Shanghai'\)::date)"
    first, last = FIRST_READ, LAST_READ
    for rule in critical(rules, column):
        said = condition(rule)
        late = re.fullmatch(rf"{day} > _last_day( or \(_kind <> 'backlog' and {day} < _first_day\))?", said)
        since = re.fullmatch(rf"{day} < date '(\d{{4}}-\d\d-\d\d)'", said)
        if late:
            last = min(last, period.last_day)
        if late and late[1]:
            first = max(first, period.first_day)
        if since:
            first = max(first, date.fromisoformat(since[1]))
    return Days(first, last)


def numbers(rules: list[Rule], column: Column) -> Numbers:
    """The numbers that no critical range would hold; without one, all that are read."""
    least, most = -LARGEST, LARGEST
    for rule in critical(rules, column):
        if rule.type != BETWEEN:
            continue
        if "min_value" in rule.kwargs:
            step = Decimal(1) if column.type == "integer" else CENT if is_in_cents(rules, column) else STEP
            least = max(least, Decimal(str(rule.kwargs["min_value"])) + (step if rule.kwargs.get("strict_min") else 0))
        if "max_value" in rule.kwargs:
            most = min(most, Decimal(str(rule.kwargs["max_value"])))
    return Numbers(least, most)


def is_in_cents(rules: list[Rule], column: Column) -> bool:
    """Whether more than two decimals would be held."""
    return column.type == "money" or any(is_about_cents(rule) for rule in critical(rules, column))


def is_about_cents(rule: Rule) -> bool:
    return condition(rule) == f"{rule.column} <> round({rule.column}, 2)"


def is_own_code(rules: list[Rule], column: Column) -> bool:
    """Whether a column holds an office's code, and it may be that of the office that reports."""
    said = [condition(rule) for rule in critical(rules, column)]
    is_code = any("reference.offices" in one and f"code = {column.name}" in one for one in said)
    return is_code and not any(f"{column.name} = _office_code" in one for one in said)
