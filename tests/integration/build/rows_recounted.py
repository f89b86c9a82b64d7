"""The rows of the marts against those that count by hand: registers as they stand on a day, and records."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from rollcall.warehouse.connection import connect
from tests.integration.build.recount.stocks import unmatched_transfers
from tests.integration.build.recount.world import REGISTERS, World
from tests.integration.build.worlds import TURNS

# Of each register: its mart, and what is told of an entry beside its number.
REGISTER_MARTS = {
    "units": ("dim_units", ("unit_name", "honour_level", "honour_status", "honoured_on", "pool", "alliance_name")),
    "sites": ("dim_sites", ("site_name", "site_kind", "opened_on", "is_shared", "site_status")),
    "teams": ("dim_teams", ("team_name", "team_tier", "team_kind", "registered_on", "team_status")),
    "projects": ("dim_projects", ("project_kind", "started_on", "award_level", "project_status")),
}
# Of each dataset of records: its mart, and the columns that it keeps as they were reported.
RECORD_MARTS = {
    "registrations": ("fct_registrations", ("volunteer_no", "changed_on", "change")),
    "events": ("fct_events", ("event_no", "organiser_code", "event_kind", "theme", "attendees")),
    "services": ("fct_services", ("volunteer_no", "event_no", "organiser_code", "served_on")),
    "needs": ("fct_needs", ("need_no", "need_kind", "raised_on", "finished_on", "need_status", "rating")),
    "funding": ("fct_funding", ("voucher_no", "funding_kind", "booked_on", "budget_year", "purpose")),
    "inspections": ("fct_inspections", ("inspection_no", "inspected_on", "inspected_code", "problems_resolved")),
    "role_models": ("fct_role_models", ("model_no", "model_kind", "honour_level", "selected_on")),
    "points": ("fct_points", ("entry_no", "reason", "booked_on")),
    "totals": ("fct_totals", ("indicator", "from_date", "to_date")),
    "reviews": ("fct_reviews", ("reviewed_code", "dataset", "reviewed_period", "revision", "decision", "reviewed_on")),
}
DAYS = 6  # on which the registers are looked at


def require_rows(world: World, chance: Random) -> None:
    for dataset, (mart, columns) in RECORD_MARTS.items():
        found = rows_of(f"select office_key, period, {', '.join(columns)} from marts.{mart}")
        told = [(f.office_key, f.period, *(f.row.get(name) for name in columns)) for f in world.facts(dataset)]
        require_equal(dataset, found, told)
    require_equal("services counted", *services(world))
    require_equal("offices inspected", *offices_inspected(world))
    require_equal("transfers unmatched", *transfers_unmatched(world))
    for day in [*chance.sample(TURNS, DAYS), *(turn - timedelta(days=1) for turn in chance.sample(TURNS, 2))]:
        for dataset in REGISTERS:
            require_equal(f"{dataset} on {day}", *registers(world, dataset, day))


def registers(world: World, dataset: str, day: date) -> tuple[Sequence[Any], Sequence[Any]]:
    mart, columns = REGISTER_MARTS[dataset]
    names = (REGISTERS[dataset][0], *columns)
    found = rows_of(
        f"select office_key, {', '.join(names)} from marts.{mart}"
        f" where valid_from <= '{day}' and coalesce(valid_to, '{day}') >= '{day}'"
    )
    stands = [
        (key, *(row.get(name) for name in names))
        for key in world.history.offices
        for row in world.register(key, dataset, day)
    ]
    return found, stands


def services(world: World) -> tuple[Sequence[Any], Sequence[Any]]:
    """Whose each service is, and whether it is the row that counts."""
    counted = {id(fact) for fact in world.services_counted}
    found = rows_of(
        "select office_key, volunteer_no, event_no, served_on, person_key, is_counted from marts.fct_services"
    )
    told = [
        (
            fact.office_key, *(fact.row[name] for name in ("volunteer_no", "event_no", "served_on")),
            world.server(fact), id(fact) in counted,
        )
        for fact in world.facts("services")
    ]  # fmt: skip
    return found, told


def offices_inspected(world: World) -> tuple[Sequence[Any], Sequence[Any]]:
    found = rows_of("select office_key, inspection_no, inspected_key from marts.fct_inspections")
    told = [
        (
            fact.office_key,
            fact.row["inspection_no"],
            world.office_called(fact.row["inspected_code"], fact.row["inspected_on"], fact.period),
        )
        for fact in world.facts("inspections")
    ]
    return found, told


def transfers_unmatched(world: World) -> tuple[Sequence[Any], Sequence[Any]]:
    found = rows_of("select office_key, voucher_no, funding_kind, counterparty_key from marts.rpt_unmatched_transfers")
    told = [
        (fact.office_key, fact.row["voucher_no"], fact.row["funding_kind"], world.counterparty(fact))
        for fact in unmatched_transfers(world, date.max)
    ]
    return found, told


def require_equal(what: str, found: Iterable[Any], told: Iterable[Any]) -> None:
    marts, recounted = Counter(found), Counter(told)
    more, missing = list((marts - recounted).elements()), list((recounted - marts).elements())
    assert not more, f"{what}: in the marts, but not recounted: {more[:5]}; missing: {missing[:5]}"
    assert not missing, f"{what}: recounted, but not in the marts: {missing[:5]}"


def rows_of(question: str) -> list[tuple[Any, ...]]:
    with connect() as connection:
        return connection.execute(question).fetchall()  # type: ignore[arg-type]
