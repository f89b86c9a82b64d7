"""Rows: cells column by column into the file that PostgreSQL copies, and a list of what could not be read."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice, repeat
from pathlib import Path
from typing import Protocol

from rollcall.datasets import Dataset
from rollcall.parse.cells import Cell, CellReader, Read, Unreadable
from rollcall.parse.headers import Field
from rollcall.parse.identity import born_on, person_key
from rollcall.parse.moments import EPOCH_1900
from rollcall.parse.readings import TOO_MANY_ROWS, DatasetReading, DatasetTurnedAway, Job
from rollcall.parse.styles import Formats
from rollcall.parse.wording import letter
from rollcall.periods import Period
from rollcall.warehouse.tables import LINEAGE, stored

CHUNK = 5_000
# Beyond this nobody reads the list, and the sheet as a whole is wrong.
MOST_UNREADABLE = 100_000


class CsvWriter(Protocol):
    """What `csv.writer` makes; its own type has no name at run time."""

    def writerows(self, rows: Iterable[Iterable[object]], /) -> object: ...


@dataclass(frozen=True)
class Row:
    """
    One record: its number as in the sheet, and its cells in the sheet's columns.

    `strays` are cells where no header says what they are: place in the row, and why they cannot be read.
    """

    number: int
    cells: Sequence[Cell]
    strays: tuple[tuple[int, Unreadable], ...] = ()


@dataclass(frozen=True)
class Table:
    """
    One dataset as found in a file.

    `is_sheet` is false for JSON, whose records have no cells to name; `formats` are those of a workbook's numbers,
    where there are any that say what a cell holds.
    """

    dataset: Dataset
    name: str
    fields: tuple[Field, ...]
    rows: Iterable[Row]
    is_sheet: bool = True
    epoch: date = EPOCH_1900
    not_read: tuple[str, ...] = ()
    formats: Formats | None = None


@dataclass
class Output:
    """Where the rows of one file go, and what they need that the file does not say."""

    job: Job
    folder: Path
    key: bytes
    most_rows: int
    unreadable: list[tuple[object, ...]] = field(default_factory=list)

    def path(self, name: str) -> Path:
        return self.folder / f"{self.job.submission_id}.{name}.csv"

    def write(self, table: Table) -> DatasetReading:
        """
        Write one dataset's rows; all of them or, when it is turned away, none.

        Raises:
            DatasetTurnedAway: More rows than the limit, too many unreadable cells, or the source broke off.
        """
        writer = TableWriter(self, table)
        path = self.path(table.dataset.name)
        try:
            with path.open("w", encoding="utf-8", newline="") as lines:
                rows = writer.write(csv.writer(lines, lineterminator="\n"))
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        self.unreadable += writer.unreadable
        columns: dict[str, tuple[str | None, str]] = {
            f.column.name: (letter(f.index) if table.is_sheet else None, f.header) for f in table.fields
        }
        return DatasetReading(table.name, rows, None, columns)

    def finish(self) -> None:
        """Write the unreadable cells of the whole file, when there are any."""
        if self.unreadable:
            with self.path("cells").open("w", encoding="utf-8", newline="") as lines:
                csv.writer(lines, lineterminator="\n").writerows(self.unreadable)


class TableWriter:
    """Turns one table's rows into lines, a few thousand at a time."""

    def __init__(self, output: Output, table: Table) -> None:
        self.job, self.key, self.most_rows = output.job, output.key, output.most_rows
        self.table = table
        self.readers = [CellReader(table.dataset, f.column, f.shift, table.epoch) for f in table.fields]
        self.unreadable: list[tuple[object, ...]] = []
        period = Period.parse(self.job.period)
        self.last_day = period.last_day
        known = {
            "_submission_id": self.job.submission_id,
            "_office_key": self.job.office_key,
            "_office_code": self.job.office_code,
            "_period": self.job.period,
            "_first_day": period.first_day.isoformat(),
            "_last_day": period.last_day.isoformat(),
            "_kind": self.job.kind,
            "_sheet": table.name,
        }
        # The row's number and its count of unreadable cells come last.
        self.lineage = [known[name] for name in list(LINEAGE)[:-2]]

    def write(self, lines: CsvWriter) -> int:
        """Write all rows; returns how many."""
        rows, written = iter(self.table.rows), 0
        while chunk := list(islice(rows, CHUNK)):
            written += len(chunk)
            if written > self.most_rows:
                raise DatasetTurnedAway(TOO_MANY_ROWS.format(most=self.most_rows))
            lines.writerows(self.lines(chunk))
        return written

    def lines(self, chunk: list[Row]) -> Iterator[tuple[object, ...]]:
        """One line per row, in the order of `inbox_columns`."""
        cells = list(zip(*(row.cells for row in chunk), strict=True))
        values: dict[str, list[Read]] = {}
        bad = [0] * len(chunk)
        for found, reader in zip(self.table.fields, self.readers, strict=True):
            shown = cells[found.index]
            if self.table.formats:
                shown = self.table.formats.applied(found.column, found.index, [row.number for row in chunk], shown)
            read = reader.read_all(shown)
            self.take_out_unreadable(chunk, found, read, bad)
            values[found.column.name] = read
        for place, row in enumerate(chunk):
            for index, why in row.strays:
                self.name_cell(row.number, index, None, "", why)
                bad[place] += 1
        columns: list[Iterable[object]] = [repeat(value) for value in self.lineage]
        columns += [[row.number for row in chunk], bad]
        for column in self.table.dataset.columns:
            if column.name == "id_number":
                columns += self.persons(values, cells, len(chunk))
            elif stored(column):
                columns.append(values.get(column.name) or repeat(None))
        return zip(*columns, strict=False)

    def take_out_unreadable(self, chunk: list[Row], found: Field, read: list[Read], bad: list[int]) -> None:
        """Replace what cannot be read by nothing, count it for its row and say why."""
        if Unreadable not in set(map(type, read)):
            return
        for place, value in enumerate(read):
            if type(value) is Unreadable:
                read[place] = None
                bad[place] += 1
                self.name_cell(chunk[place].number, found.index, found.column.name, found.header, value)

    def name_cell(self, row: int, index: int, column: str | None, header: str, why: Unreadable) -> None:
        """Note one unreadable cell, in words for the office."""
        if len(self.unreadable) >= MOST_UNREADABLE:
            first = self.unreadable[0][-1]
            raise DatasetTurnedAway(f"有超过 {MOST_UNREADABLE:,} 个单元格读不出来，例如{first}请检查整张表后重报。")
        cell = f"{letter(index)}{row}" if self.table.is_sheet else None
        named = f"“{header}”" if header else ""
        where = f"第 {row} 行{named}（{cell}）" if cell else f"第 {row} 条记录{named}"
        self.unreadable.append(
            (
                self.job.submission_id,
                self.table.dataset.name,
                self.table.name,
                row,
                cell,
                column,
                f"{where}：{why.why}",
            )
        )

    def persons(self, values: dict[str, list[Read]], cells: list[tuple[Cell, ...]], count: int) -> list[list[object]]:
        """
        What an ID number leaves behind, one list each: pseudonym, whether it came, whether it holds, its date of birth.

        A number that came but could not be read leaves the registration's pseudonym; its row is held in any case.
        """
        nobody: list[Read] = [None] * count
        numbers, registrations = values.get("id_number", nobody), values.get("volunteer_no", nobody)
        came = nobody
        for found in self.table.fields:
            if found.column.name == "id_number":
                came = self.came(cells[found.index], numbers)
        keys: list[object] = []
        holds: list[object] = []
        births: list[object] = []
        for number, registration in zip(numbers, registrations, strict=True):
            known = number if isinstance(number, str) else None
            keys.append(
                person_key(
                    self.key,
                    known,
                    self.job.office_key,
                    registration if isinstance(registration, str) else None,
                )
            )
            born = None if known is None else born_on(known, self.last_day)
            holds.append(None if known is None else "f" if born is None else "t")
            births.append(born and born.isoformat())
        return [keys, [value or "f" for value in came], holds, births]

    @staticmethod
    def came(cells: tuple[Cell, ...], numbers: list[Read]) -> list[Read]:
        """Whether something stood in each cell: what was read, and what could not be."""
        return [
            "t" if number is not None or (cell is not None and str(cell).strip() != "") else "f"
            for cell, number in zip(cells, numbers, strict=True)
        ]
