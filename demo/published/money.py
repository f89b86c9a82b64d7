"""The books of an office that published its budget: every year of them, so that the money adds up and is there."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from demo.published.figures import Figure, figures_of
from demo.published.spread import some_day, spread
from demo.records.amounts import split
from demo.records.funding import booked
from demo.records.row import Row, number_of
from demo.world import World
from rollcall.offices import Office

BUDGET, GIVEN, AWARDED = "funding_budget_yuan", "funding_in_provincial_yuan", "funding_awards_out_yuan"
# What money of the province is spent on, in the year after it came.
GIVEN_FOR = ("sites", "platform", "events")
# The shares of a budget that are spent in each of the first seven months, when most of the work is done, and after.
MONTHLY, BUSY_MONTHS = (Decimal("0.0866"), Decimal("0.0760")), 7
# Awards are given in steps of so many yuan.
STEP = 5_000


def funding(world: World, office: Office) -> Iterator[Row]:
    """
    What the office booked in each year whose budget it published, in order of the day.

    Where the province gave money, that is what is spent, and the county's own goes to the towns as awards; else the
    budget itself is spent, month by month.
    """
    figures = [figure for figure in figures_of(world.first_code(office)) if figure.indicator.startswith("funding_")]
    for year in sorted({figure.to_day.year for figure in figures}):
        of_year = {figure.indicator: figure for figure in figures if figure.to_day.year == year}
        rng = world.lasting_rng(office, "published money", str(year))
        rows = list(books_of(world, office, rng, year, of_year))
        rows.sort(key=lambda row: row["booked_on"])
        for place, row in enumerate(rows, 1):
            yield row | {"voucher_no": number_of(world, office, str(year), f"F{place:03d}")}


def books_of(world: World, office: Office, rng: Random, year: int, figures: dict[str, Figure]) -> Iterator[Row]:
    """The rows of one year, without their numbers."""
    if BUDGET in figures:
        yield booked("", ("budget", "county", "general"), yuan(figures[BUDGET].value), date(year, 1, 12))
    if GIVEN in figures:
        yield from given(world, office, rng, year, figures[GIVEN].value)
    elif BUDGET in figures:
        yield from spent_by_month(rng, year, figures[BUDGET].value)
    if AWARDED in figures:
        yield from awards(world, office, rng, year, figures[AWARDED].value)


def given(world: World, office: Office, rng: Random, year: int, total: int) -> Iterator[Row]:
    """Money of the province, which comes in two parts, and what it is spent on from then to the end of the year."""
    parts = (total * 3 // 5, total - total * 3 // 5)
    for whole, purpose, day in zip(parts, ("sites", "events"), (date(year, 2, 24), date(year, 5, 19)), strict=True):
        what = ("transfer_in", "provincial", purpose)
        yield booked("", what, yuan(whole), day) | {"counterparty_code": codes_above(world, office)[-1]}
    for part in split(rng, yuan(total), 24):
        day = some_day(rng, date(year, 3, 1), date(year, 12, 20))
        yield booked("", ("spending", "provincial", rng.choice(GIVEN_FOR)), part, day)


def spent_by_month(rng: Random, year: int, budget: int) -> Iterator[Row]:
    for month in range(1, 13):
        total = (budget * MONTHLY[month > BUSY_MONTHS]).quantize(Decimal("0.01"))
        for part in split(rng, total, rng.randint(3, 5)):
            # The budget is there from the middle of January on.
            day = date(year, month, rng.randint(15, 28))
            yield booked("", ("spending", "county", rng.choice(("events", "sites", "training", "brands"))), part, day)


def awards(world: World, office: Office, rng: Random, year: int, total: int) -> Iterator[Row]:
    """What the office pays to those right below it for their institutes and stations, after the year's assessment."""
    assessed_on = date(year, 11, 16)
    payees = codes_below(world, office)
    for code, steps in zip(payees, spread(rng, total // STEP, len(payees)), strict=True):
        day = assessed_on + timedelta(days=rng.randint(0, 9))
        yield booked("", ("transfer_out", "county", "awards"), yuan(steps * STEP), day) | {"counterparty_code": code}


def yuan(whole: int) -> Decimal:
    return Decimal(whole).quantize(Decimal("0.01"))


def codes_above(world: World, office: Office) -> list[str]:
    """The codes of the offices above, the nearest first, whether they report or not."""
    codes = []
    key = office.parent_key
    while key is not None:
        version = next(one for one in world.history.lives[key].versions if one.is_valid_on(world.period.last_day))
        codes.append(version.code)
        key = version.parent_key
    return codes


def codes_below(world: World, office: Office) -> list[str]:
    """The codes of the offices right below, whether they report or not."""
    return sorted(
        version.code
        for life in world.history.lives.values()
        for version in life.versions
        if version.parent_key == office.office_key and version.is_valid_on(world.period.last_day)
    )
