"""Totals shared out, and days spread over a window."""

from datetime import date, timedelta
from random import Random


def spread(rng: Random, total: int, parts: int) -> list[int]:
    """Share *total* out over *parts*, about evenly, so that they add up to it exactly."""
    weights = [rng.uniform(0.6, 1.4) for _ in range(parts)]
    whole = sum(weights)
    shares = [int(total * weight / whole) for weight in weights]
    for place in rng.sample(range(parts), total - sum(shares)):
        shares[place] += 1
    return shares


def some_day(rng: Random, first: date, last: date) -> date:
    """Any day from *first* to *last*."""
    return first + timedelta(days=int(rng.random() * ((last - first).days + 1)))
