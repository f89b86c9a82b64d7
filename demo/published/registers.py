"""Entries of registers that add up to published figures: all of them in every list, and none ever moves."""

from collections.abc import Callable, Iterator
from datetime import date
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
NUMBERS_FROM = 1001

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
OTHER_TEAMS = (("squad", "village"), ("squad", "village"), ("squad", "general"))
PROJECTS = {"projects": "service", "brands": "brand", "practices": "practice"}
UNITS = {"units_national": "national", "units_provincial": "provincial", "units_municipal": "municipal"}


def sites(world: World, office: Office) -> Iterator[Row]:
    """The sites of each kind that was published."""
    wanted = Wanted(world.first_code(office), frozenset(SITES))
    rng = world.lasting_rng(office, "published sites")
    kinds = [kind for indicator, kind in SITES.items() for _ in range(wanted.count(indicator))]
    for place, kind in enumerate(kinds, NUMBERS_FROM):
        row = site(number_of(world, office, f"S{place}"), office, kind, place, rng)
        yield row | {"opened_on": began(rng, wanted), "site_status": "active"}


def teams(world: World, office: Office) -> Iterator[Row]:
    """The teams of each tier and kind, and squads up to the number of all; organisations are no teams."""
    wanted = Wanted(world.first_code(office), frozenset({"teams", *TEAMS}))
    rng = world.lasting_rng(office, "published teams")
    whats = [what for indicator, what in TEAMS.items() for _ in range(wanted.count(indicator))]
    named = sum(tier != "organisation" for tier, _ in whats)
    whats += [rng.choice(OTHER_TEAMS) for _ in range(wanted.count("teams") - named)]
    for place, what in enumerate(whats, NUMBERS_FROM):
        row = team(number_of(world, office, f"T{place}"), office, what, place, rng)
        yield row | {"registered_on": began(rng, wanted), "team_status": "active"}


def projects(world: World, office: Office) -> Iterator[Row]:
    """The projects of each kind that was published."""
    wanted = Wanted(world.first_code(office), frozenset(PROJECTS))
    rng = world.lasting_rng(office, "published projects")
    kinds = [kind for indicator, kind in PROJECTS.items() for _ in range(wanted.count(indicator))]
    for place, kind in enumerate(kinds, NUMBERS_FROM):
        row = project(number_of(world, office, f"P{place}"), office, kind, place, rng)
        yield row | {"started_on": began(rng, wanted), "project_status": "active"}


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
