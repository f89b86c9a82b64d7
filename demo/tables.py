"""One dataset as an office lays it out: which columns, in which order, under which headers."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from demo.cells import Write
from demo.habits import Style
from demo.records.row import Row
from rollcall.datasets import Column, Dataset

# Types of columns in which few values fill many cells: each is written once.
REPEATED = ("code", "bool", "date", "integer")

SPARE = frozenset({"project_no", "team_no", "honour_session", "theme"})


@dataclass(frozen=True)
class Table:
    """
    Columns in the office's order, with their headers, and their names for JSON.

    `extra` are headers that nobody knows, after ours; their cells are empty.
    """

    dataset: Dataset
    columns: tuple[Column, ...]
    headers: tuple[str, ...]
    names: tuple[str, ...]
    extra: tuple[str, ...]

    def written(self, rows: Iterable[Row], style: Style, how: Callable[[Column, Style], Write]) -> Iterator[list[Any]]:
        """The cells of each row, in order of the headers."""
        writers = [
            (column.name, cache(how(column, style)) if column.type in REPEATED else how(column, style))
            for column in self.columns
        ]
        padding = [""] * len(self.extra)
        for row in rows:
            yield [write(row[name]) for name, write in writers] + padding


def lay_out(dataset: Dataset, style: Style, rng: Random) -> Table:
    """Choose the columns of one dataset by the office's style."""
    columns = [column for column in dataset.columns if style.layout in column.headers]
    if style.leaves_out:
        # Of columns that other records hang on, or that a rule asks for, none is left out.
        spare = [column for column in columns if column.name in SPARE and not column.required]
        left_out = rng.sample(spare, min(1, len(spare)))
        columns = [column for column in columns if column not in left_out]
    if style.shuffled:
        rng.shuffle(columns)
    headers = tuple(header_of(column, style) for column in columns)
    names = tuple(column.name for column in columns)
    return Table(dataset, tuple(columns), headers, names, ("备注",) if style.remarks else ())


def header_of(column: Column, style: Style) -> str:
    """The header of the office's layout version; money says 万元 where the office counts so."""
    header = column.headers[style.layout]
    return header.replace("元", "万元") if column.type == "money" and style.ten_thousands else header
