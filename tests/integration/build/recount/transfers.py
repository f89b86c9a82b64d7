"""The two ends of transfers: whom they name, and which of them are of one transfer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.integration.build.recount.records import Record, facts
from tests.integration.build.recount.world import World, kept, last_day

KINDS = ("transfer_out", "transfer_in")


@dataclass(frozen=True)
class End:
    """One office's word on a transfer; `other` is None where the code names nobody."""

    fact: Record
    other: int | None

    @property
    def is_out(self) -> bool:
        return bool(self.fact.row["funding_kind"] == "transfer_out")

    @property
    def office_key(self) -> int:
        return self.fact.office_key

    @property
    def transfer(self) -> tuple[str, int]:
        """By what both ends are known beside the pair of offices."""
        return self.fact.row["voucher_no"], self.fact.row["budget_year"]

    @property
    def amount(self) -> Decimal:
        return Decimal(self.fact.row["amount_yuan"])

    @property
    def booked_on(self) -> date:
        day: date = self.fact.row["booked_on"]
        return day

    @property
    def in_order(self) -> tuple[date, Decimal, int]:
        return self.booked_on, self.amount, self.office_key


def counterparty(world: World, fact: Record) -> int | None:
    return world.office_called(fact.row["counterparty_code"], fact.row["booked_on"], fact.period)


@kept
def ends(world: World) -> list[End]:
    """All ends, in order of booked_on. Chosen: of one day, by amount, then by the office's key."""
    found = [
        End(fact, counterparty(world, fact)) for fact in facts(world, "funding") if fact.row["funding_kind"] in KINDS
    ]
    return sorted(found, key=lambda end: end.in_order)


@kept
def pairs(world: World) -> list[tuple[End, End]]:
    """
    Which ends are of one transfer, out and in: of one voucher, budget year and pair of offices, n-th and n-th.

    Chosen: ends that name each other go first; of those left over, the ones that do so through heirs. A pair is one
    whenever it is asked about: an end whose other end is booked later is not matched with another meanwhile.
    """
    outs = [end for end in ends(world) if end.is_out]
    ins = [end for end in ends(world) if not end.is_out]
    found: list[tuple[End, End]] = []
    for is_pair in (are_exact, are_through_heirs):
        for paid in outs.copy():
            met = [got for got in ins if paid.transfer == got.transfer and is_pair(world, paid, got)]
            if met:
                found.append((paid, met[0]))
                outs.remove(paid)
                ins.remove(met[0])
    return found


def are_exact(world: World, paid: End, got: End) -> bool:
    return paid.office_key == got.other and got.office_key == paid.other


def are_through_heirs(world: World, paid: End, got: End) -> bool:
    return stands_for(world, paid, got) and stands_for(world, got, paid)


def stands_for(world: World, end: End, other: End) -> bool:
    """
    Whether an end is of the office that the other end names.

    An heir tells of a transfer of the office it took over, or the other end names the heir.
    """
    if other.other is None:
        return False
    return (
        end.office_key == other.other
        or world.history.leads_to(other.other, end.office_key, last_day(end.fact.period))
        or world.history.leads_to(end.office_key, other.other, last_day(other.fact.period))
    )


def missing(world: World, day: date) -> Iterator[End]:
    """Ends booked by a day whose other end is not."""
    matched = {id(end) for pair in pairs(world) for end in pair if all(one.booked_on <= day for one in pair)}
    yield from (end for end in ends(world) if end.booked_on <= day and id(end) not in matched)


def differing(world: World, day: date) -> Iterator[tuple[End, End]]:
    """Pairs booked by a day whose ends state different amounts: out and in."""
    for paid, got in pairs(world):
        if paid.amount != got.amount and max(paid.booked_on, got.booked_on) <= day:
            yield paid, got


def unmatched_of(world: World, office_key: int, day: date) -> Decimal:
    """
    What is unmatched of an office: whole ends, and differences.

    Chosen: a difference stands with the payer, from the day on which both ends are booked, so that what offices have
    adds up to what those above them have.
    """
    whole = [end.amount for end in missing(world, day) if end.office_key == office_key]
    parts = [abs(paid.amount - got.amount) for paid, got in differing(world, day) if paid.office_key == office_key]
    return sum([*whole, *parts], Decimal(0))


def listed_unmatched(world: World) -> list[tuple[End, Decimal | None]]:
    """The report: ends without another, and both ends that differ, each with the other's amount."""
    found: list[tuple[End, Decimal | None]] = [(end, None) for end in missing(world, date.max)]
    for paid, got in differing(world, date.max):
        found += [(paid, got.amount), (got, paid.amount)]
    return found
