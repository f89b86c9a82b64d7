"""Registrations of volunteers: who registered, changed or withdrew; a backlog brings years at once."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from demo.people import Person, known_to_both, population_of
from demo.published import BACKLOG_SINCE, REGISTERED
from demo.records.row import Row, number_of
from demo.world import World
from rollcall.offices import Office

COUNTS = {"province": (60, 80), "city": (90, 120), "county": (90, 120), "township": (66, 116)}
FOURTEEN = 14


def make_registrations(world: World, office: Office) -> list[Row]:
    """New registrations and what changed of them within the month; in a backlog all new, over years."""
    rng = world.rng(office.code, "registrations")
    first, last = world.period.first_day, world.period.last_day
    both = shared_people(world, office)
    if office.code in REGISTERED:
        count = world.scaled(REGISTERED[office.code])
        return list(new_rows(world, office, rng, both, (date(*BACKLOG_SINCE), last), count))
    count = world.scaled(rng.randint(*COUNTS[office.level]), 4)
    moves = count * 3 // 25
    rows = list(new_rows(world, office, rng, both, (first, last), count - moves))
    early = [row for row in rows if row["changed_on"] < last and not row["_shared"]]
    rows += [moved(row, last, office, rng) for row in rng.sample(early, min(moves, len(early)))]
    rows.sort(key=lambda row: row["changed_on"])
    return rows


def shared_people(world: World, office: Office) -> list[Person]:
    """People who register here and with the office above, or with one below."""
    return [person for lower in (office, *world.below(office)) for person in known_to_both(world, lower)]


def new_rows(
    world: World, office: Office, rng: Random, both: list[Person], days: tuple[date, date], count: int
) -> Iterator[Row]:
    """*count* new registrations between *days*, inclusive; people known to two offices come first."""
    population = population_of(world, office, rng)
    prefix = number_of(office, world.month, "V")
    teams = [number_of(office, f"T{number:02d}") for number in range(1, 7)]
    start, span = days[0].toordinal(), (days[1] - days[0]).days + 1
    random = rng.random
    for number in range(1, max(count, len(both)) + 1):
        changed_on = date.fromordinal(start + int(random() * span))
        shared = number <= len(both)
        person = both[number - 1] if shared else population.person(changed_on)
        known = shared or random() < 0.97
        yield {
            "volunteer_no": f"{prefix}{number:06d}",
            "changed_on": changed_on,
            "change": "new",
            "id_number": person.id_number if known else None,
            "name": person.name,
            "phone": person.phone,
            "sex": person.sex,
            "birth_date": person.birth_date,
            "political_status": person.political_status,
            "team_no": teams[int(random() * 6)] if random() < 0.7 else None,
            "is_backbone": random() < 0.06,
            "guardian_consent": True if is_under_14(person.birth_date, changed_on) else None,
            "_shared": shared,
        }


def is_under_14(birth: date, on: date) -> bool:
    """Whether somebody born on *birth* has not had the fourteenth birthday on *on*."""
    return (on.year - birth.year, on.month, on.day) < (FOURTEEN, birth.month, birth.day)


def moved(row: Row, last: date, office: Office, rng: Random) -> Row:
    """A later change or withdrawal of the registration *row*, on a day after it and not after *last*."""
    changed_on = row["changed_on"] + timedelta(days=rng.randint(1, (last - row["changed_on"]).days))
    change = rng.choices(("changed", "withdrawn"), (2, 1))[0]
    consent = True if is_under_14(row["birth_date"], changed_on) else None
    later = row | {"changed_on": changed_on, "change": change, "guardian_consent": consent}
    if change == "changed":
        later |= {
            "team_no": number_of(office, f"T{rng.randint(1, 6):02d}"),
            "is_backbone": rng.random() < 0.3,
        }
    return later
