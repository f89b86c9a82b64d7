"""The months that the tests look at: as records of every office, and on a small scale as files of a few."""

from pathlib import Path

import pytest

from demo.records import make_records
from demo.records.row import Row
from demo.world import SEED, World, build_world
from rollcall.periods import Period
from rollcall.settings import ROOT

REGISTRY = ROOT / "dbt_project" / "registry"
JULY = Period(2023, 7)
MONTHS = [Period(2023, 5), Period(2023, 6), JULY]


@pytest.fixture(scope="session")
def registry() -> Path:
    return REGISTRY


@pytest.fixture(scope="session")
def world() -> World:
    """The last month of the demo as it runs, with a quarter of the rows. Nothing may change it."""
    return build_world(SEED, JULY, 0.25, REGISTRY, MONTHS[0])


@pytest.fixture(scope="session")
def small_world() -> World:
    """A demo of one month, of the same offices, with a fiftieth of the rows."""
    return build_world(SEED, JULY, 0.02, REGISTRY)


@pytest.fixture(scope="session")
def small_months() -> list[World]:
    """The three months of the demo with a fiftieth of the rows."""
    first = build_world(SEED, MONTHS[0], 0.02, REGISTRY)
    return [first.at(period) for period in MONTHS]


@pytest.fixture(scope="session")
def month(world: World) -> dict[str, dict[str, list[Row]]]:
    """Records of July of every office. Read only."""
    return {code: make_records(world, office) for code, office in world.by_code.items()}


@pytest.fixture(scope="session")
def code_with(small_world: World):  # type: ignore[no-untyped-def]
    """Find the first township of a conduct and, perhaps, a format."""

    def find(conduct: str, file_format: str | None = None) -> str:
        return next(
            office.code
            for office in small_world.offices
            if office.level == "township" and office.code.startswith("62")
            if small_world.habits[office.code].conduct == conduct
            if file_format in (None, small_world.habits[office.code].format)
        )

    return find
