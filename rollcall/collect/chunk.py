"""Ask a chunk of offices at once: threads around the network, one transaction with the ledger at the end."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from rollcall.collect.dropfolder import is_drop_folder
from rollcall.collect.http import Address, session_for
from rollcall.collect.office import Answer, Asker
from rollcall.collect.record import known_of, record
from rollcall.errors import SettingMissing
from rollcall.land import Landing
from rollcall.offices import Office
from rollcall.periods import Period
from rollcall.progress import with_progress
from rollcall.settings import Settings
from rollcall.warehouse.connection import connect

log = logging.getLogger(__name__)


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
    asker = Asker(period, Landing(settings.landing_url), session_for(settings.threads), settings)
    with ThreadPoolExecutor(settings.threads) as threads:
        waiting = [
            threads.submit(asker.ask, office, addresses[office.office_key], known[office.office_key])
            for office in offices
        ]
        answers = list(
            with_progress((f.result() for f in as_completed(waiting)), len(waiting), "offices have answered", log)
        )
    with connect() as connection:
        record(connection, period, answers)
    return answers
