"""Judge and load everything of a period that has landed and was not judged yet."""

import logging
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from rollcall.errors import FilesNotJudged
from rollcall.judge.basis import rules_sha256
from rollcall.judge.gate import judge
from rollcall.judge.held import find_broken
from rollcall.land import Landing
from rollcall.load.again import set_aside_told_twice, set_aside_unchanged
from rollcall.load.apart import judge_apart
from rollcall.load.group import Submission, fetch, fill_inbox, in_groups, read_group, unjudged
from rollcall.load.settle import drop_inbox, settle
from rollcall.load.standing import Standing, codes_on, standing
from rollcall.offices import read_history
from rollcall.parse.readings import Reading
from rollcall.periods import Period
from rollcall.settings import STATE, Settings
from rollcall.stopwatch import Stopwatch
from rollcall.warehouse.connection import add_partitions, connect

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Loaded:
    """What a load did: files judged, rows accepted and held."""

    files: int = 0
    accepted: int = 0
    held: int = 0

    def __add__(self, other: "Loaded") -> "Loaded":
        return Loaded(self.files + other.files, self.accepted + other.accepted, self.held + other.held)


@dataclass(frozen=True)
class Run:
    """One load: of which period, whose files, by which rules."""

    period: Period
    offices: Standing
    rules: str
    landing: Landing
    settings: Settings
    watch: Stopwatch


@contextmanager
def only_loader() -> Iterator[None]:
    """One load at a time, whoever starts it; a second one waits. The lock goes with the connection."""
    with connect(autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(hashtext('rollcall.load'))")
        yield


def load(period: Period, settings: Settings, watch: Stopwatch) -> Loaded:
    """
    Judge what has landed for *period*, group by group. Killed at any point, it starts again with what is left.
    """
    history = read_history(settings.registry)
    total = Loaded()
    with only_loader():
        with connect() as connection:
            clear_inbox(connection)
            add_partitions(connection, period)
            submissions = unjudged(connection, str(period), codes_on(history, period.last_day))
            rules = rules_sha256(connection)
        offices = standing(history, period, submissions)
        note_unread(offices.lost)
        run = Run(period, offices, rules, Landing(settings.landing_url), settings, watch)
        known = [submission for submission in submissions if submission.submission_id not in offices.lost]
        for group in in_groups(known, settings.group_bytes):
            total += load_group(run, group)
    return total


@contextmanager
def scratch(settings: Settings) -> Iterator[Path]:
    """
    A folder for files while they are read, of this warehouse's one loader, and for no other user of the machine.

    The files hold ID numbers: what a killed load left here goes at the start of the next.
    """
    place = conninfo_to_dict(settings.warehouse_url)
    name = "-".join(str(place.get(part, "")) for part in ("host", "port", "dbname"))
    folder = STATE / "reading" / re.sub(r"[^\w.-]", "_", name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    folder.chmod(0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def clear_inbox(connection: psycopg.Connection) -> None:
    """Drop the tables of batches that were cut off; their submissions are unjudged, so nothing is lost."""
    cut_off = "select batch_id from ledger.batches where loaded_at is null"
    for (batch_id,) in connection.execute(cut_off).fetchall():
        drop_inbox(connection, batch_id)


def load_group(run: Run, group: list[Submission]) -> Loaded:
    """One group through read, judge and settle."""
    with scratch(run.settings) as folder:
        with run.watch.step("parse") as step:
            unread = fetch(group, folder, run.landing, run.settings)
            sound = [member for member in group if member.submission_id not in unread]
            readings = read_group(sound, run.offices.codes, run.offices.gone, folder, run.settings)
            unread |= {reading.submission_id: reading.crash for reading in readings if reading.crash}
            place = {member.submission_id: number for number, member in enumerate(group)}
            readings = sorted((r for r in readings if not r.crash), key=lambda r: place[r.submission_id])
            step.rows = sum(d.rows for reading in readings for d in reading.datasets.values())
        note_unread(unread)
        done, culprits = judge_apart(lambda some: load_batch(run, some, folder), readings)
    note_unread(culprits)
    if culprits:
        with connect() as connection:
            clear_inbox(connection)
    return sum(done, Loaded())


def load_batch(run: Run, readings: Sequence[Reading], folder: Path) -> Loaded:
    """What was read of some files through judge and settle: all of it counts, or nothing."""
    with connect() as connection:
        row = connection.execute(
            "insert into ledger.batches (period, started_at) values (%s, clock_timestamp()) returning batch_id",
            [str(run.period)],
        ).fetchone()
    assert row is not None
    batch_id: int = row[0]
    with run.watch.step("copy") as step, connect() as connection:
        tables = fill_inbox(connection, batch_id, readings, folder)
        set_aside_unchanged(connection, batch_id, tables, run.rules)
        step.rows = sum(d.rows for reading in readings for d in reading.datasets.values())
    with run.watch.step("judge") as step:
        outcomes = judge(tables)
        with connect() as connection:
            find_broken(connection, batch_id, tables, outcomes)
    with run.watch.step("settle") as step, connect() as connection:
        set_aside_told_twice(connection, batch_id, tables, run.rules)
        accepted, held = settle(connection, batch_id, tables, outcomes, run.rules, run.offices.gone)
        drop_inbox(connection, batch_id)
        step.rows = accepted + held
    log.info("batch %d: %d files, %d rows accepted, %d held", batch_id, len(readings), accepted, held)
    return Loaded(len(readings), accepted, held)


def note_unread(unread: Mapping[int, str]) -> None:
    """
    Note the files that could not be read through a fault of ours. They hold themselves, not the month.

    They stay unjudged, so that every later run takes them up again; `require_all_judged` fails over them.
    """
    for submission_id, reason in unread.items():
        log.error("submission %d could not be read, and stays to be judged: %s", submission_id, reason)
    with connect() as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into ops.unread_files (submission_id, reason, noted_at) values (%s, %s, clock_timestamp())"
            " on conflict (submission_id) do update set reason = excluded.reason, noted_at = excluded.noted_at",
            list(unread.items()),
        )


def require_all_judged(period: Period) -> None:
    """
    Raise FilesNotJudged where a load of *period* noted a file that it could not judge.

    What landed after the load began is not its affair: the next one takes it up.
    """
    with connect() as connection:
        left = connection.execute(
            """
            select s.submission_id, u.reason
            from ops.unread_files as u
            join ledger.submissions as s using (submission_id)
            where s.period = %s
            order by s.submission_id
            """,
            [str(period)],
        ).fetchall()
    if left:
        named = "; ".join(f"submission {number}: {reason}" for number, reason in left[:5])
        raise FilesNotJudged(f"{period}: {len(left)} files are not judged. The others are. {named}"[:4000])
