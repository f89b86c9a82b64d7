"""Records of one office and one period, by dataset. A row maps column to typed value; None is empty."""

from demo.records.complete import MAKERS, complete
from demo.records.reviews import make_reviews
from demo.records.row import Row
from demo.records.services import make_services
from demo.records.standing import LISTS
from demo.records.totals import make_totals
from demo.world import World
from rollcall.datasets import asked_of
from rollcall.offices import Office


def make_records(world: World, office: Office) -> dict[str, list[Row]]:
    """Everything that *office* is asked for and did in the period, before any fault of its own."""
    asked = asked_of(office.level, world.period.last_day)
    records = {dataset: complete(world, office, dataset) for dataset in asked if dataset in MAKERS or dataset in LISTS}
    if "services" in asked:
        records["services"] = make_services(world, office, records)
    if "totals" in asked:
        records["totals"] = make_totals(world, office)
    if "reviews" in asked:
        records["reviews"] = make_reviews(world, office)
    return {dataset: records[dataset] for dataset in asked}
