"""What readers see of a build: nothing, and then all of it; and what they can do to one: nothing."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

import psycopg
import pytest

from rollcall import build
from rollcall.build import publication
from rollcall.errors import BuildFailed
from rollcall.warehouse.connection import connect
from tests.integration.build.records import Offices, event, expect, registration, unit
from tests.integration.build.test_build import CHENGGUAN, CODE, LANZHOU, ask, figure
from tests.integration.build.test_incremental_builds import build_everything, snapshot
from tests.integration.build.test_records import service

RELATIONS = """
select format('marts.%I', relname), pg_class.oid, relfilenode
from pg_class where relnamespace = 'marts'::regnamespace and relkind in ('r', 'v') order by 1
"""

TABLES = "select relname, oid::bigint from pg_class where relnamespace = 'marts'::regnamespace and relkind = 'r'"

# Facts, figures, contributions, a view and a function: the same number, in every snapshot.
FIVE_WAYS = f"""
select
    (select count(*) from marts.fct_events),
    (select value::integer from marts.rpt_figures where office_key = 1 and indicator = 'events'),
    (select sum(contribution)::integer from marts.rpt_figure_contributions where indicator = 'events'),
    marts.figure('{CODE[LANZHOU]}', 'events', '2023-07-01', '2023-07-31')::integer,
    (select count(*) - 1 from marts.dim_registrations) + (select count(*) from marts.fct_services)
"""

HANG = """
drop role if exists an_analyst;
create role an_analyst;
create view public.late as select * from marts.rpt_completeness join marts.dim_offices using (office_key);
grant select on marts.fct_events, marts.dim_registrations, reference.offices to an_analyst;
create policy own on marts.fct_events to an_analyst using (office_key = 4);
"""
TAKE_DOWN = """
drop view public.late;
drop policy own on marts.fct_events;
revoke all on marts.fct_events, marts.dim_registrations, reference.offices from an_analyst;
drop role an_analyst;
"""
HANGS = """
select
    (select count(*) > 0 from public.late),
    (select count(*) from pg_policies where policyname = 'own'),
    has_table_privilege('an_analyst', 'marts.fct_events', 'select'),
    has_table_privilege('an_analyst', 'marts.dim_registrations', 'select'),
    has_table_privilege('an_analyst', 'reference.offices', 'select')
