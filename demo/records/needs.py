"""Needs and problems of residents: raised, sent on, taken up and done, in the month or one of the next."""

from datetime import date, timedelta
from random import Random

from demo.records.row import Row, number_of
from demo.records.standing import reference
from demo.world import World
from rollcall.datasets import code_lists
from rollcall.offices import Office

COUNTS = {"province": (4, 6), "city": (5, 8), "county": (6, 9), "township": (5, 9)}
KINDS = {"need": 70, "resident_problem": 22, "creation_problem": 8}
# Days that a step takes at most; a need is reported again until it is done or refused.
DAYS = {"dispatched_on": 4, "accepted_on": 5, "finished_on": 24}
STATUS = {"dispatched_on": "dispatched", "accepted_on": "in_service", "finished_on": "done"}
REFUSED = 0.06
MONTHS_BACK = 2


def make_needs(world: World, office: Office) -> list[Row]:
    """What was raised in the month, and what was open before, also at whom it took over, as it stands at its end."""
    last, beginning = world.period.last_day, world.period.first_day - timedelta(days=1)
    rows = raised_in(world, office)
    before = world.month_before(office)
    for _ in range(MONTHS_BACK):
        rows += [row for whose, month in before for row in raised_in(month, whose) if is_open(as_of(row, beginning))]
        before = [earlier for whose, month in before for earlier in month.month_before(whose)]
    return [as_of(row, last) for row in rows]


def is_open(row: Row) -> bool:
    return row["need_status"] not in ("done", "refused")


def raised_in(world: World, office: Office) -> list[Row]:
    """What was raised in the month, each as it ends in time."""
    rng = world.rng(office, "needs")
    count = world.scaled(rng.randint(*COUNTS[office.level]), 2)
    rows = []
    for place in range(1, count + 1):
        kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
        row = need(number_of(world, office, world.month, f"N{place:03d}"), rng, kind, world.some_day(rng))
        steps, day = list(DAYS), row["raised_on"]
        refused = rng.random() < REFUSED
        for step in steps[:1] if refused else steps:
            day += timedelta(days=rng.randint(0, DAYS[step]))
            row[step], row["need_status"] = day, "refused" if refused else STATUS[step]
        row["team_no"] = None if refused else reference(world, office, "teams", rng, row["raised_on"])
        row["rating"] = rng.choice((3, 4, 4, 5, 5, 5, None)) if not refused else None
        rows.append(row)
    return rows


def need(number: str, rng: Random, kind: str, raised_on: date) -> Row:
    """One need that nobody has taken up yet."""
    return {
        "need_no": number,
        "need_kind": kind,
        "category": rng.choice(list(code_lists()["specialty"])) if rng.random() < 0.9 else None,
        "channel": rng.choice(list(code_lists()["channel"])) if rng.random() < 0.95 else None,
        "raised_on": raised_on,
        "dispatched_on": None,
        "accepted_on": None,
        "finished_on": None,
        "need_status": "raised",
        "rating": None,
        "team_no": None,
    }


def as_of(row: Row, day: date) -> Row:
    """The need *row* as it stands at the end of *day*."""
    if row["need_status"] == "refused" and row["dispatched_on"] <= day:
        return row
    reached = [step for step in DAYS if row[step] is not None and row[step] <= day]
    if len(reached) == len(DAYS):
        return row
    later: Row = {step: None for step in DAYS if step not in reached}
    status = STATUS[reached[-1]] if reached else "raised"
    return row | later | {"need_status": status, "rating": None, "team_no": row["team_no"] if reached else None}
