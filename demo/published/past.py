"""The records that an office reports in a month because they were published, whichever dataset they belong to."""

from collections.abc import Callable, Iterable

from demo.published import events, money, points, records
from demo.published.counted import COUNTED
from demo.published.facts import told_beside
from demo.published.room import day_of
from demo.records.row import Row
from demo.world import World
from rollcall.offices import Office

Make = Callable[[World, Office], Iterable[Row]]
# With the column of the day on which a month reports a row.
RECORDS: dict[str, tuple[Make, str]] = {
    "registrations": (records.registrations, "changed_on"),
    "events": (events.events, "started_at"),
    "needs": (records.needs, "finished_on"),
    "funding": (money.funding, "booked_on"),
    "inspections": (records.inspections, "inspected_on"),
    "role_models": (records.role_models, "selected_on"),
    "points": (points.points, "booked_on"),
}


def published_rows(world: World, office: Office, dataset: str) -> list[Row]:
    """
    The records of *dataset* that the office reports in this month of what was published.

    The first month brings what happened until its end.
    """
    figures = [
        figure
        for figure in world.figures_over(office)
        if figure.indicator in COUNTED and COUNTED[figure.indicator].dataset == dataset
    ]
    make, on = RECORDS[dataset]
    first, last = world.period.first_day, world.period.last_day
    everything = world.brings_its_past(office)
    rows = list(told_beside(world, office, dataset))
    if figures and (everything or max(figure.to_day for figure in figures) >= first):
        rows += make(world, office)
    return [row for row in rows if day_of(row[on]) <= last and (everything or day_of(row[on]) >= first)]
