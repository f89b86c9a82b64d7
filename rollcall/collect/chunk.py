"""Ask a chunk of offices at once: threads around the network, one transaction with the ledger at the end."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from rollcall.collect.answer import Answer, Known
from rollcall.collect.dropfolder import is_drop_folder
from rollcall.collect.http import Address, session_for
from rollcall.collect.office import Asker
from rollcall.collect.patience import Turn
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


def collect(called: Mapping[Period, Sequence[Office]], settings: Settings) -> dict[Period, list[Answer]]:
    """
    Ask the offices that are *called* for each period, and keep what they answered.

    One thread asks one office for all of its periods, one after the other: what it has of a run is one turn. Files
    land first and the ledger follows: when this is killed in between, they are asked again and the same bytes land
    under the same name.
    """
    address_of = address_book(settings)
    session, landing = session_for(settings.threads, settings.ca_bundle), Landing(settings.landing_url)
    questions: dict[int, list[Question]] = {}
    with connect() as connection:
        for period, offices in called.items():
            asker, known = Asker(period, landing, session, settings), known_of(connection, period, offices)
            for office in offices:
                question = Question(asker, office, address_of(office), known[office.office_key])
                questions.setdefault(office.office_key, []).append(question)
    answers: dict[Period, list[Answer]] = {period: [] for period in called}
    with ThreadPoolExecutor(settings.threads) as threads:
        waiting = {threads.submit(ask_in_turn, one) for one in questions.values()}
        for period, answer in as_they_come(waiting, ", ".join(map(str, called))):
            answers[period].append(answer)
    with connect() as connection:
        for period, those in answers.items():
            record(connection, period, those)
    return answers


@dataclass(frozen=True)
class Question:
    """One office to be asked for one period."""

    asker: Asker
    office: Office
    address: Address
    known: Known


def ask_in_turn(questions: Sequence[Question]) -> list[tuple[Period, Answer]]:
    """Ask one office for its periods within one turn, which begins now."""
    turn = Turn()
    return [(one.asker.period, one.asker.ask(one.office, one.address, one.known, turn)) for one in questions]


def as_they_come(waiting: set[Future[list[tuple[Period, Answer]]]], periods: str) -> Iterator[tuple[Period, Answer]]:
    """
    Answers as threads have them; a line a minute, and at the end, says how far we are.

    Outcomes are counted for each period that an office was asked for.
    """
    total, asked, told, landed = len(waiting), 0, Counter[str](), 0
    said_at = time.monotonic()
    while waiting:
        until_line = max(0.0, said_at + SECONDS_BETWEEN_LINES - time.monotonic())
        done, waiting = wait(waiting, timeout=until_line, return_when=FIRST_COMPLETED)
        asked += len(done)
        for period, answer in (pair for future in done for pair in future.result()):
            told[answer.outcome] += 1
            landed += len(answer.landed)
            yield period, answer
        if not waiting or time.monotonic() - said_at >= SECONDS_BETWEEN_LINES:
            said_at = time.monotonic()
            log.info(
                "%s: %d of %d offices asked: %d answered, %d silent, %d unreachable, %d in trouble; %d files landed",
                periods, asked, total, told["answered"], told["silent"], told["unreachable"], told["trouble"], landed,
            )  # fmt: skip
