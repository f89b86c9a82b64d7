"""Records that add up to published figures: everything in the window of a figure, whichever month reports it."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from demo.people import population_of_the_past
from demo.published.figures import Wanted
from demo.published.spread import some_day, spread
from demo.records.inspections import inspection
from demo.records.needs import need
from demo.records.registrations import registration, volunteer_number
from demo.records.role_models import role_model
from demo.records.row import Row, number_of
from demo.records.standing import reference
from demo.world import World
from rollcall.offices import Office

# Since when volunteers have registered, and that more of them do so each year: below 1, the more the lower.
REGISTERED_SINCE, MORE_EACH_YEAR = date(2015, 1, 1), 0.7
# Registrations beyond this number are so many that a demo of fewer rows has fewer of them.
MANY = 50_000
NEED_KINDS = {
    "needs": "need",
    "resident_problems_resolved": "resident_problem",
    "creation_problems_resolved": "creation_problem",
}


def registrations(world: World, office: Office) -> Iterator[Row]:
    """One registration of each volunteer, all of them known by name, the published number of them backbone."""
    wanted = Wanted(world.first_code(office), frozenset({"volunteers", "volunteers_backbone"}))
    count, backbone = wanted.count("volunteers"), wanted.count("volunteers_backbone")
    if not count:
        return
    count = world.scaled(count) if count > MANY else count
    rng = world.lasting_rng(office, "published registrations")
    population = population_of_the_past(world, office, rng)
    days = (wanted.to_day - REGISTERED_SINCE).days + 1
    teams = partial(reference, world, office, "teams", rng)
    for place in range(1, count + 1):
        changed_on = REGISTERED_SINCE + timedelta(days=int(days * rng.random() ** MORE_EACH_YEAR))
        person = population.person(changed_on)
        row = registration(volunteer_number(world, office, f"B{place:06d}"), person, changed_on, rng, teams)
        if "volunteers_backbone" in wanted.figures:
            row["is_backbone"] = place <= backbone
        yield row


def needs(world: World, office: Office) -> Iterator[Row]:
    """Needs and problems, all of them raised and done within the window."""
    wanted = Wanted(world.first_code(office), frozenset(NEED_KINDS))
    rng = world.lasting_rng(office, "published needs")
    kinds = [kind for indicator, kind in NEED_KINDS.items() for _ in range(wanted.count(indicator))]
    for place, kind in enumerate(kinds, 1):
        raised_on = some_day(rng, wanted.from_day or wanted.to_day, wanted.to_day - timedelta(days=20))
        steps = [raised_on + timedelta(days=days) for days in spread(rng, 18, 3)]
        steps = [steps[0], max(steps[:2]), max(steps)]
        yield need(number_of(world, office, f"HN{place:03d}"), rng, kind, raised_on) | {
            "dispatched_on": steps[0],
            "accepted_on": steps[1],
            "finished_on": steps[2],
            "need_status": "done",
            "rating": rng.choice((3, 4, 4, 5, 5, 5, None)),
        }


def inspections(world: World, office: Office) -> Iterator[Row]:
    """As many inspections as were published, with the published number of problems resolved in all."""
    wanted = Wanted(world.first_code(office), frozenset({"inspections", "problems_resolved"}))
    count = wanted.count("inspections")
    if not count:
        return
    rng = world.lasting_rng(office, "published inspections")
    for place, resolved in enumerate(spread(rng, wanted.count("problems_resolved"), count), 1):
        day = some_day(rng, wanted.from_day or wanted.to_day, wanted.to_day)
        row = inspection(world, office, number_of(world, office, f"HI{place:03d}"), day, rng)
        yield row | {"problems_resolved": resolved, "problems_found": resolved + rng.randint(0, 2)}


def role_models(world: World, office: Office) -> Iterator[Row]:
    """As many role models as were published."""
    wanted = Wanted(world.first_code(office), frozenset({"role_models"}))
    rng = world.lasting_rng(office, "published role models")
    for place in range(1, wanted.count("role_models") + 1):
        day = some_day(rng, wanted.from_day or wanted.to_day, wanted.to_day)
        yield role_model(office, number_of(world, office, f"HM{place:03d}"), day, rng)
