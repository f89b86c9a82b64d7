"""Funding: budget, donations, spending, and transfers, which both ends report by one voucher number."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from random import Random

from demo.records.row import Row, number_of
from demo.world import World
from rollcall.offices import Office

COUNTS = (4, 9)
OWN_SOURCE = {"province": "provincial", "city": "municipal", "county": "county", "township": "township"}
# Yuan of one ordinary row; a lower office moves smaller sums.
AMOUNTS = {
    "province": (20_000, 900_000),
    "city": (5_000, 300_000),
    "county": (1_500, 90_000),
    "township": (200, 20_000),
}
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
PAYEES = {"province": (6, 10), "city": (2, 4), "county": (2, 5), "township": (0, 0)}
ONE_ENDED = 0.08


@dataclass(frozen=True)
class Transfer:
    """Money from *payer* to *payee*. Where an end forgot to book it, `booked_by` names only the other."""

    voucher_no: str
    payer: str
    payee: str
    shared: Row
    booked_by: frozenset[str]


def make_funding(world: World, office: Office) -> list[Row]:
    """What the office booked in the period."""
    rng = world.rng(office, "funding")
    own = world.scaled(rng.randint(*COUNTS))
    rows = [own_row(world, office, rng, number) for number in range(1, own + 1)]
    upper = world.above(office)
    transfers = [*transfers_from(world, office), *(transfers_from(world, upper) if upper else ())]
    rows += [end_of(transfer, office) for transfer in transfers if office.code in transfer.booked_by]
    return rows


def own_row(world: World, office: Office, rng: Random, number: int) -> Row:
    """A budget, a donation or, most often, spending: nobody else books it."""
    kind = rng.choices(("spending", "donation", "budget"), (80, 14, 6))[0]
    source = "donation" if kind == "donation" else OWN_SOURCE[office.level]
    what = (kind, source, some_purpose(rng))
    yuan = amount(rng, *AMOUNTS[office.level])
    return booked(number_of(world, office, world.month, f"F{number:03d}"), what, yuan, world.some_day(rng))


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


@lru_cache(maxsize=64)
def transfers_from(world: World, payer: Office) -> list[Transfer]:
    """What *payer* pays to offices right below it in the period."""
    below = world.below(payer)
    rng = world.rng(payer, "transfers")
    payees = rng.sample(below, min(len(below), rng.randint(*PAYEES[payer.level])))
    return [transfer(world, payer, payee, rng, number) for number, payee in enumerate(payees, 1)]


def transfer(world: World, payer: Office, payee: Office, rng: Random, number: int) -> Transfer:
    """One transfer, booked by both ends on the same day but for a few that one end forgets."""
    low, high = AMOUNTS[payee.level]
    ends = frozenset({payer.code, payee.code})
    if rng.random() < ONE_ENDED:
        ends = frozenset({rng.choice((payer.code, payee.code))})
    shared = {
        "fund_source": rng.choices((OWN_SOURCE[payer.level], "provincial", "central"), (6, 3, 1))[0],
        "purpose": "awards" if rng.random() < 0.25 else some_purpose(rng),
        "amount_yuan": amount(rng, low * 5, high * 3),
        "booked_on": world.some_day(rng),
        "budget_year": world.period.year,
    }
    return Transfer(number_of(world, payer, world.month, f"T{number:02d}"), payer.code, payee.code, shared, ends)


def end_of(transfer: Transfer, office: Office) -> Row:
    """The row of one end."""
    pays = office.code == transfer.payer
    return {
        "voucher_no": transfer.voucher_no,
        "funding_kind": "transfer_out" if pays else "transfer_in",
        **transfer.shared,
        "counterparty_code": transfer.payee if pays else transfer.payer,
        "_shared": True,
    }


def some_purpose(rng: Random) -> str:
    return rng.choices(list(PURPOSES), list(PURPOSES.values()))[0]


def amount(rng: Random, low: int, high: int) -> Decimal:
    """Yuan with two decimals: mostly round sums, some to the cent."""
    yuan = rng.randint(low, high)
    if rng.random() < 0.3:
        return Decimal(yuan * 100 + rng.randrange(100)).scaleb(-2)
    return Decimal(yuan // 100 * 10_000).scaleb(-2)
