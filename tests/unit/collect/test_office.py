"""One office, asked: what lands, what is said of the rest, and what is remembered for the next time."""

import hashlib

import pytest

from rollcall.collect.office import Known
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
    server.answer(
        LISTING, Reply(503, headers={"Retry-After": "3"}), Reply(503, headers={"Retry-After": "86400"}), *works
    )
    assert ask().outcome == "answered"
    assert slept == [3.0, 60.0], "a day is more than anyone waits"


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


def test_a_file_that_is_larger_than_announced_is_noted_unlanded(server, ask, landed):
    play(server, CODE, (b"x" * 200_000, {"bytes": 50_000}))
    answer = ask()
    assert [listed.revision for listed, _ in answer.too_large] == [1]
    assert landed() == {}


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
