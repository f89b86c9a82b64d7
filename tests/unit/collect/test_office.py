"""One office, asked: what lands, what is said of the rest, and what is remembered for the next time."""

import gzip
import hashlib
import time

import pytest

from rollcall.collect import patience
from rollcall.collect.answer import Known
from rollcall.errors import LandingCorrupt
from tests.loopback import Reply, entry, listing, play
from tests.unit.collect.conftest import OFFICE

CODE = OFFICE.code
LISTING = f"/{CODE}/submissions"
FILE = f"/{CODE}/submissions/2023-07/1"


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def revisions(answer):
    return [listed.revision for listed, _ in answer.landed]


def test_lands_what_is_new_byte_for_byte(server, ask, landed):
    play(server, CODE, (b"first", {}), (b"second", {"kind": "correction"}), etag='"1"')
    answer = ask()
    assert (answer.outcome, answer.detail, answer.etag) == ("answered", None, '"1"')
    assert revisions(answer) == [1, 2]
    assert landed() == {sha256(content): content for content in (b"first", b"second")}
    assert all(at.tzinfo is not None for _, at in answer.landed)


def test_asks_for_the_period(server, ask):
    play(server, CODE, (b"first", {}))
    ask()
    assert server.targets()[0] == f"/{CODE}/submissions?period=2023-07"


def test_what_is_known_is_not_fetched_again(server, ask):
    play(server, CODE, (b"first", {}), (b"second", {}))
    answer = ask(Known(None, {(1, "2023-07.xlsx"): sha256(b"first")}))
    assert revisions(answer) == [2]
    assert FILE not in server.targets()


def test_not_modified_says_nothing_and_fetches_nothing(server, ask):
    play(server, CODE, (b"first", {}), etag='"1"')
    answer = ask(Known('"1"', {(1, "2023-07.xlsx"): sha256(b"first")}))
    assert answer.not_modified
    assert answer.landed == []
    assert server.asked[0].headers["if-none-match"] == '"1"'
    assert len(server.asked) == 1


def test_not_modified_to_someone_who_knows_nothing_is_trouble(server, ask):
    """Such an office would otherwise never get a line in the ledger."""
    server.answer(LISTING, Reply(304))
    answer = ask()
    assert (answer.outcome, answer.not_modified) == ("trouble", False)
    assert "304" in answer.detail


@pytest.mark.parametrize("etag", ["x" * 300, "caf\x81"])
def test_an_etag_that_is_none_is_forgotten(server, ask, etag):
    server.answer(LISTING, Reply(body=listing(CODE, [entry(b"first")]), headers={"ETag": etag}))
    server.answer(FILE, Reply(body=b"first"))
    answer = ask()
    assert (answer.outcome, answer.etag) == ("answered", None)


def test_404_and_an_empty_list_are_silence(server, ask):
    assert ask().outcome == "silent"
    server.answer(LISTING, Reply(body=listing(CODE, []), headers={"ETag": '"0"'}))
    answer = ask()
    assert (answer.outcome, answer.etag, answer.landed) == ("silent", '"0"', [])


def test_503_twice_and_then_an_answer_waits_as_long_as_asked(server, ask, slept):
    play(server, CODE, (b"first", {}))
    works = server.replies[LISTING]
    server.answer(LISTING, Reply(503, headers={"Retry-After": "3"}), Reply(429, headers={"Retry-After": "57"}), *works)
    assert ask().outcome == "answered"
    assert slept == [3.0, 57.0], "60 s in all"


DAY_AWAY = {"Date": "Thu, 03 Aug 2023 01:12:44 GMT", "Retry-After": "Fri, 04 Aug 2023 01:12:44 GMT"}


@pytest.mark.parametrize("headers", [{"Retry-After": "86400"}, DAY_AWAY, {"Retry-After": "61"}])
@pytest.mark.parametrize("status", [429, 503])
def test_an_office_that_asks_for_more_than_a_minute_is_left_alone_until_the_next_run(
    server, ask, slept, status, headers
):
    server.answer(LISTING, Reply(status, headers=headers))
    answer = ask()
    assert (answer.outcome, answer.etag, slept, len(server.asked)) == ("unreachable", None, [], 1)
    assert "Retry-After" in answer.detail
    assert "next run" in answer.detail


