"""Projects, brands and model practices."""

from random import Random

from demo.records.register import Register, began_on, listed
from demo.records.row import Row, number_of
from demo.world import World
from rollcall.offices import Office

COUNTS = {"province": (4, 6), "city": (4, 6), "county": (4, 5), "township": (3, 4)}
KINDS = {"service": 7, "brand": 2, "practice": 1}
NAMES = {
    "service": ("暖心敬老", "爱心课堂", "清洁家园", "健康义诊", "政策进万家"),
    "brand": ("板凳会", "红马甲", "小院议事", "积分超市"),
    "practice": ("五单联动做法", "积分管理做法", "邻里互助做法"),
}
AWARDS = {"provincial": "示例省优秀项目", "municipal": "示例市优秀项目", "county": "示例县优秀项目"}


def make_projects(world: World, office: Office) -> list[Row]:
    """The register of projects."""
    count = world.lasting_rng(office, "how many projects").randint(*COUNTS[office.level])
    return listed(PROJECTS, world, office, world.scaled(count, 2))


def entry(world: World, office: Office, place: int, rng: Random) -> Row:
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    return project(number_of(world, office, f"P{place:02d}"), office, kind, place, rng)


def project(number: str, office: Office, kind: str, place: int, rng: Random) -> Row:
    """One project of *kind*, a few of them with an award."""
    award = rng.choice(list(AWARDS)) if rng.random() < 0.12 else None
    return {
        "project_no": number,
        "project_name": f"示例{office.name}{rng.choice(NAMES[kind])}{place}号",
        "project_kind": kind,
        "started_on": began_on(rng),
        "award_name": AWARDS[award] if award else None,
        "award_level": award,
        "project_status": "active" if rng.random() < 0.93 else "closed",
    }


PROJECTS = Register("projects", entry, "started_on", {"project_status": "closed"})
