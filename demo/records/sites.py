"""Sites of civility practice: centres, institutes, stations, points and what else people meet in."""

from decimal import Decimal
from random import Random

from demo.records.register import Register, began_on, listed
from demo.records.row import Row, number_of
from demo.world import World
from rollcall.offices import Office

COUNTS = {"province": (5, 6), "city": (5, 7), "county": (7, 10), "township": (6, 9)}
# The kinds of the first entries, then what the others are drawn from.
LEADING = {"province": (), "city": ("centre",), "county": ("centre",), "township": ("institute",)}
OTHERS = {
    "province": {"base": 6, "platform": 3},
    "city": {"base": 5, "platform": 3, "plaza": 2},
    "county": {"base": 5, "institute": 2, "platform": 2, "plaza": 3},
    "township": {"station": 10, "point": 6, "base": 1, "plaza": 2, "platform": 1},
}
NAMES = {
    "centre": "新时代文明实践中心",
    "institute": "新时代文明实践所",
    "station": "新时代文明实践站",
    "point": "新时代文明实践点",
    "base": "新时代文明实践基地",
    "plaza": "文明实践广场",
    "platform": "特色服务平台",
}
# The share of offices whose first site the one above lists as well.
ON_TWO_LISTS = 0.02
# Square metres.
AREAS = {
    "centre": (600, 4000),
    "institute": (200, 1200),
    "station": (80, 500),
    "point": (20, 150),
    "base": (150, 3000),
    "plaza": (400, 8000),
    "platform": (30, 300),
}


def make_sites(world: World, office: Office) -> list[Row]:
    """The register of sites."""
    count = world.lasting_rng(office, "how many sites").randint(*COUNTS[office.level])
    return listed(SITES, world, office, world.scaled(count, 3)) + sites_of_those_below(world, office)


def sites_of_those_below(world: World, office: Office) -> list[Row]:
    """A site that an office below lists too, here and there: both take it for their own, and it counts twice."""
    rows = []
    for lower in world.below(office):
        is_published = any(figure.indicator.startswith("site") for figure in world.figures_over(lower))
        if not is_published and world.lasting_rng(lower, "site on two lists").random() < ON_TWO_LISTS:
            (first, *_) = listed(SITES, world, lower, 3)
            rows.append(first | {"site_no": number_of(world, office, f"SX{lower.office_key:04d}")})
    return rows


def entry(world: World, office: Office, place: int, rng: Random) -> Row:
    leading, others = LEADING[office.level], OTHERS[office.level]
    kind = leading[place - 1] if place <= len(leading) else rng.choices(list(others), list(others.values()))[0]
    return site(number_of(world, office, f"S{place:02d}"), office, kind, place, rng)


def site(number: str, office: Office, kind: str, place: int, rng: Random) -> Row:
    """One site of *kind*, in use or, seldom, closed."""
    return {
        "site_no": number,
        "site_name": f"示例{office.name}{NAMES[kind]}{place}号",
        "site_kind": kind,
        "area_m2": area(rng, *AREAS[kind]) if rng.random() < 0.9 else None,
        "opened_on": began_on(rng),
        "is_shared": rng.random() < 0.4 if rng.random() < 0.85 else None,
        "site_status": "active" if place <= 2 or rng.random() < 0.95 else "closed",
    }


def area(rng: Random, least: int, most: int) -> Decimal:
    """Square metres: mostly whole, some to the hundredth."""
    return Decimal(rng.randint(least, most)) + (Decimal(rng.randrange(100)).scaleb(-2) if rng.random() < 0.3 else 0)


SITES = Register("sites", entry, "opened_on", {"site_status": "closed"})
