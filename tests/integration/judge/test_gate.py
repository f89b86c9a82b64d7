"""The gate fails closed: a rule that did not run is our trouble, and never lets a row in."""

import json
from pathlib import Path
from typing import Any

import pytest

from rollcall.errors import RuleNotRun
from rollcall.judge import rules
from rollcall.judge.gate import judge


def test_empty_tables_break_nothing_and_leave_no_connection(batch: Any) -> None:
    """A sheet without rows is no fault, and nothing may keep its table from being dropped."""
    outcomes = judge(batch.tables)
    assert {(outcome.checked, outcome.broken) for outcome in outcomes} == {(0, 0)}
    assert [outcome.rule for outcome in outcomes] == [
        rule for dataset in batch.tables for rule in rules.rules_of(dataset)
    ]
    query = "select application_name from pg_stat_activity where datname = current_database()"
    assert batch.connection.execute(query).fetchall() == [("rollcall",)]
    assert judge({}) == []


def test_a_rule_that_crashes_is_not_the_offices_fault(batch: Any) -> None:
    """Without its function the rule cannot run; Great Expectations calls that a failure of the data."""
    batch.add("units")
    batch.connection.execute("drop function ledger.credit_code_is_valid")
    with pytest.raises(RuleNotRun, match="credit_code_is_valid"):
        judge({"units": batch.tables["units"]})


def test_a_table_that_is_missing_is_not_judged(batch: Any) -> None:
    """Neither is it called clean."""
    with pytest.raises(RuleNotRun, match="b8_units"):
        judge({"units": "b8_units"})


@pytest.mark.parametrize("name", ["offices", "indicators", "datasets"])
def test_nothing_is_judged_without_what_rules_look_things_up_in(batch: Any, name: str) -> None:
    """Every organiser, indicator or report would be unknown, and every office told so."""
    batch.connection.execute(f"truncate reference.{name}")
    with pytest.raises(RuleNotRun, match=rf"reference\.{name} is empty"):
        judge(batch.tables)
    batch.connection.execute(f"drop table reference.{name}")
    with pytest.raises(RuleNotRun, match=rf"reference\.{name} is not there"):
        judge(batch.tables)


def test_only_what_is_looked_up_has_to_be_there(batch: Any) -> None:
    """But for the registry, without which no office could be told from another."""
    batch.connection.execute("drop table reference.indicators")
    assert judge({"sites": batch.tables["sites"]})
    with pytest.raises(RuleNotRun, match="indicators"):
        judge({"totals": batch.tables["totals"]})


def test_an_empty_suite_judges_nothing(batch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Great Expectations calls it a success."""
    (tmp_path / "units.json").write_text(json.dumps({"name": "units", "expectations": []}))
    monkeypatch.setattr(rules, "EXPECTATIONS", tmp_path)
    with pytest.raises(RuleNotRun, match="units"):
        judge({"units": batch.tables["units"]})
