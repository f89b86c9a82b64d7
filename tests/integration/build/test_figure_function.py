"""What readers ask in SQL: one figure of any window, and all offices on the tree of any day."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from rollcall import build
from rollcall.periods import Period
from rollcall.warehouse import embedded
from rollcall.warehouse.connection import connect
from tests.integration.build.conftest import EVENTS, REGISTRY
from tests.integration.build.records import Offices, event, expect, registration, unit, voucher

GANSU, LANZHOU, JIAYUGUAN, CHENGGUAN, QILIHE, JIUQUANLU, ZHANGYELU = 1, 2, 3, 4, 5, 6, 7
CODE = {
    GANSU: "620000000000",
    LANZHOU: "620100000000",
    JIAYUGUAN: "620200000000",
    CHENGGUAN: "620102000000",
    QILIHE: "620103000000",
    JIUQUANLU: "620102001000",
    ZHANGYELU: "620102002000",
}
NEW_CODE = "620299000000"
# In the middle of July 张掖路街道 goes into 酒泉路街道, and 七里河区 goes to 嘉峪关市 and gets another code.
MOVES = f"""{EVENTS}2,2023-07-10,merge,7,,,,6,,
3,2023-07-10,move,5,,,3,,,
4,2023-07-10,recode,5,{NEW_CODE},,,,,
"""


def ask(question: str, *values: Any) -> list[tuple[Any, ...]]:
    with connect() as connection:
        return connection.execute(question, values).fetchall()  # type: ignore[arg-type]


def figure(
    code: str | None, indicator: str, from_date: str | None, to_date: str | None, tree_on: str | None = None
) -> Any:
    [(value,)] = ask(
        "select marts.figure(%s, %s, %s::date, %s::date, %s::date)", code, indicator, from_date, to_date, tree_on
    )
    return value


@pytest.fixture
def built(empty: str) -> str:
    """Nothing was sent yet."""
    build.build("2023-07")
    return empty


@pytest.fixture
def moved(empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Two months of records, in the second of which offices merge and move."""
    (tmp_path / "offices.csv").write_text(REGISTRY, encoding="utf-8")
    (tmp_path / "office_events.csv").write_text(MOVES, encoding="utf-8")
    monkeypatch.setenv("ROLLCALL_REGISTRY", str(tmp_path))
    offices = Offices()
    for period in ("2023-06", "2023-07"):
        expect(GANSU, CHENGGUAN, QILIHE, JIUQUANLU, ZHANGYELU, period=period)
    offices.submit(
        ZHANGYELU,
        "2023-06",
        registrations=[registration(1, "2023-06-02", "a"), registration(2, "2023-06-20", "b")],
        events=[event("E1", CODE[ZHANGYELU], "2023-06-30", attendees=3)],
        units=[unit(1, honour_level="national", honoured_on=date(2020, 11, 20))],
        funding=[voucher("T1", "transfer_in", "5.50", "2023-06-09", CODE[JIUQUANLU])],
    )
    offices.submit(
        JIUQUANLU,
        "2023-07",
        registrations=[registration(1, "2023-07-03", "a")],
        events=[event("E2", CODE[JIUQUANLU], "2023-07-01"), event("E3", CODE[JIUQUANLU], "2023-07-31")],
        units=[],
    )
    offices.submit(QILIHE, "2023-07", events=[event("E4", CODE[QILIHE], "2023-07-09", attendees=8)])
    build.build("2023-07")
    return empty


def test_a_month_is_its_figure(moved: str) -> None:
    """Every row of rpt_figures, asked one by one and all offices at once, also where nothing is known."""
    rows = ask("select office_key, office_code, period, indicator, value from marts.rpt_figures")
    assert len({indicator for *_, indicator, _ in rows}) == 62
    windows = {period: (Period.parse(period).first_day, Period.parse(period).last_day) for _, _, period, *_ in rows}
    for period, (first, last) in windows.items():
        at_once = {
            (key, indicator): value
            for indicator, key, value in ask(
                "select indicator, office_key, value from reference.indicators"
                " cross join lateral marts.figures_on_tree(null, indicator, %s, %s)",
                first,
                last,
            )
        }
        shown = {(key, indicator): value for key, _, month, indicator, value in rows if month == period}
        assert {key: at_once[key] for key in shown} == shown
        assert {key for key, value in at_once.items() if value is not None} <= shown.keys()
    for _, code, period, indicator, value in rows[::7]:
        assert figure(code, indicator, *map(str, windows[period])) == value, (code, indicator, period)


def test_a_window_is_any_days(moved: str) -> None:
    assert figure(CODE[GANSU], "events", "2023-06-30", "2023-07-09") == 3
    assert figure(CODE[GANSU], "events", "2023-06-30", "2023-06-30") == 1
    assert figure(CODE[GANSU], "event_attendees", "2023-06-01", "2023-07-31") == 11
    assert figure(CODE[JIUQUANLU], "events", "2023-07-02", "2023-07-30") == 0  # a list was accepted, nothing happened
    assert figure(CODE[JIUQUANLU], "events", "2023-05-01", "2023-05-31") is None
    assert figure(CODE[GANSU], "units_national", None, "2020-11-19") is None
    assert figure(CODE[GANSU], "units_national", None, "2020-11-20") == 1
    assert figure(CODE[GANSU], "volunteers", "2023-07-01", "2023-06-19") == 1  # what a stock is from is passed by
    assert figure(CODE[GANSU], "volunteers", None, "2023-06-20") == 2


