"""Who misbehaves, and how offices write: settled by the seed and the code alone."""

from collections import Counter

import pytest

from demo.habits import FORMATS, SHARES, conduct_of, habits_of
from demo.world import SEED, build_world
from rollcall.periods import Period

MANY = [f"62{number:010d}" for number in range(1_000_000_000, 1_000_030_000)]


@pytest.fixture(scope="module")
def conducts() -> Counter[str]:
    return Counter(conduct_of(SEED, code) for code in MANY if not code.startswith("6202"))


@pytest.mark.parametrize("conduct", SHARES)
def test_each_group_has_its_share_of_many_offices(conducts, conduct):
    assert conducts[conduct] / len(MANY) == pytest.approx(SHARES[conduct], rel=0.25)


def test_every_fault_is_somebodys_in_the_demo(world):
    """A fault that nobody has is a path that the demo never shows."""
    assert {habits.conduct for habits in world.habits.values()} == {*SHARES, "good"}


def test_the_shares_of_the_demo_are_those_asked_for(world):
    """Within a quarter of a percent of all offices, with the seed that the demo uses."""
    found = Counter(habits.conduct for habits in world.habits.values())
    groups = {
        "not submitted": (("not_found", "empty_list"), 0.02),
        "busy": (("busy",), 0.01),
        "silent": (("silent",), 0.01),
        "turned away": (("wrong_headers", "truncated", "encrypted", "html"), 0.02),
        "broken rows": (("broken_rows",), 0.05),
        "late": (("late",), 0.03),
        "correction": (("correction",), 0.02),
    }
    for name, (conducts, share) in groups.items():
        assert sum(found[conduct] for conduct in conducts) / 1508 == pytest.approx(share, abs=0.0025), name


def test_formats_are_mixed_as_asked_for(world):
    found = Counter(habits.format for habits in world.habits.values())
    for name, percent in FORMATS.items():
        assert 100 * found[name] / len(world.offices) == pytest.approx(percent, abs=3), name


@pytest.mark.parametrize("seed", [SEED, 1, 2])
def test_offices_that_figures_rest_on_always_answer(registry, seed):
    """The province, its capital, whom somebody's figures name with all below, and whom the log of offices names."""
    world = build_world(seed, Period(2023, 5), 1.0, registry)
    named = ["620000000000", "620100000000", "620102000000", "621000000000"]
    jiayuguan = [code for code in world.by_code if code.startswith("6202")]
    qingyang = [code for code in world.by_code if code.startswith("6210")]
    outside = [code for code in world.by_code if not code.startswith("62")]
    assert len(jiayuguan) == 6
    assert len(qingyang) > 100
    assert len(outside) == 4
    assert {world.habits[code].conduct for code in named + jiayuguan + qingyang + outside} == {"good"}


def test_offices_that_the_log_names_always_answer(small_months):
    touched = {event.office_key for event in small_months[0].history.events}
    for world in small_months:
        conducts = {world.habits[world.by_key[key].code].conduct for key in touched if key in world.by_key}
        assert conducts == {"good"}


def test_an_office_keeps_its_habits_when_its_code_changes(small_months):
    may, _, july = small_months
    recoded = [key for key in may.by_key if key in july.by_key and may.by_key[key].code != july.by_key[key].code]
    assert recoded
    for key in recoded:
        assert may.habits[may.by_key[key].code] == july.habits[july.by_key[key].code]


def test_another_seed_makes_other_offices_misbehave(world):
    ours = [conduct_of(SEED, code) for code in world.by_code]
    assert ours == [conduct_of(SEED, code) for code in world.by_code]
    assert ours != [conduct_of(SEED + 1, code) for code in world.by_code]


def test_no_office_adds_a_column_where_one_of_ours_is_absent(world):
    """An unknown column beside an absent one is turned away, which is not what these offices are for."""
    styles = [habits.style for habits in world.habits.values()]
    assert any(style.remarks for style in styles)
    assert any(style.leaves_out for style in styles)
    assert not any(style.remarks and style.leaves_out for style in styles)


def test_json_never_counts_in_ten_thousands():
    """Its keys are our column names, and ours says yuan."""
    habits = [habits_of(SEED, code) for code in MANY[:2000]]
    assert any(habit.style.ten_thousands for habit in habits)
    assert not any(habit.style.ten_thousands for habit in habits if habit.format == "json")
