"""Ask a chunk of offices at once: threads around the network, one transaction with the ledger at the end."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from rollcall.collect.answer import Answer
from rollcall.collect.dropfolder import is_drop_folder
from rollcall.collect.http import Address, session_for
from rollcall.collect.office import Asker
from rollcall.collect.record import known_of, record
from rollcall.errors import SettingMissing
from rollcall.land import Landing
from rollcall.offices import Office
from rollcall.periods import Period
from rollcall.settings import Settings
from rollcall.warehouse.connection import connect

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LINES = 60.0


def address_book(settings: Settings) -> Callable[[Office], Address]:
    """
    Where each office is asked. Tokens come from Airflow connections: environment, secrets backend or its database.

    A connection is looked up once. One that does not exist, and an office without an endpoint, are our trouble, and
    raised: a place that nobody named must not look like an office that has nothing to say.
    """
    from airflow.sdk import Connection

    tokens: dict[str, str | None] = {}

    def address_of(office: Office) -> Address:
        base = office.endpoint or settings.endpoint.replace("{code}", office.code)
        if not base:
            raise SettingMissing(
                f"{office.code} {office.name} has no endpoint in the registry, and ROLLCALL_ENDPOINT is not set"
            )
        if is_drop_folder(base):
            return Address(base, None)
        name = office.connection or settings.connection
        if name not in tokens:
            tokens[name] = Connection.get(name).password
        return Address(base, tokens[name])

    return address_of


def collect(offices: Sequence[Office], period: Period, settings: Settings) -> list[Answer]:
    """
    Ask *offices* for *period* and keep what they answered.

    Files land first and the ledger follows: when this is killed in between, they are asked again and the same
    bytes land under the same name.
    """
    address_of = address_book(settings)
    addresses = {office.office_key: address_of(office) for office in offices}
    with connect() as connection:
        known = known_of(connection, period, offices)
    session = session_for(settings.threads, settings.ca_bundle)
    asker = Asker(period, Landing(settings.landing_url), session, settings)
    with ThreadPoolExecutor(settings.threads) as threads:
        waiting = {
            threads.submit(asker.ask, office, addresses[office.office_key], known[office.office_key])
            for office in offices
        }
        answers = list(as_they_come(waiting, period))
    with connect() as connection:
        record(connection, period, answers)
    return answers


def as_they_come(waiting: set[Future[Answer]], period: Period) -> Iterator[Answer]:
    """Answers as threads have them; a line a minute, and at the end, says how far we are."""
    total, told, landed = len(waiting), Counter[str](), 0
    said_at = time.monotonic()
    while waiting:
        until_line = max(0.0, said_at + SECONDS_BETWEEN_LINES - time.monotonic())
        done, waiting = wait(waiting, timeout=until_line, return_when=FIRST_COMPLETED)
        for future in done:
            answer = future.result()
            told[answer.outcome] += 1
            landed += len(answer.landed)
            yield answer
        if not waiting or time.monotonic() - said_at >= SECONDS_BETWEEN_LINES:
            said_at = time.monotonic()
            log.info(
                "%s: %d of %d offices asked: %d answered, %d silent, %d unreachable, %d in trouble; %d files landed",
                period, told.total(), total, told["answered"], told["silent"], told["unreachable"], told["trouble"],
                landed,
            )  # fmt: skip
