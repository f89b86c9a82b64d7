"""The protocol, spoken to a live server on loopback."""

import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import pytest
import requests

from demo.generate import Order, prepare
from demo.habits import CHENGGUAN
from demo.offices import Offices
from demo.server import build_server
from rollcall.periods import Period
from rollcall.settings import ROOT

TOKEN = "a-token-for-tests"
KINDS = ("good", "busy", "silent", "not_found", "empty_list", "html", "correction")


@pytest.fixture(scope="module")
def codes(code_with):
    """The code of one office of each conduct."""
    return {"csv": code_with("good", "csv")} | {conduct: code_with(conduct) for conduct in KINDS}


@pytest.fixture(scope="module")
def manifest(codes, registry, tmp_path_factory):
    state = tmp_path_factory.mktemp("state")
    order = Order(Period(2023, 7), scale=0.02, offices=tuple(codes.values()), registry=registry)
    return state, prepare(order, state)


@pytest.fixture
def server(manifest):
    """A server of its own for each test: busy offices count their requests."""
    state, described = manifest
    with build_server(described, state, TOKEN, 0) as server:
        loop = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        loop.start()
        yield server
        server.shutdown()
        loop.join()


@pytest.fixture
def session():
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {TOKEN}"
        yield session


@pytest.fixture
def base(server, codes):
    """Base URL of the office of a conduct."""
    return lambda conduct: f"http://127.0.0.1:{server.server_port}/offices/{codes[conduct]}"


def listing(session, url, period="2023-07", **headers):
    return session.get(f"{url}/submissions", params={"period": period}, headers=headers, timeout=10)


