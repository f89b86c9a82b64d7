"""Amounts of money, what they are for, and where they first come from."""

from decimal import Decimal
from random import Random

OWN_SOURCE = {"province": "provincial", "city": "municipal", "county": "county", "township": "township"}
PURPOSES = {
    "sites": 18,
    "events": 30,
    "projects": 12,
    "brands": 6,
    "training": 12,
    "platform": 5,
    "awards": 7,
    "general": 10,
}
HUNDRED = 10_000  # fen


def some_purpose(rng: Random) -> str:
    return rng.choices(list(PURPOSES), list(PURPOSES.values()))[0]


def amount(rng: Random, low: int, high: int) -> Decimal:
    """Yuan with two decimals: mostly round sums, some to the cent."""
    yuan = rng.randint(low, high)
    if rng.random() < 0.3:
        return Decimal(yuan * 100 + rng.randrange(100)).scaleb(-2)
    return Decimal(max(yuan // 100, 1) * HUNDRED).scaleb(-2)


def split(rng: Random, total: Decimal, parts: int) -> list[Decimal]:
    """*total* in *parts* amounts of at least a cent: round sums, and a last one to the cent."""
    left, shares = int(total * 100), []
    for part in range(parts, 1, -1):
        share = int(left / part * rng.uniform(0.5, 1.5))
        share -= share % HUNDRED if share > 2 * HUNDRED else 0
        shares.append(max(share, 1))
        left -= shares[-1]
    return [Decimal(share).scaleb(-2) for share in (*shares, left)]
