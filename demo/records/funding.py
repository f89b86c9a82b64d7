"""
Funding: what an office has for a month, what it pays on, and what it spends.

An office books the part of its year's budget that the finance bureau releases for the month, spends most of it, and
never more than it has. So spending is between FEWEST and MOST of the budget in each month, and no month's books end
below zero; sums over months and over subtrees keep both.
"""

from datetime import date
from decimal import Decimal
from random import Random

from demo.published.figures import figures_of
from demo.records.amounts import OWN_SOURCE, amount, some_purpose, split
from demo.records.row import Row, record_no
from demo.records.transfers import transfers_booked
from demo.world import World
from rollcall.offices import Office

# Bookings of spending in a month, and the chance of a donation.
SPENDINGS = (3, 6)
DONATED = 0.45
# Yuan: what a month's budget is at least, and one donation.
BUDGETS = {
    "province": (2_000_000, 4_000_000),
    "city": (200_000, 400_000),
    "county": (40_000, 90_000),
    "township": (6_000, 24_000),
}
DONATIONS = {
    "province": (20_000, 200_000),
    "city": (5_000, 60_000),
    "county": (1_500, 20_000),
    "township": (200, 4_000),
}
# Shares of the month's budget that are spent.
FEWEST, MOST = Decimal("0.62"), Decimal("1.04")
# What is paid on from the own budget is at most this share of it.
PAID_ON = Decimal("0.32")
RELEASED_BY_DAY = 5


def make_funding(world: World, office: Office) -> list[Row]:
    """What the office books in the month; of one that published its budget, the transfers alone: the rest is there."""
    rng = world.rng(office, "funding")
    transfers = transfers_booked(world, office)
    if any(figure.indicator == "funding_budget_yuan" for figure in figures_of(world.first_code(office))):
        return transfers
    net_out = paid(transfers, "transfer_out") - paid(transfers, "transfer_in")
    budget = max(amount(rng, *BUDGETS[office.level]), rounded(net_out / PAID_ON))
    donation = amount(rng, *DONATIONS[office.level]) if rng.random() < DONATED else Decimal(0)
    spent = spending(rng, budget, budget + donation - net_out)
    own = OWN_SOURCE[office.level]
    day = date(world.period.year, world.period.month, rng.randint(1, RELEASED_BY_DAY))
    rows = [booked("", ("budget", own, "general"), budget, day)]
    if donation:
        rows.append(booked("", ("donation", "donation", some_purpose(rng)), donation, world.some_day(rng)))
    for part in split(rng, spent, world.scaled(rng.randint(*SPENDINGS))):
        rows.append(booked("", ("spending", own, some_purpose(rng)), part, world.some_day(rng)))
    rows.sort(key=lambda row: row["booked_on"])
    for place, row in enumerate(rows, 1):
        row["voucher_no"] = record_no(world, office, "F", place)
    return rows + transfers


def paid(transfers: list[Row], kind: str) -> Decimal:
    return sum((row["amount_yuan"] for row in transfers if row["funding_kind"] == kind), Decimal(0))


def rounded(yuan: Decimal) -> Decimal:
    """Up to the next whole thousand."""
    return Decimal(int(yuan // 1000 + 1) * 1000).quantize(Decimal("0.01"))


def spending(rng: Random, budget: Decimal, at_hand: Decimal) -> Decimal:
    """How much of the budget is spent, where no more than *at_hand* can be."""
    most = min(budget * MOST, at_hand)
    share = Decimal(round(rng.uniform(0, 1), 4))
    return (budget * FEWEST + (most - budget * FEWEST) * share).quantize(Decimal("0.01"))


def booked(number: str, what: tuple[str, str, str], yuan: Decimal, day: date) -> Row:
    """One booking with nobody else; *what* is its kind, source and purpose."""
    kind, source, purpose = what
    return {
        "voucher_no": number,
        "funding_kind": kind,
        "fund_source": source,
        "purpose": purpose,
        "amount_yuan": yuan,
        "counterparty_code": None,
        "booked_on": day,
        "budget_year": day.year,
        "_shared": False,
    }
