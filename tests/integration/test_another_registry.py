"""
From demo to real: another registry, another database, another landing.

Three offices of a registry of the test's own, two over HTTP and one with a drop folder, go through every step as the
DAGs take them. Nothing of the demo takes part.
"""

import json
import re

import psycopg
import pytest

from rollcall import cli, settings, steps
from rollcall.local.demo import digest_of_marts
from rollcall.periods import Period
from rollcall.warehouse import embedded
from rollcall.warehouse.connection import connect
from tests.files import as_csv, as_json, as_xlsx, rows_of
from tests.loopback import play

PERIOD = Period(2023, 7)
CITY, COUNTY, TOWN = "990100000000", "990101000000", "990101001000"
MARTS = {
    "fct_unit_months": "units",
    "fct_registrations": "registrations",
    "fct_events": "events",
    "fct_funding": "funding",
}


@pytest.fixture
def elsewhere(server, monkeypatch, tmp_path, places, registry, offices):
    """A database, its owner and a reader that neither the demo nor another test made."""
    embedded.ensure_role(server, "province", "it's ours", "createrole")
    embedded.ensure_database(server, "provincial", "province")
    embedded.ensure_role(server, "provincial_reader", "reads")
    embedded.ensure_reader(server, "provincial", "provincial_reader")
    monkeypatch.setenv("ROLLCALL_WAREHOUSE_URL", server.url("provincial", "province", "it%27s%20ours"))
    monkeypatch.setenv("ROLLCALL_READER_URL", server.url("provincial", "provincial_reader", "reads"))
    monkeypatch.setenv("ROLLCALL_PARSE_WORKERS", "1")
    monkeypatch.setattr(settings, "STATE", tmp_path / "state")
    registry(
        "71,990000000000,示例省,province,,false,,",
        f"72,{CITY},甲市,city,71,true,,",
        f"73,{COUNTY},乙县,county,72,true,{offices.url}/{COUNTY},county",
        f"74,{TOWN},丙镇,township,73,true,file://{tmp_path / 'drop'},",
        "75,990102000000,丁县,county,72,true,,",
        events=["1,2020-01-01,create,74,,,,,,", "2,2023-07-01,merge,75,,,,73,,"],
    )
    monkeypatch.setenv("AIRFLOW_CONN_COUNTY", json.dumps({"conn_type": "http", "password": "other"}))
    yield server
    with psycopg.connect(server.url(), autocommit=True) as admin:
        admin.execute("drop database provincial with (force)")


@pytest.fixture
def submitted(offices, tmp_path):
    """What the three offices have: a workbook, two csv of which one row is wrong, and a dropped json."""
    organised = {"organiser_code": CITY}
    workbook = as_xlsx(
        units=rows_of("units", 3, credit_code=None),
        registrations=rows_of("registrations", 4),
        events=rows_of("events", 2, **organised),
        funding=rows_of("funding", 2),
    )
    play(offices, CITY, (workbook, {}), etag='"1"')
    good, bad = rows_of("units", 3, 10, credit_code=None), rows_of("units", 1, 99, credit_code="91110000600037341X")
    play(
        offices,
        COUNTY,
        (as_csv("units", good + bad), {"filename": "units.csv"}),
        (as_csv("events", rows_of("events", 2, **organised)), {"filename": "events.csv"}),
    )
    folder = tmp_path / "drop" / TOWN / "2023-07"
    folder.mkdir(parents=True)
    (folder / "1-regular.json").write_bytes(
        as_json(units=rows_of("units", 1, unit_kind="town", credit_code=None), funding=rows_of("funding", 3, 50))
    )
    return folder


def run_month():
    """As the two DAGs do."""
    for chunk in steps.plan([PERIOD]):
        steps.collect(chunk["periods"], chunk["office_keys"], "run")
    steps.load(PERIOD, "run")
    steps.send_receipts(PERIOD, "run")
    steps.build(PERIOD, "run")


def asked(query):
    with connect() as connection:
        return connection.execute(query).fetchall()


def counts(office_key):
    return {mart: asked(f"select count(*) from marts.{mart} where office_key = {office_key}")[0][0] for mart in MARTS}


def put_receipt(body):
    """The receipt.json in a multipart body."""
    found = re.search(rb'name="receipt\.json".*?\r\n\r\n(.*?)\r\n--', body, re.S)
    assert found is not None
    return json.loads(found[1])


