"""Submissions written straight into the ledger and `raw`, as the loader leaves them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from rollcall.datasets import datasets as known_datasets
from rollcall.periods import LOCAL, Period
from rollcall.warehouse.connection import connect

Rows = Sequence[Mapping[str, Any]]
# Of each dataset, the key of each held row as it was read: None where its cell was empty, one with … where it was cut.
Held = Mapping[str, Sequence[str | None]]
DATASETS = tuple(known_datasets())
PERSON = {name: UUID(int=number) for number, name in enumerate("abcdefgh", 1)}


def held_keys(held: "int | Held", dataset: str) -> Sequence[str | None]:
    return [f"H{number}" for number in range(held)] if isinstance(held, int) else held.get(dataset, ())


@dataclass
class Offices:
    """What the offices have sent so far; revisions count up per office and period."""

    revisions: dict[tuple[int, str], Iterator[int]] = field(default_factory=dict)

    def submit(self, office_key: int, period: str, held: int | Held = 0, **datasets: Rows) -> int:
        """
        Land, judge and load one file; its slices replace those before. Returns the submission.

        *held* rows: so many in each dataset, of keys that nobody has; or of each dataset, their keys.
        """
        revision = next(self.revisions.setdefault((office_key, period), count(1)))
        keys = {name: held_keys(held, name) for name in datasets}
        with connect() as connection:
            submission = land(connection, office_key, period, revision)
            judge(connection, submission, period, "partly_accepted" if any(keys.values()) else "accepted")
            for dataset, rows in datasets.items():
                load(connection, submission, office_key, period, revision, dataset, rows, keys[dataset])
        return submission

    def send_unusable(self, office_key: int, period: str, reason: str) -> int:
        """Land a file that is turned away as a whole."""
        revision = next(self.revisions.setdefault((office_key, period), count(1)))
        with connect() as connection:
            submission = land(connection, office_key, period, revision)
            judge(connection, submission, period, "turned_away", reason)
        return submission


def expect(*office_keys: int, period: str = "2023-07") -> None:
    with connect() as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into ledger.expected_slices values (%s, %s, %s, %s) on conflict do nothing",
            [(key, period, dataset, Period.parse(period).due_at(5)) for key in office_keys for dataset in DATASETS],
        )


def land(connection: psycopg.Connection, office_key: int, period: str, revision: int) -> int:
    at = datetime.combine(Period.parse(period).shift(1).first_day, datetime.min.time(), LOCAL) + timedelta(
        days=revision
    )
    row = connection.execute(
        "insert into ledger.submissions (office_key, period, revision, kind, filename, media_type, bytes, sha256,"
        " is_landed, submitted_at, received_at) values (%s, %s, %s, 'regular', 'a.xlsx', 'x', 1, %s, true, %s, %s)"
        " returning submission_id",
        [office_key, period, revision, f"{office_key}-{period}-{revision}", at, at + timedelta(hours=1)],
    ).fetchone()
    assert row
    return int(row[0])


def judge(
    connection: psycopg.Connection, submission: int, period: str, outcome: str, reason: str | None = None
) -> None:
    connection.execute(
        "with batch as (insert into ledger.batches (period, started_at) values (%s, '2023-08-10') returning batch_id)"
        " insert into ledger.judgements (submission_id, batch_id, outcome, reason, not_read, judged_at)"
        " select %s, batch_id, %s, %s, '{}', '2023-08-10' from batch",
        [period, submission, outcome, reason],
    )


def load(
    connection: psycopg.Connection,
    submission: int,
    office_key: int,
    period: str,
    revision: int,
    dataset: str,
    rows: Rows,
    held: Sequence[str | None],
) -> None:
    """Write accepted and held rows and the verdict, and move the slice's pointer."""
    for number, row in enumerate(rows, 2):
        lineage = {"_submission_id": submission, "_office_key": office_key, "_period": period, "_sheet": "表"}
        cells = lineage | {"_row": number} | dict(row)
        connection.execute(
            sql.SQL("insert into raw.{} ({}) values ({})").format(
                sql.Identifier(dataset),
                sql.SQL(", ").join(map(sql.Identifier, cells)),
                sql.SQL(", ").join(sql.Placeholder() * len(cells)),
            ),
            list(cells.values()),
        )
    number_column = known_datasets()[dataset].keys[0]
    for line, key in enumerate(held, 2 + len(rows)):
        payload = {} if key is None else {number_column: key}
        connection.execute(
            "insert into quarantine.rows values (%s, %s, '表', %s, %s)", [submission, dataset, line, Jsonb(payload)]
        )
    outcome, received = "partly_accepted" if held else "accepted", len(rows) + len(held)
    connection.execute(
        "insert into ledger.verdicts values (%s, %s, %s, null, %s, %s, %s)",
        [submission, dataset, outcome, received, len(rows), len(held)],
    )
    connection.execute(
        "insert into ledger.slices (office_key, period, dataset, submission_id, revision) values (%s, %s, %s, %s, %s)"
        " on conflict (period, office_key, dataset) do update"
        " set submission_id = excluded.submission_id, revision = excluded.revision",
        [office_key, period, dataset, submission, revision],
    )


def unit(number: int, **cells: Any) -> dict[str, Any]:
    return {
        "unit_no": f"U{number}",
        "unit_name": f"示例单位{number}",
        "unit_kind": "unit",
        "honour_level": "none",
    } | cells


def registration(number: int, day: str, person: str, change: str = "new", **cells: Any) -> dict[str, Any]:
    return {
        "volunteer_no": f"V{number}",
        "changed_on": date.fromisoformat(day),
        "change": change,
        "person_key": PERSON[person],
        "has_id_number": True,
    } | cells


def event(number: str, organiser_code: str, day: str, **cells: Any) -> dict[str, Any]:
    started_at = datetime.combine(date.fromisoformat(day), datetime.min.time(), LOCAL)
    return {
        "event_no": number,
        "title": "示例活动",
        "event_kind": "talk",
        "organiser_code": organiser_code,
        "started_at": started_at,
    } | cells


def voucher(number: str, kind: str, amount: str, day: str, other: str | None = None, **cells: Any) -> dict[str, Any]:
    return {
        "voucher_no": number,
        "funding_kind": kind,
        "fund_source": "provincial",
        "purpose": "awards",
        "amount_yuan": amount,
        "counterparty_code": other,
        "booked_on": date.fromisoformat(day),
        "budget_year": int(day[:4]),
    } | cells
