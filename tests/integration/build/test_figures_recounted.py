"""Every figure of months made at random is what counting by hand from the definitions gives."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from rollcall import build
from rollcall.periods import Period
from rollcall.warehouse.connection import connect
from tests.integration.build.conftest import PERIODS
from tests.integration.build.harshness import met
from tests.integration.build.recount.figures import Figure, figures, recount
from tests.integration.build.recount.flows import FLOWS
from tests.integration.build.recount.records import facts
from tests.integration.build.recount.stocks import STOCKS
from tests.integration.build.recount.world import World, last_day, month_end
from tests.integration.build.rows_recounted import require_rows
from tests.integration.build.worlds import TURNS, RandomWorld, random_world

LATER = PERIODS[2]  # asked for only after the first build
LATE = date(2099, 12, 31)  # when nothing more is known to happen
SHOWN = 20  # figures that a failure names
WINDOWS = 3  # each over all indicators and offices, as reported and on one tree
PROVINCES = (1, 10)
ASKED = 20  # figures of each that are asked for one by one


@pytest.mark.parametrize("seed", [4])
def test_figures_are_what_a_recount_gives(
    empty: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Built at once, then brought up to date: corrections, emptied and late slices, backlog, a month asked later."""
    world = random_world(seed, tmp_path, monkeypatch)
    require_every_rule_met(world)
    assert build.build(LATER).is_full
    require_recounted(world)

    world.ask(LATER, *world.chance.sample(world.reporting(LATER), 2), datasets=world.some_datasets(8))
    for _ in range(6):
        world.send_some(world.chance.choice(PERIODS), 6)
    assert not build.build(LATER).is_full
    require_recounted(world)


def require_every_rule_met(random_world: RandomWorld) -> None:
    """A world in which a rule makes no difference proves nothing of it: another seed."""
    assert not [rule for rule, times in met(random_world.world()).items() if not times]


def require_recounted(random_world: RandomWorld) -> None:
    world, chance = random_world.world(), Random(len(random_world.sent))
    require_same(world, figures_in_marts(world), recount(world))
    assert answers_in_marts() == {asked: answer(random_world, *asked) for asked in world.asked}
    require_complete(random_world, world)
    require_same(world, claims_in_marts(), claims(world))
    require_rows(world, chance)
    require_same_at_infinity(world, chance)
    for _ in range(WINDOWS):
        require_window_recounted(world, chance, *random_window(chance))


def require_window_recounted(world: World, chance: Random, from_date: date, to_date: date) -> None:
    """As reported, and on the tree of a day. A province has as much in either."""
    provinces = []
    for tree_on in (None, chance.choice([*TURNS, date(2023, 6, 20)])):
        told = of_all(world, tree_on, from_date, to_date)
        standing = world.history.tree(tree_on or month_end(to_date))
        marts = on_tree_in_marts(tree_on, from_date, to_date)
        require_same(world, marts, {key: value for key, value in told.items() if key[0] in standing})
        require_asked_one_by_one(world, chance, told, tree_on, from_date, to_date)
        provinces.append({key[:2]: value for key, value in marts.items() if key[0] in PROVINCES})
    assert provinces[0] == provinces[1]


def require_same(world: World, marts: Mapping[Any, Any], recounted: Mapping[Any, Any]) -> None:
    different = [
        f"{path_of(world, key[0])} {' '.join(map(str, key[1:]))}:"
        f" {marts.get(key, 'no row')} in the marts, {recounted.get(key, 'no row')} recounted"
        for key in sorted(marts.keys() | recounted.keys(), key=str)
        if marts.get(key) != recounted.get(key)
    ]
    log = "\n".join(map(str, world.history.log))
    assert not different, f"{len(different)} figures differ:\n" + "\n".join(different[:SHOWN]) + f"\n{log}"


def path_of(world: World, office_key: int) -> str:
    return f"{world.history.offices[office_key].name} ({office_key})"


