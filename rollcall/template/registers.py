"""What an office has in its registers already: the newest of its accepted lists, as raw holds it."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from rollcall.datasets import Dataset, datasets
from rollcall.offices import Office
from rollcall.periods import Period
from rollcall.warehouse.tables import raw_columns

NEWEST = """
select s.period, s.submission_id, v.held
from ledger.slices as s join ledger.verdicts as v using (submission_id, dataset)
where s.office_key = %s and s.dataset = %s and s.period <= %s
order by s.period desc limit 1
"""
ROWS = "select {columns} from raw.{dataset} where _period = %s and _submission_id = %s order by _sheet, _row"


@dataclass(frozen=True)
class Register:
    """
    One accepted list: the period it was reported for, and its rows by our column names.

    `held` is how many rows of it were not accepted, and so are not among the rows.
    """

    period: str
    held: int
    rows: list[dict[str, Any]]


def registers_of(connection: psycopg.Connection, office: Office, period: Period) -> dict[str, Register]:
    """By dataset, the newest list accepted from the office up to *period*; a register never accepted is not there."""
    found = {}
    for dataset in datasets().values():
        if dataset.mode != "list":
            continue
        newest = connection.execute(NEWEST, [office.office_key, dataset.name, str(period)]).fetchone()
        if newest:
            reported, submission_id, held = newest
            found[dataset.name] = Register(reported, held, rows_of(connection, dataset, reported, submission_id))
    return found


def rows_of(connection: psycopg.Connection, dataset: Dataset, period: str, submission_id: int) -> list[dict[str, Any]]:
    """The accepted rows in the order of the office's own sheet. Personal columns are not in raw, nor here."""
    kept = raw_columns(dataset)
    query = sql.SQL(ROWS).format(
        columns=sql.SQL(", ").join([sql.Identifier(c.name) for c in dataset.columns if c.name in kept]),
        dataset=sql.Identifier(dataset.name),
    )
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, [period, submission_id]).fetchall()
