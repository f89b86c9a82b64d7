"""Where each office stood on a day, and where its records count when it did not stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

WHOLE = Decimal(1)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Office:
    """An office as it is called, and where it hangs."""

    office_key: int
    code: str
    name: str
    level: str
    parent_key: int | None
    reports: bool


@dataclass(frozen=True)
class Change:
    """One line of the log of offices."""

    happened_on: date
    event: str
    office_key: int
    code: str | None = None
    name: str | None = None
    parent_key: int | None = None
    into_key: int | None = None
    share: Decimal | None = None

    @property
    def ends(self) -> bool:
        return self.event in ("merge", "split")


@dataclass(frozen=True)
class History:
    """Offices as first known, and what happened to them."""

    offices: Mapping[int, Office]
    log: Sequence[Change] = ()
    trees: dict[date, dict[int, Office]] = field(default_factory=dict, compare=False)
    counted: dict[tuple[int, date, int | None], dict[int, Decimal]] = field(default_factory=dict, compare=False)

    def tree(self, day: date) -> dict[int, Office]:
        """The offices that stand on a day, as they are called and hang on it."""
        if day not in self.trees:
            created = {change.office_key for change in self.log if change.event == "create"}
            standing = {key: office for key, office in self.offices.items() if key not in created}
            for change in self.log:
                if change.happened_on <= day and change.event == "create":
                    standing[change.office_key] = self.offices[change.office_key]
            for change in sorted(self.log, key=lambda change: change.happened_on):
                if change.happened_on <= day and not change.ends:
                    told = {"code": change.code, "name": change.name, "parent_key": change.parent_key}
                    stated = {name: value for name, value in told.items() if value is not None}
                    standing[change.office_key] = replace(standing[change.office_key], **stated)
            for key in self.offices:
                last_day = self.last_day(key)
                if last_day and last_day < day:
                    standing.pop(key, None)
            self.trees[day] = standing
        return self.trees[day]

    def first_day(self, office_key: int) -> date | None:
        """None where the office has stood as far as anybody knows."""
        return next((c.happened_on for c in self.log if (c.event, c.office_key) == ("create", office_key)), None)

    def endings(self, office_key: int) -> list[Change]:
        """The lines by which an office ended. One that is split into itself and others goes on."""
        lines = [change for change in self.log if change.ends and change.office_key == office_key]
        goes_on = {change.happened_on for change in lines if change.into_key == office_key}
        return [change for change in lines if change.happened_on not in goes_on]

    def last_day(self, office_key: int) -> date | None:
        return next((change.happened_on - ONE_DAY for change in self.endings(office_key)), None)

    def places(self, office_key: int, day: date) -> dict[int, Decimal]:
        """The offices standing on a day that hold what an office reported at any time, with their shares."""
        if office_key in self.tree(day):
            return {office_key: WHOLE}
        first_day = self.first_day(office_key)
        if first_day and day < first_day:
            return self.places(self.origin(office_key, first_day), day)
        return added(
            (heir, share * (change.share or WHOLE))
            for change in self.endings(office_key)
            for heir, share in self.places(change.into_key or 0, day).items()
        )

    def leads_to(self, office_key: int, heir: int, day: date = date.max) -> bool:
        """Whether an office went into another by a day, at once or through others."""
        into = [change.into_key for change in self.endings(office_key) if change.happened_on <= day]
        return heir in into or any(self.leads_to(key, heir, day) for key in into if key is not None)

    def taken_over(self, office_key: int, day: date) -> list[int]:
        """The offices that an office has taken over by a day: not one that gave it a part and goes on."""
        return [key for key in self.offices if self.leads_to(key, office_key, day)]

    def origin(self, office_key: int, first_day: date) -> int:
        """The office it was split from; the one above where there is none, or several that cannot be told apart."""
        split = {
            change.office_key
            for change in self.log
            if (change.event, change.into_key, change.happened_on) == ("split", office_key, first_day)
        }
        parent = self.tree(first_day)[office_key].parent_key
        assert parent is not None
        return split.pop() if len(split) == 1 else parent

    def path(self, office_key: int, day: date) -> list[int]:
        """An office standing on a day and all above it, upwards."""
        parent = self.tree(day)[office_key].parent_key
        return [office_key] + ([] if parent is None else self.path(parent, day))

    def above(self, office_key: int, day: date, heir: int | None = None) -> dict[int, Decimal]:
        """
        Every office of a day's tree in which an office's records count, with the share that does.

        Where an *heir* is given, only what leads to it: not the others among which the office was split.
        """
        if (office_key, day, heir) not in self.counted:
            self.counted[office_key, day, heir] = added(
                (ancestor, share)
                for place, share in self.places(office_key, day).items()
                if heir is None or self.stands_or_is_to_come(office_key, day) or self.on_one_way(place, heir)
                for ancestor in self.path(place, day)
            )
        return self.counted[office_key, day, heir]

    def stands_or_is_to_come(self, office_key: int, day: date) -> bool:
        return day <= (self.last_day(office_key) or date.max)

    def on_one_way(self, one: int, other: int) -> bool:
        return one == other or self.leads_to(one, other) or self.leads_to(other, one)

    def counts_on(self, day: date) -> set[int]:
        """The offices of a day's tree that have figures: those that anybody who reports counts in."""
        return {above for key, office in self.offices.items() if office.reports for above in self.above(key, day)}

    def called(self, code: str | None, *days: date) -> int | None:
        """The office that bears a code on the first of the days on which anybody does."""
        for day in days:
            for key, office in self.tree(day).items():
                if code == office.code:
                    return key
        return None


def added(shares: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    total: dict[int, Decimal] = {}
    for key, share in shares:
        total[key] = total.get(key, Decimal(0)) + share
    return total
