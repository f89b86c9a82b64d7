"""Asking over HTTP, against a server on loopback that does what servers do."""

import gzip
import socket
import threading
import time
import zlib
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from requests import Session

from rollcall.collect.http import Address, answered, read_body, session_for
from rollcall.collect.patience import AskAgain
from rollcall.errors import BodyTooLong, OfficeInTrouble, OfficeSilent, OfficeUnreachable
from tests.loopback import Loopback, Reply, serving

MOST = 100_000
TOKEN = "tok"


@contextmanager
def dripping(beginning, drop):
    """A port that sends *beginning*, and then *drop* every 0.02 s until the other side is gone; nothing for b""."""

    def serve():
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.sendall(beginning)
            while not over.wait(0.02):
                connection.sendall(drop)

    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        over.set()
        thread.join(5)


def fetch(server, settings, path="file", token=TOKEN, seconds=10.0, most=MOST):
    """One GET and its whole body."""
    with answered(session_for(1), Address(f"{server.url}/office/", token), path, settings) as answer:
        return read_body(answer, most, seconds)


def test_the_token_goes_with_the_request_and_the_path_below_the_base(server, settings):
    server.answer("/office/file", Reply(body=b"abc"))
    assert fetch(server, settings) == b"abc"
    assert server.asked[0].target == "/office/file"
    assert server.asked[0].headers["authorization"] == "Bearer tok"


def test_an_office_without_a_token_is_asked_without_one(server, settings):
    server.answer("/office/file", Reply(body=b"abc"))
    fetch(server, settings, token=None)
    assert "authorization" not in server.asked[0].headers


def test_nothing_of_this_machine_is_sent_along(server, settings, monkeypatch, tmp_path):
    """A password of ~/.netrc, a proxy or a cookie has no business at an office."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login root password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server.answer("/office/file", Reply(body=b"abc"))
    assert fetch(server, settings, token=None) == b"abc"
    assert "authorization" not in server.asked[0].headers


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_status_that_may_pass_says_ask_again(server, settings, status):
    server.answer("/office/file", Reply(status))
    with pytest.raises(AskAgain, match=str(status)):
        fetch(server, settings)


@pytest.mark.parametrize("status", [201, 204, 206, 400, 401, 403, 405, 410, 501])
def test_any_other_status_is_the_offices_trouble(server, settings, status):
    server.answer("/office/file", Reply(status))
    with pytest.raises(OfficeInTrouble, match=str(status)):
        fetch(server, settings)


def test_404_is_an_office_that_has_nothing_yet(server, settings):
    with pytest.raises(OfficeSilent):
        fetch(server, settings)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_the_token_stays(server, settings, status):
    """Not within the server, and not to another, which would learn our token."""
    with serving() as elsewhere:
        elsewhere.answer("/stolen", Reply(body=b"gotcha"))
        for target in (f"{elsewhere.url}/stolen", "/office/other"):
            server.answer("/office/file", Reply(status, headers={"Location": target}))
            with pytest.raises(OfficeInTrouble, match=str(status)):
                fetch(server, settings)
        assert elsewhere.asked == []
        assert server.targets() == ["/office/file"] * 2


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("86400", 86400.0),
        ("9" * 400, float("inf")),
        ("Thu, 03 Aug 2023 01:13:14 GMT", 30.0),
        ("Thursday, 03-Aug-23 01:13:14 GMT", 30.0),
        ("Thu Aug  3 01:13:14 2023", 30.0),
        ("Thu, 03 Aug 2023 01:12:00 GMT", 0.0),
        *[(value, None) for value in ("", "soon", "-1", "1.5", "٧", "Thu, 33 Aug 2023 01:13:14 GMT")],
    ],
)
def test_retry_after_is_seconds_or_a_date_counted_from_the_answers_own(server, settings, value, wait, status):
    """An office's clock may be wrong by years; its Date and its Retry-After are off by the same."""
    headers = {"Date": "Thu, 03 Aug 2023 01:12:44 GMT"} | (
        {"Retry-After": value.encode().decode("latin-1")} if value else {}
    )
    server.answer("/office/file", Reply(status, headers=headers))
    with pytest.raises(AskAgain) as caught:
        fetch(server, settings)
    assert caught.value.wait == wait


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_a_date_without_the_answers_own_counts_from_our_clock(server, settings, date):
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    server.answer("/office/file", Reply(503, headers={"Date": date, "Retry-After": until}))
    with pytest.raises(AskAgain) as caught:
        fetch(server, settings)
    assert 95 < caught.value.wait <= 100


@pytest.mark.parametrize("location", ["http://[::1/", "\udcff\udcfe", "http://127.0.0.1:port/", "//", ""])
def test_a_redirect_that_leads_nowhere_is_the_offices_trouble(settings, location):
    """Nobody looks where it leads: what is no address raised an error that ended the chunk."""
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    with dripping(head.encode("utf-8", "surrogateescape"), b"") as port:
        address = Address(f"http://127.0.0.1:{port}", "tok")
        with pytest.raises(OfficeInTrouble, match="302"), answered(session_for(1), address, "file", settings):
            pass


