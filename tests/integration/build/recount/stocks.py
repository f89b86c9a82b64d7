"""What stood at the end of a day: each stock of one office, as a number, or as the things to tell apart."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests.integration.build.recount.flows import Counts, any_row, booking_day, having
from tests.integration.build.recount.records import facts
from tests.integration.build.recount.registers import register
from tests.integration.build.recount.transfers import unmatched_of
from tests.integration.build.recount.volunteers import person, state_on, states
from tests.integration.build.recount.world import Row, World, amount_of

ZERO = Decimal(0)
SIGNS = {"budget": 1, "transfer_in": 1, "donation": 1, "transfer_out": -1, "spending": -1}


@dataclass(frozen=True)
class Thing:
    """What is counted once, however many offices have it. `heir`: the one it is with since its office was split."""

    what: Any
    heir: int | None = None


@dataclass(frozen=True)
class Stock:
    """
    `own` is what an office has by itself: an amount that adds up, or a set of things that are counted once.

    `count` says how many several offices' things are. `entries` says which entries of a register it counts.
    """

    dataset: str
    own: Callable[[World, int, date], Decimal | set[Thing]]
    entries: Counts | None = None
    count: Callable[[Iterable[Any]], int] = lambda things: len(set(things))


def rows_of(world: World, office_key: int, dataset: str, day: date, counts: Counts) -> list[Row]:
    return [entry.row for entry in register(world, office_key, dataset, day).values() if counts(entry.row)]


def is_honoured(row: Row) -> bool:
    return row["honour_level"] != "none" and row.get("honour_status") not in ("revoked", "applying")


def holds(level: str) -> Counts:
    return lambda row: is_honoured(row) and row["honour_level"] == level


def units(counts: Counts) -> Stock:
    """Known by their credit code; without one, by their entry."""

    def own(world: World, office_key: int, day: date) -> set[Thing]:
        rows = rows_of(world, office_key, "units", day, counts)
        return {Thing(row.get("credit_code") or (office_key, row["unit_no"])) for row in rows}

    return Stock("units", own, counts)


def listed(dataset: str, counts: Counts) -> Stock:
    return Stock(dataset, lambda world, key, day: Decimal(len(rows_of(world, key, dataset, day, counts))), counts)


def site(kind: str) -> Stock:
    return listed("sites", having("site_kind", kind, site_status="active"))


def team(column: str, *values: str, **cells: str) -> Stock:
    return listed("teams", having(column, *values, team_status="active", **cells))


def project(kind: str) -> Stock:
    return listed("projects", having("project_kind", kind, project_status="active"))


def area(world: World, office_key: int, day: date) -> Decimal:
    sites = rows_of(world, office_key, "sites", day, is_active_site)
    return sum((amount_of(row, "area_m2") or ZERO for row in sites), ZERO)


is_active_site = having("site_status", "active")


def is_allied(row: Row) -> bool:
    """Chosen: a unit of the kind 无 is in no alliance, whatever name stands beside it."""
    return bool(row.get("alliance_name")) and row.get("alliance_kind") != "none"


def alliances(world: World, office_key: int, day: date) -> set[Thing]:
    rows = rows_of(world, office_key, "units", day, is_allied)
    return {Thing((row.get("alliance_kind"), row["alliance_name"])) for row in rows}


def alliances_among(found: Iterable[Any]) -> int:
    """A blank kind is that of another member of that name; where no member says it, the name alone is an alliance."""
    kinds: dict[str, set[str]] = {}
    for kind, name in found:
        kinds.setdefault(name, set()).update([kind] if kind else [])
    return sum(len(said) or 1 for said in kinds.values())


def persons_that(counts: Callable[[Mapping[str, Any]], bool]) -> Stock:
    def persons(world: World, office_key: int, day: date) -> set[Thing]:
        found = set()
        for registration in states(world):
            state = state_on(world, registration, day) if registration[0] == office_key else None
            if state and counts(state.cells):
                found.add(Thing(person(world, *registration), state.heir))
        return found

    return Stock("registrations", persons)


def balance(world: World, office_key: int, day: date) -> Decimal:
    return sum(
        (
            SIGNS[fact.row["funding_kind"]] * Decimal(fact.row["amount_yuan"])
            for fact in facts(world, "funding")
            if fact.office_key == office_key and booking_day(fact.row) <= day
        ),
        ZERO,
    )


STOCKS: Mapping[str, Stock] = {
    "units": units(is_honoured),
    "units_national": units(holds("national")),
    "units_provincial": units(holds("provincial")),
    "units_municipal": units(holds("municipal")),
    "units_cultivation": units(having("pool", "cultivation")),
    "units_recommendation": units(having("pool", "recommendation")),
    "alliances": Stock("units", alliances, is_allied, alliances_among),
    "site_centres": site("centre"),
    "site_institutes": site("institute"),
    "site_stations": site("station"),
    "site_points": site("point"),
    "site_bases": site("base"),
    "site_plazas": site("plaza"),
    "site_platforms": site("platform"),
    "site_area_m2": Stock("sites", area, is_active_site),
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
    "funding_unmatched_yuan": Stock("funding", unmatched_of),
}
