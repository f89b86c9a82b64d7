"""What an heir tells of an office that it took over is that office's record: from accepted rows to the figures."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rollcall import build
from tests.integration.build.conftest import EVENTS, REGISTRY
from tests.integration.build.records import PERSON, Offices, event, expect, registration, voucher
from tests.integration.build.test_incremental_builds import build_everything, snapshot
from tests.integration.build.test_records import CODE, ask, inspection, need, points, role_model, service

CHENGGUAN, QILIHE, JIUQUANLU, ZHANGYELU, XIONGGUAN = 4, 5, 6, 7, 8
# In the middle of June 酒泉路街道 (6) goes into 张掖路街道 (7); or into it and 雄关街道 (8), of another city.
MERGER = f"{EVENTS}2,2023-06-16,merge,6,,,,7,,\n"
SPLIT = f"{EVENTS}2,2023-06-16,split,6,,,,7,0.3,\n3,2023-06-16,split,6,,,,8,0.7,\n"


def registry(log: str, folder: Path, patch: pytest.MonkeyPatch) -> None:
    (folder / "offices.csv").write_text(REGISTRY, encoding="utf-8")
    (folder / "office_events.csv").write_text(log, encoding="utf-8")
    patch.setenv("ROLLCALL_REGISTRY", str(folder))
    for period in ("2023-05", "2023-06", "2023-07"):
        expect(*(key for key in (4, 5, 6, 7, 8) if key != JIUQUANLU or period == "2023-05"), period=period)


@pytest.fixture
def merged(empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Offices:
    registry(MERGER, tmp_path, monkeypatch)
    return Offices()


@pytest.fixture
def split(empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Offices:
    registry(SPLIT, tmp_path, monkeypatch)
    return Offices()


def figure(office_key: int, indicator: str, period: str) -> Any:
    rows = ask(
        "select value from marts.rpt_figures"
        f" where office_key = {office_key} and indicator = '{indicator}' and period = '{period}'"
    )
    return rows[0][0] if rows else None


def assert_a_build_of_everything_says_the_same() -> None:
    bit_by_bit, at_once = snapshot(), build_everything()
    for table, rows in at_once.items():
        assert bit_by_bit[table] == rows, table


MAY = {
    "registrations": [registration(1, "2023-05-02", "a"), registration(2, "2023-05-02", "b")],
    "needs": [need("N1", "2023-05-20"), need("N2", "2023-05-20")],
    "points": [points("P1", "5.00", "2023-05-03")],
    "inspections": [inspection("I1", "2023-05-04", None)],
    "role_models": [role_model("M1", "2023-05-05")],
    "services": [service(1, "E0", JIUQUANLU, "2023-05-12", "1.00")],
    "events": [event("E0", CODE[JIUQUANLU], "2023-05-12", attendees=3)],
    "funding": [voucher("S1", "spending", "8.00", "2023-05-06")],
}
# Of each dataset what the heir tells of May and of June, under the numbers of the office it took over.
BY_THE_HEIR = {
    "registrations": [registration(1, "2023-06-20", "a", "withdrawn", has_id_number=False)],
    "needs": [need("N1", "2023-05-20", finished_on="2023-06-25", need_status="done")],
    "points": [points("P1", "6.50", "2023-05-03")],
    "inspections": [inspection("I1", "2023-05-04", None, problems_resolved=3)],
    "role_models": [role_model("M1", "2023-05-05", honour_level="national")],
    "services": [
        service(1, "E0", JIUQUANLU, "2023-05-12", "2.00"),
        service(1, "E1", JIUQUANLU, "2023-06-10", "4.00"),
    ],
    "events": [
        event("E0", CODE[JIUQUANLU], "2023-05-12", attendees=4),
        event("E1", CODE[JIUQUANLU], "2023-06-10", attendees=5),
    ],
    "funding": [voucher("S1", "spending", "9.00", "2023-05-06")],
}
# Of each mart the rows of the office that was taken over, as its heir told of them in June.
ITS_RECORDS = {
    "fct_registrations": (
        "volunteer_no, change, period",
        [("V1", "new", "2023-05"), ("V1", "withdrawn", "2023-06"), ("V2", "new", "2023-05")],
    ),
    "fct_needs": ("need_no, need_status, period", [("N1", "done", "2023-06"), ("N2", "raised", "2023-05")]),
    "fct_points": ("entry_no, points, period", [("P1", Decimal("6.50"), "2023-06")]),
    "fct_inspections": ("inspection_no, problems_resolved, period", [("I1", 3, "2023-06")]),
    "fct_role_models": ("model_no, honour_level, period", [("M1", "national", "2023-06")]),
    "fct_services": (
        "event_key, hours, person_key", [("6/2023-05/E0", 2, PERSON["a"]), ("6/2023-06/E1", 4, PERSON["a"])]
    ),
    "fct_events": ("event_key, attendees, is_organiser", [("6/2023-05/E0", 4, True), ("6/2023-06/E1", 5, True)]),
    "fct_funding": ("voucher_no, amount_yuan, period", [("S1", 9, "2023-06")]),
}  # fmt: skip


def test_what_an_heir_tells_of_an_office_it_took_over_is_that_offices_record(merged: Offices) -> None:
    """Told with the heir's own records, all of another number; each leads back to the heir's file."""
    merged.submit(JIUQUANLU, "2023-05", **MAY)
    merged.submit(
        ZHANGYELU, "2023-05", registrations=[registration(9, "2023-05-02", "c")], needs=[need("N9", "2023-05-01")]
    )
    build.build("2023-05")
    done = need("N9", "2023-05-01", need_status="done", finished_on="2023-06-01")
    told = BY_THE_HEIR | {"needs": [*BY_THE_HEIR["needs"], done]}
    submission = merged.submit(ZHANGYELU, "2023-06", **told)
    build.build("2023-06")
    for mart, (columns, rows) in ITS_RECORDS.items():
        assert ask(f"select {columns} from marts.{mart} where office_key = 6 order by 1, 2") == sorted(rows), mart
    assert ask("select distinct need_no from marts.fct_needs where office_key = 7") == [("N9",)]
    assert ask("select distinct submission_id from marts.fct_events") == [(submission,)]
    assert [figure(CHENGGUAN, name, "2023-06") for name in ("events", "event_attendees", "service_hours")] == [1, 5, 4]
    assert [figure(CHENGGUAN, name, "2023-05") for name in ("events", "needs", "points_earned")] == [
        1,
        3,
        Decimal("6.50"),
    ]
    assert [figure(key, "volunteers", "2023-06") for key in (ZHANGYELU, CHENGGUAN)] == [2, 2]
    assert figure(CHENGGUAN, "volunteers_served", "2023-06") == 1
    assert figure(CHENGGUAN, "funding_balance_yuan", "2023-06") == -9
    assert_a_build_of_everything_says_the_same()

    merged.submit(ZHANGYELU, "2023-06", **{name: [] for name in BY_THE_HEIR})
    build.build("2023-06")
    assert figure(CHENGGUAN, "events", "2023-06") == 0
    assert ask("select need_no, need_status, period from marts.fct_needs where office_key = 6 order by 1") == [
        ("N1", "raised", "2023-05"), ("N2", "raised", "2023-05"),
    ]  # fmt: skip
    assert_a_build_of_everything_says_the_same()


def test_a_number_that_the_heir_had_itself_is_its_own(merged: Offices) -> None:
    """Both had need N1, volunteer V1 and event E0 in May; of a month that the other did not tell of, it is new."""
    merged.submit(JIUQUANLU, "2023-05", **MAY)
    merged.submit(
        ZHANGYELU,
        "2023-05",
        needs=[need("N1", "2023-05-03")],
        registrations=[registration(1, "2023-05-03", "c")],
        events=[event("E0", CODE[ZHANGYELU], "2023-05-20")],
    )
    merged.submit(
        ZHANGYELU,
        "2023-06",
        needs=[need("N1", "2023-05-03", need_status="refused"), need("N2", "2023-06-20")],
        registrations=[registration(1, "2023-06-20", "c", "withdrawn")],
        events=[event("E0", CODE[ZHANGYELU], "2023-05-20", attendees=9), event("E0", CODE[ZHANGYELU], "2023-06-02")],
    )
    build.build("2023-06")
    assert ask("select office_key, need_no, need_status from marts.fct_needs order by 1, 2, raised_on") == [
        (6, "N1", "raised"), (6, "N2", "raised"), (7, "N1", "refused"), (7, "N2", "raised"),
    ]  # fmt: skip
    assert ask("select office_key, event_key, attendees from marts.fct_events order by 1, 2") == [
        (6, "6/2023-05/E0", 3), (7, "7/2023-05/E0", 9), (7, "7/2023-06/E0", None),
    ]  # fmt: skip
    assert [figure(CHENGGUAN, "volunteers", period) for period in ("2023-05", "2023-06")] == [3, 2]


def test_an_heir_may_name_itself_for_what_the_other_organised(merged: Offices) -> None:
    """Also where others served at the event by the heir's code: told by either, it is one record."""
    merged.submit(JIUQUANLU, "2023-05", **MAY)
    merged.submit(ZHANGYELU, "2023-07", events=[event("E0", CODE[ZHANGYELU], "2023-05-12", attendees=7)])
    merged.submit(CHENGGUAN, "2023-05", services=[service(5, "E0", JIUQUANLU, "2023-05-12", "1.00")])
    build.build("2023-05")
    merged.submit(CHENGGUAN, "2023-07", services=[service(5, "E0", ZHANGYELU, "2023-05-12", "3.00")])
    build.build("2023-07")
    assert ask("select office_key, event_key, organiser_key, attendees from marts.fct_events") == [
        (6, "6/2023-05/E0", 6, 7)
    ]
    assert ask("select office_key, event_key, hours from marts.fct_services order by 1") == [
        (4, "6/2023-05/E0", 3),
        (6, "6/2023-05/E0", 1),
    ]
    assert figure(CHENGGUAN, "events", "2023-05") == 1


