"""What makes a record the same one: its office, its number and the month of its own day; and who it is of."""

from datetime import date
from decimal import Decimal
from typing import Any

from rollcall import build
from tests.integration.build.records import PERSON, Offices, event, expect, registration, voucher
from tests.integration.build.test_incremental_builds import build_everything, snapshot
from tests.integration.build.test_records import CODE, ask, inspection, need, points, role_model, service

GANSU, LANZHOU, CHENGGUAN, QILIHE, JIUQUANLU, ZHANGYELU = 1, 2, 4, 5, 6, 7
UNIFIED = "6201000001"  # ten characters
# In each month the office begins anew with number 1: what one month reports, of each dataset, and what counts of it.
NUMBERED = {
    "funding": (lambda day, n: voucher("记-1", "spending", str(n), day), "funding_spent_yuan"),
    "points": (lambda day, n: points("1", str(n), day), "points_earned"),
    "inspections": (lambda day, n: inspection("1", day, None, problems_resolved=n), "problems_resolved"),
    "role_models": (lambda day, n: role_model("1", day), "role_models"),
    "events": (lambda day, n: event("1", CODE[CHENGGUAN], day, attendees=n), "event_attendees"),
    "needs": (lambda day, n: need("1", day), "needs"),
    "services": (lambda day, n: service(1, "1", CHENGGUAN, day, str(n)), "service_hours"),
}


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


def month(day: str, amount: int) -> dict[str, list[dict[str, Any]]]:
    return {name: [made(day, amount)] for name, (made, _) in NUMBERED.items()}


def test_numbers_that_begin_again_each_month_stay_different_records(empty: str) -> None:
    """May's are not June's. Told again in July, with another day of May, May's are as July has them."""
    offices = Offices()
    for period in ("2023-05", "2023-06", "2023-07"):
        expect(CHENGGUAN, period=period)
    offices.submit(CHENGGUAN, "2023-05", **month("2023-05-12", 3))
    build.build("2023-05")
    offices.submit(CHENGGUAN, "2023-06", **month("2023-06-12", 5))
    assert build.build("2023-06").slices == len(NUMBERED)
    counted = {"role_models": (1, 1), "needs": (1, 1)}
    for name, (_, indicator) in NUMBERED.items():
        found = tuple(figure(GANSU, indicator, period) for period in ("2023-05", "2023-06"))
        assert found == counted.get(name, (3, 5)), indicator
    assert ask("select event_key, served_on::text from marts.fct_services order by 1") == [
        ("4/2023-05/1", "2023-05-12"), ("4/2023-06/1", "2023-06-12"),
    ]  # fmt: skip

    again = {name: rows for name, rows in month("2023-05-13", 4).items() if name != "services"}
    offices.submit(CHENGGUAN, "2023-07", **again)
    build.build("2023-07")
    for name, (_, indicator) in NUMBERED.items():
        found = tuple(figure(GANSU, indicator, period) for period in ("2023-05", "2023-06"))
        assert found == (counted.get(name, (4, 5)) if name in again else (3, 5)), indicator
    assert_a_build_of_everything_says_the_same()


def test_a_service_belongs_to_the_event_of_its_number_that_holds_its_day(empty: str) -> None:
    """Else to the last one begun before. It follows when an event of another office comes, or goes."""
    offices = Offices()
    days = ("2023-05-01", "2023-05-10", "2023-06-02", "2023-06-05", "2023-06-20")
    offices.submit(JIUQUANLU, "2023-06", services=[service(1, "1", CHENGGUAN, day) for day in days])
    offices.submit(CHENGGUAN, "2023-05", events=[event("1", CODE[CHENGGUAN], "2023-05-10")])
    build.build("2023-06")

    def found() -> list[str]:
        return [key for (key,) in ask("select event_key from marts.fct_services order by served_on")]

    may, june = "4/2023-05/1", "4/2023-06/1"
    assert found() == ["4/?/1", may, may, may, may]
    offices.submit(CHENGGUAN, "2023-06", events=[event("1", CODE[CHENGGUAN], "2023-06-05")])
    assert build.build("2023-06").slices == 2
    assert found() == ["4/?/1", may, may, june, june]
    until = {"ended_at": event("1", CODE[CHENGGUAN], "2023-06-20")["started_at"]}
    offices.submit(CHENGGUAN, "2023-05", events=[event("1", CODE[CHENGGUAN], "2023-05-10", **until)])
    build.build("2023-05")
    assert found() == ["4/?/1", may, may, june, may]
    offices.submit(CHENGGUAN, "2023-05", events=[])
    build.build("2023-05")
    assert found() == ["4/?/1", "4/?/1", "4/?/1", june, june]
    assert_a_build_of_everything_says_the_same()


