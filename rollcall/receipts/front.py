"""The first sheet of a marked workbook, 回执: what became of the file, and every mark with a link to its cell."""

from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from rollcall.receipts.markup import neutral
from rollcall.receipts.styles import Look, Styles

NAME = "回执"
SEVERITIES = {"critical": ("必须改正", Look.CRITICAL), "warning": ("请核对", Look.WARNING), "info": ("提示", Look.INFO)}
WIDTHS = (20, 12, 10, 10, 18, 80)
COLUMNS = "ABCDEF"
LINE_HEIGHT = 15  # points
MOST_HEIGHT = 405  # points; a spreadsheet takes 409
LONGEST_TEXT = 2000  # characters of one cell

Cells = list[tuple[str | int, Look]]


@dataclass
class Rows:
    """The rows of the sheet as they are written, and what hangs on them."""

    styles: Styles
    rows: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)

    @property
    def next(self) -> int:
        return len(self.rows) + 1

    def skip(self) -> None:
        self.rows.append(f'<row r="{self.next}"/>')

    def add(self, cells: Cells, link: str | None = None) -> None:
        """One row; *link* is where its second cell leads to."""
        row = self.next
        made = "".join(self.cell(f"{COLUMNS[place]}{row}", *one) for place, one in enumerate(cells))
        lines = max(lines_of(str(text), WIDTHS[place]) for place, (text, _) in enumerate(cells))
        self.rows.append(sized(row, LINE_HEIGHT * lines, made))
        if link:
            shown = quoteattr(str(cells[1][0]))
            self.links.append(f'<hyperlink ref="B{row}" location={quoteattr(link)} display={shown}/>')

    def say(self, text: str, look: Look = Look.TEXT) -> None:
        """One row with one text across all columns."""
        row = self.next
        height = 24 if look is Look.TITLE else LINE_HEIGHT * lines_of(text, sum(WIDTHS))
        self.rows.append(sized(row, height, self.cell(f"A{row}", text, look)))
        self.merged.append(f'<mergeCell ref="A{row}:{COLUMNS[-1]}{row}"/>')

    def cell(self, name: str, value: str | int, look: Look) -> str:
        style = self.styles.look(look)
        if isinstance(value, int):
            return f'<c r="{name}" s="{style}"><v>{value}</v></c>'
        text = escape(neutral(value[:LONGEST_TEXT]))
        return f'<c r="{name}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def sized(row: int, height: int, cells: str) -> str:
    """A row of a height that is said outright: not every program fits it to the texts when it opens a workbook."""
    return f'<row r="{row}" ht="{min(height, MOST_HEIGHT)}" customHeight="1">{cells}</row>'


def lines_of(text: str, width: int) -> int:
    """How many lines a text takes in a column of this width; a Chinese character is as wide as two letters."""
    widths = (sum(1 if character.isascii() else 2 for character in line) for line in text.split("\n"))
    return sum(max(1, -(-one // (width - 1))) for one in widths)


def first_sheet(
    said: dict[str, Any], marks: list[dict[str, Any]], lost: list[str], styles: Styles, namespace: str
) -> bytes:
    """
    The sheet as XML.

    Args:
        said: What `rollcall.receipts.told.front_of` says of the submission.
        marks: As `rollcall.receipts.told.marks_of` makes them; `place` and `link` where they found their cell.
        lost: What of the original could not be kept.
    """
    rows = Rows(styles)
    rows.say(said["title"], Look.TITLE)
    for line in said["lines"]:
        rows.say(line)
    if lost:
        rows.say(f"原文件中有内容在本副本中没有保留：{'；'.join(lost)}。请以原文件为准。", Look.WARNING)
    if said["datasets"]:
        rows.skip()
        rows.add([(text, Look.HEAD) for text in ("报表", "结果", "收到行数", "接受行数", "未接受行数", "说明")])
        for line in said["datasets"]:
            rows.add([(value, Look.TEXT) for value in line])
    filtered = list_marks(rows, said["marks"], marks) if marks else ""
    return sheet_xml(rows, namespace, filtered)


def list_marks(rows: Rows, heading: str, marks: list[dict[str, Any]]) -> str:
    """All marks, one a row; returns the filter over them."""
    rows.skip()
    rows.say(heading, Look.BOLD)
    head = rows.next
    rows.add([(text, Look.HEAD) for text in ("工作表", "单元格", "程度", "行", "列", "原因")])
    for one in marks:
        word, look = SEVERITIES[one["severity"]]
        place = (one["place"], Look.LINK) if one.get("link") else ("没有找到", Look.TEXT)
        rows.add(
            [(one["sheet"], Look.TEXT), place, (word, look), (one["row"] or "", Look.TEXT),
             (one["column"] or "", Look.TEXT), (one["text"], Look.TEXT)],
            one.get("link"),
        )  # fmt: skip
    return f'<autoFilter ref="A{head}:{COLUMNS[-1]}{rows.next - 1}"/>'


def sheet_xml(rows: Rows, namespace: str, filtered: str) -> bytes:
    """The sheet from its rows: A4 across, as wide as a page, without grid lines."""
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>' for place, width in enumerate(WIDTHS, 1)
    )
    parts = [
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
        f'<worksheet xmlns="{namespace}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews>',
        '<sheetView showGridLines="0" tabSelected="1" workbookViewId="0"/></sheetViews>',
        f"<cols>{columns}</cols><sheetData>{''.join(rows.rows)}</sheetData>{filtered}",
        f'<mergeCells count="{len(rows.merged)}">{"".join(rows.merged)}</mergeCells>',
        f"<hyperlinks>{''.join(rows.links)}</hyperlinks>" if rows.links else "",
        '<pageMargins left="0.5" right="0.5" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>',
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>',
    ]
    return "".join(parts).encode()
