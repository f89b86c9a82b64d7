"""Teams of volunteers: corps, brigades, detachments, squads, and organisations of volunteers."""

from random import Random

from demo.records.register import Register, began_on, listed
from demo.records.row import Row, number_of
from demo.world import World
from rollcall.datasets import code_lists
from rollcall.offices import Office

COUNTS = {"province": (6, 8), "city": (6, 8), "county": (6, 8), "township": (6, 7)}
# Tier and kind of the first entries, then what the others are drawn from, with weights.
LEADING = {
    "province": (("corps", "standing"),),
    "city": (("corps", "standing"),),
    "county": (("corps", "standing"), ("brigade", "standing"), ("brigade", "industry")),
    "township": (("brigade", "township"),),
}
OTHERS = {
    ("brigade", "industry"): 2,
    ("brigade", "standing"): 2,
    ("detachment", "village"): 5,
    ("detachment", "general"): 2,
    ("squad", "village"): 6,
    ("squad", "featured"): 4,
    ("squad", None): 2,
    ("organisation", "general"): 1,
}
NAMES = {"corps": "志愿服务总队", "brigade": "志愿服务大队", "detachment": "志愿服务分队", "squad": "志愿服务小队"}


def make_teams(world: World, office: Office) -> list[Row]:
    """The register of teams."""
    count = world.lasting_rng(office, "how many teams").randint(*COUNTS[office.level])
    return listed(TEAMS, world, office, world.scaled(count, 3))


def entry(world: World, office: Office, place: int, rng: Random) -> Row:
    leading = LEADING[office.level]
    tier, kind = leading[place - 1] if place <= len(leading) else rng.choices(list(OTHERS), list(OTHERS.values()))[0]
    return team(number_of(world, office, f"T{place:02d}"), office, (tier, kind), place, rng)


def team(number: str, office: Office, what: tuple[str, str | None], place: int, rng: Random) -> Row:
    """One team; *what* is its tier and kind."""
    tier, kind = what
    return {
        "team_no": number,
        "team_name": f"示例{office.name}{NAMES.get(tier, '志愿者协会')}{place}号",
        "team_tier": tier,
        "team_kind": kind,
        "specialty": rng.choice(list(code_lists()["specialty"])) if rng.random() < 0.85 else None,
        "registered_on": began_on(rng),
        "team_status": "active" if place <= 3 or rng.random() < 0.95 else "closed",
    }


TEAMS = Register("teams", entry, "registered_on", {"team_status": "closed"})
