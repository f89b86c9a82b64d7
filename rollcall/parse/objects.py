"""JSON files: numbers exact, every key once, as deep as our records are."""

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from rollcall.datasets import Dataset, datasets
from rollcall.parse.cells import Cell
from rollcall.parse.headers import MOST_NAMED, Field, refuse_if_absent
from rollcall.parse.quoting import header_quoted, shown
from rollcall.parse.readings import DatasetTurnedAway, FileTurnedAway
from rollcall.parse.rows import Row, Table
from rollcall.parse.sources import Contents, Source
from rollcall.parse.wording import is_filled

FORM = '应为 {"datasets": {"events": [{…}]}}'


class Repeated(dict[str, Any]):
    """An object in which a key stands twice: which one counts is anybody's guess."""


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    return members if len(members) == len(pairs) else Repeated(pairs)


def open_json(data: bytes) -> Contents:
    """The arrays of a JSON file. Raises FileTurnedAway for what is not JSON of the form of the protocol."""
    try:
        # NaN and Infinity are no JSON, but Python lets them in; they arrive as numbers that cannot be read.
        document = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=once,
            parse_float=Decimal,
            parse_int=Decimal,
            parse_constant=Decimal,
        )
    except UnicodeDecodeError as error:
        raise FileTurnedAway("json 文件不是 UTF-8 编码。请用 UTF-8 编码重新导出。") from error
    except RecursionError as error:
        raise FileTurnedAway(f"json 嵌套太深，{FORM}。请重新导出。") from error
    except json.JSONDecodeError as error:
        raise FileTurnedAway(
            f"json 格式有误，在第 {error.lineno} 行第 {error.colno} 个字符附近读不下去。请重新导出。"
        ) from error
    found = document.get("datasets") if isinstance(document, dict) else None
    if not isinstance(found, dict) or isinstance(document, Repeated):
        raise FileTurnedAway(f"json 的结构不对，{FORM}，每个键只出现一次。请重新导出。")
    if isinstance(found, Repeated):
        raise FileTurnedAway("json 的 datasets 中有一个数据集出现两次，无法判断读哪一个。请把要报的记录合到一个里。")
    contents = Contents(not_read=[f"json 中的“{shown(name)}”" for name in document if name != "datasets"][:MOST_NAMED])
    for name, array in found.items():
        if dataset := datasets().get(name):
            contents.sources.append(Source(dataset, name, partial(load_array, dataset, array)))
        elif len(contents.not_read) < 2 * MOST_NAMED:
            contents.not_read.append(f"json 中的数据集“{shown(name)}”")
    return contents


def load_array(dataset: Dataset, array: object) -> Table:
    """Make a table of an array of records, whose keys are our column names."""
    if not isinstance(array, list):
        raise DatasetTurnedAway(f"“{dataset.name}”应是记录的列表，如 [{{…}}, {{…}}]。请重新导出。")
    for number, record in enumerate(array, 1):
        if not isinstance(record, dict):
            raise DatasetTurnedAway(f'“{dataset.name}”第 {number} 条不是一个对象。每条记录应写成 {{"列名": 值}}。')
        if isinstance(record, Repeated):
            raise DatasetTurnedAway(f"“{dataset.name}”第 {number} 条记录中有一个键出现两次。请核对后只保留正确的一个。")
    keys = list(dict.fromkeys(key for record in array for key in record))
    names = {column.name for column in dataset.columns}
    unknown = [header_quoted(dataset, key) or f"（第 {place} 个键，不在此引用）"
               for place, key in enumerate(keys, 1) if key not in names]  # fmt: skip
    if array:
        refuse_if_absent(dataset, set(keys) & names, {name: name for name in names}, unknown)
        fields = [Field(i, c, c.name) for i, c in enumerate(c for c in dataset.columns if c.name in keys)]
    else:
        fields = []
    lines = [f"“{dataset.name}”中的键{key}" for key in unknown[:MOST_NAMED]]
    if len(unknown) > MOST_NAMED:
        lines.append(f"“{dataset.name}”中还有 {len(unknown) - MOST_NAMED} 个键")
    return Table(dataset, dataset.name, tuple(fields), rows_of(array, fields), is_sheet=False, not_read=tuple(lines))


def rows_of(array: list[dict[str, Cell]], fields: list[Field]) -> Iterator[Row]:
    """The records, numbered from 1, without those in which nothing stands."""
    names = [field.column.name for field in fields]
    for number, record in enumerate(array, 1):
        if is_filled(record.values()):
            yield Row(number, [record.get(name) for name in names])
