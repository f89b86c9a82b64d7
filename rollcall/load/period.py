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

from rollcall.errors import FilesNotJudged, RegistryBroken
from rollcall.judge.gate import judge
from rollcall.judge.held import find_broken
from rollcall.land import Landing
from rollcall.load.group import Submission, fetch, fill_inbox, in_groups, read_group, unjudged
from rollcall.load.settle import drop_inbox, set_aside_unchanged, settle
from rollcall.offices import read_registry
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
    landing = Landing(settings.landing_url)
    codes = {
        office.office_key: office.code
        for office in read_registry(settings.registry)
        if office.is_valid_on(period.last_day)
    }
    total = Loaded()
    with only_loader():
        with connect() as connection:
            clear_inbox(connection)
            add_partitions(connection, period)
            submissions = unjudged(connection, str(period))
        require_known(submissions, codes, period)
        for group in in_groups(submissions, settings.group_bytes):
            total += load_group(period, group, codes, landing, settings, watch)
    return total


def require_known(submissions: Sequence[Submission], codes: Mapping[int, str], period: Period) -> None:
    """
    Raise RegistryBroken where an office that submitted did not stand on the last day of *period*.

    It did when it was asked, so the registry was changed since. An office that ended later corrects its old months.
    """
    unknown = sorted({submission.office_key for submission in submissions} - set(codes))
    if unknown:
        raise RegistryBroken(
            f"{period}: offices with key {unknown[:10]} submitted files, but by the registry they do not stand on "
            f"{period.last_day}: put back their lines of offices.csv, or correct what office_events.csv says of them"
        )


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


def load_group(
    period: Period,
    group: list[Submission],
    codes: dict[int, str],
    landing: Landing,
    settings: Settings,
    watch: Stopwatch,
) -> Loaded:
    """One group through read, judge and settle."""
    with connect() as connection:
        row = connection.execute(
            "insert into ledger.batches (period, started_at) values (%s, clock_timestamp()) returning batch_id",
            [str(period)],
        ).fetchone()
    assert row is not None
    batch_id: int = row[0]
    with scratch(settings) as folder:
        with watch.step("parse") as step:
            unread = fetch(group, folder, landing, settings)
            sound = [member for member in group if member.submission_id not in unread]
            readings = read_group(sound, codes, folder, settings)
            unread |= {reading.submission_id: reading.crash for reading in readings if reading.crash}
            readings = [reading for reading in readings if not reading.crash]
            step.rows = sum(d.rows for reading in readings for d in reading.datasets.values())
        with watch.step("copy") as step, connect() as connection:
            tables = fill_inbox(connection, batch_id, readings, folder)
            set_aside_unchanged(connection, batch_id, tables)
            step.rows = sum(d.rows for reading in readings for d in reading.datasets.values())
    note_unread(unread)
    with watch.step("judge") as step:
        outcomes = judge(tables)
        with connect() as connection:
            find_broken(connection, batch_id, tables, outcomes)
    with watch.step("settle") as step, connect() as connection:
        accepted, held = settle(connection, batch_id, tables, outcomes)
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
    """Raise FilesNotJudged where something has landed for *period* that no load could judge."""
    with connect() as connection:
        left = connection.execute(
            """
            select s.submission_id, u.reason
            from ledger.submissions as s
            left join ops.unread_files as u using (submission_id)
            where s.period = %s and not exists (
                select from ledger.judgements as j where j.submission_id = s.submission_id
            )
            order by u.reason is null, s.submission_id
            """,
            [str(period)],
        ).fetchall()
    if left:
        named = "; ".join(f"submission {number}: {reason or 'not taken up yet'}" for number, reason in left[:5])
        raise FilesNotJudged(f"{period}: {len(left)} files are not judged. The others are. {named}"[:4000])
