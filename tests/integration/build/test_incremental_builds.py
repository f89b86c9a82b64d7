"""A build of what changed leaves the marts as a build of everything would."""

import random
from typing import Any

import psycopg
import pytest

from rollcall import build
from rollcall.warehouse.connection import connect
from tests.integration.build.conftest import PERIODS
from tests.integration.build.records import (
    PERSON,
    Offices,
    event,
    expect,
    registration,
    unit,
    voucher,
)

CODES = {
    1: "620000000000",
    2: "620100000000",
    3: "620200000000",
    4: "620102000000",
    5: "620103000000",
    6: "620102001000",
    8: "620201001000",
    9: "620171101000",
}


def contents(connection: psycopg.Connection) -> dict[str, list[str]]:
    """Every row of every table that dbt keeps, as text, in order."""
    tables = connection.execute(
        "select format('%I.%I', schemaname, tablename) from pg_tables"
        " where schemaname in ('marts', 'intermediate') order by 1"
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


def random_day(chance: random.Random, period: str) -> str:
    """Mostly of the period; sometimes of an earlier one, as in a backlog."""
    months = [month for month in ("2022-12", *PERIODS) if month <= period]
    return f"{chance.choice([*months, period, period])}-{chance.randint(1, 28):02d}"


def random_rows(chance: random.Random, office_key: int, period: str, dataset: str) -> list[dict[str, Any]]:
    """A few records out of so few keys that offices and months collide; often none at all."""
    size = chance.choice([0, 1, 2, 4])
    if dataset == "units":
        return [
            unit(
                number,
                honour_level=chance.choice(["national", "municipal", "none"]),
                honour_status=chance.choice(["kept", "revoked", None]),
                alliance_kind=chance.choice(["county", "none", None]),
                alliance_name=chance.choice(["甲", "乙", None]),
            )
            for number in chance.sample(range(6), size)
        ]
    if dataset == "registrations":
        keys = {(chance.randint(1, 3), random_day(chance, period)) for _ in range(size)}
        return [
            registration(
                number,
                day,
                chance.choice(list(PERSON)),
                chance.choice(["new", "changed", "withdrawn"]),
                has_id_number=chance.random() < 0.7,
                is_backbone=chance.choice([True, False, None]),
                sex=chance.choice(["1", "2", None]),
            )
            for number, day in sorted(keys)
        ]
    codes = list(CODES.values())
    if dataset == "events":
        keys = {(chance.choice("EFG"), chance.choice(codes)) for _ in range(size)} | {("H", CODES[office_key])}
        return [
            event(number, code, random_day(chance, period), attendees=chance.choice([None, 5, 30]))
            for number, code in sorted(keys)
        ]
    kinds = ["budget", "spending", "donation", "transfer_in", "transfer_out", "transfer_in", "transfer_out"]
    keys = {(chance.choice("TUV"), chance.choice(kinds)) for _ in range(size)}
    return [
        voucher(
            number,
            kind,
            f"{chance.randint(1, 9)}.25",
            random_day(chance, period),
            chance.choice(codes) if kind.startswith("transfer") else None,
            budget_year=chance.choice([2022, 2023]),
        )
        for number, kind in sorted(keys)
    ]


@pytest.mark.parametrize("seed", [20230701, 20230702])
def test_builds_of_what_changed_equal_a_build_of_everything(empty: str, seed: int) -> None:
    """Slices are added, replaced and emptied at random; records move between months, persons and offices."""
    chance, offices = random.Random(seed), Offices()
    expect(*CODES, 7, 11, period="2023-06")
    for round_no in range(5):
        if round_no == 2:
            expect(*CODES, 7, 11, period="2023-07")
        for _ in range(24 if round_no == 0 else 4):
            office_key, period = chance.choice(list(CODES)), chance.choice(PERIODS)
            datasets = chance.sample(["units", "registrations", "events", "funding"], chance.randint(1, 3))
            offices.submit(
                office_key,
                period,
                **{dataset: random_rows(chance, office_key, period, dataset) for dataset in datasets},
            )
        assert build.build("2023-07").is_full == (round_no == 0)
    bit_by_bit = snapshot()
    at_once = build_everything()
    for table, rows in at_once.items():
        assert bit_by_bit[table] == rows, table
