"""Records of one office and one period, by dataset. A row maps column to typed value; None is empty."""

from demo.records.events import make_events
from demo.records.funding import make_funding
from demo.records.registrations import make_registrations
from demo.records.row import Row
from demo.records.units import make_units
from demo.world import World
from rollcall.offices import Office

MAKERS = {
    "units": make_units,
    "registrations": make_registrations,
    "events": make_events,
    "funding": make_funding,
}


def make_records(world: World, office: Office) -> dict[str, list[Row]]:
    """Everything that *office* did in the period, before any fault of its own."""
    return {dataset: make(world, office) for dataset, make in MAKERS.items()}
