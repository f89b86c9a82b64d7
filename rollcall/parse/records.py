"""Tables of a csv file or a sheet, row by row; and the records of a JSON array."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, islice

from rollcall.datasets import Dataset
from rollcall.parse.cells import Cell, CellReader, Unreadable
from rollcall.parse.headers import (
    HEADER_ROWS,
    Field,
    all_headers,
    find_header_row,
    header_text,
    is_header_row,
    match_headers,
)
from rollcall.parse.moments import EPOCH_1900
from rollcall.parse.quoting import listed
from rollcall.parse.readings import DatasetTurnedAway
from rollcall.parse.rows import Row, Table
from rollcall.parse.wording import comparable, is_filled

NO_HEADER = Unreadable(
    "这一格上方没有表头，不知道是哪一列，也可能是前面的内容串了列。请移到正确的列；不属于这张表的内容请删去。"
)


def tabulate(
    dataset: Dataset, name: str, rows: Iterable[Sequence[Cell]], epoch: date = EPOCH_1900
) -> tuple[Table, int]:
    """
    Make a table of rows that start with the sheet's first one. Returns it and its header's row number.

    Raises:
        DatasetTurnedAway: No header row among the first ten, headers that fit no layout, a record above them, or
            headers that stand again further down (raised where the rows are taken).
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
    refuse_record_above(dataset, top[:place], top[place], headers.fields, epoch)
    below = number_rows(chain(top[place + 1 :], left), top[place], place + 2)
    below = without_second_headers(dataset, below, headers.fields)
    return Table(dataset, name, headers.fields, below, epoch=epoch, not_read=headers.not_read), place + 1


def refuse_record_above(
    dataset: Dataset,
    titles: Sequence[Sequence[Cell]],
    header: Sequence[Cell],
    fields: tuple[Field, ...],
    epoch: date,
) -> None:
    """
    Turn the dataset away where a row above the headers is no title but a record, which would vanish.

    It is one when half as many cells are filled as there are headers, or all that a record must have can be read.
    """
    headers = sum(bool(header_text(cell)) for cell in header)
    readers = [(field, CellReader(dataset, field.column, field.shift, epoch)) for field in fields]
    required = [(field.index, reader) for field, reader in readers if field.column.required]
    for number, row in enumerate(titles, 1):
        filled = sum(is_filled((cell,)) for cell in row)
        if 2 * filled >= headers or all(reads(reader, row[index : index + 1]) for index, reader in required):
            raise DatasetTurnedAway(
                f"第 {number} 行在表头（第 {len(titles) + 1} 行）上方，填了 {filled} 格，像是一条记录，"
                "不能当作标题略过。请把表头放在所有记录的上方；标题行只填一两格。"
            )


def reads(reader: CellReader, cells: Sequence[Cell]) -> bool:
    """Whether the one cell, if there is one, holds what its column may hold."""
    value = reader.read_all(tuple(cells))[0] if cells else None
    return isinstance(value, str) and (not reader.codes or value in reader.codes.values())


def without_second_headers(dataset: Dataset, rows: Iterable[Row], fields: tuple[Field, ...]) -> Iterator[Row]:
    """The rows, as long as none of them is headers again: what stands around those may be another table."""
    probe = next(field.index for field in fields if field.column.required)
    spelt = all_headers(dataset.name)
    for row in rows:
        cell = row.cells[probe]
        # all headers are Chinese, and hardly any key is
        is_like_one = isinstance(cell, str) and not cell.isascii() and comparable(cell) in spelt
        if is_like_one and is_header_row(dataset.name, row.cells):
            raise DatasetTurnedAway(
                f"第 {row.number} 行又是一行表头，无法判断上下两部分是不是同一张表。"
                "请把所有记录放在同一个表头之下，记录一行也不要删。"
            )
        yield row


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
