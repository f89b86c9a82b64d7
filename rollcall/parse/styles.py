"""How the cells of a sheet are formatted, for the columns in which that says what they hold."""

import re
from array import array
from collections.abc import Callable, Sequence
from functools import cached_property
from xml.etree import ElementTree

from rollcall.datasets import Column
from rollcall.parse.cells import LOST_DIGITS, Cell, Unreadable
from rollcall.parse.formats import AS_STORED, BUILT_IN, CannotApply, is_percent, shown_by
from rollcall.parse.packages import MIB
from rollcall.parse.quoting import shown
from rollcall.parse.readings import DatasetTurnedAway
from rollcall.parse.sheets import BROKEN_SHEET, NotXml, styles_of
from rollcall.parse.wording import letter

NUMBERS = ("integer", "number", "money")
TEXTS = ("text", "code", "secret")
UNKNOWN_FORMAT = "unknown"  # a format of a country, which a workbook does not write out
NOT_AS_SHOWN = Unreadable("这一格存的数和显示的不一样，按它的数字格式读不准，请把单元格设为文本格式后重新填写。")
MOST_KEPT = 64 * MIB
LONGEST_CODE = 255  # no spreadsheet writes a longer one


def formats_of(styles: ElementTree.Element) -> list[str]:
    """The number format of each style, by the index that cells bear."""
    own = {one.get("numFmtId"): one.get("formatCode", "") for one in styles.iterfind("{*}numFmts/{*}numFmt")}
    return [
        own[number] if (number := one.get("numFmtId", "0")) in own
        else BUILT_IN.get(int(number) if number.isdecimal() else -1, UNKNOWN_FORMAT)
        for one in styles.iterfind("{*}cellXfs/{*}xf")
    ]  # fmt: skip


def is_as_stored(code: str) -> bool:
    return code.strip().lower() in AS_STORED


class Formats:
    """
    The number formats of one sheet. Looks at its XML only when a column has numbers whose format matters.

    A sheet whose cells all begin `<c r="`, as Excel, WPS and the libraries write it, is searched; another is parsed.
    """

    def __init__(self, codes: Sequence[str], load: Callable[[], bytes]) -> None:
        """*load* unpacks the sheet's XML; what was found is kept, by column."""
        self.codes, self.load = codes, load
        self.percents = {index for index, code in enumerate(codes) if is_percent(code)}
        self.others = {index for index, code in enumerate(codes) if not is_as_stored(code)}
        self.by_column: dict[int, array[int]] = {}
        self.kept: bytes | None = None

    @property
    def matter(self) -> bool:
        """Whether any style of the workbook shows a number otherwise than as it is stored."""
        return bool(self.others)

    def applied(self, column: Column, index: int, rows: Sequence[int], cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """
        Cells of one column as they show their numbers, in a column of texts; in one of numbers, without percents.

        Args:
            index: Where the column stands in the sheet, from 0.
            rows: The rows' numbers, from 1.
        """
        matters = self.others if column.type in TEXTS else self.percents if column.type in NUMBERS else set()
        if not matters or not {int, float} & set(map(type, cells)):
            return cells
        styles = self.styles_in(index, matters)
        shown = list(cells)
        for place, (row, cell) in enumerate(zip(rows, cells, strict=True)):
            style = styles[row] if row < len(styles) else 0
            if style in matters and isinstance(cell, int | float) and not isinstance(cell, bool):
                shown[place] = self.one(column, cell, style)
        return tuple(shown)

    def one(self, column: Column, cell: float | int, style: int) -> Cell:
        """One number as its cell shows it, or why it cannot be read."""
        if column.type in NUMBERS:
            return Unreadable(
                f"这一格设成了百分比格式，看不出要报的是 {shown(float(cell) * 100)} 还是 {shown(float(cell))}。"
                "请把单元格格式改为“常规”，再填写要报的数。"
            )
        if abs(cell) >= LOST_DIGITS:
            return cell
        try:
            return shown_by(self.codes[style], cell)
        except CannotApply:
            return NOT_AS_SHOWN

    def styles_in(self, index: int, matters: set[int]) -> "array[int]":
        """The style of each row's cell in one column, by the row's number; 0 where there is none that *matters*."""
        if index not in self.by_column:
            found = self.search(index, matters) if self.is_plain else self.parsed.get(index)
            self.by_column[index] = found if found is not None else array("i")
        return self.by_column[index]

    def xml(self) -> bytes:
        """The sheet's XML; kept between two looks unless it is large."""
        if self.kept is None:
            data = self.load()
            if len(data) > MOST_KEPT:
                return data
            self.kept = data
        return self.kept

    @cached_property
    def is_plain(self) -> bool:
        data = self.xml()
        has_others = any(mark in data for mark in (b"<!", b":c ", b"<c>", b"<c/>", b"<c\t", b"<c\n", b"<c\r", b" s='"))
        return not has_others and data.count(b"<c ") == data.count(b'<c r="')

    def search(self, index: int, matters: set[int]) -> "array[int]":
        """Find the styles of one column's cells: of all where cells without a style matter."""
        wanted = b"|".join(b"%d" % style for style in sorted(matters)) if 0 not in matters else rb"\d{1,6}"
        cell = rb'<c r="%s(\d{1,7})"(?: [^>]*)? s="(%s)"' % (letter(index).encode(), wanted)
        styles = array("i")
        for row, style in re.findall(cell, self.xml()):
            put(styles, int(row), int(style))
        return styles

    @cached_property
    def parsed(self) -> dict[int, "array[int]"]:
        """The styles of all cells, by column. Raises DatasetTurnedAway."""
        columns: dict[int, array[int]] = {}
        try:
            found = styles_of(self.xml())
        except NotXml as error:
            raise DatasetTurnedAway(BROKEN_SHEET) from error
        for row, column, style in found:
            put(columns.setdefault(column, array("i")), row + 1, style)
        return columns


def put(styles: "array[int]", row: int, style: int) -> None:
    if row >= len(styles):
        styles.extend([0] * (row + 1 - len(styles)))
    styles[row] = style
