"""One column of a template: what a cell of it looks like, what may be typed, and what a known value becomes."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl.worksheet.datavalidation import DataValidation

from rollcall.datasets import Column, code_lists
from rollcall.judge.rules import SEVERITIES, Rule
from rollcall.offices import Office
from rollcall.parse.cells import LONGEST_KEY, LONGEST_TEXT
from rollcall.parse.moments import EPOCH_1900
from rollcall.parse.numerals import MOST_DIGITS, plain
from rollcall.periods import LOCAL, Period
from rollcall.template.choices import choices, list_of
from rollcall.template.limits import (
    BETWEEN,
    FIRST_READ,
    LARGEST,
    LAST_READ,
    Days,
    Numbers,
    critical,
    days,
    is_about_cents,
    is_in_cents,
    is_own_code,
    numbers,
)

FORMATS = {
    "text": "@",
    "secret": "@",
    "code": "@",
    "bool": "@",
    "integer": "0",
    "number": "General",
    "money": "#,##0.00",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
}
LONGEST_TITLE, LONGEST_PROMPT, LONGEST_ERROR = 32, 255, 225  # what Excel opens without a repair
CHARACTER_BY_NUMBER = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # a workbook's own way to write a character
NOT_NULL, IN_SET = "expect_column_values_to_not_be_null", "expect_column_values_to_be_in_set"
LAST_SECOND = Decimal(86_399) / 86_400


def list_name(name: str) -> str:
    """The workbook's name for what a list offers."""
    return f"codes_{name}"


def how_to_fill(column: Column, rules: list[Rule], office: Office, period: Period) -> str:
    """What may stand in a column, in a sentence or two for the office."""
    said = form(column, rules, period)
    return f"{said}本单位的代码是 {office.code}。" if is_own_code(rules, column) else said


def form(column: Column, rules: list[Rule], period: Period) -> str:
    if list_of(rules, column):
        return "从下拉列表中选择。"
    if column.type == "bool":
        return "选“是”或“否”。"
    if column.type in ("date", "datetime"):
        kind, clock = ("日期和时间", " 14:30") if column.type == "datetime" else ("日期", "")
        return f"填{kind}，如 {period.first_day}{clock}{within_days(days(rules, column, period))}。"
    if column.type in ("integer", "number", "money"):
        kind = "整数" if column.type == "integer" else "数字"
        cents = "，最多两位小数" if is_in_cents(rules, column) else ""
        return f"填{kind}{cents}{within_numbers(numbers(rules, column))}。"
    return f"填文字，最多 {longest(column)} 个字。"


def within_days(limits: Days) -> str:
    first = str(limits.first) if limits.first > FIRST_READ else ""
    last = str(limits.last) if limits.last < LAST_READ else ""
    return from_to(first, last, "不早于", "不晚于")


def within_numbers(limits: Numbers) -> str:
    least = in_words(limits.least) if limits.least > -LARGEST else ""
    most = in_words(limits.most) if limits.most < LARGEST else ""
    return from_to(least, most, "不小于", "不大于")


def from_to(least: str, most: str, not_below: str, not_above: str) -> str:
    """Two ends, one, or none, as the rest of a sentence."""
    if least and most:
        return f"，在 {least} 至 {most} 之间"
    return f"，{not_below} {least}" if least else f"，{not_above} {most}" if most else ""


def in_words(number: Decimal) -> str:
    """A number to be read by a person; a year has no comma."""
    return f"{number:,f}" if abs(number) >= 10_000 else plain(number)


def longest(column: Column) -> int:
    return LONGEST_KEY if column.key or column.type == "secret" else LONGEST_TEXT


def validation(column: Column, rules: list[Rule], office: Office, period: Period, first: str) -> DataValidation:
    """
    Make the check and the input message of a column whose first cell is *first*.

    An empty cell passes, also in a required column: an empty row is no record. The door says what is missing.
    """
    said = how_to_fill(column, rules, office, period)
    check = DataValidation(allow_blank=True, **what_passes(column, rules, period, first))
    check.errorTitle = check.promptTitle = column.label[:LONGEST_TITLE]
    check.error = said[:LONGEST_ERROR]
    check.prompt = prompt(column, rules, said)
    check.showErrorMessage = check.showInputMessage = True
    return check


