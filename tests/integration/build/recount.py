"""
Every figure counted again by brute force, from the definitions in indicators.csv and nothing of the models.

For each office its subtree is walked and the records in it are looked at one by one. Slow, short, and plain to check.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

Row = Mapping[str, Any]
Slice = tuple[int, str, str]  # office_key, period, dataset
ZERO = Decimal(0)
OTHER_END = {"transfer_in": "transfer_out", "transfer_out": "transfer_in"}


@dataclass(frozen=True)
class Office:
    office_key: int
    code: str
    name: str
    level: str
    parent_key: int | None
    reports: bool


@dataclass(frozen=True)
class Record:
    """One record that counts: who reported it, in which period's slice, and in which month it happened."""

    office_key: int
    period: str
    month: str
    row: Row
    counterparty: int | None = None


@dataclass(frozen=True)
class Figure:
    value: Decimal | None
    slices_expected: int
    slices_accepted: int


@dataclass(frozen=True)
class World:
    """All that figures may depend on: the tree, what was asked for, and the accepted rows of every slice."""

    offices: Mapping[int, Office]
    asked: set[Slice]
    accepted: Mapping[Slice, Sequence[Row]]

    def path(self, office_key: int) -> list[int]:
        """The office and all above it, upwards."""
        parent = self.offices[office_key].parent_key
        return [office_key] + ([] if parent is None else self.path(parent))

    def below(self, office_key: int) -> set[int]:
        """The office and all below it."""
        return {key for key in self.offices if office_key in self.path(key)}

    def office_of(self, code: str | None) -> int | None:
        return next((key for key, office in self.offices.items() if office.code == code), None)

    def months_asked(self, dataset: str) -> set[str]:
        return {period for _, period, name in self.asked if name == dataset}

    @cached_property
    def events(self) -> list[Record]:
        """Events at their organiser's own row; one that it reports in several periods as the latest says."""
        latest = self.latest("events", "organiser_code", "event_no")
        return [
            Record(key, period, local_month(row["started_at"]), row)
            for key, period, row in latest
            if row["organiser_code"] == self.offices[key].code
        ]

    @cached_property
    def funding(self) -> list[Record]:
        return [
            Record(key, period, booking_month(row), row, self.office_of(row["counterparty_code"]))
            for key, period, row in self.latest("funding", "voucher_no", "funding_kind")
        ]

    @cached_property
    def changes(self) -> list[Record]:
        """Changes of registrations; the same registration changed on the same day is one change."""
        latest = self.latest("registrations", "volunteer_no", "changed_on")
        return [Record(key, period, month_of(row["changed_on"]), row) for key, period, row in latest]

    def latest(self, dataset: str, *keys: str) -> list[tuple[int, str, Row]]:
        """The rows of all slices, but of an office's record only the one in its latest period."""
        found: dict[tuple[Any, ...], tuple[int, str, Row]] = {}
        for (office_key, period, name), rows in sorted(self.accepted.items(), key=lambda item: item[0][1]):
            for row in rows if name == dataset else ():
                found[(office_key, *(row[key] for key in keys))] = (office_key, period, row)
        return list(found.values())


def local_month(moment: datetime) -> str:
    return month_of(moment.astimezone(ZoneInfo("Asia/Shanghai")).date())


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def booking_month(row: Row) -> str:
    """A budget belongs to its year: booked before it, to January; booked after it, to December."""
    booked_on, year = row["booked_on"], row["budget_year"]
    if row["funding_kind"] != "budget" or booked_on.year == year:
        return month_of(booked_on)
    return f"{year:04d}-{'01' if booked_on.year < year else '12'}"


def of_kind(*kinds: str) -> Callable[[Row], bool]:
    return lambda row: row["event_kind"] in kinds


def of_theme(theme: str) -> Callable[[Row], bool]:
    return lambda row: row.get("theme") == theme


def any_row(row: Row) -> bool:
    return True


def one(row: Row) -> Decimal:
    return Decimal(1)


def total(column: str) -> Callable[[Row], Decimal | None]:
    """A blank cell says nothing, which is not zero."""
    return lambda row: None if row.get(column) is None else Decimal(row[column])


