"""One HTTP connection to the pretend offices: routes, the bearer token, conditional answers, and their faults."""

import hashlib
import hmac
import json
import re
import select
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from demo.multipart import BadMultipart
from demo.offices import Offices
from demo.receipts import BadReceipt, store_receipt
from rollcall.periods import PERIOD

# Nothing of a URL is used further unless it matches one of these whole.
LISTING = re.compile(r"/offices/(\d{12})/submissions", re.ASCII)
FILE = re.compile(r"/offices/(\d{12})/submissions/(\d{4}-\d{2})/(\d{1,4})", re.ASCII)
RECEIPT = re.compile(r"/offices/(\d{12})/receipts/(\d{4}-\d{2})/(\d{1,4})", re.ASCII)
MOST_BYTES = 64 * 1024 * 1024
SILENT_SECONDS = 60.0


class Refused(Exception):
    """The request ends here, with a status and a reason."""

    def __init__(self, status: HTTPStatus, reason: str, **headers: str) -> None:
        super().__init__(reason)
        self.status, self.reason, self.headers = status, reason, headers


class Handler(BaseHTTPRequestHandler):
    """`offices` is set by the server. One instance lives as long as its connection."""

    offices: Offices
    protocol_version = "HTTP/1.1"
    server_version = "rollcall-demo"
    sys_version = ""
    disable_nagle_algorithm = True
    # Status, headers and body of an answer go out together.
    wbufsize = 256 * 1024
    timeout = 120.0  # seconds that a connection may idle

    def do_GET(self) -> None:
        self.answer(self.get)

    def do_PUT(self) -> None:
        self.answer(self.put)

    def do_POST(self) -> None:
        self.answer(self.unknown_method)

    def do_HEAD(self) -> None:
        self.answer(self.unknown_method)

    def do_DELETE(self) -> None:
        self.answer(self.unknown_method)

    def answer(self, act: Callable[[SplitResult, bytes], None]) -> None:
        """Act on the request, or say why not. The body is read in any case: what stays would be the next request."""
        try:
            body = self.body()
            self.authorise()
            act(urlsplit(self.path), body)
        except Refused as refused:
            headers = {name.replace("_", "-"): value for name, value in refused.headers.items()}
            self.send_json(refused.status, {"error": refused.reason}, headers)

    def body(self) -> bytes:
        """The whole body, empty where there is none; one of unknown or too great a length ends the connection."""
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True
            raise Refused(HTTPStatus.LENGTH_REQUIRED, "send Content-Length, not Transfer-Encoding")
        length = self.headers.get("Content-Length", "0")
        if not re.fullmatch(r"\d{1,12}", length, re.ASCII):
            self.close_connection = True
            raise Refused(HTTPStatus.BAD_REQUEST, f"Content-Length {length!r} is no length")
        if int(length) > MOST_BYTES:
            self.close_connection = True
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {MOST_BYTES} bytes")
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            raise Refused(HTTPStatus.BAD_REQUEST, "the body is shorter than Content-Length")
        return body

    def authorise(self) -> None:
        """Refuse a request without the token, before saying anything about what exists."""
        given = self.headers.get("Authorization", "").encode("latin-1")
        if not hmac.compare_digest(given, b"Bearer " + self.offices.token.encode()):
            raise Refused(HTTPStatus.UNAUTHORIZED, "bearer token missing or wrong", WWW_Authenticate="Bearer")

    def get(self, url: SplitResult, body: bytes) -> None:
        if found := LISTING.fullmatch(url.path):
            self.send_listing(found[1], parse_qs(url.query).get("period", []))
        elif found := FILE.fullmatch(url.path):
            self.send_submission(found[1], found[2], int(found[3]))
        else:
            raise Refused(HTTPStatus.NOT_FOUND, "no such path")

    def put(self, url: SplitResult, body: bytes) -> None:
        """Take a receipt for a submission that this office made."""
        found = RECEIPT.fullmatch(url.path)
        if not found:
            raise Refused(HTTPStatus.NOT_FOUND, "no such path")
        code, period, revision = found[1], found[2], int(found[3])
        submission = self.submission(code, period, revision)
        try:
            store_receipt(
                self.offices.state,
                (code, period, revision),
                submission["sha256"],
                self.headers.get("Content-Type", ""),
                body,
            )
        except (BadMultipart, BadReceipt) as error:
            raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from error
        self.send_json(HTTPStatus.CREATED, {"stored": True})

    def unknown_method(self, url: SplitResult, body: bytes) -> None:
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "only GET and PUT", Allow="GET, PUT")

    def known(self, code: str) -> None:
        """Refuse an office that nobody plays; play dead for one that never answers."""
        if not self.offices.plays(code):
            raise Refused(HTTPStatus.NOT_FOUND, f"no office {code}")
        if self.offices.fault(code) == "silent":
            self.stay_silent()

    def stay_silent(self) -> None:
        """Say nothing until the client goes (its socket becomes readable) or the time is up, then hang up."""
        select.select([self.connection], [], [], SILENT_SECONDS)
        raise ConnectionAbortedError("this office never answers")

    def send_listing(self, code: str, periods: list[str]) -> None:
        self.known(code)
        if len(periods) != 1 or not PERIOD.fullmatch(periods[0]):
            raise Refused(HTTPStatus.BAD_REQUEST, "ask for one period, like ?period=2023-07")
        if self.offices.is_busy(code):
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "busy, try again", Retry_After="1")
        if self.offices.fault(code) == "not_found":
            raise Refused(HTTPStatus.NOT_FOUND, f"nothing submitted for {periods[0]}")
        content = self.offices.listing(code, periods[0])
        self.send_content(content, "application/json; charset=utf-8", hashlib.sha256(content).hexdigest())

    def submission(self, code: str, period: str, revision: int) -> dict[str, Any]:
        """What is listed under this revision. Refuses one that is not."""
        self.known(code)
        submission = self.offices.submission(code, period, revision)
        if submission is None:
            raise Refused(HTTPStatus.NOT_FOUND, f"no revision {revision} for {period}")
        return submission

    def send_submission(self, code: str, period: str, revision: int) -> None:
        submission = self.submission(code, period, revision)
        media_type, sha256 = submission["media_type"], submission["sha256"]
        self.send_content(self.offices.content(submission), media_type, sha256)

    def send_content(self, content: bytes, media_type: str, sha256: str) -> None:
        """Send *content*, or 304 where the client has it."""
        etag = f'"{sha256}"'
        known = [tag.strip().removeprefix("W/") for tag in self.headers.get("If-None-Match", "").split(",")]
        if etag in known or "*" in known:
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self.send_header("ETag", etag)
            self.end_headers()
            return
        self.send_whole(HTTPStatus.OK, content, {"Content-Type": media_type, "ETag": etag})

    def send_json(self, status: HTTPStatus, value: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        content = json.dumps(value, ensure_ascii=False).encode()
        self.send_whole(status, content, {"Content-Type": "application/json; charset=utf-8"} | (headers or {}))

    def send_whole(self, status: HTTPStatus, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep no access log: 1,500 offices a minute would fill the terminal."""