def test_before_it_took_over_an_office_speaks_for_itself(merged: Offices) -> None:
    """A participant of May stays one, and a number of May's report its own, also as corrected after the merger."""
    merged.submit(JIUQUANLU, "2023-05", **MAY)
    for _ in range(2):
        merged.submit(
            ZHANGYELU,
            "2023-05",
            events=[event("E0", CODE[JIUQUANLU], "2023-05-12", attendees=99)],
            needs=[need("N2", "2023-05-07")],
        )
    build.build("2023-05")
    assert ask("select office_key, attendees, is_organiser from marts.fct_events order by 1") == [
        (6, 3, True), (7, 99, False),
    ]  # fmt: skip
    assert ask("select office_key from marts.fct_needs where need_no = 'N2' order by 1") == [(6,), (7,)]


def test_of_several_tellings_the_latest_counts_whoever_told(merged: Offices) -> None:
    """By month, then revision: what the office itself corrects in its old month is older than its heir's word."""
    merged.submit(JIUQUANLU, "2023-05", needs=[need("N1", "2023-05-20")])
    merged.submit(ZHANGYELU, "2023-06", needs=[need("N1", "2023-05-20", need_status="dispatched")])
    build.build("2023-06")
    merged.submit(JIUQUANLU, "2023-05", needs=[need("N1", "2023-05-20", need_status="refused")])
    build.build("2023-05")
    assert ask("select office_key, need_status from marts.fct_needs") == [(6, "dispatched")]
    merged.submit(JIUQUANLU, "2023-05", needs=[])
    build.build("2023-05")
    assert ask("select office_key, need_status from marts.fct_needs") == [(7, "dispatched")]
    assert_a_build_of_everything_says_the_same()


