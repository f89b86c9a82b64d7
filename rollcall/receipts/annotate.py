"""
The child that marks workbooks: `python -m rollcall.receipts.annotate`; `rollcall.receipts.workbook` drives it.

The first line of standard input says the limits, each further line is a job; each job is answered by a line
on standard output. What openpyxl cannot read or write ends this process: the parent reads the last line of the
traceback, starts another child and goes on with the next file.
"""

import json
import re
import resource
import sys
import warnings
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell import MergedCell
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

# The light red and yellow that spreadsheets themselves offer for "bad" and "neutral".
FILLS = {
    severity: PatternFill("solid", start_color=colour, end_color=colour)
    for severity, colour in (("critical", "FFC7CE"), ("warning", "FFEB9C"), ("info", "DDEBF7"))
}
SEVERITIES = list(FILLS)
AUTHOR = "数据接收"
CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
# What XML 1.0 cannot carry.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST_COMMENT = 2000  # characters; a spreadsheet takes 32,767, a reader fewer


def main() -> None:
    """Set the limits, then answer job by job until standard input ends."""
    warnings.simplefilter("ignore")
    limits = json.loads(sys.stdin.readline())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"],) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["file_bytes"],) * 2)
    for line in sys.stdin:
        allow_cpu(limits["cpu_seconds"])
        print(json.dumps(annotate(json.loads(line), limits)), flush=True)


def allow_cpu(seconds: int) -> None:
    """Give the next file its own share: the limit counts from the start of the process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + seconds, resource.RLIM_INFINITY))


def annotate(job: dict[str, Any], limits: dict[str, int]) -> dict[str, int]:
    """
    Write the workbook `source` to `target` with its marks; say how many found their cell.

    `unpacked` alone, when it is over the limit: the file was not opened.
    """
    with Path(job["source"]).open("rb") as source:
        with zipfile.ZipFile(source) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > limits["unpacked_bytes"]:
            return {"unpacked": unpacked}
        workbook = load_workbook(source, rich_text=True)
    placed = mark(workbook, job["marks"])
    if placed:
        workbook.save(job["target"])
    return {"unpacked": unpacked, "placed": placed, "homeless": len(job["marks"]) - placed}


def mark(workbook: Workbook, marks: Iterable[dict[str, Any]]) -> int:
    """Colour and comment what each mark names: a cell, the first cell of a row, or without a row A1."""
    found: dict[tuple[str, str], tuple[Cell, list[dict[str, Any]]]] = {}
    firsts: dict[str, int] = {}
    placed = 0
    for one in marks:
        sheets = sheets_named(workbook, one["sheet"], every=one["row"] is None)
        placed += bool(sheets)
        for sheet in sheets:
            if sheet.title not in firsts:
                firsts[sheet.title] = sheet.min_column
            cell = cell_of(sheet, one, firsts[sheet.title])
            found.setdefault((sheet.title, cell.coordinate), (cell, []))[1].append(one)
    for cell, reasons in found.values():
        write(cell, reasons)
    return placed


def sheets_named(workbook: Workbook, name: str, every: bool) -> list[Worksheet]:
    """The sheet of this name, exactly or else but for blanks around it; *every* one, if asked."""
    alike: list[Worksheet] = [sheet for sheet in workbook.worksheets if sheet.title.strip() == name.strip()]
    if every:
        return alike
    return [sheet for sheet in alike if sheet.title == name][:1] or alike[:1]


def cell_of(sheet: Worksheet, one: dict[str, Any], first_column: int) -> Cell:
    """The cell to mark; where cells are merged, the one that shows."""
    if one["row"] is None:
        row, column = 1, 1
    elif CELL.fullmatch(one["cell"] or ""):
        row, column = coordinate_to_tuple(one["cell"])
    else:
        row, column = one["row"], first_column
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        area = next(area for area in sheet.merged_cells.ranges if cell.coordinate in area)
        cell = area.start_cell
    return cell


def write(cell: Cell, reasons: list[dict[str, Any]]) -> None:
    """One fill, by the worst of *reasons*; one comment, below what the office itself had noted there."""
    cell.fill = FILLS[min((one["severity"] for one in reasons), key=SEVERITIES.index)]
    own = [cell.comment.text] if cell.comment and cell.comment.text else []
    text = UNWRITABLE.sub("\ufffd", "\n".join([*own, *dict.fromkeys(one["text"] for one in reasons)]))
    if len(text) > LONGEST_COMMENT:
        text = text[: LONGEST_COMMENT - 1] + "…"
    lines = sum(1 + len(line) // 22 for line in text.splitlines())
    cell.comment = Comment(text, AUTHOR, width=320, height=min(24 + 18 * lines, 400))


if __name__ == "__main__":
    main()
