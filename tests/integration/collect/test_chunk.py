"""A chunk of offices, asked for real: what the ledger says afterwards, also after a crash."""

import hashlib
import logging
import os
import time
from datetime import UTC, datetime, timedelta

import pytest

from rollcall import steps
from rollcall.collect import chunk, patience
from rollcall.periods import Period
from rollcall.warehouse.connection import connect
from tests.loopback import Reply, entry, listing, play

PERIOD = Period(2023, 7)
GOOD, DEAD, DROP, MUTE = "990000000001", "990000000002", "990000000003", "990000000004"
ANSWERS = "select office_key, outcome, etag from ledger.answers where period = '2023-07' order by 1"
SUBMISSIONS = (
    "select office_key, revision, kind, filename, bytes, sha256, is_landed from ledger.submissions order by 1, 2, 4"
)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def asked(query):
    with connect() as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def drop(tmp_path):
    """The third office's drop folder, with one file in it."""
    folder = tmp_path / "drop" / DROP / "2023-07"
    folder.mkdir(parents=True)
    (folder / "1-regular.xlsx").write_bytes(b"dropped")
    return folder


@pytest.fixture
def four(warehouse, registry, places, offices, drop, tmp_path):
    """Four offices: one answers, one closes the connection, one has a drop folder, one has nothing."""
    registry(
        "1,990000000000,示例省,province,,false,,",
        f"2,{GOOD},甲市,city,1,true,,",
        f"3,{DEAD},乙市,city,1,true,,",
        f"4,{DROP},丙市,city,1,true,file://{tmp_path / 'drop'},",
        f"5,{MUTE},丁市,city,1,true,,",
        "6,990000000006,戊市,city,1,true,,",
        events=["1,2023-08-01,create,6,,,,,,"],
    )
    play(offices, GOOD, (b"first", {}), (b"second", {"kind": "correction"}), etag='"1"')
    offices.answer(f"/{DEAD}/submissions", Reply(None))
    return [2, 3, 4, 5]


def test_plan_notes_what_is_expected_and_cuts_chunks(four, monkeypatch):
    """Names only go through Airflow; whom to ask is decided on the period's last day."""
    monkeypatch.setenv("ROLLCALL_CHUNK_OFFICES", "3")
    chunks = steps.plan([Period(2023, 8), PERIOD])
    assert [(c["periods"], c["office_keys"]) for c in chunks] == [
        (["2023-08", "2023-07"], [2, 3, 4]),
        (["2023-08", "2023-07"], [5, 6]),
    ]
    assert chunks[0]["name"] == "2023-08, 2023-07 甲市–丙市"
    expected = asked(
        "select period, count(*), count(distinct office_key), min(due_at)"
        " from ledger.expected_slices group by 1 order by 1"
    )
    assert [row[:3] for row in expected] == [("2023-07", 4 * 14, 4), ("2023-08", 5 * 14, 5)]
    assert expected[0][3] == datetime(2023, 8, 5, 15, 59, 59, 999999, UTC)


def test_planning_again_moves_no_deadline(four, monkeypatch):
    """What an office was told stays, whatever the setting says later."""
    steps.plan([PERIOD])
    before = asked("select * from ledger.expected_slices order by 1, 2, 3")
    monkeypatch.setenv("ROLLCALL_DEADLINE_DAY", "20")
    steps.plan([PERIOD])
    assert asked("select * from ledger.expected_slices order by 1, 2, 3") == before


def test_every_office_gets_a_line_and_none_holds_up_the_others(four, places):
    steps.collect(["2023-07"], four, "run")
    assert asked(ANSWERS) == [
        (2, "answered", '"1"'),
        (3, "unreachable", None),
        (4, "answered", None),
        (5, "silent", None),
    ]
    assert asked(SUBMISSIONS) == [
        (2, 1, "regular", "2023-07.xlsx", 5, sha256(b"first"), True),
        (2, 2, "correction", "2023-07.xlsx", 6, sha256(b"second"), True),
        (4, 1, "regular", "1-regular.xlsx", 7, sha256(b"dropped"), True),
    ]
    assert {path.name for path in places.rglob("*") if path.is_file()} == {
        sha256(content) for content in (b"first", b"second", b"dropped")
    }
    assert asked("select step, period, run_id, rows from ops.steps") == [("collect", "2023-07", "run", 3)]


