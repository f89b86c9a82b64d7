"""What integration tests share beside the warehouse: a registry, offices on loopback, a landing of their own."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.loopback import Loopback, serving

HEADER = "office_key,code,name,level,parent_key,reports,endpoint,connection"
EVENTS_HEADER = "event_no,happened_on,event,office_key,code,name,parent_key,into_key,share,source"


@pytest.fixture
def offices() -> Iterator[Loopback]:
    """A server that plays offices; a test says what each answers."""
    with serving() as server:
        yield server


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Write lines of a registry of the test's own, and of its log where there are any; have everything use it."""
    folder = tmp_path / "registry"
    folder.mkdir()
    monkeypatch.setenv("ROLLCALL_REGISTRY", str(folder))

    def write(*lines: str, events: Sequence[str] = ()) -> None:
        (folder / "offices.csv").write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
        if events:
            log = "\n".join([EVENTS_HEADER, *events, ""])
            (folder / "office_events.csv").write_text(log, encoding="utf-8")

    return write


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offices: Loopback) -> Path:
    """Landing under tmp_path, offices on loopback with a token from the environment; little patience."""
    landing = tmp_path / "landing"
    monkeypatch.setenv("ROLLCALL_LANDING_URL", f"file://{landing}")
    monkeypatch.setenv("ROLLCALL_ENDPOINT", f"{offices.url}/{{code}}")
    monkeypatch.setenv("AIRFLOW_CONN_ROLLCALL_OFFICES", json.dumps({"conn_type": "http", "password": "tok"}))
    monkeypatch.setenv("ROLLCALL_TRIES", "2")
    monkeypatch.setenv("ROLLCALL_READ_SECONDS", "5")
    monkeypatch.setattr("rollcall.collect.patience.FIRST_WAIT", 0.01)
    return landing
