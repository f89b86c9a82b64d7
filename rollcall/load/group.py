"""A group of submissions: from their bytes to rows in the inbox."""

import csv
import io
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from rollcall.datasets import Dataset, datasets
from rollcall.errors import CountsDisagree, LandingCorrupt
from rollcall.land import Landing
from rollcall.parse.readings import SMALLER
from rollcall.parse.sandbox import Job, Reading, read_files
from rollcall.progress import with_progress
from rollcall.settings import MIB, Settings
from rollcall.warehouse.tables import inbox_columns

log = logging.getLogger(__name__)
TOO_LARGE = "文件超过 {limit} MiB，没有读取。" + SMALLER

READINGS = {"submission_id": "bigint", "trouble": "text", "not_read": "text[]"}
DATASETS = {
    "submission_id": "bigint",
    "dataset": "text",
    "sheet": "text",
    "rows": "integer",
    "trouble": "text",
    "unchanged": "text",
}
COLUMNS = {
    "submission_id": "bigint",
    "dataset": "text",
    "column_name": "text",
    "letter": "text",
    "header": "text",
}
CELLS = {
    "submission_id": "bigint",
    "dataset": "text",
    "sheet": "text",
    "row": "integer",
    "cell": "text",
    "column_name": "text",
    "reason": "text",
}


@dataclass(frozen=True)
class Submission:
    """A landed file that is to be judged."""

    submission_id: int
    office_key: int
    period: str
    kind: str
    filename: str
    bytes: int
    sha256: str
    is_landed: bool


def unjudged(connection: psycopg.Connection, period: str, standing: Collection[int]) -> list[Submission]:
    """
    Submissions of *period* that no loaded batch has judged, each office's in order of revision.

    One that was turned away only because its office did not stand is among them once it does: *standing* are the keys
    of offices that stand on the period's last day.
    """
    rows = connection.execute(
        """
        select submission_id, office_key, period, kind, filename, bytes, sha256, is_landed
        from ledger.submissions as s
        where period = %s and not exists (
            select from ledger.judgements as j
            where j.submission_id = s.submission_id and not (j.awaits_registry and s.office_key = any(%s))
        )
        order by revision, submission_id
        """,
        [period, list(standing)],
    )
    return [Submission(*row) for row in rows]


def in_groups(submissions: Sequence[Submission], most_bytes: int) -> Iterator[list[Submission]]:
    """Groups of at most *most_bytes* of files (one file at least): what is held in the inbox at a time."""
    group: list[Submission] = []
    for submission in submissions:
        if group and sum(member.bytes for member in group) + submission.bytes > most_bytes:
            yield group
            group = []
        group.append(submission)
    if group:
        yield group


def fetch(group: Sequence[Submission], folder: Path, landing: Landing, settings: Settings) -> dict[int, str]:
    """
    Bring the landed bytes beside us, each checked against its digest.

    Returns the submissions whose bytes are not those that were landed, or cannot be had, with what is wrong: they are
    not to be read. Raises OSError where landing gives nothing at all.
    """
    digests = sorted({submission.sha256 for submission in group if submission.is_landed})

    def bring(sha256: str) -> LandingCorrupt | OSError | None:
        try:
            content = landing.get(sha256)
        except (LandingCorrupt, OSError) as error:
            return error
        (folder / sha256).write_bytes(content)
        return None

    with ThreadPoolExecutor(settings.threads) as threads:
        troubles = dict(zip(digests, threads.map(bring, digests), strict=True))
    outages = [trouble for trouble in troubles.values() if isinstance(trouble, OSError)]
    if outages and len(outages) == len(digests):
        raise outages[0]  # an outage is no file's doing, and not an empty month
    return {member.submission_id: str(trouble) for member in group if (trouble := troubles.get(member.sha256))}


