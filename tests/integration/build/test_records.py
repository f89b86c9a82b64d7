"""What was done, served, wanted, inspected, honoured, earned, claimed and reviewed: from accepted rows to the marts."""

from datetime import date
from decimal import Decimal
from typing import Any

import jinja2

from rollcall import build
from rollcall.datasets import datasets
from rollcall.warehouse.connection import connect
from rollcall.warehouse.tables import OWN_DAYS, create_raw, stable_keys
from tests.integration.build.records import PERSON, Offices, event, registration

LANZHOU, CHENGGUAN, QILIHE, JIUQUANLU, ZHANGYELU, ZHONGCHUAN = 2, 4, 5, 6, 7, 9
CODE = {
    LANZHOU: "620100000000",
    CHENGGUAN: "620102000000",
    QILIHE: "620103000000",
    JIUQUANLU: "620102001000",
    ZHANGYELU: "620102002000",
}
NOWHERE = "710000000000"


def ask(question: str) -> list[tuple]:
    with connect() as connection:
        return connection.execute(question).fetchall()  # type: ignore[arg-type]


def facts_of_records() -> dict[str, list[str]]:
    """Every row of every mart of records, as text, in order."""
    marts = [f"fct_{name}" for name, dataset in datasets().items() if dataset.mode == "records"]
    return {
        mart: [text for (text,) in ask(f"select t::text from marts.{mart} as t order by 1")]
        for mart in [*marts, "bridge_events_offices"]
    }


def assert_a_build_of_everything_says_the_same() -> None:
    bit_by_bit = facts_of_records()
    with connect() as connection:
        connection.execute("truncate ops.dbt_builds")
    assert build.build("2023-07").is_full
    assert facts_of_records() == bit_by_bit


def service(number: int, event_no: str, organiser: int, day: str, hours: str = "2.50") -> dict[str, Any]:
    return {
        "volunteer_no": f"V{number}",
        "event_no": event_no,
        "organiser_code": CODE[organiser],
        "served_on": date.fromisoformat(day),
        "hours": Decimal(hours),
    }


def need(number: str, raised_on: str, **cells: Any) -> dict[str, Any]:
    days = {name: date.fromisoformat(cell) for name, cell in cells.items() if name.endswith("_on")}
    return (
        {"need_no": number, "need_kind": "need", "raised_on": date.fromisoformat(raised_on), "need_status": "raised"}
        | cells
        | days
    )


def inspection(number: str, day: str, code: str | None, **cells: Any) -> dict[str, Any]:
    return {
        "inspection_no": number,
        "inspection_kind": "supervision",
        "inspected_on": date.fromisoformat(day),
        "inspected_code": code,
        "problems_found": 3,
        "problems_resolved": 2,
    } | cells


def role_model(number: str, day: str, **cells: Any) -> dict[str, Any]:
    return {
        "model_no": number,
        "model_kind": "good_person",
        "honour_level": "county",
        "selected_on": date.fromisoformat(day),
    } | cells


def points(number: str, amount: str, day: str, **cells: Any) -> dict[str, Any]:
    return {
        "entry_no": number,
        "holder_no": "H1",
        "holder_kind": "household",
        "reason": "service" if Decimal(amount) > 0 else "redeemed",
        "points": Decimal(amount),
        "booked_on": date.fromisoformat(day),
    } | cells


def claim(indicator: str, from_date: str | None, to_date: str, value: str) -> dict[str, Any]:
    return {
        "indicator": indicator,
        "from_date": date.fromisoformat(from_date) if from_date else None,
        "to_date": date.fromisoformat(to_date),
        "value": Decimal(value),
    }


def review(code: str, period: str, decision: str, day: str, **cells: Any) -> dict[str, Any]:
    return {
        "reviewed_code": code,
        "dataset": "events",
        "reviewed_period": period,
        "revision": 1,
        "decision": decision,
        "reviewed_on": date.fromisoformat(day),
    } | cells


# One record of each dataset that a later month reports again, with another cell: the dataset, the mart's column, the
# first report and the later one.
TOLD_AGAIN = {
    "events": ("attendees", event("E1", CODE[CHENGGUAN], "2023-06-01", attendees=3), {"attendees": 4}),
    "services": ("hours", service(1, "E1", CHENGGUAN, "2023-06-01", "1.00"), {"hours": Decimal("2.00")}),
    "needs": ("finished_on", need("N1", "2023-06-01"), {"finished_on": date(2023, 7, 3), "need_status": "done"}),
    "inspections": ("problems_resolved", inspection("I1", "2023-06-01", CODE[JIUQUANLU]), {"problems_resolved": 3}),
    "role_models": ("honour_level", role_model("M1", "2023-06-01"), {"honour_level": "national"}),
    "points": ("points", points("P1", "5.00", "2023-06-01"), {"points": Decimal("6.50")}),
    "totals": ("claimed_value", claim("units", None, "2023-06-30", "40"), {"value": Decimal("41.00")}),
    "reviews": ("decision", review(CODE[JIUQUANLU], "2023-05", "return", "2023-06-10"), {"decision": "approve"}),
}


