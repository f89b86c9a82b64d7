"""Whom the demo plays, for which month: the offices of the registry, their tree, and the seed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from random import Random

from demo.habits import ALWAYS_RIGHT, Habits, habits_of
from demo.published.figures import Figure, figures_of, named_codes
from rollcall.offices import History, Office, called_on, read_history
from rollcall.periods import Period

# Of the seeds up to 1,200 the one whose groups of misbehaving offices come nearest to their shares in Gansu.
SEED = 131


@dataclass(frozen=True, eq=False)
class World:
    """
    The offices that report for one period, one version each.

    `first` is the month that the demo begins with, in which some offices bring their past. `others` are the worlds
    of other months of the same demo, as far as somebody asked for them.
    """

    seed: int
    period: Period
    scale: float
    history: History
    first: Period
    others: "dict[Period, World]" = field(default_factory=dict, repr=False)

    @cached_property
    def offices(self) -> tuple[Office, ...]:
        return tuple(called_on(self.history.versions(), self.period.last_day))

    @cached_property
    def by_code(self) -> dict[str, Office]:
        return {office.code: office for office in self.offices}

    @cached_property
    def by_key(self) -> dict[int, Office]:
        return {office.office_key: office for office in self.offices}

    @cached_property
    def children(self) -> dict[int, list[Office]]:
        """Office key to the offices right below it, in order of key."""
        below: dict[int, list[Office]] = {}
        for office in self.offices:
            if office.parent_key is not None:
                below.setdefault(office.parent_key, []).append(office)
        return below

    @cached_property
    def habits(self) -> dict[str, Habits]:
        """By code of this month; an office keeps its habits when its code changes."""
        return {
            office.code: habits_of(self.seed, self.first_code(office), office.office_key in self.faultless)
            for office in self.offices
        }

    @cached_property
    def faultless(self) -> frozenset[int]:
        """
        Keys of offices that always answer, and rightly, in every month.

        Figures that others quote rest on them, on those that ever hung below them too; and what happened to offices
        is seen in their records.
        """
        below: dict[int, set[int]] = {}
        named, touched = set(), set()
        for key, life in self.history.lives.items():
            for version in life.versions:
                if version.parent_key is not None:
                    below.setdefault(version.parent_key, set()).add(key)
            if life.versions[0].code in named_codes():
                named.add(key)
            if life.versions[0].code in ALWAYS_RIGHT or life.start or len(life.versions) > 1:
                touched.add(key)
            if life.end:
                touched |= {key, *life.heirs}
        waiting = list(named)
        while waiting:
            new = below.get(waiting.pop(), set()) - named
            named |= new
            waiting += new
        return frozenset(named | touched)

    @cached_property
    def month(self) -> str:
        """The period as numbers carry it: 2307."""
        return f"{self.period.year % 100:02d}{self.period.month:02d}"

    @cached_property
    def previous(self) -> "World | None":
        """The month before, where the demo plays it."""
        return self.at(self.period.shift(-1)) if self.period > self.first else None

    def at(self, period: Period) -> "World":
        """The same demo in another month."""
        if period == self.period:
            return self
        if period not in self.others:
            self.others[self.period] = self
            self.others[period] = World(self.seed, period, self.scale, self.history, self.first, self.others)
        return self.others[period]

    def first_code(self, office: Office) -> str:
        """The code that the office had at first: its numbers and its chance hang on it, so that a recode moves none."""
        return self.history.lives[office.office_key].versions[0].code

    def below(self, office: Office) -> list[Office]:
        return self.children.get(office.office_key, [])

    def subtree(self, office: Office) -> Iterator[Office]:
        """The office and all below it."""
        yield office
        for lower in self.below(office):
            yield from self.subtree(lower)

    def above(self, office: Office) -> Office | None:
        """The parent, where it reports."""
        return self.by_key.get(office.parent_key) if office.parent_key is not None else None

    def figures_over(self, office: Office) -> list[Figure]:
        """What was published of the office, and of those above it in this month or in the first."""
        if office.office_key not in self._figures:
            home = self.at(self.first)
            before = home.by_key.get(office.office_key)
            codes = dict.fromkeys((*self._line(office), *(home._line(before) if before else ())))
            self._figures[office.office_key] = [figure for code in codes for figure in figures_of(code)]
        return self._figures[office.office_key]

    @cached_property
    def _figures(self) -> dict[int, list[Figure]]:
        return {}

    def _line(self, office: Office) -> Iterator[str]:
        """The first codes of the office and of those above it."""
        upper: Office | None = office
        while upper:
            yield self.first_code(upper)
            upper = self.above(upper)

    def brings_its_past(self, office: Office) -> bool:
        """
        Whether the office's submission of this month is its first, and something was published of it before; also
        whether it has a part in what the office above it published that happened.
        """
        is_told_above = any(figure.from_day for figure in self.figures_over(office))
        return self.period == self.first and (is_told_above or bool(figures_of(self.first_code(office))))

    def merged_into(self, office: Office) -> list[tuple[Office, "World"]]:
        """Offices that have gone into this one by the end of the month, each with the last month it reported in."""
        found = []
        for key in self._predecessors.get(office.office_key, ()):
            life = self.history.lives[key]
            if life.end and life.end <= self.period.last_day:
                last = self.at(Period(life.end.year, life.end.month).shift(-1))
                if key in last.by_key:
                    found.append((last.by_key[key], last))
        return found

    def month_before(self, office: Office) -> list[tuple[Office, "World"]]:
        """Who reported last month what *office* goes on with: itself, and whom it has taken over; with that month."""
        if not self.previous:
            return []
        before = self.previous.by_key.get(office.office_key)
        merged = [one for one in self.merged_into(office) if one[1].period == self.previous.period]
        return [*([(before, self.previous)] if before else []), *merged]

    @cached_property
    def _predecessors(self) -> dict[int, list[int]]:
        """Key of the office that takes over the registers of others, to theirs."""
        found: dict[int, list[int]] = {}
        for key, life in self.history.lives.items():
            if life.end and life.heirs:
                found.setdefault(max(life.heirs, key=lambda heir: life.heirs[heir]), []).append(key)
        return found

    def rng(self, office: Office, *about: str) -> Random:
        """The chance of one office in this period; *about* keeps one thing's chance apart from another's."""
        return Random(":".join((str(self.seed), self.first_code(office), str(self.period), *about)))

    def lasting_rng(self, office: Office, *about: str) -> Random:
        """The chance of one office that is the same in every period."""
        return Random(":".join((str(self.seed), self.first_code(office), *about)))

    def some_day(self, rng: Random) -> date:
        """Any day of the period."""
        return self.period.first_day + timedelta(days=rng.randrange(self.period.last_day.day))

    def scaled(self, count: int, least: int = 2) -> int:
        """A number of rows at the scale of this world, never fewer than *least*."""
        return max(min(count, least), round(count * self.scale))


def build_world(seed: int, period: Period, scale: float, registry: Path, first: Period | None = None) -> World:
    """Read the registry in *registry*; the demo begins with *first*, or with *period* itself."""
    return World(seed, period, scale, read_history(registry), first or period)
