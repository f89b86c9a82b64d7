"""Keys, and whatever refers to one: read alike in every dataset, column and format, or named."""

import json
from decimal import Decimal
from typing import Any

import pytest

from rollcall.datasets import Column, Dataset, datasets
from rollcall.parse.cells import Cell, CellReader, Unreadable
from rollcall.parse.wording import NotAKey, key_text
from tests.files import as_csv, as_json, as_xlsx, rows_of

# Every column of a key, and every column that bears the name of one or ends as one does.
KEYS = [
    (dataset, column)
    for dataset in datasets().values()
    for column in dataset.columns
    if column.type == "text" and (column.key or column.name.endswith(("_no", "_code")))
]
TEXTS = [
    (dataset, column)
    for dataset in datasets().values()
    for column in dataset.columns
    if column.type == "text" and (dataset, column) not in KEYS
]
INVISIBLE = "\u200d\u200c\u00ad\ufe0f\u180e\u3164\u2800\u034f\u061c\u202e\u2066\ufeff\uffa0\U000e0041"


def read(dataset: Dataset, column: Column, cell: Cell) -> str | Unreadable | None:
    return CellReader(dataset, column).read_all((cell,))[0]


def refused(dataset: Dataset, column: Column, cell: Cell) -> str:
    value = read(dataset, column, cell)
    assert isinstance(value, Unreadable), value
    return value.why


def each_key() -> Any:
    return pytest.mark.parametrize(
        ("dataset", "column"), KEYS, ids=[f"{dataset.name}.{column.name}" for dataset, column in KEYS]
    )


def test_knows_what_refers_to_a_key() -> None:
    """A column of the same name as a key is one reference or another; a house rule of the layouts."""
    named = {column.name for _, column in KEYS}
    assert {"team_no", "site_no", "project_no", "event_no", "volunteer_no", "need_no", "holder_no"} <= named
    keys = {column.name for _, column in KEYS if column.key}
    assert not [column for _, column in TEXTS if column.name in keys - {"dataset"}]


@each_key()
def test_reads_a_key_alike_in_every_column(dataset: Dataset, column: Column) -> None:
    for form in (
        "街道(东)1队",
        "街道（东）１队",
        "'街道（东）1队",
        " ＇街道(东)1队\u3000",
        "街\u200d道(东)\u00ad1队\u3164",
    ):
        assert read(dataset, column, form) == "街道(东)1队"


@each_key()
def test_takes_off_what_nobody_sees(dataset: Dataset, column: Column) -> None:
    for mark in INVISIBLE:
        assert read(dataset, column, f"U1{mark}") == read(dataset, column, f"{mark}U{mark}1") == "U1", hex(ord(mark))
    assert read(dataset, column, "\u200d\u00ad") is None


@each_key()
@pytest.mark.parametrize(
    "cell", ["2.02307E+11", "6.20102e+17", "1E+15", "1e15", "２.０２３０７Ｅ＋１５", "'2.02307E+15", "-1.5E3",
             Decimal("2.02307E+15"), Decimal("2023071500000001000.0"), 1e15]
)  # fmt: skip
def test_refuses_a_number_that_lost_its_digits(dataset: Dataset, column: Column, cell: Cell) -> None:
    assert "末位已丢失" in refused(dataset, column, cell)


@each_key()
def test_refuses_characters_that_each_computer_shows_otherwise(dataset: Dataset, column: Column) -> None:
    for mark in "\ue863\uf8ff\U000f0001\U00100001":
        assert "专用区" in refused(dataset, column, f"U1{mark}")


@each_key()
def test_reads_a_whole_number_however_a_program_writes_it(dataset: Dataset, column: Column) -> None:
    for cell in (1001, 1001.0, Decimal("1001.0"), Decimal("1001.000"), Decimal("1001"), "1001.0", "1001", "１００１"):
        assert read(dataset, column, cell) == "1001"


def test_keeps_what_an_office_numbers() -> None:
    for key in ("2023E001", "0012", "E5", "1.10", "V1.0", "A-1.0", "12E", "E+1", "-", "2023-07/001", "第１期"):
        assert key_text(key) == key.replace("１", "1")
    assert key_text("it's") == "it's"
    assert key_text("=A1") == "=A1"
    with pytest.raises(NotAKey, match="公式"):
        key_text('="00123"')


@pytest.mark.parametrize(("dataset", "column"), TEXTS, ids=[f"{d.name}.{c.name}" for d, c in TEXTS])
def test_reads_other_texts_as_they_are_meant(dataset: Dataset, column: Column) -> None:
    for cell, meant in (
        ("'示例小学", "示例小学"),
        ("'五四'青年节", "'五四'青年节"),
        ("=同心=活动", "=同心=活动"),
        ("=1+1", "=1+1"),
        ("第一行\r\n 第二行", "第一行 第二行"),
        (Decimal("1001.0"), "1001"),
        ("\u200d", None),
    ):
        assert read(dataset, column, cell) == meant


def test_leaves_a_formula_unread_where_a_number_or_date_belongs() -> None:
    for dataset in datasets().values():
        for column in dataset.columns:
            if column.type not in ("text", "code"):
                assert "公式" in refused(dataset, column, "=A1")


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_joins_what_belongs_together_in_each_format(read: Any, form: str) -> None:
    """The team of a register and of what refers to it; and a title that begins with = typed as text."""
    for dataset, column in KEYS:
        rows = rows_of(dataset.name, 1, **{column.name: "'街道（东）\u200d１队"})
        data = {"csv": as_csv, "json": lambda name, rows: as_json(**{name: rows}),
                "xlsx": lambda name, rows: as_xlsx(**{name: rows})}[form](dataset.name, rows)  # fmt: skip
        [row] = read(f"{dataset.name}.{form}", data).rows[dataset.name]
        assert (row[column.name], row["_unreadable"]) == ("街道(东)1队", "0")


def test_reads_the_json_of_a_column_with_gaps(read: Any) -> None:
    """As pandas writes whole numbers among which one is missing."""
    records = '[{"volunteer_no": "V1", "changed_on": "2023-07-09", "change": "new", "team_no": 1001.0},'
    records += '{"volunteer_no": "V2", "changed_on": "2023-07-09", "change": "new", "team_no": null}]'
    rows = read("a.json", ('{"datasets": {"registrations": %s}}' % records).encode()).rows["registrations"]  # noqa: UP031
    assert [row["team_no"] for row in rows] == ["1001", ""]


def test_says_what_was_found_instead_of_a_number(read: Any) -> None:
    rows = [{**row, "attendees": 1} for row in rows_of("events", 3)]
    text = json.dumps({"datasets": {"events": rows}})
    for found in ("NaN", "Infinity", "-Infinity"):
        text = text.replace('"attendees": 1', f'"attendees": {found}', 1)
    reasons = read("a.json", text.encode()).reasons
    assert [reason.split("：")[1] for reason in reasons] == [
        f"“{found}”不是能读的内容，请改正，没有内容就留空。" for found in ("NaN", "Infinity", "-Infinity")
    ]
