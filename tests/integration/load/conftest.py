"""Submissions put straight into landing and ledger, as `collect` leaves them."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from rollcall import steps
from rollcall.collect.listing import Listed
from rollcall.collect.office import Answer
from rollcall.collect.record import record
from rollcall.datasets import datasets
from rollcall.land import Landing
from rollcall.offices import read_registry, write_seeds
from rollcall.periods import Period
from rollcall.settings import load_settings
from rollcall.warehouse.connection import connect

PERIOD = Period(2023, 7)


@pytest.fixture
def loading(warehouse: str, registry: Callable[..., None], places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A province of nine offices, known to the warehouse as to Python; small reading processes."""
    registry(
        "1,990000000000,示例省,province,,true,,",
        *(f"{key},9901{key - 2:02}000000,{key}区,city,1,true,," for key in range(2, 11)),
    )
    monkeypatch.setenv("ROLLCALL_PARSE_WORKERS", "1")
    monkeypatch.setenv("ROLLCALL_STATE", str(places.parent / "state"))
    monkeypatch.setattr("rollcall.load.period.STATE", places.parent / "state")
    with connect() as connection:
        connection.execute(
            "create table reference.offices (office_key integer, code text, name text, level text, parent_key integer, "
            "valid_from date, valid_to date, reports boolean, endpoint text, connection text)"
        )
        with connection.cursor().copy("copy reference.offices from stdin (format csv, header)") as copy:
            versions, _, _ = write_seeds(load_settings().registry, places.parent / "derived")
            copy.write(versions.read_bytes())


@pytest.fixture
def submit(loading: None) -> Callable[..., int]:
    """Land a file of an office and note it in the ledger; returns its submission_id."""

    def submit(
        office_key: int,
        content: bytes,
        filename: str = "units.csv",
        revision: int = 1,
        kind: str = "regular",
        period: Period = PERIOD,
        is_landed: bool = True,
    ) -> int:
        settings = load_settings()
        (office,) = [o for o in read_registry(settings.registry) if o.office_key == office_key]
        sha256 = Landing(settings.landing_url).put(content)
        at = datetime(2023, 8, 3, tzinfo=UTC)
        listed = Listed(revision, kind, filename, "text/csv", len(content), sha256, at, "p")
        files = [(listed, at)]
        answer = Answer(office, landed=files if is_landed else [], too_large=[] if is_landed else files)
        with connect() as connection:
            record(connection, period, [answer])
            row = connection.execute("select max(submission_id) from ledger.submissions").fetchone()
        assert row is not None
        return int(row[0])

    return submit


def load(period: Period = PERIOD) -> None:
    steps.load(period, "run")


def asked(query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connect() as connection:
        return connection.execute(query, parameters).fetchall()  # type: ignore[arg-type]


def state() -> dict[str, list[tuple[Any, ...]]]:
    """Everything that a load writes and somebody reads, but for timings."""
    queries = {
        "slices": "select office_key, period, dataset, submission_id, revision from ledger.slices",
        "judgements": "select submission_id, outcome, reason, not_read from ledger.judgements",
        "verdicts": "select * from ledger.verdicts",
        "rows": "select submission_id, dataset, sheet, row, payload::text from quarantine.rows",
        "reasons": "select submission_id, dataset, sheet, row, cell, column_name, rule, severity, reason from quarantine.reasons",  # noqa: E501
        **{f"raw.{name}": f"select * from raw.{name}" for name in datasets()},
    }
    return {name: sorted(asked(query), key=repr) for name, query in queries.items()}


def balance() -> None:
    """received = accepted + quarantined: in every verdict, and row by row in the tables."""
    for submission_id, dataset, received, accepted, held in asked(
        "select submission_id, dataset, received, accepted, held from ledger.verdicts"
    ):
        assert received == accepted + held
        in_raw = asked(f"select count(*) from raw.{dataset} where _submission_id = %s", submission_id)
        quarantined = asked(
            "select count(*) from quarantine.rows where submission_id = %s and dataset = %s", submission_id, dataset
        )
        assert (in_raw, quarantined) == ([(accepted,)], [(held,)])
    left = "select count(*) from pg_tables where schemaname = 'inbox'"
    assert asked(left) == [(0,)], "inbox tables go when their rows are where they belong"


def inboxes() -> int:
    ((count,),) = asked("select count(*) from pg_tables where schemaname = 'inbox'")
    return int(count)


def tables_of(connection: psycopg.Connection) -> list[str]:
    return [
        f"{schema}.{name}"
        for schema, name in connection.execute(
            "select schemaname, tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
        ).fetchall()
    ]
