"""The published figures, as `published_figures.csv` has them."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

PUBLISHED = Path(__file__).parents[1] / "published_figures.csv"


@dataclass(frozen=True)
class Figure:
    """
    One line: the office named counts *value* of *indicator* from `from_day` to `to_day`, both included.

    `from_day` is None for what stands on `to_day`. `exact`: neither more nor less.
    """

    office_code: str
    indicator: str
    from_day: date | None
    to_day: date
    exact: bool
    value: int

    @property
    def says_some(self) -> bool:
        """Whether it only says that there were some: then any number of them is right."""
        return self.value == 1 and not self.exact

    def covers(self, day: date) -> bool:
        return (self.from_day or day) <= day <= self.to_day


@cache
def figures() -> tuple[Figure, ...]:
    """Every line, in order."""
    with PUBLISHED.open(encoding="utf-8", newline="") as lines:
        return tuple(figure_of(row) for row in csv.DictReader(lines))


def figure_of(row: dict[str, str]) -> Figure:
    return Figure(
        row["office_code"],
        row["indicator"],
        date.fromisoformat(row["from_date"]) if row["from_date"] else None,
        date.fromisoformat(row["to_date"]),
        {"=": True, ">=": False}[row["comparison"]],
        int(row["value"]),
    )


@cache
def figures_of(code: str) -> tuple[Figure, ...]:
    """What was published of the office that had *code* at first."""
    return tuple(figure for figure in figures() if figure.office_code == code)


@cache
def named_codes() -> frozenset[str]:
    return frozenset(figure.office_code for figure in figures())


class Wanted:
    """How many of what one office has to bring, by indicator."""

    def __init__(self, code: str, indicators: frozenset[str]) -> None:
        self.figures = {figure.indicator: figure for figure in figures_of(code) if figure.indicator in indicators}

    def __bool__(self) -> bool:
        return bool(self.figures)

    def count(self, indicator: str) -> int:
        """The figure; of one that says `at least` a little more. 0 where nothing was published."""
        figure = self.figures.get(indicator)
        if figure is None:
            return 0
        if figure.says_some:
            return SOME
        return figure.value if figure.exact else figure.value + round(figure.value * MARGIN)

    @property
    def from_day(self) -> date | None:
        """The first day that all windows share; None for registers."""
        return max((figure.from_day for figure in self.figures.values() if figure.from_day), default=None)

    @property
    def to_day(self) -> date:
        """The last day that all windows share."""
        return min(figure.to_day for figure in self.figures.values())


# How many there are where it was only said that there are some: one a month of half a year.
SOME = 6
# By how much an office that said `at least` is above it.
MARGIN = 0.01
