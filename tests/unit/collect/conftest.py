"""An office on loopback, a landing under tmp_path, and waits that are noted instead of waited."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rollcall.collect.answer import Answer, Known
from rollcall.collect.http import Address, session_for
from rollcall.collect.office import Asker
from rollcall.collect.patience import Turn
from rollcall.land import Landing
from rollcall.offices import Office
from rollcall.periods import Period
from rollcall.settings import Settings, load_settings
from tests.loopback import Loopback, serving

TOKEN = "tok"
OFFICE = Office(7, "610924106000", "示例镇", "township", None, None, None, True, "", "")


@pytest.fixture
def server() -> Iterator[Loopback]:
    with serving() as server:
        yield server


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that would have been waited between tries."""
    waits: list[float] = []
    monkeypatch.setattr("tenacity.nap.time", SimpleNamespace(sleep=waits.append))
    return waits


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(
        load_settings(),
        landing_url=f"file://{tmp_path / 'landing'}",
        connect_seconds=5,
        read_seconds=5,
        file_seconds=10,
        tries=3,
        max_bytes=100_000,
    )


@pytest.fixture
def landed(tmp_path: Path) -> Callable[[], dict[str, bytes]]:
    """Everything in landing, by file name."""
    return lambda: {path.name: path.read_bytes() for path in (tmp_path / "landing").rglob("*") if path.is_file()}


@pytest.fixture
def ask(settings: Settings, slept: list[float], server: Loopback) -> Callable[..., Answer]:
    """Ask the office that *server* plays, or the one at *base*, as one thread of a chunk does."""

    def ask(
        known: Known = Known(),  # noqa: B008
        base: str | None = None,
        token: str | None = TOKEN,
        turn: Turn | None = None,
        **changes: Any,
    ) -> Answer:
        ours = replace(settings, **changes)
        asker = Asker(Period(2023, 7), Landing(ours.landing_url), session_for(2), ours)
        return asker.ask(OFFICE, Address(base or f"{server.url}/{OFFICE.code}", token), known, turn)

    return ask
