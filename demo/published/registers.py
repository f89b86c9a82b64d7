"""Entries of registers that add up to published figures: all of them in every list, and none ever moves."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from random import Random

from demo.published.figures import Wanted
from demo.published.spread import some_day
from demo.records.projects import project
from demo.records.row import Row, number_of
from demo.records.sites import site
from demo.records.teams import team
from demo.records.units import unit
from demo.world import World
from rollcall.offices import Office

# All stand before the first list, so that it tells of them.
BEGAN = (date(2017, 7, 1), date(2022, 12, 20))
# Numbers of these entries begin here, above those of ordinary ones.
NUMBERS_FROM = 101

SITES = {
    "site_centres": "centre",
    "site_institutes": "institute",
    "site_stations": "station",
    "site_points": "point",
    "site_bases": "base",
    "site_plazas": "plaza",
    "site_platforms": "platform",
}
# Tier and kind of the teams that a figure counts.
TEAMS = {
    "team_corps": ("corps", "standing"),
    "team_brigades_standing": ("brigade", "standing"),
    "team_brigades_industry": ("brigade", "industry"),
    "team_brigades_township": ("brigade", "township"),
    "team_detachments": ("detachment", "village"),
    "teams_featured": ("squad", "featured"),
    "volunteer_organisations": ("organisation", "general"),
}
SQUADS = (("squad", "village"), ("squad", "village"), ("squad", "general"))
# Who leads the squads, where only the number of all teams was published.
HEADS = {
    "province": (),
    "city": (),
    "county": (("corps", "standing"), *((("brigade", "industry"),) * 8)),
    "township": (("brigade", "township"),),
}
# What stands in the lists of the towns, where there are any that report.
HELD_BELOW = frozenset(
    {
        "site_institutes",
        "site_stations",
        "site_points",
        "teams",
        "team_brigades_township",
        "team_detachments",
        "projects",
    }
)
# What the same reports say of some sites beside their number: of 钢城街道's fourteen institutes seven were the first
# phase, and the others followed in the same year; the centre of 紫阳县 has 240 square metres.
FIRST_PHASE, SECOND_PHASE = (date(2019, 1, 7), date(2019, 6, 28)), (date(2019, 7, 2), date(2019, 12, 27))
PHASES = {"620201002000": (FIRST_PHASE,) * 7 + (SECOND_PHASE,) * 7}
# A brand under which something is done each Friday: its name, and its number.
FRIDAYS = {"340504101000": ("银塘镇周五清洁家园", "P100")}
KNOWN_SITES = {("610924000000", "centre"): {"area_m2": Decimal(240)}}
PROJECTS = {"projects": "service", "brands": "brand", "practices": "practice"}
UNITS = {"units_national": "national", "units_provincial": "provincial", "units_municipal": "municipal"}


def sites(world: World, office: Office) -> Iterator[Row]:
    """The sites of each kind that was published."""
    rng = world.lasting_rng(office, "published sites")
    kinds = [
        (wanted, kind)
        for wanted, count in shares_of(world, office, frozenset(SITES))
        for indicator, kind in SITES.items()
        for _ in range(count(indicator))
    ]
    phases = iter(PHASES.get(world.first_code(office), ()))
    for place, (wanted, kind) in enumerate(kinds, NUMBERS_FROM):
        row = site(number_of(world, office, f"S{place}"), office, kind, place, rng)
        row |= {"opened_on": began(rng, wanted), "site_status": "active"}
        if kind == "institute" and (phase := next(phases, None)):
            row |= {"opened_on": some_day(rng, *phase), "is_shared": True}
        yield row | KNOWN_SITES.get((world.first_code(office), kind), {})


def teams(world: World, office: Office) -> Iterator[Row]:
    """The teams of each tier and kind, and squads up to the number of all; organisations are no teams."""
    rng = world.lasting_rng(office, "published teams")
    whats: list[tuple[Wanted, tuple[str, str]]] = []
    for wanted, count in shares_of(world, office, frozenset({"teams", *TEAMS})):
        named = [what for indicator, what in TEAMS.items() for _ in range(count(indicator))]
        all_of_them = count("teams") + sum(tier == "organisation" for tier, _ in named)
        if "team_corps" not in wanted.figures and all_of_them > len(named):
            named += HEADS[office.level]
        named += [rng.choice(SQUADS) for _ in range(all_of_them - len(named))]
        whats += [(wanted, what) for what in named]
    for place, (wanted, what) in enumerate(whats, NUMBERS_FROM):
        row = team(number_of(world, office, f"T{place}"), office, what, place, rng)
        yield row | {"registered_on": began(rng, wanted), "team_status": "active"}


def projects(world: World, office: Office) -> Iterator[Row]:
    """The projects of each kind that was published."""
    rng = world.lasting_rng(office, "published projects")
    kinds = [
        (wanted, kind)
        for wanted, count in shares_of(world, office, frozenset(PROJECTS))
        for indicator, kind in PROJECTS.items()
        for _ in range(count(indicator))
    ]
    for place, (wanted, kind) in enumerate(kinds, NUMBERS_FROM):
        row = project(number_of(world, office, f"P{place}"), office, kind, place, rng)
        yield row | {"started_on": began(rng, wanted), "project_status": "active"}
    if brand := FRIDAYS.get(world.first_code(office)):
        name, number = brand
        row = project(number_of(world, office, number), office, "brand", NUMBERS_FROM, rng)
        began_on = date(2022, 3, 4)
        # Only its own events take part in it.
        yield row | {"project_name": f"示例{name}", "started_on": began_on, "project_status": "active", "_apart": True}


def shares_of(
    world: World, office: Office, indicators: frozenset[str]
) -> Iterator[tuple[Wanted, Callable[[str], int]]]:
    """
    Of the office and of the one right above it what each has published, and how much of an indicator *office* lists.

    What is held in towns is in the towns' lists, about as many in each, where towns report.
    """
    home = world.at(world.first)
    if office.office_key not in home.by_key:
        return
    upper = home.above(home.by_key[office.office_key])
    for named in (office, *((upper,) if upper else ())):
        wanted = Wanted(world.first_code(named), indicators)
        if wanted:
            carriers = [one.office_key for one in carriers_of(home, named)]
            yield wanted, partial(share_of, wanted, office, named, carriers)


def share_of(wanted: Wanted, office: Office, named: Office, carriers: list[int], indicator: str) -> int:
    """How many of *indicator* stand in the list of *office*, of those that *named* published."""
    total = wanted.count(indicator)
    if not carriers or indicator not in HELD_BELOW:
        at_named = total
    else:
        # The corps and the brigades of trades are the upper office's own, though all of them are teams.
        at_named = len(HEADS[named.level]) if indicator == "teams" else 0
    if office.office_key == named.office_key:
        return at_named
    if office.office_key not in carriers:
        return 0
    each, left = divmod(total - at_named, len(carriers))
    return each + (carriers.index(office.office_key) < left)


def carriers_of(home: World, named: Office) -> list[Office]:
    """The offices right below that hold the sites and teams of *named*: as many as it has institutes, else all."""
    below = home.below(named)
    institutes = Wanted(home.first_code(named), frozenset({"site_institutes"})).count("site_institutes")
    return below[:institutes] if institutes else below


def units(world: World, office: Office) -> Iterator[Row]:
    """
    The office's share of the honoured units that it, or the office right above it in the first month, has published.

    None is revoked: the published number is of those that stand.
    """
    home = world.at(world.first)
    if office.office_key not in home.by_key:
        return
    upper = home.above(home.by_key[office.office_key])
    for named in (office, *((upper,) if upper else ())):
        wanted = Wanted(world.first_code(named), frozenset(UNITS))
        family = [named.office_key, *(lower.office_key for lower in home.below(named))]
        rng = world.lasting_rng(office, "published units")
        levels = [
            level
            for indicator, level in UNITS.items()
            for _ in range(share(wanted.count(indicator), len(family), family.index(office.office_key)))
        ]
        for place, level in enumerate(levels, 101):
            row = unit(world, office, place, level, rng)
            yield row | {"honour_status": "kept"} if row["honour_status"] == "revoked" else row


def share(total: int, parts: int, part: int) -> int:
    """Part *part* of *parts*, where the parts add up to *total* and the first takes three shares."""
    one = total // (parts + 2)
    return one if part else total - one * (parts - 1)


def began(rng: Random, wanted: Wanted) -> date:
    first, last = BEGAN
    return some_day(rng, first, min(last, wanted.to_day))


PUBLISHED_ENTRIES: dict[str, Callable[[World, Office], Iterator[Row]]] = {
    "units": units,
    "sites": sites,
    "teams": teams,
    "projects": projects,
}
