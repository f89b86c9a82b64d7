"""Tables of a csv file or a sheet, row by row; and the records of a JSON array."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, islice

from rollcall.datasets import Dataset
from rollcall.parse.cells import Cell, Unreadable
from rollcall.parse.headers import HEADER_ROWS, find_header_row, header_text, match_headers
from rollcall.parse.moments import EPOCH_1900
from rollcall.parse.quoting import listed
from rollcall.parse.readings import DatasetTurnedAway
from rollcall.parse.rows import Row, Table
from rollcall.parse.wording import is_filled

NO_HEADER = Unreadable("这一格上方没有表头，不知道是哪一列，也可能是前面的内容串了列。请删去或移到正确的列。")


def tabulate(
    dataset: Dataset, name: str, rows: Iterable[Sequence[Cell]], epoch: date = EPOCH_1900
) -> tuple[Table, int]:
    """
    Make a table of rows that start with the sheet's first one. Returns it and its header's row number.

    Raises:
        DatasetTurnedAway: No header row among the first ten, or headers that fit no layout.
    """
    left = iter(rows)
    top = list(islice(left, HEADER_ROWS))
    place = find_header_row(dataset.name, top)
    if place is None:
        some = [column.label for column in dataset.columns if column.required]
        raise DatasetTurnedAway(
            f"前 {HEADER_ROWS} 行里没有找到“{dataset.sheet_zh}”的表头（如{listed(some, 4)}）。"
            "请按表式填写表头；csv 用逗号分隔，存成 UTF-8 或 GB18030 编码。"
        )
    headers = match_headers(dataset, top[place])
    below = number_rows(chain(top[place + 1 :], left), top[place], place + 2)
    return Table(dataset, name, headers.fields, below, epoch=epoch, not_read=headers.not_read), place + 1


def number_rows(rows: Iterable[Sequence[Cell]], header: Sequence[Cell], first: int) -> Iterator[Row]:
    """Number the rows below the header, leave out empty ones, and bring each to the header's width."""
    headed = [bool(header_text(cell)) for cell in header]
    width = len(headed)
    gaps = [index for index, is_headed in enumerate(headed) if not is_headed]
    for number, cells in enumerate(rows, first):
        if not is_filled(cells):
            continue
        if len(cells) == width and not gaps:
            yield Row(number, cells)
            continue
        beyond = [*gaps, *range(width, len(cells))]
        strays = tuple((index, NO_HEADER) for index in beyond if index < len(cells) and is_filled((cells[index],)))
        padded = [*cells[:width], *[None] * (width - len(cells))]
        yield Row(number, padded, strays)
