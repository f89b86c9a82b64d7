"""A batch as it lies in the inbox: rows made from one clean row per dataset, with what a case changes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from rollcall.datasets import datasets
from rollcall.settings import ROOT
from rollcall.warehouse.connection import connect
from rollcall.warehouse.tables import inbox_columns

OFFICES = ROOT / "dbt_project" / "registry" / "offices.csv"
LINEAGE = {
    "_submission_id": 1,
    "_office_key": 2,
    "_office_code": "620100000000",
    "_period": "2023-07",
    "_first_day": "2023-07-01",
    "_last_day": "2023-07-31",
    "_kind": "regular",
    "_sheet": "表",
    "_unreadable": 0,
}
CLEAN: dict[str, dict[str, Any]] = {
    "units": {
        "unit_name": "测试小学",
        "credit_code": "91110000600037341L",
        "unit_kind": "campus",
        "honour_level": "municipal",
        "honour_session": "第七届",
        "honoured_on": "2021-12-01",
        "staff_count": 40,
        "assessment_score": "91.5",
    },
    "registrations": {
        "changed_on": "2023-07-31",
        "change": "new",
        "person_key": "00000000-0000-0000-0000-00000000abcd",
        "has_id_number": True,
        "id_number_is_valid": True,
        "sex": "1",
        "birth_date": "1990-02-28",
    },
    "events": {
        "title": "测试活动",
        "event_kind": "service",
        "organiser_code": "620100000000",
        "started_at": "2023-07-01T00:00:00+08:00",
        "ended_at": "2023-07-01T11:30:00+08:00",
        "attendees": 12,
    },
    "funding": {
        "funding_kind": "spending",
        "fund_source": "county",
        "purpose": "events",
        "amount_yuan": "0.10",
        "booked_on": "2023-07-01",
        "budget_year": 2023,
    },
}
FIRST_KEY = {
    "units": "unit_no",
    "registrations": "volunteer_no",
    "events": "event_no",
    "funding": "voucher_no",
}


@dataclass
class Batch:
    """Tables of one batch; a row whose key a case does not name gets one of its own."""

    connection: psycopg.Connection
    number: int = 7
    tables: dict[str, str] = field(default_factory=dict)
    rows: int = 0

    def create(self) -> None:
        for name, dataset in datasets().items():
            self.tables[name] = f"b{self.number}_{name}"
            columns = ", ".join(f"{column} {kind}" for column, kind in inbox_columns(dataset).items())
            self.connection.execute(f"create table inbox.{self.tables[name]} ({columns})")
        self.connection.execute(
            f"create table inbox.b{self.number}_columns "
            "(submission_id bigint, dataset text, column_name text, letter text, header text)"
        )
        self.connection.execute(
            f"create table inbox.b{self.number}_cells (submission_id bigint, dataset text, sheet text, "
            "row integer, cell text, column_name text, reason text)"
        )

    def add(self, dataset: str, **changes: Any) -> int:
        """Put one row in; returns its row number."""
        self.rows += 1
        row = LINEAGE | {"_row": self.rows, FIRST_KEY[dataset]: f"K{self.rows}"} | CLEAN[dataset] | changes
        self.connection.execute(
            sql.SQL("insert into {} ({}) values ({})").format(
                sql.Identifier("inbox", self.tables[dataset]),
                sql.SQL(", ").join(map(sql.Identifier, row)),
                sql.SQL(", ").join(map(sql.Literal, row.values())),
            )
        )
        return self.rows

    def add_columns(self, dataset: str, submission_id: int = 1, letters: bool = True) -> None:
        """Every column of the layout, from A on, with the header of the newest layout."""
        for place, column in enumerate(datasets()[dataset].columns):
            self.connection.execute(
                f"insert into inbox.b{self.number}_columns values (%s, %s, %s, %s, %s)",
                [submission_id, dataset, column.name, chr(65 + place) if letters else None,
                 column.label if letters else column.name],
            )  # fmt: skip

    def add_cell(self, dataset: str, row: int, cell: str | None, column: str, reason: str) -> None:
        self.connection.execute(
            f"insert into inbox.b{self.number}_cells values (1, %s, '表', %s, %s, %s, %s)",
            [dataset, row, cell, column, reason],
        )

    def broken(self) -> list[tuple[Any, ...]]:
        """All that find_broken wrote, in order of row and rule."""
        return self.connection.execute(
            f"select * from inbox.b{self.number}_broken order by dataset, submission_id, row, rule, cell"
        ).fetchall()


@pytest.fixture
def batch(warehouse: str) -> Iterator[Batch]:
    """An empty batch beside the registry. Every statement commits: the gate has a connection of its own."""
    with connect(autocommit=True) as connection:
        connection.execute(
            "create table if not exists reference.offices "
            "(office_key integer, code text, name text, level text, parent_key integer, "
            "valid_from date, valid_to date, reports boolean, endpoint text, connection text)"
        )
        if not connection.execute("select 1 from reference.offices limit 1").fetchone():
            copy_offices(connection, OFFICES)
        made = Batch(connection)
        made.create()
        yield made


def copy_offices(connection: psycopg.Connection, path: Path) -> None:
    with connection.cursor().copy("copy reference.offices from stdin (format csv, header)") as copy:
        copy.write(path.read_bytes())
