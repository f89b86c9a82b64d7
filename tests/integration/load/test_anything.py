"""Whatever the door can read in one office's file, the rules and tables behind it can hold: nobody else is stopped."""

import io
import random
import zipfile
from typing import Any

from rollcall.datasets import Column, datasets
from rollcall.warehouse.connection import connect
from tests.files import CLEAN, as_csv, as_json, as_xlsx, rows_of
from tests.integration.load.conftest import asked, balance, load
from tests.reference import fill_lists

# The ends of what `rollcall.parse` reads, and what SQL, JSON, patterns and spreadsheets give a meaning of their own.
TEXTS = [
    "'", '"', "\\", "\\x00", "%s", "{}", "{batch}", "$1", "$$", "; drop table raw.units --", "/*", "((((", "[[:alpha:]",
    "a*" * 32, "null", "NaN", "-Infinity", "2023-02-30", "=1+1", "@x", "ß", "İ", "ﬁ", "\U0002070e", "🙂", "é" * 30,
    "9" * 64, "610924106000" * 5, "字" * 64, "字" * 1000,
]  # fmt: skip
NUMBERS = [
    "0", "-0", "1", "-1", "999999999999999", "-999999999999999", "999999999999.99", "1000000000000", "0.005",
    "999999999999999." + "9" * 40, "-0." + "0" * 39 + "1", "1234567890123.45",
]  # fmt: skip
DAYS = ["1900-03-01", "1949-09-30", "1949-10-01", "2000-02-29", "2023-07-31", "2023-08-01", "2099-12-31"]
VALUES: dict[str, list[Any]] = {
    "text": TEXTS,
    "code": [*TEXTS[:20], "none", "0"],
    "secret": [*TEXTS, "11010519491231002X", "110105190001010034"],
    "integer": [number for number in NUMBERS if "." not in number],
    "number": NUMBERS,
    "money": NUMBERS,
    "date": DAYS,
    "datetime": [f"{day}{time}" for day in DAYS for time in ("", "T23:59:59.999999+14:00", " 00:00")],
    "bool": ["是", "0", "√", "maybe"],
}


def rows_with_everything(dataset: str) -> list[dict[str, Any]]:
    """A clean row for every value of every column; keys are their own but where they are the value."""

    def changed(number: int, column: Column, value: object) -> dict[str, Any]:
        (row,) = rows_of(dataset, 1, number % 28 + 1)
        own = {} if dataset in ("totals", "reviews") else {datasets()[dataset].keys[0]: f"K{number}"}
        return row | own | {column.name: value}

    pairs = [(column, value) for column in datasets()[dataset].columns for value in VALUES[column.type]]
    return [changed(number, column, value) for number, (column, value) in enumerate(pairs)]


def test_any_value_that_is_read_is_judged_and_stops_nobody(submit):
    """Regular and backlog, every column of every dataset: each row is accepted or held, none fails the load."""
    with connect() as connection:
        fill_lists(connection)
    everything = {name: rows_with_everything(name) for name in CLEAN}
    hostile = [
        submit(2, as_json(**everything), "a.json"),
        submit(3, as_json(**everything), "a.json", kind="backlog"),
    ]
    good = submit(4, as_csv("units", rows_of("units", 2)))
    load()
    balance()
    assert asked("select * from ops.unread_files") == []
    outcomes = dict(asked("select submission_id, outcome from ledger.judgements"))
    assert outcomes == {hostile[0]: "partly_accepted", hostile[1]: "partly_accepted", good: "accepted"}
    received = dict(asked("select dataset, received from ledger.verdicts where submission_id = %s", hostile[0]))
    assert received == {name: len(rows) for name, rows in everything.items()}


def test_a_sheet_with_an_endless_name_is_turned_away(submit):
    """Blanks around a name go, but no index of the warehouse holds 9,000 of them: that would fail the load of all."""
    blanks = "".join(random.Random(1).choices("\xa0\u1680\u2000\u2003\u2009\u202f\u205f\u3000", k=9000))
    source, made = zipfile.ZipFile(io.BytesIO(as_xlsx(units=rows_of("units", 2)))), io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        for part in source.namelist():
            content = source.read(part).decode()
            book.writestr(part, content.replace('台账" sheetId', f'台账{blanks}" sheetId'))
    endless = submit(2, made.getvalue(), "2023-07.xlsx")
    good = submit(3, as_csv("units", rows_of("units", 2)))
    load()
    assert asked("select * from ops.unread_files") == []
    assert dict(asked("select submission_id, outcome from ledger.judgements")) == {
        endless: "turned_away", good: "accepted",
    }  # fmt: skip
