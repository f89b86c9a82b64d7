"""
Months of a small tree of offices, made at random: the warehouse is given what is kept here.

Keys, persons, months and other ends are so few that records collide.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from rollcall.periods import LOCAL, Period
from rollcall.warehouse.connection import connect
from tests.integration.build.conftest import PERIODS, REGISTRY
from tests.integration.build.records import DATASETS, PERSON, Offices, event, registration, unit, voucher
from tests.integration.build.recount import Office, Row, Slice, World

NOWHERE = "710000000000"  # the code of no office
AMOUNTS = ("0.01", "3.30", "10.00", "99999999.99")
KINDS = ("talk", "role_model", "exhibition", "festival", "study", "dispatch", "training", "party_class", "other")
MOMENTS = (timedelta(0), timedelta(hours=7, minutes=59), timedelta(hours=23, minutes=59))  # in UTC, another day


def current_offices() -> dict[int, Office]:
    """The tests' registry as it is now: of an office with several versions, the last."""
    return {
        int(row["office_key"]): Office(
            int(row["office_key"]),
            row["code"],
            row["name"],
            row["level"],
            int(row["parent_key"]) if row["parent_key"] else None,
            row["reports"] == "true",
        )
        for row in csv.DictReader(io.StringIO(REGISTRY))
    }


@dataclass(frozen=True)
class Sent:
    """One file: how many rows of each of its datasets were accepted; nothing where it was turned away."""

    submission_id: int
    office_key: int
    period: str
    revision: int
    held: int
    accepted: dict[str, int]

    @property
    def submitted_at(self) -> datetime:
        first = datetime.combine(Period.parse(self.period).shift(1).first_day, datetime.min.time(), LOCAL)
        return first + timedelta(days=self.revision)


