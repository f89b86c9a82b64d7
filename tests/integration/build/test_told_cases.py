"""What was told to go wrong comes out right: in the marts, and in the recount that random worlds are held against."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from rollcall import build
from rollcall.warehouse.connection import connect
from tests.integration.build.conftest import PERIODS, empty_ledger
from tests.integration.build.random_log import write_registry
from tests.integration.build.records import Offices, expect
from tests.integration.build.recount.figures import figures, from_earlier_lists
from tests.integration.build.recount.findings import findings
from tests.integration.build.recount.flows import FLOWS
from tests.integration.build.recount.records import event_served, facts
from tests.integration.build.recount.transfers import listed_unmatched
from tests.integration.build.recount.trees import History
from tests.integration.build.recount.volunteers import state_on, states
from tests.integration.build.recount.world import World, first_day, last_day, local_day, month_of
from tests.integration.build.told import of_funding, of_records, of_registers, of_volunteers
from tests.integration.build.told.cases import CASES, Case, Right, Told
from tests.integration.build.told.places import Place, history

assert all((of_funding, of_records, of_registers, of_volunteers))  # each adds its cases
PLACES = {told.name: Place(10 * number) for number, told in enumerate(CASES, 1)}
HISTORY: History = history(list(PLACES.values()), [change for told in CASES for change in told.log(PLACES[told.name])])
LATE = date(2099, 12, 31)


def case_of(told: Told) -> Case:
    case = Case(PLACES[told.name])
    told.tell(case)
    return case


@pytest.fixture(scope="module")
def built(marts: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """All cases in one warehouse, each in a city of its own: one build."""
    folder = tmp_path_factory.mktemp("registry")
    write_registry(HISTORY, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROLLCALL_REGISTRY", str(folder))
        empty_ledger()
        ledger = Offices()
        for told in CASES:
            case = case_of(told)
            for period in PERIODS:
                expect(*case.place.offices, period=period)
            case.load(ledger)
        build.build(PERIODS[-1])
        yield


def bounds(right: Right) -> tuple[date | None, date]:
    """From when to when a figure is asked for; a stock only at the end."""
    if right.period == "infinity":
        return None, LATE
    from_date = first_day(right.period) if right.indicator in FLOWS else None
    return from_date, last_day(right.period)


def ask(question: str, *values: object) -> list[tuple]:
    with connect() as warehouse:
        return warehouse.execute(question, values).fetchall()  # type: ignore[arg-type]


def figure_in_marts(right: Right) -> Decimal | None:
    from_date, to_date = bounds(right)
    if right.tree_on:
        rows = ask(
            "select value from marts.figures_on_tree(%s::date, %s, %s::date, %s::date) where office_key = %s",
            right.tree_on, right.indicator, from_date, to_date, right.office_key,
        )  # fmt: skip
    elif right.period == "infinity":
        code = HISTORY.offices[right.office_key].code
        rows = ask("select marts.figure(%s, %s, null, 'infinity')", code, right.indicator)
    else:
        rows = ask(
            "select value from marts.rpt_figures where office_key = %s and indicator = %s and period = %s",
            right.office_key, right.indicator, right.period,
        )  # fmt: skip
    [(value,)] = rows
    return value


def of_case(question: str, case: Case) -> set[tuple]:
    """What a question answers of the offices of a case; all its rows lead with the office."""
    return set(ask(f"select * from ({question}) as asked where office_key = any(%s)", list(case.place.offices)))


@pytest.mark.parametrize("told", CASES, ids=lambda told: told.name)
def test_the_recount_says_what_is_right(told: Told) -> None:
    """Counted by hand, and by the recount, which knows nothing of the models."""
    case = case_of(told)
    world = case.world(HISTORY)
    for right in case.rights:
        counted = figures(world, right.indicator, *bounds(right), right.tree_on).get(right.office_key)
        assert counted == right.value, right
    for indicator, office_key, period, entries in case.earlier:
        assert (from_earlier_lists(world, indicator, last_day(period)) or {})[office_key] == entries, (
            indicator,
            period,
        )
    assert {(one.finding, one.office_key, one.record_no) for one in findings(world)} == case.findings
    if case.unmatched:
        found = {
            (end.office_key, end.fact.row["voucher_no"], end.amount, other) for end, other in listed_unmatched(world)
        }
        assert found == case.unmatched
    if case.registered:
        assert registered_of(world) == case.registered
    if case.served_at:
        assert served_at_of(world) == case.served_at


def registered_of(world: World) -> set[tuple]:
    stand = {key: state_on(world, key, last_day(PERIODS[-1])) for key in states(world)}
    return {(*key, state.cells["team_no"], state.cells["is_backbone"]) for key, state in stand.items() if state}


def served_at_of(world: World) -> set[tuple]:
    found = set()
    for fact in facts(world, "services"):
        event = event_served(world, fact.organiser, fact.row, fact.period)
        month = month_of(local_day(event.row)) if event else None
        found.add((fact.row["event_no"], fact.row["served_on"], month))
    return found


@pytest.mark.parametrize("told", CASES, ids=lambda told: told.name)
def test_the_marts_say_what_is_right(built: None, told: Told) -> None:
    """Also in reports: what is not counted, and transfers whose ends do not agree."""
    case = case_of(told)
    for right in case.rights:
        assert figure_in_marts(right) == right.value, right
    for indicator, office_key, period, entries in case.earlier:
        assert ask(
            "select entries_from_earlier_lists from marts.rpt_figures"
            " where office_key = %s and indicator = %s and period = %s",
            office_key, indicator, period,
        ) == [(entries,)], (indicator, office_key, period)  # fmt: skip
    listed = of_case("select office_key, finding, record_no from marts.rpt_findings", case)
    assert {(finding, key, number) for key, finding, number in listed} == case.findings
    if case.unmatched:
        columns = "office_key, voucher_no, amount_yuan, other_amount_yuan"
        assert of_case(f"select {columns} from marts.rpt_unmatched_transfers", case) == case.unmatched
    if case.registered:
        columns = "office_key, volunteer_no, team_no, is_backbone"
        assert of_case(f"select {columns} from marts.dim_registrations where is_current", case) == case.registered
    if case.served_at:
        assert {row[1:] for row in of_case(SERVED_AT, case)} == case.served_at


SERVED_AT = (
    "select served.office_key, served.event_no, served.served_on, began.month from marts.fct_services as served"
    " left join (select event_key, min(to_char(started_at at time zone 'Asia/Shanghai', 'YYYY-MM')) as month"
    " from marts.fct_events group by 1) as began using (event_key)"
)
