"""How an office writes a value: typed in a workbook or JSON where it types, as text where it does not."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from demo.habits import Style
from demo.records.row import ErrorCell, Literal
from rollcall.datasets import Column, code_lists

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
EXCEL_EPOCH = datetime(1899, 12, 30)
TEN_THOUSAND = Decimal(10_000)

Write = Callable[[Any], Any]


def text_cell(column: Column, style: Style) -> Write:
    """Write a value of *column* as text, as csv needs it. None becomes the empty text."""
    writers: dict[str, Write] = {
        "code": lambda value: coded(value, column, style),
        "bool": lambda value: style.yes_no[0 if value else 1],
        "date": lambda value: date_text(value, style),
        "datetime": lambda value: f"{date_text(value, style)} {in_digits(f'{value:%H:%M}', style)}",
        "integer": lambda value: number_text(value, style),
        "number": lambda value: number_text(value, style),
        "money": lambda value: money_text(value, style),
    }
    write = writers.get(column.type, str)
    return lambda value: "" if value is None else value.text if isinstance(value, Literal) else write(value)


def workbook_cell(column: Column, style: Style) -> Write:
    """Write a value of *column* for a workbook: numbers and dates as such where the office does that."""
    as_text = text_cell(column, style)
    typed: dict[str, Write] = {}
    if style.digits == "plain":
        typed |= {"integer": int, "number": float, "money": lambda value: float(scaled(value, style))}
    if style.dates == "native":
        typed |= {"date": lambda value: value, "datetime": lambda value: value}
    elif style.dates == "serial":
        typed |= {"date": serial, "datetime": serial}
    write = typed.get(column.type, as_text)

    def cell(value: Any) -> Any:
        if isinstance(value, ErrorCell):
            return value
        return as_text(value) if value is None or isinstance(value, Literal) else write(value)

    return cell


def json_value(column: Column, style: Style) -> Write:
    """Write a value of *column* for JSON: null, numbers and true/false where plain, texts elsewhere."""
    as_text = text_cell(column, style)
    typed: dict[str, Write] = {}
    if style.digits == "plain":
        typed |= {"integer": int, "number": float, "money": float}
    if style.yes_no == ("是", "否"):
        typed["bool"] = bool
    write = typed.get(column.type, as_text)
    return lambda value: None if value is None else value.text if isinstance(value, Literal) else write(value)


def coded(value: str, column: Column, style: Style) -> str:
    """The label of a code, or the code, whichever the office writes."""
    return code_lists()[column.codes][value] if style.labels else value


def scaled(value: Decimal, style: Style) -> Decimal:
    """Yuan, or 万元 exactly."""
    return (value / TEN_THOUSAND).normalize() if style.ten_thousands else value


def number_text(value: int | float, style: Style) -> str:
    return in_digits(str(value), style)


def money_text(value: Decimal, style: Style) -> str:
    """Digits without an exponent, with thousands separators where the office writes them."""
    amount = scaled(value, style)
    return in_digits(f"{amount:,f}" if style.digits == "thousands" else f"{amount:f}", style)


def in_digits(text: str, style: Style) -> str:
    return text.translate(FULL_WIDTH) if style.digits == "full_width" else text


def date_text(value: date, style: Style) -> str:
    """Chinese, with slashes or with dots; ISO too for an office that uses real dates where it can."""
    year, month, day = value.year, value.month, value.day
    texts = {
        "chinese": f"{year}年{month}月{day}日",
        "slash": f"{year}/{month}/{day}",
        "dot": f"{year}.{month}.{day}",
    }
    return in_digits(texts.get(style.dates, f"{year:04d}-{month:02d}-{day:02d}"), style)


def serial(value: date) -> float:
    """Days since Excel's epoch, time of day as a fraction: what a cell without a date format shows."""
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    passed = moment - EXCEL_EPOCH
    return passed.days + passed.seconds / 86_400
