"""Where the records of an office count on the tree of a day on which it does not stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, Inexact, localcontext

from rollcall.offices.history import ONE_DAY, History

# Shares of shares are never rounded: parts that add up to 1 go on adding up to 1.
EXACT = Context(prec=2000, traps=[Inexact])


@dataclass(frozen=True)
class Heir:
    """From `from_day` to `to_day` (None: open) this share of what an office reported counts at `heir_key`."""

    office_key: int
    from_day: date | None
    to_day: date | None
    heir_key: int
    share: Decimal


def heirs_on(history: History, office_key: int, day: date) -> dict[int, Decimal]:
    """The offices standing on *day* at which an office's records count then, with shares that add up to 1."""
    life = history.lives[office_key]
    if life.stands_on(day):
        return {office_key: Decimal(1)}
    if life.start and day < life.start:
        assert life.origin is not None
        return heirs_on(history, life.origin, day)
    shares: dict[int, Decimal] = {}
    with localcontext(EXACT):
        for into, share in life.heirs.items():
            for heir, part in heirs_on(history, into, day).items():
                shares[heir] = shares.get(heir, Decimal(0)) + share * part
    return shares


def heirs(history: History) -> Iterator[Heir]:
    """For every office the spans in which it does not stand, cut where its heirs change."""
    lives = history.lives.values()
    turns = sorted({day for life in lives for day in (life.start, life.end) if day})
    for key, life in history.lives.items():
        if life.start:
            cuts = [None, *(day for day in turns if day < life.start)]
            yield from spans(history, key, cuts, life.start - ONE_DAY)
        if life.end:
            yield from spans(history, key, [day for day in turns if day >= life.end], None)


def spans(history: History, key: int, cuts: list[date | None], last: date | None) -> Iterator[Heir]:
    """The heirs between *cuts*, the first day of each stretch, up to *last*; stretches that agree are one."""
    stretches: list[tuple[date | None, dict[int, Decimal]]] = []
    for first in cuts:
        shares = heirs_on(history, key, first or date.min)
        if not stretches or stretches[-1][1] != shares:
            stretches.append((first, shares))
    ends = [first - ONE_DAY for first, _ in stretches[1:] if first]
    for (first, shares), to_day in zip(stretches, [*ends, last], strict=True):
        for heir, share in sorted(shares.items()):
            yield Heir(key, first, to_day, heir, share)
