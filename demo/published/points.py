"""Points that add up to a published figure: each redeemed by a household that had earned as many before."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from demo.published.figures import Wanted
from demo.published.spread import some_day, spread
from demo.records.row import Row, number_of
from demo.world import World
from rollcall.offices import Office

HOUSEHOLDS = 24
# Points of one redemption, and how many are redeemed where it was only said that some were.
ONE, SOME = 20, 960
WAYS = ("recycling", "recycling", "conduct", "service")


def points(world: World, office: Office) -> Iterator[Row]:
    """The points redeemed that were published, in redemptions of about twenty, and what was earned for them."""
    wanted = Wanted(world.first_code(office), frozenset({"points_redeemed"}))
    if not wanted:
        return
    rng = world.lasting_rng(office, "published points")
    total = SOME if wanted.figures["points_redeemed"].says_some else wanted.count("points_redeemed")
    first, last = wanted.from_day or wanted.to_day, wanted.to_day
    for place, part in enumerate(spread(rng, total, -(-total // ONE)), 1):
        redeemed_on = some_day(rng, min(first + timedelta(days=7), last), last)
        earned_on = some_day(rng, first, redeemed_on - timedelta(days=1))
        holder = number_of(world, office, f"KH{rng.randint(1, HOUSEHOLDS):02d}")
        number = number_of(world, office, f"HJ{place:03d}")
        yield entry(f"{number}A", holder, rng.choice(WAYS), Decimal(part), earned_on)
        yield entry(f"{number}B", holder, "redeemed", -Decimal(part), redeemed_on)


def entry(number: str, holder: str, reason: str, points: Decimal, day: date) -> Row:
    return {
        "entry_no": number,
        "holder_no": holder,
        "holder_kind": "household",
        "reason": reason,
        "points": points,
        "booked_on": day,
    }
