"""
The rules of `expectations/`, read as data, and compiled to SQL that finds every row that breaks one.

Great Expectations judges by the same files (`rollcall.judge.gate`), but returns only a sample of the rows.
What cannot be compiled exactly is refused when it is read, so that no rule is half kept.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from psycopg import sql

from rollcall.datasets import datasets
from rollcall.errors import RuleNotRun
from rollcall.settings import ROOT
from rollcall.warehouse.tables import inbox_columns

EXPECTATIONS = ROOT / "expectations"
SEVERITIES = ("critical", "warning", "info")
UNREADABLE = "unreadable_cell"  # the rule that every suite needs: its reasons are those of the cells
FIELDS = {"type", "kwargs", "severity", "description", "meta"}
NAME = re.compile(r"[a-z][a-z0-9_]*")
CHINESE_SENTENCE = re.compile(r"[\u4e00-\u9fff].*。$")
ROWS = "select _submission_id, _sheet, _row"  # GX then fetches no cell of anyone
# Rows of the batch, or of a selection from it that adds what a window says of each row.
QUERY = re.compile(rf"{ROWS} from (\{{batch\}}|\({ROWS}, .+ from .*\{{batch\}}.*\) as \w+) where .+")
BATCH = "subselect"  # what GX calls {batch}

Kwargs = dict[str, Any]


@dataclass(frozen=True)
class Rule:
    """
    One rule of a dataset's suite. `name` is unique in the dataset.

    `column` is the column, by our name for it in the layout, that a reason points at; None for the whole row.
    """

    dataset: str
    name: str
    severity: str
    column: str | None
    description: str
    type: str
    kwargs: Kwargs


def rules_of(dataset: str) -> list[Rule]:
    """
    Read the suite of *dataset*, in its order.

    Raises:
        RuleNotRun: There is no suite, it is empty, or a rule lacks something or cannot be compiled. Put it
            right; until then nothing of the dataset is judged.
    """
    path = EXPECTATIONS / f"{dataset}.json"
    if not path.is_file():
        raise RuleNotRun(f"{path.name}: there is no such suite in expectations/")
    suite = json.loads(path.read_text(encoding="utf-8"))
    if suite.get("name") != dataset:
        raise RuleNotRun(f"{path.name} names itself {suite.get('name')!r}; GX would not find it")
    rules = [rule_of(dataset, entry, path) for entry in suite.get("expectations", [])]
    names = [rule.name for rule in rules]
    if UNREADABLE not in names:
        raise RuleNotRun(f"{path.name}: no rule {UNREADABLE}: rows with unreadable cells would be accepted")
    if twice := {name for name in names if names.count(name) > 1}:
        raise RuleNotRun(f"{path.name}: rule names given twice: {', '.join(sorted(twice))}")
    return rules


def rule_of(dataset: str, entry: dict[str, Any], path: Path) -> Rule:
    """One entry of a suite, checked. Raises RuleNotRun, quoting it."""
    where = f"{path.name}, {json.dumps(entry, ensure_ascii=False)[:300]}"
    meta = entry.get("meta")
    if set(entry) != FIELDS or not isinstance(meta, dict) or set(meta) != {"rule", "column"}:
        raise RuleNotRun(f"{where}: a rule has exactly {sorted(FIELDS)}, and in meta: rule, column")
    rule = Rule(
        dataset,
        meta["rule"],
        entry["severity"],
        meta["column"],
        entry["description"],
        entry["type"],
        entry["kwargs"],
    )
    known = {column.name for column in datasets()[dataset].columns}
    for right, what in (
        (isinstance(rule.name, str) and NAME.fullmatch(rule.name), "meta.rule is no snake_case name"),
        (rule.severity in SEVERITIES, f"severity is none of {', '.join(SEVERITIES)}"),
        (rule.column is None or rule.column in known, "meta.column is no column of the layout"),
        (CHINESE_SENTENCE.search(rule.description), "description is no Chinese sentence that ends in 。"),
        (rule.type in COMPILERS, f"type is none of those we can compile: {', '.join(COMPILERS)}"),
    ):
        if not right:
            raise RuleNotRun(f"{where}: {what}")
    try:
        broken_rows(rule, "any")
    except (KeyError, TypeError, ValueError) as error:
        raise RuleNotRun(f"{where}: {error}") from error
    return rule


def broken_rows(rule: Rule, table: str) -> sql.Composed:
    """The query for (_submission_id, _sheet, _row) of all rows of `inbox`.*table* that break *rule*."""
    return COMPILERS[rule.type](rule, sql.Identifier("inbox", table))


def compile_not_null(rule: Rule, table: sql.Identifier) -> sql.Composed:
    (column,) = only(rule.kwargs, "column")
    return rows(table, sql.SQL("{} is null").format(known(rule, column)))


def compile_set(rule: Rule, table: sql.Identifier) -> sql.Composed:
    """A null is in no set, and breaks no such rule, as in GX."""
    column, values = only(rule.kwargs, "column", "value_set")
    if not values or not all(isinstance(value, str | int) for value in values):
        raise ValueError("value_set needs texts, whole numbers or true and false")
    listed = sql.SQL(", ").join(map(sql.Literal, values))
    return rows(table, sql.SQL("{} not in ({})").format(known(rule, column), listed))


def compile_between(rule: Rule, table: sql.Identifier) -> sql.Composed:
    bounds = {"min_value": "<", "max_value": ">"}
    strict = rule.kwargs.get("strict_min", False)
    (column,) = only({key: value for key, value in rule.kwargs.items() if key not in {*bounds, "strict_min"}}, "column")
    given = [(key, rule.kwargs[key]) for key in bounds if key in rule.kwargs]
    if not given or not all(type(value) in (int, float) for _, value in given) or type(strict) is not bool:
        raise ValueError("a range needs min_value or max_value, as numbers; strict_min is true or false")
    outside = [
        sql.SQL("{} {} {}").format(
            known(rule, column),
            sql.SQL("<=" if strict and key == "min_value" else bounds[key]),
            sql.Literal(value),
        )
        for key, value in given
    ]
    return rows(table, sql.SQL(" or ").join(outside))


def compile_unique(rule: Rule, table: sql.Identifier) -> sql.Composed:
    """Every row that bears a doubled key; a key with a null in it is no key, as in GX."""
    (columns,) = only(rule.kwargs, "column_list")
    names = sql.SQL(", ").join([known(rule, column) for column in columns])
    keyed = sql.SQL(" and ").join([sql.SQL("{} is not null").format(known(rule, column)) for column in columns])
    return sql.SQL(
        "select _submission_id, _sheet, _row from (select _submission_id, _sheet, _row,"
        " count(*) over (partition by {}) as bearers from {} where {}) as keys where bearers > 1"
    ).format(names, table, keyed)


def compile_query(rule: Rule, table: sql.Identifier) -> sql.Composed:
    """The very query that GX runs. GX names the table otherwise when it sees a join, so there is none."""
    (query,) = only(rule.kwargs, "unexpected_rows_query")
    fields = [field for _, field, _, _ in Formatter().parse(query) if field is not None]
    if not QUERY.fullmatch(query) or fields != ["batch"]:
        raise ValueError(f"a query is {ROWS!r} from {{batch}}, or from one selection of it, and has a where")
    if re.search(r"[;%]|--|/\*|\bjoin\b", query, re.IGNORECASE):
        raise ValueError("a query has no semicolon, per cent sign, comment or join")
    before, after = query.split("{batch}")
    return sql.SQL("{}{} as {}{}").format(
        sql.SQL(before),
        table,
        sql.Identifier(BATCH),
        sql.SQL(after.format()),
    )


COMPILERS: dict[str, Callable[[Rule, sql.Identifier], sql.Composed]] = {
    "expect_column_values_to_not_be_null": compile_not_null,
    "expect_column_values_to_be_in_set": compile_set,
    "expect_column_values_to_be_between": compile_between,
    "expect_compound_columns_to_be_unique": compile_unique,
    "unexpected_rows_expectation": compile_query,
}


def only(kwargs: Kwargs, *names: str) -> list[Any]:
    """The values of exactly these arguments; any other, like `mostly`, would change what GX counts."""
    if set(kwargs) != set(names):
        raise ValueError(f"kwargs must be exactly {', '.join(names)}; found {', '.join(kwargs)}")
    return [kwargs[name] for name in names]


def known(rule: Rule, column: str) -> sql.Identifier:
    if column not in inbox_columns(datasets()[rule.dataset]):
        raise ValueError(f"inbox tables of {rule.dataset} have no column {column!r}")
    return sql.Identifier(column)


def rows(table: sql.Identifier, condition: sql.Composable) -> sql.Composed:
    return sql.SQL("select _submission_id, _sheet, _row from {} where {}").format(table, condition)
