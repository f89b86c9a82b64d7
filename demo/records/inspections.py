"""Inspections: an upper office's of those below it, a township's of what it does itself."""

from datetime import date
from random import Random

from demo.records.row import Row, record_no
from demo.world import World
from rollcall.offices import Office

COUNTS = {"province": (4, 8), "city": (3, 6), "county": (3, 6), "township": (1, 3)}
KINDS = {"supervision": 6, "special": 3, "assessment": 1}


def make_inspections(world: World, office: Office) -> list[Row]:
    """The inspections of the month."""
    rng = world.rng(office, "inspections")
    count = world.scaled(rng.randint(*COUNTS[office.level]), 1)
    return [
        inspection(world, office, record_no(world, office, "I", place), world.some_day(rng), rng)
        for place in range(1, count + 1)
    ]


def inspection(world: World, office: Office, number: str, day: date, rng: Random) -> Row:
    """One inspection, of an office right below where there is one."""
    below = world.below(office)
    found = rng.randint(0, 8)
    return {
        "inspection_no": number,
        "inspection_kind": rng.choices(list(KINDS), list(KINDS.values()))[0],
        "inspected_on": day,
        "inspected_code": rng.choice(below).code if below else None,
        "problems_found": found,
        "problems_resolved": rng.randint(found // 2, found),
    }
