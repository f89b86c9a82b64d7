"""Points: what persons and households earn, redeem and lose; hardly anybody spends more than is there."""

from bisect import bisect_right
from datetime import date
from decimal import Decimal
from functools import lru_cache
from random import Random

from demo.records.holders import Holder, holders_of
from demo.records.row import Row, record_no
from demo.world import World
from rollcall.offices import Office

COUNTS = {"province": (8, 12), "city": (8, 14), "county": (10, 18), "township": (11, 19)}
# With weights; what is redeemed or expires is less than nothing.
REASONS = {"service": 34, "recycling": 22, "conduct": 18, "redeemed": 18, "expired": 3, "other": 5}
SPENT = ("redeemed", "expired")
EARNED = {reason: weight for reason, weight in REASONS.items() if reason not in SPENT}
# The share of redemptions over the balance that we know: of points from before the first report.
OVER = 0.008
Balances = dict[str, Decimal]


def make_points(world: World, office: Office) -> list[Row]:
    """The entries of the month."""
    return [dict(row) for row in books(world, office)[0]]


@lru_cache(maxsize=64)
def books(world: World, office: Office) -> tuple[list[Row], Balances]:
    """The entries of the month, in order of their day, and what each holder has at its end. Read only."""
    rng = world.rng(office, "points")
    before = world.previous.by_key.get(office.office_key) if world.previous else None
    has = dict(books(world.previous, before)[1]) if world.previous and before else {}
    holders = holders_of(world, office)
    days = sorted(world.some_day(rng) for _ in range(world.scaled(rng.randint(*COUNTS[office.level]), 3)))
    rows = [entry(record_no(world, office, "J", place), holders, has, day, rng) for place, day in enumerate(days, 1)]
    return rows, has


def entry(number: str, holders: list[Holder], has: Balances, day: date, rng: Random) -> Row:
    """One entry, by which what the holder *has* changes; of any reason that the balances allow."""
    reason = rng.choices(list(REASONS), list(REASONS.values()))[0]
    rich = [holder for holder in holders if has.get(holder.number, 0) >= 1] if reason in SPENT else []
    if reason in SPENT and not rich:
        reason = rng.choices(list(EARNED), list(EARNED.values()))[0]
    known = holders[: bisect_right(holders, day, key=lambda holder: holder.since)]
    holder = rng.choice(rich or known)
    points = Decimal(rng.randint(1, 40)) + (Decimal("0.5") if rng.random() < 0.1 else 0)
    if rich:
        balance = has[holder.number]
        is_over = reason == "redeemed" and rng.random() < OVER
        points = -(balance + points if is_over else min(balance, points))
    has[holder.number] = max(has.get(holder.number, Decimal(0)) + points, Decimal(0))
    return {
        "entry_no": number,
        "holder_no": holder.number,
        "holder_kind": holder.kind,
        "reason": reason,
        "points": points,
        "booked_on": day,
    }
