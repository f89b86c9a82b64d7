"""Loads that are killed, or meet one another: the old state or the new one, never a mix."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time

import pytest

from rollcall.load import period as loading_period
from rollcall.settings import ROOT
from rollcall.warehouse.connection import connect
from tests.files import ID_NUMBER, as_csv, rows_of
from tests.integration.load.conftest import asked, balance, inboxes, load, state

# A load whose rows are clean by construction, so that Great Expectations is not needed to say so, and which stops
# where a test wants it killed: in the open transaction that has written everything and committed nothing.
KILLED_IN_SETTLE = """
import time
from rollcall import steps
from rollcall.judge.gate import Outcome
from rollcall.judge.rules import rules_of
from rollcall.load import period, settle
from rollcall.periods import Period
period.judge = lambda tables: [Outcome(rule, 3, 0) for name in tables for rule in rules_of(name)]
def reached(*_):
    print("reached", flush=True)
    time.sleep(120)
settle.check_counts = reached
steps.load(Period(2023, 7), "run")
"""


class Killed(BaseException):
    """As a signal would end it."""


@pytest.mark.parametrize("where", ["find_broken", "settle", "drop_inbox"])
def test_cut_off_anywhere_nothing_is_half_done_and_the_next_load_completes(submit, monkeypatch, where):
    """Before, inside and at the very end of the one transaction that counts."""
    first = submit(2, as_csv("units", rows_of("units", 2)), revision=1)
    load()
    before = state()
    second = submit(2, as_csv("units", rows_of("units", 3)), revision=2)
    real = getattr(loading_period, where)

    def die(*arguments):
        real(*arguments)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(loading_period, where, die)
        with pytest.raises(Killed):
            load()
    assert state() == before
    assert asked("select submission_id from ledger.slices") == [(first,)]
    load()
    balance()
    assert asked("select submission_id from ledger.slices") == [(second,)]
    assert asked("select count(*) from ledger.batches where loaded_at is null") == [(1,)], "what was cut off is known"


def test_really_killed_inside_the_transaction_leaves_nothing(submit, tmp_path):
    """kill -9, with every row written and nothing committed."""
    submission = submit(2, as_csv("units", rows_of("units", 3)))
    before = state()
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED_IN_SETTLE],
        env=os.environ | {"PYTHONPATH": str(ROOT), "ROLLCALL_ENV_FILE": str(tmp_path / "none")},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert any("reached" in line for line in process.stdout)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert state() == before
    assert inboxes() > 0
    load()
    balance()
    assert asked("select submission_id from ledger.slices") == [(submission,)]


def test_what_a_killed_load_was_reading_goes_with_the_next(submit, monkeypatch, tmp_path):
    """The files hold ID numbers; nobody else may read them, and they do not stay."""
    submit(2, as_csv("registrations", rows_of("registrations", 3)), "registrations.csv")
    reading = tmp_path / "state" / "reading"
    seen = []
    real = loading_period.fetch

    def fetch(group, folder, landing, settings):
        seen.append((sorted(path.name for path in folder.iterdir()), stat.S_IMODE(folder.stat().st_mode)))
        unread = real(group, folder, landing, settings)
        seen.append(any(ID_NUMBER.encode() in path.read_bytes() for path in folder.iterdir()))
        return unread

    monkeypatch.setattr(loading_period, "fetch", fetch)
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", lambda *_, **__: None)  # as where it was killed
        load()
    assert [path for path in reading.rglob("*") if path.is_file()]
    submit(2, as_csv("registrations", rows_of("registrations", 4)), "registrations.csv", 2)
    load()
    assert seen == [([], 0o700), True, ([], 0o700), True]
    assert [path for path in reading.rglob("*") if path.is_file()] == []


def test_a_second_load_waits_for_the_first_and_finds_nothing_left(submit, monkeypatch):
    """Two schedulers, a person and a schedule: whoever comes second must not judge the same files again."""
    submit(2, as_csv("units", rows_of("units", 2)))
    inside, go_on, entered = threading.Event(), threading.Event(), []
    real = loading_period.unjudged

    def slowly(connection, period, standing):
        entered.append(period)
        inside.set()
        assert go_on.wait(60)
        return real(connection, period, standing)

    monkeypatch.setattr(loading_period, "unjudged", slowly)
    loads = [threading.Thread(target=load) for _ in range(2)]
    for thread in loads:
        thread.start()
    assert inside.wait(60)
    waiting = "select 1 from pg_locks where locktype = 'advisory' and not granted"
    while not asked(waiting):
        assert loads[0].is_alive()
        assert loads[1].is_alive()
        time.sleep(0.05)
    assert len(entered) == 1
    go_on.set()
    for thread in loads:
        thread.join(120)
    balance()
    assert len(entered) == 2
    assert asked("select count(*) from ledger.batches") == [(1,)]


def test_a_lost_connection_gives_the_place_of_the_loader_back(submit):
    """A load that was killed must not keep the next one out."""
    submit(2, as_csv("units", rows_of("units", 1)))
    with loading_period.only_loader(), connect(autocommit=True) as admin:
        admin.execute(
            "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()"
            " and database = (select oid from pg_database where datname = current_database())"
        )
        with loading_period.only_loader():
            assert asked("select 1") == [(1,)]
