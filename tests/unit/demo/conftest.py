"""The month that the tests look at: at full scale as records, at a small scale as files of a few offices."""

from pathlib import Path

import pytest

from demo.habits import CHENGGUAN
from demo.records import make_records
from demo.records.row import Row
from demo.world import SEED, World, build_world
from rollcall.periods import Period
from rollcall.settings import ROOT

REGISTRY = ROOT / "dbt_project" / "registry"
JULY = Period(2023, 7)


@pytest.fixture(scope="session")
def registry() -> Path:
    return REGISTRY


@pytest.fixture(scope="session")
def world() -> World:
    """The demo as it runs, at full scale. Nothing may change it."""
    return build_world(SEED, JULY, 1.0, REGISTRY)


@pytest.fixture(scope="session")
def small_world() -> World:
    """The same offices with a fiftieth of the rows."""
    return build_world(SEED, JULY, 0.02, REGISTRY)


@pytest.fixture(scope="session")
def month(world: World) -> dict[str, dict[str, list[Row]]]:
    """Records of every office at full scale but 城关区, whose backlog would take longer than all others. Read only."""
    return {code: make_records(world, office) for code, office in world.by_code.items() if code != CHENGGUAN}


@pytest.fixture(scope="session")
def code_with(small_world: World):  # type: ignore[no-untyped-def]
    """Find the first office of a conduct and, perhaps, a format."""

    def find(conduct: str, file_format: str | None = None) -> str:
        return next(
            code
            for code, habits in small_world.habits.items()
            if habits.conduct == conduct and file_format in (None, habits.format) and code.startswith("62")
        )

    return find
