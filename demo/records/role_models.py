"""Role models that an office selects."""

from datetime import date
from random import Random

from demo.people import BRANCHES, STEMS, SURNAMES
from demo.records.row import Row, record_no
from demo.world import World
from rollcall.datasets import code_lists
from rollcall.offices import Office

COUNTS = {"province": (2, 5), "city": (1, 4), "county": (1, 4), "township": (0, 2)}
LEVELS = {"province": "provincial", "city": "municipal", "county": "county", "township": "township"}


def make_role_models(world: World, office: Office) -> list[Row]:
    """Who was selected in the month; at some offices nobody."""
    rng = world.rng(office, "role models")
    count = world.scaled(rng.randint(*COUNTS[office.level]), 1)
    return [
        role_model(office, record_no(world, office, "M", place), world.some_day(rng), rng)
        for place in range(1, count + 1)
    ]


def role_model(office: Office, number: str, day: date, rng: Random) -> Row:
    """One role model, who does not exist."""
    return {
        "model_no": number,
        "model_kind": rng.choice(list(code_lists()["model_kind"])),
        "honour_level": LEVELS[office.level],
        "selected_on": day,
        "name": f"示例{rng.choice(SURNAMES)}{rng.choice(STEMS)}{rng.choice(BRANCHES)}",
    }
