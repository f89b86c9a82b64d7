"""What the page of results says, and when the demo has failed."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from rollcall.local import arrivals, page, published, trees
from rollcall.local.published import Figure
from rollcall.local.trees import AS_REPORTED, History
from rollcall.periods import Period
from rollcall.settings import ROOT

MAY, JUNE, JULY = Period(2023, 5), Period(2023, 6), Period(2023, 7)
DAY_1, DAY_2 = date(2023, 5, 31), date(2023, 7, 31)


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=page.COLUMNS)


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def figure(comparison: str, value: str, reached: str | None) -> Figure:
    said = None if reached is None else Decimal(reached)
    return Figure("紫阳县", "活动场次", "events", date(2023, 1, 1), DAY_2, comparison, Decimal(value), said)


@pytest.mark.parametrize(
    ("comparison", "published_value", "reached", "holds"),
    [
        ("=", "18", "18.00", True),
        ("=", "18", "19.00", False),
        (">=", "300", "300.00", True),
        (">=", "300", "299.99", False),
        ("<=", "3", "3", True),
        ("<=", "3", "4", False),
        (">=", "0", None, False),
    ],
)
def test_a_published_figure_holds_as_it_was_published(comparison, published_value, reached, holds) -> None:
    """What the warehouse knows nothing of does not hold."""
    assert figure(comparison, published_value, reached).holds is holds


def published_is(monkeypatch: pytest.MonkeyPatch, *figures: Figure) -> None:
    monkeypatch.setattr(published, "figures", lambda: list(figures))


def test_a_published_figure_that_does_not_hold_fails_the_demo(monkeypatch, console) -> None:
    published_is(monkeypatch, figure("=", "18", "18"), figure(">=", "3900", "3899"))
    monkeypatch.setattr(page, "is_all_of_the_demo", lambda _: True)
    assert not page.show_published([MAY, JUNE, JULY], console)
    assert "1 of 2 published figures hold: 1 do not" in printed(console)
    assert ">= 3,900" in printed(console)
    published_is(monkeypatch, figure("=", "18", "18"))
    assert page.show_published([MAY, JUNE, JULY], console)


def test_published_figures_are_only_asked_of_the_whole_demo(monkeypatch, console) -> None:
    """A tenth of the rows, a month of the three or other offices do not add up to them."""
    assert page.is_all_of_the_demo([MAY, JUNE, JULY])
    assert not page.is_all_of_the_demo([JULY])
    assert not page.is_all_of_the_demo([MAY, JUNE])
    monkeypatch.setenv("ROLLCALL_REGISTRY", "elsewhere")
    assert not page.is_all_of_the_demo([MAY, JUNE, JULY])
    monkeypatch.delenv("ROLLCALL_REGISTRY")
    monkeypatch.setenv("ROLLCALL_DEMO_SCALE", "0.1")
    assert not page.is_all_of_the_demo([MAY, JUNE, JULY])
    published_is(monkeypatch, figure("=", "18", None))
    assert page.show_published([MAY, JUNE, JULY], console)
    assert "for information" in printed(console)


def test_a_figure_is_one_line_also_where_there_is_no_terminal(monkeypatch, console) -> None:
    """The longest names of all, at the width that a pipe gets."""
    longest = Figure(
        "周家泉街道", "志愿者组织机构", "creation_problems_resolved", date(2019, 1, 1), date(2020, 3, 31), ">=",
        Decimal(1_000_000), Decimal(1_000_000),
    )  # fmt: skip
    console.print(published.table([longest], True))
    (line,) = [line for line in printed(console).splitlines() if "周家泉街道" in line]
    assert all(word in line for word in ("creation_problems_resolved", "2019-01-01 – 2020-03-31", "holds"))


def test_every_published_figure_can_be_compared() -> None:
    """The generator and the page read the same file."""
    lines = (ROOT / "demo" / "published_figures.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "article,office_code,office,indicator,from_date,to_date,comparison,value"
    assert {line.split(",")[6] for line in lines[1:]} <= set(published.COMPARISONS)
    assert Path(published.PUBLISHED).name == "published_figures.csv"


def history(reported: int, on_day_1: int, on_day_2: int | None) -> History:
    """A merge of office 2 into 3 in province 1."""
    event = {"happened_on": date(2023, 6, 16), "event": "merge", "was": "甲镇", "into_name": "乙镇"}
    values = {
        (AS_REPORTED, 1): reported, (DAY_1, 1): on_day_1, (DAY_2, 1): on_day_2,
        (AS_REPORTED, 2): 5, (DAY_1, 2): 5, (DAY_2, 2): None,
    }  # fmt: skip
    return History(
        [event],
        {1: "示例省", 2: "甲镇"},
        {1},
        [AS_REPORTED, DAY_1, DAY_2],
        {(v, "events", key): None if n is None else Decimal(n) for (v, key), n in values.items()},
    )


@pytest.mark.parametrize(
    ("totals", "is_conserved"), [((9, 9, 9), True), ((9, 8, 9), False), ((9, 9, None), False), ((10, 9, 9), False)]
)
def test_a_provinces_total_that_depends_on_the_view_fails_the_demo(totals, is_conserved, monkeypatch, console) -> None:
    monkeypatch.setattr(trees, "history", lambda _: history(*totals))
    assert page.show_history([MAY, JULY], console) is is_conserved
    said = printed(console)
    assert "2023-06-16  merge   甲镇 into 乙镇" in said
    assert ("示例省, events: the total is not the same in every view" in said) is not is_conserved


def test_offices_that_stand_still_have_no_history(monkeypatch, console) -> None:
    monkeypatch.setattr(trees, "history", lambda _: History())
    assert page.show_history([MAY], console)
    assert printed(console) == ""


def test_events_are_told_in_a_sentence_each() -> None:
    day = date(2023, 7, 1)
    assert trees.sentence({"happened_on": day, "event": "rename", "was": "丙乡", "name_now": "丙镇"}).endswith(
        "丙乡, now 丙镇"
    )
    moved = {"happened_on": day, "event": "move", "was": "丁镇", "parent_was": "戊县", "parent_now": "己县"}
    assert trees.sentence(moved).endswith("丁镇 from 戊县 to 己县")


def test_a_lost_row_is_seen_and_a_month_of_which_nothing_came_is_balanced() -> None:
    assert arrivals.is_balanced({"received": 3, "accepted": 2, "held": 1})
    assert arrivals.is_balanced({})
    assert not arrivals.is_balanced({"received": 3, "accepted": 2, "held": 0})


def test_months_stand_side_by_side_and_are_added_up_where_that_means_something(console) -> None:
    found = {str(month): {"received": number, "compute": number} for month, number in ((MAY, 1000), (JUNE, 234))}
    console.print(arrivals.months_table(found))
    (received,) = [line for line in printed(console).splitlines() if "rows received" in line]
    assert [cell.strip() for cell in received.split("│")[2:5]] == ["1,000", "234", "1,234"]
    (compute,) = [line for line in printed(console).splitlines() if "seconds from landed" in line]
    assert [cell.strip() for cell in compute.split("│")[2:5]] == ["1,000", "234", ""]