def test_the_body_of_a_redirect_is_not_read(server, settings):
    """It may be without end, and nobody asked for it."""
    endless = Reply(302, b"x" * 400, {"Location": "/office/other"}, pause=0.05)
    server.answer("/office/file", endless)
    started = time.monotonic()
    with pytest.raises(OfficeInTrouble, match="302"):
        fetch(server, settings)
    assert time.monotonic() - started < 5


def test_headers_that_cannot_be_read_leave_nothing_in_the_log(settings, caplog):
    """Nor the address; whatever the office sends would stand there."""
    with dripping(b"HTTP/1.1 200 OK\r\nno header\r\nContent-Length: 3\r\n\r\nabc", b"") as port:
        address = Address(f"http://127.0.0.1:{port}", "tok")
        with pytest.raises(AskAgain), answered(session_for(1), address, "file", settings) as answer:
            raise AskAgain(f"HTTP {answer.status_code} in spite of it")
    assert [record for record in caplog.records if "no header" in record.getMessage()] == []


def test_nobody_listening_says_ask_again(settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    with (
        pytest.raises(AskAgain),
        answered(session_for(1), Address(f"http://127.0.0.1:{free}", "tok"), "file", settings),
    ):
        pass


def test_a_connection_that_is_closed_unanswered_says_ask_again(server, settings):
    server.answer("/office/file", Reply(None))
    with pytest.raises(AskAgain):
        fetch(server, settings)


def test_an_office_that_never_answers_is_left_after_the_read_limit(settings):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = Address(f"http://127.0.0.1:{deaf.getsockname()[1]}", "tok")
        hurried = replace(settings, read_seconds=0.2)
        with pytest.raises(AskAgain, match="Timeout"), answered(session_for(1), address, "file", hurried):
            pass


def test_a_dripping_body_stops_at_the_limit_for_the_whole(server, settings):
    """Each byte comes in time, the file never does."""
    server.answer("/office/file", Reply(body=b"x" * 400, pause=0.05))
    started = time.monotonic()
    with pytest.raises(AskAgain, match="unfinished"):
        fetch(server, settings, seconds=0.3)
    assert time.monotonic() - started < 10, "20 s is what the whole of it would take"


@pytest.mark.parametrize("what", ["status", "header", "headers without end", "continue without end", "trailers"])
def test_an_office_that_drips_anything_else_is_cut_off_too(settings, what):
    """Each byte comes in time for the read limit; the answer never begins, or never ends."""
    beginnings = {
        "status": (b"H", b"T"),
        "header": (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
        "headers without end": (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
        "continue without end": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        "trailers": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", b"A: b\r\n"),
    }
    with dripping(*beginnings[what]) as port:
        hurried = replace(settings, file_seconds=0.3)
        address = Address(f"http://127.0.0.1:{port}", "tok")
        started = time.monotonic()
        with pytest.raises(AskAgain), answered(session_for(1), address, "file", hurried) as answer:
            read_body(answer, MOST, 0.3)
        assert time.monotonic() - started < 5


def test_a_body_without_a_length_that_was_cut_off_is_not_taken_for_whole(settings):
    """It ends where the connection does, and the connection was ended by us."""
    with dripping(b"HTTP/1.1 200 OK\r\n\r\nabc", b"") as port:
        hurried = replace(settings, file_seconds=0.3)
        with (
            pytest.raises(AskAgain, match="unfinished"),
            answered(session_for(1), Address(f"http://127.0.0.1:{port}", "tok"), "file", hurried) as answer,
        ):
            read_body(answer, MOST, 10)


def test_an_exchange_that_was_cut_off_leaves_the_next_alone(server, settings):
    """The timer of one is over with it, also on a connection that is kept."""
    server.answer("/office/file", Reply(body=b"abc"))
    session, address = session_for(1), Address(f"{server.url}/office", "tok")
    for _ in range(3):
        with answered(session, address, "file", replace(settings, file_seconds=0.2)) as answer:
            assert read_body(answer, MOST, 10) == b"abc"
        time.sleep(0.25)
    server.answer("/office/file", Reply(body=b"x" * 400, pause=0.05), Reply(body=b"abc"))
    with pytest.raises(AskAgain), answered(session, address, "file", replace(settings, file_seconds=0.2)) as answer:
        read_body(answer, MOST, 10)
    with answered(session, address, "file", settings) as answer:
        assert read_body(answer, MOST, 10) == b"abc"


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "gzip, deflate", "compress"])
def test_a_body_packed_otherwise_or_twice_is_trouble_and_not_unpacked(server, settings, encoding):
    """A bomb in a bomb makes of fifty kilobytes what no limit on the first layer holds."""
    server.answer("/office/file", Reply(body=b"abc", headers={"Content-Encoding": encoding}))
    with pytest.raises(OfficeInTrouble, match="Content-Encoding"):
        fetch(server, settings)


def test_more_bytes_than_the_limit_are_not_read(server, settings):
    server.answer("/office/file", Reply(body=b"x" * (20 * MOST)))
    with pytest.raises(BodyTooLong):
        fetch(server, settings)


def test_exactly_the_limit_is_read(server, settings):
    server.answer("/office/file", Reply(body=b"x" * MOST))
    assert len(fetch(server, settings)) == MOST


@pytest.mark.parametrize("length", ["5", "500"])
def test_fewer_bytes_than_announced_say_ask_again(server, settings, length):
    """A connection cut in the middle must not land as a shorter file."""
    server.answer("/office/file", Reply(body=b"abc", length=length))
    with pytest.raises(AskAgain):
        fetch(server, settings)


def test_more_bytes_than_announced_are_not_taken_for_the_file(server, settings):
    server.answer("/office/file", Reply(body=b"abcdef", length="3"))
    assert fetch(server, settings) == b"abc"


@pytest.mark.parametrize("length", ["", "abc", "-1", "3, 3", "9" * 5000, "٣"])
def test_an_announced_length_that_is_none_never_crashes(server, settings, length):
    """What comes is judged by its digest."""
    reply = Reply(body=b"abc", length=length.encode().decode("latin-1"))
    server.answer("/office/file", reply)
    assert fetch(server, settings) == b"abc"


def test_contradicting_lengths_say_ask_again(server, settings):
    server.answer("/office/file", Reply(body=b"abc", length="3, 4"))
    with pytest.raises(AskAgain):
        fetch(server, settings)


@pytest.mark.parametrize("pause", [0, 0.001])
def test_a_compressed_body_is_unpacked_however_it_arrives(server, settings, pause):
    packed = gzip.compress(b"abc" * 100)
    server.answer("/office/file", Reply(body=packed, headers={"Content-Encoding": "gzip"}, pause=pause))
    assert fetch(server, settings) == b"abc" * 100


def test_an_empty_body_is_empty(server, settings):
    server.answer("/office/file", Reply(body=b""))
    assert fetch(server, settings) == b""
    server.answer("/office/file", Reply(body=b"", headers={"Content-Encoding": "gzip"}))
    assert fetch(server, settings) == b""


def test_a_compression_bomb_is_held_to_the_limit_unpacked(server, settings):
    """Fifty megabytes in fifty kilobytes: what is unpacked stays within the limit."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(50)) + packer.flush()
    assert len(bomb) < 250_000
    server.answer("/office/file", Reply(body=bomb, headers={"Content-Encoding": "gzip"}))
    with answered(session_for(1), Address(f"{server.url}/office", None), "file", settings) as answer:
        largest = 0
        unbound = answer.raw.read1

        def watched(*args, **kwargs):
            nonlocal largest
            block = unbound(*args, **kwargs)
            largest = max(largest, len(block))
            return block

        answer.raw.read1 = watched
        with pytest.raises(BodyTooLong):
            read_body(answer, MOST, 10)
    assert largest <= MOST


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_body_that_is_not_compressed_as_it_says_says_ask_again(server, settings, encoding):
    server.answer("/office/file", Reply(body=b"\xff not packed", headers={"Content-Encoding": encoding}))
    with pytest.raises(AskAgain):
        fetch(server, settings)


@pytest.mark.parametrize("path", ["a%2Fb", "%7Ea", "f/第2版.xlsx", "f/%E7%AC%AC2.xlsx", "submissions/2023-07/2"])
def test_what_goes_over_the_wire_stays_below_the_base(server, settings, path):
    """The libraries below us rewrite paths: what they make of ours is looked at as the server sees it."""
    with pytest.raises(OfficeSilent):
        fetch(server, settings, path)
    assert server.targets()[0].startswith("/office/")
    assert ".." not in server.targets()[0]


def test_the_libraries_do_turn_an_encoded_dot_into_a_way_up(server, settings):
    """Why the listing refuses `%2e%2e`: it leaves here as `..`."""
    with pytest.raises(OfficeSilent):
        fetch(server, settings, "%2e%2e/other/file")
    assert server.targets() == ["/office/../other/file"]


def test_errors_never_quote_the_token(settings):
    """They go to the ledger and to logs."""
    with (
        pytest.raises(OfficeUnreachable) as caught,
        answered(session_for(1), Address("http://127.0.0.1:1", "tok\r\nX-Evil: 1"), "file", settings),
    ):
        pass
    assert "tok" not in str(caught.value)


def test_a_session_knows_no_machine_settings():
    session = session_for(3)
    assert isinstance(session, Session)
    assert session.trust_env is False


def test_loopback_remembers(server: Loopback):
    """The server these tests rest on sees the target as it was sent."""
    with socket.create_connection(("127.0.0.1", server.server_port)) as raw:
        raw.sendall(b"GET /a/%2e%2e/b?c=d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert raw.recv(1000).startswith(b"HTTP/1.1 404")
    assert server.targets() == ["/a/%2e%2e/b?c=d"]
