"""The real PostgreSQL that integration tests run on: one embedded server a session, one database a test."""

import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before anything imports Airflow, which makes its home where it is imported.
os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp(prefix="rollcall-airflow-")

from rollcall import settings
from rollcall.warehouse import connection, embedded


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server() -> Iterator[embedded.Server]:
    """Outside of pytest's own folders: as root another user runs it, whom a second pytest would lock out of them."""
    with tempfile.TemporaryDirectory(prefix="rollcall-postgres-") as name:
        yield embedded.start(Path(name), free_port())
        embedded.stop(Path(name))


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests know nothing of this checkout's `.env` or of what runs beside them."""
    monkeypatch.setattr(settings, "from_files", dict)
    monkeypatch.setattr(settings, "from_user", dict)
    monkeypatch.setenv("ROLLCALL_PSEUDONYM_KEY", "5a" * 32)


@pytest.fixture
def warehouse(server: embedded.Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty prepared warehouse of its own; its URL is in ROLLCALL_WAREHOUSE_URL."""
    name = f"w{secrets.token_hex(6)}"
    embedded.ensure_role(server, "rollcall", "owner", "createrole")
    embedded.ensure_database(server, name, "rollcall")
    url = server.url(name, "rollcall", "owner")
    monkeypatch.setenv("ROLLCALL_WAREHOUSE_URL", url)
    connection.prepare()
    yield url
    with connection.psycopg.connect(server.url(), autocommit=True) as admin:
        admin.execute(f"drop database {name} with (force)")
