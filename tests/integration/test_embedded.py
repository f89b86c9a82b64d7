"""The embedded PostgreSQL: passwords, roles, and what is left after it was killed."""

import os
import signal
import stat
import tempfile
import threading
import time
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg import errors

from rollcall.load.group import CELLS, create
from rollcall.warehouse import connection, embedded
from tests.conftest import free_port


@pytest.fixture(scope="module")
def own():
    """A server that tests of this file may stop and kill. As root another user runs it, so not in pytest's folders."""
    with tempfile.TemporaryDirectory(prefix="rollcall-postgres-") as name:
        yield embedded.start(Path(name), free_port())
        embedded.stop(Path(name))


@pytest.fixture
def folder():
    """A place for another server's data."""
    with tempfile.TemporaryDirectory(prefix="rollcall-postgres-") as name:
        yield Path(name) / "postgres"


@pytest.fixture
def running(own):
    """The same, running; a test may have left it stopped."""
    return embedded.start(own.folder, own.port)


def ask(url, query="select 1"):
    with psycopg.connect(url, connect_timeout=10) as connected:
        return connected.execute(query).fetchone()


def test_answers_with_its_password_and_in_utf_8(running):
    assert ask(
        running.url(), "select current_setting('server_encoding'), current_setting('server_version_num')::int / 10000"
    ) == ("UTF8", 18)


@pytest.mark.parametrize("password", ["wrong", ""])
def test_refuses_a_wrong_password_and_none(running, password):
    with pytest.raises(psycopg.OperationalError, match="password"):
        ask(f"postgresql://postgres:{password}@127.0.0.1:{running.port}/postgres")


def test_trusts_nobody_on_any_way_in(running):
    """Every line of pg_hba.conf asks for a password; there is no socket to come in by."""
    rules = psycopg.connect(running.url()).execute("select distinct auth_method from pg_hba_file_rules").fetchall()
    assert rules == [("scram-sha-256",)]
    assert ask(running.url(), "show unix_socket_directories") == ("",)


def test_listens_on_loopback_only(running):
    postmaster = embedded.postmaster(running.folder)
    listening = [c for c in psutil.Process(postmaster.pid).net_connections("all") if c.status == psutil.CONN_LISTEN]
    assert {(c.laddr.ip, c.laddr.port) for c in listening} == {("127.0.0.1", running.port)}


def test_the_password_is_for_its_owner_and_so_is_the_data(running):
    assert stat.S_IMODE((running.folder / "superuser.password").stat().st_mode) == 0o600
    assert stat.S_IMODE((running.folder / "data").stat().st_mode) == 0o700


def test_starting_again_is_nothing(running):
    """The same server, also where another port is asked for."""
    before = embedded.postmaster(running.folder).pid
    again = embedded.start(running.folder, free_port())
    assert (again, embedded.postmaster(running.folder).pid) == (running, before)


def test_stopping_waits_for_as_long_as_it_takes_and_says_so(running, monkeypatch):
    """On a busy machine a server takes minutes to write what it holds. This one is held still for a while."""
    monkeypatch.setattr(embedded, "SECONDS_BETWEEN_LINES", 0.2)
    postmaster = psutil.Process(embedded.postmaster(running.folder).pid)
    said: list[str] = []
    go_on = threading.Timer(1.5, postmaster.resume)
    postmaster.suspend()
    go_on.start()
    assert embedded.stop(running.folder, said.append) is True
    go_on.join()
    assert len(said) > 1
    assert all("still writing" in line for line in said)
    assert embedded.postmaster(running.folder) is None


def test_stops_and_starts_with_its_data_and_password(running):
    with psycopg.connect(running.url()) as owner:
        owner.execute("create table kept as select 7 as n")
    assert embedded.stop(running.folder) is True
    assert embedded.postmaster(running.folder) is None
    assert embedded.stop(running.folder) is False
    with pytest.raises(psycopg.OperationalError):
        ask(running.url())
    again = embedded.start(running.folder, running.port)
    assert again.password == running.password
    assert ask(again.url(), "select n from kept") == (7,)


def test_a_killed_server_keeps_what_was_committed_and_forgets_the_rest(running):
    """Power goes while a transaction is open: after the next start its rows were never there."""
    with psycopg.connect(running.url(), autocommit=True) as committed:
        committed.execute("drop table if exists survivors")
        committed.execute("create table survivors as select generate_series(1, 10000) as n")
    cut_off = psycopg.connect(running.url())
    cut_off.execute("insert into survivors select generate_series(10001, 20000)")
    postmaster = embedded.postmaster(running.folder).process
    family = [postmaster, *postmaster.children()]
    os.kill(postmaster.pid, signal.SIGKILL)
    psutil.wait_procs(family[1:], timeout=20)
    for _ in range(500):
        if embedded.postmaster(running.folder) is None:
            break
        time.sleep(0.02)
    cut_off.close()
    again = embedded.start(running.folder, running.port)
    assert ask(again.url(), "select count(*), sum(n) from survivors") == (10_000, 50_005_000)
    assert embedded.postmaster(running.folder).pid != postmaster.pid


