"""Reviews: what an upper office thinks of last month's reports of those right below it."""

from datetime import timedelta

from demo.habits import NOT_SUBMITTED, TURNED_AWAY
from demo.records.row import Row
from demo.world import World
from rollcall.datasets import asked_of
from rollcall.offices import Office

# What is looked at, and how seldom it goes back.
REVIEWED = ("units", "registrations", "events", "funding")
RETURNED = 0.04
REASONS = ("附件与报表不一致，请核对。", "人次数明显偏大，请核实后再报。", "缺少签字盖章的原件，请补报。")
FIRST_DAYS = 20


def make_reviews(world: World, office: Office) -> list[Row]:
    """One decision for each of the datasets looked at, of each office below that had sent it."""
    rng = world.rng(office, "reviews")
    period = world.period.shift(-1)
    rows = []
    for lower in world.below(office):
        habits = world.habits[lower.code]
        if habits.conduct in NOT_SUBMITTED | TURNED_AWAY:
            continue
        asked = asked_of(lower.level, period.last_day)
        for dataset in REVIEWED:
            if dataset not in asked:
                continue
            returned = rng.random() < RETURNED
            rows.append(
                {
                    "reviewed_code": lower.code,
                    "dataset": dataset,
                    "reviewed_period": str(period),
                    # An office that writes csv sends a revision a dataset.
                    "revision": asked.index(dataset) + 1 if habits.format == "csv" else 1,
                    "decision": "return" if returned else "approve",
                    "reason": rng.choice(REASONS) if returned else None,
                    "reviewed_on": world.period.first_day + timedelta(days=5 + rng.randrange(FIRST_DAYS)),
                }
            )
    return rows
