"""All that figures may depend on, and the records of it that count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from tests.integration.build.recount.trees import History

Row = Mapping[str, Any]
Slice = tuple[int, str, str]  # office_key, period, dataset
# Beside the office that reports it, and the organiser of an event.
KEYS = {
    "registrations": ("volunteer_no", "changed_on"),
    "events": ("event_no",),
    "services": ("volunteer_no", "event_no", "served_on"),
    "needs": ("need_no",),
    "funding": ("voucher_no", "funding_kind"),
    "inspections": ("inspection_no",),
    "role_models": ("model_no",),
    "points": ("entry_no",),
    "totals": ("indicator", "from_date", "to_date"),
    "reviews": ("reviewed_code", "dataset", "reviewed_period", "revision"),
}
# Of each register: what numbers its entries, and the column that may tell when a statement began to hold.
REGISTERS = {
    "units": ("unit_no", "honoured_on"),
    "sites": ("site_no", "opened_on"),
    "teams": ("team_no", "registered_on"),
    "projects": ("project_no", "started_on"),
}


@dataclass(frozen=True)
class Record:
    """One record that counts: who reported it, and in which period's slice."""

    office_key: int
    period: str
    row: Row


def first_day(period: str) -> date:
    return date.fromisoformat(f"{period}-01")


def last_day(period: str) -> date:
    year, month = int(period[:4]), int(period[5:])
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def month_end(day: date) -> date:
    return last_day(month_of(day))


def local_day(row: Row) -> date:
    return row["started_at"].astimezone(ZoneInfo("Asia/Shanghai")).date()


@dataclass(frozen=True)
class World:
    """The offices and their history, what was asked for, and the accepted rows of every slice."""

    history: History
    asked: set[Slice]
    accepted: Mapping[Slice, Sequence[Row]]
    kept: dict[Any, Any] = field(default_factory=dict, compare=False)  # what was counted before

    def months_asked(self, dataset: str) -> set[str]:
        return {period for _, period, name in self.asked if name == dataset}

    def facts(self, dataset: str) -> list[Record]:
        """The rows of all slices, but of an office's record only the one in its latest period."""
        if dataset not in self.kept:
            found = {}
            for (office_key, period, name), rows in sorted(self.accepted.items(), key=lambda item: item[0][1]):
                for row in rows if name == dataset else ():
                    fact = Record(office_key, period, row)
                    found[office_key, self.organiser(fact), *(row.get(column) for column in KEYS[dataset])] = fact
            self.kept[dataset] = list(found.values())
        return list(self.kept[dataset])

    def office_called(self, code: str | None, day: date, period: str) -> int | None:
        """Whom a code in a record names: on the record's own date, else at the end of its slice's month."""
        return self.history.called(code, day, last_day(period))

    def organiser(self, fact: Record) -> int | str | None:
        """Who organises the event that a record is of; a code that names nobody stands for itself."""
        code = fact.row.get("organiser_code")
        if code is None:
            return None
        day = local_day(fact.row) if "started_at" in fact.row else fact.row["served_on"]
        return self.office_called(code, day, fact.period) or code

    @cached_property
    def organised(self) -> list[Record]:
        """Events at their organiser's own row."""
        return [fact for fact in self.facts("events") if self.organiser(fact) == fact.office_key]

    @cached_property
    def registrations(self) -> dict[tuple[int, str], list[Record]]:
        """All changes of each registration, in order of day."""
        found: dict[tuple[int, str], list[Record]] = {}
        for fact in sorted(self.facts("registrations"), key=lambda fact: fact.row["changed_on"]):
            found.setdefault((fact.office_key, fact.row["volunteer_no"]), []).append(fact)
        return found

    def person(self, office_key: int, volunteer_no: str) -> Any:
        """Whom the latest row with an ID number names; without any, the registration is a person by itself."""
        changes = self.registrations.get((office_key, volunteer_no), [])
        named = [change for change in changes if change.row["has_id_number"]] or changes
        return named[-1].row["person_key"] if named else None

    def server(self, fact: Record) -> Any:
        return self.person(fact.office_key, fact.row["volunteer_no"])

    @cached_property
    def services_counted(self) -> list[Record]:
        """Of one person's same event and day, the organiser's row, else that of the office with the lowest key."""
        together: dict[Any, list[Record]] = {}
        for fact in self.facts("services"):
            person, row = self.server(fact), fact.row
            alone = (fact.office_key, row["volunteer_no"]) if person is None else None
            event = (self.organiser(fact), row["event_no"], row["served_on"])
            together.setdefault((person, alone, *event), []).append(fact)
        return [min(facts, key=self.after_organiser) for facts in together.values()]

    def after_organiser(self, fact: Record) -> tuple[bool, int, str]:
        return (self.organiser(fact) != fact.office_key, fact.office_key, fact.row["volunteer_no"])

    def counterparty(self, fact: Record) -> int | None:
        return self.office_called(fact.row["counterparty_code"], fact.row["booked_on"], fact.period)

    def register(self, office_key: int, dataset: str, day: date) -> list[Row]:
        """
        The entries that stand on an office's register on a day.

        Each list says of an entry how it is from a day on: from the date the entry states where no earlier list
        could have told it, else from the first of the list's month. Of what is said by a day, the last counts.
        An office says nothing of the time before it began, nor of that after it ended.
        """
        number, dated = REGISTERS[dataset]
        ended_on = self.history.last_day(office_key) or date.max
        began_on = self.history.first_day(office_key) or date.min
        if not began_on <= day <= ended_on:
            return []
        stands: dict[str, Row] = {}
        told_until = began_on - timedelta(days=1) if began_on > date.min else date.min
        periods = sorted(p for key, p, name in self.accepted if (key, name) == (office_key, dataset))
        for period in (p for p in periods if first_day(p) <= ended_on and last_day(p) >= began_on):
            rows = self.accepted[office_key, period, dataset]
            if first_day(period) <= day:
                listed = {row[number] for row in rows}
                stands = {name: row for name, row in stands.items() if name in listed}
            for row in rows:
                stated = row.get(dated)
                is_told = stated is not None and told_until < stated <= min(last_day(period), ended_on)
                if (stated if is_told else first_day(period)) <= day:
                    stands[row[number]] = row
            told_until = last_day(period)
        return list(stands.values())


def amount_of(row: Row, column: str) -> Decimal | None:
    """A blank cell says nothing, which is not zero."""
    return None if row.get(column) is None else Decimal(row[column])