@cache
def labels() -> Mapping[str, str]:
    with (build.PROJECT / "seeds" / "indicators.csv").open(encoding="utf-8") as lines:
        return {row["indicator"]: row["label_zh"] for row in csv.DictReader(lines)}


def figures_in_marts(world: World) -> dict[tuple[int, str, str], Figure]:
    """The figures; what else stands beside them is looked up and compared here."""
    found = {}
    for (
        key,
        *called,
        period,
        indicator,
        label,
        dataset,
        nature,
        value,
        expected,
        accepted,
        claimed,
        difference,
        earlier,
    ) in ask(
        "select office_key, office_code, office_name, level, period, indicator, indicator_label_zh, dataset, nature,"
        " value, slices_expected, slices_accepted, claimed_value, difference, entries_from_earlier_lists"
        " from marts.rpt_figures"
    ):
        figure, office = Figure(value, expected, accepted, claimed, earlier), world.history.tree(last_day(period))[key]
        assert (*called, label) == (office.code, office.name, office.level, labels()[indicator])
        assert dataset == (FLOWS[indicator] if nature == "flow" else STOCKS[indicator]).dataset
        assert difference == figure.difference, (key, period, indicator)
        assert accepted <= expected
        found[key, period, indicator] = figure
    return found


def random_window(chance: Random) -> tuple[date, date]:
    """Often on the borders of months and where offices turned."""
    days = [*TURNS, *(day - timedelta(days=1) for day in TURNS), date(2022, 11, 1), date(2023, 12, 31)]
    first, last = sorted(chance.sample(days, 2))
    return first, last


def of_all(
    world: World, tree_on: date | None, from_date: date, to_date: date
) -> dict[tuple[int, str, Any], Decimal | None]:
    """What is known of a window, of all offices and indicators."""
    found: dict[tuple[int, str, Any], Decimal | None] = {}
    for indicator in [*STOCKS, *FLOWS]:
        for key, value in figures(world, indicator, from_date, to_date, tree_on).items():
            found[key, indicator, f"{from_date} to {to_date} on {tree_on}"] = value
    return found


def claims_in_marts() -> dict[tuple[Any, ...], tuple[Any, ...]]:
    rows = ask(
        "select office_key, indicator, from_date, to_date, claimed_value, value, difference from marts.rpt_claims"
    )
    return {tuple(key): tuple(values) for *key, values in ((*row[:4], row[4:]) for row in rows)}


def claims(world: World) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Each office's own total, what is known of its window, and the difference."""
    found = {}
    for fact in facts(world, "totals"):
        indicator, from_date, to_date = (fact.row[name] for name in ("indicator", "from_date", "to_date"))
        figure = Figure(
            figures(world, indicator, from_date, to_date).get(fact.office_key), 0, 0, Decimal(fact.row["value"])
        )
        found[fact.office_key, indicator, from_date, to_date] = (figure.claimed, figure.value, figure.difference)
    return found


def on_tree_in_marts(
    tree_on: date | None, from_date: date, to_date: date
) -> dict[tuple[int, str, Any], Decimal | None]:
    rows = ask(
        "select office_key, indicator, value from reference.indicators cross join lateral"
        " marts.figures_on_tree(%s::date, indicator, %s::date, %s::date) where value is not null",
        tree_on, from_date, to_date,
    )  # fmt: skip
    return {(key, indicator, f"{from_date} to {to_date} on {tree_on}"): value for key, indicator, value in rows}


def require_asked_one_by_one(
    world: World, chance: Random, told: Mapping[Any, Any], tree_on: date | None, from_date: date, to_date: date
) -> None:
    """By the code that an office bears at the end; of one that does not stand then, by one that no other ever bore."""
    for _ in range(ASKED):
        key, indicator = chance.choice(list(world.history.offices)), chance.choice([*STOCKS, *FLOWS])
        if code := code_to_ask(world, key, tree_on or month_end(to_date)):
            asked = (code, indicator, from_date if indicator in FLOWS else None, to_date, tree_on)
            [(value,)] = ask("select marts.figure(%s, %s, %s::date, %s::date, %s::date)", *asked)
            assert value == told.get((key, indicator, f"{from_date} to {to_date} on {tree_on}")), asked


