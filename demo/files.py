"""Files of an office, byte for byte the same each time: xlsx, zip of csv, csv and json."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from random import Random
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from demo.cells import json_value, text_cell, workbook_cell
from demo.habits import Style
from demo.records.row import ErrorCell, Row
from demo.tables import Table, lay_out
from rollcall.datasets import datasets

MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "csv": "text/csv",
    "json": "application/json",
}
# A zip cannot carry a day before 1980, nor a file made from a seed any day at all.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
CREATED = datetime(2023, 1, 1)
WORKBOOK_OPTIONS = {
    "in_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}
Records = dict[str, list[Row]]


def tables_of(names: Iterable[str], style: Style, rng: Random) -> dict[str, Table]:
    """How the office lays out each of the datasets *names*."""
    return {name: lay_out(datasets()[name], style, rng) for name in names}


def workbook(records: Records, tables: dict[str, Table], style: Style, heading: str) -> bytes:
    """One sheet per dataset; perhaps a title above the headers, perhaps a sheet of explanations."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, WORKBOOK_OPTIONS)
    book.set_properties({"created": CREATED, "comments": "合成演示数据，非真实记录"})
    bold = book.add_format({"bold": True})
    shown = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm"}
    formats = {kind: book.add_format({"num_format": text}) for kind, text in shown.items()}
    if style.explains:
        book.add_worksheet("填报说明").write_string(0, 0, "本表为合成演示数据，不涉及任何真实人员和单位。")
    for name, table in tables.items():
        sheet = book.add_worksheet(table.dataset.sheet_zh)
        top = 0
        if style.title:
            last = len(table.headers) + len(table.extra) - 1
            sheet.merge_range(0, 0, 0, last, f"{heading}{table.dataset.sheet_zh}（合成演示数据）", bold)
            top = 1
        for column, header in enumerate((*table.headers, *table.extra)):
            sheet.write_string(top, column, header, bold)
        for number, cells in enumerate(table.written(records[name], style, workbook_cell), top + 1):
            write_cells(sheet, number, cells, formats)
    book.close()
    return target.getvalue()


def write_cells(sheet: Worksheet, row: int, cells: list[Any], formats: dict[type[date], Format]) -> None:
    """Write one row, each cell by the type of its value; an empty text writes nothing."""
    for column, cell in enumerate(cells):
        if isinstance(cell, str):
            if cell:
                sheet.write_string(row, column, cell)
        elif isinstance(cell, (int, float)):
            sheet.write_number(row, column, cell)
        elif isinstance(cell, ErrorCell):
            sheet.write_formula(row, column, "=NA()", None, cell.shows)
        else:
            sheet.write_datetime(row, column, cell, formats[type(cell)])


def csv_bytes(rows: list[Row], table: Table, style: Style) -> bytes:
    """One dataset as csv with a header row, in the office's encoding."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow((*table.headers, *table.extra))
    writer.writerows(table.written(rows, style, text_cell))
    return text.getvalue().encode(style.encoding)


def zip_bytes(members: dict[str, bytes]) -> bytes:
    """A zip of *members*, with fixed times."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, ZIP_TIME)
            info.external_attr = 0o644 << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED, compresslevel=6)
    return target.getvalue()


def json_bytes(records: Records, tables: dict[str, Table], style: Style) -> bytes:
    """All datasets as JSON under our column names; an optional value that is empty is null."""
    written = {
        name: [dict(zip(table.names, cells, strict=False)) for cells in table.written(records[name], style, json_value)]
        for name, table in tables.items()
    }
    return json.dumps({"datasets": written}, ensure_ascii=False).encode()


def container(kind: str, records: Records, tables: dict[str, Table], style: Style, heading: str) -> bytes:
    """Everything in one file of *kind*: xlsx, zip or json."""
    if kind == "xlsx":
        return workbook(records, tables, style, heading)
    if kind == "zip":
        return zip_bytes({f"{name}.csv": csv_bytes(records[name], table, style) for name, table in tables.items()})
    return json_bytes(records, tables, style)
