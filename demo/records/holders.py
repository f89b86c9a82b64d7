"""Who holds points: households under numbers of their own, and persons under those of their registrations."""

from dataclasses import dataclass
from datetime import date
from itertools import islice

from demo.published.figures import figures_of
from demo.published.records import registrations
from demo.records.registrations import steady
from demo.records.row import number_of
from demo.world import World
from rollcall.offices import Office

PERSONS, HOUSEHOLDS = 12, 6


@dataclass(frozen=True)
class Holder:
    """`since`: the day from which on the office knows it."""

    number: str
    kind: str
    since: date


def holders_of(world: World, office: Office) -> list[Holder]:
    """Those of the office's first month in the demo, in order of the day since when it knows them."""
    home = world
    while home.previous and office.office_key in home.previous.by_key:
        home = home.previous
    first = home.by_key[office.office_key]
    households = [
        Holder(number_of(home, first, f"K{place:03d}"), "household", date.min) for place in range(1, HOUSEHOLDS + 1)
    ]
    rows = islice(registrations(home, first), PERSONS) if tells_of_all(home, first) else steady(home, first)[:PERSONS]
    persons = [Holder(row["volunteer_no"], "person", row["changed_on"]) for row in rows]
    return households + sorted(persons, key=lambda holder: holder.since)


def tells_of_all(world: World, office: Office) -> bool:
    """Whether the office published its volunteers of a day of this month or later: then all of them come from there."""
    return any(
        figure.indicator == "volunteers" and figure.to_day >= world.period.first_day
        for figure in figures_of(world.first_code(office))
    )