def test_after_a_split_a_person_counts_in_every_heir_until_one_tells_of_it(split: Offices) -> None:
    """From then on in that one alone; on the tree of a day on which the office stood, at the office itself."""
    split.submit(JIUQUANLU, "2023-05", registrations=MAY["registrations"])
    for office_key in (ZHANGYELU, XIONGGUAN):
        split.submit(office_key, "2023-05", registrations=[])
    build.build("2023-06")
    assert [figure(key, "volunteers", "2023-06") for key in (ZHANGYELU, XIONGGUAN, 1)] == [2, 2, 2]

    split.submit(XIONGGUAN, "2023-06", registrations=[registration(1, "2023-06-20", "a", "changed")])
    build.build("2023-06")
    assert [figure(key, "volunteers", "2023-06") for key in (ZHANGYELU, XIONGGUAN, CHENGGUAN, 3, 1)] == [1, 2, 1, 2, 2]
    assert ask("select office_key, told_by_key from marts.fct_registrations where volunteer_no = 'V1' order by 2") == [
        (6, 8), (6, None),
    ]  # fmt: skip
    for day, tree_on, counts in (
        ("2023-06-19", "2023-06-19", [2, 2]),
        ("2023-06-20", "2023-06-20", [1, 2]),
        ("2023-06-20", "2023-05-31", [0, 0]),
    ):
        asked = "select marts.figure('{}', 'volunteers', null, '{}', '{}')"
        found = [ask(asked.format(code, day, tree_on))[0][0] for code in ("620102002000", "620201001000")]
        assert found == counts, (day, tree_on)
    assert ask("select marts.figure('620102001000', 'volunteers', null, '2023-06-20', '2023-05-31')") == [(2,)]

    split.submit(ZHANGYELU, "2023-07", registrations=[registration(1, "2023-07-05", "a", "changed")])
    build.build("2023-07")
    assert [figure(key, "volunteers", "2023-06") for key in (ZHANGYELU, XIONGGUAN)] == [1, 2]
    assert [figure(key, "volunteers", "2023-07") for key in (ZHANGYELU, XIONGGUAN)] == [2, 1]

    split.submit(XIONGGUAN, "2023-07", registrations=[registration(1, "2023-07-06", "a", "withdrawn")])
    build.build("2023-07")
    assert [figure(key, "volunteers", "2023-07") for key in (ZHANGYELU, XIONGGUAN, 1)] == [1, 1, 1]
    assert_a_build_of_everything_says_the_same()


