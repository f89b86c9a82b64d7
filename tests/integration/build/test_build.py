"""What a build brings, notes, refuses, and leaves alone."""

import json
import threading
from decimal import Decimal

import psycopg
import pytest

from rollcall import build
from rollcall.errors import BuildFailed
from rollcall.warehouse.connection import connect
from tests.integration.build.records import Offices, event, expect, registration, unit, voucher
from tests.integration.build.test_incremental_builds import snapshot

GANSU, LANZHOU, CHENGGUAN, QILIHE, JIUQUANLU, ZHANGYELU = 1, 2, 4, 5, 6, 7
CODE = {CHENGGUAN: "620102000000", JIUQUANLU: "620102001000", LANZHOU: "620100000000"}


def ask(question: str) -> list[tuple]:
    with connect() as connection:
        return connection.execute(question).fetchall()  # type: ignore[arg-type]


def figure(office_key: int, indicator: str, period: str = "2023-07") -> Decimal | None:
    rows = ask(
        f"select value from marts.rpt_figures where office_key = {office_key}"
        f" and indicator = '{indicator}' and period = '{period}'"
    )
    assert len(rows) == 1, (office_key, indicator, period)
    return rows[0][0]


def send_a_month(offices: Offices) -> None:
    """城关区 (4) and its street 酒泉路 (6) report; 张掖路 (7) sends what cannot be read, 七里河区 (5) nothing."""
    expect(GANSU, LANZHOU, CHENGGUAN, QILIHE, JIUQUANLU, ZHANGYELU)
    offices.submit(
        CHENGGUAN,
        "2023-07",
        units=[unit(1, honour_level="national"), unit(2)],
        registrations=[registration(1, "2023-07-02", "a"), registration(2, "2022-03-02", "b", is_backbone=True)],
        events=[event("E1", CODE[CHENGGUAN], "2023-07-31", attendees=30)],
        funding=[
            voucher("T1", "transfer_out", "7.50", "2023-07-03", CODE[JIUQUANLU]),
            voucher("T2", "transfer_in", "9.00", "2023-07-03", CODE[LANZHOU]),
        ],
    )
    offices.submit(
        JIUQUANLU,
        "2023-07",
        held=1,
        units=[],
        registrations=[registration(1, "2023-07-05", "a"), registration(2, "2023-07-05", "c", "withdrawn")],
        events=[event("E1", CODE[CHENGGUAN], "2023-07-31", attendees=30)],
        funding=[voucher("T1", "transfer_in", "7.50", "2023-07-04", CODE[CHENGGUAN])],
    )
    offices.send_unusable(ZHANGYELU, "2023-07", "文件已加密，请去掉密码后重新报送。")


def test_a_month_counts_each_thing_once_at_every_level(empty: str) -> None:
    """Events at the organiser, transfers netted, persons distinct, an outage empty, an empty list zero."""
    send_a_month(Offices())
    build.build("2023-07")

    assert [figure(key, "units_national") for key in (JIUQUANLU, CHENGGUAN, GANSU, QILIHE)] == [0, 1, 1, None]
    assert [figure(key, "volunteers") for key in (JIUQUANLU, CHENGGUAN, LANZHOU, GANSU)] == [1, 2, 2, 2]
    assert figure(GANSU, "volunteers_backbone") == 1
    assert [figure(key, "events") for key in (JIUQUANLU, CHENGGUAN, GANSU)] == [0, 1, 1]
    assert figure(GANSU, "event_attendees") == 30
    # 7.50 the district paid to its own street; 9.00 comes from the city into it
    assert [figure(key, "funding_in_yuan") for key in (JIUQUANLU, CHENGGUAN, LANZHOU)] == [Decimal("7.50"), 9, 0]
    assert [figure(key, "funding_out_yuan") for key in (CHENGGUAN, LANZHOU)] == [Decimal("7.50"), 0]
    assert [figure(key, "funding_unmatched_yuan") for key in (CHENGGUAN, GANSU)] == [9, 9]
    assert figure(GANSU, "funding_balance_yuan") == 9
    assert ask(
        "select slices_expected, slices_accepted from marts.rpt_figures"
        " where office_key = 1 and indicator = 'events' and period = '2023-07'"
    ) == [(6, 2)]
    assert ask(
        "select office_key, status, rows_held from marts.fct_submissions where dataset = 'events' order by 1"
    ) == [
        (GANSU, "missing", 0),
        (LANZHOU, "missing", 0),
        (CHENGGUAN, "accepted", 0),
        (QILIHE, "missing", 0),
        (JIUQUANLU, "partly_accepted", 1),
        (ZHANGYELU, "turned_away", 0),
    ]
    assert ask(
        "select full_name, county_key, city_name from marts.dim_offices where office_key in (8, 9) order by 1"
    ) == [
        ("甘肃省兰州市中川新镇", None, "兰州市"),
        ("甘肃省嘉峪关市雄关街道", None, "嘉峪关市"),
    ]


def test_building_again_changes_nothing_and_marks_what_was_built(empty: str) -> None:
    offices = Offices()
    send_a_month(offices)
    first = build.build("2023-07")
    before = snapshot()
    assert (first.is_full, first.slices) == (True, 8)
    assert ask("select count(*) from ledger.slices where built_submission_id is distinct from submission_id") == [(0,)]

    again = build.build("2023-07")
    assert (again.is_full, again.slices) == (False, 0)
    assert snapshot() == before

    offices.submit(CHENGGUAN, "2023-07", events=[])
    assert build.build("2023-07").slices == 1
    assert (figure(CHENGGUAN, "events"), figure(GANSU, "units_national")) == (0, 1)
    assert ask("select count(*) from marts.fct_events where office_key = 4") == [(0,)]
    assert ask("select count(*) from ledger.slices_to_build") == [(0,)]


