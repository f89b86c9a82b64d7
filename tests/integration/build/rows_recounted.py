"""The rows of the marts against those that count by hand: registers as they stand on a day, and records."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from rollcall.warehouse.connection import connect
from tests.integration.build.recount.findings import Finding, findings
from tests.integration.build.recount.records import Record, event_served, facts
from tests.integration.build.recount.registers import REGISTERS, register
from tests.integration.build.recount.transfers import listed_unmatched
from tests.integration.build.recount.volunteers import server, services_counted, state_on, states
from tests.integration.build.recount.world import World, local_day, month_of
from tests.integration.build.worlds import TURNS

# Of each register: its mart, and what is told of an entry beside its number.
REGISTER_MARTS = {
    "units": (
        "dim_units",
        ("unit_name", "credit_code", "honour_level", "honour_status", "honoured_on", "pool", "alliance_name"),
    ),
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
        found = rows_of(f"select office_key, period, submission_id, source_row, {', '.join(columns)} from marts.{mart}")
        told = [(*lineage(fact), *(fact.row.get(name) for name in columns)) for fact in facts(world, dataset)]
        require_equal(dataset, found, told)
    require_equal("services counted", *services(world))
    require_equal("offices inspected", *offices_inspected(world))
    require_equal("transfers unmatched", *transfers_unmatched(world))
    require_equal("events organised", *events_organised(world))
    require_equal("events served at", *events_served_at(world))
    for shown in (shown_by_row, shown_by_month, shown_once):
        require_equal(f"findings {shown.__name__}", *findings_as(world, shown))
    for day in [*chance.sample(TURNS, DAYS), *(turn - timedelta(days=1) for turn in chance.sample(TURNS, 2))]:
        for dataset in REGISTERS:
            require_equal(f"{dataset} on {day}", *registers(world, dataset, day))
        require_equal(f"registrations on {day}", *registrations(world, day))


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
        for row in (entry.row for entry in register(world, key, dataset, day).values())
    ]
    return found, stands


def registrations(world: World, day: date) -> tuple[Sequence[Any], Sequence[Any]]:
    """Who is registered on a day, in which team, and whether as backbone."""
    found = rows_of(
        "select office_key, volunteer_no, team_no, is_backbone from marts.dim_registrations"
        f" where valid_from <= '{day}' and coalesce(valid_to, '{day}') >= '{day}'"
    )
    stand = {registration: state_on(world, registration, day) for registration in states(world)}
    told = [(*key, state.cells["team_no"], bool(state.cells["is_backbone"])) for key, state in stand.items() if state]
    return found, told


def lineage(fact: Record) -> tuple[Any, ...]:
    """Whose record it is, and which cell of which file says so."""
    return fact.office_key, fact.period, fact.submission, fact.line


def services(world: World) -> tuple[Sequence[Any], Sequence[Any]]:
    """Whose each service is, and whether it is the row that counts."""
    counted = {id(fact) for fact in services_counted(world)}
    found = rows_of(
        "select office_key, period, submission_id, source_row, person_key, is_counted from marts.fct_services"
    )
    told = [(*lineage(fact), server(world, fact), id(fact) in counted) for fact in facts(world, "services")]
    return found, told


def events_organised(world: World) -> tuple[Sequence[Any], Sequence[Any]]:
    """Which rows are their organiser's own: an heir's is that of the office it took over."""
    found = rows_of("select office_key, period, submission_id, source_row, is_organiser from marts.fct_events")
    told = [(*lineage(fact), fact.organiser == fact.office_key) for fact in facts(world, "events")]
    return found, told


def events_served_at(world: World) -> tuple[Sequence[Any], Sequence[Any]]:
    """The month in which the event of each service began; none where no event is known."""
    found = rows_of(
        "select served.office_key, served.period, served.submission_id, served.source_row, began.month"
        " from marts.fct_services as served left join (select event_key,"
        " min(to_char(started_at at time zone 'Asia/Shanghai', 'YYYY-MM')) as month from marts.fct_events group by 1)"
        " as began using (event_key)"
    )
    events = [(fact, event_served(world, fact.organiser, fact.row, fact.period)) for fact in facts(world, "services")]
    told = [(*lineage(fact), month_of(local_day(event.row)) if event else None) for fact, event in events]
    return found, told


Shown = Callable[[Finding], tuple[Any, ...] | None]


def shown_by_row(finding: Finding) -> tuple[Any, ...] | None:
    """What one row of a record tells."""
    shown = (finding.finding, finding.office_key, finding.period, finding.dataset, finding.submission, finding.line)
    return None if finding.finding.endswith(("_lists", "_leader", "_leaders")) else shown


def shown_by_month(finding: Finding) -> tuple[Any, ...] | None:
    """What no one row tells: alliances."""
    shown = (finding.finding, finding.office_key, finding.period, finding.dataset, finding.record_no)
    return shown if finding.finding.endswith(("_leader", "_leaders")) else None


def shown_once(finding: Finding) -> tuple[Any, ...] | None:
    """What holds for a time: entries on two lists."""
    shown = (finding.finding, finding.office_key, finding.dataset, finding.record_no)
    return shown if finding.finding.endswith("_lists") else None


def findings_as(world: World, shown: Shown) -> tuple[Iterable[Any], Iterable[Any]]:
    in_marts = [
        Finding(*row)
        for row in rows_of(
            "select finding, office_key, period, dataset, record_no, submission_id, source_row from marts.rpt_findings"
        )
    ]
    found, told = ([shown(finding) for finding in some if shown(finding)] for some in (in_marts, findings(world)))
    return (set(found), set(told)) if shown is shown_once else (found, told)


def offices_inspected(world: World) -> tuple[Sequence[Any], Sequence[Any]]:
    found = rows_of("select office_key, period, submission_id, source_row, inspected_key from marts.fct_inspections")
    told = [
        (
            *lineage(fact),
            world.office_called(fact.row["inspected_code"], fact.row["inspected_on"], fact.period),
        )
        for fact in facts(world, "inspections")
    ]
    return found, told


def transfers_unmatched(world: World) -> tuple[Sequence[Any], Sequence[Any]]:
    """Each with what the other end states, where it states another amount."""
    found = rows_of(
        "select office_key, period, submission_id, source_row, counterparty_key, amount_yuan, other_amount_yuan"
        " from marts.rpt_unmatched_transfers"
    )
    told = [(*lineage(end.fact), end.other, end.amount, other) for end, other in listed_unmatched(world)]
    return found, told


def require_equal(what: str, found: Iterable[Any], told: Iterable[Any]) -> None:
    marts, recounted = Counter(found), Counter(told)
    more, missing = list((marts - recounted).elements()), list((recounted - marts).elements())
    assert not more, f"{what}: in the marts, but not recounted: {more[:5]}; missing: {missing[:5]}"
    assert not missing, f"{what}: recounted, but not in the marts: {missing[:5]}"


def rows_of(question: str) -> list[tuple[Any, ...]]:
    with connect() as connection:
        return connection.execute(question).fetchall()  # type: ignore[arg-type]