@dataclass
class RandomWorld:
    """What was asked and sent so far, in the warehouse and here alike."""

    chance: Random
    offices: dict[int, Office] = field(default_factory=current_offices)
    asked: set[Slice] = field(default_factory=set)
    accepted: dict[Slice, Sequence[Row]] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    ledger: Offices = field(default_factory=Offices)
    revisions: dict[tuple[int, str], int] = field(default_factory=dict)

    def world(self) -> World:
        return World(self.offices, set(self.asked), dict(self.accepted))

    @property
    def reporting(self) -> list[int]:
        return [key for key, office in self.offices.items() if office.reports]

    def ask(self, period: str, *office_keys: int, datasets: Sequence[str] = DATASETS) -> None:
        with connect() as connection, connection.cursor() as cursor:
            asked = [(key, period, dataset) for key in office_keys for dataset in datasets]
            due_at = Period.parse(period).due_at(5)
            cursor.executemany(
                "insert into ledger.expected_slices values (%s, %s, %s, %s)", [(*slice_, due_at) for slice_ in asked]
            )
        self.asked.update(asked)

    def send(self, office_key: int, period: str, datasets: Sequence[str]) -> None:
        """One file with these datasets, at random empty; now and then one that is turned away as a whole."""
        key = (office_key, period)
        revision = self.revisions.get(key, self.chance.randint(1, 7))  # a day each, from the 2nd; due is the 5th
        self.revisions[key] = revision + 1
        self.ledger.revisions[key] = count(revision)
        if self.chance.random() < 0.1:
            submission = self.ledger.send_unusable(office_key, period, "文件打不开，请重新报送。")
            self.sent.append(Sent(submission, office_key, period, revision, 0, {}))
            return
        rows = {dataset: self.rows(office_key, period, dataset) for dataset in datasets}
        held = self.chance.choice([0, 0, 2])
        submission = self.ledger.submit(office_key, period, held, **rows)
        self.accepted |= {(office_key, period, dataset): rows[dataset] for dataset in datasets}
        sizes = {dataset: len(rows[dataset]) for dataset in datasets}
        self.sent.append(Sent(submission, office_key, period, revision, held, sizes))

    def rows(self, office_key: int, period: str, dataset: str) -> list[dict[str, Any]]:
        if self.chance.random() < 0.15:
            return []
        if dataset == "funding":
            return self.vouchers(office_key, period)
        make = {"units": self.unit, "registrations": self.registration, "events": self.event}[dataset]
        keys = {"units": ("unit_no",), "registrations": ("volunteer_no", "changed_on")}
        by_key = {}
        for _ in range(self.chance.randint(2, 6)):
            row = make(office_key, period)
            by_key[tuple(row[key] for key in keys.get(dataset, ("event_no", "organiser_code")))] = row
        return list(by_key.values())

    def day(self, period: str) -> str:
        """Of the period; now and then of a month before, asked for or not. Often a month's first or last."""
        months = [period] * 4 + [month for month in ("2022-11", "2023-04", *PERIODS) if month <= period]
        month = Period.parse(self.chance.choice(months))
        return str(self.chance.choice([month.first_day, month.last_day, month.first_day.replace(day=12)]))

    def unit(self, office_key: int, period: str) -> dict[str, Any]:
        choice = self.chance.choice
        return unit(
            choice(range(5)),
            honour_level=choice(["national", "provincial", "municipal", "county", "township", "none"]),
            honour_status=choice(["new", "kept", "suspended", "revoked", "applying", None]),
            pool=choice(["cultivation", "recommendation", "none", None]),
            alliance_kind=choice(["municipal", "county", "none", None]),
            alliance_name=choice(["甲联盟", "乙联盟", None]),
        )

    def registration(self, office_key: int, period: str) -> dict[str, Any]:
        """Three persons for all offices. Without an ID number a registration is somebody by itself, as when parsed."""
        number, has_id_number = self.chance.randint(1, 3), self.chance.random() < 0.75
        row = registration(
            number,
            self.day(period),
            self.chance.choice("abc"),
            self.chance.choice(["new", "changed", "changed", "withdrawn"]),
            has_id_number=has_id_number,
            is_backbone=self.chance.choice([True, False, None]),
        )
        by_itself = UUID(int=1000 * office_key + number)
        assert by_itself not in PERSON.values()
        return row if has_id_number else row | {"person_key": by_itself}

    def event(self, office_key: int, period: str) -> dict[str, Any]:
        choice, own = self.chance.choice, self.offices[office_key].code
        row = event(
            choice("EFG"),
            choice([own, own, own, choice([office.code for office in self.offices.values()]), NOWHERE]),
            self.day(period),
            event_kind=choice(KINDS),
            theme=choice(["our_festivals", "practice_day", None]),
            attendees=choice([None, 0, 7, 30]),
            volunteers=choice([None, 5]),
            beneficiaries=choice([None, 100]),
        )
        return row | {"started_at": row["started_at"] + choice(MOMENTS)}

    def vouchers(self, office_key: int, period: str) -> list[dict[str, Any]]:
        """Some ends of the transfers that all offices share, and vouchers of its own under few numbers."""
        choice = self.chance.choice
        own = [("S1", "spending", None), ("S2", "donation", None), ("B1", "budget", None), ("T1", "spending", None)]
        ends = [("X1", "transfer_in", NOWHERE), ("X2", "transfer_out", choice(list(self.offices.values())).code)]
        for number, (payer, payee) in enumerate(TRANSFERS):
            if office_key in (payer, payee):
                kind, other = ("transfer_out", payee) if office_key == payer else ("transfer_in", payer)
                ends.append((f"T{number}", kind, self.offices[other].code))
        return [
            voucher(
                number,
                kind,
                choice(AMOUNTS),
                self.day(period),
                other,
                fund_source=choice(["provincial", "municipal"]),
                purpose=choice(["awards", "sites"]),
                budget_year=choice([2022, 2023, 2024]),
            )
            for number, kind, other in [*own, *ends]
            if self.chance.random() < 0.5
        ]


# Payer and payee: up, down, across, within and out of a county, a city, the province.
TRANSFERS = ((1, 2), (2, 4), (4, 6), (4, 7), (6, 7), (4, 5), (2, 9), (3, 8), (6, 8), (9, 6), (1, 11), (11, 4), (7, 1))
