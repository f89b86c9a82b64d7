"""Workbooks: their sheets, and the rows of the ones we know."""

import posixpath
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from rollcall.datasets import Dataset, datasets
from rollcall.parse.cells import Cell, Unreadable
from rollcall.parse.moments import EPOCH_1900, EPOCH_1904
from rollcall.parse.packages import DAMAGED, Package
from rollcall.parse.quoting import shown
from rollcall.parse.readings import DatasetTurnedAway, FileTurnedAway
from rollcall.parse.records import tabulate
from rollcall.parse.rows import Row, Table
from rollcall.parse.sheets import BROKEN_SHEET, NotXml, Unusual, examine, refuse_unusual
from rollcall.parse.sources import Contents, Source
from rollcall.parse.styles import Formats, formats_of
from rollcall.parse.wording import BLANKS, HOSTILE, letter

BOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
MOST_NAMED = 50
LONGEST_NAME = 31  # of a sheet, as spreadsheets have it; a longer one is in no index of the warehouse
# Cells of the rectangle around all that is filled: the reader holds every one of them, also the empty ones.
MOST_CELLS = 20_000_000
RESAVE = "请用 Excel 或 WPS 打开、另存为 xlsx 后重报。"
MERGED = "这一格在合并单元格 {} 里，无法判断这一行的内容。请取消合并，逐行填写。"
Result = TypeVar("Result")
Area = tuple[tuple[int, int], tuple[int, int]]  # first and last row and column, from 0


class Workbook:
    """An opened workbook: its sheets in order, and what its own XML says that the reader does not."""

    def __init__(self, package: Package, path: Path) -> None:
        """Raises FileTurnedAway where it cannot be opened."""
        self.package = package
        book, relations = parsed(package, BOOK), parsed(package, RELATIONS)
        styles = next((one for one in relations.iter() if one.get("Type", "").endswith("/styles")), None)
        self.codes = formats_of(parsed(package, located(styles.get("Target", "")))) if styles is not None else []
        self.sheets = sheets_in(book, relations)
        settings = book.find("{*}workbookPr")
        self.epoch = EPOCH_1904 if settings is not None and is_true(settings.get("date1904")) else EPOCH_1900
        computing = book.find("{*}calcPr")
        # A program that computes nothing writes this, and 0 as every formula's result; Excel and WPS take it out.
        self.is_uncomputed = computing is not None and is_true(computing.get("fullCalcOnLoad"))
        self.reader = guarded(lambda: CalamineWorkbook.from_path(path), FileTurnedAway(DAMAGED))
        if self.reader.sheet_names != [name for name, _ in self.sheets]:
            raise FileTurnedAway(DAMAGED)


def open_workbook(package: Package, path: Path) -> Contents:
    """The sheets of a workbook, hidden ones too, that are named after our datasets."""
    book = Workbook(package, path)
    ours = {dataset.sheet_zh: dataset for dataset in datasets().values()}
    contents = Contents()
    for index, (name, _) in enumerate(book.sheets):
        dataset = ours.get(name.strip(BLANKS))
        if dataset and len(name) <= LONGEST_NAME and not HOSTILE.search(name):
            contents.sources.append(Source(dataset, name, partial(load_sheet, book, index, dataset)))
        elif len(contents.not_read) < MOST_NAMED:
            contents.not_read.append(f"工作表“{shown(name)}”")
    return contents


def load_sheet(book: Workbook, index: int, dataset: Dataset) -> Table:
    """
    Make a table of one sheet.

    Raises:
        DatasetTurnedAway: It is damaged, too wide or too long, or has headers that fit no layout.
    """
    name, part = book.sheets[index]
    try:
        findings = examine(book.package.read(part), book.is_uncomputed)
    except Unusual as error:
        raise DatasetTurnedAway(f"工作表的 XML {error}。{RESAVE}") from error
    except (KeyError, NotXml) as error:
        raise DatasetTurnedAway(BROKEN_SHEET) from error
    if findings.area > MOST_CELLS:
        far = f"{letter(findings.last_column)}{findings.last_row + 1}"
        raise DatasetTurnedAway(f"有内容的单元格相距太远，一直到 {far}。请删去表格以外的内容（删除整行、整列）后重报。")
    broken = DatasetTurnedAway(BROKEN_SHEET)
    sheet = guarded(lambda: book.reader.get_sheet_by_index(index), broken)
    merged = guarded(lambda: sorted(sheet.merged_cell_ranges or ()), broken)
    table, header_row = tabulate(dataset, name, rows_of(sheet, findings.broken), book.epoch)
    among = [area for area in merged if area[1][0] >= header_row]
    rows = with_merged(table.rows, among) if among else table.rows
    formats = Formats(book.codes, partial(book.package.read, part))
    return replace(table, rows=rows, formats=formats if formats.matter else None)


