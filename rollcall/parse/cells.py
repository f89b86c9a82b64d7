"""Cells: one reader per type of column. What cannot be read is named, never guessed."""

import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from math import isfinite
from typing import Any, cast

from rollcall.datasets import Column, Dataset, code_lists
from rollcall.parse import moments, numerals
from rollcall.parse.quoting import quoted
from rollcall.parse.wording import BLANKS, HOSTILE, NOTHING_SEEN, NotAKey, comparable, key_text, one_line

LONGEST_KEY, LONGEST_TEXT = 64, 1000
ERRORS = frozenset(
    [
        "#N/A",
        "#REF!",
        "#DIV/0!",
        "#VALUE!",
        "#NAME?",
        "#NUM!",
        "#NULL!",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
        "#CONNECT!",
        "#BUSY!",
        "#UNKNOWN!",
        "#GETTING_DATA",
    ]
)
YES_NO = {"是": "t", "true": "t", "1": "t", "√": "t", "否": "f", "false": "f", "0": "f"}
# Where a text that begins with = is one; what a spreadsheet has not computed is found in the sheet's own XML.
TEXTS = ("text", "code")
# From here on a spreadsheet keeps only 15 of a number's digits.
LOST_DIGITS = 1e15


class Unreadable:
    """Why a cell cannot be read: the end of a Chinese sentence that begins with row and column."""

    __slots__ = ("why",)

    def __init__(self, why: str) -> None:
        self.why = why


Cell = (
    str
    | float
    | int
    | bool
    | date
    | datetime
    | time
    | timedelta
    | Decimal
    | Unreadable
    | list[Any]
    | dict[str, Any]
    | None
)
Read = str | Unreadable | None
Reader = Callable[[Cell], Read]

SHOWS_ERROR = Unreadable("这一格显示的是错误值，请改正公式或直接填写内容，没有内容就留空。")
NOT_COMPUTED = Unreadable("这一格是公式，还没有计算出结果，请用 Excel 或 WPS 打开、保存后重报，或直接填写结果。")
LOST = Unreadable("号码被存成了数值，末位已丢失，请把单元格设为文本格式后重新填写。")


