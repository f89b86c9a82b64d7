"""What the reports of the published figures say beside them, where our datasets can tell it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from demo.published.registers import FRIDAYS
from demo.published.spread import some_day
from demo.records.events import event
from demo.records.role_models import role_model
from demo.records.row import Row, number_of
from demo.world import World
from rollcall.offices import Office

CHENGGUAN, GANGCHENG, ZIYANG, YINTANG = "620102000000", "620201002000", "610924000000", "340504101000"


class Honoured(NamedTuple):
    """Somebody whom an upper level honoured, on a day of a window."""

    kind: str
    level: str
    first: date
    last: date


YEAR_2022 = date(2022, 3, 1), date(2022, 12, 20)
# A good person of China of 2021-09, a provincial moral model of the 8th session; the most beautiful volunteers of 2022.
HONOURED = {
    CHENGGUAN: (
        Honoured("good_person", "national", date(2021, 9, 1), date(2021, 9, 30)),
        Honoured("moral_model", "provincial", date(2021, 6, 1), date(2022, 12, 20)),
    ),
    ZIYANG: (
        Honoured("volunteer", "provincial", *YEAR_2022),
        Honoured("volunteer", "municipal", *YEAR_2022),
        Honoured("volunteer", "municipal", *YEAR_2022),
    ),
}
# 钢城街道 trained over three thousand party members, on the spot and online.
STUDIED, STUDY_SESSIONS, AT_A_SESSION = (date(2019, 1, 8), date(2020, 3, 28)), 48, (55, 90)
# 银塘镇 cleans every Friday, under one brand, which its list of projects has.
CLEANED = date(2023, 1, 6), date(2023, 7, 31)


def told_beside(world: World, office: Office, dataset: str) -> Iterator[Row]:
    """The records of *dataset*, whichever month reports them."""
    code = world.first_code(office)
    rng = world.lasting_rng(office, "told beside", dataset)
    if dataset == "role_models":
        for place, one in enumerate(HONOURED.get(code, ()), 1):
            day = some_day(rng, one.first, one.last)
            row = role_model(office, number_of(world, office, f"HR{place:02d}"), day, rng)
            yield row | {"model_kind": one.kind, "honour_level": one.level}
    elif dataset == "events" and code == GANGCHENG:
        for place in range(1, STUDY_SESSIONS + 1):
            day = some_day(rng, *STUDIED)
            row = event(world, office, rng, number_of(world, office, f"HS{place:03d}"), ("study", day))
            yield row | {"attendees": rng.randint(*AT_A_SESSION)}
    elif dataset == "events" and code == YINTANG:
        day = CLEANED[0]
        while day <= CLEANED[1]:
            number = number_of(world, office, f"HC{day:%y%m%d}")
            row = event(world, office, rng, number, ("service", day))
            title, brand = FRIDAYS[code]
            yield row | {"title": f"示例{title}", "theme": "green", "project_no": number_of(world, office, brand)}
            day += timedelta(days=7)
