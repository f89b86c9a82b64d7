"""A batch as it lies in the inbox: rows made from one clean row per dataset, with what a case changes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql

from rollcall.datasets import datasets
from rollcall.warehouse.connection import connect
from rollcall.warehouse.tables import inbox_columns
from tests.reference import fill_lists, fill_offices

CITY, COUNTY = "620100000000", "620102000000"
# Three are there for a part of the time only: one ends a day before the period does, one begins on its last day, one
# ended before it. A township and a county hang from another office since the period began.
OFFICES = f"""\
office_key,code,name,level,parent_key,valid_from,valid_to,reports,endpoint,connection
1,620000000000,测试省,province,,,,true,,
2,{CITY},测试市,city,1,,,true,,
3,620200000000,邻市,city,1,,,true,,
4,{COUNTY},测试区,county,2,,,true,,
5,620102001000,测试街道,township,4,,,true,,
6,999999000001,甲镇,township,4,,2023-07-30,true,,
7,999999000002,乙镇,township,4,2023-07-31,,true,,
8,999999000003,丙镇,township,4,,2023-06-29,true,,
9,620102005000,丁镇,township,4,,2023-06-30,true,,
9,620102005000,丁镇,township,3,2023-07-01,,true,,
10,620203000000,戊区,county,2,,2023-06-30,true,,
10,620203000000,戊区,county,3,2023-07-01,,true,,
11,620203001000,戊镇,township,10,,,true,,
"""
LINEAGE = {
    "_submission_id": 1,
    "_office_key": 2,
    "_office_code": CITY,
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
    "sites": {
        "site_name": "测试实践站",
        "site_kind": "station",
        "area_m2": "80.25",
        "opened_on": "2020-05-01",
        "site_status": "active",
    },
    "teams": {
        "team_name": "测试小队",
        "team_tier": "squad",
        "team_kind": "village",
        "specialty": "theory",
        "registered_on": "2020-05-01",
        "team_status": "active",
    },
    "projects": {
        "project_name": "测试项目",
        "project_kind": "service",
        "started_on": "2021-03-05",
        "project_status": "active",
    },
    "services": {
        "event_no": "E-1",
        "organiser_code": CITY,
        "served_on": "2023-07-01",
        "hours": "2.5",
    },
    "needs": {
        "need_kind": "need",
        "category": "livelihood",
        "channel": "app",
        "raised_on": "2023-07-01",
        "need_status": "raised",
    },
    "inspections": {
        "inspection_kind": "special",
        "inspected_on": "2023-07-01",
        "inspected_code": COUNTY,
        "problems_found": 3,
        "problems_resolved": 3,
    },
    "role_models": {
        "model_kind": "good_person",
        "honour_level": "municipal",
        "selected_on": "2023-07-01",
    },
    "points": {
        "holder_no": "H-9",
        "holder_kind": "person",
        "reason": "service",
        "points": "5.5",
        "booked_on": "2023-07-01",
    },
    "totals": {
        "indicator": "units",
        "value": "209",
    },
    "reviews": {
        "reviewed_code": COUNTY,
        "dataset": "units",
        "reviewed_period": "2023-07",
        "decision": "approve",
        "reviewed_on": "2023-07-31",
    },
}
# A key of its own for the row of this number, where the first key column cannot be any text.
OWN_KEY: dict[str, Callable[[int], dict[str, Any]]] = {
    "totals": lambda number: {"to_date": date(2023, 7, 30) - timedelta(number)},
    "reviews": lambda number: {"revision": number},
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

    def add(self, dataset: str, /, **changes: Any) -> int:
        """Put one row in; returns its row number."""
        self.rows += 1
        own = OWN_KEY[dataset](self.rows) if dataset in OWN_KEY else {datasets()[dataset].keys[0]: f"K{self.rows}"}
        row = LINEAGE | {"_row": self.rows} | own | CLEAN[dataset] | changes
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
        fill_offices(connection, OFFICES)
        fill_lists(connection)
        made = Batch(connection)
        made.create()
        yield made
