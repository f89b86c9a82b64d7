"""
What the records are: whose each of them is, and which of its tellings counts.

A record is known by its office, its number and the month of its own day. Told again, the latest telling counts: by
period, then revision. Chosen: of two offices that tell of it in one period with one revision, the file that landed
later; in one file, the row further down.

What an heir tells of an office it took over is that office's record: where its row names that office as organiser, or
where the number is known there and not at the heir itself. Chosen, where that leaves a choice:
- An office has taken over what ended in it, at once or through others, by the end of the period that it tells of.
- A number is known where the office itself told of it, and known at the heir itself where the heir told of it in an
  earlier period as its own. Of two offices taken over it is the one that the row names, else that with the lower key.
- A number of an event is one of its organiser; an heir that names itself may mean an event of an office it took over.
- Of a service, the number is the volunteer's, known where it is registered. What the heir's own volunteer did stays the
  heir's, whoever organised the event; so does what it told of itself before.
- Totals and reviews are of the office that sends them.
"""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date

from tests.integration.build.recount.world import (
    FIRST_LINE,
    Row,
    World,
    kept,
    last_day,
    local_day,
    month_of,
)

# Beside the office whose record it is, the organiser of an event, and the month of the record's own day.
NUMBERS = {
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
DAYS = {
    "needs": "raised_on",
    "funding": "booked_on",
    "inspections": "inspected_on",
    "role_models": "selected_on",
    "points": "booked_on",
    "registrations": "changed_on",
    "services": "served_on",
}
HEIRLESS = {"totals", "reviews"}
Organiser = int | str | None  # a code that names nobody stands for itself


@dataclass(frozen=True)
class Record:
    """One telling of a record: whose it is, who told it in which period's slice, and the row it stands in."""

    office_key: int
    period: str
    row: Row
    teller: int
    organiser: Organiser
    submission: int
    line: int


def day_of(dataset: str, row: Row) -> date | None:
    """A record's own day."""
    return local_day(row) if dataset == "events" else row[DAYS[dataset]] if dataset in DAYS else None


@kept
def facts(world: World, dataset: str) -> list[Record]:
    """The records: of each, the telling that counts."""
    told = [
        (period, accepted.revision, accepted.submission, record)
        for (office_key, period, name), accepted in world.accepted.items()
        if name == dataset
        for record in tellings(world, dataset, office_key)
        if record.period == period
    ]
    told.sort(key=lambda telling: (*telling[:3], telling[3].line))
    latest = [record for *_, record in told]
    if dataset == "services":
        # told again in the same words it is the same record, also where the event that these mean is another by now
        latest = list({identity(dataset, replace(r, organiser=named_by(world, r))): r for r in latest}.values())
        latest.sort(key=lambda record: [one[3] for one in told].index(record))
    return list({identity(dataset, record): record for record in latest}.values())


def named_by(world: World, record: Record) -> Organiser:
    """Whom the row of a service names as organiser."""
    code = record.row["organiser_code"]
    return world.office_called(code, record.row["served_on"], record.period) or code


def identity(dataset: str, record: Record) -> Hashable:
    day = day_of(dataset, record.row)
    number = tuple(record.row.get(column) for column in NUMBERS[dataset])
    return (record.office_key, record.organiser, day and month_of(day), *number)


@kept
def tellings(world: World, dataset: str, office_key: int) -> list[Record]:
    """All that an office tells in its slices, in order of period, each as the record of whose it is."""
    found: list[Record] = []
    for period in world.periods_of(office_key, dataset):
        accepted = world.accepted[office_key, period, dataset]
        before = found.copy()
        taken_over = [] if dataset in HEIRLESS else world.history.taken_over(office_key, last_day(period))
        for line, row in enumerate(accepted.rows, FIRST_LINE):
            organiser = organiser_of(world, dataset, row, period)
            record = Record(office_key, period, row, office_key, organiser, accepted.submission, line)
            for former in sorted(taken_over, key=lambda former: (not names(world, record, former), former)):
                if is_of(world, dataset, record, former, before):
                    named = former if (dataset, organiser) == ("events", office_key) else organiser
                    record = replace(record, office_key=former, organiser=named)
                    break
            found.append(record)
    return found


def is_of(world: World, dataset: str, record: Record, former: int, before: list[Record]) -> bool:
    """Whether a row is a record of a former office; *before* is what its teller told in earlier periods."""
    number = number_of(dataset, record)
    at_former = {number_of(dataset, told) for told in tellings(world, dataset, former) if told.office_key == former}
    itself = {number_of(dataset, told) for told in before if told.office_key == record.teller}
    if dataset == "services":
        volunteers = {
            office: is_registered(world, office, record.row["volunteer_no"]) for office in (former, record.teller)
        }
        if number in itself or (volunteers[record.teller] and not volunteers[former]):
            return False
        is_theirs = volunteers[former] and not volunteers[record.teller]
        return names(world, record, former) or is_theirs or number in at_former
    return names(world, record, former) or (number in at_former and number not in itself)


def number_of(dataset: str, record: Record) -> Hashable:
    """By what the records of two offices can be seen to be one: an event's organiser may be the office itself."""
    if dataset == "registrations":
        return record.row["volunteer_no"]
    organiser = "itself" if record.organiser == record.office_key and dataset == "events" else record.organiser
    return identity(dataset, replace(record, office_key=0, organiser=organiser))


def names(world: World, record: Record, office_key: int) -> bool:
    """Whether a row names an office as organiser, on the record's own day."""
    code, row = record.row.get("organiser_code"), record.row
    if code is None:
        return False
    day = local_day(row) if "started_at" in row else row["served_on"]
    return world.office_called(code, day, record.period) == office_key


def organiser_of(world: World, dataset: str, row: Row, period: str) -> Organiser:
    """Who organises the event that a row is of: of a service, the event it belongs to."""
    day, code = day_of(dataset, row), row.get("organiser_code")
    if code is None or day is None:
        return None
    organiser = world.office_called(code, day, period) or code
    if dataset == "services" and isinstance(organiser, int):
        event = event_served(world, organiser, row, period)
        return event.organiser if event else organiser
    return organiser


@kept
def events_by_number(world: World) -> dict[tuple[Organiser, str, str], Record]:
    """Every event, at the row of its organiser; where that tells none, at that of the office with the lowest key."""
    found: dict[tuple[Organiser, str, str], Record] = {}
    for event in sorted(
        facts(world, "events"), key=lambda event: (event.organiser != event.office_key, event.office_key)
    ):
        found.setdefault((event.organiser, event.row["event_no"], month_of(local_day(event.row))), event)
    return found


def event_served(world: World, organiser: Organiser, row: Row, period: str) -> Record | None:
    """
    The event of a service: that number of the organiser whose days hold served_on, else the last one begun before it.

    Chosen: an event without an end has one day; where several hold the day, it is the last one begun. An heir that is
    named may stand for an office it took over: an event that holds the day goes first, then one of its own.
    """
    served_on, candidates = row["served_on"], []
    former = world.history.taken_over(organiser, last_day(period)) if isinstance(organiser, int) else []
    for (whose, number, _), event in events_by_number(world).items():
        if number == row["event_no"] and (whose == organiser or whose in former):
            first = local_day(event.row)
            last = local_day(event.row, "ended_at") if event.row.get("ended_at") else first
            if first <= served_on:
                candidates.append((served_on <= last, whose == organiser, first, event.office_key, event))
    return max(candidates, key=lambda candidate: candidate[:4])[4] if candidates else None


@kept
def is_registered(world: World, office_key: int, volunteer_no: str) -> bool:
    """Whether an office ever registered a volunteer's number, withdrawn or not."""
    return any(
        (record.office_key, record.row["volunteer_no"]) == (office_key, volunteer_no)
        for record in facts(world, "registrations")
    )


def counting_events(world: World) -> list[Record]:
    """Events at their organiser's own row."""
    return [event for event in facts(world, "events") if event.organiser == event.office_key]
