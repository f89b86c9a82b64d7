"""Registers: nearly the same list each month. An entry opens, one closes, one is forgotten once and comes back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demo.records.row import Row
from demo.world import World
from rollcall.offices import Office
from rollcall.periods import Period

# What moved before this month is not told: entries only have the day on which they began.
SETTLED = Period(2023, 1)
BEGAN = (date(2014, 1, 1), date(2022, 12, 20))
NEW, GONE, SHUT = 0.06, 0.04, 0.03


@dataclass(frozen=True)
class Register:
    """
    One of an office's lists.

    `entry` makes the one at a place (from 1). `began` is the column of the day on which an entry began, where new ones
    begin when they are listed; `shut` is what changes in one that closes, nothing where none does.
    """

    dataset: str
    entry: Callable[[World, Office, int, Random], Row]
    began: str | None
    shut: Row


def listed(register: Register, world: World, office: Office, count: int) -> list[Row]:
    """The register as the office keeps it at the end of the month, from *count* entries on."""
    rng = world.lasting_rng(office, register.dataset)
    rows = [register.entry(world, office, place, rng) for place in range(1, count + 1)]
    moving = world.lasting_rng(office, register.dataset, "moves")
    forgotten: Row | None = None
    for month in months_until(world.period):
        forgotten = None
        drawn, chosen = moving.random(), moving.randrange(1_000)
        if drawn < NEW:
            place = len(rows) + 1
            own = world.lasting_rng(office, register.dataset, str(place))
            rows.append(register.entry(world, office, place, own))
            if register.began and rows[-1][register.began]:
                rows[-1][register.began] = month.first_day + timedelta(days=chosen % 27)
        elif drawn < NEW + GONE:
            forgotten = rows[chosen % len(rows)]
        elif drawn < NEW + GONE + SHUT:
            rows[chosen % len(rows)] |= register.shut
    return [row for row in rows if row is not forgotten]


def months_until(period: Period) -> list[Period]:
    """The months after SETTLED, up to *period*."""
    count = (period.year - SETTLED.year) * 12 + period.month - SETTLED.month
    return [SETTLED.shift(months) for months in range(1, count + 1)]


def began_on(rng: Random, unsaid: float = 0.1) -> date | None:
    """A day on which an entry began long ago; None where the office does not say."""
    if rng.random() < unsaid:
        return None
    first, last = BEGAN
    return first + timedelta(days=int(rng.random() * ((last - first).days + 1)))
