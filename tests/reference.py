"""The reference tables that rules look things up in, as dbt seeds them, where a test does without dbt."""

import psycopg
from psycopg import sql

from rollcall.datasets import SEEDS

OFFICES = (
    "create table if not exists reference.offices (office_key integer, code text, name text, level text, "
    "parent_key integer, valid_from date, valid_to date, reports boolean, endpoint text, connection text)"
)


def fill_offices(connection: psycopg.Connection, versions: str) -> None:
    """The versions of offices, as lines of CSV with a header."""
    connection.execute(OFFICES)
    copy(connection, "offices", versions)


def fill_lists(connection: psycopg.Connection) -> None:
    """The datasets and the indicators, as the project has them."""
    for name in ("datasets", "indicators"):
        lines = (SEEDS / f"{name}.csv").read_text(encoding="utf-8")
        columns = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(c)) for c in header(lines))
        connection.execute(sql.SQL("create table {} ({})").format(sql.Identifier("reference", name), columns))
        copy(connection, name, lines)


def header(lines: str) -> list[str]:
    return lines.partition("\n")[0].strip().split(",")


def copy(connection: psycopg.Connection, name: str, lines: str) -> None:
    statement = sql.SQL("copy {} from stdin (format csv, header)").format(sql.Identifier("reference", name))
    with connection.cursor().copy(statement) as stream:
        stream.write(lines.encode())
