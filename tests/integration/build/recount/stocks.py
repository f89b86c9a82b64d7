"""What stood at the end of a day: each stock of one office, as a number, or as the things to tell apart."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests.integration.build.recount.flows import OTHER_END, Counts, any_row, booking_day, having
from tests.integration.build.recount.world import Record, Row, World, amount_of

ZERO = Decimal(0)
SIGNS = {"budget": 1, "transfer_in": 1, "donation": 1, "transfer_out": -1, "spending": -1}


@dataclass(frozen=True)
class Stock:
    """`own` is what an office has by itself: an amount that adds up, or a set of things that are counted once."""

    dataset: str
    own: Callable[[World, int, date], Decimal | set[Any]]


def is_honoured(row: Row) -> bool:
    return row["honour_level"] != "none" and row.get("honour_status") != "revoked"


def holds(level: str) -> Counts:
    return lambda row: is_honoured(row) and row["honour_level"] == level


def listed(dataset: str, counts: Counts) -> Stock:
    return Stock(
        dataset,
        lambda world, key, day: Decimal(sum(1 for row in world.register(key, dataset, day) if counts(row))),
    )


def site(kind: str) -> Stock:
    return listed("sites", having("site_kind", kind, site_status="active"))


def team(column: str, *values: str, **cells: str) -> Stock:
    return listed("teams", having(column, *values, team_status="active", **cells))


def project(kind: str) -> Stock:
    return listed("projects", having("project_kind", kind, project_status="active"))


def area(world: World, office_key: int, day: date) -> Decimal:
    sites = [row for row in world.register(office_key, "sites", day) if row["site_status"] == "active"]
    return sum((amount_of(row, "area_m2") or ZERO for row in sites), ZERO)


def alliances(world: World, office_key: int, day: date) -> set[Any]:
    found = {(row.get("alliance_kind"), row.get("alliance_name")) for row in world.register(office_key, "units", day)}
    return {(kind, name) for kind, name in found if kind != "none" and name}


def persons_that(counts: Counts) -> Stock:
    def persons(world: World, office_key: int, day: date) -> set[Any]:
        found = set()
        for (key, volunteer_no), changes in world.registrations.items():
            so_far = [change.row for change in changes if change.row["changed_on"] <= day and key == office_key]
            if so_far and so_far[-1]["change"] != "withdrawn" and counts(so_far[-1]):
                found.add(world.person(key, volunteer_no))
        return found

    return Stock("registrations", persons)


def balance(world: World, office_key: int, day: date) -> Decimal:
    return sum(
        (
            SIGNS[fact.row["funding_kind"]] * Decimal(fact.row["amount_yuan"])
            for fact in world.facts("funding")
            if fact.office_key == office_key and booking_day(fact.row) <= day
        ),
        ZERO,
    )


def unmatched_transfers(world: World, day: date) -> list[Record]:
    """Transfers booked by a day whose other end is not: the counterparty's opposite of the same voucher."""
    booked = [
        (fact, fact.row["voucher_no"], fact.row["funding_kind"], world.counterparty(fact))
        for fact in world.facts("funding")
        if fact.row["funding_kind"] in OTHER_END and fact.row["booked_on"] <= day
    ]
    ends = {(voucher, kind, fact.office_key, other) for fact, voucher, kind, other in booked}
    return [
        fact for fact, voucher, kind, other in booked if (voucher, OTHER_END[kind], other, fact.office_key) not in ends
    ]


def unmatched(world: World, office_key: int, day: date) -> Decimal:
    transfers = [fact for fact in unmatched_transfers(world, day) if fact.office_key == office_key]
    return sum((Decimal(fact.row["amount_yuan"]) for fact in transfers), ZERO)


STOCKS: Mapping[str, Stock] = {
    "units": listed("units", is_honoured),
    "units_national": listed("units", holds("national")),
    "units_provincial": listed("units", holds("provincial")),
    "units_municipal": listed("units", holds("municipal")),
    "units_cultivation": listed("units", having("pool", "cultivation")),
    "units_recommendation": listed("units", having("pool", "recommendation")),
    "alliances": Stock("units", alliances),
    "site_centres": site("centre"),
    "site_institutes": site("institute"),
    "site_stations": site("station"),
    "site_points": site("point"),
    "site_bases": site("base"),
    "site_plazas": site("plaza"),
    "site_platforms": site("platform"),
    "site_area_m2": Stock("sites", area),
    "teams": team("team_tier", "corps", "brigade", "detachment", "squad"),
    "team_corps": team("team_tier", "corps"),
    "team_brigades_standing": team("team_tier", "brigade", team_kind="standing"),
    "team_brigades_industry": team("team_tier", "brigade", team_kind="industry"),
    "team_brigades_township": team("team_tier", "brigade", team_kind="township"),
    "team_detachments": team("team_tier", "detachment"),
    "teams_featured": team("team_kind", "featured"),
    "volunteer_organisations": team("team_tier", "organisation"),
    "projects": project("service"),
    "brands": project("brand"),
    "practices": project("practice"),
    "volunteers": persons_that(any_row),
    "volunteers_backbone": persons_that(lambda row: bool(row.get("is_backbone"))),
    "funding_balance_yuan": Stock("funding", balance),
    "funding_unmatched_yuan": Stock("funding", unmatched),
}
