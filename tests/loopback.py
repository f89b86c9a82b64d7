"""An HTTP server on loopback that answers as a test says, and an office that speaks the protocol through it."""

import hashlib
import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Reply:
    """
    What a path answers. `length` goes into Content-Length: by default that of the body, none for "".

    A Date among `headers` takes the place of the clock's. With `pause` the body drips, a byte every so many seconds.
    Without `status` the connection is closed unanswered.
    """

    status: int | None = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    length: str | None = None
    pause: float = 0


@dataclass(frozen=True)
class Request:
    """What was asked: the target as it came over the wire, headers by lower-case name."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Loopback(ThreadingHTTPServer):
    """Answers each path with its replies in turn, the last one for ever; 404 elsewhere. Remembers what was asked."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.scheme = "https" if tls else "http"
        if tls:  # the handshake is made by each connection's own thread
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.replies: dict[str, list[Reply]] = {}
        self.asked: list[Request] = []
        self.stopping = threading.Event()

    def handle_error(self, *_: Any) -> None:
        """Say nothing of a client that reset its connection: some tests do just that."""

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def answer(self, path: str, *replies: Reply) -> None:
        self.replies[path] = list(replies)

    def next_reply(self, request: Request) -> Reply:
        self.asked.append(request)
        replies = self.replies.get(urlsplit(request.target).path, [Reply(404)])
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        etag = reply.headers.get("ETag")
        return Reply(304) if etag and request.headers.get("if-none-match") == etag else reply

    def targets(self) -> list[str]:
        return [request.target for request in self.asked]

    def puts(self) -> dict[str, bytes]:
        """Body of the last PUT of each path."""
        return {request.target: request.body for request in self.asked if request.method == "PUT"}


class Handler(BaseHTTPRequestHandler):
    server: Loopback
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.next_reply(Request(self.command, self.path, headers, body))
        with suppress(OSError):  # a client that goes away is what some tests are about
            self.send(reply)

    do_PUT = do_GET  # noqa: N815

    def send(self, reply: Reply) -> None:
        if reply.status is None:
            self.close_connection = True
            return
        if "Date" in reply.headers:
            self.send_response_only(reply.status)
        else:
            self.send_response(reply.status)
        length = str(len(reply.body)) if reply.length is None else reply.length
        if length:
            self.send_header("Content-Length", length)
        self.close_connection = length != str(len(reply.body))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not reply.pause:
            self.wfile.write(reply.body)
        for byte in reply.body if reply.pause else b"":
            if self.server.stopping.wait(reply.pause):
                return
            self.wfile.write(bytes([byte]))

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Loopback]:
    """A loopback server while a test runs; over TLS with a context of its own."""
    server = Loopback(tls)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()


def entry(content: bytes, revision: int = 1, period: str = "2023-07", **changes: object) -> dict[str, Any]:
    """An entry of a listing that announces *content* as it is, but for *changes*."""
    return {
        "revision": revision,
        "kind": "regular",
        "filename": f"{period}.xlsx",
        "media_type": XLSX,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "submitted_at": "2023-08-03T09:12:44+08:00",
        "path": f"submissions/{period}/{revision}",
    } | changes


def listing(code: str, entries: list[dict[str, Any]], period: str = "2023-07", **changes: object) -> bytes:
    return json.dumps({"office_code": code, "period": period, "submissions": entries} | changes).encode()


def play(
    server: Loopback, code: str, *files: tuple[bytes, dict[str, object]], period: str = "2023-07", etag: str = ""
) -> str:
    """Have *server* play the office *code* with these files, each with changes to its entry. Returns its base URL."""
    entries = []
    for revision, (content, changes) in enumerate(files, 1):
        announced = entry(content, **{"revision": revision, "period": period} | changes)
        entries.append(announced)
        server.answer(f"/{code}/{announced['path']}", Reply(body=content))
        server.answer(f"/{code}/receipts/{period}/{announced['revision']}", Reply(201))
    headers = {"ETag": etag} if etag else {}
    server.answer(f"/{code}/submissions", Reply(body=listing(code, entries, period), headers=headers))
    return f"{server.url}/{code}"
