"""Months from one to another, and those that the demo's offices have."""

from rollcall.errors import RollcallError
from rollcall.periods import Period

FIRST, LAST = Period(2023, 5), Period(2023, 7)


class MonthsReversed(RollcallError):
    """The first month asked for is after the last."""


def months(first: Period, last: Period) -> list[Period]:
    """The months from *first* to *last*, in order. Raises MonthsReversed."""
    if first > last:
        raise MonthsReversed(f"--from {first} is after --to {last}: name the earlier month first")
    found = [first]
    while found[-1] < last:
        found.append(found[-1].shift(1))
    return found
