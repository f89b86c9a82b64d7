"""Headers: find their row, and match them to one version of a dataset's layout."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rollcall.datasets import Column, Dataset, datasets
from rollcall.parse.quoting import header_named, listed, shown
from rollcall.parse.readings import DatasetTurnedAway
from rollcall.parse.wording import BLANKS, comparable, letter

HEADER_ROWS = 10
TEN_THOUSAND = 4  # 万元, as a power of ten
MOST_NAMED = 20


@dataclass(frozen=True)
class Field:
    """One column of a file that we read: where it stands, and what it is to us."""

    index: int
    column: Column
    header: str
    shift: int = 0


@dataclass(frozen=True)
class Headers:
    """The columns of one sheet: those we read, by our order, and a line for each that nobody knows."""

    fields: tuple[Field, ...]
    not_read: tuple[str, ...]


@cache
def known_headers(dataset: str) -> dict[str, dict[str, tuple[Column, int]]]:
    """Per layout version, newest first: comparable header to our column and the power of ten it scales by."""
    columns = datasets()[dataset].columns
    versions = sorted({version for column in columns for version in column.headers}, reverse=True)
    known: dict[str, dict[str, tuple[Column, int]]] = {version: {} for version in versions}
    for column in columns:
        for version, header in column.headers.items():
            name = comparable(header)
            known[version][name] = (column, 0)
            if column.type == "money":
                known[version][name.removesuffix("(元)") + "(万元)"] = (column, TEN_THOUSAND)
    return known


@cache
def all_headers(dataset: str) -> frozenset[str]:
    """The comparable headers of every layout version."""
    return frozenset(name for version in known_headers(dataset).values() for name in version)


@cache
def required_headers(dataset: str) -> frozenset[str]:
    """Those of columns that every record fills."""
    versions = known_headers(dataset).values()
    return frozenset(name for version in versions for name, (column, _) in version.items() if column.required)


def is_header_row(dataset: str, row: Sequence[object]) -> bool:
    """Whether most of the filled cells are headers we know."""
    known = all_headers(dataset)
    filled = [name for cell in row if (name := header_text(cell))]
    return bool(filled) and 2 * sum(name in known for name in filled) > len(filled)


def find_header_row(dataset: str, rows: Sequence[Sequence[object]]) -> int | None:
    """The first of *rows* in which most of the filled cells are headers we know; None when there is none."""
    return next((index for index, row in enumerate(rows[:HEADER_ROWS]) if is_header_row(dataset, row)), None)


def header_text(cell: object) -> str:
    """A header cell for comparison; what is no text still fills its cell."""
    if isinstance(cell, str):
        return comparable(cell)
    return "" if cell is None else shown(cell)


def match_headers(dataset: Dataset, row: Sequence[object]) -> Headers:
    """
    Match a header row to one layout version, columns in any order.

    Raises:
        DatasetTurnedAway: A required column is missing, a header stands twice, headers of two versions are mixed,
            or an unknown column may be one of ours under another name.
    """
    anywhere = all_headers(dataset.name)
    named = [(index, name) for index, cell in enumerate(row) if (name := header_text(cell))]
    ours = [(index, name) for index, name in named if name in anywhere]
    unknown = [(index, name) for index, name in named if name not in anywhere]
    known = pick_version(dataset, [name for _, name in ours])
    fields = [Field(index, known[name][0], clean(row[index]), known[name][1]) for index, name in ours]
    refuse_doubles(fields)
    refuse_if_absent(
        dataset,
        {field.column.name for field in fields},
        {column.name: header for header, (column, shift) in known.items() if not shift},
        [header_named(dataset, index, row[index]) for index, _ in unknown],
    )
    lines = [f"“{dataset.sheet_zh}”中的列{header_named(dataset, index, row[index])}" for index, _ in unknown]
    if len(lines) > MOST_NAMED:
        lines = [*lines[:MOST_NAMED], f"“{dataset.sheet_zh}”中还有 {len(lines) - MOST_NAMED} 列"]
    order = {column.name: place for place, column in enumerate(dataset.columns)}
    return Headers(tuple(sorted(fields, key=lambda field: order[field.column.name])), tuple(lines))


def pick_version(dataset: Dataset, names: list[str]) -> dict[str, tuple[Column, int]]:
    """The layout version that has all these headers: the newest that has its required ones, else the newest."""
    versions = known_headers(dataset.name)
    fitting = [known for known in versions.values() if all(name in known for name in names)]
    if not fitting:
        newest = next(iter(versions.values()))
        old = [name for name in names if name not in newest]
        raise DatasetTurnedAway(f"表头混用了两版表式：{listed(old)}与其余列不是同一版。请整张表使用同一版表式的表头。")
    complete = [
        known
        for known in fitting
        if {c.name for c, _ in known.values() if c.required} <= {known[name][0].name for name in names}
    ]
    best = (complete or fitting)[0]
    if any(other[name] != best[name] for other in complete for name in names):
        raise DatasetTurnedAway("按两版表式都能读这些表头，含义却不同，无法判断是哪一版。请使用最新表式的表头。")
    return best


def refuse_doubles(fields: list[Field]) -> None:
    """Turn the dataset away where two columns would be one."""
    seen: dict[str, Field] = {}
    for field in fields:
        first = seen.setdefault(field.column.name, field)
        if first is not field:
            places = f"{letter(first.index)} 列“{first.header}”和 {letter(field.index)} 列“{field.header}”"
            raise DatasetTurnedAway(f"同一列出现两次：{places}。请核对两列的内容，合成一列。")


def refuse_if_absent(dataset: Dataset, found: set[str], labels: dict[str, str], unknown: list[str]) -> None:
    """
    Turn the dataset away where a required column is absent, or an optional one while there are unknown ones.

    Args:
        labels: Our column names to their headers here.
        unknown: How the columns that nobody knows may be named to the office.
    """
    strange = "、".join(unknown[:8]) + (f"等 {len(unknown)} 列" if len(unknown) > 8 else "")
    lost = [c for c in dataset.columns if c.name in labels and c.name not in found]
    required = [column for column in lost if column.required]
    if required:
        names = listed([shown_label(column, labels) for column in required], most=20)
        also = f"不认识的列有{strange}。" if unknown else ""
        raise DatasetTurnedAway(f"缺少必填列{names}。{also}请补上这些列，表头与表式一致。")
    if lost and unknown:
        names = listed([shown_label(column, labels) for column in lost], most=20)
        raise DatasetTurnedAway(
            f"不认识列{strange}，同时没有列{names}，可能是改了名的列。"
            "请把表头改回表式中的名称；若确实不报这一列，请删去不认识的列。"
        )


def shown_label(column: Column, labels: dict[str, str]) -> str:
    """The header as the layout spells it, brackets and all."""
    spelt = {comparable(header): header for header in column.headers.values()}
    return spelt.get(labels[column.name], labels[column.name])


def clean(cell: object) -> str:
    """A header as the office wrote it, on one line."""
    return shown(cell.strip(BLANKS) if isinstance(cell, str) else cell)
