"""Where each office is asked, and what shows who we are."""

import json
from dataclasses import replace

import pytest
from airflow.sdk.exceptions import AirflowNotFoundException

from rollcall.collect.chunk import address_book
from rollcall.collect.http import Address
from rollcall.errors import SettingMissing
from tests.unit.collect.conftest import OFFICE


@pytest.fixture(autouse=True)
def connections(monkeypatch):
    """Two gateways, each with a token of its own, as Airflow reads them from the environment."""
    for name, token in (("ROLLCALL_OFFICES", "tok"), ("OTHER", "other")):
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps({"conn_type": "http", "password": token}))


@pytest.fixture
def book(settings):
    return address_book(replace(settings, endpoint="http://gateway/offices/{code}"))


def test_the_setting_serves_where_the_registry_is_silent(book):
    assert book(OFFICE) == Address("http://gateway/offices/610924106000", "tok")


def test_the_registry_wins(book):
    assert book(replace(OFFICE, endpoint="https://own/api", connection="other")) == Address("https://own/api", "other")


def test_a_drop_folder_needs_no_connection(book):
    office = replace(OFFICE, endpoint="file:///drop", connection="nowhere")
    assert book(office) == Address("file:///drop", None)


def test_a_connection_that_does_not_exist_is_trouble_of_our_own(book):
    """Every office behind it would otherwise look as if it refused us."""
    with pytest.raises(AirflowNotFoundException, match="nowhere"):
        book(replace(OFFICE, connection="nowhere"))


def test_an_office_without_an_endpoint_is_trouble_of_our_own(settings):
    """It must not become a drop folder in whatever folder the task runs in, empty for ever."""
    with pytest.raises(SettingMissing, match="ROLLCALL_ENDPOINT"):
        address_book(replace(settings, endpoint=""))(OFFICE)


def test_braces_of_an_endpoint_are_its_own(settings):
    made = address_book(replace(settings, endpoint="http://gateway/{version}/{code}"))(OFFICE)
    assert made.base == "http://gateway/{version}/610924106000"