def test_the_models_know_a_record_by_the_keys_of_its_layout_and_its_own_day() -> None:
    """But an event by its organiser, whatever code that has. What a build brings up to date goes by the same day."""
    returned: list[dict[str, dict[str, Any]]] = []
    text = (build.PROJECT / "macros" / "records.sql").read_text(encoding="utf-8")
    macros = jinja2.Environment(autoescape=True).from_string(text, {"return": returned.append}).module
    macros.records()  # type: ignore[attr-defined]
    [records] = returned
    assert {name: sorted(record["keys"]) for name, record in records.items()} == {
        name: sorted("organiser" if key == "organiser_code" else key for key in dataset.keys)
        for name, dataset in datasets().items()
        if dataset.mode == "records"
    }
    days = {name: record["day"] for name, record in records.items() if "day" in record}
    assert days == OWN_DAYS | {"events": "started_on"}


def test_raw_finds_the_same_record_by_an_index(marts: str) -> None:
    """Every dataset of records has one, which knows no code of an office: that may change."""
    for name, dataset in datasets().items():
        assert ("create index" in create_raw(dataset)) == (dataset.mode == "records")
        assert not [key for key in stable_keys(dataset) if key.endswith("_code")], name
        if dataset.mode == "records":
            assert stable_keys(dataset), name
            index = f"{name}_by_record_of_month" if name in OWN_DAYS else f"{name}_by_record"
            assert ask(f"select count(*) from pg_indexes where indexname = '{index}'") == [(1,)]


def test_a_record_told_again_counts_once_in_the_later_month(empty: str) -> None:
    """Taken back by the later month, it is the earlier month's again. It leads back to the cell it came from."""
    offices = Offices()

    def found(dataset: str, column: str) -> tuple:
        [row] = ask(f"select period, {column}, submission_id, source_sheet, source_row from marts.fct_{dataset}")
        return row

    first = offices.submit(CHENGGUAN, "2023-06", **{name: [told] for name, (_, told, _) in TOLD_AGAIN.items()})
    build.build("2023-06")
    later = offices.submit(
        CHENGGUAN, "2023-07", **{name: [told | again] for name, (_, told, again) in TOLD_AGAIN.items()}
    )
    assert build.build("2023-07").slices == 2 * len(TOLD_AGAIN)
    for dataset, (column, _, again) in TOLD_AGAIN.items():
        assert found(dataset, column) == ("2023-07", next(iter(again.values())), later, "表", 2), dataset
    assert_a_build_of_everything_says_the_same()

    offices.submit(CHENGGUAN, "2023-07", **{name: [] for name in TOLD_AGAIN})
    assert build.build("2023-07").slices == 2 * len(TOLD_AGAIN)
    for dataset, (column, told, _) in TOLD_AGAIN.items():
        assert found(dataset, column) == ("2023-06", told.get(column, told.get("value")), first, "表", 2), dataset


def test_codes_claims_and_events_of_a_month(empty: str) -> None:
    """A code names an office or none; a stock and a flow are two claims; an event names all who reported it."""
    offices = Offices()
    for office_key in (CHENGGUAN, JIUQUANLU, ZHANGYELU):
        offices.submit(office_key, "2023-07", events=[event("E1", CODE[CHENGGUAN], "2023-07-01", project_no="P1")])
    offices.submit(
        LANZHOU,
        "2023-07",
        inspections=[
            inspection("I1", "2022-03-01", "620171101000"),
            inspection("I2", "2023-07-01", NOWHERE),
            inspection("I3", "2023-07-01", None),
        ],
        reviews=[review(CODE[QILIHE], "2023-06", "approve", "2023-07-04")],
        totals=[
            claim("events", None, "2023-07-31", "1"),
            claim("events", "2023-07-01", "2023-07-31", "2"),
            claim("events", "2023-01-01", "2023-07-31", "3"),
        ],
        events=[event("E1", NOWHERE, "2023-07-01"), event("E1", CODE[LANZHOU], "2023-07-01")],
    )
    build.build("2023-07")
    inspected = ask("select inspection_no, inspected_key from marts.fct_inspections order by 1")
    assert inspected == [("I1", ZHONGCHUAN), ("I2", None), ("I3", None)]
    assert ask("select reviewed_key from marts.fct_reviews") == [(QILIHE,)]
    claims = ask("select from_date, claimed_value from marts.fct_totals order by 2")
    assert claims == [(None, 1), (date(2023, 7, 1), 2), (date(2023, 1, 1), 3)]
    reported = "select event_key, office_key, is_organiser from marts.bridge_events_offices order by 1, 2"
    assert ask(reported) == [
        ("2/2023-07/E1", LANZHOU, True),
        ("4/2023-07/E1", CHENGGUAN, True),
        ("4/2023-07/E1", JIUQUANLU, False),
        ("4/2023-07/E1", ZHANGYELU, False),
        (f"?{NOWHERE}/2023-07/E1", LANZHOU, False),
    ]
    offices.submit(ZHANGYELU, "2023-07", events=[])
    build.build("2023-07")
    assert [office_key for event_key, office_key, _ in ask(reported) if event_key == "4/2023-07/E1"] == [
        CHENGGUAN,
        JIUQUANLU,
    ]


