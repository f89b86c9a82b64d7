"""Events that add up to published figures, of an office and of those below it, on the days on which such events are."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from demo.published.figures import Wanted
from demo.published.registers import carriers_of
from demo.published.spread import some_day, spread
from demo.records.events import event, friday_near
from demo.records.row import Row, number_of
from demo.world import World
from rollcall.offices import Office

KINDS = {
    "events_talk": "talk",
    "events_role_model": "role_model",
    "events_exhibition": "exhibition",
    "events_study": "study",
    "events_dispatch": "dispatch",
    "events_training": "training",
    "events_party_class": "party_class",
}
THEMES = {"events_festival": "our_festivals", "events_practice_day": "practice_day"}
# What no figure counts, for the other events.
OTHER_KINDS, OTHER_THEMES = ("service", "service", "culture", "contest"), ("green", "traffic", "customs", "table", None)
TOTALS = {
    "talk_attendees": ("attendees", frozenset({"talk"})),
    "dispatch_attendees": ("attendees", frozenset({"dispatch"})),
    "event_volunteers": ("volunteers", None),
    "event_beneficiaries": ("beneficiaries", None),
}
INDICATORS = frozenset({"events", *KINDS, *THEMES, *TOTALS})
# The upper office holds a share of what was published itself, the larger events; those below it hold the others.
OWN_SHARE = 0.15
OWN_KINDS = frozenset({"dispatch", "exhibition"})
# Spring festival, lantern, tomb-sweeping, dragon boat, double seventh, mid-autumn and double ninth.
FESTIVALS = {
    2022: ("02-01", "02-15", "04-05", "06-03", "08-04", "09-10", "10-04"),
    2023: ("01-22", "02-05", "04-05", "06-22", "08-22", "09-29", "10-23"),
}
AROUND = 6  # days before and after a festival


def events(world: World, office: Office) -> Iterator[Row]:
    """The office's own of the events that it, or the one right above it, has published."""
    home = world.at(world.first)
    if office.office_key not in home.by_key:
        return
    upper = home.above(home.by_key[office.office_key])
    for named in (office, *((upper,) if upper else ())):
        if Wanted(world.first_code(named), INDICATORS):
            yield from (row for key, row in all_events(world, named.office_key) if key == office.office_key)


@lru_cache(maxsize=8)
def all_events(world: World, named: int) -> list[tuple[int, Row]]:
    """All that the office with the key *named* has published, each with the key of the organiser. Read only."""
    home = world.at(world.first)
    office = home.by_key[named]
    wanted = Wanted(world.first_code(office), INDICATORS)
    rng = world.lasting_rng(office, "published events")
    organisers = [office, *carriers_of(home, office)]
    found = []
    for place, (kind, theme) in enumerate(kinds_and_themes(wanted, rng), 1):
        is_own = len(organisers) == 1 or kind in OWN_KINDS or rng.random() < OWN_SHARE
        whose = organisers[0] if is_own else organisers[1 + place % (len(organisers) - 1)]
        day = day_of(rng, (kind, theme), place, wanted)
        row = event(world, whose, rng, number_of(world, whose, f"H{place:04d}"), (kind, day))
        # Heads are counted at meetings and talks; of a study session nobody says how many came.
        heads = {"attendees": None} if kind == "study" and "dispatch_attendees" in wanted.figures else {}
        found.append((whose.office_key, row | {"theme": theme} | heads))
    add_up(wanted, rng, [row for _, row in found])
    return found


def kinds_and_themes(wanted: Wanted, rng: Random) -> Iterator[tuple[str, str | None]]:
    """As many events of each kind and theme as were published, and others up to the number of all."""
    kinds = [kind for indicator, kind in KINDS.items() for _ in range(wanted.count(indicator))]
    themes: list[str | None] = [theme for indicator, theme in THEMES.items() for _ in range(wanted.count(indicator))]
    count = max(wanted.count("events"), len(kinds), len(themes))
    kinds += [rng.choice(OTHER_KINDS) for _ in range(count - len(kinds))]
    themes += [rng.choice(OTHER_THEMES) for _ in range(count - len(themes))]
    rng.shuffle(themes)
    return zip(kinds, themes, strict=True)


def day_of(rng: Random, what: tuple[str, str | None], place: int, wanted: Wanted) -> date:
    """A day of the window: near a festival, a Friday, or one month after the other, as kind and theme have it."""
    kind, theme = what
    first, last = wanted.from_day or wanted.to_day, wanted.to_day
    day = some_day(rng, first, last)
    if kind == "dispatch":
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        month = first.month - 1 + place % months
        return min(date(first.year + month // 12, month % 12 + 1, rng.randint(3, 26)), last)
    if theme == "practice_day":
        return friday_near(day, first, last)
    if theme == "our_festivals":
        festival = date.fromisoformat(f"{day.year}-{rng.choice(FESTIVALS[day.year])}")
        near = festival + timedelta(days=rng.randint(-AROUND, AROUND))
        return near if first <= near <= last else day
    return day


def add_up(wanted: Wanted, rng: Random, rows: list[Row]) -> None:
    """Share the published totals out over the events that they are totals of."""
    for indicator, (column, of_kinds) in TOTALS.items():
        if indicator in wanted.figures:
            among = [row for row in rows if not of_kinds or row["event_kind"] in of_kinds]
            for row, part in zip(among, spread(rng, wanted.count(indicator), len(among)), strict=True):
                row[column] = part