def test_as_reported_each_month_counts_on_its_own_tree(moved: str) -> None:
    """What 张掖路 did in June is its own; its registrations go on to 酒泉路, where person a is one."""
    assert figure(CODE[ZHANGYELU], "events", "2023-06-01", "2023-07-31") == 1
    assert figure(CODE[JIUQUANLU], "events", "2023-06-01", "2023-07-31") == 2
    assert figure(CODE[ZHANGYELU], "volunteers", None, "2023-06-30") == 2
    assert figure(CODE[ZHANGYELU], "volunteers", None, "2023-07-31") is None
    assert figure(CODE[JIUQUANLU], "volunteers", None, "2023-07-31") == 2
    assert figure(CODE[JIUQUANLU], "units_national", None, "2023-07-31") == 0  # the list ended with its office
    assert figure(CODE[JIAYUGUAN], "events", "2023-07-01", "2023-07-31") == 1
    assert figure(CODE[LANZHOU], "event_attendees", "2023-06-01", "2023-07-31") == 3
    assert figure(CODE[CHENGGUAN], "funding_in_yuan", "2023-06-01", "2023-06-30") == 0


def test_on_the_tree_of_a_day_all_counts_there(moved: str) -> None:
    assert figure(CODE[JIUQUANLU], "events", "2023-06-01", "2023-07-31", "2023-07-10") == 3
    assert figure(CODE[ZHANGYELU], "volunteers", None, "2023-07-31", "2023-07-09") == 2
    assert figure(CODE[LANZHOU], "events", "2023-06-01", "2023-07-31", "2023-07-09") == 4
    assert figure(CODE[JIAYUGUAN], "events", "2023-06-01", "2023-07-31", "2023-07-09") is None
    # whoever is at the other end: what the office it took over received is its own on that tree
    assert figure(CODE[JIUQUANLU], "funding_in_yuan", "2023-06-01", "2023-06-30", "2023-07-10") == Decimal("5.50")
    assert figure(CODE[ZHANGYELU], "funding_in_yuan", "2023-06-01", "2023-06-30") == Decimal("5.50")
    before, after = (
        {
            key: (name, value)
            for key, name, value in ask(
                "select office_key, office_name, value"
                " from marts.figures_on_tree(%s::date, 'events', '2023-06-01', '2023-07-31')",
                day,
            )
        }
        for day in ("2023-07-09", "2023-07-10")
    )
    assert before[ZHANGYELU] == ("张掖路街道", 1)
    assert ZHANGYELU not in after
    assert before[GANSU] == after[GANSU] == ("甘肃省", 4)


def test_a_code_names_the_office_that_bore_it_nearest_to_the_day(moved: str) -> None:
    """Whoever asks of the past by today's code, or of today by a code of the past, means the same office."""
    for code in (CODE[QILIHE], NEW_CODE):
        assert figure(code, "events", "2023-07-01", "2023-07-31") == 1
        assert figure(code, "events", "2023-06-01", "2023-06-30") is None


def test_infinity_is_any_late_day(moved: str) -> None:
    """Registers and balances as well; a window without an end has all that ever happened."""
    offices = [CODE[key] for key in (GANSU, LANZHOU, JIAYUGUAN, JIUQUANLU)]
    stocks = [name for (name,) in ask("select indicator from reference.indicators where nature = 'stock'")]
    # Distinct persons are the register of volunteers' own matter: its states have an end that is infinity, too.
    for indicator in set(stocks) - {"volunteers", "volunteers_backbone"}:
        late = [figure(code, indicator, None, "2199-12-31") for code in offices]
        assert [figure(code, indicator, None, "infinity") for code in offices] == late, indicator
    assert figure(CODE[GANSU], "units_national", None, "infinity") == 0  # known, and none
    assert figure(CODE[GANSU], "events", "2023-01-01", "infinity") == 4


REFUSED = [
    (("000000000000", "events", "2023-07-01", "2023-07-31"), "no office has or had the code '000000000000'"),
    ((None, "events", "2023-07-01", "2023-07-31"), "no office has or had the code null"),
    ((CODE[GANSU], "evnets", "2023-07-01", "2023-07-31"), "no indicator is called 'evnets'"),
    ((CODE[GANSU], "events", None, "2023-07-31"), "events is a flow and has no from_date"),
    ((CODE[GANSU], "events", "2023-07-31", "2023-07-01"), "events from 2023-07-31 to 2023-07-01"),
    ((CODE[GANSU], "units", None, None), "units without to_date"),
]


def test_what_cannot_be_answered_is_refused(built: str) -> None:
    for asked, message in REFUSED:
        with pytest.raises(psycopg.Error, match=message):
            figure(*asked)


def test_a_reader_may_ask(built: str, server: embedded.Server) -> None:
    """With the rights of the reader, not of the warehouse's owner."""
    database = built.rsplit("/", 1)[1]
    embedded.ensure_role(server, "reader_of_figures", "reads")
    embedded.ensure_reader(server, database, "reader_of_figures")
    with psycopg.connect(server.url(database, "reader_of_figures", "reads")) as connection:
        assert connection.execute("select figure(%s, 'units', null, '2023-07-31')", [CODE[GANSU]]).fetchone()
        rows = connection.execute("select * from figures_on_tree('2023-07-31', 'units', null, '2023-07-31')")
        assert [column.name for column in rows.description or ()] == [
            "office_key",
            "office_code",
            "office_name",
            "level",
            "value",
        ]
        assert len(rows.fetchall()) == 11
    with psycopg.connect(server.url(), autocommit=True) as admin:
        admin.execute("drop role reader_of_figures")
    assert ask("select proname, prosecdef from pg_proc where pronamespace = 'marts'::regnamespace order by 1") == [
        ("figure", False),
        ("figures_on_tree", False),
    ]
