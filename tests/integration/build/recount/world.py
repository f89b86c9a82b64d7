"""All that figures may depend on: the offices, what was asked for, and what was accepted of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from tests.integration.build.recount.trees import History

Row = Mapping[str, Any]
Slice = tuple[int, str, str]  # office_key, period, dataset
FIRST_LINE = 2  # of a sheet, below its headers
P = ParamSpec("P")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Accepted:
    """
    What was accepted of a slice, and what was held of it.

    `held` has of each held row its key as it was read, None where that could not be read. `submission` counts up as
    files land.
    """

    rows: Sequence[Row]
    held: Sequence[str | None] = ()
    revision: int = 1
    submission: int = 0


@dataclass(frozen=True)
class World:
    """The offices and their history, what was asked for, and what was accepted of every slice."""

    history: History
    asked: set[Slice]
    accepted: Mapping[Slice, Accepted]
    kept: dict[Any, Any] = field(default_factory=dict, compare=False)  # what was counted before

    def months_asked(self, dataset: str) -> set[str]:
        return {period for _, period, name in self.asked if name == dataset}

    def periods_of(self, office_key: int, dataset: str) -> list[str]:
        """The months of which an office's slice was accepted, in order."""
        return sorted(period for key, period, name in self.accepted if (key, name) == (office_key, dataset))

    def office_called(self, code: str | None, day: date, period: str) -> int | None:
        """Whom a code in a record names: on the record's own date, else at the end of its slice's month."""
        return self.history.called(code, day, last_day(period))


def kept(count: Callable[Concatenate[World, P], Result]) -> Callable[Concatenate[World, P], Result]:
    """Count once per world and question."""

    @wraps(count)
    def ask(world: World, *args: P.args, **kwargs: P.kwargs) -> Result:
        question = (count.__qualname__, args)
        if question not in world.kept:
            world.kept[question] = count(world, *args, **kwargs)
        answer: Result = world.kept[question]
        return answer

    return ask


def first_day(period: str) -> date:
    return date.fromisoformat(f"{period}-01")


def last_day(period: str) -> date:
    year, month = int(period[:4]), int(period[5:])
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def month_end(day: date) -> date:
    return last_day(month_of(day))


def local_day(row: Row, column: str = "started_at") -> date:
    """The day of a moment in Asia/Shanghai."""
    day: date = row[column].astimezone(ZoneInfo("Asia/Shanghai")).date()
    return day


def amount_of(row: Row, column: str) -> Decimal | None:
    """A blank cell says nothing, which is not zero."""
    return None if row.get(column) is None else Decimal(row[column])
