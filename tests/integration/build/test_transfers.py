"""Money between offices: whose it is in a figure, and which two rows are of one transfer."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rollcall import build
from rollcall.metrics import sql_of
from rollcall.warehouse.connection import connect
from tests.integration.build.conftest import EVENTS, REGISTRY
from tests.integration.build.records import Offices, expect, voucher

GANSU, LANZHOU, CHENGGUAN, QILIHE, JIUQUANLU, ZHANGYELU, ZIYANG = 1, 2, 4, 5, 6, 7, 11
CODE = {
    GANSU: "620000000000",
    LANZHOU: "620100000000",
    CHENGGUAN: "620102000000",
    QILIHE: "620103000000",
    JIUQUANLU: "620102001000",
    ZHANGYELU: "620102002000",
    ZIYANG: "610924000000",
}
NOWHERE = "710000000000"
MERGED = f"{EVENTS}2,2023-06-16,merge,7,,,,6,,\n"  # 张掖路街道 goes into 酒泉路街道


def ask(question: str, *values: Any) -> list[tuple[Any, ...]]:
    with connect() as connection:
        return connection.execute(question, values).fetchall()  # type: ignore[arg-type]


def figures(indicator: str, period: str = "2023-07") -> dict[int, Decimal]:
    return dict(
        ask(
            "select office_key, value from marts.rpt_figures"
            " where indicator = %s and period = %s and value is not null",
            indicator, period,
        )
    )  # fmt: skip


def by_function(indicator: str) -> dict[int, Decimal]:
    return dict(
        ask(
            "select office_key, value from marts.figures_on_tree(null, %s, '2023-07-01', '2023-07-31')"
            " where value is not null",
            indicator,
        )
    )


def by_metric(indicator: str, level: str) -> dict[str, Decimal]:
    rows = ask(sql_of([indicator], [f"{level}_code", "month"]))
    return {code: value for _, code, value in rows if code and value}


def pay(payer: int, payee: int, number: str, amount: str, day: str, **cells: Any) -> dict[str, Any]:
    return voucher(number, "transfer_out", amount, day, CODE[payee], **cells)


def get(payer: int, number: str, amount: str, day: str, **cells: Any) -> dict[str, Any]:
    return voucher(number, "transfer_in", amount, day, CODE[payer], **cells)


def unmatched() -> list[tuple[Any, ...]]:
    return ask(
        "select office_key, voucher_no, amount_yuan, is_matched, other_amount_yuan from marts.rpt_unmatched_transfers"
        " order by voucher_no, booked_on, office_key"
    )


def test_what_an_office_itself_paid_counts_and_what_those_below_paid_one_another_does_not(empty: str) -> None:
    """A county pays 600 and 400 of awards to its towns; 7 go across, 30 come from the city, 2 go to nobody we know."""
    offices = Offices()
    expect(GANSU, LANZHOU, CHENGGUAN, QILIHE, JIUQUANLU, ZHANGYELU, ZIYANG)
    offices.submit(LANZHOU, "2023-07", funding=[pay(LANZHOU, CHENGGUAN, "T3", "30", "2023-07-01")])
    offices.submit(
        CHENGGUAN,
        "2023-07",
        funding=[
            voucher("B1", "budget", "5000", "2023-07-01"),
            pay(CHENGGUAN, JIUQUANLU, "T1", "600", "2023-07-02"),
            pay(CHENGGUAN, ZHANGYELU, "T2", "400", "2023-07-02"),
            get(LANZHOU, "T3", "30", "2023-07-02"),
            voucher("T5", "transfer_out", "2", "2023-07-02", NOWHERE, purpose="sites"),
        ],
    )
    offices.submit(JIUQUANLU, "2023-07", funding=[get(CHENGGUAN, "T1", "600", "2023-07-03")])
    offices.submit(
        ZHANGYELU,
        "2023-07",
        funding=[
            get(CHENGGUAN, "T2", "400", "2023-07-03"),
            pay(ZHANGYELU, QILIHE, "T4", "7", "2023-07-03", purpose="sites"),
        ],
    )
    offices.submit(QILIHE, "2023-07", funding=[get(ZHANGYELU, "T4", "7", "2023-07-04", fund_source="municipal")])
    build.build("2023-07")
    expected = {
        "funding_awards_out_yuan": {LANZHOU: 30, CHENGGUAN: 1000},
        "funding_out_yuan": {GANSU: 2, LANZHOU: 32, CHENGGUAN: 1009, ZHANGYELU: 7},
        "funding_in_yuan": {CHENGGUAN: 30, QILIHE: 7, JIUQUANLU: 600, ZHANGYELU: 400},
        "funding_in_provincial_yuan": {CHENGGUAN: 30, JIUQUANLU: 600, ZHANGYELU: 400},
        "funding_balance_yuan": {
            GANSU: 4998, LANZHOU: 4998, CHENGGUAN: 5021, QILIHE: 7, JIUQUANLU: 600, ZHANGYELU: 393
        },
        "funding_unmatched_yuan": {GANSU: 2, LANZHOU: 2, CHENGGUAN: 2},
    }  # fmt: skip
    for indicator, values in expected.items():
        shown = figures(indicator)
        assert {key: value for key, value in shown.items() if value} == values, indicator
        assert {key: by_function(indicator)[key] for key in shown} == shown, indicator
        counties = {CODE[key]: value for key, value in shown.items() if key in (CHENGGUAN, QILIHE) and value}
        assert by_metric(indicator, "county") == counties, indicator
        provinces = {CODE[GANSU]: shown[GANSU]} if shown[GANSU] else {}
        assert by_metric(indicator, "province") == provinces, indicator


def test_ends_that_state_other_amounts_are_matched_and_listed_with_both(empty: str) -> None:
    """The difference is unmatched once, at the payer; an end whose other end is missing counts whole."""
    offices = Offices()
    expect(GANSU, LANZHOU, CHENGGUAN, JIUQUANLU)
    offices.submit(
        CHENGGUAN,
        "2023-07",
        funding=[
            pay(CHENGGUAN, JIUQUANLU, "T1", "100", "2023-07-02"),
            pay(CHENGGUAN, JIUQUANLU, "T2", "5", "2023-07-02"),
            pay(CHENGGUAN, JIUQUANLU, "T3", "8", "2023-07-02"),
        ],
    )
    offices.submit(
        JIUQUANLU,
        "2023-07",
        funding=[
            get(CHENGGUAN, "T1", "90", "2023-07-01"),
            get(CHENGGUAN, "T2", "5", "2023-07-03"),
            get(CHENGGUAN, "T3", "8", "2023-07-03", budget_year=2022),
        ],
    )
    build.build("2023-07")
    assert unmatched() == [
        (JIUQUANLU, "T1", 90, True, 100),
        (CHENGGUAN, "T1", 100, True, 90),
        (CHENGGUAN, "T3", 8, False, None),
        (JIUQUANLU, "T3", 8, False, None),
    ]
    assert figures("funding_unmatched_yuan") == {GANSU: 26, LANZHOU: 26, CHENGGUAN: 26, JIUQUANLU: 8}
    assert figures("funding_balance_yuan")[GANSU] == -10

    offices.submit(JIUQUANLU, "2023-07", funding=[get(CHENGGUAN, "T1", "100", "2023-07-01")])
    assert not build.build("2023-07").is_full
    assert [row[1] for row in unmatched()] == ["T2", "T3"]
    assert figures("funding_unmatched_yuan")[GANSU] == 13


@pytest.fixture
def merged(empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "offices.csv").write_text(REGISTRY, encoding="utf-8")
    (tmp_path / "office_events.csv").write_text(MERGED, encoding="utf-8")
    monkeypatch.setenv("ROLLCALL_REGISTRY", str(tmp_path))
    return empty


def test_an_heir_tells_the_other_end_of_what_named_the_office_it_took_over(merged: str) -> None:
    """Whichever of the two comes first; the other's slice is brought up to date beside it."""
    offices = Offices()
    county = [
        pay(CHENGGUAN, ZHANGYELU, "T1", "600", "2023-06-10"),
        pay(CHENGGUAN, ZHANGYELU, "T2", "50", "2023-06-10"),
    ]
    offices.submit(CHENGGUAN, "2023-06", funding=county)
    build.build("2023-06")
    assert [row[:2] for row in unmatched()] == [(CHENGGUAN, "T1"), (CHENGGUAN, "T2")]

    offices.submit(JIUQUANLU, "2023-06", funding=[get(CHENGGUAN, "T1", "600", "2023-06-20")])
    assert not build.build("2023-06").is_full
    assert [row[:2] for row in unmatched()] == [(CHENGGUAN, "T2")]

    offices.submit(CHENGGUAN, "2023-06", funding=county[1:])
    build.build("2023-06")
    assert [row[:2] for row in unmatched()] == [(JIUQUANLU, "T1"), (CHENGGUAN, "T2")]
    offices.submit(CHENGGUAN, "2023-06", funding=county)
    build.build("2023-06")
    assert [row[:2] for row in unmatched()] == [(CHENGGUAN, "T2")]
