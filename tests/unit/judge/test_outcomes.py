"""What Great Expectations answers is believed only when it is whole."""

from types import SimpleNamespace
from typing import Any

import pytest

from rollcall.errors import CountsDisagree, RuleNotRun
from rollcall.judge.gate import Outcome, outcomes_of
from rollcall.judge.held import compare
from rollcall.judge.rules import Rule

RULES = [Rule("units", name, "critical", None, "说明。", "unexpected_rows_expectation", {}) for name in ("a", "b")]


def answer(name: str, success: bool = True, crashed: bool = False, **result: Any) -> Any:
    return SimpleNamespace(
        success=success,
        result=result,
        expectation_config=SimpleNamespace(meta={"rule": name}),
        exception_info={"raised_exception": crashed, "exception_message": "why"},
    )


def read(*answers: Any) -> list[Outcome]:
    return outcomes_of("units", RULES, SimpleNamespace(results=list(answers)))


COUNTED = answer("a", success=False, element_count=9, unexpected_count=2)
CLEAN = answer("b", observed_value=0)


def test_reads_counts_of_both_kinds_of_answers() -> None:
    """Rows are counted by the native kinds only, once for the whole table."""
    assert read(CLEAN, COUNTED) == [Outcome(RULES[0], 9, 2), Outcome(RULES[1], 9, 0)]


def test_reads_an_empty_table_as_clean() -> None:
    """Great Expectations counts None of no rows."""
    empty = answer("a", element_count=0, unexpected_count=None)
    assert read(empty, CLEAN) == [Outcome(RULES[0], 0, 0), Outcome(RULES[1], 0, 0)]


@pytest.mark.parametrize(
    "answers",
    [
        [],
        [COUNTED],
        [COUNTED, COUNTED],
        [COUNTED, CLEAN, CLEAN],
        [COUNTED, CLEAN, answer("c", observed_value=0)],
        [COUNTED, answer("b", success=False)],
        [COUNTED, answer("b", success=True)],
        [COUNTED, answer("b", success=False, crashed=True, observed_value=3)],
        [COUNTED, answer("b", success=True, observed_value=3)],
        [COUNTED, answer("b", success=False, observed_value=0)],
        [COUNTED, answer("b", success=True, element_count=9, unexpected_count=None)],
        [COUNTED, answer("b", success=True, element_count=8, unexpected_count=0)],
        [answer("a", observed_value=0), CLEAN],
    ],
)
def test_refuses_an_answer_that_is_not_whole(answers: list[Any]) -> None:
    """Missing, doubled, crashed, without a count, against its own count, or of another number of rows."""
    with pytest.raises(RuleNotRun, match="units"):
        read(*answers)


def test_names_the_rules_that_are_counted_differently() -> None:
    outcomes = [Outcome(RULES[0], 9, 2), Outcome(RULES[1], 9, 0)]
    compare({"a": 2, "b": 0}, "units", outcomes)
    with pytest.raises(CountsDisagree, match=r"units: .*: a: Great Expectations 2, SQL 3$"):
        compare({"a": 3, "b": 0}, "units", outcomes)
    with pytest.raises(CountsDisagree, match="b: Great Expectations nothing, SQL 0"):
        compare({"a": 2, "b": 0}, "units", outcomes[:1])