def rows_of(sheet: CalamineSheet, broken: dict[tuple[int, int], Unreadable]) -> Iterator[list[Cell]]:
    """
    All rows from the sheet's first, all cells from column A.

    The reader leaves out empty columns on the left, and knows nothing of cells that show an error.
    """
    left = sheet.start[1] if sheet.start else 0
    padding: list[Cell] = [""] * left
    by_row: dict[int, dict[int, Unreadable]] = {}
    for (row, column), why in broken.items():
        by_row.setdefault(row, {})[column] = why
    number = -1
    rows = guarded(sheet.iter_rows, DatasetTurnedAway(BROKEN_SHEET)) if sheet.start else iter(())
    try:
        for number, cells in enumerate(rows):
            whole: list[Cell] = [*padding, *cells] if left else list(cells)
            yield with_broken(whole, by_row[number]) if number in by_row else whole
    except BaseException as error:
        if is_of_reader(error):
            raise DatasetTurnedAway(BROKEN_SHEET) from error
        raise
    for beyond in range(number + 1, max(by_row, default=-1) + 1):
        yield with_broken([], by_row.get(beyond, {}))


def with_broken(cells: list[Cell], broken: dict[int, Unreadable]) -> list[Cell]:
    """Put what cannot be read where the reader saw nothing, or something that was never computed."""
    cells += [""] * (max(broken, default=-1) + 1 - len(cells))
    for column, why in broken.items():
        cells[column] = why
    return cells


def with_merged(rows: Iterable[Row], areas: list[Area]) -> Iterator[Row]:
    """The rows; those that one of the merged *areas*, sorted, touches get a cell that cannot be read."""
    left = iter(areas)
    coming = next(left, None)
    lowest: Area | None = None
    for row in rows:
        while coming and coming[0][0] < row.number:
            lowest = coming if lowest is None or coming[1][0] > lowest[1][0] else lowest
            coming = next(left, None)
        if lowest is None or lowest[1][0] + 1 < row.number:
            yield row
            continue
        (top, first), (bottom, last) = lowest
        why = Unreadable(MERGED.format(f"{letter(first)}{top + 1}:{letter(last)}{bottom + 1}"))
        yield replace(row, strays=(*row.strays, (first, why)))


def guarded(read: Callable[[], Result], trouble: Exception) -> Result:
    """Do what the reader of workbooks may fail at because of the file."""
    try:
        return read()
    except BaseException as error:
        if is_of_reader(error):
            raise trouble from error
        raise


def is_of_reader(error: BaseException) -> bool:
    """Whether the reader of workbooks gave up on a file; it panics where its authors saw no way on."""
    return isinstance(error, CalamineError) or type(error).__name__ == "PanicException"


def parsed(package: Package, part: str) -> ElementTree.Element:
    """One of the workbook's small parts. Raises FileTurnedAway, saying what was found instead."""
    try:
        data = package.read(part)
        refuse_unusual(data)
        return ElementTree.fromstring(data)  # noqa: S314 - without a document type there are no entities to expand
    except Unusual as error:
        raise FileTurnedAway(f"工作簿里的 {part} {error}。{RESAVE}") from error
    except (KeyError, ElementTree.ParseError) as error:
        raise FileTurnedAway(DAMAGED) from error


def located(target: str) -> str:
    """The name of a part: relative to the workbook's folder, or from the root."""
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def sheets_in(book: ElementTree.Element, relations: ElementTree.Element) -> list[tuple[str, str]]:
    """The name and the part of each sheet of a workbook, in order."""
    targets = {one.get("Id"): one.get("Target", "") for one in relations.iter() if one.get("Id")}
    sheets = []
    for sheet in book.iterfind("{*}sheets/{*}sheet"):
        relation = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), None)
        sheets.append((sheet.get("name", ""), located(targets.get(relation, ""))))
    return sheets


def is_true(text: str | None) -> bool:
    return text in ("1", "true", "on")