def read_group(
    group: Sequence[Submission], codes: Mapping[int, str], gone: Mapping[int, str], folder: Path, settings: Settings
) -> list[Reading]:
    """
    Read every file of the group in limited child processes; rows lie in *folder* as CSV. Logs progress.

    Files over the limit, and those of *gone* (by submission_id, with the reason), are turned away unread. Raises
    CountsDisagree where the readers say nothing of a file.
    """
    jobs = [
        Job(
            submission_id=member.submission_id,
            office_key=member.office_key,
            office_code=codes[member.office_key],
            period=member.period,
            kind=member.kind,
            filename=member.filename,
            path=str(folder / member.sha256),
        )
        # the largest first, so that no child starts it when the others have finished
        for member in sorted(group, key=lambda member: -member.bytes)
        if member.is_landed and member.submission_id not in gone
    ]
    too_large = TOO_LARGE.format(limit=settings.max_bytes // MIB)
    wanted = {job.submission_id for job in jobs}
    readings = [
        Reading(member.submission_id, gone.get(member.submission_id, too_large), [], {})
        for member in group
        if member.submission_id not in wanted
    ]
    readings += with_progress(read_files(jobs, folder, settings), len(jobs), "files read", log)
    silent = {member.submission_id for member in group} - {reading.submission_id for reading in readings}
    if silent:
        raise CountsDisagree(f"the readers say nothing of submissions {sorted(silent)[:10]}")
    return readings


def table_name(batch_id: int, name: str) -> str:
    return f"b{batch_id}_{name}"


def create(connection: psycopg.Connection, name: str, columns: dict[str, str]) -> None:
    """
    An inbox table.

    Not unlogged, though its rows could be read again: a postmaster that is killed alone, while an unlogged table is
    being made, leaves a file that PostgreSQL 18.4 then refuses to recover over.
    """
    parts = [sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in columns.items()]
    connection.execute(sql.SQL("create table inbox.{} ({})").format(sql.Identifier(name), sql.SQL(", ").join(parts)))


def copy(connection: psycopg.Connection, name: str, blocks: Iterable[bytes]) -> int:
    """COPY csv *blocks* into an inbox table; returns how many rows went in."""
    statement = sql.SQL("copy inbox.{} from stdin (format csv)").format(sql.Identifier(name))
    with connection.cursor() as cursor:
        with cursor.copy(statement) as stream:
            for block in blocks:
                stream.write(block)
        return cursor.rowcount


def as_csv(rows: Iterable[Sequence[object]]) -> list[bytes]:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return [buffer.getvalue().encode()]


def as_array(texts: Sequence[str]) -> str:
    """A PostgreSQL array literal."""
    quoted = ('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in texts)
    return "{" + ",".join(quoted) + "}"


def fill_inbox(
    connection: psycopg.Connection, batch_id: int, readings: Sequence[Reading], folder: Path
) -> dict[str, str]:
    """
    COPY what was read into inbox tables of this batch. Returns the rows' tables by dataset, those that have any.

    Raises CountsDisagree where fewer or more rows went in than the readers say they wrote.
    """
    create(connection, table_name(batch_id, "readings"), READINGS)
    create(connection, table_name(batch_id, "datasets"), DATASETS)
    create(connection, table_name(batch_id, "columns"), COLUMNS)
    create(connection, table_name(batch_id, "cells"), CELLS)
    copy(
        connection,
        table_name(batch_id, "readings"),
        as_csv([(r.submission_id, r.trouble, as_array(r.not_read)) for r in readings]),
    )
    copy(
        connection,
        table_name(batch_id, "datasets"),
        as_csv(
            [
                (r.submission_id, name, d.sheet, d.rows, d.trouble, None)
                for r in readings
                for name, d in r.datasets.items()
            ]
        ),
    )
    copy(
        connection,
        table_name(batch_id, "columns"),
        as_csv(
            [
                (r.submission_id, name, column, letter, header)
                for r in readings
                for name, d in r.datasets.items()
                for column, (letter, header) in d.columns.items()
            ]
        ),
    )
    cells = (folder / f"{reading.submission_id}.cells.csv" for reading in readings)
    copy(connection, table_name(batch_id, "cells"), (file.read_bytes() for file in cells if file.exists()))
    tables = {}
    for dataset in datasets().values():
        if any(dataset.name in reading.datasets for reading in readings):
            tables[dataset.name] = fill_dataset(connection, batch_id, dataset, readings, folder)
    return tables


def fill_dataset(
    connection: psycopg.Connection, batch_id: int, dataset: Dataset, readings: Sequence[Reading], folder: Path
) -> str:
    """The rows of one dataset, of every submission of the batch."""
    name = table_name(batch_id, dataset.name)
    create(connection, name, inbox_columns(dataset))
    written = [
        (folder / f"{reading.submission_id}.{dataset.name}.csv", reading.datasets[dataset.name].rows)
        for reading in readings
        if dataset.name in reading.datasets and reading.datasets[dataset.name].rows
    ]
    expected = sum(rows for _, rows in written)
    copied = copy(connection, name, (file.read_bytes() for file, _ in written))
    if copied != expected:
        raise CountsDisagree(f"batch {batch_id}, {dataset.name}: {expected} rows were read, {copied} went in")
    connection.execute(sql.SQL("analyze inbox.{}").format(sql.Identifier(name)))
    return name