class CellReader:
    """Reads the cells of one column. Remembers texts it has seen: most columns repeat a few."""

    REMEMBERED = 100_000

    def __init__(self, dataset: Dataset, column: Column, shift: int = 0, epoch: date = moments.EPOCH_1900) -> None:
        """*shift* is the power of ten of a header in 万元, *epoch* where this file's day counts begin."""
        self.dataset, self.column, self.shift, self.epoch = dataset, column, shift, epoch
        self.codes = codes_by_text(column.codes)
        self.seen: dict[str, Read] = {}
        self.read: Reader = getattr(self, "read_" + column.type)

    def read_all(self, cells: tuple[Cell, ...]) -> list[Read]:
        """Read a run of cells: text for the database, None for nothing, or why not."""
        if len(self.seen) > self.REMEMBERED:
            self.seen.clear()
        seen, read = self.seen, self.read_cell
        if set(map(type, cells)) == {str}:
            for text in set(cells).difference(seen):
                seen[cast(str, text)] = read(text)
            return list(map(seen.__getitem__, cast(tuple[str, ...], cells)))
        values: list[Read] = []
        for cell in cells:
            # Only texts are remembered: True, 1 and Decimal("1.0") are one and the same key of a dict.
            if type(cell) is str:
                try:
                    values.append(seen[cell])
                except KeyError:
                    value = seen[cell] = read(cell)
                    values.append(value)
            else:
                values.append(read(cell))
        return values

    def read_cell(self, cell: Cell) -> Read:
        """Read one cell."""
        if cell is None or isinstance(cell, Unreadable):
            return cell
        if isinstance(cell, str):
            cell = cell.strip(BLANKS)
            if NOTHING_SEEN.fullmatch(cell):
                return None
            if cell[0] in "#＃" and is_error(cell):
                return SHOWS_ERROR
            if cell[0] == "=" and self.column.type not in TEXTS:
                return NOT_COMPUTED
        elif isinstance(cell, list | dict):
            return Unreadable("这里应是一个值，不是列表或对象，请只填一个值。")
        elif isinstance(cell, Decimal | float) and not is_finite(cell):
            return self.refuse(cell, "不是能读的内容，请改正，没有内容就留空。")
        return self.read(cell)

    def refuse(self, cell: Cell, why: str) -> Unreadable:
        """Quote the cell, where it can be nobody's name or number, and say why it cannot be read."""
        return Unreadable(quoted(cell, self.dataset, self.column) + why)

    def read_text(self, cell: Cell) -> Read:
        if self.column.is_key_text:
            return self.read_key(cell)
        text = self.as_text(cell)
        if not isinstance(text, str):
            return text
        if text.startswith("'") and "'" not in text[1:]:
            # how a csv export marks a cell of text; with a second one it is a quotation
            text = text[1:].lstrip(BLANKS)
        flat = unicodedata.normalize("NFKC", text)
        # A number written in full width is the same number; a name stays as it was written.
        return self.within(flat.strip() if flat.isascii() else text, LONGEST_TEXT)

    def read_key(self, cell: Cell) -> Read:
        """A key, or what refers to one."""
        if isinstance(cell, Decimal) and has_lost_digits(cell):
            return LOST
        text = self.as_text(cell)
        if not isinstance(text, str) or (not isinstance(cell, str) and text.isdigit()):
            return text
        try:
            key = key_text(text)
        except NotAKey as reason:
            return self.refuse(cell, str(reason))
        return self.within(key, LONGEST_KEY) if key else None

    def read_code(self, cell: Cell) -> Read:
        """A label becomes its code, a code stays, and so does what is neither: the rules say so."""
        text = self.as_text(cell)
        if not isinstance(text, str):
            return text
        text = text.removeprefix("'")
        known = self.codes.get(comparable(text))
        return known if known is not None else self.within(text, LONGEST_KEY)

    def read_secret(self, cell: Cell) -> Read:
        """An ID number in one form, upper case. Who calls turns it into a pseudonym, or drops it."""
        text = self.read_key(cell) if self.column.is_key_text else self.as_text(cell)
        if not isinstance(text, str):
            return text
        return self.within(unicodedata.normalize("NFKC", text).strip().upper(), LONGEST_KEY)

    def as_text(self, cell: Cell) -> Read:
        """What the cell shows, as text; also a number, where all its digits are still there."""
        if isinstance(cell, str):
            return cell
        if isinstance(cell, bool):
            return self.refuse(cell, "是逻辑值，不是文字，请把单元格设为文本格式后重新填写。")
        if isinstance(cell, date | time | timedelta):
            return self.refuse(cell, "被存成了日期或时间，请把单元格设为文本格式后重新填写。")
        if isinstance(cell, float) and abs(cell) >= LOST_DIGITS:
            return LOST
        try:
            return str(cell) if isinstance(cell, int) else whole_or_plain(cell)
        except ValueError:
            return self.refuse(cell, "不是文字，也不是能照原样读出的数字，请把单元格设为文本格式后重新填写。")

    def within(self, text: str, longest: int) -> Read:
        """Let a text through when it is short enough and a person can have typed it."""
        if longest == LONGEST_TEXT:
            text = one_line(text)
        # isprintable knows most texts to be harmless, far faster.
        if "\ufffd" in text or (not text.isprintable() and HOSTILE.search(text)):
            return self.refuse(text, "含有不可见的控制字符，请删去后重新填写。")
        if len(text) > longest:
            return self.refuse(text, f"太长，最多 {longest} 个字，请缩短。")
        return text

    def read_integer(self, cell: Cell) -> Read:
        value = self.as_number(cell)
        if not isinstance(value, Decimal):
            return value
        if value != value.to_integral_value():
            return self.refuse(cell, "不是整数，请填整数，如 12。")
        return numerals.plain(value)

    def read_number(self, cell: Cell) -> Read:
        value = self.as_number(cell)
        return numerals.plain(value) if isinstance(value, Decimal) else value

    read_money = read_number

    def as_number(self, cell: Cell) -> Decimal | Unreadable:
        try:
            return numerals.to_decimal(cell, self.shift)
        except numerals.TooLarge:
            return self.refuse(cell, "位数太多，整数部分最多 15 位，请核对。")
        except numerals.NotANumber:
            return self.refuse(cell, "不是数字，请填阿拉伯数字，如 12。")

    def read_date(self, cell: Cell) -> Read:
        try:
            return moments.to_date(cell, self.epoch).isoformat()
        except moments.HasTime:
            return self.refuse(cell, "带有时间，这里只填日期，如 2023-08-15。")
        except moments.NotAMoment:
            return self.refuse(cell, "不是能读出的日期，请填写如 2023-08-15。")

    def read_datetime(self, cell: Cell) -> Read:
        try:
            return moments.to_datetime(cell, self.epoch).isoformat()
        except moments.ClockChanged:
            return self.refuse(cell, "正当夏令时拨钟，这一时刻不存在或出现两次。请核对，或写明时差，如 +09:00。")
        except moments.NotAMoment:
            return self.refuse(cell, "不是能读出的日期和时间，请填写如 2023-08-15 14:30。")

    def read_bool(self, cell: Cell) -> Read:
        if isinstance(cell, bool):
            return "t" if cell else "f"
        text = cell if isinstance(cell, str) else ""
        if isinstance(cell, float | int | Decimal) and cell in (0, 1):
            text = str(int(cell))
        answer = YES_NO.get(comparable(text).lower())
        return answer or self.refuse(cell, "不是“是”或“否”，请填“是”或“否”。")


@cache
def codes_by_text(code_list: str) -> dict[str, str]:
    """Labels and codes of one list, made comparable, to the code."""
    codes = code_lists().get(code_list, {})
    return {comparable(label): code for code, label in codes.items()} | {comparable(code): code for code in codes}


def is_finite(number: Decimal | float) -> bool:
    return isfinite(number) if isinstance(number, float) else number.is_finite()


def is_error(text: str) -> bool:
    """Whether a text is what a spreadsheet shows for an error, or for a column too narrow for its content."""
    text = unicodedata.normalize("NFKC", text).upper()
    return text in ERRORS or (len(text) >= 3 and not text.strip("#"))


def whole_or_plain(cell: object) -> str:
    """A number as the text it shows: 12, not 12.0. Raises ValueError for what is not a number."""
    if isinstance(cell, Decimal):
        # JSON keeps every digit; an exponent is how a program wrote it, not part of a text.
        if abs(cell.adjusted()) > LONGEST_KEY:
            raise ValueError(cell)
        return format(cell if cell != cell.to_integral_value() else cell.to_integral_value(), "f")
    return numerals.plain(numerals.to_decimal(cell))


def has_lost_digits(number: Decimal) -> bool:
    """Whether a program that keeps only so many digits wrote it: with an exponent, or a point after too many."""
    point = numerals.exponent(number)
    return point > 0 or (point < 0 and abs(number) >= Decimal(LOST_DIGITS))
