"""
What is not counted, or counted with a doubt, and so stands in a report.

Chosen, where the contract leaves a choice:
- What a record refers to is looked up on its own day (of a need, raised_on; a volunteer's registration on any day), on
  the list of the office whose record it is, or of the heir that tells it.
- A participant's row of an event counts nowhere, so what it refers to is not asked. An event whose organiser's code
  names nobody has participants only.
- Of points it is each redemption after which a holder has redeemed more, by the end of that day, than earned.
- A person who holds points is a volunteer; a household is not.
- An alliance is asked about in every month in which a list names a member, over all lists of that month in its
  province: its leader may be on another office's list. One finding for each office that lists a member.
- Two lists name the same where both have it active on the last day of a month asked for; the finding is of the lower
  one.
- The number shown of a service is what joins nothing: the event's, or the volunteer's.
"""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.integration.build.recount.records import Record, counting_events, day_of, event_served, facts
from tests.integration.build.recount.registers import REGISTERS, Entry, register
from tests.integration.build.recount.stocks import is_allied
from tests.integration.build.recount.volunteers import NO_TEAM, volunteer
from tests.integration.build.recount.world import Row, World, first_day, last_day

# Which columns refer to which register.
REFERENCES = {
    "registrations": {"team_no": "teams"},
    "events": {"team_no": "teams", "site_no": "sites", "project_no": "projects"},
    "needs": {"team_no": "teams"},
}


@dataclass(frozen=True)
class Finding:
    """`period` is the month of the telling; `submission` and `line` lead to its row, where it is of one row."""

    finding: str
    office_key: int
    period: str
    dataset: str
    record_no: str
    submission: int | None = None
    line: int | None = None


def of_record(finding: str, dataset: str, record_no: str, fact: Record) -> Finding:
    return Finding(finding, fact.office_key, fact.period, dataset, record_no, fact.submission, fact.line)


def findings(world: World) -> Iterator[Finding]:
    for find in (
        participants_only,
        references,
        services_astray,
        holders_unknown,
        points_over_balance,
        alliances,
        two_lists,
    ):
        yield from find(world)


def participants_only(world: World) -> Iterator[Finding]:
    told = {(event.organiser, number_and_month(event)) for event in counting_events(world)}
    for event in facts(world, "events"):
        if (event.organiser, number_and_month(event)) not in told:
            yield of_record("event_of_participant_only", "events", event.row["event_no"], event)


def number_and_month(event: Record) -> tuple[str, int, int]:
    day = day_of("events", event.row)
    assert day
    return event.row["event_no"], day.year, day.month


def references(world: World) -> Iterator[Finding]:
    for dataset, columns in REFERENCES.items():
        records = counting_events(world) if dataset == "events" else facts(world, dataset)
        for fact in records:
            for column, refers_to in columns.items():
                number, day = fact.row.get(column), day_of(dataset, fact.row)
                assert day
                if number is None or number == NO_TEAM:
                    continue
                if not any(number in register(world, key, refers_to, day) for key in {fact.office_key, fact.teller}):
                    own_number = "volunteer_no" if dataset == "registrations" else f"{dataset[:-1]}_no"
                    yield of_record(f"{column[:-3]}_unknown", dataset, fact.row[own_number], fact)


def services_astray(world: World) -> Iterator[Finding]:
    for fact in facts(world, "services"):
        if event_served(world, fact.organiser, fact.row, fact.period) is None:
            yield of_record("event_unknown", "services", fact.row["event_no"], fact)
        if volunteer(world, fact.office_key, fact.row["volunteer_no"]) is None:
            yield of_record("volunteer_unknown", "services", fact.row["volunteer_no"], fact)


def holders_unknown(world: World) -> Iterator[Finding]:
    for fact in facts(world, "points"):
        if fact.row["holder_kind"] == "person" and volunteer(world, fact.office_key, fact.row["holder_no"]) is None:
            yield of_record("volunteer_unknown", "points", fact.row["entry_no"], fact)


def points_over_balance(world: World) -> Iterator[Finding]:
    for fact in facts(world, "points"):
        if fact.row["reason"] == "redeemed":
            of_holder = [
                told.row
                for told in facts(world, "points")
                if (told.office_key, told.row["holder_kind"], told.row["holder_no"])
                == (fact.office_key, fact.row["holder_kind"], fact.row["holder_no"])
                and told.row["booked_on"] <= fact.row["booked_on"]
            ]
            earned = sum(Decimal(row["points"]) for row in of_holder if Decimal(row["points"]) > 0)
            redeemed = -sum(Decimal(row["points"]) for row in of_holder if row["reason"] == "redeemed")
            if redeemed > earned:
                yield of_record("points_over_balance", "points", fact.row["entry_no"], fact)


def alliances(world: World) -> Iterator[Finding]:
    together: dict[tuple[str, int, str], list[tuple[int, Row]]] = {}
    for (office_key, period, dataset), told in world.accepted.items():
        if dataset == "units" and is_heard(world, office_key, period):
            for row in filter(is_allied, told.rows):
                group = (period, province(world, office_key, period), row["alliance_name"])
                together.setdefault(group, []).append((office_key, row))
    for (period, _, name), of_name in together.items():
        kinds = {row.get("alliance_kind") for _, row in of_name} - {None}
        for kind in kinds if len(kinds) > 1 else {None}:
            members = [(key, row) for key, row in of_name if kind is None or row.get("alliance_kind") == kind]
            leaders = sum(bool(row.get("leads_alliance")) for _, row in members)
            if leaders != 1:
                finding = "alliance_with_two_leaders" if leaders else "alliance_without_leader"
                for office_key in {key for key, _ in members}:
                    yield Finding(finding, office_key, period, "units", name)


def is_heard(world: World, office_key: int, period: str) -> bool:
    """Whether an office stood in a month: what it lists of another is not heard."""
    began_on, ended_on = world.history.first_day(office_key), world.history.last_day(office_key)
    return not (began_on and began_on > last_day(period)) and not (ended_on and ended_on < first_day(period))


def province(world: World, office_key: int, period: str) -> int:
    above = world.history.above(office_key, last_day(period))
    return next(key for key in above if world.history.offices[key].parent_key is None)


SAME: dict[str, tuple[str, Callable[[Row], Any]]] = {
    "sites": ("site_on_two_lists", lambda row: (plain(row["site_name"]), row["site_kind"])),
    "teams": ("team_on_two_lists", lambda row: (plain(row["team_name"]), row.get("team_kind"))),
}


def plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def two_lists(world: World) -> Iterator[Finding]:
    found = set()
    for dataset, (finding, look) in SAME.items():
        for day in (last_day(period) for period in world.months_asked(dataset)):
            for office_key in world.history.tree(day):
                above = {
                    look(entry.row)
                    for key in world.history.path(office_key, day)[1:]
                    for entry in active(world, key, dataset, day)
                }
                for entry in active(world, office_key, dataset, day):
                    if look(entry.row) in above:
                        number = entry.row[REGISTERS[dataset][0]]
                        found.add(
                            Finding(finding, office_key, entry.period, dataset, number, entry.submission, entry.line)
                        )
    yield from found


def active(world: World, office_key: int, dataset: str, day: Any) -> list[Entry]:
    entries = register(world, office_key, dataset, day).values()
    return [entry for entry in entries if entry.row[f"{dataset[:-1]}_status"] == "active"]