def test_whom_an_heir_registers_itself_too_counts_there_once(split: Offices) -> None:
    """The other heir has the person from the register taken over, until that is told of."""
    split.submit(JIUQUANLU, "2023-05", registrations=[registration(1, "2023-05-02", "a", is_backbone=True)])
    split.submit(ZHANGYELU, "2023-06", registrations=[registration(7, "2023-06-18", "a")])
    split.submit(XIONGGUAN, "2023-06", registrations=[])
    build.build("2023-06")
    assert [figure(key, "volunteers", "2023-06") for key in (ZHANGYELU, XIONGGUAN, 1)] == [1, 1, 1]
    split.submit(XIONGGUAN, "2023-06", registrations=[registration(1, "2023-06-20", "a", "changed")])
    build.build("2023-06")
    assert [figure(key, "volunteers", "2023-06") for key in (ZHANGYELU, XIONGGUAN, 1)] == [1, 1, 1]
    assert [figure(key, "volunteers_backbone", "2023-06") for key in (ZHANGYELU, XIONGGUAN, 1)] == [0, 1, 1]


def test_the_volunteers_of_an_office_serve_on_for_its_heir(merged: Offices) -> None:
    """What they do after its end is the heir's record, and they are who they were."""
    merged.submit(JIUQUANLU, "2023-05", registrations=MAY["registrations"])
    merged.submit(ZHANGYELU, "2023-06", services=[service(1, "E5", ZHANGYELU, "2023-06-20")])
    build.build("2023-06")
    rows = ask("select office_key, registered_key, person_key, event_key from marts.fct_services")
    assert rows == [(7, 6, PERSON["a"], "7/?/E5")]