def test_the_token_comes_from_an_airflow_connection(four, offices):
    steps.collect(["2023-07"], four, "run")
    assert {request.headers.get("authorization") for request in offices.asked} == {"Bearer tok"}


def test_moments_are_kept_as_announced_and_as_received(four):
    before = datetime.now(UTC)
    steps.collect(["2023-07"], four, "run")
    ((submitted_at, received_at),) = asked(
        "select submitted_at, received_at from ledger.submissions where office_key = 2 and revision = 1"
    )
    assert submitted_at == datetime(2023, 8, 3, 1, 12, 44, tzinfo=UTC)
    assert before <= received_at <= datetime.now(UTC) + timedelta(seconds=1)


def test_a_second_run_changes_nothing_and_fetches_nothing(four, offices):
    """Known etags are sent, known files are not asked for; only the time of asking moves."""
    steps.collect(["2023-07"], four, "run")
    before = asked(SUBMISSIONS), asked(ANSWERS)
    (first_asked,) = asked("select asked_at from ledger.answers where office_key = 2")
    offices.asked.clear()
    steps.collect(["2023-07"], four, "again")
    assert (asked(SUBMISSIONS), asked(ANSWERS)) == before
    assert asked("select asked_at from ledger.answers where office_key = 2")[0] > first_asked
    targets = [request.target for request in offices.asked if GOOD in request.target]
    assert targets == [f"/{GOOD}/submissions?period=2023-07"]


def test_a_new_revision_is_the_only_thing_fetched(four, offices):
    steps.collect(["2023-07"], four, "run")
    play(offices, GOOD, (b"first", {}), (b"second", {"kind": "correction"}), (b"third", {}), etag='"2"')
    offices.asked.clear()
    steps.collect(["2023-07"], four, "again")
    fetched = [request.target for request in offices.asked if "submissions/" in request.target]
    assert fetched == [f"/{GOOD}/submissions/2023-07/3"]
    assert asked("select revision from ledger.submissions where office_key = 2 order by 1") == [(1,), (2,), (3,)]


def test_an_office_that_comes_back_is_asked_anew(four, offices):
    steps.collect(["2023-07"], four, "run")
    play(offices, DEAD, (b"late", {}), etag='"1"')
    steps.collect(["2023-07"], four, "again")
    assert asked("select outcome, detail, etag from ledger.answers where office_key = 3") == [("answered", None, '"1"')]


def test_an_outage_after_an_answer_forgets_the_etag_and_nothing_else(four, offices):
    steps.collect(["2023-07"], four, "run")
    offices.answer(f"/{GOOD}/submissions", Reply(None))
    steps.collect(["2023-07"], four, "again")
    assert asked("select outcome, etag from ledger.answers where office_key = 2") == [("unreachable", None)]
    assert len(asked("select 1 from ledger.submissions where office_key = 2")) == 2


