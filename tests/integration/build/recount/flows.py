"""What happened: which records each flow counts, on which day, and how much each of them is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests.integration.build.recount.records import Record, counting_events, facts
from tests.integration.build.recount.volunteers import services_counted
from tests.integration.build.recount.world import Row, World, amount_of, local_day

Counts = Callable[[Row], bool]
Amount = Callable[[Row], Decimal | None]


@dataclass(frozen=True)
class Flow:
    """`facts` gives the records; one that `counts` happened on `day` and is as much as `amount` says."""

    dataset: str
    facts: Callable[[World], list[Record]]
    day: Callable[[Row], date | None]
    counts: Counts
    amount: Amount

    def happened(self, world: World, from_date: date, to_date: date) -> list[tuple[Record, date, Decimal]]:
        found = []
        for fact in self.facts(world):
            day = self.day(fact.row)
            amount = self.amount(fact.row)
            if day and from_date <= day <= to_date and self.counts(fact.row) and amount is not None:
                found.append((fact, day, amount))
        return found


def facts_of(dataset: str) -> Callable[[World], list[Record]]:
    return lambda world: facts(world, dataset)


def on(column: str) -> Callable[[Row], date | None]:
    return lambda row: row.get(column)


def booking_day(row: Row) -> date:
    """A budget belongs to its year: booked before it, to its first day; booked after it, to its last."""
    booked_on, year = row["booked_on"], row["budget_year"]
    if row["funding_kind"] != "budget" or booked_on.year == year:
        return booked_on
    return date(year, 1, 1) if booked_on.year < year else date(year, 12, 31)


def any_row(row: Row) -> bool:
    return True


def having(column: str, *values: Any, **others: Any) -> Counts:
    wanted = {column: values} | {name: (value,) for name, value in others.items()}
    return lambda row: all(row.get(name) in some for name, some in wanted.items())


def one(row: Row) -> Decimal:
    return Decimal(1)


def total(column: str) -> Amount:
    return lambda row: amount_of(row, column)


def minus_total(column: str) -> Amount:
    return lambda row: -Decimal(row[column])


def event(counts: Counts, amount: Amount = one) -> Flow:
    return Flow("events", counting_events, local_day, counts, amount)


def funding(kind: str, **cells: str) -> Flow:
    return Flow(
        "funding", facts_of("funding"), booking_day, having("funding_kind", kind, **cells), total("amount_yuan")
    )


def record(dataset: str, day: str, counts: Counts = any_row, amount: Amount = one) -> Flow:
    return Flow(dataset, facts_of(dataset), on(day), counts, amount)


def days_to_finish(row: Row) -> Decimal | None:
    return None if row.get("finished_on") is None else Decimal((row["finished_on"] - row["raised_on"]).days)


FLOWS: Mapping[str, Flow] = {
    "role_models": record("role_models", "selected_on"),
    "inspections": record("inspections", "inspected_on"),
    "problems_resolved": record("inspections", "inspected_on", amount=total("problems_resolved")),
    "volunteers_served": record("services", "served_on"),
    "service_hours": Flow("services", services_counted, on("served_on"), any_row, total("hours")),
    "points_earned": record("points", "booked_on", lambda row: Decimal(row["points"]) > 0, total("points")),
    "points_redeemed": record("points", "booked_on", having("reason", "redeemed"), minus_total("points")),
    "events": event(any_row),
    "events_talk": event(having("event_kind", "talk")),
    "events_role_model": event(having("event_kind", "role_model")),
    "events_exhibition": event(having("event_kind", "exhibition")),
    "events_festival": event(having("theme", "our_festivals")),
    "events_practice_day": event(having("theme", "practice_day")),
    "events_study": event(having("event_kind", "study")),
    "events_dispatch": event(having("event_kind", "dispatch")),
    "events_training": event(having("event_kind", "training")),
    "events_party_class": event(having("event_kind", "party_class")),
    "talk_attendees": event(having("event_kind", "talk"), total("attendees")),
    "dispatch_attendees": event(having("event_kind", "dispatch", "study"), total("attendees")),
    "event_attendees": event(any_row, total("attendees")),
    "event_volunteers": event(any_row, total("volunteers")),
    "event_beneficiaries": event(any_row, total("beneficiaries")),
    "needs": record("needs", "raised_on", having("need_kind", "need")),
    "resident_problems_resolved": record(
        "needs", "finished_on", having("need_kind", "resident_problem", need_status="done")
    ),
    "creation_problems_resolved": record(
        "needs", "finished_on", having("need_kind", "creation_problem", need_status="done")
    ),
    "need_days_to_finish": record("needs", "finished_on", having("need_status", "done"), days_to_finish),
    "funding_budget_yuan": funding("budget"),
    "funding_in_provincial_yuan": funding("transfer_in", fund_source="provincial"),
    "funding_in_yuan": funding("transfer_in"),
    "funding_out_yuan": funding("transfer_out"),
    "funding_awards_out_yuan": funding("transfer_out", purpose="awards"),
    "funding_spent_yuan": funding("spending"),
}