def test_readers_may_select_from_marts_and_reference_only(empty: str) -> None:
    build.build("2023-07")
    privileges = ask(
        "select distinct table_schema, privilege_type from information_schema.role_table_grants"
        " where grantee = 'rollcall_read' order by 1"
    )
    assert privileges == [("marts", "SELECT"), ("reference", "SELECT")]
    unreadable = ask(
        "select tablename from pg_tables where schemaname in ('marts', 'reference')"
        " and not has_table_privilege('rollcall_read', format('%I.%I', schemaname, tablename), 'select')"
    )
    assert unreadable == []
    comments = ask(
        "select count(*) filter (where col_description(attrelid, attnum) is null), count(*) from pg_attribute"
        " join pg_class on attrelid = pg_class.oid where relnamespace = 'marts'::regnamespace and relkind = 'r'"
        " and attnum > 0 and not attisdropped"
    )
    assert comments[0][0] == 0
    assert comments[0][1] > 100


def test_a_lost_row_fails_the_build_and_stays_to_be_built(empty: str) -> None:
    """Received is accepted and held: a row missing from raw is named by the test, and nothing is marked as built."""
    offices = Offices()
    submission = offices.submit(CHENGGUAN, "2023-07", events=[event("E1", CODE[CHENGGUAN], "2023-07-01")])
    expect(CHENGGUAN)
    with connect() as connection:
        connection.execute("delete from raw.events where _submission_id = %s", [submission])
    with pytest.raises(BuildFailed, match="assert_received_is_accepted_and_held"):
        build.build("2023-07")
    assert ask("select built_submission_id from ledger.slices") == [(None,)]
    assert ask("select count(*) > 0 from ops.dbt_results where status = 'fail'") == [(True,)]
    offices.submit(CHENGGUAN, "2023-07", events=[])
    with connect() as connection:  # the verdict on the lost rows is put right by hand
        connection.execute("update ledger.verdicts set received = 0, accepted = 0")
    build.build("2023-07")
    assert ask("select built_submission_id = submission_id from ledger.slices") == [(True,)]


def test_a_selection_that_matches_nothing_is_a_failure(marts: str) -> None:
    """dbt calls it a success."""
    run = build.invoke("build", "--select", "no_such_model")
    with pytest.raises(BuildFailed, match="rpt_figures"):
        build.require_all_run(run)


def test_a_command_that_fails_says_so(marts: str) -> None:
    with pytest.raises(BuildFailed, match="no_such_command"):
        build.run_dbt("no_such_command")


def test_a_second_build_waits_for_the_first(marts: str) -> None:
    entered = threading.Event()

    def second() -> None:
        with build.under_way():
            entered.set()

    with build.under_way():
        thread = threading.Thread(target=second)
        thread.start()
        assert not entered.wait(0.5)
    assert entered.wait(10)
    thread.join()


def test_every_unit_test_of_the_project_passes(empty: str) -> None:
    build.build("2023-07")
    build.run_dbt("test", "--select", "test_type:unit")
    [(passed,)] = ask(
        "select count(*) from ops.dbt_results where node like 'unit_test.%' and status = 'pass'"
        " and invocation_id = (select invocation_id from ops.dbt_results where node like 'unit_test.%'"
        " order by finished_at desc limit 1)"
    )
    assert passed > 10


def test_what_a_build_leaves_in_the_environment_is_nothing(marts: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password handed to dbt must not reach the next child process."""
    import os

    before = json.dumps(dict(os.environ), sort_keys=True)
    build.invoke("ls", "--resource-type", "model")
    assert json.dumps(dict(os.environ), sort_keys=True) == before


def test_snapshot_names_only_what_changed(empty: str) -> None:
    """Another month's slice is brought along only where it speaks of the same record."""
    offices = Offices()
    for period in ("2023-06", "2023-07"):
        expect(CHENGGUAN, period=period)
    offices.submit(CHENGGUAN, "2023-06", events=[event("E1", CODE[CHENGGUAN], "2023-06-01")], units=[unit(1)])
    offices.submit(CHENGGUAN, "2023-07", events=[event("E2", CODE[CHENGGUAN], "2023-07-01")])
    build.build("2023-07")
    offices.submit(CHENGGUAN, "2023-07", events=[event("E3", CODE[CHENGGUAN], "2023-07-01")])
    with connect() as connection:
        assert build.fix_slices(connection, is_full=False) == 1
    offices.submit(CHENGGUAN, "2023-07", events=[event("E1", CODE[CHENGGUAN], "2023-06-01", attendees=4)])
    with connect() as connection:
        assert build.fix_slices(connection, is_full=False) == 2
    build.build("2023-07")
    assert ask("select period, attendees from marts.fct_events") == [("2023-07", 4)]
    assert figure(CHENGGUAN, "events", "2023-06") == 1


def test_refuses_a_warehouse_it_cannot_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_WAREHOUSE_URL", "postgresql://nobody:x@127.0.0.1:1/none")
    with pytest.raises(psycopg.OperationalError):
        build.build("2023-07")
