"""One sheet of an office's workbook: which cells are marked, and what colour its tab has."""

import re
from bisect import bisect_left, bisect_right
from collections import deque
from dataclasses import dataclass, field

from rollcall.receipts.markup import Edits, Element, PartRefused, walk, whole
from rollcall.receipts.styles import Styles

# What stands behind `legacyDrawing` in a sheet, or wraps what does; all else stands before it.
BEHIND_NOTES = {"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts",
                "extLst", "AlternateContent"}  # fmt: skip
MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)["']""")
SELECTED = re.compile(rb"""(<(?:\w+:)?sheetView\b[^>]*?)\s+tabSelected\s*=\s*["'][^"']*["']""")
CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
LAST_COLUMN, LAST_ROW = 16_384, 1_048_576
RED, AMBER = "FFC00000", "FFFFC000"  # tabs: something was held; there are only warnings

Place = tuple[int, int]


def place_of(cell: str | None) -> Place | None:
    """Row and column of a cell's name, from 1; None for what is no name of a cell."""
    found = CELL.fullmatch(cell or "")
    if not found or number_of(found[1]) > LAST_COLUMN or int(found[2]) > LAST_ROW:
        return None
    return int(found[2]), number_of(found[1])


def number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def name_of(place: Place) -> str:
    """The name of a cell."""
    row, number = place
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


@dataclass
class FoundRow:
    """A row that stands in the sheet: itself, and its cells by column, with whether something is in them."""

    element: Element
    cells: dict[int, Element] = field(default_factory=dict)

    def first_filled(self) -> int:
        """The column of the first cell with anything in it; else the first there is, or A."""
        filled = (column for column, cell in sorted(self.cells.items()) if (cell.close or 0) > cell.end)
        return next(filled, min(self.cells, default=1))


class Merged:
    """The merged areas of a sheet, by each of *rows* that they touch."""

    def __init__(self, content: bytes, rows: set[int]) -> None:
        self.by_row: dict[int, list[tuple[Place, Place]]] = {}
        ordered = sorted(rows)
        for left, top, right, bottom in MERGED.findall(content):
            first, last = (int(top), number_of(left.decode())), (int(bottom), number_of(right.decode()))
            for row in ordered[bisect_left(ordered, first[0]) : bisect_right(ordered, last[0])]:
                self.by_row.setdefault(row, []).append((first, last))

    def first_rows(self) -> set[int]:
        return {first[0] for areas in self.by_row.values() for first, _ in areas}

    def shown(self, place: Place) -> Place:
        """The cell that shows what stands at *place*: where cells are merged, the first of them."""
        for first, last in self.by_row.get(place[0], ()):
            if first[1] <= place[1] <= last[1]:
                return first
        return place