def test_waits_add_up_to_a_minute_for_one_office(server, ask, slept):
    """The third time it asks for 25 s it would have been waited for 75."""
    server.answer(LISTING, Reply(503, headers={"Retry-After": "25"}))
    answer = ask(tries=9)
    assert slept == [25.0, 25.0]
    assert "Retry-After 25 s" in answer.detail
    assert len(server.asked) == 3


def test_a_file_that_asks_for_a_day_ends_the_turn_and_what_landed_stays(server, ask, slept):
    """`not before the next run` holds for the office, not for the file alone."""
    play(server, CODE, (b"first", {}), (b"second", {}), (b"third", {}), etag='"1"')
    server.answer(f"/{CODE}/submissions/2023-07/2", Reply(503, headers={"Retry-After": "86400"}))
    answer = ask()
    assert (answer.outcome, answer.etag, revisions(answer), slept) == ("unreachable", None, [1], [])
    assert f"/{CODE}/submissions/2023-07/3" not in server.targets()
    assert "next run" in answer.detail


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, None, 403, 404, 302])
def test_a_file_that_cannot_be_fetched_does_not_hold_up_the_next(server, ask, status):
    play(server, CODE, (b"first", {}), (b"second", {}), etag='"1"')
    server.answer(FILE, Reply(status))
    answer = ask()
    assert revisions(answer) == [2]
    assert answer.outcome in {"unreachable", "trouble"}
    assert answer.etag is None, "it is asked for everything again"
    assert answer.detail.startswith("revision 1: ")


def test_waits_of_our_own_come_to_an_end_too(server, ask, slept):
    """A hundred files that answer 500 are tried again as long as the minute lasts, and then once each."""
    play(server, CODE, *((bytes([number]), {}) for number in range(100)))
    for number in range(1, 101):
        server.answer(f"/{CODE}/submissions/2023-07/{number}", Reply(500))
    answer = ask(tries=5)
    assert 50 < sum(slept) <= 60
    assert len(server.asked) < 1 + 100 * 2
    assert "revision 1: " in answer.detail
    assert "revision 100: " in answer.detail


def test_the_turn_of_an_office_ends_whatever_it_does(server, ask, monkeypatch):
    """It drips one file after the other, each within the time of a file; the office has 0.5 s in all."""
    monkeypatch.setattr(patience, "TURN_SECONDS", 0.5)
    play(server, CODE, *((bytes([number]) * 40, {}) for number in range(1, 20)))
    for number in range(1, 20):
        server.answer(f"/{CODE}/submissions/2023-07/{number}", Reply(body=bytes([number]) * 40, pause=0.005))
    started = time.monotonic()
    answer = ask()
    assert time.monotonic() - started < 3
    assert answer.outcome == "unreachable"
    assert 0 < len(answer.landed) < 19, "what came in time has landed"
    assert "of this run are over" in answer.detail


@pytest.mark.parametrize("pause", [0.01, 0.3])
def test_a_listing_that_drips_ends_with_the_turn(server, ask, monkeypatch, pause):
    monkeypatch.setattr(patience, "TURN_SECONDS", 0.5)
    server.answer(LISTING, Reply(body=listing(CODE, []) * 100, pause=pause))
    started = time.monotonic()
    answer = ask()
    assert time.monotonic() - started < 3
    assert answer.outcome == "unreachable"


def test_a_turn_that_is_over_asks_nothing_more(server, ask):
    """The same turn serves an office's other periods of a run."""
    turn = patience.Turn()
    server.answer(LISTING, Reply(503, headers={"Retry-After": "86400"}))
    first = ask(turn=turn)
    again = ask(turn=turn)
    assert len(server.asked) == 1
    assert again.detail == first.detail


