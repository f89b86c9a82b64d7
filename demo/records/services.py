"""Service of volunteers at events: the office's own volunteers, and some who are known to two offices."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from random import Random

from demo.records.events import joint_events
from demo.records.holders import tells_of_all
from demo.records.registrations import month_of, shared_people, steady, volunteer_no
from demo.records.row import Row
from demo.world import World
from rollcall.offices import Office

COUNTS = {"province": (26, 36), "city": (26, 36), "county": (26, 36), "township": (24, 36)}
AT_ONE_EVENT = (3, 7)
HALF_HOURS = (1, 12)
# A volunteer's number, and the day since when the office knows the volunteer.
Known = tuple[str, date]


def make_services(world: World, office: Office, records: dict[str, list[Row]]) -> list[Row]:
    """Who served at the events in *records*, the office's other records of the month."""
    rng = world.rng(office, "services")
    count = world.scaled(rng.randint(*COUNTS[office.level]), 3)
    rows = [*served_for_two(world, office), *served_elsewhere(world, office)]
    events = [row for row in records["events"] if row["started_at"].date() >= world.period.first_day]
    rows += own_services(rng, events, known_to(world, office, records), count - len(rows))
    return list({(row["volunteer_no"], row["event_no"], row["organiser_code"]): row for row in rows}.values())


def known_to(world: World, office: Office, records: dict[str, list[Row]]) -> list[Known]:
    """Volunteers of this month and the last, without those who withdrew."""
    rows = records["registrations"]
    registered = [(row["volunteer_no"], row["changed_on"]) for row in rows if row["change"] == "new"]
    withdrew = {row["volunteer_no"] for row in rows if row["change"] == "withdrawn"}
    for whose, month in world.month_before(office):
        # Where the number of volunteers was published, those who were made up beside it are not reported.
        if not tells_of_all(month, whose):
            fresh, moved = month_of(month, whose)
            withdrew |= {row["volunteer_no"] for row in moved if row["change"] == "withdrawn"}
            registered += [(row["volunteer_no"], row["changed_on"]) for row in fresh]
    return [known for known in registered if known[0] not in withdrew]


def own_services(rng: Random, events: list[Row], known: list[Known], count: int) -> Iterator[Row]:
    """Some *count* services: a few volunteers at each event, none before being registered."""
    if not events or not known:
        return
    while count > 0:
        event = events[int(rng.random() * len(events))]
        for _ in range(min(count, rng.randint(*AT_ONE_EVENT))):
            number, since = known[int(rng.random() * len(known))]
            if since <= event["started_at"].date():
                yield service(number, event, rng)
            count -= 1


def served_for_two(world: World, office: Office) -> Iterator[Row]:
    """Every second volunteer who is known to two offices serves at a joint event, which both report alike."""
    chances: dict[int, Random] = {}
    for place, (lower, _) in enumerate(shared_people(world, office), 1):
        upper = world.above(lower)
        rng = chances.setdefault(lower.office_key, world.rng(lower, "served for two"))
        if upper and rng.random() < 0.5:
            event, _ = rng.choice(joint_events(world, upper))
            yield service(volunteer_no(world, office, place), event, rng)


def served_elsewhere(world: World, office: Office) -> Iterator[Row]:
    """
    At joint events of the office: volunteers of those who took part, under the number that is theirs everywhere.

    The office that registered them leaves it to the organiser to tell of it.
    """
    rng = world.rng(office, "served elsewhere")
    for event, participants in joint_events(world, office):
        for code in sorted(participants):
            lower = world.by_code[code]
            # A number that a second office registers is known to be one person's no more.
            if not world.habits[code].has_unified_numbers or tells_of_all(world, lower):
                continue
            known = [row for row in steady(world, lower) if row["changed_on"] <= event["started_at"].date()]
            if known and rng.random() < 0.7:
                yield service(rng.choice(known)["volunteer_no"], event, rng)


def service(number: str, event: Row, rng: Random) -> Row:
    """One volunteer at one event, for some half hours."""
    return {
        "volunteer_no": number,
        "event_no": event["event_no"],
        "organiser_code": event["organiser_code"],
        "served_on": event["started_at"].date(),
        "hours": Decimal(rng.randint(*HALF_HOURS) * 5).scaleb(-1),
    }
