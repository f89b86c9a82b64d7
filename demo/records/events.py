"""Events: an office's own, and those of the office above it in which it took part."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from random import Random

from demo.records.row import Row, record_no
from demo.records.standing import reference
from demo.world import World
from rollcall.offices import Office

COUNTS = {"province": (16, 22), "city": (18, 26), "county": (17, 26), "township": (15, 25)}
# Kinds with weight, the names such events have, and how many people come.
KINDS = {
    "talk": (22, ("理论宣讲进村社", "板凳会宣讲", "政策面对面"), (20, 160)),
    "service": (26, ("便民服务日", "爱心义诊", "敬老志愿服务"), (15, 120)),
    "culture": (12, ("文艺惠民演出", "广场舞展演", "读书会"), (40, 400)),
    "festival": (8, ("七一主题活动", "传统节日活动"), (30, 300)),
    "training": (8, ("实用技能培训", "志愿者培训"), (15, 80)),
    "role_model": (5, ("好人事迹巡讲", "身边榜样分享会"), (30, 200)),
    "exhibition": (3, ("主题图片展",), (50, 600)),
    "study": (6, ("理论学习会",), (10, 60)),
    "dispatch": (3, ("工作调度会",), (8, 50)),
    "party_class": (4, ("微党课",), (15, 90)),
    "contest": (2, ("文明家庭评选",), (20, 100)),
    "other": (1, ("其他实践活动",), (10, 80)),
}
THEMES = {
    "our_festivals": 12,
    "practice_day": 16,
    "table": 8,
    "traffic": 10,
    "travel": 5,
    "online": 6,
    "customs": 10,
    "three_down": 6,
    "green": 14,
    "other": 13,
}
FRIDAY = 4
KIND_NAMES, KIND_WEIGHTS = tuple(KINDS), tuple(accumulate(weight for weight, _, _ in KINDS.values()))
THEME_NAMES, THEME_WEIGHTS = tuple(THEMES), tuple(accumulate(THEMES.values()))


def make_events(world: World, office: Office) -> list[Row]:
    """Own events, then joint ones."""
    rng = world.rng(office, "events")
    rows = [
        own_event(world, office, rng, record_no(world, office, "E", place))
        for place in range(1, world.scaled(rng.randint(*COUNTS[office.level]), 3) + 1)
    ]
    rows += [row | {"_shared": True} for row, _ in joint_events(world, office)]
    upper = world.above(office)
    for row, participants in joint_events(world, upper) if upper else []:
        if office.code in participants:
            rows.append(row | seen_by_participant(row, rng))
    return rows


@lru_cache(maxsize=64)
def joint_events(world: World, organiser: Office) -> list[tuple[Row, set[str]]]:
    """What *organiser* does with offices below it: its own row, and the codes of who took part. Read only."""
    below = world.below(organiser)
    rng = world.rng(organiser, "joint events")
    events = []
    for place in range(1, rng.randint(1, 3) + 1 if below else 1):
        participants = {office.code for office in rng.sample(below, min(len(below), rng.randint(1, 4)))}
        events.append((own_event(world, organiser, rng, record_no(world, organiser, "J", place)), participants))
    return events


def seen_by_participant(row: Row, rng: Random) -> Row:
    """What differs in a participant's row: its own people. Number, title and time are the organiser's."""
    share = rng.uniform(0.1, 0.6)
    people = {name: int(row[name] * share) for name in ("attendees", "volunteers", "beneficiaries")}
    return {**people, "team_no": None, "site_no": None, "project_no": None, "_shared": True}


def own_event(world: World, office: Office, rng: Random, number: str) -> Row:
    """One event of the month, of any kind."""
    kind = rng.choices(KIND_NAMES, cum_weights=KIND_WEIGHTS)[0]
    theme = rng.choices(THEME_NAMES, cum_weights=THEME_WEIGHTS)[0] if rng.random() < 0.9 else None
    day = world.some_day(rng)
    if theme == "practice_day":
        day = friday_near(day, world.period.first_day, world.period.last_day)
    return event(world, office, rng, number, (kind, day)) | {"theme": theme}


def friday_near(day: date, first: date, last: date) -> date:
    """The Friday of the week of *day*, or the next one inside; practice days are on Fridays."""
    friday = day + timedelta(days=FRIDAY - day.weekday())
    return friday + timedelta(days=7 * ((friday < first) - (friday > last)))


def event(world: World, office: Office, rng: Random, number: str, what: tuple[str, date]) -> Row:
    """One event that *office* organises, of no theme yet; *what* is its kind and day."""
    kind, day = what
    _, titles, (fewest, most) = KINDS[kind]
    started_at = datetime.combine(day, time(rng.randint(8, 18), rng.choice((0, 0, 15, 30, 30, 45))))
    attendees = rng.randint(fewest, most)
    return {
        "event_no": number,
        "title": f"示例{office.name}{rng.choice(titles)}",
        "event_kind": kind,
        "theme": None,
        "organiser_code": office.code,
        "project_no": reference(world, office, "projects", rng, day) if rng.random() < 0.3 else None,
        "team_no": reference(world, office, "teams", rng, day) if rng.random() < 0.6 else None,
        "site_no": reference(world, office, "sites", rng, day) if rng.random() < 0.6 else None,
        "started_at": started_at,
        "ended_at": started_at + timedelta(minutes=rng.choice((45, 60, 90, 120, 150, 180))),
        "attendees": attendees,
        "volunteers": rng.randint(2, 4 + attendees // 6),
        "beneficiaries": round(attendees * rng.uniform(0.6, 1.8)),
        "_shared": False,
    }