def test_without_retry_after_the_wait_doubles(server, ask, slept):
    server.answer(LISTING, Reply(503))
    answer = ask(tries=4)
    assert (answer.outcome, answer.landed) == ("unreachable", [])
    assert "503" in answer.detail
    assert slept == [0.5, 1.0, 2.0]
    assert len(server.asked) == 4


def test_a_file_that_comes_at_the_second_try_lands(server, ask, slept):
    play(server, CODE, (b"first", {}))
    server.answer(FILE, Reply(body=b"fir", length="5"), Reply(None), Reply(body=b"first"))
    assert revisions(ask()) == [1]
    assert len(slept) == 2


def test_what_landed_before_the_office_went_away_is_kept_without_an_etag(server, ask, landed):
    """The next run asks for everything again, and finds the first there."""
    play(server, CODE, (b"first", {}), (b"second", {}), etag='"1"')
    server.answer(f"/{CODE}/submissions/2023-07/2", Reply(None))
    answer = ask()
    assert (answer.outcome, answer.etag, revisions(answer)) == ("unreachable", None, [1])
    assert list(landed()) == [sha256(b"first")]


def test_one_entry_that_is_none_does_not_hold_up_the_others(server, ask, landed):
    """A name of 201 characters beside a good one: the good one lands, the other is named."""
    play(server, CODE, (b"first", {"filename": "a" * 201}), (b"second", {}), etag='"1"')
    answer = ask()
    assert (answer.outcome, answer.etag, revisions(answer)) == ("trouble", None, [2])
    assert "revision 1" in answer.detail
    assert "201 characters" in answer.detail
    assert list(landed().values()) == [b"second"]
    assert FILE not in server.targets()


def test_of_ten_thousand_entries_a_hundred_are_taken(server, ask):
    """One office must not fill the ledger, the evening and its own receipts."""
    content = b"the same"
    entries = [entry(content, number, path="submissions/all") for number in range(1, 10_001)]
    server.answer(LISTING, Reply(body=listing(CODE, entries), headers={"ETag": '"1"'}))
    server.answer(f"/{CODE}/submissions/all", Reply(body=content))
    answer = ask()
    assert revisions(answer) == list(range(1, 101))
    assert len(server.asked) == 101
    assert (answer.outcome, answer.etag) == ("trouble", None)
    assert "9900 entries beyond the first 100" in answer.detail


def test_the_same_bytes_as_two_revisions_both_land(server, ask, landed):
    """Whether the second changes anything is said by who judges it."""
    play(server, CODE, (b"same", {}), (b"same", {}))
    answer = ask()
    assert (answer.outcome, revisions(answer)) == ("answered", [1, 2])
    assert landed() == {sha256(b"same"): b"same"}


@pytest.mark.parametrize("status", [301, 400, 401, 403, 501])
def test_a_status_that_breaks_the_protocol_is_trouble_at_once(server, ask, slept, status):
    server.answer(LISTING, Reply(status))
    answer = ask()
    assert (answer.outcome, slept) == ("trouble", [])
    assert str(status) in answer.detail


@pytest.mark.parametrize(
    ("sent", "changes"),
    [
        (b"other", {}),
        (b"first!", {}),
        (b"", {}),
        (b"first", {"bytes": 6}),
        (b"first", {"bytes": 0}),
        (b"first", {"sha256": "0" * 64}),
        (b"<html>502</html>", {}),
    ],
)
def test_bytes_that_are_not_those_announced_land_nothing_and_keep_no_etag(server, ask, landed, sent, changes):
    """Nothing lands under a wrong name, and no etag keeps the office from being asked again."""
    play(server, CODE, (b"first", changes), etag='"1"')
    server.answer(FILE, Reply(body=sent))
    answer = ask()
    assert (answer.outcome, answer.etag, answer.landed, landed()) == ("trouble", None, [], {})
    assert "revision 1: announced" in answer.detail


def test_one_wrong_file_does_not_hold_up_the_others(server, ask, landed):
    play(server, CODE, (b"first", {"sha256": "0" * 64}), (b"second", {}), etag='"1"')
    answer = ask()
    assert (answer.outcome, answer.etag, revisions(answer)) == ("trouble", None, [2])
    assert list(landed().values()) == [b"second"]


