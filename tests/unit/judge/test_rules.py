"""The suites are complete and can be reviewed; a rule that cannot be kept exactly is refused when read."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rollcall.datasets import code_lists, datasets
from rollcall.errors import RuleNotRun
from rollcall.judge import rules
from rollcall.judge.rules import EXPECTATIONS, UNREADABLE, broken_rows, rule_of, rules_of

SUITES = sorted(EXPECTATIONS.glob("*.json"))
IN_SET = "expect_column_values_to_be_in_set"
GIVEN = "expect_column_values_to_not_be_null"
RANGE = "expect_column_values_to_be_between"
UNIQUE = "expect_compound_columns_to_be_unique"
QUERY = "unexpected_rows_expectation"
ROWS = "select _submission_id, _sheet, _row from "


def entry(kind: str = GIVEN, kwargs: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """An entry of the units suite as it should be, but for *changes*."""
    right = {
        "type": kind,
        "kwargs": {"column": "unit_no"} if kwargs is None else kwargs,
        "severity": "critical",
        "description": "单位编号不能为空，请补填。",
        "meta": {"rule": "unit_no_is_given", "column": "unit_no"},
    }
    return {key: value for key, value in (right | changes).items() if value != "absent"}


def query(condition: str, start: str = ROWS + "{batch} where ") -> dict[str, Any]:
    return entry(QUERY, {"unexpected_rows_query": start + condition})


def compiled(written: dict[str, Any]) -> str:
    return broken_rows(rule_of("units", written, Path("units.json")), "b7_units").as_string(None)


def test_every_dataset_has_a_suite_and_every_suite_a_dataset() -> None:
    assert [path.stem for path in SUITES] == sorted(datasets())


@pytest.mark.parametrize("path", SUITES, ids=lambda path: path.stem)
def test_suites_carry_no_ids(path: Path) -> None:
    """A diff of a suite shows rules only."""
    assert '"id"' not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", datasets())
def test_what_the_layout_requires_is_required_by_a_rule(name: str) -> None:
    """Required columns, keys and code lists each hold the row that breaks them."""
    dataset = datasets()[name]
    critical = [rule for rule in rules_of(name) if rule.severity == "critical"]
    given = {rule.kwargs["column"] for rule in critical if rule.type == GIVEN}
    assert given == {column.name for column in dataset.columns if column.required}
    listed = {rule.kwargs["column"]: rule.kwargs["value_set"] for rule in critical if rule.type == IN_SET}
    expected = {column.name: list(code_lists()[column.codes]) for column in dataset.columns if column.codes}
    assert {column: values for column, values in listed.items() if column in expected} == expected
    assert listed["_unreadable"] == [0]


# The day of a record whose number may begin again each month; services and changes have their day in their key.
OWN_DAY = {
    "events": "started_at at time zone 'Asia/Shanghai'",
    "funding": "booked_on",
    "inspections": "inspected_on",
    "role_models": "selected_on",
    "points": "booked_on",
    "needs": "raised_on",
}


@pytest.mark.parametrize("name", datasets())
def test_a_key_stands_once_in_a_slice_or_once_a_month_where_it_may_begin_again(name: str) -> None:
    """In a backlog, which tells of many months; of needs always, for a need is told of until it is done."""
    dataset = datasets()[name]
    keys = ["_submission_id", *dataset.keys]
    critical = [rule for rule in rules_of(name) if rule.severity == "critical"]
    listed = [rule.kwargs["column_list"] for rule in critical if rule.type == UNIQUE]
    if name not in OWN_DAY:
        assert listed == [keys]
        return
    month = f"date_trunc('month', {OWN_DAY[name]})"
    if name != "needs":
        month = f"case when _kind = 'backlog' then {month} end"
    window = f"count(*) over (partition by {', '.join(keys)}, {month}) as bearers from {{batch}}"
    queries = [rule.kwargs["unexpected_rows_query"] for rule in critical if rule.type == QUERY]
    assert listed == []
    assert [query for query in queries if window in query and query.endswith("as found where bearers > 1")]


@pytest.mark.parametrize("name", datasets())
def test_descriptions_list_the_labels_an_office_may_write(name: str) -> None:
    """But for the twenty sections of industries, which have letters."""
    dataset = {column.name: column for column in datasets()[name].columns}
    for rule in rules_of(name):
        codes = dataset[rule.column].codes if rule.type == IN_SET and rule.column else ""
        if codes and codes != "industry":
            labels = "、".join(code_lists()[codes].values())
            assert rule.description == f"{dataset[rule.column or ''].label}应为以下之一：{labels}。"


@pytest.mark.parametrize("name", datasets())
def test_rules_point_at_a_column_by_the_header_of_the_newest_layout(name: str) -> None:
    """An office finds the column that a required cell is missing from by its name."""
    labels = {column.name: column.label for column in datasets()[name].columns}
    for rule in rules_of(name):
        if rule.type == GIVEN:
            assert rule.description == f"{labels[rule.column or '']}不能为空，请补填。"


@pytest.mark.parametrize(
    ("written", "condition"),
    [
        (entry(), '"unit_no" is null'),
        (
            entry(IN_SET, {"column": "pool", "value_set": ["a", "it's"]}),
            "\"pool\" not in ('a', 'it''s')",
        ),
        (entry(IN_SET, {"column": "leads_alliance", "value_set": [True]}), '"leads_alliance" not in (true)'),
        (entry(RANGE, {"column": "staff_count", "min_value": 0}), '"staff_count" < 0'),
        (
            entry(RANGE, {"column": "staff_count", "min_value": 0, "max_value": 9, "strict_min": True}),
            '"staff_count" <= 0 or "staff_count" > 9',
        ),
    ],
)
def test_compiles_each_kind_of_rule_to_its_negation(written: dict[str, Any], condition: str) -> None:
    assert compiled(written) == f'{ROWS}"inbox"."b7_units" where {condition}'


def test_compiles_uniqueness_to_every_bearer_of_a_doubled_key() -> None:
    assert compiled(entry(UNIQUE, {"column_list": ["_submission_id", "unit_no"]})) == (
        "select _submission_id, _sheet, _row from (select _submission_id, _sheet, _row,"
        ' count(*) over (partition by "_submission_id", "unit_no") as bearers from "inbox"."b7_units"'
        ' where "_submission_id" is not null and "unit_no" is not null) as keys where bearers > 1'
    )


def test_keeps_a_query_as_it_is_written() -> None:
    """With doubled braces undone, as Great Expectations does."""
    assert compiled(query("unit_no ~ '^x{{2}}$'")) == (
        ROWS + '"inbox"."b7_units" as "subselect" where unit_no ~ \'^x{2}$\''
    )


def test_keeps_a_query_over_what_a_window_says() -> None:
    """Sums and doubles within a batch; the selection names the table as Great Expectations does."""
    windowed = (
        "select _submission_id, _sheet, _row from (select _submission_id, _sheet, _row, count(*) over"
        " (partition by pool) as n from {batch} where pool is not null) as found where n > 1"
    )
    expected = windowed.replace("{batch}", '"inbox"."b7_units" as "subselect"')
    assert compiled(entry(QUERY, {"unexpected_rows_query": windowed})) == expected


@pytest.mark.parametrize(
    "written",
    [
        entry(severity="absent"),
        entry(severity="fatal"),
        entry(description="absent"),
        entry(description="Fill it in."),
        entry(description="单位编号不能为空"),
        entry(meta="absent"),
        entry(meta={"rule": "x"}),
        entry(meta={"rule": "Not snake case", "column": None}),
        entry(meta={"rule": "x", "column": "person_key"}),
        entry(id="3c1f"),
        entry("expect_column_mean_to_be_between", {"column": "staff_count", "max_value": 1}),
        entry(kwargs={"column": "unit_no", "mostly": 0.9}),
        entry(kwargs={"column": "no_such_column"}),
        entry(kwargs={}),
        entry(IN_SET, {"column": "pool", "value_set": []}),
        entry(IN_SET, {"column": "pool", "value_set": [None]}),
        entry(IN_SET, {"column": "pool", "value_set": ["a"], "row_condition": "true"}),
        entry(RANGE, {"column": "staff_count"}),
        entry(RANGE, {"column": "staff_count", "min_value": None}),
        entry(RANGE, {"column": "staff_count", "min_value": "0"}),
        entry(RANGE, {"column": "staff_count", "max_value": 1, "strict_max": True}),
        entry(UNIQUE, {"column_list": ["unit_no"], "ignore_row_if": "never"}),
        query("true", start="select * from {batch} where "),
        query("true", start="select _submission_id, _sheet, _row, unit_name from {batch} where "),
        query("true", start=ROWS + "(select * from {batch}) as found where "),
        query("true", start=ROWS + "inbox.b7_units as x where "),
        entry(QUERY, {"unexpected_rows_query": ROWS + "{batch}"}),
        query("unit_no in (select unit_no from {batch})"),
        query("unit_no like 'x%'"),
        query("true; drop table ledger.slices"),
        query("true -- all of them"),
        query("exists (select from reference.offices as a join reference.offices as b using (code))"),
        query("unit_no ~ '^x{2}$'"),
    ],
)
def test_refuses_a_rule_it_cannot_keep_exactly(written: dict[str, Any]) -> None:
    """Better no judgement than one by half a rule."""
    with pytest.raises(RuleNotRun, match=r"units\.json"):
        rule_of("units", written, Path("units.json"))


@pytest.mark.parametrize(
    "suite",
    [
        {"name": "units", "expectations": []},
        {"name": "units"},
        {"name": "events", "expectations": [entry(meta={"rule": UNREADABLE, "column": None})]},
        {"name": "units", "expectations": [entry()]},
        {"name": "units", "expectations": [entry(meta={"rule": UNREADABLE, "column": None})] * 2},
    ],
)
def test_refuses_a_suite_that_would_let_rows_through(
    suite: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Empty, misnamed, without the rule for unreadable cells, or with a name given twice."""
    (tmp_path / "units.json").write_text(json.dumps(suite), encoding="utf-8")
    monkeypatch.setattr(rules, "EXPECTATIONS", tmp_path)
    with pytest.raises(RuleNotRun, match=r"units\.json"):
        rules_of("units")


def test_refuses_a_dataset_without_a_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "EXPECTATIONS", tmp_path)
    with pytest.raises(RuleNotRun, match="no such suite"):
        rules_of("units")


def test_judging_is_imported_without_great_expectations() -> None:
    """Its import takes 8 s: only the task that judges pays for it."""
    code = "import sys, rollcall.judge.held; print({'great_expectations', 'sqlalchemy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
