"""A ledger with judged submissions, and offices on loopback that take receipts."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg
import pytest

from rollcall.settings import Settings, load_settings
from rollcall.warehouse.connection import connect

HANGS = 0  # instead of a status: the office takes the request and says nothing
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Ledger:
    """Writes judged submissions, as load would."""

    connection: psycopg.Connection
    landed: dict[str, bytes] = field(default_factory=dict)

    def judge(self, office_key: int = 1, revision: int = 1, filename: str = "2023-07.xlsx", *, content: bytes = b"-",
              outcome: str = "accepted", reason: str | None = None, not_read: tuple[str, ...] = (),
              period: str = "2023-07", kind: str = "regular", size: int | None = None) -> int:  # fmt: skip
        sha256 = hashlib.sha256(content).hexdigest()
        self.landed[sha256] = content
        moment = datetime(2023, 8, 3, 1, 12, 44, tzinfo=UTC)
        submission = self.connection.execute(
            "insert into ledger.submissions (office_key, period, revision, kind, filename, media_type, bytes, sha256,"
            " submitted_at, received_at, is_landed)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, true) returning submission_id",
            [office_key, period, revision, kind, filename,
             XLSX if filename.endswith("xlsx") else "text/csv",
             len(content) if size is None else size, sha256, moment, moment],
        ).fetchone()[0]  # fmt: skip
        self.connection.execute(
            "with batch as (insert into ledger.batches (period, started_at, loaded_at) values (%s, %s, %s)"
            " returning batch_id) insert into ledger.judgements (submission_id, batch_id, outcome, reason, not_read,"
            " judged_at) select %s, batch_id, %s, %s, %s, %s from batch",
            [period, moment, moment, submission, outcome, reason, list(not_read), moment],
        )
        self.connection.commit()
        return submission

    def verdict(self, submission: int, dataset: str, outcome: str = "accepted", reason: str | None = None,
                received: int = 0, held: int = 0) -> None:  # fmt: skip
        self.connection.execute(
            "insert into ledger.verdicts values (%s, %s, %s, %s, %s, %s, %s)",
            [submission, dataset, outcome, reason, received, received - held, held],
        )
        self.connection.commit()

    def reason(self, submission: int, dataset: str = "funding", row: int = 3, cell: str | None = "B3",
               rule: str = "amount_positive", severity: str = "critical") -> None:  # fmt: skip
        self.connection.execute(
            "insert into quarantine.reasons values"
            " (%s, %s, '经费收支表', %s, %s, 'amount_yuan', %s, %s, '金额应大于 0。')",
            [submission, dataset, row, cell, rule, severity],
        )
        self.connection.commit()

    def taken(self) -> dict[int, tuple[bool, int, str | None]]:
        """Of each receipt tried: whether it was taken, tries, trouble."""
        rows = self.connection.execute("select submission_id, sent_at is not null, tries, trouble from ledger.receipts")
        return {row[0]: tuple(row[1:]) for row in rows}

    def close(self) -> None:
        self.connection.close()


@pytest.fixture
def ledger(warehouse: str) -> Iterator[Ledger]:
    ledger = Ledger(connect())
    yield ledger
    ledger.close()


@pytest.fixture
def settings() -> Settings:
    return replace(load_settings(), parse_workers=1, connect_seconds=2, read_seconds=2, tries=3)


class Offices(ThreadingHTTPServer):
    """Takes receipts at any base; `answers` are statuses (and headers) given, in turn, before 201."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Office)
        self.answers: dict[str, list[tuple[int, dict[str, str]]]] = {}
        self.requests: list[tuple[str, str | None]] = []
        self.receipts: dict[str, dict[str, bytes]] = {}

    def base(self, office_key: int) -> str:
        return f"http://127.0.0.1:{self.server_port}/offices/{office_key}"


class Office(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Offices

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, self.headers["Authorization"]))
        waiting = self.server.answers.get(self.path)
        status, headers = waiting.pop(0) if waiting else (201, {})
        if status == HANGS:
            time.sleep(1)
            self.close_connection = True
            return
        if status == 201:
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            parts = message_from_bytes(head + body, policy=policy.HTTP).iter_parts()
            self.server.receipts[self.path] = {part.get_filename(): part.get_payload(decode=True) for part in parts}
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def offices() -> Iterator[Offices]:
    with Offices() as offices:
        thread = threading.Thread(target=offices.serve_forever, args=[0.05])
        thread.start()
        yield offices
        offices.shutdown()
        thread.join()


@pytest.fixture
def send(ledger: Ledger, offices: Offices, settings: Settings) -> Callable[..., object]:
    """Sends what is pending of 2023-07, to the offices on loopback unless told otherwise."""
    from rollcall.collect.http import Address
    from rollcall.receipts.send import send_pending

    def run(addresses: Callable[[int], Address] | None = None, settings: Settings = settings, **changed: object):
        to_loopback = lambda key: Address(offices.base(key), "secret")  # noqa: E731
        arguments = {"codes": lambda key: f"62{key:010d}", "read_landed": ledger.landed.__getitem__} | changed
        return send_pending(connect, "2023-07", addresses or to_loopback, settings=settings, **arguments)

    return run