def test_a_server_that_was_killed_while_an_inbox_table_was_made_recovers(running):
    """The postmaster alone is killed; its processes still clean up after themselves, in files and not in the log."""
    with psycopg.connect(running.url(), autocommit=True) as committed:
        committed.execute("create schema if not exists inbox")
        committed.execute("checkpoint")
    cut_off = psycopg.connect(running.url())
    create(cut_off, "b1_cells", CELLS)
    with psycopg.connect(running.url(), autocommit=True) as other:
        other.execute("create table if not exists flushes_the_log (n integer)")
    postmaster = embedded.postmaster(running.folder).process
    family = postmaster.children()
    os.kill(postmaster.pid, signal.SIGKILL)
    psutil.wait_procs(family, timeout=20)
    cut_off.close()
    again = embedded.start(running.folder, running.port)
    assert ask(again.url(), "select to_regclass('inbox.b1_cells')") == (None,)


def test_a_server_that_was_just_killed_is_started_at_once(running):
    """Not a moment of waiting: what is left of the old one must not be taken for a server that runs."""
    os.kill(embedded.postmaster(running.folder).pid, signal.SIGKILL)
    again = embedded.start(running.folder, running.port)
    assert ask(again.url()) == (1,)


def test_a_start_that_was_killed_while_it_made_the_data_is_made_good(folder):
    """Half a data folder has another name; the next start begins anew."""
    half = folder / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server = embedded.start(folder, free_port())
    try:
        assert ask(server.url()) == (1,)
        assert not half.exists()
    finally:
        embedded.stop(folder)


def test_a_port_that_is_taken_is_an_error_with_the_log(folder, running):
    with pytest.raises(embedded.ServerNotStarted, match="Address already in use"):
        embedded.start(folder, running.port)


def test_making_roles_and_databases_twice_changes_nothing_but_the_password(running):
    for password in ("first", 'it\'s "second" ?'):
        embedded.ensure_role(running, "again", password)
        embedded.ensure_database(running, "again", "again")
    with psycopg.connect(host="127.0.0.1", port=running.port, user="again", password=password, dbname="again") as owner:
        assert owner.execute("select current_user").fetchone() == ("again",)
    with pytest.raises(psycopg.OperationalError, match="password"):
        ask(running.url("again", "again", "first"))


@pytest.fixture
def reader(server, warehouse):
    """A login that may only read the marts, as `make up` makes it, on a warehouse with something in it."""
    name = warehouse.rpartition("/")[2]
    with connection.connect() as owner:
        owner.execute("create table marts.dim_offices as select 1 as office_key")
        owner.execute("grant select on marts.dim_offices to rollcall_read")
        owner.execute("create table marts.not_granted as select 1 as n")
    embedded.ensure_role(server, "reader", "reads")
    embedded.ensure_reader(server, name, "reader")
    with psycopg.connect(server.url(name, "reader", "reads"), autocommit=True) as connected:
        yield connected


def test_the_reader_reads_the_marts_by_their_bare_names(reader):
    assert reader.execute("select office_key from dim_offices").fetchone() == (1,)


@pytest.mark.parametrize(
    "query",
    [
        "select * from raw.registrations",
        "select * from raw.units limit 0",
        "select * from ledger.submissions",
        "select * from ledger.answers",
        "select * from quarantine.rows",
        "select * from quarantine.reasons",
        "select * from ops.steps",
        "select * from marts.not_granted",
        "select ledger.credit_code_is_valid('x')",
        "select pg_read_file('postgresql.conf')",
        "copy (select 1) to program 'true'",
        "select * from pg_authid",
    ],
)
def test_the_reader_sees_nothing_else(reader, query):
    with pytest.raises(errors.InsufficientPrivilege):
        reader.execute(query)


@pytest.mark.parametrize("is_read_only", [True, False], ids=["as it comes", "read-only turned off"])
@pytest.mark.parametrize(
    "query",
    [
        "insert into marts.dim_offices values (2)",
        "update marts.dim_offices set office_key = 2",
        "delete from marts.dim_offices",
        "truncate marts.dim_offices",
        "drop table marts.dim_offices",
        "create table marts.mine (n int)",
        "create table public.mine (n int)",
        "create schema mine",
        "set role rollcall",
        "create role mine",
    ],
)
def test_the_reader_writes_nothing(reader, query, is_read_only):
    """Read-only is a default that the login itself may turn off: what holds is that it was granted nothing."""
    reader.execute(f"set default_transaction_read_only = {'on' if is_read_only else 'off'}")
    with pytest.raises((errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction)):
        reader.execute(query)


def test_the_reader_enters_no_other_database(server, reader):
    embedded.ensure_role(server, "theirs", "x")
    embedded.ensure_database(server, "theirs", "theirs")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        ask(server.url("theirs", "reader", "reads"))


def test_preparing_again_keeps_what_is_there(warehouse):
    """Every `make up` does it."""
    with connection.connect() as owner:
        owner.execute(
            "insert into ledger.expected_slices (office_key, period, dataset, due_at)"
            " values (1, '2023-07', 'units', '2023-08-05')"
        )
    connection.prepare()
    with connection.connect() as owner:
        assert owner.execute("select count(*) from ledger.expected_slices").fetchone() == (1,)
