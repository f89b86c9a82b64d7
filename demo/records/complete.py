"""What an office reports of one dataset: what it does in the month, and what it has published."""

from collections.abc import Callable

from demo.published.past import published_rows
from demo.published.room import day_of, make_room
from demo.records.events import make_events
from demo.records.funding import make_funding
from demo.records.inspections import make_inspections
from demo.records.needs import make_needs
from demo.records.points import make_points
from demo.records.registrations import make_registrations
from demo.records.role_models import make_role_models
from demo.records.row import Row
from demo.records.standing import LISTS, standing
from demo.world import World
from rollcall.offices import Office

MAKERS: dict[str, Callable[[World, Office], list[Row]]] = {
    "registrations": make_registrations,
    "events": make_events,
    "needs": make_needs,
    "funding": make_funding,
    "inspections": make_inspections,
    "role_models": make_role_models,
    "points": make_points,
}
# Records come in order of their day.
SORTED = {
    "registrations": "changed_on",
    "events": "started_at",
    "needs": "raised_on",
    "funding": "booked_on",
    "inspections": "inspected_on",
    "role_models": "selected_on",
    "points": "booked_on",
}


def complete(world: World, office: Office, dataset: str) -> list[Row]:
    """The rows of one dataset that hangs on no other of the month's records."""
    if dataset in LISTS:
        return standing(world, office, dataset)
    rows = make_room(world, office, dataset, MAKERS[dataset](world, office))
    rows += published_rows(world, office, dataset)
    rows.sort(key=lambda row: row[SORTED[dataset]])
    return rows


def of_the_month(world: World, office: Office, dataset: str) -> list[Row]:
    """The rows of *dataset* that happened in the month; a backlog has more."""
    on = SORTED[dataset]
    return [row for row in complete(world, office, dataset) if day_of(row[on]) >= world.period.first_day]