def test_an_empty_cell_of_a_change_leaves_what_was_known(empty: str) -> None:
    """Backbone and team stay; 无 ends the team. What is known changes with an earlier month's correction."""
    offices = Offices()
    for period in ("2023-05", "2023-06", "2023-07"):
        expect(CHENGGUAN, period=period)
    first = registration(1, "2023-05-02", "a", team_no="D1", is_backbone=True)
    offices.submit(CHENGGUAN, "2023-05", registrations=[first])
    offices.submit(CHENGGUAN, "2023-06", registrations=[registration(1, "2023-06-02", "a", "changed")])
    offices.submit(CHENGGUAN, "2023-07", registrations=[registration(1, "2023-07-02", "a", "changed", team_no="无")])
    build.build("2023-07")

    def stays() -> list[tuple]:
        return ask("select team_no, valid_from::text, valid_to::text from marts.bridge_volunteers_teams order by 2")

    assert [figure(CHENGGUAN, "volunteers_backbone", f"2023-0{number}") for number in (5, 6, 7)] == [1, 1, 1]
    assert stays() == [("D1", "2023-05-02", "2023-07-01")]
    offices.submit(CHENGGUAN, "2023-05", registrations=[first | {"team_no": "D2", "is_backbone": False}])
    assert build.build("2023-05").slices == 3
    assert [figure(CHENGGUAN, "volunteers_backbone", f"2023-0{number}") for number in (5, 6, 7)] == [0, 0, 0]
    assert stays() == [("D2", "2023-05-02", "2023-07-01")]
    assert_a_build_of_everything_says_the_same()


def test_a_unified_number_is_one_person_wherever_it_serves(empty: str) -> None:
    """Registered at exactly one office; the day at one event counts once. A second registration leaves each its own."""
    offices = Offices()
    expect(CHENGGUAN, QILIHE, JIUQUANLU)
    day = service(1, "E1", JIUQUANLU, "2023-07-05") | {"volunteer_no": UNIFIED}
    for office_key in (QILIHE, JIUQUANLU):
        offices.submit(office_key, "2023-07", services=[day])
    build.build("2023-07")
    assert [figure(LANZHOU, name, "2023-07") for name in ("volunteers_served", "service_hours")] == [2, 5]

    own = registration(1, "2023-07-02", "a") | {"volunteer_no": UNIFIED}
    offices.submit(QILIHE, "2023-06", registrations=[own | {"changed_on": date(2023, 6, 2)}])
    build.build("2023-06")
    assert ask("select office_key, person_key, registered_key, is_counted from marts.fct_services order by 1") == [
        (QILIHE, PERSON["a"], QILIHE, False), (JIUQUANLU, PERSON["a"], QILIHE, True),
    ]  # fmt: skip
    assert [figure(LANZHOU, name, "2023-07") for name in ("volunteers_served", "service_hours")] == [1, Decimal("2.50")]
    assert [figure(key, "volunteers_served", "2023-07") for key in (QILIHE, JIUQUANLU, CHENGGUAN)] == [1, 1, 1]
    assert_a_build_of_everything_says_the_same()

    offices.submit(CHENGGUAN, "2023-07", registrations=[own])
    build.build("2023-07")
    assert ask("select office_key, person_key from marts.fct_services order by 1") == [
        (QILIHE, PERSON["a"]), (JIUQUANLU, None),
    ]  # fmt: skip
    assert figure(LANZHOU, "volunteers_served", "2023-07") == 2
    assert_a_build_of_everything_says_the_same()


def test_a_person_whom_a_second_office_registers_counts_once_in_earlier_months_too(empty: str) -> None:
    """As of the day it registered them: the other's months are corrected with it."""
    offices = Offices()
    for period in ("2023-05", "2023-06", "2023-07"):
        expect(CHENGGUAN, QILIHE, period=period)
    for office_key in (CHENGGUAN, QILIHE):
        offices.submit(office_key, "2023-06", services=[service(1, f"E{office_key}", LANZHOU, "2023-06-05")])
    offices.submit(CHENGGUAN, "2023-05", registrations=[registration(1, "2023-05-02", "a")])
    build.build("2023-06")
    assert figure(LANZHOU, "volunteers_served", "2023-06") == 2
    offices.submit(QILIHE, "2023-07", registrations=[registration(1, "2023-05-03", "a")])
    build.build("2023-07")
    assert [figure(LANZHOU, "volunteers", period) for period in ("2023-05", "2023-06", "2023-07")] == [1, 1, 1]
    assert figure(LANZHOU, "volunteers_served", "2023-06") == 1
    assert_a_build_of_everything_says_the_same()


def test_a_late_day_without_end_has_the_figure_of_any_late_day(empty: str) -> None:
    """Of a person whom two offices registered, too."""
    offices = Offices()
    for office_key in (CHENGGUAN, QILIHE):
        offices.submit(office_key, "2023-05", registrations=[registration(1, "2023-05-02", "a")])
    build.build("2023-05")
    asked = "select marts.figure('620100000000', 'volunteers', null, '{}')"
    assert [ask(asked.format(day)) for day in ("2099-12-31", "infinity")] == [[(1,)], [(1,)]]
