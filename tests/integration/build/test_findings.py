"""What is not counted, or counted with a doubt, stands in a report that names office, record and reason."""

import re
from collections import Counter
from typing import Any

from rollcall import build, settings
from rollcall.warehouse.connection import connect
from tests.integration.build.conftest import as_readers_see
from tests.integration.build.records import Offices, event, expect, registration, unit
from tests.integration.build.test_records import CODE, NOWHERE, need, points, service
from tests.integration.build.test_registers import entry

GANSU, LANZHOU, CHENGGUAN, JIUQUANLU, ZHANGYELU = 1, 2, 4, 6, 7
MAY, JULY = "2023-05", "2023-07"


def ask(question: str) -> list[tuple[Any, ...]]:
    with connect() as connection:
        return connection.execute(question).fetchall()  # type: ignore[arg-type]


def findings(condition: str = "true") -> Counter[tuple[Any, ...]]:
    rows = ask(f"select finding, office_key, period, dataset, record_no from marts.rpt_findings where {condition}")
    return Counter(rows)


def send_what_joins_nothing(offices: Offices) -> None:
    """Of each kind one that is found and one that is not; the team D9 stood in May only."""
    offices.submit(CHENGGUAN, MAY, teams=[entry("teams", "D1"), entry("teams", "D9")])
    offices.submit(
        CHENGGUAN,
        JULY,
        teams=[entry("teams", "D1")],
        sites=[entry("sites", "S1")],
        projects=[entry("projects", "P1")],
        registrations=[
            registration(1, "2023-07-01", "a", team_no="D1"),
            registration(2, "2023-07-01", "b", team_no="D9"),
            registration(3, "2023-07-01", "c", team_no="无"),
        ],
        events=[
            event("E1", CODE[CHENGGUAN], "2023-07-02", team_no="D1", site_no="S1", project_no="P1"),
            event("E2", CODE[CHENGGUAN], "2023-07-02", team_no="D9", site_no="S9", project_no="P9"),
            event("E3", NOWHERE, "2023-07-02", team_no="D9"),
        ],
        needs=[need("N1", "2023-07-02", team_no="D1"), need("N2", "2023-07-02", team_no="D9")],
        services=[
            service(1, "E1", CHENGGUAN, "2023-07-02"),
            service(1, "E7", CHENGGUAN, "2023-07-03"),
            service(9, "E1", CHENGGUAN, "2023-07-02"),
        ],
        points=[
            points("L1", "5", "2023-07-02", holder_no="V1", holder_kind="person"),
            points("L2", "-3", "2023-07-03", holder_no="V1", holder_kind="person"),
            points("L3", "-3", "2023-07-04", holder_no="V1", holder_kind="person"),
            points("L4", "-1", "2023-07-05", holder_no="V9", holder_kind="person", reason="expired"),
            points("L5", "2", "2023-07-05", holder_no="H1"),
        ],
    )
    offices.submit(
        JIUQUANLU,
        JULY,
        events=[event("E1", CODE[CHENGGUAN], "2023-07-02"), event("E4", CODE[CHENGGUAN], "2023-07-02", team_no="D9")],
    )


def test_what_joins_nothing_is_listed(empty: str) -> None:
    """And what does join is not; the organiser's own word takes the participant's off the list, or puts it on."""
    offices = Offices()
    expect(GANSU, CHENGGUAN, JIUQUANLU)
    send_what_joins_nothing(offices)
    build.build(JULY)
    assert findings() == Counter(
        (finding, office_key, JULY, dataset, number)
        for finding, office_key, dataset, number in [
            ("event_of_participant_only", CHENGGUAN, "events", "E3"),
            ("event_of_participant_only", JIUQUANLU, "events", "E4"),
            ("team_unknown", CHENGGUAN, "events", "E2"),
            ("team_unknown", CHENGGUAN, "needs", "N2"),
            ("team_unknown", CHENGGUAN, "registrations", "V2"),
            ("site_unknown", CHENGGUAN, "events", "E2"),
            ("project_unknown", CHENGGUAN, "events", "E2"),
            ("event_unknown", CHENGGUAN, "services", "E7"),
            ("volunteer_unknown", CHENGGUAN, "services", "V9"),
            ("volunteer_unknown", CHENGGUAN, "points", "L4"),
            ("points_over_balance", CHENGGUAN, "points", "L3"),
        ]
    )
    assert ask(
        "select indicator, value from marts.rpt_figures where office_key = 1 and period = '2023-07'"
        " and indicator in ('events', 'service_hours', 'points_redeemed') order by 1"
    ) == [("events", 2), ("points_redeemed", 6), ("service_hours", 7.5)]
    [(reason, sheet, row)] = ask(
        "select reason, source_sheet, source_row from marts.rpt_findings where record_no = 'E4'"
    )
    assert "E4" in reason
    assert CODE[CHENGGUAN] in reason
    assert (sheet, row) == ("表", 3)

    offices.submit(CHENGGUAN, JULY, events=[event("E4", CODE[CHENGGUAN], "2023-07-02")])
    assert not build.build(JULY).is_full
    assert [key[4] for key in findings("finding = 'event_of_participant_only'")] == ["E1"]
    assert sorted(key[4] for key in findings("finding = 'event_unknown'")) == ["E7"]


