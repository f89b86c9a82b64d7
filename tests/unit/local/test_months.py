"""Months from one to another."""

import pytest

from rollcall.local.months import MonthsReversed, months
from rollcall.periods import Period


def test_both_ends_belong_to_it_also_across_a_year() -> None:
    assert [str(month) for month in months(Period(2022, 11), Period(2023, 1))] == ["2022-11", "2022-12", "2023-01"]
    assert months(Period(2023, 7), Period(2023, 7)) == [Period(2023, 7)]


def test_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(MonthsReversed, match="--from 2023-07 is after --to 2023-05"):
        months(Period(2023, 7), Period(2023, 5))
