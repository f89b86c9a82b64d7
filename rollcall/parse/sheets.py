"""A sheet's own XML: the cells that the reader of workbooks passes over in silence, and how far the sheet goes."""

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from rollcall.parse.cells import NOT_COMPUTED, SHOWS_ERROR, Unreadable

# A cell in a column of three letters, or far down in one of two: the sheet may be nearly empty and yet enormous.
FAR_AWAY = re.compile(rb"""\br\s*=\s*["'](?:[A-Z]{3}\d|[A-Z]{2}\d{6})""")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


class NotXml(ValueError):
    """Not XML, or XML that no spreadsheet writes."""


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
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"<!DOCTYPE" in data[:4096]:
        raise NotXml
    return Look(is_uncomputed).at(data) if is_worth_a_look(data) else Findings()


def is_worth_a_look(data: bytes) -> bool:
    """Whether the sheet can have anything to find; searches for plain bytes first, which is fast."""
    has_error = b'"e"' in data or b"'e'" in data
    has_formula = (b"<f" in data or b":f" in data) and FORMULA.search(data) is not None
    return has_error or has_formula or FAR_AWAY.search(data) is not None


class Look:
    """One pass over a sheet's cells."""

    def __init__(self, is_uncomputed: bool) -> None:
        self.is_uncomputed = is_uncomputed
        self.findings = Findings()
        self.row, self.column = -1, -1
        self.kind, self.is_formula, self.has_value = "", False, False
        self.value: list[str] = []
        self.in_value = False

    def at(self, data: bytes) -> Findings:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            raise NotXml from error
        return self.findings

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        if name == "row":
            number = attributes.get("r", "")
            self.row = int(number) - 1 if number.isdecimal() and len(number) < 8 else self.row + 1
            self.column = -1
        elif name == "c":
            self.place(attributes.get("r"))
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

    def place(self, reference: str | None) -> None:
        """Where the cell is; without a reference it follows the one before."""
        match = REFERENCE.fullmatch(reference) if reference else None
        if reference and not match:
            raise NotXml(reference)
        if match:
            self.column = -1
            for character in match[1]:
                self.column = (self.column + 1) * 26 + ord(character) - 65
            self.row = int(match[2]) - 1
        else:
            self.column += 1

    def cell(self, value: str) -> None:
        seen = self.findings
        seen.first_row, seen.last_row = min(seen.first_row, self.row), max(seen.last_row, self.row)
        seen.first_column = min(seen.first_column, self.column)
        seen.last_column = max(seen.last_column, self.column)
        if self.kind == "e":
            seen.broken[self.row, self.column] = SHOWS_ERROR
        elif self.is_formula and not self.is_computed(value):
            seen.broken[self.row, self.column] = NOT_COMPUTED

    def is_computed(self, value: str) -> bool:
        """Whether a formula's result was stored. An empty text is one, when it is said to be text."""
        if self.kind == "str":
            return self.has_value and not (self.is_uncomputed and value == "")
        return value not in ("", "0") if self.is_uncomputed else value != ""
