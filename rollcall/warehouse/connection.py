"""Connections to the warehouse, and making it ready."""

from pathlib import Path

import psycopg
from psycopg import sql

from rollcall.datasets import datasets
from rollcall.periods import Period
from rollcall.settings import load_settings
from rollcall.warehouse.tables import create_raw

READERS = "rollcall_read"  # group role: may select from marts and reference, nothing else


def connect(**kwargs: object) -> psycopg.Connection:
    """
    A connection as the warehouse's owner; use it as a context manager: it commits, or rolls back.

    Kept alive while it is idle: one that only holds a lock would be forgotten by a firewall on the way.
    """
    about: dict[str, object] = {"application_name": "rollcall", "keepalives_idle": 60, **kwargs}
    return psycopg.connect(load_settings().warehouse_url, **about)  # type: ignore[arg-type]


def prepare() -> None:
    """Create what Rollcall itself writes, and the readers' role. Safe to run again, also at the same time."""
    with connect() as connection:
        connection.execute("select pg_advisory_xact_lock(hashtext('rollcall.prepare'))")
        for script in ("schema.sql", "functions.sql"):
            connection.execute((Path(__file__).parent / script).read_text(encoding="utf-8"))
        for dataset in datasets().values():
            connection.execute(create_raw(dataset))
        connection.execute((Path(__file__).parent / "indexes.sql").read_text(encoding="utf-8"))
        if not connection.execute("select 1 from pg_roles where rolname = %s", [READERS]).fetchone():
            connection.execute(sql.SQL("create role {} nologin").format(sql.Identifier(READERS)))
        for schema in ("marts", "reference"):
            connection.execute(
                sql.SQL("grant usage on schema {} to {}").format(sql.Identifier(schema), sql.Identifier(READERS))
            )
        connection.execute(sql.SQL("grant select on marts.builds to {}").format(sql.Identifier(READERS)))


def add_partitions(connection: psycopg.Connection, period: Period) -> None:
    """Make room in `raw` for a period; one partition a dataset."""
    for dataset in datasets():
        name = f"{dataset}_{str(period).replace('-', '_')}"
        connection.execute(
            sql.SQL("create table if not exists raw.{} partition of raw.{} for values in ({})").format(
                sql.Identifier(name), sql.Identifier(dataset), sql.Literal(str(period))
            )
        )
