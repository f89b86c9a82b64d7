"""A group that cannot be judged: the file that it fails over is found, and the others are judged."""

import psycopg
import pytest

from rollcall.errors import ReferenceMissing, RuleNotRun
from rollcall.load.apart import MOST_CULPRITS, judge_apart, named
from rollcall.parse.readings import Reading


def readings(count):
    return [Reading(number, None, [], {}) for number in range(count)]


def judging(fails_over):
    """A judge of small numbers, and what it was asked to take at once."""
    asked_for = []

    def judge(some):
        numbers = [reading.submission_id for reading in some]
        asked_for.append(numbers)
        if fails_over & set(numbers):
            raise RuleNotRun(f"units, a_rule: {numbers}")
        return numbers

    return judge, asked_for


@pytest.mark.parametrize("fails_over", [set(), {0}, {7}, {3, 4}, {1, 2, 5, 6, 9}])
def test_every_file_but_the_culprits_is_judged_once_in_order(fails_over):
    judge, _ = judging(fails_over)
    done, culprits = judge_apart(judge, readings(10))
    assert [number for some in done for number in some] == sorted(set(range(10)) - fails_over)
    assert culprits == dict.fromkeys(fails_over, "RuleNotRun: units, a_rule")


def test_nothing_is_halved_that_can_be_judged_at_once():
    judge, asked_for = judging(set())
    assert judge_apart(judge, readings(1500))[1] == {}
    assert len(asked_for) == 1


@pytest.mark.parametrize("count", [1, 2, 1500])
def test_what_every_file_fails_over_is_no_files_doing(count):
    """A rule that is wrong, or a warehouse: said after a few tries, and nobody is told that he was wrong."""
    judge, asked_for = judging(set(range(count)))
    with pytest.raises(RuleNotRun):
        judge_apart(judge, readings(count))
    assert len(asked_for) < 12 + 3 * MOST_CULPRITS


def test_missing_reference_tables_are_no_files_doing():
    """Nothing is halved over them, nor is a file held that looks nothing up."""
    asked_for = []

    def judge(some):
        asked_for.append(some)
        raise ReferenceMissing("reference.offices is empty")

    with pytest.raises(ReferenceMissing):
        judge_apart(judge, readings(10))
    assert len(asked_for) == 1


def test_no_value_is_named():
    """PostgreSQL quotes what it could not take, and a rule's crash what it was held against: it may be a name."""
    assert named(psycopg.errors.NumericValueOutOfRange("value 张三")) == "NumericValueOutOfRange (22003)"
    assert named(RuleNotRun("units, a_rule: 张三")) == "RuleNotRun: units, a_rule"
