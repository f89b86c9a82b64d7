"""The demo's money, as a reader of the warehouse at the end of July would check it: from the rows alone."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from demo.records.complete import complete
from rollcall.periods import Period

ZIYANG = "610924000000"
LEAST, MOST = Decimal("0.60"), Decimal("1.05")
ENDS = [Period(2022, month).last_day for month in range(1, 13)] + [
    Period(2023, month).last_day for month in range(1, 8)
]
SIGN = {"budget": 1, "transfer_in": 1, "donation": 1, "transfer_out": -1, "spending": -1}


@pytest.fixture(scope="module")
def books(small_months):
    """What every office booked in all three months, by its key; of those alone whose files arrive and are read."""
    found = defaultdict(list)
    for world in small_months:
        for office in world.offices:
            if world.habits[office.code].arrives:
                found[office.office_key] += complete(world, office, "funding")
    return found


@pytest.fixture(scope="module")
def subtrees(small_months):
    """The keys of each office and all below it, on the tree of the last month and what was below it in the first."""
    found = {}
    for world in small_months:
        for office in world.offices:
            found[world.period, office.office_key] = {lower.office_key for lower in world.subtree(office)}
    return found


def yuan(rows, *kinds):
    return sum((row["amount_yuan"] for row in rows if row["funding_kind"] in kinds), Decimal(0))


def scopes(small_months, books, subtrees):
    """Every office of July alone, and with all below it; with what was booked there."""
    for office in small_months[-1].offices:
        yield office, books[office.office_key]
        below = subtrees[small_months[-1].period, office.office_key]
        if len(below) > 1:
            yield office, [row for key in below for row in books[key]]


def test_every_office_with_a_budget_spends_most_of_it_and_hardly_more(small_months, books, subtrees):
    """Of this year until July: spending over the budget told, of each office alone and with all below it."""
    seen = 0
    for office, rows in scopes(small_months, books, subtrees):
        of_year = [row for row in rows if row["budget_year"] == 2023]
        budget = yuan(of_year, "budget")
        if not of_year:
            assert not small_months[-1].habits[office.code].arrives
            continue
        assert budget > 0, office.name
        assert LEAST <= yuan(of_year, "spending") / budget <= MOST, office.name
        seen += 1
    assert seen > 1500


def test_it_does_so_in_every_month_that_is_told(small_months, books):
    """A budget released by the month against that month; one that was told for the whole year by its twelfths."""
    for key, rows in books.items():
        budgets = [row for row in rows if row["funding_kind"] == "budget" and row["budget_year"] == 2023]
        of_year = small_months[0].by_key[key].code == ZIYANG
        assert len(budgets) == (1 if of_year else len({row["booked_on"].month for row in budgets}))
        for end in ENDS[-3:]:
            until = [row for row in rows if row["budget_year"] == 2023 and row["booked_on"] <= end]
            due = yuan(until, "budget") * (Decimal(end.month) / 12 if of_year else 1)
            if due:
                assert LEAST <= yuan(until, "spending") / due <= MOST, (key, end)


def test_a_past_year_that_is_told_whole_was_spent(small_months, books):
    rows = books[small_months[0].by_code[ZIYANG].office_key]
    of_year = [row for row in rows if row["budget_year"] == 2022]
    assert LEAST <= yuan(of_year, "spending") / yuan(of_year, "budget") <= MOST
    spent = [row for row in of_year if row["funding_kind"] == "spending"]
    assert {row["fund_source"] for row in spent} == {"provincial"}
    assert {row["purpose"] for row in spent} == {"sites", "platform", "events"}
    assert yuan(spent, "spending") == 1_000_000


def test_no_balance_is_below_zero_at_the_end_of_any_month(small_months, books, subtrees):
    """Of an office alone: then on whatever tree, and with whomever below it, it is not either."""
    for key, rows in books.items():
        for end in ENDS:
            has = sum((SIGN[row["funding_kind"]] * row["amount_yuan"] for row in rows if row["booked_on"] <= end), 0)
            assert has >= 0, (key, end)
    assert len(books) > 1400


@pytest.mark.parametrize("month", [5, 6, 7])
def test_no_balance_of_a_demo_that_begins_later_is_below_zero(registry, month):
    """What a month spends it has itself, so that it matters not which is the first."""
    from demo.world import SEED, build_world

    world = build_world(SEED, Period(2023, month), 0.02, registry)
    for office in world.offices[::7]:
        rows = complete(world, office, "funding")
        assert sum(SIGN[row["funding_kind"]] * row["amount_yuan"] for row in rows) >= 0, office.name


@pytest.fixture(scope="module")
def transfers(small_months, books):
    """Both ends of each transfer between offices that are asked: lists of pairs, an end that is missing is None."""
    known = {version.code: key for key, life in small_months[0].history.lives.items() for version in life.versions}
    heirs = {key: max(life.heirs) for key, life in small_months[0].history.lives.items() if life.heirs}
    ends = defaultdict(lambda: {"transfer_out": [], "transfer_in": []})
    for key, rows in books.items():
        for row in rows:
            if row["funding_kind"] in ("transfer_out", "transfer_in"):
                other = known[row["counterparty_code"]]
                pair = frozenset((heirs.get(key, key), heirs.get(other, other)))
                if other in books:
                    ends[row["voucher_no"], pair, row["budget_year"]][row["funding_kind"]].append(row)
    pairs = []
    for sides in ends.values():
        out, into = (sorted(sides[kind], key=lambda row: row["booked_on"]) for kind in ("transfer_out", "transfer_in"))
        for place in range(max(len(out), len(into))):
            pairs.append(tuple(side[place] if place < len(side) else None for side in (out, into)))
    return pairs


def test_transfers_are_told_alike_by_both_ends_but_for_a_few(transfers):
    """About one of a hundred: an end forgotten or not yet booked, or another amount."""
    whole = [(out, into) for out, into in transfers if out and into]
    alike = [(out, into) for out, into in whole if out["amount_yuan"] == into["amount_yuan"]]
    assert len(transfers) > 800
    assert 0.002 < 1 - len(whole) / len(transfers) < 0.02
    assert 0.001 < 1 - len(alike) / len(whole) < 0.02
    for out, into in whole:
        assert (into["booked_on"].year * 12 + into["booked_on"].month) - (
            out["booked_on"].year * 12 + out["booked_on"].month
        ) in (0, 1)
        assert out["fund_source"] == into["fund_source"]
        assert out["purpose"] == into["purpose"]


def test_some_are_booked_by_the_payee_a_month_later_and_some_numbers_are_used_again(transfers):
    whole = [(out, into) for out, into in transfers if out and into]
    assert any(into["booked_on"].month != out["booked_on"].month for out, into in whole)
    numbers = [out["voucher_no"] for out, _ in whole]
    assert len(set(numbers)) < len(numbers)


def test_the_heir_books_what_was_paid_to_the_office_it_took_over(small_months, books):
    may, _june, _ = small_months
    (merged,) = [key for key, life in may.history.lives.items() if life.end and life.heirs]
    code, (heir,) = may.by_key[merged].code, may.history.lives[merged].heirs
    (paid,) = [row for rows in books.values() for row in rows if row["counterparty_code"] == code
               and row["booked_on"] == date(2023, 5, 31)]  # fmt: skip
    (got,) = [row for row in books[heir] if row["voucher_no"] == paid["voucher_no"] and row["booked_on"].month == 6]
    assert got["amount_yuan"] == paid["amount_yuan"]


def test_the_awards_of_a_county_go_to_its_own_towns(small_months, books):
    """The institutes and stations are theirs; each gets some, in one year."""
    world = small_months[0]
    county = world.by_code[ZIYANG]
    towns = {
        version.code
        for life in world.history.lives.values()
        for version in life.versions
        if version.parent_key == county.office_key
    }
    paid = [row for row in books[county.office_key] if row["funding_kind"] == "transfer_out"]
    assert {row["purpose"] for row in paid} == {"awards"}
    assert sorted(row["counterparty_code"] for row in paid) == sorted(towns)
    assert yuan(paid, "transfer_out") == 1_000_000
    assert {row["booked_on"].year for row in paid} == {2022}
