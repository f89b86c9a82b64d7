"""Where the headers stand: no row above them vanishes, and they stand once."""

import io
from typing import Any

import openpyxl
import pytest

from rollcall.datasets import datasets
from tests.files import as_csv, rows_of

DATASETS = pytest.mark.parametrize("dataset", datasets())
FORMS = pytest.mark.parametrize("form", ["csv", "xlsx"])


def table(dataset: str, count: int = 5) -> list[list[str]]:
    """Headers and records, as lists of cells."""
    return [line.split(",") for line in as_csv(dataset, rows_of(dataset, count)).decode().splitlines()]


def written(dataset: str, form: str, rows: list[list[str]]) -> tuple[str, bytes]:
    if form == "csv":
        return f"{dataset}.csv", "\n".join(map(",".join, rows)).encode()
    book, data = openpyxl.Workbook(), io.BytesIO()
    book.active.title = datasets()[dataset].sheet_zh
    for row in rows:
        book.active.append([cell or None for cell in row])
    book.save(data)
    return "a.xlsx", data.getvalue()


@DATASETS
@FORMS
@pytest.mark.parametrize("place", [1, 4])
def test_turns_away_records_above_the_headers(read: Any, dataset: str, form: str, place: int) -> None:
    header, *records = table(dataset)
    rows = [["某某街道"], *records[:place], header, *records[place:]]
    trouble = read(*written(dataset, form, rows)).trouble(dataset)
    assert trouble.startswith("第 2 行")
    assert f"第 {place + 2} 行" in trouble


@DATASETS
@FORMS
@pytest.mark.parametrize("place", [1, 3, 5])
def test_turns_away_headers_that_stand_twice(read: Any, dataset: str, form: str, place: int) -> None:
    header, *records = table(dataset)
    rows = [header, *records[:place], header, *records[place:]]
    assert read(*written(dataset, form, rows)).trouble(dataset).startswith(f"第 {place + 2} 行")


def test_turns_away_headers_that_stand_twice_further_down(read: Any) -> None:
    """The second page of a printout, in other words of the same layout."""
    header, *records = table("events", 40)
    again = [f" {name[:2]} {name[2:]}" for name in reversed(header)]
    assert read(*written("events", "csv", [header, *records, again, *records])).trouble("events").startswith("第 42 行")


@DATASETS
@FORMS
def test_takes_fewer_cells_than_half_of_the_headers_for_a_title(read: Any, dataset: str, form: str) -> None:
    header, *records = table(dataset)
    title = ["某某街道"] * ((len(header) - 1) // 2)
    got = read(*written(dataset, form, [title, [], title, header, *records]))
    assert [row["_row"] for row in got.rows[dataset]] == ["5", "6", "7", "8", "9"]
