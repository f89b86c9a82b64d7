"""Send the receipts of a period that are still owed: threads around the network, the ledger set by set."""

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
import requests

from rollcall.collect.http import Address, session_for
from rollcall.collect.patience import Turn
from rollcall.errors import OfficeInTrouble, OfficeUnreachable, RollcallError
from rollcall.periods import Period
from rollcall.receipts.deliver import Parcel, deliver
from rollcall.receipts.receipt import Judged, Reason, pending_by_office, read_judged, read_reasons, receipt_of
from rollcall.receipts.told import MOST_MARKS, front_of, marks_are_due, marks_of
from rollcall.receipts.workbook import NOT_MADE, Annotation, Annotator, Work
from rollcall.settings import Settings

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LINES = 5.0
SECONDS_BETWEEN_RECORDS = 1.0
# Receipts read from the ledger ahead of the threads. Each may list 1,000 reasons, about 400 kB.
MOST_AHEAD = 200

RECORD = """
insert into ledger.receipts as receipt (submission_id, sent_at, tries, trouble)
select tried.submission_id, tried.sent_at, 1, tried.trouble
from unnest(%(ids)s::bigint[], %(sent_at)s::timestamptz[], %(troubles)s::text[])
    as tried (submission_id, sent_at, trouble)
on conflict (submission_id) do update
set sent_at = excluded.sent_at, tries = receipt.tries + 1, trouble = excluded.trouble
"""


@dataclass(frozen=True)
class Sent:
    """How it went. `annotated` counts marked workbooks taken; `waiting` are receipts still owed."""

    sent: int
    annotated: int
    waiting: int


@dataclass(frozen=True)
class Tried:
    """One receipt brought to its office, or not: then `sent_at` is None."""

    submission_id: int
    sent_at: datetime | None
    trouble: str | None
    annotated: bool = False


@dataclass
class Tally:
    """What has been tried and is not yet in the ledger, and counts of it all."""

    period: str
    owed: int
    sent: int = 0
    annotated: int = 0
    unrecorded: list[Tried] = field(default_factory=list)
    recorded_at: float = field(default_factory=time.monotonic)
    said_at: float = field(default_factory=time.monotonic)

    def add(self, tried: Iterable[Tried]) -> None:
        for one in tried:
            self.unrecorded.append(one)
            self.sent += one.sent_at is not None
            self.annotated += one.annotated and one.sent_at is not None

    def keep_up(self, connection: psycopg.Connection, at_once: bool = False) -> None:
        """Record what is new and say how far we are, when it is time to, or *at_once*."""
        now = time.monotonic()
        if self.unrecorded and (at_once or now - self.recorded_at > SECONDS_BETWEEN_RECORDS):
            record(connection, self.unrecorded)
            self.unrecorded, self.recorded_at = [], now
        if at_once or now - self.said_at > SECONDS_BETWEEN_LINES:
            self.said_at = now
            log.info(
                "%s: %d of %d receipts taken, %d with a marked workbook",
                self.period, self.sent, self.owed, self.annotated,
            )  # fmt: skip


def send_pending(
    connect: Callable[[], psycopg.Connection],
    period: Period | str,
    addresses: Callable[[int], Address],
    codes: Callable[[int], str],
    read_landed: Callable[[str], bytes],
    settings: Settings,
) -> Sent:
    """
    Send every receipt of *period* that its office has not taken. What is not taken now stays owed.

    Killed in between, it sends a few receipts twice, which changes nothing at the office.

    Args:
        addresses: By office_key; called in this thread. A RollcallError is noted as that office's trouble.
        codes: Code of an office on the last day of the period, by office_key; called in this thread.
        read_landed: Landed bytes by sha256; called from many threads.
    """
    with (
        connect() as connection,
        Annotator(settings) as annotator,
        session_for(settings.threads, settings.ca_bundle) as session,
    ):
        owed = pending_by_office(connection, period)
        connection.commit()
        tally = Tally(str(period), sum(map(len, owed)))
        sender = Sender(annotator, connect, read_landed, session, settings)
        threads = ThreadPoolExecutor(settings.threads, thread_name_prefix="receipts")
        under_way: set[Future[list[Tried]]] = set()
        try:
            for office in offices_of(connection, owed):
                key = office[0].office_key
                try:
                    address = addresses(key)
                except RollcallError as error:
                    tally.add(Tried(one.submission_id, None, str(error)) for one in office)
                    continue
                under_way.add(threads.submit(sender.send_office, office, codes(key), address))
                while len(under_way) >= MOST_AHEAD:
                    under_way = settle(under_way, tally, connection)
            while under_way:
                under_way = settle(under_way, tally, connection)
        finally:
            threads.shutdown(cancel_futures=True)
            tally.keep_up(connection, at_once=True)
    return Sent(tally.sent, tally.annotated, tally.owed - tally.sent)


