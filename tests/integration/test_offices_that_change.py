"""Offices that change: one that ended corrects its old months; the warehouse is told what became of them."""

import json

import pytest

from rollcall import build, settings, steps
from rollcall.offices import write_seeds
from rollcall.periods import Period
from rollcall.settings import load_settings
from rollcall.warehouse.connection import connect
from tests.files import as_json, rows_of

JULY, AUGUST = Period(2023, 7), Period(2023, 8)
CODE = "990101000000"


@pytest.fixture
def drop(warehouse, registry, places, monkeypatch, tmp_path):
    """Office 2 goes into office 3 on 1 August, and a new office takes its code; all have one drop folder."""
    root = tmp_path / "drop"
    registry(
        "1,990000000000,示例省,province,,false,,",
        f"2,{CODE},甲县,county,1,true,file://{root},",
        f"3,990102000000,乙县,county,1,true,file://{root},",
        f"4,{CODE},丙区,county,1,true,file://{root},",
        events=["1,2023-08-01,merge,2,,,,3,,", "2,2023-08-01,create,4,,,,,,"],
    )
    monkeypatch.setenv("ROLLCALL_PARSE_WORKERS", "1")
    monkeypatch.setattr("rollcall.load.period.STATE", tmp_path / "state")
    with connect() as connection:
        connection.execute(
            "create table reference.offices (office_key integer, code text, name text, level text, parent_key integer, "
            "valid_from date, valid_to date, reports boolean, endpoint text, connection text)"
        )
        versions, _, _ = write_seeds(load_settings().registry, tmp_path / "derived")
        with connection.cursor().copy("copy reference.offices from stdin (format csv, header)") as copy:
            copy.write(versions.read_bytes())
    return root


def submit(root, period, name, units):
    folder = root / CODE / str(period)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_bytes(as_json(units=rows_of("units", units)))


def run(period):
    for chunk in steps.plan([period]):
        steps.collect(chunk["periods"], chunk["office_keys"], "run")
    steps.load(period, "run")
    steps.send_receipts(period, "run")


def asked(query):
    with connect() as connection:
        return connection.execute(query).fetchall()


def receipt(root, period, name):
    return json.loads((root / CODE / str(period) / f"{name}.receipt.json").read_text(encoding="utf-8"))


def test_a_code_is_the_office_that_bore_it_on_the_periods_last_day(drop):
    """July's correction is the merged office's, August's report the new one's; each is told under the same code."""
    submit(drop, JULY, "1-regular", 2)
    submit(drop, AUGUST, "1-regular", 5)
    run(AUGUST)
    run(JULY)
    submit(drop, JULY, "2-correction", 3)
    run(JULY)
    assert asked("select period, office_key, revision from ledger.submissions order by 1, 2, 3") == [
        ("2023-07", 2, 1), ("2023-07", 2, 2), ("2023-08", 4, 1),
    ]  # fmt: skip
    pointed = asked(
        "select office_key, period, accepted from ledger.slices"
        " join ledger.verdicts using (submission_id, dataset) where dataset = 'units' order by 1"
    )
    assert pointed == [(2, "2023-07", 3), (4, "2023-08", 5)]
    assert asked("select count(*) from ledger.receipts where sent_at is null") == [(0,)]
    told = [receipt(drop, JULY, "2-correction"), receipt(drop, AUGUST, "1-regular")]
    assert [(one["office_code"], one["period"], one["outcome"]) for one in told] == [
        (CODE, "2023-07", "accepted"), (CODE, "2023-08", "accepted"),
    ]  # fmt: skip


def test_an_office_that_ended_is_not_asked_for_the_month_after(drop):
    """Who is expected is decided on the period's last day."""
    steps.plan([JULY, AUGUST])
    assert asked("select distinct period, office_key from ledger.expected_slices order by 1, 2") == [
        ("2023-07", 2), ("2023-07", 3), ("2023-08", 3), ("2023-08", 4),
    ]  # fmt: skip


def rewrite_log(old, new):
    log = load_settings().registry / "office_events.csv"
    text = log.read_text(encoding="utf-8")
    assert old in text
    log.write_text(text.replace(old, new), encoding="utf-8")


