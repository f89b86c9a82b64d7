"""A sheet's own XML: the cells that the reader of workbooks passes over in silence, and how far the sheet goes."""

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from rollcall.parse.cells import NOT_COMPUTED, SHOWS_ERROR, Unreadable

# A cell in a column of three letters, or far down in one of two: the sheet may be nearly empty and yet enormous.
FAR_AWAY = re.compile(rb"""\br\s*=\s*["'](?:[A-Z]{3}\d|[A-Z]{2}\d{6})""")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


BROKEN_SHEET = "工作表已损坏，读不出来。请用 Excel 或 WPS 打开、另存为 xlsx 后重报。"


class NotXml(ValueError):
    """Not XML, or XML that no spreadsheet writes."""


class Unusual(NotXml):
    """XML that no spreadsheet writes, and that may be a trap; the message says in Chinese what was found."""


def refuse_unusual(data: bytes) -> None:
    """Refuse a part of a workbook that is no plain XML in UTF-8: without a document type nothing can expand."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unusual("是 UTF-16 编码，不是常见表格软件写的 UTF-8")
    if b"<!DOCTYPE" in data:
        raise Unusual("含有文档类型声明（DOCTYPE），常见的表格软件不会写它，为安全起见不读取")


@dataclass
class Findings:
    """What was seen in one sheet. Rows and columns count from 0; the area is that around all filled cells."""

    broken: dict[tuple[int, int], Unreadable] = field(default_factory=dict)
    first_row: int = 1 << 20
    last_row: int = 0
    first_column: int = 1 << 14
    last_column: int = 0

    @property
    def area(self) -> int:
        return max(0, self.last_row - self.first_row + 1) * max(0, self.last_column - self.first_column + 1)


def examine(data: bytes, is_uncomputed: bool) -> Findings:
    """
    Look for cells that show an error or were never computed. Costs little where there are none.

    Args:
        data: The sheet's part of the package.
        is_uncomputed: Whether the workbook says that it was written by a program that computes nothing.

    Raises:
        NotXml: It cannot be parsed.
    """
    refuse_unusual(data)
    return Look(is_uncomputed).at(data) if is_worth_a_look(data) else Findings()


def is_worth_a_look(data: bytes) -> bool:
    """Whether the sheet can have anything to find; searches for plain bytes first, which is fast."""
    has_error = b'"e"' in data or b"'e'" in data
    has_formula = (b"<f" in data or b":f" in data) and FORMULA.search(data) is not None
    return has_error or has_formula or FAR_AWAY.search(data) is not None


class Place:
    """Where in a sheet a pass over it is, counted from 0; without a reference a row or cell follows the one before."""

    def __init__(self) -> None:
        self.row, self.column = -1, -1

    def move(self, element: str, reference: str | None) -> None:
        """Go to a `row` or `c`. Raises NotXml for a reference that is none."""
        if element == "row":
            number = reference or ""
            self.row = int(number) - 1 if number.isdecimal() and len(number) < 8 else self.row + 1
            self.column = -1
        elif not reference:
            self.column += 1
        else:
            match = REFERENCE.fullmatch(reference)
            if not match:
                raise NotXml(reference)
            self.column = -1
            for character in match[1]:
                self.column = (self.column + 1) * 26 + ord(character) - 65
            self.row = int(match[2]) - 1


def parse(parser: expat.XMLParserType, data: bytes) -> None:
    """Let *parser* go through *data*. Raises NotXml."""
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise NotXml from error


def styles_of(data: bytes) -> list[tuple[int, int, int]]:
    """Row and column, from 0, and style of each cell that bears one. Raises NotXml."""
    place, found = Place(), []

    def start(name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        if name in ("row", "c"):
            place.move(name, attributes.get("r"))
        style = attributes.get("s", "0") if name == "c" else "0"
        if style != "0" and style.isdecimal() and len(style) < 8:
            found.append((place.row, place.column, int(style)))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parse(parser, data)
    return found


class Look:
    """One pass over a sheet's cells."""

    def __init__(self, is_uncomputed: bool) -> None:
        self.is_uncomputed = is_uncomputed
        self.findings = Findings()
        self.place = Place()
        self.kind, self.is_formula, self.has_value = "", False, False
        self.value: list[str] = []
        self.in_value = False

    def at(self, data: bytes) -> Findings:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parse(parser, data)
        return self.findings

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        if name in ("row", "c"):
            self.place.move(name, attributes.get("r"))
        if name == "c":
            self.kind, self.is_formula, self.has_value = attributes.get("t", "n"), False, False
            self.value.clear()
        elif name == "f":
            self.is_formula = True
        elif name in ("v", "is"):
            self.in_value = self.has_value = True

    def text(self, text: str) -> None:
        if self.in_value:
            self.value.append(text)

    def end(self, name: str) -> None:
        name = name.rpartition(" ")[2]
        if name in ("v", "is"):
            self.in_value = False
        elif name == "c" and (self.has_value or self.is_formula):
            self.cell("".join(self.value).strip())

    def cell(self, value: str) -> None:
        seen = self.findings
        row, column = self.place.row, self.place.column
        seen.first_row, seen.last_row = min(seen.first_row, row), max(seen.last_row, row)
        seen.first_column = min(seen.first_column, column)
        seen.last_column = max(seen.last_column, column)
        if self.kind == "e":
            seen.broken[row, column] = SHOWS_ERROR
        elif self.is_formula and not self.is_computed(value):
            seen.broken[row, column] = NOT_COMPUTED

    def is_computed(self, value: str) -> bool:
        """Whether a formula's result was stored. An empty text is one, when it is said to be text."""
        if self.kind == "str":
            return self.has_value and not (self.is_uncomputed and value == "")
        return value not in ("", "0") if self.is_uncomputed else value != ""
