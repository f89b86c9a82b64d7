"""Every figure of months made at random is what counting by hand from the definitions gives."""

import csv
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from rollcall import build
from rollcall.periods import Period
from rollcall.warehouse.connection import connect
from tests.integration.build.conftest import PERIODS
from tests.integration.build.records import DATASETS
from tests.integration.build.recount import FLOWS, STOCKS, Figure, World, recount
from tests.integration.build.worlds import RandomWorld

EARLIER, LATER = PERIODS[1], PERIODS[2]  # asked for from the start; only after the first build
SHOWN = 20  # figures that a failure names


@pytest.mark.parametrize("seed", [1, 2, 7])
def test_figures_are_what_a_recount_gives(empty: str, seed: int) -> None:
    """Built at once, then brought up to date: corrections, emptied and late slices, backlog, a month asked later."""
    world = RandomWorld(Random(seed))
    chance = world.chance
    world.ask(EARLIER, *world.reporting)
    for office_key in world.reporting:
        for period in PERIODS:
            if chance.random() < 0.6:
                world.send(office_key, period, chance.sample(DATASETS, chance.randint(1, 4)))
    assert build.build(LATER).is_full
    require_recounted(world)

    world.ask(LATER, *chance.sample(world.reporting, 2), datasets=chance.sample(DATASETS, 3))
    for _ in range(6):
        office_key, period = chance.choice(world.reporting), chance.choice(PERIODS)
        world.send(office_key, period, chance.sample(DATASETS, chance.randint(1, 3)))
    assert not build.build(LATER).is_full
    require_recounted(world)


def require_recounted(random_world: RandomWorld) -> None:
    world = random_world.world()
    marts, recounted = figures_in_marts(world), recount(world)
    different = [
        f"{path_of(world, key)} {period} {indicator}: {told(marts, key, period, indicator)} in the marts,"
        f" {told(recounted, key, period, indicator)} recounted"
        for key, period, indicator in sorted(marts.keys() | recounted.keys())
        if marts.get((key, period, indicator)) != recounted.get((key, period, indicator))
    ]
    assert not different, f"{len(different)} figures differ:\n" + "\n".join(different[:SHOWN])
    assert answers_in_marts() == {asked: answer(random_world, *asked) for asked in world.asked}


def figures_in_marts(world: World) -> dict[tuple[int, str, str], Figure]:
    """The figures; what else stands beside them is looked up and compared here."""
    with (build.PROJECT / "seeds" / "indicators.csv").open(encoding="utf-8") as lines:
        labels = {row["indicator"]: row["label_zh"] for row in csv.DictReader(lines)}
    figures = {}
    for key, code, name, level, period, indicator, label, dataset, nature, *figure in ask(
        "select office_key, office_code, office_name, level, period, indicator, indicator_label_zh, dataset, nature,"
        " value, slices_expected, slices_accepted from marts.rpt_figures"
    ):
        office = world.offices[key]
        assert (code, name, level, label) == (office.code, office.name, office.level, labels[indicator])
        assert dataset == (FLOWS[indicator] if nature == "flow" else STOCKS[indicator])[0]
        figures[key, period, indicator] = Figure(*figure)
    return figures


def path_of(world: World, office_key: int) -> str:
    names = [world.offices[key].name for key in world.path(office_key)]
    return f"{'/'.join(reversed(names))} ({office_key})"


def told(figures: Mapping[tuple[int, str, str], Figure], *key: Any) -> str:
    figure = figures.get(key)
    return f"{figure.value} ({figure.slices_accepted} of {figure.slices_expected} slices)" if figure else "no row"


def answers_in_marts() -> dict[tuple[int, str, str], tuple[Any, ...]]:
    rows = ask(
        "select office_key, period, dataset, submission_id, revision, status, rows_received, rows_accepted, rows_held,"
        " submitted_at, is_late, is_answered, last_revision from marts.fct_submissions"
    )
    return {(key, period, dataset): tuple(rest) for key, period, dataset, *rest in rows}


def answer(random_world: RandomWorld, office_key: int, period: str, dataset: str) -> tuple[Any, ...]:
    """What became of a slice that was asked for. A file turned away as a whole speaks of what no other file does."""
    files = [file for file in random_world.sent if (file.office_key, file.period) == (office_key, period)]
    usable = [file for file in files if dataset in file.accepted]
    spoken = usable or [file for file in files if not file.accepted]
    if not spoken:
        return (None, None, "missing", 0, 0, 0, None, None, False, None)
    stands: tuple[Any, ...] = (None, None, "turned_away", 0, 0, 0)
    if usable:
        last, accepted = usable[-1], usable[-1].accepted[dataset]
        status = "partly_accepted" if last.held else "accepted"
        stands = (last.submission_id, last.revision, status, accepted + last.held, accepted, last.held)
    submitted_at = spoken[0].submitted_at
    return (*stands, submitted_at, submitted_at > Period.parse(period).due_at(5), True, spoken[-1].revision)


def ask(question: str) -> list[tuple[Any, ...]]:
    with connect() as connection:
        return connection.execute(question).fetchall()
