"""Money that one office pays to another right below it: both tell of it by the payer's voucher, but for a few."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from random import Random

from demo.records.amounts import OWN_SOURCE, amount, some_purpose
from demo.records.row import Row, number_of, record_no
from demo.world import World
from rollcall.offices import Office
from rollcall.periods import Period

# How many offices one pays in a month.
PAYEES = {"province": (6, 10), "city": (2, 4), "county": (2, 5), "township": (0, 0)}
# Yuan of one transfer to an office of the level.
PAID = {"city": (50_000, 300_000), "county": (10_000, 80_000), "township": (2_000, 20_000)}
AWARDS = 0.25
# Shares of transfers: one end forgets to book it; the payee books another amount; of those that are paid on the last
# day of a month, the payee books some in the next.
FORGOTTEN, MISTAKEN, LATER = 0.006, 0.005, 0.3


@dataclass(frozen=True)
class End:
    """What one end books: whose it is, and with whom (keys of offices)."""

    holder: int
    other: int
    row: Row


def transfers_booked(world: World, office: Office) -> list[Row]:
    """The ends that *office* books in the month: its own, and those of offices that have gone into it."""
    mine = {office.office_key, *(merged.office_key for merged, _ in world.merged_into(office))}
    return [
        end.row
        for month in (world.previous, world)
        if month
        for payer in payers_of(month, mine)
        for end in transfers_from(month, payer)
        if end.holder in mine and world.period.first_day <= end.row["booked_on"] <= world.period.last_day
    ]


def payers_of(world: World, keys: set[int]) -> list[Office]:
    """The offices of *keys* in this month, and those right above them: who pays them, and whom they pay."""
    found: dict[int, Office] = {}
    for key in sorted(keys & world.by_key.keys()):
        for office in (world.by_key[key], world.above(world.by_key[key])):
            if office:
                found[office.office_key] = office
    return list(found.values())


@lru_cache(maxsize=256)
def transfers_from(world: World, payer: Office) -> list[End]:
    """Both ends of what *payer* pays in the month, to offices below it that report. Read only."""
    if not world.habits[payer.code].arrives:
        return []
    below = [office for office in world.below(payer) if world.habits[office.code].arrives]
    rng = world.rng(payer, "transfers")
    payees = rng.sample(below, min(len(below), rng.randint(*PAYEES[payer.level])))
    ending = [office for office in below if is_last_month(world, office) and office not in payees]
    return [
        end for place, payee in enumerate([*payees, *ending], 1) for end in ends_of(world, payer, payee, rng, place)
    ]


def is_last_month(world: World, office: Office) -> bool:
    """Whether the office reports for the last time: another takes it over in the next month."""
    end = world.history.lives[office.office_key].end
    return end is not None and Period(end.year, end.month).shift(-1) == world.period


def ends_of(world: World, payer: Office, payee: Office, rng: Random, place: int) -> list[End]:
    """The two ends of the transfer at *place* of the month, or the one that is not forgotten."""
    # What is paid to an office on its last day is booked by who takes it over.
    is_ending = is_last_month(world, payee)
    paid_on = world.period.last_day if is_ending else world.some_day(rng)
    is_later = paid_on == world.period.last_day and (is_ending or rng.random() < LATER)
    yuan = amount(rng, *PAID[payee.level])
    # The payee of a mistaken one has the charge of the bank taken off already.
    charge = Decimal(rng.choice((5, 20, 100))) if rng.random() < MISTAKEN else Decimal(0)
    told = {
        # In the month after, the payer's numbers may have begun again.
        "voucher_no": number_of(world, payer, world.month, f"T{place:03d}")
        if is_later
        else record_no(world, payer, "T", place),
        "fund_source": rng.choices((OWN_SOURCE[payer.level], "provincial"), (4, 1))[0],
        "purpose": "awards" if rng.random() < AWARDS else some_purpose(rng),
        "budget_year": paid_on.year,
        "_shared": True,
    }
    out = told | {
        "funding_kind": "transfer_out",
        "amount_yuan": yuan,
        "counterparty_code": payee.code,
        "booked_on": paid_on,
    }
    into = told | {
        "funding_kind": "transfer_in",
        "amount_yuan": yuan - charge,
        "counterparty_code": payer.code,
        "booked_on": paid_on + timedelta(days=rng.randint(20, 28) if is_ending else 6) if is_later else paid_on,
    }
    ends = [End(payer.office_key, payee.office_key, out), End(payee.office_key, payer.office_key, into)]
    if rng.random() < FORGOTTEN:
        ends = [rng.choice(ends)]
    return ends
