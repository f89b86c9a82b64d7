"""Periods: the month reported on, written `YYYY-MM`."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
PERIOD = re.compile(r"([12][0-9]{3})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, order=True)
class Period:
    """One calendar month, in Asia/Shanghai."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read `YYYY-MM`. Raises ValueError for anything else."""
        match = PERIOD.fullmatch(text)
        if not match:
            raise ValueError(f"not a period: {text!r}; write it as YYYY-MM, like 2023-07")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def containing(cls, moment: datetime) -> "Period":
        """The month that *moment* (aware) falls in, in Asia/Shanghai."""
        local = moment.astimezone(LOCAL)
        return cls(local.year, local.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    def shift(self, months: int) -> "Period":
        """The month *months* later; earlier when negative."""
        index = self.year * 12 + self.month - 1 + months
        return Period(index // 12, index % 12 + 1)

    def due_at(self, deadline_day: int) -> datetime:
        """The end of day *deadline_day* of the month after, in Asia/Shanghai; of its last day where it is shorter."""
        last = self.shift(1).last_day
        return datetime.combine(last.replace(day=min(deadline_day, last.day)), time.max, LOCAL)
