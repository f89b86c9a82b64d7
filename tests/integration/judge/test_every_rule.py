"""Every rule of every suite, broken by a row that breaks nothing else, judged in one batch."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rollcall.datasets import datasets
from rollcall.judge.gate import judge
from rollcall.judge.held import find_broken
from rollcall.judge.rules import rules_of

# By dataset: what is changed in a row that stays clean; and the rule that a changed row breaks, the change, and the
# reason that the office is told, where {n} stands for the row.
CASES = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))
WARNINGS = {
    "units": {
        "credit_code_is_given",
        "honour_session_is_given",
        "alliance_name_is_given",
        "honoured_on_is_past",
    },
    "sites": {"area_m2_is_plausible", "opened_on_is_past"},
    "teams": {"team_kind_is_given", "registered_on_is_past"},
    "projects": {"award_level_is_given", "award_name_is_given", "started_on_is_past"},
    "registrations": {"birth_date_is_plausible"},
    "events": {"attendees_is_plausible", "ended_at_is_plausible"},
    "services": {"day_is_plausible"},
    "needs": {
        "dispatched_on_is_given",
        "accepted_on_is_given",
        "need_status_is_plausible",
        "rating_is_plausible",
    },
    "funding": {"budget_year_is_plausible", "transfer_is_plausible"},
    "inspections": {"problems_found_is_plausible"},
    "role_models": {"honour_level_is_plausible"},
    "points": {"points_is_plausible", "holder_kind_is_plausible"},
    "totals": {"value_is_plausible"},
    "reviews": {"reviewed_on_is_past"},
}


@pytest.mark.parametrize("dataset", datasets())
def test_every_rule_has_a_case(dataset: str) -> None:
    """A rule that nothing was seen to break may as well not be there."""
    assert {rule for rule, _, _ in CASES[dataset]["broken"]} == {rule.name for rule in rules_of(dataset)}


@pytest.mark.parametrize("dataset", datasets())
def test_a_rule_holds_rows_unless_it_is_meant_to_warn(dataset: str) -> None:
    """A doubt that holds a row, or a fault that only warns, would be equally wrong."""
    assert {rule.name for rule in rules_of(dataset) if rule.severity == "warning"} == WARNINGS[dataset]
    assert {rule.severity for rule in rules_of(dataset)} == {"critical", "warning"}


def test_every_rule_holds_its_row_and_tells_the_office_why(batch: Any) -> None:
    """Great Expectations and SQL count alike over all cases, and each reason reads as it should."""
    expected: dict[tuple[str, int], dict[str, str]] = {}
    for dataset in datasets():
        batch.add_columns(dataset)
        for changes in CASES[dataset]["clean"]:
            expected[dataset, batch.add(dataset, **changes)] = {}
        for rule, changes, reason in CASES[dataset]["broken"]:
            row = batch.add(dataset, **changes)
            expected[dataset, row] = {rule: reason.format(n=row)}
    outcomes = judge(batch.tables)
    find_broken(batch.connection, batch.number, batch.tables, outcomes)

    found: dict[tuple[str, int], dict[str, str]] = {slot: {} for slot in expected}
    severities = {(outcome.rule.dataset, outcome.rule.name): outcome.rule.severity for outcome in outcomes}
    for dataset, _, _, row, rule, severity, _, _, reason in batch.broken():
        found[dataset, row][rule] = reason
        assert severity == severities[dataset, rule]
    assert found == expected

    counted = {(outcome.rule.dataset, outcome.rule.name): outcome.broken for outcome in outcomes}
    assert counted == Counter((dataset, rule) for (dataset, _), rules in expected.items() for rule in rules)
    rows = Counter(dataset for dataset, _ in expected)
    assert {(outcome.rule.dataset, outcome.checked) for outcome in outcomes} == set(rows.items())
