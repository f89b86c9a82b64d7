"""A build of what changed leaves the marts as a build of everything would."""

from pathlib import Path

import psycopg
import pytest

from rollcall import build
from rollcall.warehouse.connection import connect
from tests.integration.build.conftest import PERIODS
from tests.integration.build.test_figures_recounted import require_every_rule_met, require_recounted
from tests.integration.build.worlds import random_world

ROUNDS = 2


def contents(connection: psycopg.Connection) -> dict[str, list[str]]:
    """Every row of every table that dbt defines, as text, in order."""
    tables = connection.execute(
        "select format('%I.%I', schemaname, tablename) from pg_tables"
        " where schemaname in ('marts', 'intermediate') and tablename <> 'builds' order by 1"
    ).fetchall()
    assert len(tables) > 10
    return {
        name: [text for (text,) in connection.execute(f"select t::text from {name} as t order by 1")]
        for (name,) in tables
    }


def snapshot() -> dict[str, list[str]]:
    with connect() as connection:
        return contents(connection)


def build_everything() -> dict[str, list[str]]:
    with connect() as connection:
        connection.execute("truncate ops.dbt_builds")
    assert build.build("2023-07").is_full
    return snapshot()


@pytest.mark.parametrize("seed", [9])
def test_builds_of_what_changed_equal_a_build_of_everything(
    empty: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slices are added, replaced and emptied at random; records move between months, persons and offices."""
    world = random_world(seed, tmp_path, monkeypatch)
    require_every_rule_met(world)
    assert build.build("2023-07").is_full
    for round_no in range(ROUNDS):
        if round_no == 1:
            world.ask("2023-07", *world.reporting("2023-07"))
        for _ in range(4):
            world.send_some(world.chance.choice(PERIODS), 6)
        assert not build.build("2023-07").is_full
    bit_by_bit = snapshot()
    at_once = build_everything()
    for table, rows in at_once.items():
        assert bit_by_bit[table] == rows, table
    require_recounted(world)
