"""Points: what persons and households earn, redeem and lose."""

from datetime import date
from decimal import Decimal
from random import Random

from demo.records.row import Row, number_of
from demo.world import World
from rollcall.offices import Office

COUNTS = {"province": (8, 12), "city": (8, 14), "county": (10, 18), "township": (11, 19)}
HOLDERS = 60
# With weights; what is redeemed or expires is less than nothing.
REASONS = {"service": 34, "recycling": 22, "conduct": 18, "redeemed": 18, "expired": 3, "other": 5}
SPENT = ("redeemed", "expired")


def make_points(world: World, office: Office) -> list[Row]:
    """The entries of the month."""
    rng = world.rng(office, "points")
    count = world.scaled(rng.randint(*COUNTS[office.level]), 3)
    return [entry(world, office, place, rng) for place in range(1, count + 1)]


def entry(world: World, office: Office, place: int, rng: Random) -> Row:
    """One entry of any reason."""
    reason = rng.choices(list(REASONS), list(REASONS.values()))[0]
    earned = Decimal(rng.randint(1, 40)) + (Decimal("0.5") if rng.random() < 0.1 else 0)
    return {
        "entry_no": number_of(world, office, world.month, f"J{place:03d}"),
        **holder(world, office, rng),
        "reason": reason,
        "points": -earned if reason in SPENT else earned,
        "booked_on": world.some_day(rng),
    }


def holder(world: World, office: Office, rng: Random) -> Row:
    """One of the office's holders; every third is a household."""
    place = rng.randint(1, HOLDERS)
    return {
        "holder_no": number_of(world, office, f"K{place:03d}"),
        "holder_kind": "household" if place % 3 == 0 else "person",
    }


def redeemed(world: World, office: Office, number: str, day: date, points: Decimal) -> Row:
    """One redemption of *points*."""
    rng = Random(number)
    return {
        "entry_no": number,
        **holder(world, office, rng),
        "reason": "redeemed",
        "points": -points,
        "booked_on": day,
    }
