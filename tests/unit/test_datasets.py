"""Datasets, layouts and code lists are data; these rules hold for whoever adds one."""

import re
from datetime import date

import pytest

from rollcall.datasets import LAYOUTS, Asked, asked_of, code_lists, datasets
from rollcall.warehouse.tables import LINEAGE, SQL_TYPES, inbox_columns, raw_columns

ALL = list(datasets().values())
COLUMNS = [
    pytest.param(dataset, column, id=f"{dataset.name}.{column.name}") for dataset in ALL for column in dataset.columns
]
TYPES = {*SQL_TYPES, "secret"}
assert ALL, "a rule over no datasets passes"


def test_every_layout_file_is_a_dataset():
    """One that seeds/datasets.csv does not name would be ignored without a word."""
    assert {path.stem for path in LAYOUTS.glob("*.csv")} == {dataset.name for dataset in ALL}


@pytest.mark.parametrize("dataset", ALL, ids=lambda dataset: dataset.name)
def test_a_dataset_says_what_it_is(dataset):
    assert dataset.mode in {"list", "records"}
    assert re.search("[\u4e00-\u9fff]", dataset.sheet_zh)
    assert dataset.keys, "without a key a row cannot be told from its like"


@pytest.mark.parametrize("dataset", ALL, ids=lambda dataset: dataset.name)
def test_column_names_are_unique(dataset):
    names = [column.name for column in dataset.columns]
    assert len(set(names)) == len(names)
    assert not set(names) & set(LINEAGE)


@pytest.mark.parametrize(("dataset", "column"), COLUMNS)
def test_a_column_has_a_known_type_and_code_list(dataset, column):
    assert column.type in TYPES
    assert (column.type == "code") == bool(column.codes)
    assert not column.codes or column.codes in code_lists()


@pytest.mark.parametrize(("dataset", "column"), COLUMNS)
def test_a_key_is_required_and_never_personal(dataset, column):
    """A key goes into raw and receipts as it is, and a null key matches nothing; a stock's claim has no first day."""
    assert column.required or not column.key or (dataset.name, column.name) == ("totals", "from_date")
    assert not (column.key and column.type == "secret")


@pytest.mark.parametrize("dataset", ALL, ids=lambda dataset: dataset.name)
def test_the_headers_of_a_layout_are_unique(dataset):
    """Two columns under one header could not be told apart."""
    versions = {version for column in dataset.columns for version in column.headers}
    assert versions
    for version in versions:
        assert re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", version)
        headers = [column.headers[version] for column in dataset.columns if version in column.headers]
        assert len(set(headers)) == len(headers)
        assert all(column.headers.get(version) for column in dataset.columns if column.required)


@pytest.mark.parametrize("dataset", ALL, ids=lambda dataset: dataset.name)
def test_layouts_go_from_old_to_new(dataset):
    """The last is the one whose headers an office is told."""
    for column in dataset.columns:
        assert list(column.headers) == sorted(column.headers)
        assert column.label == column.headers[max(column.headers)]


@pytest.mark.parametrize("name", list(code_lists()))
def test_labels_of_a_code_list_are_unique(name):
    """A label becomes its code, so one label for two codes would be a guess."""
    labels = list(code_lists()[name].values())
    assert len(set(labels)) == len(labels)
    assert not set(labels) & set(code_lists()[name])


@pytest.mark.parametrize("dataset", ALL, ids=lambda dataset: dataset.name)
def test_no_personal_column_reaches_a_table(dataset):
    """Names, phones and ID numbers end in the reading process; a keyed pseudonym is what is left."""
    secrets = {column.name for column in dataset.columns if column.type == "secret"}
    assert not secrets & set(inbox_columns(dataset))
    assert set(raw_columns(dataset)) <= set(inbox_columns(dataset))
    assert ("person_key" in raw_columns(dataset)) == ("id_number" in secrets)


def test_sheet_names_are_unique():
    assert len({dataset.sheet_zh for dataset in ALL}) == len(ALL)


def test_upper_offices_alone_are_asked_to_claim_and_to_review():
    """A township has nobody below; everything else is asked of every level."""
    day = date(2023, 7, 31)
    assert set(asked_of("county", day)) == set(datasets())
    assert set(asked_of("county", day)) - set(asked_of("township", day)) == {"totals", "reviews"}
    assert asked_of("village", day) == []


def test_a_dataset_is_asked_for_from_its_first_to_its_last_day():
    """Both days are included; without a bound it is asked for always."""
    asked = Asked("units", "city", date(2023, 6, 30), date(2023, 7, 31))
    days = [date(2023, 6, 29), date(2023, 6, 30), date(2023, 7, 31), date(2023, 8, 1)]
    assert [asked.covers("units", "city", day) for day in days] == [False, True, True, False]
    assert Asked("units", "city", None, None).covers("units", "city", date(1990, 1, 1))
