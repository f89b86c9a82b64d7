"""House rules of the dbt project, held without a database."""

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from rollcall.datasets import datasets
from rollcall.settings import ROOT

PROJECT = ROOT / "dbt_project"
MODELS = {path.stem: path for path in (PROJECT / "models").rglob("*.sql")}
FOLDERS = ("models", "macros", "functions", "tests")
SQL_FILES = sorted(path for folder in FOLDERS for path in (PROJECT / folder).rglob("*.sql"))
MODEL_FILES = sorted((PROJECT / "models").rglob("_*__models.yml"))
CHINESE_THEN_ENGLISH = re.compile(r"^[^。]*[\u4e00-\u9fff][^。]*。[A-Za-z0-9].*\.$", re.DOTALL)
CLOCKS = re.compile(r"\b(now\s*\(|current_(date|time|timestamp)|localtime|clock_timestamp|statement_timestamp)", re.I)
BEYOND_CITUS = re.compile(r"\b(merge\s+into|grouping\s+sets|rollup\s*\(|cube\s*\(|recursive)\b", re.I)
VIEWS = {"dim_registrations"}  # fct_registrations said differently
SUMS = {"value", "difference", "change", "contribution"}
assert all((MODELS, SQL_FILES, MODEL_FILES)), "a rule over no files passes; has a folder moved?"


@cache
def described() -> dict[str, dict[str, Any]]:
    return {
        model["name"]: model
        for path in MODEL_FILES
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    }


def seeds() -> list[dict[str, Any]]:
    path = PROJECT / "seeds" / "_reference__seeds.yml"
    return list(yaml.safe_load(path.read_text(encoding="utf-8"))["seeds"])


def marts() -> list[str]:
    return sorted(name for name, path in MODELS.items() if "marts" in path.parts)


def test_every_model_is_described_once() -> None:
    names = [
        model["name"] for path in MODEL_FILES for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    ]
    assert sorted(names) == sorted(MODELS)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_description_states_the_grain_first(name: str) -> None:
    """Begin with "One row per ..."; everything else follows from it."""
    assert described()[name]["description"].startswith("One row per ")


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_column_has_a_chinese_label_and_an_english_meaning(name: str) -> None:
    columns = described()[name]["columns"]
    assert columns
    for column in columns:
        assert CHINESE_THEN_ENGLISH.match(column["description"]), column


@pytest.mark.parametrize("name", marts())
def test_every_mart_has_typed_columns_and_a_primary_key_that_is_never_null(name: str) -> None:
    """A view can hold no key; it must then be one of tables that do."""
    model = described()[name]
    columns = {column["name"]: column for column in model["columns"]}
    assert all(column["data_type"] for column in columns.values())
    if "materialized='reader_view'" in MODELS[name].read_text(encoding="utf-8"):
        assert name in VIEWS
        return
    keys = [constraint["columns"] for constraint in model["constraints"] if constraint["type"] == "primary_key"]
    assert len(keys) == 1
    for key in keys[0]:
        assert {"type": "not_null"} in columns[key]["constraints"], key


def test_money_is_numeric_18_2() -> None:
    for name in marts():
        for column in described()[name]["columns"]:
            if column["name"].endswith("_yuan"):
                assert column["data_type"] == "numeric(18, 2)", (name, column["name"])


def test_what_is_summed_has_room_for_all_that_the_door_lets_in() -> None:
    """A single amount has 12 digits before the point, another number 15; a figure is the sum of any number of them."""
    sums = [
        (name, column["name"], column["data_type"])
        for name in marts()
        for column in described()[name]["columns"]
        if column["name"] in SUMS and column["data_type"] != "text"
    ]
    assert {column for _, column, _ in sums} == SUMS
    assert {kind for *_, kind in sums} == {"numeric(38, 2)"}, sums


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: path.stem)
def test_no_transformation_asks_the_clock(path: Path) -> None:
    assert not CLOCKS.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: path.stem)
def test_sql_stays_inside_what_citus_runs(path: Path) -> None:
    assert not BEYOND_CITUS.search(path.read_text(encoding="utf-8"))


def test_every_seed_is_described_with_the_columns_it_has() -> None:
    files = {path.stem: path for folder in ("seeds", "registry_derived") for path in (PROJECT / folder).glob("*.csv")}
    assert sorted(files) == sorted(seed["name"] for seed in seeds())
    for seed in seeds():
        with files[seed["name"]].open(encoding="utf-8", newline="") as lines:
            header = next(csv.reader(lines))
        assert header == [column["name"] for column in seed["columns"]] == list(seed["config"]["column_types"])
        for column in seed["columns"]:
            assert CHINESE_THEN_ENGLISH.match(column["description"]), column


def test_every_dataset_is_found_at_each_stage() -> None:
    """A dataset is one word: its staging model and its figures are found by it. Claims and reviews make no figures."""
    for dataset in datasets():
        assert f"stg_submissions__{dataset}" in MODELS
        assert (f"int_figures_from_{dataset}" in MODELS) == (dataset not in {"totals", "reviews"})


def test_no_personal_column_reaches_a_mart() -> None:
    personal = {"name", "phone", "id_number", "birth_date"}
    for name in marts():
        assert not personal & {column["name"] for column in described()[name]["columns"]}, name


def test_the_rules_see_what_they_forbid() -> None:
    """A pattern that matches nothing would let everything pass."""
    assert CLOCKS.search("select now()")
    assert CLOCKS.search("where day < current_date")
    assert BEYOND_CITUS.search("merge into marts.x")
    assert BEYOND_CITUS.search("with recursive tree as (")
    assert not CHINESE_THEN_ENGLISH.match("The office.")
    assert CHINESE_THEN_ENGLISH.match("单位。Office.")