def of_funding(kind: str, **cells: str) -> Callable[[Row], bool]:
    return lambda row: row["funding_kind"] == kind and all(row[name] == value for name, value in cells.items())


# Flow: which records of which dataset it counts, and how much each of them is.
FLOWS: dict[str, tuple[str, Callable[[Row], bool], Callable[[Row], Decimal | None]]] = {
    "events": ("events", any_row, one),
    "events_talk": ("events", of_kind("talk"), one),
    "events_role_model": ("events", of_kind("role_model"), one),
    "events_exhibition": ("events", of_kind("exhibition"), one),
    "events_festival": ("events", of_theme("our_festivals"), one),
    "events_practice_day": ("events", of_theme("practice_day"), one),
    "events_study": ("events", of_kind("study"), one),
    "events_dispatch": ("events", of_kind("dispatch"), one),
    "events_training": ("events", of_kind("training"), one),
    "events_party_class": ("events", of_kind("party_class"), one),
    "talk_attendees": ("events", of_kind("talk"), total("attendees")),
    "dispatch_attendees": ("events", of_kind("dispatch", "study"), total("attendees")),
    "event_attendees": ("events", any_row, total("attendees")),
    "event_volunteers": ("events", any_row, total("volunteers")),
    "event_beneficiaries": ("events", any_row, total("beneficiaries")),
    "funding_budget_yuan": ("funding", of_funding("budget"), total("amount_yuan")),
    "funding_in_provincial_yuan": (
        "funding",
        of_funding("transfer_in", fund_source="provincial"),
        total("amount_yuan"),
    ),
    "funding_in_yuan": ("funding", of_funding("transfer_in"), total("amount_yuan")),
    "funding_out_yuan": ("funding", of_funding("transfer_out"), total("amount_yuan")),
    "funding_awards_out_yuan": ("funding", of_funding("transfer_out", purpose="awards"), total("amount_yuan")),
    "funding_spent_yuan": ("funding", of_funding("spending"), total("amount_yuan")),
}


def is_honoured(row: Row) -> bool:
    return row["honour_level"] != "none" and row.get("honour_status") != "revoked"


def holds(level: str) -> Callable[[Row], bool]:
    return lambda row: is_honoured(row) and row["honour_level"] == level


def in_pool(pool: str) -> Callable[[Row], bool]:
    return lambda row: row.get("pool") == pool


def listed_units(world: World, members: set[int], month: str) -> Iterator[Row]:
    """The units on the latest list of each office."""
    for key in members:
        periods = [p for office_key, p, name in world.accepted if (office_key, name) == (key, "units") and p <= month]
        if periods:
            yield from world.accepted[key, max(periods), "units"]


def units_that(counts: Callable[[Row], bool]) -> Callable[[World, set[int], str], Decimal]:
    return lambda world, members, month: Decimal(sum(1 for row in listed_units(world, members, month) if counts(row)))


def alliances(world: World, members: set[int], month: str) -> Decimal:
    found = {(row.get("alliance_kind"), row.get("alliance_name")) for row in listed_units(world, members, month)}
    return Decimal(len({(kind, name) for kind, name in found if kind != "none" and name}))


def person_of(changes: Sequence[Record]) -> Any:
    """Whom the latest row with an ID number names; without any, the registration is a person by itself."""
    named = [change for change in changes if change.row["has_id_number"]] or changes
    return max(named, key=lambda change: change.row["changed_on"]).row["person_key"]


def persons_that(counts: Callable[[Row], bool]) -> Callable[[World, set[int], str], Decimal]:
    def persons(world: World, members: set[int], month: str) -> Decimal:
        registrations: dict[tuple[int, str], list[Record]] = {}
        for change in world.changes:
            if change.office_key in members:
                registrations.setdefault((change.office_key, change.row["volunteer_no"]), []).append(change)
        found = set()
        for changes in registrations.values():
            so_far = [change for change in changes if change.month <= month]
            state = max(so_far, key=lambda change: change.row["changed_on"], default=None)
            if state and state.row["change"] != "withdrawn" and counts(state.row):
                found.add(person_of(changes))
        return Decimal(len(found))

    return persons


