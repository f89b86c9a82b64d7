"""A period is a month of Asia/Shanghai, written YYYY-MM."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.periods import LOCAL, Period

PERIODS = st.builds(Period, st.integers(1990, 2199), st.integers(1, 12))


@given(PERIODS)
def test_reads_what_it_writes(period):
    assert Period.parse(str(period)) == period


@pytest.mark.parametrize(
    "text",
    [
        *["", "2023", "2023-7", "2023-13", "2023-00", "2023-07-01", "202307", "2023/07", "23-07", "0000-07"],
        *[" 2023-07", "2023-07 ", "2023-07\n", "-2023-07", "２０２３-07"],
    ],
)
def test_refuses_what_is_no_month(text):
    with pytest.raises(ValueError, match="YYYY-MM"):
        Period.parse(text)


@pytest.mark.parametrize(
    ("moment", "period"),
    [
        (datetime(2023, 7, 31, 15, 59, 59, tzinfo=UTC), "2023-07"),
        (datetime(2023, 7, 31, 16, 0, 0, tzinfo=UTC), "2023-08"),
        (datetime(2023, 1, 1, 0, 0, tzinfo=LOCAL), "2023-01"),
    ],
)
def test_a_moment_belongs_to_the_month_in_shanghai(moment, period):
    """Eight hours before the end of a month in UTC, the next one has begun."""
    assert str(Period.containing(moment)) == period


@pytest.mark.parametrize(("period", "last"), [("2023-02", 28), ("2024-02", 29), ("2023-12", 31), ("2023-04", 30)])
def test_knows_its_first_and_last_day(period, last):
    month = Period.parse(period)
    assert (month.first_day.day, month.last_day.day) == (1, last)
    assert month.first_day.month == month.last_day.month == month.month


@given(PERIODS, st.integers(-500, 500))
def test_a_shift_there_and_back_changes_nothing(period, months):
    shifted = period.shift(months)
    assert shifted.shift(-months) == period
    assert (shifted > period) is (months > 0)


@given(PERIODS)
def test_the_next_month_begins_the_day_after(period):
    assert (period.shift(1).first_day - period.last_day).days == 1


@pytest.mark.parametrize(
    ("period", "day", "due"),
    [("2023-07", 5, date(2023, 8, 5)), ("2023-12", 5, date(2024, 1, 5)), ("2023-01", 31, date(2023, 2, 28))],
)
def test_is_due_at_the_end_of_a_day_of_the_month_after(period, day, due):
    """In Shanghai; where the month after is too short, at its end."""
    due_at = Period.parse(period).due_at(day)
    assert due_at.date() == due
    assert due_at.utcoffset().total_seconds() == 8 * 3600
    assert (due_at.hour, due_at.minute, due_at.second) == (23, 59, 59)