def offices_of(connection: psycopg.Connection, owed: Iterable[list[int]]) -> Iterator[list[Judged]]:
    """What is owed to each office, read from the ledger for many offices at once."""
    batch: list[list[int]] = []
    for office in owed:
        batch.append(office)
        if sum(map(len, batch)) >= MOST_AHEAD:
            yield from read_batch(connection, batch)
            batch = []
    yield from read_batch(connection, batch)


def read_batch(connection: psycopg.Connection, batch: list[list[int]]) -> list[list[Judged]]:
    judged = {one.submission_id: one for one in read_judged(connection, [one for office in batch for one in office])}
    connection.commit()  # nothing is held open while offices are waited for
    return [[judged[one] for one in office] for office in batch]


def settle(
    under_way: set[Future[list[Tried]]], tally: Tally, connection: psycopg.Connection
) -> set[Future[list[Tried]]]:
    """Wait for some office to be done, note what became of it, and return those that are not done."""
    done, left = wait(under_way, timeout=SECONDS_BETWEEN_LINES, return_when=FIRST_COMPLETED)
    for future in done:
        tally.add(future.result())
    tally.keep_up(connection)
    return left


def record(connection: psycopg.Connection, tried: list[Tried]) -> None:
    """Note in the ledger what was tried, in one statement."""
    columns = {
        "ids": [one.submission_id for one in tried],
        "sent_at": [one.sent_at for one in tried],
        "troubles": [one.trouble for one in tried],
    }
    connection.execute(RECORD, columns)
    connection.commit()


@dataclass(frozen=True)
class Sender:
    """What the threads share."""

    annotator: Annotator
    connect: Callable[[], psycopg.Connection]
    read_landed: Callable[[str], bytes]
    session: requests.Session
    settings: Settings

    def send_office(self, office: list[Judged], code: str, address: Address) -> list[Tried]:
        """One office's receipts, in order of revision; once it cannot be reached, no other is tried."""
        results, turn = [], Turn()
        for judged in office:
            annotation = self.annotation_of(judged, code)
            receipt = in_words(receipt_of(judged, code), annotation)
            workbook = annotation.path if annotation else None
            trouble = annotation.trouble if annotation else None
            try:
                deliver(Parcel(judged, code, receipt, workbook), address, self.session, self.settings, turn)
            except (OfficeUnreachable, OfficeInTrouble) as error:
                log.warning("%s revision %d: receipt not taken: %s", code, judged.revision, error)
                results.append(Tried(judged.submission_id, None, str(error)))
                if isinstance(error, OfficeUnreachable):
                    break
            else:
                sent_at = datetime.now(UTC)
                results.append(Tried(judged.submission_id, sent_at, trouble, workbook is not None))
            finally:
                if workbook is not None:
                    workbook.unlink()
        return results

    def annotation_of(self, judged: Judged, code: str) -> Annotation | None:
        """Mark the office's workbook; None where nothing is to be marked. Never keeps a receipt back."""
        if not marks_are_due(judged):
            return None

        def work() -> Work:
            marks = marks_of(judged, self.reasons_of(judged))
            return Work(self.read_landed(judged.sha256), marks, front_of(judged, code, len(marks)))

        try:
            annotation = self.annotator.annotate(judged, work)
        except (RollcallError, OSError) as error:
            log.error("submission %d: %s", judged.submission_id, error)
            return Annotation(None, NOT_MADE, f"workbook not annotated: {error}")
        if annotation.trouble:
            log.warning("submission %d: %s", judged.submission_id, annotation.trouble)
        return annotation

    def reasons_of(self, judged: Judged) -> list[Reason]:
        """The reasons to be marked: more than the receipt lists, where there are more."""
        if judged.reasons_total <= len(judged.reasons):
            return judged.reasons
        with self.connect() as connection:
            return read_reasons(connection, judged.submission_id, MOST_MARKS)


def in_words(receipt: Mapping[str, Any], annotation: Annotation | None) -> bytes:
    """
    receipt.json as bytes; where marks were due with `annotated`.

    If that is false with `annotated_reason`; if true with `annotated_without` where something was lost.
    """
    said: dict[str, Any] = {}
    if annotation is not None:
        said["annotated"] = annotation.path is not None
    if annotation is not None and annotation.note:
        said["annotated_reason"] = annotation.note
    if annotation is not None and annotation.lost:
        said["annotated_without"] = list(annotation.lost)
    return json.dumps({**receipt, **said}, ensure_ascii=False, indent=1).encode()