class Sheet:
    """
    A sheet as it lies in the package, read for *rows* and the edits that it gets.

    Raises PartRefused where it is no XML.
    """

    def __init__(self, content: bytes, rows: set[int]) -> None:
        self.content = content
        self.merged = Merged(content, rows)
        self.wanted = rows | self.merged.first_rows()
        self.edits = Edits(content)
        self.parts: dict[str, Element] = {}
        self.notes_at: int | None = None
        self.rows: dict[int, FoundRow] = {}
        self.waiting = deque(sorted(self.wanted))
        self.gaps: dict[int, int] = {}  # rows that are not there, and where they belong
        self.row = self.column = 0
        self.in_row: FoundRow | None = None
        walk(content, self.start, self.end, lambda depth: depth <= 3 or (depth == 4 and self.in_row is not None))
        if "sheetData" not in self.parts:
            raise PartRefused("a sheet without rows")

    def start(self, element: Element, depth: int) -> None:
        if depth == 1:
            self.root = element
        elif depth == 2:
            self.parts.setdefault(element.name, element)
            if element.name in BEHIND_NOTES and "sheetData" in self.parts and self.notes_at is None:
                self.notes_at = element.start
        elif depth == 3 and element.name == "row":
            self.start_row(element)
        elif depth == 3 and element.name == "tabColor":
            self.parts["tabColor"] = element
        elif depth == 4 and element.name == "c" and self.in_row:
            place = place_of(element.attributes.get("r"))
            self.column = place[1] if place else self.column + 1
            self.in_row.cells[self.column] = element

    def start_row(self, element: Element) -> None:
        self.row = whole(element.attributes.get("r"), self.row + 1)
        self.column = 0
        while self.waiting and self.waiting[0] < self.row:
            self.gaps[self.waiting.popleft()] = element.start
        if self.row in self.wanted:
            self.in_row = self.rows[self.row] = FoundRow(element)

    def end(self, element: Element, depth: int) -> None:
        if depth == 3:
            self.in_row = None
        elif depth == 1 and self.notes_at is None:
            self.notes_at = element.close

    def place(self, row: int, cell: str | None) -> Place:
        """Where to mark: the cell, or without one the first of its row; where cells are merged, the one that shows."""
        place = place_of(cell)
        if place is None:
            place = (row, self.rows[row].first_filled() if row in self.rows else 1)
        return self.merged.shown(place)

    def paint(self, fills: dict[Place, str | None], styles: Styles) -> None:
        """Give cells the fill of a severity, or with None none; cells and rows that are not there are added."""
        by_row: dict[int, dict[int, str | None]] = {}
        for (row, column), severity in sorted(fills.items(), key=lambda item: item[0]):
            by_row.setdefault(row, {})[column] = severity
        last = b""
        for row, columns in by_row.items():
            if row in self.rows:
                self.paint_row(row, columns, styles)
                continue
            cells = b"".join(self.new_cell((row, column), 0, severity, styles) for column, severity in columns.items())
            name = self.root.qualified("row").encode()
            new = b'<%s r="%d">%s</%s>' % (name, row, cells, name)
            if row in self.gaps:
                self.edits.insert(self.gaps[row], new)
            else:
                last += new
        if last:
            self.edits.append_to(self.parts["sheetData"], last)

    def paint_row(self, row: int, columns: dict[int, str | None], styles: Styles) -> None:
        found = self.rows[row]
        attributes = found.element.attributes
        base = whole(attributes.get("s"), 0) if attributes.get("customFormat") in ("1", "true") else 0
        last = b""
        for column, severity in columns.items():
            cell = found.cells.get(column)
            if cell is not None:
                style = styles.painted(whole(cell.attributes.get("s"), 0), severity)
                self.edits.set(cell, s=str(style))
                continue
            new = self.new_cell((row, column), base, severity, styles)
            behind = min((other for other in found.cells if other > column), default=None)
            if behind is None:
                last += new
            else:
                self.edits.insert(found.cells[behind].start, new)
        if last:
            self.edits.append_to(found.element, last)

    def new_cell(self, place: Place, base: int, severity: str | None, styles: Styles) -> bytes:
        style = styles.painted(base, severity)
        return f'<{self.root.qualified("c")} r="{name_of(place)}" s="{style}"/>'.encode()

    def colour_tab(self, colour: str | None) -> None:
        """Colour the tab; None takes a colour of ours away."""
        old, holder = self.parts.get("tabColor"), self.parts.get("sheetPr")
        name = self.root.qualified("tabColor")
        new = b"" if colour is None else f'<{name} rgb="{colour}"/>'.encode()
        if old is not None:
            if colour or old.attributes.get("rgb") in (RED, AMBER):
                self.edits.replace(old.start, old.after, new)
        elif holder is None:
            outer = self.root.qualified("sheetPr").encode()
            self.edits.insert(self.root.end, b"<%s>%s</%s>" % (outer, new, outer))
        elif holder.close is not None:
            self.edits.insert(holder.end, new)
        else:
            self.edits.append_to(holder, new)

    def refer_to_notes(self, relation: str, base: str) -> None:
        """Say which part draws the notes of this sheet."""
        name = self.root.qualified("legacyDrawing")
        self.edits.insert(self.notes_at or 0, f'<{name} xmlns:r="{base}" r:id="{relation}"/>'.encode())

    def deselect(self) -> None:
        """Only the first sheet is selected: what is typed into one of several selected sheets goes into all."""
        if found := selected(self.content):
            self.edits.replace(found.end(1), found.end(), b"")


def selected(content: bytes) -> re.Match[bytes] | None:
    """Where a sheet says that it is selected."""
    return SELECTED.search(content, 0, max(content.find(b"sheetData"), 0) or len(content))
