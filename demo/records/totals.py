"""Totals: what an upper office says of its whole subtree. Most of its claims agree with the records, some do not."""

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from demo.records.complete import complete, of_the_month
from demo.records.row import Row
from demo.world import World
from rollcall.offices import Office

Number = int | Decimal
# How many claims out of a hundred differ, and by how much at most.
DIFFER, BY = 0.15, 0.06


def make_totals(world: World, office: Office) -> list[Row]:
    """
    One claim of each indicator that offices are proud of, for the month or its last day.

    An office errs, and it knows what those below report to it that the warehouse never gets.
    """
    rng = world.rng(office, "totals")
    first, last = world.period.first_day, world.period.last_day
    rows = []
    for indicator, value in sums_below(world, office).items():
        claimed = Decimal(value)
        if rng.random() < DIFFER:
            claimed = round(claimed * Decimal(1 + rng.uniform(-BY, BY)), 2 if indicator in IN_YUAN else 0)
        from_date = None if indicator in STOCKS else first
        rows.append({"indicator": indicator, "from_date": from_date, "to_date": last, "value": claimed})
    return rows


def sums_below(world: World, office: Office) -> dict[str, Number]:
    """Each indicator over the office and all below it."""
    found: dict[str, Number] = {}
    for lower in world.subtree(office):
        for indicator, value in sums_of(world, lower).items():
            found[indicator] = found.get(indicator, 0) + value
    return found


@lru_cache(maxsize=8192)
def sums_of(world: World, office: Office) -> dict[str, Number]:
    """Each indicator of the office's own records of the month. Read only."""
    flows = {dataset: of_the_month(world, office, dataset) for dataset in ("events", "inspections", "role_models")}
    own = [row for row in flows["events"] if row["organiser_code"] == office.code]
    needs = [row for row in of_the_month(world, office, "needs") if row["need_kind"] == "need"]
    spending = [row for row in of_the_month(world, office, "funding") if row["funding_kind"] == "spending"]
    return {
        "events": len(own),
        "event_attendees": total(own, "attendees"),
        "event_volunteers": total(own, "volunteers"),
        "event_beneficiaries": total(own, "beneficiaries"),
        "needs": len(needs),
        "inspections": len(flows["inspections"]),
        "problems_resolved": total(flows["inspections"], "problems_resolved"),
        "role_models": len(flows["role_models"]),
        "funding_spent_yuan": total(spending, "amount_yuan"),
        **{
            indicator: sum(counts(row) for row in complete(world, office, dataset))
            for indicator, (dataset, counts) in STOCKS.items()
        },
    }


def total(rows: list[Row], column: str) -> Number:
    return sum(row[column] or 0 for row in rows)


def is_team(row: Row) -> bool:
    return bool(row["team_status"] == "active" and row["team_tier"] != "organisation")


def is_station(row: Row) -> bool:
    return bool(row["site_status"] == "active" and row["site_kind"] == "station")


STOCKS: dict[str, tuple[str, Callable[[Row], bool]]] = {
    "site_stations": ("sites", is_station),
    "teams": ("teams", is_team),
}
IN_YUAN = frozenset({"funding_spent_yuan"})
