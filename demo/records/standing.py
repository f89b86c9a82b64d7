"""Registers as an office sends them: its own entries, those of what it published, and those of offices it took over."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from random import Random

from demo.published.registers import PUBLISHED_ENTRIES
from demo.published.room import make_room
from demo.records.projects import make_projects
from demo.records.row import Row, number_of
from demo.records.sites import make_sites
from demo.records.teams import make_teams
from demo.records.units import make_units
from demo.world import World
from rollcall.offices import Office

LISTS: dict[str, Callable[[World, Office], list[Row]]] = {
    "units": make_units,
    "sites": make_sites,
    "teams": make_teams,
    "projects": make_projects,
}
# Registers, the column of their numbers, and that of the day on which an entry began.
NUMBERED = {"units": "unit_no", "sites": "site_no", "teams": "team_no", "projects": "project_no"}
BEGAN = {"sites": "opened_on", "teams": "registered_on", "projects": "started_on"}
# The share of references that name nothing: a slip of the pen.
MISTAKEN = 0.002


def standing(world: World, office: Office, dataset: str) -> list[Row]:
    """The whole list of *dataset* as it is at the end of the month."""
    rows = make_room(world, office, dataset, LISTS[dataset](world, office))
    if world.figures_over(office):
        rows += PUBLISHED_ENTRIES[dataset](world, office)
    return rows + taken_over(world, office, dataset)


def taken_over(world: World, office: Office, dataset: str) -> list[Row]:
    """What stood in the register of each office that has gone into this one, under numbers of its own."""
    column = NUMBERED[dataset]
    return [
        row | {column: number_of(world, office, str(merged.office_key), row[column].partition("-")[2])}
        for merged, last in world.merged_into(office)
        for row in standing(last, merged, dataset)
    ]


def reference(world: World, office: Office, dataset: str, rng: Random, day: date) -> str | None:
    """The number of an entry of the office's list that stood on *day*, None where none did; a few are mistaken."""
    # Drawn whatever stands in the list, so that what is told again in another month is told alike.
    slip, chance = rng.random(), rng.random()
    days, numbers = numbers_since(world, office, dataset)
    count = bisect_right(days, day)
    if not count:
        return None
    return number_of(world, office, f"{dataset[0].upper()}99") if slip < MISTAKEN else numbers[int(chance * count)]


@lru_cache(maxsize=64)
def numbers_since(world: World, office: Office, dataset: str) -> tuple[list[date], list[str]]:
    """The days since when entries stand, in order, and their numbers; without a day, since the first list."""
    rows = [row for row in standing(world, office, dataset) if not row.get("_apart")]
    found = sorted((row[BEGAN[dataset]] or world.first.first_day, row[NUMBERED[dataset]]) for row in rows)
    return [day for day, _ in found], [number for _, number in found]
