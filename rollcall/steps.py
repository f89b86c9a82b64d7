"""What Airflow's tasks call, one function a task. Light to import: what is heavy is imported inside."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from rollcall.periods import Period
from rollcall.settings import load_settings


def periods_of(dag_run: Any, params: Mapping[str, Any]) -> list[Period]:
    """
    The periods a run is for: its partition key, else its `period` param, else those still open.

    Open are the month before the run and the ones before it, as many as ROLLCALL_OPEN_PERIODS says, newest first.
    A backfilled day counts from that day.
    """
    given = getattr(dag_run, "partition_key", None) or params.get("period")
    if given:
        return [Period.parse(given)]
    last = Period.containing(dag_run.logical_date or dag_run.run_after).shift(-1)
    return [last.shift(-back) for back in range(load_settings().open_periods)]


def plan(periods: list[Period]) -> list[dict[str, Any]]:
    """
    Note what is expected of whom, and cut the offices into chunks, each for one mapped task.

    A chunk asks its offices for all *periods*: what an office has of a run is one turn. Returns chunks of names only:
    `{"name", "periods", "office_keys"}`.
    """
    from rollcall.collect.record import expect
    from rollcall.offices import called_on, read_registry
    from rollcall.warehouse.connection import connect

    settings = load_settings()
    registry = read_registry(settings.registry)
    names: dict[int, str] = {}
    for period in periods:
        offices = called_on(registry, period.last_day)
        with connect() as connection:
            expect(connection, period, registry, period.due_at(settings.deadline_day))
        for office in offices:
            names.setdefault(office.office_key, office.name)
    keys, months = sorted(names), [str(period) for period in periods]
    chunks = []
    for start in range(0, len(keys), settings.chunk_offices):
        chunk = keys[start : start + settings.chunk_offices]
        name = f"{', '.join(months)} {names[chunk[0]]}–{names[chunk[-1]]}"
        chunks.append({"name": name, "periods": months, "office_keys": chunk})
    return chunks


def collect(periods: list[str], office_keys: list[int], run_id: str) -> None:
    """
    Ask a chunk's offices and land what is new. An office's trouble is a line in the ledger, and never raised.

    The time noted for each period is that of all: an office is asked for one after the other.
    """
    from rollcall.collect import chunk
    from rollcall.offices import called_on, read_registry
    from rollcall.stopwatch import Stopwatch

    settings, wanted = load_settings(), set(office_keys)
    registry = read_registry(settings.registry)
    called = {
        month: [office for office in called_on(registry, month.last_day) if office.office_key in wanted]
        for month in map(Period.parse, periods)
    }
    with ExitStack() as watches:
        steps = {month: watches.enter_context(Stopwatch(month, run_id).step("collect")) for month in called}
        for month, answers in chunk.collect(called, settings).items():
            steps[month].rows = sum(len(answer.landed) for answer in answers)


def announce(periods: Sequence[Period | str]) -> dict[str, dict[str, int]]:
    """What is known of each period that is announced: how many offices answered, files landed, files wait."""
    from rollcall.collect.record import counts_of
    from rollcall.warehouse.connection import connect

    with connect() as connection:
        return {str(period): counts_of(connection, str(period)) for period in periods}


def find_waiting() -> list[str]:
    """The periods of which something has landed that no run of `build_marts` has begun to judge since; oldest first."""
    from rollcall.collect.record import waiting
    from rollcall.warehouse.connection import connect

    with connect() as connection:
        return waiting(connection)


def load(period: Period, run_id: str) -> None:
    """Read, judge and load what has landed for *period*. What is expected of whom follows the registry of now."""
    from rollcall.collect.record import expect
    from rollcall.load import period as loading
    from rollcall.offices import read_registry
    from rollcall.stopwatch import Stopwatch
    from rollcall.warehouse.connection import connect

    settings, watch = load_settings(), Stopwatch(period, run_id)
    with connect() as connection:
        expect(connection, period, read_registry(settings.registry), period.due_at(settings.deadline_day))
    with watch.step("load") as step:
        loaded = loading.load(period, settings, watch)
        step.rows = loaded.accepted + loaded.held


def require_all_judged(period: Period) -> None:
    """Fail the run, at its end, over files that could not be read through a fault of ours."""
    from rollcall.load import period as loading

    loading.require_all_judged(period)


def send_receipts(period: Period, run_id: str) -> None:
    """Tell every office what became of its submissions. One that cannot be reached is told at the next run."""
    from rollcall.collect.chunk import address_book
    from rollcall.errors import RegistryBroken
    from rollcall.land import Landing
    from rollcall.offices import Office, last_known, read_registry
    from rollcall.receipts.send import send_pending
    from rollcall.stopwatch import Stopwatch
    from rollcall.warehouse.connection import connect

    settings = load_settings()
    # one that ended before the period's last day is told so where it was last known
    offices = last_known(read_registry(settings.registry), period.last_day)
    address_of = address_book(settings)

    def office_of(key: int) -> Office:
        if key not in offices:
            raise RegistryBroken(f"by the registry there is no office with key {key}: put back its line of offices.csv")
        return offices[key]

    with Stopwatch(period, run_id).step("send_receipts") as step:
        sent = send_pending(
            connect,
            str(period),
            lambda key: address_of(office_of(key)),
            lambda key: office_of(key).code,
            Landing(settings.landing_url).get,
            settings,
        )
        step.rows = sent.sent


def build(period: Period, run_id: str) -> dict[str, int]:
    """Bring the marts up to date with what was accepted, and test them. Returns counts of what was built."""
    from rollcall import build as building
    from rollcall.stopwatch import Stopwatch

    with Stopwatch(period, run_id).step("build") as step:
        result = building.build(str(period))
        step.rows = result.written
        step.detail = {"dbt_seconds": result.seconds, "nodes": result.nodes, "build_no": result.build_no}
    return {"build_no": result.build_no, "slices": result.slices, "rows_written": result.written}