def balance(world: World, members: set[int], month: str) -> Decimal:
    signs = {"budget": 1, "transfer_in": 1, "donation": 1, "transfer_out": -1, "spending": -1}
    return sum(
        (
            signs[record.row["funding_kind"]] * Decimal(record.row["amount_yuan"])
            for record in world.funding
            if record.office_key in members and record.month <= month
        ),
        ZERO,
    )


def unmatched(world: World, members: set[int], month: str) -> Decimal:
    booked = [record for record in world.funding if record.month <= month and record.row["funding_kind"] in OTHER_END]
    ends = {
        (record.row["voucher_no"], record.row["funding_kind"], record.office_key, record.counterparty)
        for record in booked
    }
    return sum(
        (
            Decimal(record.row["amount_yuan"])
            for record in booked
            if record.office_key in members
            and (
                record.row["voucher_no"],
                OTHER_END[record.row["funding_kind"]],
                record.counterparty,
                record.office_key,
            )
            not in ends
        ),
        ZERO,
    )


# Stock: its dataset, and what stands at the end of a month in a set of offices.
STOCKS: dict[str, tuple[str, Callable[[World, set[int], str], Decimal]]] = {
    "units": ("units", units_that(is_honoured)),
    "units_national": ("units", units_that(holds("national"))),
    "units_provincial": ("units", units_that(holds("provincial"))),
    "units_municipal": ("units", units_that(holds("municipal"))),
    "units_cultivation": ("units", units_that(in_pool("cultivation"))),
    "units_recommendation": ("units", units_that(in_pool("recommendation"))),
    "alliances": ("units", alliances),
    "volunteers": ("registrations", persons_that(any_row)),
    "volunteers_backbone": ("registrations", persons_that(lambda row: bool(row.get("is_backbone")))),
    "funding_balance_yuan": ("funding", balance),
    "funding_unmatched_yuan": ("funding", unmatched),
}


def recount(world: World) -> dict[tuple[int, str, str], Figure]:
    """Every figure: (office_key, period, indicator) to its value. In months asked for all, in others what happened."""
    figures = {}
    for key in world.offices:
        members = world.below(key)
        if not any(world.offices[member].reports for member in members):
            continue
        for indicator, (dataset, count) in STOCKS.items():
            for month in world.months_asked(dataset):
                value = count(world, members, month) if is_known(world, members, dataset, month) else None
                figures[key, month, indicator] = completed(world, members, dataset, month, value)
        for indicator, (dataset, _, _) in FLOWS.items():
            happened = happenings(world, members, indicator)
            for month in happened.keys() | world.months_asked(dataset):
                figure = completed(world, members, dataset, month, happened.get(month))
                is_zero = figure.value is None and figure.slices_accepted > 0
                figures[key, month, indicator] = replace(figure, value=ZERO) if is_zero else figure
    return figures


def happenings(world: World, members: set[int], indicator: str) -> dict[str, Decimal]:
    """What happened in each month. A transfer between two members happened too, and comes to nothing."""
    dataset, counts, amount = FLOWS[indicator]
    happened: dict[str, Decimal] = {}
    for record in world.events if dataset == "events" else world.funding:
        value = amount(record.row)
        if record.office_key in members and counts(record.row) and value is not None:
            is_within = record.row.get("funding_kind") in OTHER_END and record.counterparty in members
            happened[record.month] = happened.get(record.month, ZERO) + (ZERO if is_within else value)
    return happened


def is_known(world: World, members: set[int], dataset: str, month: str) -> bool:
    """Whether anything could tell how it stood: a slice of the month or before, or a record of that time sent later."""
    records = {"units": [], "registrations": world.changes, "funding": world.funding}[dataset]
    return any(key in members and period <= month and name == dataset for key, period, name in world.accepted) or any(
        record.office_key in members and record.month <= month for record in records
    )


def completed(world: World, members: set[int], dataset: str, month: str, value: Decimal | None) -> Figure:
    """The figure with how many slices it could rest on, and does."""
    expected = [k for k, period, name in world.asked if k in members and (period, name) == (month, dataset)]
    accepted = [k for k, period, name in world.accepted if k in members and (period, name) == (month, dataset)]
    return Figure(value, len(expected), len(accepted))
