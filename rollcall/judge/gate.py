"""
The gate: Great Expectations judges whole inbox tables, and counts.

The only module that imports great_expectations, inside its functions: the import takes 8 s and 228 MB.
"""

import logging
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import sql
from psycopg.errors import UndefinedTable

from rollcall.errors import ReferenceMissing, RuleNotRun
from rollcall.judge import rules as suites
from rollcall.judge.rules import Rule, rules_of
from rollcall.settings import load_settings
from rollcall.warehouse.connection import connect

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
    from great_expectations.data_context import EphemeralDataContext
    from great_expectations.datasource.fluent import PostgresDatasource

MEMORY = {"class_name": "InMemoryStoreBackend"}
LOOKED_UP = re.compile(r"\breference\.(\w+)")
SEED_FIRST = "load the reference tables (dbt seed) before anything is judged"


@dataclass(frozen=True)
class Outcome:
    """How many rows a rule was held against, and how many of them break it."""

    rule: Rule
    checked: int
    broken: int


def judge(tables: dict[str, str]) -> list[Outcome]:
    """
    Hold every table against the suite of its dataset.

    Args:
        tables: Dataset to the name of its table in schema `inbox`, which nobody writes meanwhile.

    Raises:
        RuleNotRun: A rule crashed, is missing from the results, or a suite or the registry is empty. It is
            never the office's doing, and nothing of the batch may be accepted.
    """
    if not tables:
        return []
    expected = {dataset: rules_of(dataset) for dataset in tables}
    require_reference(rule for rules in expected.values() for rule in rules)
    outcomes: list[Outcome] = []
    with warehouse_source() as (context, source):
        for dataset, table in tables.items():
            outcomes += outcomes_of(dataset, expected[dataset], validate(context, source, dataset, table))
    return outcomes


def require_reference(rules: Iterable[Rule]) -> None:
    """
    Look into the registry, and every other reference table that a rule looks things up in.

    Without them every office would be told that its codes are wrong. Raises ReferenceMissing.
    """
    asked = {name for rule in rules for name in LOOKED_UP.findall(str(rule.kwargs))}
    with connect() as connection:
        for name in sorted(asked | {"offices"}):
            query = sql.SQL("select 1 from {} limit 1").format(sql.Identifier("reference", name))
            try:
                is_filled = connection.execute(query).fetchone()
            except UndefinedTable as error:
                raise ReferenceMissing(f"reference.{name} is not there: {SEED_FIRST}") from error
            if not is_filled:
                raise ReferenceMissing(f"reference.{name} is empty: {SEED_FIRST}")


@contextmanager
def warehouse_source() -> Iterator[tuple["EphemeralDataContext", "PostgresDatasource"]]:
    """A context in memory. Its connection is closed at the end: while it idles, no inbox table can go."""
    context = ephemeral_context()
    url = load_settings().warehouse_url.replace("$", "%24")  # GX takes $ for the name of a variable
    source = context.data_sources.add_postgres(
        "warehouse",
        connection_string="postgresql+psycopg2://" + url.split("://", 1)[1],
        kwargs={"connect_args": {"application_name": "rollcall judge"}},
    )
    try:
        yield context, source
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()


def ephemeral_context() -> "EphemeralDataContext":
    """Suites from `expectations/`, everything else in memory, nothing sent anywhere."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.WARNING)  # before it tells of itself while it is imported
    import great_expectations as gx
    from great_expectations.data_context.types.base import DataContextConfig

    files = {
        "class_name": "TupleFilesystemStoreBackend",
        "base_directory": str(suites.EXPECTATIONS.resolve()),
        "suppress_store_backend_id": True,
    }
    return gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            stores={
                "expectations_store": {"class_name": "ExpectationsStore", "store_backend": files},
                "validation_results_store": {"class_name": "ValidationResultsStore", "store_backend": MEMORY},
                "checkpoint_store": {"class_name": "CheckpointStore", "store_backend": MEMORY},
                "validation_definition_store": {
                    "class_name": "ValidationDefinitionStore",
                    "store_backend": MEMORY,
                },
            },
            expectations_store_name="expectations_store",
            validation_results_store_name="validation_results_store",
            checkpoint_store_name="checkpoint_store",
            progress_bars={"globally": False},
            analytics_enabled=False,
        ),
    )


def validate(
    context: "EphemeralDataContext", source: "PostgresDatasource", dataset: str, table: str
) -> "ExpectationSuiteValidationResult":
    """Run the suite of *dataset* over the whole table: a batch filter is slow, and in places forgotten."""
    from great_expectations.exceptions import GreatExpectationsError

    try:
        asset = source.add_table_asset(dataset, table_name=table, schema_name="inbox")
        batch = asset.add_batch_definition_whole_table("all").get_batch()
        return batch.validate(context.suites.get(dataset), result_format="BASIC")
    except (GreatExpectationsError, ConnectionError, LookupError, ValueError) as error:
        raise RuleNotRun(f"{dataset}, inbox.{table}: Great Expectations did not run: {error}") from error


def outcomes_of(dataset: str, expected: list[Rule], result: "ExpectationSuiteValidationResult") -> list[Outcome]:
    """
    Read the counts of every rule.

    GX calls an empty suite a success, and a rule that crashed a failure without a result. Here both are
    RuleNotRun.
    """
    by_name = {answer.expectation_config.meta["rule"]: answer for answer in result.results}
    if len(by_name) != len(result.results) or set(by_name) != {rule.name for rule in expected} or not expected:
        raise RuleNotRun(f"{dataset}: asked for {len(expected)} rules, got results of {sorted(by_name)}")
    checked = {
        int(answer.result["element_count"]) for answer in result.results if "element_count" in (answer.result or {})
    }
    broken = {name: count_of(dataset, name, answer) for name, answer in by_name.items()}
    if len(checked) != 1:
        raise RuleNotRun(f"{dataset}: the rules saw different numbers of rows: {sorted(checked)}")
    (rows,) = checked
    return [Outcome(rule, rows, broken[rule.name]) for rule in expected]


def count_of(dataset: str, name: str, answer: "ExpectationValidationResult") -> int:
    """Rows that break one rule. Raises RuleNotRun where there is no count, or it contradicts the verdict."""
    result: dict[str, Any] = answer.result or {}
    count = result.get("unexpected_count", result.get("observed_value"))
    if count is None and result.get("element_count") == 0:
        count = 0  # GX sums over no rows
    crashed = (answer.exception_info or {}).get("raised_exception")
    if crashed or type(count) is not int or bool(answer.success) is not (count == 0):
        raise RuleNotRun(f"{dataset}, {name}: {result or ''} {answer.exception_info}"[:2000])
    return count