"""


def send(events: int, offices: Offices) -> None:
    """城关区 reports that many events, each with a service of its one volunteer."""
    offices.submit(
        CHENGGUAN,
        "2023-07",
        units=[unit(1)],
        registrations=[registration(1, "2023-07-02", "a")],
        events=[event(f"E{number}", CODE[CHENGGUAN], "2023-07-03") for number in range(events)],
        services=[service(1, f"E{number}", CHENGGUAN, "2023-07-03") for number in range(events)],
    )


@contextmanager
def polling(question: str) -> Iterator[list[tuple]]:
    """Ask one question over and over beside what the caller does; yields all answers. An error is raised at the end."""
    answers: list[tuple] = []
    errors: list[psycopg.Error] = []
    ended = threading.Event()

    def poll() -> None:
        try:
            with connect(autocommit=True) as connection:
                connection.execute("set statement_timeout = '10s'")
                while not ended.is_set():
                    answers.append(connection.execute(question).fetchone())  # type: ignore[arg-type]
        except psycopg.Error as error:
            errors.append(error)

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        yield answers
    finally:
        ended.set()
        thread.join()
    assert not errors, errors
    assert len(answers) > 10


@dataclass
class Watched:
    """What was seen through a build in part, a reload of the seeds, and a build of everything."""

    answers: list[tuple] = field(default_factory=list)
    open_reader: list[list[tuple]] = field(default_factory=list)
    relations: list[list[tuple]] = field(default_factory=list)
    hangs: list[tuple] = field(default_factory=list)
    last_figure: object = None


def test_no_build_shows_half_of_itself_or_waits_or_takes_anything_away(empty: str) -> None:
    """
    Others poll, one has read every relation in a transaction that stays open, an analyst has hung things on the marts.

    Through a build in part and one of everything, with the seeds loaded again.
    """
    expect(CHENGGUAN)
    offices, seen = Offices(), Watched()
    send(1, offices)
    build.build("2023-07")
    with connect() as connection:
        connection.execute(HANG)
    try:
        seen.relations.append(ask(RELATIONS))
        with connect() as reader:
            reader.execute("set transaction isolation level repeatable read")
            counts = [f"select count(*) from {name}" for name, *_ in seen.relations[0]]
            counts.append("select count(*) from reference.offices")
            seen.open_reader.append([reader.execute(question).fetchone() for question in counts])  # type: ignore[arg-type]
            with polling(FIVE_WAYS) as seen.answers:
                send(2, offices)
                build.build("2023-07")
                send(3, offices)
                with connect() as connection:
                    connection.execute("delete from ops.dbt_seeds")
                build_everything()
                seen.last_figure = figure(CHENGGUAN, "events")
            seen.open_reader.append([reader.execute(question).fetchone() for question in counts])  # type: ignore[arg-type]
        seen.relations.append(ask(RELATIONS))
        seen.hangs = ask(HANGS)
    finally:
        with connect() as connection:
            connection.execute(TAKE_DOWN)
    assert seen.last_figure == 3
    assert {len(set(answer)) for answer in seen.answers} == {1}, set(seen.answers)
    assert [number for (number, *_) in sorted(set(seen.answers))] == [1, 2, 3]
    assert seen.open_reader[0] == seen.open_reader[1]
    assert seen.relations[0] == seen.relations[1], "a table or a view is another than before"
    assert seen.hangs == [(True, 1, True, True, True)]


@contextmanager
def a_row_lost() -> Iterator[None]:
    """A data test fails: a row is missing from raw. Afterwards it is there again."""
    with connect() as connection:
        connection.execute("create table public.kept as select * from raw.events; delete from raw.events")
    yield
    with connect() as connection:
        connection.execute("insert into raw.events select * from public.kept; drop table public.kept")


@contextmanager
def connection_lost_after(name: str) -> Iterator[None]:
    """The publication's connection goes when it has written one mart."""
    publish_one = publication.publish_one

    def broken_off(connection: psycopg.Connection, relation: publication.Published, *rest: object) -> int:
        rows = publish_one(connection, relation, *rest)  # type: ignore[arg-type]
        if relation.name == name:
            connection.execute("select pg_terminate_backend(pg_backend_pid())")
        return rows

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publication, "publish_one", broken_off)
        yield


@contextmanager
def turn_taken() -> Iterator[None]:
    """Another build takes the turn when dbt has ended: the lock was lost with its connection."""
    require_all_run = build.require_all_run

    def overtaken(run: build.Run) -> None:
        require_all_run(run)
        with connect() as connection:
            connection.execute("update ledger.build_under_way set build_no = build_no + 1")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "require_all_run", overtaken)
        yield


BREAKS: list[tuple[Callable[[], AbstractContextManager[None]], str]] = [
    (a_row_lost, "assert_received_is_accepted_and_held"),
    (lambda: connection_lost_after("fct_services"), "(?s)not published.*terminat"),
    (lambda: connection_lost_after("rpt_claims"), "(?s)not published.*terminat"),
    (turn_taken, "is not the one under way"),
]


def test_a_build_that_fails_anywhere_leaves_readers_where_they_were_and_its_retry_is_right(empty: str) -> None:
    """Persons served, hours and all else; as if the builds that failed had never been."""
    expect(CHENGGUAN)
    offices = Offices()
    send(1, offices)
    build.build("2023-07")
    before, builds = snapshot(), ask("select * from marts.builds")
    send(2, offices)
    for broken, message in BREAKS:
        with broken(), pytest.raises(BuildFailed, match=message):
            build.build("2023-07")
        assert (snapshot(), ask("select * from marts.builds")) == (before, builds), message
    assert not build.build("2023-07").is_full
    assert (figure(CHENGGUAN, "service_hours"), figure(CHENGGUAN, "volunteers_served")) == (5, 1)
    assert snapshot() == build_everything()