def counted() -> list[tuple]:
    """Whose service it is and whether it counts: office, number, person's letter, counted."""
    letters = {person: letter for letter, person in PERSON.items()}
    rows = ask(
        "select office_key, volunteer_no, person_key, is_counted from marts.fct_services order by 1, 2, served_on"
    )
    return [(office, number, letters.get(person), is_counted) for office, number, person, is_counted in rows]


def test_what_another_office_tells_changes_which_service_counts(empty: str) -> None:
    """The correction is of one office, and of another month; the other's slice is brought up to date beside it."""
    offices = Offices()
    for office_key, period in ((CHENGGUAN, "2023-07"), (JIUQUANLU, "2023-06")):
        offices.submit(office_key, period, registrations=[registration(1, f"{period}-02", "a")])
        offices.submit(office_key, period, services=[service(1, "E1", JIUQUANLU, "2023-06-05")])
    build.build("2023-07")
    assert counted() == [(CHENGGUAN, "V1", "a", False), (JIUQUANLU, "V1", "a", True)]

    offices.submit(JIUQUANLU, "2023-06", services=[])
    assert build.build("2023-06").slices == 2
    assert counted() == [(CHENGGUAN, "V1", "a", True)]

    offices.submit(JIUQUANLU, "2023-06", services=[service(1, "E1", JIUQUANLU, "2023-06-05")])
    build.build("2023-06")
    assert counted() == [(CHENGGUAN, "V1", "a", False), (JIUQUANLU, "V1", "a", True)]
    assert_a_build_of_everything_says_the_same()


def test_a_service_is_that_of_the_person_the_registration_turns_out_to_be(empty: str) -> None:
    """A registration comes after the service, names another person later, and is taken back."""
    offices = Offices()
    offices.submit(
        CHENGGUAN,
        "2023-06",
        registrations=[registration(1, "2023-06-02", "b")],
        services=[service(1, "E1", CHENGGUAN, "2023-06-05")],
    )
    offices.submit(JIUQUANLU, "2023-06", services=[service(1, "E1", CHENGGUAN, "2023-06-05")])
    build.build("2023-06")
    assert counted() == [(CHENGGUAN, "V1", "b", True), (JIUQUANLU, "V1", None, True)]

    offices.submit(JIUQUANLU, "2023-07", registrations=[registration(1, "2023-07-02", "b")])
    assert build.build("2023-07").slices == 3
    assert counted() == [(CHENGGUAN, "V1", "b", True), (JIUQUANLU, "V1", "b", False)]

    offices.submit(JIUQUANLU, "2023-07", registrations=[registration(1, "2023-07-02", "c")])
    build.build("2023-07")
    assert counted() == [(CHENGGUAN, "V1", "b", True), (JIUQUANLU, "V1", "c", True)]

    unnamed = registration(1, "2023-07-03", "d", "withdrawn", has_id_number=False)
    offices.submit(JIUQUANLU, "2023-07", registrations=[registration(1, "2023-07-02", "b"), unnamed])
    build.build("2023-07")
    assert counted() == [(CHENGGUAN, "V1", "b", True), (JIUQUANLU, "V1", "b", False)]

    offices.submit(JIUQUANLU, "2023-07", registrations=[])
    build.build("2023-07")
    assert counted() == [(CHENGGUAN, "V1", "b", True), (JIUQUANLU, "V1", None, True)]
    assert_a_build_of_everything_says_the_same()


def test_a_registration_that_names_nobody_else_leaves_the_services_alone(empty: str) -> None:
    """What is built follows what changed: a month's registrations do not rebuild every service of their volunteers."""
    offices = Offices()
    offices.submit(
        CHENGGUAN,
        "2023-06",
        registrations=[registration(1, "2023-06-02", "a")],
        services=[service(1, "E1", CHENGGUAN, "2023-06-05")],
    )
    build.build("2023-06")
    offices.submit(CHENGGUAN, "2023-07", registrations=[registration(1, "2023-07-02", "a", "changed")])
    assert build.build("2023-07").slices == 1
