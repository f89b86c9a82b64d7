"""Ask one office over HTTP: listing, then the files that are new. Follows no redirect, waits no longer than it must."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy

import requests
from requests.adapters import HTTPAdapter
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from urllib3.exceptions import HTTPError

from rollcall.errors import OfficeInTrouble, OfficeSilent, OfficeUnreachable, SubmissionTooLarge
from rollcall.settings import MIB, Settings

MAX_LISTING_BYTES = 4 * MIB
LONGEST_WAIT = 60.0  # seconds; an office that asks for more is asked again after these
FIRST_WAIT = 0.5
TRY_AGAIN = {429, 500, 502, 503, 504}


class AskAgain(OfficeUnreachable):
    """No answer yet; `wait` is how many seconds the office asked us to wait, if it did."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


@dataclass(frozen=True)
class Address:
    """Where an office is asked, and what shows who we are."""

    base: str
    token: str | None = field(repr=False)


def session_for(threads: int) -> requests.Session:
    """A session that keeps its connections; used by one chunk's threads, which never change it."""
    session = requests.Session()
    session.trust_env = False  # no proxy, and no password of the machine's .netrc, for an office
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # nor what another office of the host set
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_connections=threads, pool_maxsize=threads))
    return session


def before_next(state: RetryCallState) -> float:
    """Seconds before the next try: what the office asked for, else doubling from half a second."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait if isinstance(error, AskAgain) else None
    doubling = FIRST_WAIT * float(2 ** (state.attempt_number - 1))
    return min(doubling if asked is None else asked, LONGEST_WAIT)


def retrying(settings: Settings) -> Retrying:
    """Try again what may work later: no answer, half an answer, 429 and 5xx. Reraises the last trouble."""
    return Retrying(
        stop=stop_after_attempt(settings.tries),
        wait=before_next,
        retry=retry_if_exception_type(AskAgain),
        reraise=True,
    )


@contextmanager
def answered(
    session: requests.Session,
    address: Address,
    path: str,
    settings: Settings,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Iterator[requests.Response]:
    """
    One GET below the office's base, streamed; 200 and 304 are answers, everything else is raised.

    Raises:
        OfficeSilent: 404.
        AskAgain: No answer or half an answer, or a status of TRY_AGAIN.
        OfficeInTrouble: Any other status, redirects included.
    """
    sent = dict(headers or {})
    if address.token:
        sent["Authorization"] = f"Bearer {address.token}"
    timeouts = (settings.connect_seconds, settings.read_seconds)
    url = f"{address.base.rstrip('/')}/{path}"
    try:
        with session.get(
            url, params=params, headers=sent, timeout=timeouts, stream=True, allow_redirects=False
        ) as answer:
            if answer.status_code == 404:
                raise OfficeSilent(f"GET {path}: HTTP 404")
            if answer.status_code in TRY_AGAIN:
                raise AskAgain(f"GET {path}: HTTP {answer.status_code}", wait_asked(answer))
            if answer.status_code not in (200, 304):
                raise OfficeInTrouble(f"GET {path}: HTTP {answer.status_code}")
            yield answer
    except (requests.RequestException, HTTPError, OSError) as error:
        raise AskAgain(f"GET {path}: {type(error).__name__}") from error


def wait_asked(answer: requests.Response) -> float | None:
    """Seconds of Retry-After; None where it is absent or a date, which an office's clock may have wrong."""
    value = answer.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else None


def read_body(answer: requests.Response, most: int, seconds: float) -> bytes:
    """
    Read what arrives as it arrives; `iter_content` waits for full blocks, and a dripping office holds a thread.

    Where fewer bytes arrive than Content-Length says, urllib3 raises, and `answered` makes it AskAgain.

    Raises:
        SubmissionTooLarge: More than *most* bytes; the rest is not read.
        AskAgain: Not finished after *seconds*.
    """
    body, stop_at = bytearray(), time.monotonic() + seconds
    while block := answer.raw.read1(64 * 1024, decode_content=True):
        body += block
        if len(body) > most:
            raise SubmissionTooLarge(f"more than {most} bytes")
        if time.monotonic() > stop_at:
            raise AskAgain(f"unfinished after {seconds:.0f} s")
    return bytes(body)