def prompt(column: Column, rules: list[Rule], said: str) -> str:
    """What is shown at a cell: how to fill it in, and as many of the sentences its row would be held with as fit."""
    text = f"{'必填。' if column.required else '可不填。'}{said}"[:LONGEST_PROMPT]
    for rule in critical(to_be_told(rules, column), column):
        if len(text) + len(rule.description) <= LONGEST_PROMPT:
            text += rule.description
    return text


def to_be_told(rules: list[Rule], column: Column) -> list[Rule]:
    """The rules about a column that nothing else in a template shows: 必填, a drop-down, a range, two decimals."""
    shown = {(kind, severity) for kind in (NOT_NULL, IN_SET) for severity in SEVERITIES} | {(BETWEEN, "critical")}
    told = [rule for rule in rules if rule.column == column.name and (rule.type, rule.severity) not in shown]
    return [rule for rule in told if not is_about_cents(rule)]


def what_passes(column: Column, rules: list[Rule], period: Period, first: str) -> dict[str, Any]:
    """The check itself, in a spreadsheet's terms."""
    if offered := list_of(rules, column):
        return {"type": "list", "formula1": list_name(offered)}
    if column.type == "bool":
        return {"type": "list", "formula1": '"是,否"'}
    if column.type in ("date", "datetime"):
        allowed = days(rules, column, period)
        last = Decimal(serial(allowed.last)) + (LAST_SECOND if column.type == "datetime" else 0)
        return span("date", str(serial(allowed.first)), f"{last:.6f}".rstrip("0").rstrip("."))
    if column.type in ("text", "secret"):
        return {"type": "textLength", "operator": "lessThanOrEqual", "formula1": str(longest(column))}
    limits = numbers(rules, column)
    least, most = plain(limits.least), plain(limits.most)
    if is_in_cents(rules, column):
        # A cell may show two decimals of as many as were typed: what is not seen has to be refused.
        cents = f"ROUND({first},2)={first}"
        return {"type": "custom", "formula1": f"AND(ISNUMBER({first}),{first}>={least},{first}<={most},{cents})"}
    return span("whole" if column.type == "integer" else "decimal", least, most)


def span(kind: str, least: str, most: str) -> dict[str, Any]:
    return {"type": kind, "operator": "between", "formula1": least, "formula2": most}


def serial(day: date) -> int:
    """A day as a spreadsheet counts it."""
    return (day - EPOCH_1900).days


def entered(column: Column, value: Any) -> str | int | Decimal | date | datetime | None:
    """A value of raw as an office would enter it, and as it is read back: the same value."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        # What is entered is local time. A spreadsheet's time is good to a second; a finer one keeps itself as text.
        local = value.astimezone(LOCAL).replace(tzinfo=None)
        return local.isoformat(" ") if local.microsecond else local
    if isinstance(value, Decimal):
        # A spreadsheet's number keeps 15 digits; a longer one keeps them as text.
        return value if len(value.as_tuple().digits) <= MOST_DIGITS else plain(value)
    if column.type == "code":
        value = code_lists().get(column.codes, {}).get(value, value)
    return as_text(value) if isinstance(value, str) else value


def as_text(text: str) -> str:
    """A text as a workbook has to hold it so that it is shown, and read, as it is."""
    return CHARACTER_BY_NUMBER.sub("_x005F_", text)


def width(column: Column, rules: list[Rule]) -> int:
    """How wide a column is: its header in full, and what usually stands in it. A Chinese character takes two."""
    usual = {"date": 12, "datetime": 18, "bool": 6, "integer": 8, "number": 10, "money": 16, "secret": 20}
    offered = list_of(rules, column)
    content = usual.get(column.type, 20 if column.key else 24)
    if offered:
        content = max(2 * len(choice.entered) for choice in choices(offered))
    return min(max(2 * len(column.label) + 2, content + 2), 36)
