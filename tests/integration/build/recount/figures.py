"""Figures of all offices at once: in a month, in any window, as reported and on the tree of one day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from tests.integration.build.recount.flows import FLOWS, Flow, booking_day
from tests.integration.build.recount.records import Record, facts
from tests.integration.build.recount.registers import REGISTERS, register
from tests.integration.build.recount.stocks import STOCKS, ZERO, Stock
from tests.integration.build.recount.transfers import KINDS, counterparty
from tests.integration.build.recount.trees import WHOLE
from tests.integration.build.recount.volunteers import somebody
from tests.integration.build.recount.world import World, first_day, last_day, month_end, month_of

MEANS = {"need_days_to_finish"}
PERSONS = {"volunteers_served"}
CENT = Decimal("0.01")
DIGITS = 80  # more than sums of the largest amounts, divided again and again, can have


@dataclass(frozen=True)
class Figure:
    """
    `claimed` is the office's own total for the month. `entries_from_earlier_lists`: how many of the entries counted
    stand on an older list, because a later one held their row; None where no entries of registers are counted.
    """

    value: Decimal | None
    slices_expected: int
    slices_accepted: int
    claimed: Decimal | None = None
    entries_from_earlier_lists: int | None = None

    @property
    def difference(self) -> Decimal | None:
        return None if self.value is None or self.claimed is None else self.claimed - self.value


def figures(
    world: World, indicator: str, from_date: date | None, to_date: date, tree_on: date | None = None
) -> dict[int, Decimal]:
    """
    What is known of a window: office to value. As reported, or all on the tree of *tree_on*.

    As reported, what happened counts in the tree of the end of its month, and what stands in that of *to_date*'s.
    """
    with localcontext(prec=DIGITS):
        if indicator in STOCKS:
            found = stock(world, STOCKS[indicator], to_date, tree_on or month_end(to_date))
        elif from_date:
            found = flow(world, indicator, from_date, to_date, tree_on)
        else:
            raise ValueError(f"{indicator} is a flow: from when?")
        return {key: value.quantize(CENT, ROUND_HALF_UP) for key, value in found.items()}


def stock(world: World, counted: Stock, day: date, tree_on: date) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = {}
    things: dict[int, set[Any]] = {}
    for office_key in world.history.offices:
        if not is_told(world, counted.dataset, office_key, day):
            continue
        own = counted.own(world, office_key, day)
        for above, share in world.history.above(office_key, tree_on).items():
            if isinstance(own, set):
                things.setdefault(above, set())
            else:
                sums[above] = sums.get(above, ZERO) + own * share
        for thing in own if isinstance(own, set) else ():
            for above in world.history.above(office_key, tree_on, thing.heir):
                things[above].add(thing.what)
    return sums | {above: Decimal(counted.count(found)) for above, found in things.items()}


def is_told(world: World, dataset: str, office_key: int, day: date) -> bool:
    """Whether anything could tell how it stood: a slice of the month or before, or a record of that time sent later."""
    if any(first_day(period) <= day for period in world.periods_of(office_key, dataset)):
        return True
    if dataset in REGISTERS:
        return bool(register(world, office_key, dataset, day))
    own = [fact for fact in facts(world, dataset) if fact.office_key == office_key]
    return any((booking_day(fact.row) if dataset == "funding" else fact.row["changed_on"]) <= day for fact in own)


def flow(world: World, indicator: str, from_date: date, to_date: date, tree_on: date | None) -> dict[int, Decimal]:
    counted = FLOWS[indicator]
    parts: dict[int, list[tuple[Decimal, Decimal]]] = {}  # amount and share
    persons: dict[int, set[Any]] = {}
    for fact, day, amount in counted.happened(world, from_date, to_date):
        for above in world.history.above(fact.office_key, tree_on or month_end(day)):
            share = share_counted(world, fact, above, tree_on or month_end(day))
            parts.setdefault(above, []).append((amount, share))
            persons.setdefault(above, set()).add(somebody(world, fact) if indicator in PERSONS else None)
    if indicator in MEANS:
        return {key: sum(a * s for a, s in some) / sum(s for _, s in some) for key, some in parts.items()}
    zeros = dict.fromkeys(told(world, counted, from_date, to_date, tree_on), ZERO)
    if indicator in PERSONS:
        return zeros | {key: Decimal(len(found)) for key, found in persons.items()}
    return zeros | {key: sum((a * s for a, s in some), ZERO) for key, some in parts.items()}


def share_counted(world: World, fact: Record, office_key: int, tree_on: date) -> Decimal:
    """
    How much of a record counts at an office: of a transfer all that it paid or got itself, and of what offices below
    it did only what went to or came from others than itself and them.
    """
    share = world.history.above(fact.office_key, tree_on)[office_key]
    if fact.row.get("funding_kind") not in KINDS:
        return share
    itself = world.history.places(fact.office_key, tree_on).get(office_key, ZERO)
    other = counterparty(world, fact)
    within = ZERO if other is None else world.history.above(other, tree_on).get(office_key, ZERO)
    return itself + (share - itself) * (WHOLE - within)


def told(world: World, counted: Flow, from_date: date, to_date: date, tree_on: date | None) -> set[int]:
    """The offices that something was accepted of, for a month of the window: what is not in it did not happen."""
    return {
        above
        for office_key, period, dataset in world.accepted
        if dataset == counted.dataset and first_day(period) <= to_date and last_day(period) >= from_date
        for above in world.history.above(office_key, tree_on or last_day(period))
    }


def months_of(world: World, indicator: str) -> Iterator[str]:
    """The months with rows: those asked for; of a flow, also those in which anything happened anywhere."""
    if indicator in STOCKS:
        yield from world.months_asked(STOCKS[indicator].dataset)
    else:
        counted = FLOWS[indicator]
        happened = counted.happened(world, date.min, date.max)
        yield from {month_of(day) for _, day, _ in happened} | world.months_asked(counted.dataset)


def recount(world: World) -> dict[tuple[int, str, str], Figure]:
    """Every figure of every month: (office_key, period, indicator) to its value, claim and completeness."""
    found = {}
    for indicator in [*STOCKS, *FLOWS]:
        counted: Stock | Flow = STOCKS[indicator] if indicator in STOCKS else FLOWS[indicator]
        claims = claims_of_months(world, indicator)
        for period in months_of(world, indicator):
            expected, accepted = slices(world, counted.dataset, period)
            values = figures(world, indicator, first_day(period), last_day(period))
            earlier = from_earlier_lists(world, indicator, last_day(period))
            is_asked = period in world.months_asked(counted.dataset)
            happened = set() if is_asked else happened_in(world, indicator, period)
            for key in world.history.counts_on(last_day(period)):
                if is_asked or key in happened:
                    counts = (expected.get(key, 0), accepted.get(key, 0))
                    found[key, period, indicator] = Figure(
                        values.get(key),
                        *counts,
                        claims.get((key, period)),
                        None if earlier is None else earlier.get(key, 0),
                    )
    return found


def from_earlier_lists(world: World, indicator: str, day: date) -> dict[int, int] | None:
    """Of each office, how many of the entries counted at the end of a month stand on older lists than the last."""
    counts = STOCKS[indicator].entries if indicator in STOCKS else None
    if counts is None:
        return None
    found: dict[int, int] = {}
    for office_key in world.history.tree(day):
        entries = register(world, office_key, STOCKS[indicator].dataset, day).values()
        for above in world.history.path(office_key, day):
            found[above] = found.get(above, 0) + sum(entry.is_earlier and counts(entry.row) for entry in entries)
    return found


def happened_in(world: World, indicator: str, period: str) -> set[int]:
    happened = FLOWS[indicator].happened(world, first_day(period), last_day(period))
    return {above for fact, _, _ in happened for above in world.history.above(fact.office_key, last_day(period))}


def slices(world: World, dataset: str, period: str) -> tuple[dict[int, int], dict[int, int]]:
    """Of each office: the slices asked for, and those of them that were accepted; none is counted twice in it."""
    expected: dict[int, int] = {}
    accepted: dict[int, int] = {}
    for key, month, name in world.asked:
        if (month, name) == (period, dataset):
            for above in world.history.above(key, last_day(period)):
                expected[above] = expected.get(above, 0) + 1
                accepted[above] = accepted.get(above, 0) + ((key, month, name) in world.accepted)
    return expected, accepted


def claims_of_months(world: World, indicator: str) -> Mapping[tuple[int, str], Decimal]:
    """The offices' own totals for exactly one month."""
    found = {}
    for fact in facts(world, "totals"):
        row = fact.row
        period = month_of(row["to_date"])
        from_date = None if indicator in STOCKS else first_day(period)
        if (row["indicator"], row["from_date"], row["to_date"]) == (indicator, from_date, last_day(period)):
            found[fact.office_key, period] = Decimal(row["value"])
    return found