def test_only_rows_that_differ_are_written_and_by_no_build_that_was_overtaken(empty: str) -> None:
    """An office sends one dataset again with one event more: its slice's rows (their file is another), and figures."""
    expect(CHENGGUAN)
    offices = Offices()
    send(3, offices)
    build.build("2023-07")
    before = snapshot()
    events = [event(f"E{number}", CODE[CHENGGUAN], "2023-07-03") for number in range(4)]
    offices.submit(CHENGGUAN, "2023-07", events=events)
    with build.under_way() as build_no:
        with connect() as connection:
            connection.execute("update ledger.build_under_way set build_no = build_no + 1")
        with pytest.raises(BuildFailed, match=f"build {build_no} is not the one under way"):
            build.invoke("run", "--select", "fct_events", build_no=build_no)
    assert snapshot() == before

    result = build.build("2023-07")
    differing = sum(
        max(len(set(before[table]) - set(rows)), len(set(rows) - set(before[table])))
        for table, rows in snapshot().items()
    )
    assert 0 < result.written <= 2 * differing
    [(removed,)] = ask(
        "select sum(removed) from ledger.publications where relation = 'marts.rpt_figures'"
        f" and build_no = {result.build_no}"
    )
    assert removed == 0
    assert build.build("2023-07").written == 0


# As an older version left it: a column more, one less, one of another type, another key, a view that is a table now.
OF_BEFORE = """
alter table marts.fct_events drop column title;
alter table marts.fct_events add column gone text not null default 'x';
alter table marts.fct_events alter column attendees type integer;
alter table marts.fct_services drop constraint fct_services_pkey;
alter table marts.fct_services add primary key (submission_id, source_sheet, source_row);
drop table marts.rpt_figure_contributions;
create view marts.rpt_figure_contributions as select 1 as contribution;
truncate ops.dbt_builds;
"""
CONTRACTS = """
select attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull
from pg_attribute join pg_class on attrelid = pg_class.oid
where relnamespace = 'marts'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped
union all
select attrelid::regclass::text, attname, col_description(attrelid, attnum), true
from pg_attribute join pg_class on attrelid = pg_class.oid
where relnamespace = 'marts'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped
union all
select conrelid::regclass::text, conname, pg_get_constraintdef(oid), true
from pg_constraint where connamespace = 'marts'::regnamespace and contype in ('p', 'u')
order by 1, 2, 3
"""


def values_by_name() -> dict[str, list[tuple]]:
    """Every row of every table of marts; columns in no order."""
    return {
        name: ask(f"select to_jsonb(t)::text from marts.{name} as t order by 1")
        for name, _ in ask(TABLES)
        if name != "builds"
    }


def test_marts_of_an_older_version_are_brought_to_their_contracts_as_they_stand(empty: str) -> None:
    """No table is another; what a type or a column keeps others from is named, and readers see what they saw."""
    expect(CHENGGUAN)
    send(2, Offices())
    build.build("2023-07")
    contracts, contents, tables = ask(CONTRACTS), values_by_name(), dict(ask(TABLES))
    with connect() as connection:
        connection.execute(OF_BEFORE)
        connection.execute("create view public.on_what_goes as select gone from marts.fct_events")
    with pytest.raises(BuildFailed, match=r"(?s)not published.*on_what_goes depends on column gone"):
        build.build("2023-07")
    with connect() as connection:
        connection.execute("drop view public.on_what_goes")
    build.build("2023-07")
    assert ask(CONTRACTS) == contracts
    assert values_by_name() == contents
    after = dict(ask(TABLES))
    assert {name for name, oid in after.items() if tables[name] != oid} == {"rpt_figure_contributions"}


def test_functions_of_readers_are_stable_and_bound_to_their_schemas(empty: str) -> None:
    build.build("2023-07")
    assert ask(
        "select proname, provolatile, proparallel, proconfig::text ~ 'search_path=pg_catalog, pg_temp'"
        " from pg_proc where pronamespace = 'marts'::regnamespace order by 1"
    ) == [("figure", "s", "s", True), ("figures_on_tree", "s", "s", True)]
