"""What a told case says: files that offices sent, and the values that are right by hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tests.integration.build.conftest import PERIODS
from tests.integration.build.records import DATASETS, Held, Offices, Rows
from tests.integration.build.recount.trees import Change, History
from tests.integration.build.recount.world import Accepted, Slice, World
from tests.integration.build.told.places import Place

MAY, JUNE, JULY = PERIODS
Value = Decimal | int | str | None


@dataclass(frozen=True)
class Right:
    """A figure of a month; *tree_on*: not as reported but on the tree of a day."""

    indicator: str
    office_key: int
    period: str
    value: Value
    tree_on: date | None = None


@dataclass
class Case:
    """One told case while it is told: what was sent, and what is right of it."""

    place: Place
    accepted: dict[Slice, Accepted] = field(default_factory=dict)
    files: list[tuple[int, str, Held, Mapping[str, Rows]]] = field(default_factory=list)
    rights: list[Right] = field(default_factory=list)
    # finding, office, record's number
    findings: set[tuple[str, int, str]] = field(default_factory=set)
    # office, voucher, amount, the other end's amount
    unmatched: set[tuple[int, str, Decimal, Decimal | None]] = field(default_factory=set)
    # event, day, and the month in which the event began that a service of that day belongs to
    served_at: set[tuple[str, date, str | None]] = field(default_factory=set)
    # indicator, office, period, entries that stand on an earlier list
    earlier: list[tuple[str, int, str, int]] = field(default_factory=list)
    # office, volunteer, team and backbone on the last day
    registered: set[tuple[int, str, str | None, bool | None]] = field(default_factory=set)

    def send(self, office_key: int, period: str, held: Held | None = None, **datasets: Rows) -> None:
        """A file; of each dataset only its last one for a period counts."""
        self.files.append((office_key, period, held or {}, datasets))
        for dataset, rows in datasets.items():
            keys = [None if key is None or "…" in key else key for key in (held or {}).get(dataset, ())]
            revision = sum(file[:2] == (office_key, period) for file in self.files)
            self.accepted[office_key, period, dataset] = Accepted(list(rows), keys, revision, len(self.files))

    def load(self, ledger: Offices) -> None:
        for office_key, period, held, datasets in self.files:
            ledger.submit(office_key, period, held, **datasets)

    def world(self, history: History) -> World:
        asked = {(key, period, dataset) for key in self.place.offices for period in PERIODS for dataset in DATASETS}
        return World(history, asked, self.accepted)

    def right(self, indicator: str, office_key: int, values: Mapping[str, Value], tree_on: date | None = None) -> None:
        """What an indicator is at an office, by period."""
        self.rights += [Right(indicator, office_key, period, value, tree_on) for period, value in values.items()]

    def right_in(self, period: str, indicator: str, values: Mapping[int, Value], tree_on: date | None = None) -> None:
        """What an indicator is in a period, by office."""
        self.rights += [Right(indicator, key, period, value, tree_on) for key, value in values.items()]


@dataclass(frozen=True)
class Told:
    """A case by its name, and what becomes of its offices."""

    tell: Callable[[Case], None]
    log: Callable[[Place], Sequence[Change]]

    @property
    def name(self) -> str:
        return self.tell.__name__


CASES: list[Told] = []


def told(log: Callable[[Place], Sequence[Change]] = lambda place: ()) -> Callable[[Callable[[Case], None]], None]:
    def add(tell: Callable[[Case], None]) -> None:
        CASES.append(Told(tell, log))

    return add
