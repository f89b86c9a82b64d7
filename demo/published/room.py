"""Room for a published figure: what an office does besides must not add to it, nor what those below it do."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from demo.published.counted import COUNTED, Counted
from demo.published.figures import Figure
from demo.records.row import Row
from demo.world import World
from rollcall.offices import Office

# The share of entries that would disturb a figure and are told as having begun after it; the others are left out.
BEGAN_LATER = 0.2


def make_room(world: World, office: Office, dataset: str, rows: list[Row]) -> list[Row]:
    """*rows* without those that would count in a figure of the office or of one above it."""
    figures = [
        (figure, COUNTED[figure.indicator])
        for figure in world.figures_over(office)
        if figure.indicator in COUNTED and COUNTED[figure.indicator].dataset == dataset and not figure.says_some
    ]
    return list(beside(world, figures, rows)) if figures else rows


def beside(world: World, figures: list[tuple[Figure, Counted]], rows: list[Row]) -> Iterator[Row]:
    for row in rows:
        counting = [(figure, counted) for figure, counted in figures if disturbs(row, figure, counted)]
        if not counting:
            yield row
        elif all(counted.is_register for _, counted in counting):
            # A few entries of a register began after the figure and still before the first list.
            after = max(figure.to_day for figure, _ in counting) + timedelta(days=1)
            days = (world.first.first_day - after).days
            rng = Random(str(row))
            if days > 0 and not is_single(row) and rng.random() < BEGAN_LATER:
                day = after + timedelta(days=rng.randrange(days))
                yield row | {counted.on: day for _, counted in counting}


def is_single(row: Row) -> bool:
    """Whether it is of a kind of which an office has one: no second one opens."""
    return row.get("site_kind") in ("centre", "institute") or row.get("team_tier") == "corps"


def disturbs(row: Row, figure: Figure, counted: Counted) -> bool:
    """Whether *row* counts in *figure*. An entry of a register that names no day begins with the first list."""
    if not counted.counts(row):
        return False
    day = row[counted.on]
    if counted.is_register:
        return day is None or day <= figure.to_day
    return day is not None and figure.covers(day_of(day))


def day_of(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
