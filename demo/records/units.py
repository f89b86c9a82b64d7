"""Units of civilised creation: the office's whole register, which hardly changes from month to month."""

from datetime import date
from random import Random

from demo.check_characters import credit_code
from demo.published.alliances import alliances_published
from demo.published.counted import holds
from demo.records.register import Register, listed
from demo.records.row import Row, number_of
from demo.world import World
from rollcall.offices import Office

COUNTS = {"province": (22, 25), "city": (18, 25), "county": (14, 22), "township": (8, 16)}
# What a level of office may confer and therefore keeps in its register, with weights.
HONOURS = {
    "province": {"national": 4, "provincial": 14, "none": 2},
    "city": {"national": 2, "provincial": 6, "municipal": 12, "none": 2},
    "county": {"national": 1, "provincial": 3, "municipal": 8, "county": 10, "none": 3},
    "township": {"provincial": 1, "municipal": 3, "county": 7, "township": 8, "none": 3},
}
KINDS = {"unit": 40, "town": 22, "community": 18, "campus": 12, "family": 8}
NAMES = {
    "unit": ("税务所", "供电所", "司法所", "卫生院", "农商银行支行", "文化馆", "图书馆", "水务站"),
    "town": ("东坪村", "西湾村", "南沟村", "北塬村", "上川村", "下庄村"),
    "community": ("和平社区", "团结社区", "新兴社区", "幸福社区"),
    "campus": ("中心小学", "第一中学", "第二小学", "幼儿园"),
    "family": ("家庭",),
}
INDUSTRIES = {"unit": "DGIJNOQRS", "town": "AS", "community": "S", "campus": "P"}
# Who registered the unit: first two characters of the credit code. N, A and Y are rarer, and as legal.
REGISTERED_WITH = {
    "unit": ("11", "12", "12", "91", "91", "91", "A1", "Y1"),
    "town": ("N1", "N2", "54"),
    "community": ("55", "54"),
    "campus": ("12", "12", "52"),
}
SESSIONS = {
    "national": (("第五届", (2017, 11, 14)), ("第六届", (2020, 11, 20))),
    "provincial": (("第十三批", (2018, 6, 28)), ("第十四批", (2021, 7, 1))),
    "municipal": (("第八批", (2019, 12, 20)), ("第九批", (2022, 1, 18))),
    "county": (("2020年度", (2021, 1, 15)), ("2022年度", (2023, 1, 12))),
    "township": (("2021年度", (2022, 1, 20)), ("2022年度", (2023, 2, 3))),
}
# The share of offices of which the one above lists a unit as well.
ON_TWO_LISTS = 0.1
MONTHLY_SCORES = (-1.5, -0.5, 0.0, 0.0, 0.5, 1.5)


def make_units(world: World, office: Office) -> list[Row]:
    """The register: mostly settled once per office, some of it moving with the period."""
    count = world.lasting_rng(office, "how many units").randint(*COUNTS[office.level])
    rows = listed(UNITS, world, office, world.scaled(count, 3))
    join_alliances(rows, alliances_of(world, office))
    rows += units_of_those_below(world, office)
    move_with_the_month(rows, world, office)
    return rows


def units_of_those_below(world: World, office: Office) -> list[Row]:
    """A unit that an office below lists too, here and there: each of them keeps it under a number of its own."""
    if has_published_units(world, office):
        return []
    rows = []
    for lower in world.below(office):
        if world.lasting_rng(lower, "on two lists").random() < ON_TWO_LISTS and not has_published_units(world, lower):
            known = [row for row in listed(UNITS, world, lower, 3) if row["credit_code"] and holds(row)]
            number = number_of(world, office, f"UX{lower.office_key:04d}")
            rows += [row | {"unit_no": number} for row in known[:1]]
    return rows


def has_published_units(world: World, office: Office) -> bool:
    return any(figure.indicator.startswith("units") for figure in world.figures_over(office))


def entry(world: World, office: Office, place: int, rng: Random) -> Row:
    weights = HONOURS[office.level]
    level = rng.choices(list(weights), list(weights.values()))[0]
    return unit(world, office, place, level, rng)


def unit(world: World, office: Office, place: int, level: str, rng: Random) -> Row:
    """One unit that holds an honour of *level*."""
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    session, honoured_on = honour(level, rng)
    status = "applying" if level == "none" else rng.choices(("kept", "new", "suspended", "revoked"), (60, 35, 3, 2))[0]
    family = kind == "family"
    pools = (3, 5, 2) if level == "none" else (80, 8, 12)
    return {
        "unit_no": number_of(world, office, f"U{place:03d}"),
        "unit_name": f"示例{office.name}{rng.choice(NAMES[kind])}{place}号",
        "credit_code": None if family else made_up_credit_code(world, office, place, rng.choice(REGISTERED_WITH[kind])),
        "unit_kind": kind,
        "honour_level": level,
        "honour_session": session,
        "honour_status": status,
        "honoured_on": honoured_on,
        "pool": rng.choices(("none", "cultivation", "recommendation"), pools)[0],
        "alliance_kind": "none",
        "alliance_name": None,
        "leads_alliance": None,
        "industry": None if family else rng.choice(INDUSTRIES[kind]),
        "staff_count": None if family else rng.randint(5, 240),
        "assessment_score": rng.randint(620, 980) / 10 if rng.random() < 0.85 else None,
    }


def honour(level: str, rng: Random) -> tuple[str | None, date | None]:
    """Session and day of an honour; nothing for none."""
    if level == "none":
        return None, None
    session, day = rng.choice(SESSIONS[level])
    return session, date(*day)


def made_up_credit_code(world: World, office: Office, number: int, registered_with: str) -> str:
    """A well-formed code of a region that does not exist, so no organisation's."""
    region = f"{world.first_code(office)[:2]}9900"
    return credit_code(registered_with, region, f"{office.office_key % 100_000:05d}{number:03d}")


def alliances_of(world: World, office: Office) -> tuple[tuple[str, str], ...]:
    """
    Kind and name of each alliance of the office: what it published, or one of every second city or county.

    None of an office below one that published its number.
    """
    published = alliances_published(world.first_code(office))
    is_below = any(figure.indicator == "alliances" for figure in world.figures_over(office))
    has_none = office.level not in ("city", "county") or world.lasting_rng(office, "alliance").random() < 0.5
    if published or is_below or has_none:
        return published
    kind = "municipal" if office.level == "city" else "county"
    return ((kind, f"示例{office.name}文明共创联盟"),)


def join_alliances(rows: list[Row], alliances: tuple[tuple[str, str], ...]) -> None:
    """Put some units into each of *alliances*."""
    for index, (kind, name) in enumerate(alliances):
        for row in rows[index :: max(4, len(alliances))]:
            row.update(alliance_kind=kind, alliance_name=name)


def move_with_the_month(rows: list[Row], world: World, office: Office) -> None:
    """Pass each alliance's lead to the next member, and let scores move a little."""
    members: dict[str, list[Row]] = {}
    for row in rows:
        if row["alliance_name"]:
            members.setdefault(row["alliance_name"], []).append(row)
    months = world.period.year * 12 + world.period.month
    for allied in members.values():
        for index, row in enumerate(allied):
            row["leads_alliance"] = index == months % len(allied)
    rng = world.rng(office, "units")
    for row in rows:
        if row["assessment_score"] is not None:
            row["assessment_score"] = round(row["assessment_score"] + rng.choice(MONTHLY_SCORES), 1)


UNITS = Register("units", entry, None, {})