def test_killed_between_landing_and_ledger_the_next_run_completes(four, monkeypatch, places):
    """Bytes lie in landing, the ledger knows nothing: the same bytes land under the same name, once."""

    class Killed(BaseException):
        """As a signal would end it."""

    def die(*_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(chunk, "record", die)
        with pytest.raises(Killed):
            steps.collect(["2023-07"], four, "run")
    landed = {path: path.stat().st_mtime_ns for path in places.rglob("*") if path.is_file()}
    assert len(landed) == 3
    assert asked(SUBMISSIONS) == []
    steps.collect(["2023-07"], four, "again")
    assert {path: path.stat().st_mtime_ns for path in places.rglob("*") if path.is_file()} == landed
    assert len(asked(SUBMISSIONS)) == 3


def test_a_chunk_is_recorded_as_a_whole_or_not_at_all(four, monkeypatch):
    """One transaction: no etag without the submissions it stands for."""
    executed = []
    real = chunk.record

    def half(connection, period, answers):
        real(connection, period, answers)
        executed.append(len(answers))
        raise ConnectionError("gone before the commit")

    monkeypatch.setattr(chunk, "record", half)
    with pytest.raises(ConnectionError):
        steps.collect(["2023-07"], four, "run")
    assert executed == [4]
    assert asked(SUBMISSIONS) == asked(ANSWERS) == asked("select 1 from ops.steps") == []


def test_a_file_over_the_limit_is_in_the_ledger_and_not_in_landing(four, offices, places, monkeypatch):
    """It gets a receipt like any other, so it must be known."""
    play(offices, GOOD, (b"first", {"bytes": 26 << 20}))
    steps.collect(["2023-07"], [2], "run")
    assert asked("select revision, bytes, is_landed from ledger.submissions") == [(1, 26 << 20, False)]
    assert not places.exists()
    steps.collect(["2023-07"], [2], "again")
    assert len(asked("select 1 from ledger.submissions")) == 1


def test_hostile_words_reach_the_ledger_as_words(four, offices):
    """Quotes, markup and control characters of an office are text like any other, and short."""
    offices.answer(
        f"/{GOOD}/submissions", Reply(body=listing("'); drop table ledger.answers; --\x00<script>" * 50, []))
    )
    steps.collect(["2023-07"], [2], "run")
    ((outcome, detail),) = asked("select outcome, detail from ledger.answers where office_key = 2")
    assert outcome == "trouble"
    assert "drop table" in detail
    assert len(detail) <= 300


def test_entries_that_are_none_are_lines_in_the_ledger_and_the_good_ones_submissions(four, offices):
    """And the office is asked again: its etag is not kept."""
    entries = [entry(b"first", 1, filename="a" * 201), entry(b"second", 2)]
    offices.answer(f"/{GOOD}/submissions", Reply(body=listing(GOOD, entries), headers={"ETag": '"2"'}))
    steps.collect(["2023-07"], [2], "run")
    ((outcome, detail, etag),) = asked("select outcome, detail, etag from ledger.answers")
    assert (outcome, etag) == ("trouble", None)
    assert "revision 1" in detail
    assert asked("select revision from ledger.submissions") == [(2,)]


def test_the_same_bytes_as_two_revisions_at_once_are_two_submissions(four, offices):
    play(offices, GOOD, (b"same", {}), (b"same", {}))
    steps.collect(["2023-07"], [2], "run")
    assert asked("select revision, sha256 from ledger.submissions order by 1") == [
        (1, sha256(b"same")),
        (2, sha256(b"same")),
    ]


def test_what_is_in_a_drop_folder_with_a_name_of_its_own_reaches_the_ledger_as_text(four, drop):
    """Bytes of another encoding in a file's name are no text that a database holds."""
    (drop / "\udcb1\udced.xlsx").write_bytes(b"x")
    (drop / "2023-07.xlsx").write_bytes(b"x")
    steps.collect(["2023-07"], four, "run")
    ((outcome, detail),) = asked("select outcome, detail from ledger.answers where office_key = 4")
    assert outcome == "trouble"
    assert "2023-07.xlsx" in detail
    assert "\\udcb1" in detail
    assert asked("select filename from ledger.submissions where office_key = 4") == [("1-regular.xlsx",)]
    assert len(asked(ANSWERS)) == 4


def test_a_file_dropped_late_with_an_old_time_is_late(four, drop):
    """`cp -p` keeps the time of the original, which is no proof of when it was handed in."""
    os.utime(drop / "1-regular.xlsx", (1691028000, 1691028000))
    steps.plan([PERIOD])
    steps.collect(["2023-07"], four, "run")
    late = (
        "select distinct submitted_at > due_at from ledger.submissions join ledger.expected_slices"
        " using (office_key, period) where office_key = 4"
    )
    assert asked(late) == [(True,)]
    before = asked("select submitted_at from ledger.submissions where office_key = 4")
    steps.collect(["2023-07"], four, "again")
    assert asked("select submitted_at from ledger.submissions where office_key = 4") == before, (
        "the first moment counts"
    )


def test_a_dripping_office_costs_its_turn_and_no_more(four, offices, monkeypatch):
    """It alone is unreachable; the chunk ends, and the others are in the ledger."""
    monkeypatch.setattr(patience, "TURN_SECONDS", 0.5)
    offices.answer(f"/{DEAD}/submissions", Reply(body=listing(DEAD, []) * 1000, pause=0.01))
    started = time.monotonic()
    steps.collect(["2023-07"], four, "run")
    assert time.monotonic() - started < 10
    assert [row[:2] for row in asked(ANSWERS)] == [
        (2, "answered"),
        (3, "unreachable"),
        (4, "answered"),
        (5, "silent"),
    ]


def test_an_office_has_one_turn_of_a_run_however_many_months_it_is_asked_for(four, offices):
    """One that asks for a day is not asked for the other months of this run either; the next run asks it again."""
    busy = Reply(503, headers={"Retry-After": "86400"})
    offices.answer(f"/{GOOD}/submissions", busy)
    (chunk,) = steps.plan([Period(2023, 8), PERIOD])
    steps.collect(chunk["periods"], chunk["office_keys"], "run")
    targets = [request.target for request in offices.asked if GOOD in request.target]
    assert targets == [f"/{GOOD}/submissions?period=2023-08"]
    answers = asked("select period, outcome, detail from ledger.answers where office_key = 2 order by 1")
    assert [row[:2] for row in answers] == [("2023-07", "unreachable"), ("2023-08", "unreachable")]
    assert all("Retry-After 86400 s: asked again at the next run" in row[2] for row in answers)
    steps.collect(chunk["periods"], chunk["office_keys"], "next")
    assert len([request for request in offices.asked if GOOD in request.target]) == 2


def test_months_are_asked_by_the_code_of_each(four, offices):
    """An office that exists in one month only is asked for that one."""
    steps.collect(["2023-08", "2023-07"], [2, 5, 6], "run")
    targets = sorted(request.target for request in offices.asked if "submissions?" in request.target)
    assert targets == sorted(
        [
            *(f"/{code}/submissions?period={month}" for code in (GOOD, MUTE) for month in ("2023-07", "2023-08")),
            "/990000000006/submissions?period=2023-08",
        ]
    )
    assert asked("select period, rows from ops.steps order by 1") == [("2023-07", 2), ("2023-08", 0)]


def test_a_line_a_minute_says_how_far_the_chunk_is(four, offices, monkeypatch, caplog):
    """And nothing of a token, an address or a file."""
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(chunk, "SECONDS_BETWEEN_LINES", 0.3)
    offices.answer(f"/{DEAD}/submissions", Reply(body=b"x" * 100, pause=0.01), Reply(None))
    steps.collect(["2023-07"], four, "run")
    lines = [record.getMessage() for record in caplog.records if record.name == "rollcall.collect.chunk"]
    assert len(lines) > 1
    assert lines[-1] == (
        "2023-07: 4 of 4 offices asked: 2 answered, 1 silent, 0 unreachable, 1 in trouble; 3 files landed"
    )
    assert not [record for record in caplog.records if "tok" in record.getMessage() or "http:" in record.getMessage()]


def test_our_own_trouble_fails_the_chunk(four, monkeypatch):
    """No token, no landing: a person must act, and the ledger must not blame an office."""
    monkeypatch.setenv("ROLLCALL_CONNECTION", "nowhere")
    with pytest.raises(Exception, match="nowhere"):
        steps.collect(["2023-07"], [2], "run")
    assert asked(ANSWERS) == []
