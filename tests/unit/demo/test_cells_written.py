"""How values look in an office's cells."""

import dataclasses
from datetime import date, datetime
from decimal import Decimal
from random import Random

import pytest

from demo.cells import json_value, serial, text_cell, workbook_cell
from demo.habits import style_of
from demo.records.row import ErrorCell, Literal
from rollcall.datasets import datasets

COLUMNS = {column.name: column for dataset in datasets().values() for column in dataset.columns}
PLAIN = dataclasses.replace(
    style_of(Random(1)), labels=True, dates="iso", digits="plain", yes_no=("是", "否"), ten_thousands=False
)
DAY, MOMENT = date(2023, 7, 5), datetime(2023, 7, 5, 9, 30)


def styled(**changes):
    return dataclasses.replace(PLAIN, **changes)


@pytest.mark.parametrize(
    ("column", "value", "style", "text"),
    [
        ("booked_on", DAY, {"dates": "chinese"}, "2023年7月5日"),
        ("booked_on", DAY, {"dates": "slash"}, "2023/7/5"),
        ("booked_on", DAY, {"dates": "dot"}, "2023.7.5"),
        ("booked_on", DAY, {"dates": "native"}, "2023-07-05"),
        ("started_at", MOMENT, {"dates": "chinese"}, "2023年7月5日 09:30"),
        ("started_at", MOMENT, {"dates": "iso", "digits": "full_width"}, "２０２３-０７-０５ ０９:３０"),
        ("attendees", 120, {"digits": "full_width"}, "１２０"),
        ("amount_yuan", Decimal("1234567.80"), {"digits": "thousands"}, "1,234,567.80"),
        ("amount_yuan", Decimal("1234567.80"), {"ten_thousands": True}, "123.45678"),
        ("amount_yuan", Decimal("500000.00"), {"ten_thousands": True}, "50"),
        ("amount_yuan", Decimal("2450.125"), {}, "2450.125"),
        ("budget_year", 2023, {"digits": "thousands"}, "2023"),
        ("sex", "2", {"labels": True}, "女性"),
        ("sex", "2", {"labels": False}, "2"),
        ("political_status", "01", {"labels": False}, "01"),
        ("is_backbone", True, {"yes_no": ("√", "否")}, "√"),
        ("is_backbone", False, {"yes_no": ("1", "0")}, "0"),
        ("is_backbone", None, {}, ""),
        ("attendees", Literal("十二"), {"digits": "full_width"}, "十二"),
    ],
)
def test_csv_shows_a_value_in_the_offices_way(column, value, style, text):
    assert text_cell(COLUMNS[column], styled(**style))(value) == text


@pytest.mark.parametrize(
    ("column", "value", "style", "cell"),
    [
        ("booked_on", DAY, {"dates": "native"}, DAY),
        ("started_at", MOMENT, {"dates": "native"}, MOMENT),
        ("started_at", datetime(2023, 7, 5, 12), {"dates": "serial"}, 45112.5),
        ("booked_on", DAY, {"dates": "dot"}, "2023.7.5"),
        ("attendees", 120, {}, 120),
        ("attendees", 120, {"digits": "full_width"}, "１２０"),
        ("amount_yuan", Decimal("1234567.80"), {"ten_thousands": True}, 123.45678),
        ("amount_yuan", None, {}, ""),
        ("attendees", Literal("十二"), {}, "十二"),
        ("attendees", ErrorCell("#N/A"), {}, ErrorCell("#N/A")),
        ("organiser_code", "620102000000", {}, "620102000000"),
    ],
)
def test_a_workbook_holds_a_value_in_the_offices_way(column, value, style, cell):
    written = workbook_cell(COLUMNS[column], styled(**style))(value)
    assert (written, type(written)) == (cell, type(cell))


@pytest.mark.parametrize(
    ("column", "value", "style", "cell"),
    [
        ("attendees", 120, {}, 120),
        ("amount_yuan", Decimal("12.50"), {}, 12.5),
        ("amount_yuan", Decimal("1234.50"), {"digits": "thousands"}, "1,234.50"),
        ("is_backbone", False, {}, False),
        ("is_backbone", True, {"yes_no": ("1", "0")}, "1"),
        ("is_backbone", None, {}, None),
        ("attendees", Literal("十二"), {}, "十二"),
    ],
)
def test_json_holds_a_value_in_the_offices_way(column, value, style, cell):
    written = json_value(COLUMNS[column], styled(**style))(value)
    assert (written, type(written)) == (cell, type(cell))


def test_serial_dates_are_excels():
    assert serial(date(1900, 3, 1)) == 61
    assert serial(date(2023, 7, 5)) == 45112