def test_lists_what_the_manifest_says_newest_first(base, codes, manifest, session):
    answer = listing(session, base("correction"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    listed = answer.json()
    assert (listed["office_code"], listed["period"]) == (codes["correction"], "2023-07")
    assert [one["revision"] for one in listed["submissions"]] == [2, 1]
    made = {
        one["revision"]: one for one in manifest[1]["months"]["2023-07"]["offices"][codes["correction"]]["submissions"]
    }
    for one in listed["submissions"]:
        assert one["path"] == f"submissions/2023-07/{one['revision']}"
        names = ("kind", "filename", "media_type", "bytes", "sha256", "submitted_at")
        assert set(one) == {*names, "revision", "path"}
        assert {name: one[name] for name in names} == {name: made[one["revision"]][name] for name in names}


@pytest.mark.parametrize("conduct", ["good", "csv", "html", "correction"])
def test_sends_the_bytes_that_it_lists(base, session, conduct):
    for one in listing(session, base(conduct)).json()["submissions"]:
        answer = session.get(f"{base(conduct)}/{one['path']}", timeout=10)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == one["media_type"]
        assert int(answer.headers["Content-Length"]) == one["bytes"] == len(answer.content)
        assert hashlib.sha256(answer.content).hexdigest() == one["sha256"]


def test_answers_304_to_who_has_it_already(base, session):
    first = listing(session, base("good"))
    path = first.json()["submissions"][0]["path"]
    file = session.get(f"{base('good')}/{path}", timeout=10)
    for tag in (first.headers["ETag"], f"W/{first.headers['ETag']}", f'"other", {first.headers["ETag"]}', "*"):
        again = listing(session, base("good"), **{"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    known = {"If-None-Match": file.headers["ETag"]}
    assert session.get(f"{base('good')}/{path}", headers=known, timeout=10).status_code == 304
    assert listing(session, base("good"), **{"If-None-Match": '"other"'}).status_code == 200
    # The connection is still in step after answers without a body.
    assert listing(session, base("good")).content == first.content


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer wrong", f"bearer {TOKEN}", TOKEN, "Bearer ÿ"])
def test_refuses_who_has_no_token_before_saying_what_exists(base, authorization):
    headers = {} if authorization is None else {"Authorization": authorization.encode("latin-1")}
    for path in ("submissions?period=2023-07", "submissions/2023-07/1", "nothing/here"):
        answer = requests.get(f"{base('good')}/{path}", headers=headers, timeout=10)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_refuses_to_serve_without_a_token(manifest):
    with pytest.raises(ValueError, match="token is empty"):
        build_server(manifest[1], manifest[0], "", 0)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/offices",
        f"/offices/{CHENGGUAN}/submissions?period=2023-07",
        "/offices/999999999999/submissions?period=2023-07",
        "/offices/{code}",
        "/offices/{code}/submissions/2023-07/9",
        "/offices/{code}/submissions/2023-06/1",
        "/offices/{code}/submissions/2023-07/1/",
        "/offices/{code}/submissions/2023-07/../../../manifest.json",
        "/offices/{code}/submissions/2023-07/%2e%2e%2f%2e%2e%2fmanifest.json",
        "/offices/{code}/../../manifest.json",
        "/offices/{code}/submissions/2023-07/１",
        "//etc/passwd",
    ],
)
def test_knows_nothing_but_its_paths(server, codes, path):
    """Paths go out as they stand here: a client that tidies them up would hide what the server does."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    target = path.format(code=codes["good"]).encode().decode("latin-1")
    connection._encode_request = lambda request: request.encode("latin-1")  # type: ignore[method-assign]
    connection.putrequest("GET", target, skip_host=False)
    connection.putheader("Authorization", f"Bearer {TOKEN}")
    connection.endheaders()
    assert connection.getresponse().status == 404
    connection.close()


@pytest.mark.parametrize(
    "query", ["", "?period=", "?period=2023-13", "?period=2023-7", "?period=2023-07&period=2023-06"]
)
def test_asks_for_one_period(base, session, query):
    assert session.get(f"{base('good')}/submissions{query}", timeout=10).status_code == 400


def test_has_each_month_that_was_asked_for(codes, registry, tmp_path):
    order = Order(Period(2023, 6), Period(2023, 7), scale=0.02, offices=(codes["correction"],), registry=registry)
    offices = Offices(prepare(order, tmp_path), tmp_path, TOKEN)
    june, july = (json.loads(offices.listing(codes["correction"], period)) for period in ("2023-06", "2023-07"))
    assert [one["path"] for one in june["submissions"]] == ["submissions/2023-06/2", "submissions/2023-06/1"]
    assert [one["path"] for one in july["submissions"]] == ["submissions/2023-07/2", "submissions/2023-07/1"]
    for period, listed in (("2023-06", june), ("2023-07", july)):
        submission = offices.submission(codes["correction"], period, 1)
        content = offices.content(submission)
        assert hashlib.sha256(content).hexdigest() == listed["submissions"][1]["sha256"]
    assert offices.submission(codes["correction"], "2023-05", 1) is None


def test_has_nothing_for_another_month(base, session):
    answer = listing(session, base("good"), "2023-06")
    assert answer.status_code == 200
    assert answer.json()["submissions"] == []


@pytest.mark.parametrize("method", ["POST", "DELETE", "HEAD"])
def test_refuses_other_methods(base, session, method):
    answer = session.request(method, f"{base('good')}/submissions?period=2023-07", data=b"x" * 10, timeout=10)
    assert answer.status_code == 405
    assert listing(session, base("good")).status_code == 200


def test_a_busy_office_puts_off_two_requests_and_then_answers(base, session):
    answers = [listing(session, base("busy")) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [503, 503, 200, 200]
    assert [answer.headers.get("Retry-After") for answer in answers] == ["1", "1", None, None]


def test_a_silent_office_says_nothing_until_the_client_goes(base, session):
    with pytest.raises(requests.ReadTimeout):
        session.get(f"{base('silent')}/submissions?period=2023-07", timeout=0.3)
    assert listing(session, base("good")).status_code == 200


def test_a_silent_office_hangs_up_in_the_end(base, session, monkeypatch):
    monkeypatch.setattr("demo.handler.SILENT_SECONDS", 0.05)
    with pytest.raises(requests.ConnectionError):
        listing(session, base("silent"))


def test_offices_without_a_submission_answer_404_or_an_empty_list(base, session):
    assert listing(session, base("not_found")).status_code == 404
    empty = listing(session, base("empty_list"))
    assert (empty.status_code, empty.json()["submissions"]) == (200, [])


def receipt_for(manifest, code, revision=1):
    (made,) = [
        one for one in manifest[1]["months"]["2023-07"]["offices"][code]["submissions"] if one["revision"] == revision
    ]
    verdict = {"outcome": "accepted", "received": 3, "accepted": 2, "held": 1, "reasons": []}
    right = {"office_code": code, "period": "2023-07", "revision": revision, "sha256": made["sha256"]}
    return right | {"outcome": "partly_accepted", "datasets": {"units": verdict}, "not_read": []}


def put(session, url, receipt, annotated=None, revision=1):
    files = {"receipt": ("receipt.json", json.dumps(receipt).encode(), "application/json")}
    if annotated is not None:
        files["annotated"] = ("../../2023-07.xlsx", annotated)
    return session.put(f"{url}/receipts/2023-07/{revision}", files=files, timeout=10)


def test_takes_a_receipt_and_the_annotated_workbook(base, codes, manifest, session):
    receipt = receipt_for(manifest, codes["correction"], 2)
    workbook = b"PK\x03\x04\r\n--\x00binary\r\n"
    assert put(session, base("correction"), receipt, workbook, 2).status_code == 201
    folder = manifest[0] / "receipts" / codes["correction"] / "2023-07" / "2"
    assert json.loads((folder / "receipt.json").read_bytes()) == receipt
    assert (folder / "annotated.xlsx").read_bytes() == workbook
    # A later receipt replaces it, the workbook too where there is none any more.
    assert put(session, base("correction"), receipt | {"outcome": "accepted"}, None, 2).status_code == 201
    assert [path.name for path in folder.iterdir()] == ["receipt.json"]


@pytest.mark.parametrize(
    "changes",
    [
        {"office_code": "620100000000"},
        {"period": "2023-06"},
        {"revision": 2},
        {"sha256": "0" * 64},
        {"outcome": "fine"},
        {"datasets": []},
        {"datasets": {"units": {"outcome": "accepted", "received": 3, "accepted": 2, "held": 2}}},
        {"datasets": {"units": {"outcome": "accepted", "received": 3, "accepted": 3}}},
        {"datasets": {"units": {"received": 0, "accepted": 0, "held": 0, "reasons": [{}] * 1001}}},
    ],
)
def test_refuses_a_receipt_that_breaks_the_protocol(base, codes, manifest, session, changes):
    answer = put(session, base("good"), receipt_for(manifest, codes["good"]) | changes)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert not (manifest[0] / "receipts" / codes["good"]).exists()


def test_refuses_bodies_that_are_no_receipt(base, codes, manifest, session):
    url = f"{base('good')}/receipts/2023-07/1"
    right = json.dumps(receipt_for(manifest, codes["good"])).encode()
    bodies = [
        {"data": right},
        {"files": {"annotated": ("a.xlsx", b"PK\x03\x04")}},
        {"files": {"receipt": ("receipt.json", b"{")}},
        {"files": {"receipt": ("receipt.json", b"[]")}},
        {"files": [("a", ("receipt.json", right)), ("b", ("receipt.json", right))]},
        {"files": {"receipt": ("receipt.json", right), "annotated": ("a.xlsx", b"<html>")}},
    ]
    for body in bodies:
        assert session.put(url, timeout=10, **body).status_code == 400
    assert not (manifest[0] / "receipts" / codes["good"]).exists()


@pytest.mark.parametrize(
    "path", ["receipts/2023-07/9", "receipts/2023-06/1", "receipts/2023-07/..", "submissions/2023-07/1"]
)
def test_takes_no_receipt_for_what_was_not_submitted(base, codes, manifest, session, path):
    files = {"receipt": ("receipt.json", json.dumps(receipt_for(manifest, codes["good"])).encode())}
    assert session.put(f"{base('good')}/{path}", files=files, timeout=10).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Length": "99999999999"}, 413),
        ({"Content-Length": "-1"}, 400),
        ({"Content-Length": "many"}, 400),
        ({"Transfer-Encoding": "chunked"}, 411),
    ],
)
def test_ends_the_connection_over_a_body_it_cannot_measure(server, codes, headers, status):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.putrequest("PUT", f"/offices/{codes['good']}/receipts/2023-07/1")
    for name, value in ({"Authorization": f"Bearer {TOKEN}"} | headers).items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Connection"]) == (status, "close")
    connection.close()


def test_answers_64_clients_at_once_beside_silent_ones(server, base, codes, session):
    """Nobody waits for an office that never answers."""
    request = (
        f"GET /offices/{codes['silent']}/submissions?period=2023-07 HTTP/1.1\r\n"
        f"Host: office\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
    ).encode()
    silent = [socket.create_connection(("127.0.0.1", server.server_port)) for _ in range(16)]
    for one in silent:
        one.sendall(request)
    headers = dict(session.headers)
    with ThreadPoolExecutor(64) as pool:
        url = f"{base('good')}/submissions?period=2023-07"
        answers = list(pool.map(lambda _: requests.get(url, headers=headers, timeout=10).status_code, range(128)))
    assert answers == [200] * 128
    for one in silent:
        one.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_what_is_missing_and_ends_cleanly(codes, registry, tmp_path, number):
    command = [sys.executable, "-m", "demo.server", "--port", "0", "--period", "2023-07"]
    command += ["--state", str(tmp_path), "--offices", codes["good"], "--scale", "0.02", "--registry", str(registry)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "ROLLCALL_OFFICES_TOKEN": TOKEN}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        line = process.stdout.readline()
        url = f"{line.split()[-1]}{codes['good']}/submissions?period=2023-07"
        answer = requests.get(url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10)
        process.send_signal(number)
        _, errors = process.communicate(timeout=20)
    assert "1 offices listen on http://127.0.0.1:" in line
    assert answer.json()["office_code"] == codes["good"]
    assert process.returncode == 0
    assert "Traceback" not in errors