def test_a_merger_learnt_late_holds_the_file_of_its_office_and_nothing_else(drop):
    """Its office is told who reports instead, the others are judged, and what is expected follows the log."""
    submit(drop, JULY, "1-regular", 2)
    other = drop / "990102000000" / str(JULY)
    other.mkdir(parents=True)
    (other / "1-regular.json").write_bytes(as_json(units=rows_of("units", 3)))
    for chunk in steps.plan([JULY]):
        steps.collect(chunk["periods"], chunk["office_keys"], "run")
    rewrite_log("2023-08-01,merge", "2023-07-15,merge")
    steps.load(JULY, "run")
    steps.send_receipts(JULY, "run")
    steps.require_all_judged(JULY)
    assert asked(
        "select office_key, outcome from ledger.judgements join ledger.submissions using (submission_id) order by 1"
    ) == [(2, "turned_away"), (3, "accepted")]
    told = receipt(drop, JULY, "1-regular")
    assert (told["office_code"], told["outcome"]) == (CODE, "turned_away")
    assert "2023-07 的数据由“乙县”（990102000000）报送" in told["reason"]
    assert "不必重报" in told["reason"]
    assert asked("select distinct office_key from ledger.expected_slices where period = '2023-07'") == [(3,)]
    before = asked("select submission_id, batch_id from ledger.judgements order by 1")
    steps.load(JULY, "run")
    assert asked("select submission_id, batch_id from ledger.judgements order by 1") == before


def test_a_file_held_for_a_merger_is_judged_once_the_log_says_otherwise(drop):
    """Nothing has to be sent again: it is accepted, its office is told so, and is expected as before."""
    submit(drop, JULY, "1-regular", 2)
    for chunk in steps.plan([JULY]):
        steps.collect(chunk["periods"], chunk["office_keys"], "run")
    expected = asked("select * from ledger.expected_slices order by 1, 2, 3")
    rewrite_log("2023-08-01,merge", "2023-07-15,merge")
    steps.load(JULY, "run")
    steps.send_receipts(JULY, "run")
    rewrite_log("2023-07-15,merge", "2023-08-01,merge")
    steps.load(JULY, "run")
    assert asked("select outcome, awaits_registry from ledger.judgements") == [("accepted", False)]
    assert asked("select office_key, dataset from ledger.slices") == [(2, "units")]
    assert asked("select * from ledger.expected_slices order by 1, 2, 3") == expected
    steps.send_receipts(JULY, "run")
    assert receipt(drop, JULY, "1-regular")["outcome"] == "accepted"
    assert asked("select tries, sent_at is not null from ledger.receipts") == [(2, True)]


def test_a_merger_learnt_after_its_file_was_accepted_takes_nothing_back(drop):
    """What was accepted is a record of its office, and counts at its heir; only what comes later is held."""
    submit(drop, JULY, "1-regular", 2)
    run(JULY)
    rewrite_log("2023-08-01,merge", "2023-07-15,merge")
    steps.load(JULY, "run")
    assert asked("select outcome from ledger.judgements") == [("accepted",)]
    assert asked("select office_key from ledger.slices") == [(2,)]


def test_the_warehouse_has_versions_log_and_heirs_of_the_registry(warehouse, registry, monkeypatch, tmp_path):
    """Empty ones where there is no log; seeded anew, and everything built anew, when the log says something else."""
    monkeypatch.setattr(settings, "STATE", tmp_path / "state")
    lines = [
        "1,990000000000,示例省,province,,true,,",
        *(f"{key},99010{key}000000,{key}县,county,1,true,," for key in (2, 3, 4)),
    ]
    registry(*lines)
    build.seed()
    before = build.seeds_sha256(), build.definitions_sha256()
    for table, rows in (("offices", 4), ("office_events", 0), ("office_heirs", 0)):
        assert asked(f"select count(*) from reference.{table}") == [(rows,)]
    assert (build.seeds_sha256(), build.definitions_sha256()) == before
    split = ["1,2023-06-01,split,2,,,,3,0.35,某号文", "2,2023-06-01,split,2,,,,4,0.65,某号文"]
    registry(*lines, events=[*split, "3,2023-07-01,rename,4,,新县,,,,"])
    assert not {build.seeds_sha256(), build.definitions_sha256()} & set(before)
    build.seed()
    assert asked("select name, valid_from::text, valid_to::text from reference.offices where office_key in (2, 4)") == [
        ("2县", None, "2023-05-31"), ("4县", None, "2023-06-30"), ("新县", "2023-07-01", None),
    ]  # fmt: skip
    assert asked("select office_key, from_day::text, to_day, heir_key, share::text from reference.office_heirs") == [
        (2, "2023-06-01", None, 3, "0.35"), (2, "2023-06-01", None, 4, "0.65"),
    ]  # fmt: skip
    assert asked("select event_no, event, into_key, share::text, source from reference.office_events") == [
        (1, "split", 3, "0.35", "某号文"), (2, "split", 4, "0.65", "某号文"), (3, "rename", None, None, None),
    ]  # fmt: skip