def test_alliances_without_one_leader_and_entries_on_two_lists_are_listed(empty: str) -> None:
    """An alliance is led by a unit of any list of its province; entries look the same in whatever width and case."""
    offices = Offices()
    expect(GANSU, LANZHOU, CHENGGUAN, JIUQUANLU)
    of = {"alliance_kind": "county", "leads_alliance": False}
    offices.submit(
        CHENGGUAN,
        JULY,
        units=[
            unit(1, **of, alliance_name="甲"),
            unit(2, **of, alliance_name="乙"),
            unit(3, **(of | {"leads_alliance": True}), alliance_name="丙"),
            unit(4, alliance_kind="none", alliance_name="丁"),
        ],
        sites=[
            entry("sites", "S1", site_name="Ａ 站"),
            entry("sites", "S2", site_name="关的", site_status="closed"),
            entry("sites", "S3", site_name="别的"),
        ],
        teams=[entry("teams", "D1", team_name="队", team_kind="standing")],
    )
    offices.submit(
        JIUQUANLU,
        JULY,
        units=[
            unit(1, **(of | {"leads_alliance": True, "alliance_kind": None}), alliance_name="甲"),
            unit(2, **(of | {"leads_alliance": True}), alliance_name="丙"),
        ],
        sites=[
            entry("sites", "S7", site_name="a站"),
            entry("sites", "S8", site_name="关的"),
            entry("sites", "S9", site_name="别的", site_kind="point"),
        ],
        teams=[entry("teams", "D7", team_name="队", team_kind="standing"), entry("teams", "D8", team_name="队")],
    )
    offices.submit(ZHANGYELU, JULY, sites=[entry("sites", "S7", site_name="另外")])
    build.build(JULY)
    assert findings() == Counter(
        [
            ("alliance_without_leader", CHENGGUAN, JULY, "units", "乙"),
            ("alliance_with_two_leaders", CHENGGUAN, JULY, "units", "丙"),
            ("alliance_with_two_leaders", JIUQUANLU, JULY, "units", "丙"),
            ("site_on_two_lists", JIUQUANLU, JULY, "sites", "S7"),
            ("team_on_two_lists", JIUQUANLU, JULY, "teams", "D7"),
        ]
    )
    assert ask(
        "select value from marts.rpt_figures where office_key = 4 and indicator in ('site_stations', 'alliances')"
        " order by indicator"
    ) == [(3,), (5,)]


def test_what_the_report_passes_over_fails_the_build(empty: str) -> None:
    """The test that nothing is passed over sees a report that misses a row, or that cries wolf."""
    send_what_joins_nothing(Offices())
    build.build(JULY)
    compiled = (
        settings.STATE / "dbt" / "target" / "compiled" / "rollcall" / "tests" / "assert_nothing_is_passed_over.sql"
    )
    question = as_readers_see(compiled.read_text(encoding="utf-8"))
    with connect() as connection:
        connection.execute(
            "insert into ledger.slices_to_build select office_key, period, dataset, submission_id from ledger.slices"
        )
        assert connection.execute(question).fetchall() == []  # type: ignore[arg-type]
        for condition in ("finding <> 'team_unknown'", "finding <> 'event_unknown'", "record_no <> 'E3'"):
            spoilt = re.sub(r'"\w+"\."marts"\."rpt_findings"', "spoilt_findings", question)
            assert spoilt != question
            connection.execute(
                f"create or replace temporary view spoilt_findings as"  # type: ignore[arg-type]
                f" select * from marts.rpt_findings where {condition}"
            )
            assert connection.execute(spoilt).fetchall() != [], condition  # type: ignore[arg-type]
        connection.rollback()