def test_a_period_of_three_offices_goes_from_their_files_to_the_marts(elsewhere, submitted, offices, places, capsys):
    assert cli.main(["prepare"]) == 0
    run_month()
    # every row is in the marts, or in quarantine with its reason
    assert [counts(key) for key in (72, 73, 74)] == [
        {"fct_unit_months": 3, "fct_registrations": 4, "fct_events": 2, "fct_funding": 2},
        {"fct_unit_months": 3, "fct_registrations": 0, "fct_events": 2, "fct_funding": 0},
        {"fct_unit_months": 1, "fct_registrations": 0, "fct_events": 0, "fct_funding": 3},
    ]
    assert {mart: asked(f"select count(*) from marts.{mart}")[0][0] for mart in MARTS} == {
        "fct_unit_months": 7, "fct_registrations": 4, "fct_events": 4, "fct_funding": 5,
    }  # fmt: skip
    held = "select office_key, dataset, row from quarantine.rows join ledger.submissions using (submission_id)"
    assert asked(held) == [(73, "units", 5)]
    # offices, the expected slices, and what became of each
    assert asked("select office_code, full_name from marts.dim_offices order by 1") == [
        ("990000000000", "示例省"), (CITY, "示例省甲市"), (COUNTY, "示例省甲市乙县"),
        (TOWN, "示例省甲市乙县丙镇"), ("990102000000", "示例省甲市丁县"),
    ]  # fmt: skip
    statuses = asked("select office_key, dataset, status from marts.fct_submissions order by 1, 2")
    assert [line for line in statuses if line[1] in MARTS.values()] == [
        *((72, dataset, "accepted") for dataset in sorted(MARTS.values())),
        (73, "events", "accepted"),
        (73, "funding", "missing"),
        (73, "registrations", "missing"),
        (73, "units", "partly_accepted"),
        (74, "events", "missing"),
        (74, "funding", "accepted"),
        (74, "registrations", "missing"),
        (74, "units", "accepted"),
    ]
    others = [line for line in statuses if line[1] not in MARTS.values()]
    assert {status for _, _, status in others} == {"missing"}
    assert [key for key, dataset, _ in others if dataset == "totals"] == [72, 73], "of a township no totals are asked"
    # a figure rolls up its subtree, and an event of two reporters counts once, at its organiser
    figures = dict(asked("select (office_key, indicator)::text, value from marts.rpt_figures where period = '2023-07'"))
    assert figures["(71,units)"] == figures["(72,units)"] == 7
    assert (figures["(73,units)"], figures["(74,units)"]) == (4, 1)
    assert figures["(71,events)"] == figures["(72,events)"] == 2
    assert figures["(71,volunteers)"] == 1, "four registrations of one person"
    # each office was told, in its own way and with its own token
    receipts = {target: put_receipt(body) for target, body in offices.puts().items()}
    assert {target: receipt["outcome"] for target, receipt in receipts.items()} == {
        f"/{CITY}/receipts/2023-07/1": "accepted",
        f"/{COUNTY}/receipts/2023-07/1": "partly_accepted",
        f"/{COUNTY}/receipts/2023-07/2": "accepted",
    }
    (reason,) = [
        reason
        for target, receipt in receipts.items()
        if target.endswith(f"{COUNTY}/receipts/2023-07/1")
        for reason in receipt["datasets"]["units"]["reasons"]
        if reason["severity"] == "critical"
    ]
    assert (reason["row"], reason["cell"]) == (5, "C5")
    assert json.loads((submitted / "1-regular.receipt.json").read_text())["outcome"] == "accepted"
    tokens = {request.target.split("/")[1]: request.headers["authorization"] for request in offices.asked}
    assert tokens == {CITY: "Bearer tok", COUNTY: "Bearer other"}
    # landing holds what was sent, and the reader reads the marts and nothing else
    assert len([path for path in places.rglob("*") if path.is_file()]) == 4
    capsys.readouterr()
    assert cli.main(["sql", "--csv", "select count(*) from fct_funding"]) == 0
    assert capsys.readouterr().out == "count\n5\n"
    assert cli.main(["sql", "--csv", "select count(*) from raw.units"]) == 1
    # the same month again changes nothing
    before = digest_of_marts()
    run_month()
    assert digest_of_marts() == before
    assert len(asked("select 1 from ledger.submissions")) == 4
    # one township's correction moves its own figures and its ancestors'
    (submitted / "2-correction.json").write_bytes(as_json(units=[], funding=rows_of("funding", 1, 50)))
    run_month()
    assert counts(74) == {"fct_unit_months": 0, "fct_registrations": 0, "fct_events": 0, "fct_funding": 1}
    assert counts(72)["fct_unit_months"] == 3
    moved = dict(
        asked(
            "select office_key, value from marts.rpt_figures"
            " where period = '2023-07' and indicator = 'units' and office_key < 75"
        )
    )
    assert moved == {71: 6, 72: 6, 73: 3, 74: 0}
    assert json.loads((submitted / "2-correction.receipt.json").read_text())["outcome"] == "accepted"
