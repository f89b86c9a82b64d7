"""Months of a small tree of offices, made at random: the warehouse is given what is kept here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

import pytest

from rollcall.periods import LOCAL, Period
from rollcall.warehouse.connection import connect
from tests.integration.build.conftest import PERIODS
from tests.integration.build.random_log import RandomLog, write_registry
from tests.integration.build.random_rows import RandomRows
from tests.integration.build.random_tellings import RandomTellings
from tests.integration.build.records import DATASETS, Offices
from tests.integration.build.recount.trees import History
from tests.integration.build.recount.world import Accepted, Slice, World, last_day

# On, before and after the borders of months, and within them.
TURNS = [
    date.fromisoformat(day)
    for day in (
        "2022-12-31", "2023-01-01", "2023-05-01", "2023-05-20", "2023-05-31", "2023-06-01", "2023-06-02",
        "2023-06-15", "2023-06-30", "2023-07-01", "2023-07-16", "2023-07-31", "2023-08-01",
    )
]  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """One file: how many rows of each of its datasets were accepted and held; nothing where it was turned away."""

    submission_id: int
    office_key: int
    period: str
    revision: int
    accepted: dict[str, int]
    held: dict[str, int]

    @property
    def submitted_at(self) -> datetime:
        first = datetime.combine(Period.parse(self.period).shift(1).first_day, datetime.min.time(), LOCAL)
        return first + timedelta(days=self.revision)


@dataclass
class RandomWorld:
    """What was asked and sent so far, in the warehouse and here alike."""

    chance: Random
    history: History
    asked: set[Slice] = field(default_factory=set)
    accepted: dict[Slice, Accepted] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    ledger: Offices = field(default_factory=Offices)
    revisions: dict[tuple[int, str], int] = field(default_factory=dict)

    def world(self) -> World:
        return World(self.history, set(self.asked), dict(self.accepted))

    @property
    def turns(self) -> list[date]:
        return sorted({change.happened_on for change in self.history.log})

    def reporting(self, period: str) -> list[int]:
        """The offices that report and stand at the end of the month."""
        return [key for key, office in self.history.tree(last_day(period)).items() if office.reports]

    def heirs(self, period: str) -> list[int]:
        """Offices that have taken over others by the end of a month."""
        return [key for key in self.reporting(period) if self.history.taken_over(key, last_day(period))]

    def ask(self, period: str, *office_keys: int, datasets: Sequence[str] = DATASETS) -> None:
        asked = {(key, period, dataset) for key in office_keys for dataset in datasets} - self.asked
        due_at = Period.parse(period).due_at(5)
        with connect() as connection, connection.cursor() as cursor:
            cursor.executemany(
                "insert into ledger.expected_slices values (%s, %s, %s, %s)", [(*slice_, due_at) for slice_ in asked]
            )
        self.asked |= asked

    def send_some(self, period: str, most: int) -> None:
        """A file of an office that stands at the end of the month; now and then of one that no longer does."""
        standing = self.reporting(period)
        ended = [
            key
            for key in self.history.offices
            if key not in standing
            and (last := self.history.last_day(key))
            and last >= Period.parse(period).first_day
            and (self.history.first_day(key) or last) <= last_day(period)
        ]
        self.send(self.chance.choice([*standing, *ended]), period, self.some_datasets(most))

    def some_datasets(self, most: int) -> list[str]:
        return self.chance.sample(DATASETS, self.chance.randint(most // 2, most))

    def send(self, office_key: int, period: str, datasets: Sequence[str]) -> None:
        """One file with these datasets, at random empty; now and then one that is turned away as a whole."""
        key = (office_key, period)
        revision = self.revisions.get(key, self.chance.randint(1, 7))  # a day each, from the 2nd; due is the 5th
        self.revisions[key] = revision + 1
        self.ledger.revisions[key] = count(revision)
        if self.chance.random() < 0.1:
            submission = self.ledger.send_unusable(office_key, period, "文件打不开，请重新报送。")
            self.sent.append(Sent(submission, office_key, period, revision, {}, {}))
            return
        made = RandomTellings(RandomRows(self.chance, self.history, self.turns), self.accepted)
        rows = {dataset: made.of(dataset, office_key, period) for dataset in datasets}
        if self.history.taken_over(office_key, last_day(period)):
            # Whose a service is that an heir tells of has cases that the contract does not settle and that models and
            # recount answer differently; told cases and test_heirs hold those that it settles.
            rows |= {dataset: [] for dataset in datasets if dataset == "services"}
        held = {dataset: made.held(dataset, rows[dataset]) for dataset in datasets}
        submission = self.ledger.submit(office_key, period, held, **rows)
        for dataset in datasets:
            keys = [None if key is None or "…" in key else key for key in held[dataset]]
            self.accepted[office_key, period, dataset] = Accepted(rows[dataset], keys, revision, submission)
        sizes = [{dataset: len(some[dataset]) for dataset in datasets} for some in (rows, held)]
        self.sent.append(Sent(submission, office_key, period, revision, *sizes))


def random_world(seed: int, folder: Path, patch: pytest.MonkeyPatch) -> RandomWorld:
    """A registry of its own, in *folder*, and its first files: two months asked for, most of the offices answering."""
    chance = Random(seed)
    world = RandomWorld(chance, RandomLog(chance, TURNS).history())
    write_registry(world.history, folder)
    patch.setenv("ROLLCALL_REGISTRY", str(folder))
    for period in PERIODS[:2]:
        ever = [key for key, office in world.history.offices.items() if office.reports]
        world.ask(period, *world.reporting(period), *chance.sample(ever, 1))  # one, whether it stands or not
    for period in PERIODS:
        for office_key in world.reporting(period):
            ends = period == PERIODS[0] and world.history.last_day(office_key)
            if ends or chance.random() < 0.8:
                world.send(office_key, period, DATASETS if ends else world.some_datasets(14))
        if chance.random() < 0.6:
            world.send_some(period, 12)
        for heir in world.heirs(period):
            world.send(heir, period, DATASETS)
    return world
