"""Records that add up to published figures: everything in the window of a figure, whichever month reports it."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from demo.people import population_of_the_past
from demo.published.figures import Wanted
from demo.published.spread import some_day, spread
from demo.records.events import event
from demo.records.inspections import inspection
from demo.records.needs import need
from demo.records.registrations import registration, volunteer_number
from demo.records.role_models import role_model
from demo.records.row import Row, number_of
from demo.records.standing import reference
from demo.world import World
from rollcall.offices import Office

REGISTERED_SINCE = date(2015, 1, 1)
# Registrations beyond this number are so many that a demo of fewer rows has fewer of them.
MANY = 50_000
EVENT_KINDS = {
    "events_talk": "talk",
    "events_role_model": "role_model",
    "events_exhibition": "exhibition",
    "events_study": "study",
    "events_dispatch": "dispatch",
    "events_training": "training",
    "events_party_class": "party_class",
}
EVENT_THEMES = {"events_festival": "our_festivals", "events_practice_day": "practice_day"}
# What no figure counts, for the other events.
OTHER_KINDS, OTHER_THEMES = ("service", "service", "culture", "contest"), ("green", "traffic", "customs", "table", None)
EVENT_TOTALS = {
    "talk_attendees": ("attendees", frozenset({"talk"})),
    "dispatch_attendees": ("attendees", frozenset({"dispatch"})),
    "event_volunteers": ("volunteers", None),
    "event_beneficiaries": ("beneficiaries", None),
}
NEED_KINDS = {
    "needs": "need",
    "resident_problems_resolved": "resident_problem",
    "creation_problems_resolved": "creation_problem",
}


def events(world: World, office: Office) -> Iterator[Row]:
    """As many events of each kind and theme as were published, and others up to the number of all."""
    wanted = Wanted(world.first_code(office), frozenset({"events", *EVENT_KINDS, *EVENT_THEMES, *EVENT_TOTALS}))
    if not wanted:
        return
    rng = world.lasting_rng(office, "published events")
    kinds = [kind for indicator, kind in EVENT_KINDS.items() for _ in range(wanted.count(indicator))]
    themes: list[str | None] = [
        theme for indicator, theme in EVENT_THEMES.items() for _ in range(wanted.count(indicator))
    ]
    count = max(wanted.count("events"), len(kinds), len(themes))
    kinds += [rng.choice(OTHER_KINDS) for _ in range(count - len(kinds))]
    themes += [rng.choice(OTHER_THEMES) for _ in range(count - len(themes))]
    rng.shuffle(themes)
    rows = []
    for place, (kind, theme) in enumerate(zip(kinds, themes, strict=True), 1):
        day = some_day(rng, wanted.from_day or wanted.to_day, wanted.to_day)
        row = event(world, office, rng, number_of(world, office, f"H{place:04d}"), (kind, day))
        # Heads are counted at meetings and talks; of a study session nobody says how many came.
        rows.append(row | {"theme": theme} | ({"attendees": None} if kind == "study" else {}))
    for indicator, (column, of_kinds) in EVENT_TOTALS.items():
        if indicator in wanted.figures:
            among = [row for row in rows if not of_kinds or row["event_kind"] in of_kinds]
            for row, part in zip(among, spread(rng, wanted.count(indicator), len(among)), strict=True):
                row[column] = part
    yield from rows


def registrations(world: World, office: Office) -> Iterator[Row]:
    """One registration of each volunteer, all of them known by name, the published number of them backbone."""
    wanted = Wanted(world.first_code(office), frozenset({"volunteers", "volunteers_backbone"}))
    count, backbone = wanted.count("volunteers"), wanted.count("volunteers_backbone")
    if not count:
        return
    count = world.scaled(count) if count > MANY else count
    rng = world.lasting_rng(office, "published registrations")
    population = population_of_the_past(world, office, rng)
    teams = partial(reference, world, office, "teams", rng)
    for place in range(1, count + 1):
        changed_on = some_day(rng, REGISTERED_SINCE, wanted.to_day)
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
            "rating": rng.choice((4, 5, 5)),
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