def require_same_at_infinity(world: World, chance: Random) -> None:
    """What stands for ever is what stands on any late day."""
    for indicator in chance.sample([*STOCKS], ASKED):
        told = figures(world, indicator, None, LATE)
        key = chance.choice([*world.history.tree(LATE)])
        asked = (code_to_ask(world, key, LATE), indicator)
        assert ask("select marts.figure(%s, %s, null, 'infinity')", *asked) == [(told.get(key),)], asked


def code_to_ask(world: World, office_key: int, day: date) -> str | None:
    standing, history = world.history.tree(day), world.history
    if office_key in standing:
        return standing[office_key].code
    code = history.offices[office_key].code
    borne_by = {key for key, office in history.offices.items() if office.code == code}
    borne_by |= {change.office_key for change in history.log if change.code == code}
    return code if borne_by == {office_key} else None


def require_complete(random_world: RandomWorld, world: World) -> None:
    """Of each office: who of those below was asked, answered, and in time, by level; no rate is above 1."""
    found = {}
    for *key, expected, answered, on_time, accepted, rate_answered, rate_on_time in ask(
        "select office_key, period, dataset, reporter_level, slices_expected, slices_answered, slices_on_time,"
        " slices_accepted, rate_answered, rate_on_time from marts.rpt_completeness"
    ):
        assert 0 <= rate_on_time <= rate_answered <= 1
        assert abs(rate_answered - Decimal(answered) / expected) < Decimal("0.0001")
        assert abs(rate_on_time - Decimal(on_time) / expected) < Decimal("0.0001")
        found[tuple(key)] = (expected, answered, on_time, accepted)
    assert found == completeness(random_world, world)


def completeness(random_world: RandomWorld, world: World) -> dict[tuple[Any, ...], tuple[int, ...]]:
    found: dict[tuple[Any, ...], tuple[int, ...]] = {}
    for office_key, period, dataset in world.asked:
        _, _, status, *_, is_late, is_answered, _ = answer(random_world, office_key, period, dataset)
        counts = (1, int(is_answered), int(is_answered and not is_late), int("accepted" in status))
        level = world.history.offices[office_key].level
        for above in world.history.above(office_key, last_day(period)):
            key = (above, period, dataset, level)
            found[key] = tuple(map(sum, zip(found.get(key, (0, 0, 0, 0)), counts, strict=True)))
    return found


def answers_in_marts() -> dict[tuple[int, str, str], tuple[Any, ...]]:
    rows = ask(
        "select office_key, period, dataset, submission_id, revision, status, rows_received, rows_accepted, rows_held,"
        " submitted_at, is_late, is_answered, last_revision from marts.fct_submissions"
    )
    return {(key, period, dataset): tuple(rest) for key, period, dataset, *rest in rows}


def answer(random_world: RandomWorld, office_key: int, period: str, dataset: str) -> tuple[Any, ...]:
    """What became of a slice that was asked for. A file turned away as a whole speaks of what no other file does."""
    files = [file for file in random_world.sent if (file.office_key, file.period) == (office_key, period)]
    usable = [file for file in files if dataset in file.accepted]
    spoken = usable or [file for file in files if not file.accepted]
    if not spoken:
        return (None, None, "missing", 0, 0, 0, None, None, False, None)
    stands: tuple[Any, ...] = (None, None, "turned_away", 0, 0, 0)
    if usable:
        last, accepted = usable[-1], usable[-1].accepted[dataset]
        held = last.held[dataset]
        status = "partly_accepted" if held else "accepted"
        stands = (last.submission_id, last.revision, status, accepted + held, accepted, held)
    submitted_at = spoken[0].submitted_at
    return (*stands, submitted_at, submitted_at > Period.parse(period).due_at(5), True, spoken[-1].revision)


def ask(question: str, *values: Any) -> Iterable[tuple[Any, ...]]:
    with connect() as connection:
        return connection.execute(question, values).fetchall()
