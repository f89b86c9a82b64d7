"""Registrations of volunteers: who registered, changed or withdrew."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache, partial
from random import Random

from demo.people import Person, known_to_both, population_of
from demo.records.row import MARK, Row
from demo.records.standing import reference
from demo.world import World
from rollcall.offices import Office

COUNTS = {"province": (40, 50), "city": (50, 70), "county": (50, 70), "township": (34, 58)}
FOURTEEN = 14
# What is written where a volunteer leaves the team, and how often one does.
NO_TEAM, LEFT_TEAM = "无", 0.05
# So many of a month's volunteers collect points, and neither change nor withdraw.
STEADY = 12
# How many of a month's rows say that something changed, and how many of these speak of last month's volunteers.
MOVES, LATER = 3 / 25, 1 / 3


def make_registrations(world: World, office: Office) -> list[Row]:
    """New registrations, what changed of them within the month, and what changed of last month's."""
    fresh, soon = month_of(world, office)
    rng = world.rng(office, "later moves")
    rows = [dict(row) for row in (*fresh, *soon)]
    for whose, month in world.month_before(office):
        stayed = stayed_in(month, whose)
        count = min(len(stayed), max(round(len(fresh) * MOVES * LATER), whose.office_key != office.office_key))
        rows += [moved(world, office, row, world.some_day(rng), rng) for row in rng.sample(stayed, count)]
    return rows


def stayed_in(world: World, office: Office) -> list[Row]:
    """Who registered in the month alone with the office and may still move."""
    fresh, moves = month_of(world, office)
    settled = {row["volunteer_no"] for row in (*moves, *steady(world, office))}
    return [row for row in fresh if row["volunteer_no"] not in settled and not row["_shared"]]


@lru_cache(maxsize=8)
def month_of(world: World, office: Office) -> tuple[list[Row], list[Row]]:
    """Who registered in the month, and who of them changed or withdrew within it. Read only."""
    rng = world.rng(office, "registrations")
    count = world.scaled(rng.randint(*COUNTS[office.level]), 4)
    moves = round(count * MOVES * ((1 - LATER) if world.previous else 1))
    fresh = list(new_rows(world, office, rng, count - moves))
    last = world.period.last_day
    alone = [row for row in fresh if not row["_shared"]]
    early = [row for row in alone[steady_among(alone) :] if row["changed_on"] < last]
    soon = []
    for row in rng.sample(early, min(moves, len(early))):
        later = row["changed_on"] + timedelta(days=rng.randint(1, (last - row["changed_on"]).days))
        soon.append(moved(world, office, row, later, rng))
    return fresh, soon


def shared_people(world: World, office: Office) -> list[tuple[Office, Person]]:
    """People who register here and with the office above, or with one below; each with the lower office."""
    return [(lower, person) for lower in (office, *world.below(office)) for person in known_to_both(world, lower)]


def new_rows(world: World, office: Office, rng: Random, count: int) -> Iterator[Row]:
    """*count* new registrations of the month; people known to two offices come first."""
    both = shared_people(world, office)
    population = population_of(world, office, rng)
    teams = partial(reference, world, office, "teams", rng)
    start, span = world.period.first_day.toordinal(), world.period.last_day.day
    for place in range(1, max(count, len(both)) + 1):
        changed_on = date.fromordinal(start + int(rng.random() * span))
        shared = place <= len(both)
        person = both[place - 1][1] if shared else population.person(changed_on)
        row = registration(volunteer_no(world, office, place), person, changed_on, rng, teams)
        row["_shared"] = shared
        if not shared and rng.random() >= 0.97:
            row["id_number"] = None
        yield row


def volunteer_no(world: World, office: Office, place: int) -> str:
    """The number that the office gives to who registers at *place* in the month."""
    return volunteer_number(world, office, f"{world.month}{place:03d}")


def volunteer_number(world: World, office: Office, serial: str) -> str:
    """
    One number of a volunteer: the unified one, or the office's own, which is short and is somebody else's elsewhere.
    """
    if world.habits[office.code].has_unified_numbers:
        return f"{MARK}{world.first_code(office)[:9]}{serial}"
    return f"{MARK}{serial}"


def steady(world: World, office: Office) -> list[Row]:
    """Who registered in the month and stays as registered: of the new ones, those who come first."""
    alone = [row for row in month_of(world, office)[0] if not row["_shared"]]
    return alone[: steady_among(alone)]


def steady_among(alone: list[Row]) -> int:
    return min(STEADY, len(alone) // 2)


def registration(number: str, person: Person, on: date, rng: Random, team_on: Callable[[date], str | None]) -> Row:
    """One new registration. *team_on* gives the number of a team that stands on a day."""
    random = rng.random
    return {
        "volunteer_no": number,
        "changed_on": on,
        "change": "new",
        "id_number": person.id_number,
        "name": person.name,
        "phone": person.phone,
        "sex": person.sex,
        "birth_date": person.birth_date,
        "political_status": person.political_status,
        "team_no": team_on(on) if random() < 0.7 else None,
        "is_backbone": random() < 0.06,
        "guardian_consent": True if is_under_14(person.birth_date, on) else None,
        "_shared": False,
    }


def is_under_14(birth: date, on: date) -> bool:
    """Whether somebody born on *birth* has not had the fourteenth birthday on *on*."""
    return (on.year - birth.year, on.month, on.day) < (FOURTEEN, birth.month, birth.day)


def moved(world: World, office: Office, row: Row, on: date, rng: Random) -> Row:
    """A later change or withdrawal of the registration *row*."""
    change = rng.choices(("changed", "withdrawn"), (2, 1))[0]
    consent = True if is_under_14(row["birth_date"], on) else None
    later = row | {"changed_on": on, "change": change, "guardian_consent": consent}
    if change == "changed":
        # Many write down what is new alone, and leave the other cell empty.
        told = rng.choices(("both", "team_no", "is_backbone"), (6, 3, 2))[0]
        team = NO_TEAM if rng.random() < LEFT_TEAM else reference(world, office, "teams", rng, on)
        later["team_no"] = team if told != "is_backbone" else None
        later["is_backbone"] = rng.random() < 0.3 if told != "team_no" else None
    return later
