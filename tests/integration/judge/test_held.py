"""Which rows are held, and how a reason reads, whatever the file looked like."""

from dataclasses import replace
from typing import Any

import pytest

from rollcall.errors import CountsDisagree
from rollcall.judge import rules
from rollcall.judge.gate import Outcome, judge
from rollcall.judge.held import find_broken


def told(batch: Any, outcomes: list[Outcome] | None = None) -> dict[tuple[str, int, int], dict[str, str]]:
    """The reasons by dataset, submission and row, then by rule."""
    find_broken(batch.connection, batch.number, batch.tables, outcomes or judge(batch.tables))
    reasons: dict[tuple[str, int, int], dict[str, str]] = {}
    for dataset, submission, _, row, rule, _, _, _, reason in batch.broken():
        reasons.setdefault((dataset, submission, row), {})[rule] = reason
    return reasons


def test_reasons_speak_of_each_file_in_its_own_words(batch: Any) -> None:
    """Old headers, JSON, a column left out, an unreadable cell, and two revisions of one slice."""
    batch.connection.execute(
        "insert into inbox.b7_columns values"
        " (1, 'units', 'unit_kind', 'AB', '单位\n类别'), (2, 'units', 'unit_kind', null, 'unit_kind')"
    )
    same = {"unit_no": "Y-1", "_sheet": "台账"}
    old = batch.add("units", unit_kind="x", **same)
    new = batch.add("units", _submission_id=2, unit_kind="x", **same)
    left_out = batch.add("units", honour_session=None)
    batch.add_columns("events")
    cell = batch.add("events", started_at=None, ended_at=None, attendees=-1, _unreadable=1)
    reason = f"第 {cell} 行“开始时间”（I{cell}）：“昨天”不是日期，请填如 2023-07-01 14:30。"
    batch.add_cell("events", cell, f"I{cell}", "started_at", reason)
    batch.add_cell("events", 999, "I999", "started_at", "of a row that was set aside before it was judged")

    kinds = "类别应为以下之一：文明单位、文明村镇、文明社区、文明校园、文明家庭。"
    assert told(batch) == {
        ("units", 1, old): {"unit_kind_is_known": f"第 {old} 行“单位 类别”（AB{old}）：“x”。{kinds}"},
        ("units", 2, new): {"unit_kind_is_known": f"第 {new} 条“unit_kind”：“x”。{kinds}"},
        ("units", 1, left_out): {
            "honour_session_is_given": f"第 {left_out} 行“届次”：已获称号的单位应填写届次，如“第七届”，请补填。"
        },
        ("events", 1, cell): {
            "unreadable_cell": reason,
            "attendees_is_possible": f"第 {cell} 行“参加人次”（K{cell}）：“-1”。参加人次应为 0 至 1 亿的整数，请核对。",
        },
    }
    kept = [line for line in batch.broken() if line[0] == "events"]
    assert [(line[2], line[5], line[6], line[7]) for line in kept] == [
        ("表", "critical", "attendees", f"K{cell}"),
        ("表", "critical", "started_at", f"I{cell}"),
    ]


def test_a_rule_that_is_compiled_wrongly_is_noticed(batch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Great Expectations and SQL hold each other to one rule; a batch they disagree on is not accepted."""
    batch.add_columns("funding")
    batch.add("funding", amount_yuan="0")
    batch.tables = {"funding": batch.tables["funding"]}
    outcomes = judge(batch.tables)
    assert told(batch, outcomes)

    def compile_loosely(rule: rules.Rule, table: Any) -> Any:
        return rules.compile_between(replace(rule, kwargs=rule.kwargs | {"strict_min": False}), table)

    monkeypatch.setitem(rules.COMPILERS, "expect_column_values_to_be_between", compile_loosely)
    with pytest.raises(CountsDisagree, match="amount_yuan_is_positive: Great Expectations 1, SQL 0"):
        find_broken(batch.connection, batch.number, batch.tables, outcomes)


def test_a_rule_without_an_outcome_is_noticed(batch: Any) -> None:
    """What Great Expectations did not count cannot be agreed on."""
    counted = [Outcome(rule, 0, 0) for rule in rules.rules_of("units")]
    batch.tables = {"units": batch.tables["units"]}
    find_broken(batch.connection, batch.number, batch.tables, counted)
    assert batch.broken() == []
    with pytest.raises(CountsDisagree, match="unreadable_cell: Great Expectations nothing, SQL 0"):
        find_broken(batch.connection, batch.number, batch.tables, counted[1:])