def test_a_file_announced_but_not_there_is_trouble(server, ask):
    play(server, CODE, (b"first", {}))
    del server.replies[FILE]
    answer = ask()
    assert answer.outcome == "trouble"
    assert "announced, but not there" in answer.detail


@pytest.mark.parametrize("changes", [{}, {"filename": "other.xlsx"}])
def test_a_revision_that_changed_since_is_trouble_and_is_not_fetched(server, ask, changes):
    """Revisions are for ever; a correction is a new one."""
    play(server, CODE, (b"changed", changes))
    answer = ask(Known(None, {(1, "2023-07.xlsx"): sha256(b"first")}))
    assert (answer.outcome, answer.landed) == ("trouble", [])
    assert "revision 1 is not the one collected before" in answer.detail
    assert FILE not in server.targets()


def test_a_file_announced_as_too_large_is_noted_and_never_fetched(server, ask):
    play(server, CODE, (b"first", {"bytes": 100_001}))
    answer = ask()
    assert (answer.outcome, answer.landed) == ("answered", [])
    assert [listed.revision for listed, _ in answer.too_large] == [1]
    assert FILE not in server.targets()


@pytest.mark.parametrize("sent", [b"x" * 200_000, b"first!", b"first" * 100])
@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "gzip"}])
def test_a_file_longer_than_announced_is_trouble_and_never_too_large(server, ask, landed, sent, headers):
    """It is asked again: a receipt that says "too large" would be false, and for good."""
    play(server, CODE, (b"first", {}), (b"second", {}), etag='"1"')
    server.answer(FILE, Reply(body=gzip.compress(sent) if headers else sent, headers=headers))
    answer = ask()
    assert (answer.outcome, answer.etag, answer.too_large) == ("trouble", None, [])
    assert "revision 1: announced 5 bytes, but it is longer" in answer.detail
    assert list(landed().values()) == [b"second"]


def test_of_a_file_without_end_no_more_is_read_than_was_announced(server, ask):
    play(server, CODE, (b"first", {}))
    server.answer(FILE, Reply(body=b"x" * (1 << 22), length=""))
    started = time.monotonic()
    assert ask().outcome == "trouble"
    assert time.monotonic() - started < 5


def test_what_an_office_has_us_say_is_text_that_a_database_holds(server, ask):
    server.answer(LISTING, Reply(302, headers={"Content-Encoding": "x"}))
    server.answer(LISTING, Reply(body=b"a", headers={"Content-Encoding": "\x01\x7f"}))
    detail = ask().detail
    assert detail.isprintable()
    assert "Content-Encoding" in detail


def test_an_office_that_sends_us_to_another_is_not_followed(server, ask):
    """Its listing names a path of another office; the token never goes there."""
    play(server, "620000000000", (b"theirs", {}))
    play(server, CODE, (b"theirs", {"path": "%2e%2e/620000000000/submissions/2023-07/1"}))
    server.asked.clear()
    answer = ask()
    assert answer.outcome == "trouble"
    assert server.targets() == [f"/{CODE}/submissions?period=2023-07"]


def test_a_listing_larger_than_any_is_trouble(server, ask, monkeypatch):
    monkeypatch.setattr("rollcall.collect.office.MAX_LISTING_BYTES", 1000)
    server.answer(LISTING, Reply(body=b"[" * 5000))
    assert ask().outcome == "trouble"


def test_trouble_of_our_own_is_raised(server, ask, tmp_path):
    """A landing that is corrupt is no office's doing, and must not look like it."""
    play(server, CODE, (b"first", {}))
    file = tmp_path / "landing" / sha256(b"first")[:2] / sha256(b"first")
    file.parent.mkdir(parents=True)
    file.write_bytes(b"fi")
    with pytest.raises(LandingCorrupt):
        ask()


def test_a_full_disk_is_trouble_of_our_own(server, ask, tmp_path):
    play(server, CODE, (b"first", {}))
    (tmp_path / "landing").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="landing"):
        ask()
