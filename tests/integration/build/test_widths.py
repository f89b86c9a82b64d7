"""Sums have room for anything that the door lets in."""

from decimal import Decimal
from typing import Any

from rollcall import build
from rollcall.metrics import sql_of
from rollcall.warehouse.connection import connect
from tests.integration.build.records import Offices, event, expect, voucher

GANSU, CHENGGUAN = 1, 4
CODE = "620102000000"
AMOUNT, AMOUNTS = Decimal("999999999999.99"), 10_001
ATTENDEES, EVENTS = 999_999_999_999_999, 10_001


def ask(question: str) -> list[tuple[Any, ...]]:
    with connect() as connection:
        return connection.execute(question).fetchall()  # type: ignore[arg-type]


def multiply(dataset: str, number: str, times: int) -> None:
    """Repeat the one row of a dataset under numbers of their own."""
    with connect() as connection:
        columns = [
            name
            for (name,) in connection.execute(
                "select column_name from information_schema.columns where table_schema = 'raw' and table_name = %s"
                " and column_name not in (%s, '_row')",
                [dataset, number],
            )
        ]
        named = ", ".join(columns)
        connection.execute(
            f"insert into raw.{dataset} ({named}, {number}, _row)"  # type: ignore[arg-type]
            f" select {named}, 'n' || copy, copy + 10 from raw.{dataset}, generate_series(2, {times}) as copy"
        )
        connection.execute(
            "update ledger.verdicts set received = %s, accepted = %s where dataset = %s", [times, times, dataset]
        )


def test_ten_thousand_of_the_largest_amounts_and_numbers_are_summed(empty: str) -> None:
    """In figures, their parts, functions, claims and metrics; differences and balances too."""
    offices = Offices()
    expect(GANSU, CHENGGUAN)
    claim = {"indicator": "event_attendees", "from_date": "2023-07-01", "to_date": "2023-07-31", "value": ATTENDEES}
    window = claim | {"to_date": "2023-07-30"}
    offices.submit(
        CHENGGUAN,
        "2023-07",
        funding=[voucher("n1", "spending", str(AMOUNT), "2023-07-02")],
        events=[event("n1", CODE, "2023-07-02", attendees=ATTENDEES)],
        totals=[claim, window],
    )
    multiply("funding", "voucher_no", AMOUNTS)
    multiply("events", "event_no", EVENTS)
    build.build("2023-07")
    money, people = AMOUNT * AMOUNTS, Decimal(ATTENDEES) * EVENTS
    sums = {"funding_spent_yuan": money, "funding_balance_yuan": -money, "event_attendees": people}
    for indicator, total in sums.items():
        for office_key in (CHENGGUAN, GANSU):
            assert ask(
                f"select value from marts.rpt_figures where office_key = {office_key} and indicator = '{indicator}'"
            ) == [(total,)]
        for code in (CODE, "620000000000"):
            from_date = "null" if "balance" in indicator else "'2023-07-01'"
            assert ask(f"select marts.figure('{code}', '{indicator}', {from_date}, '2023-07-31')") == [(total,)]
        [(_, _, value)] = [row for row in ask(sql_of([indicator], ["county_code", "month"])) if row[1] == CODE]
        assert value == total
    claims = ask("select to_date::text, value, difference from marts.rpt_claims order by 1")
    assert claims == [(day, people, ATTENDEES - people) for day in ("2023-07-30", "2023-07-31")]
