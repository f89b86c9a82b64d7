"""Ask one office over HTTP. Follows no redirect, waits no longer than it must."""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy

import requests
from urllib3.exceptions import HTTPError

from rollcall.collect.cutoff import Adapter, cut_off_after
from rollcall.collect.patience import AskAgain, Turn
from rollcall.collect.tls import distrust, trusting
from rollcall.errors import BodyTooLong, OfficeInTrouble, OfficeSilent, OfficeUnreachable
from rollcall.settings import MIB, Settings

# It warns of headers that cannot be read, with a traceback and all that the office sent.
logging.getLogger("urllib3").setLevel(logging.ERROR)

MAX_LISTING_BYTES = 4 * MIB
TRY_AGAIN = {429, 500, 502, 503, 504}
# What an office may say its body is packed as: one layer, so that what 64 KiB unpack to is bounded.
PACKED_AS = {"", "identity", "gzip", "x-gzip", "deflate"}


@dataclass(frozen=True)
class Address:
    """Where an office is asked, and what shows who we are."""

    base: str
    token: str | None = field(repr=False)


class Session(requests.Session):
    """
    Follows no redirect, and does not look where it leads either.

    Without following it, requests still reads its whole body, however long, and raises over a Location that is none.
    """

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def session_for(threads: int, ca_bundle: str = "") -> requests.Session:
    """
    A session that keeps its connections; used by one chunk's threads, which never change it.

    Raises SettingMissing where *ca_bundle* is named and cannot be used.
    """
    session = Session()
    session.trust_env = False  # no proxy, and no password of the machine's .netrc, for an office
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # nor what another office of the host set
    context = trusting(ca_bundle)
    for scheme in ("http://", "https://"):
        session.mount(scheme, Adapter(threads, context))
    return session


@contextmanager
def answered(
    session: requests.Session,
    address: Address,
    path: str,
    settings: Settings,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    turn: Turn | None = None,
) -> Iterator[requests.Response]:
    """
    One GET below the office's base, streamed; 200 and 304 are answers, everything else is raised.

    It takes file_seconds in all, from the connection to the last byte, or what is left of the office's *turn*.

    Raises:
        OfficeSilent: 404.
        AskAgain: No answer or half an answer, or a status of TRY_AGAIN.
        OfficeUnreachable: A certificate that is not trusted: no second try would trust it.
        OfficeInTrouble: Any other status, redirects included.
    """
    sent = dict(headers or {})
    if address.token:
        sent["Authorization"] = f"Bearer {address.token}"
    timeouts = (settings.connect_seconds, settings.read_seconds)
    url = f"{address.base.rstrip('/')}/{path}"
    seconds = min(settings.file_seconds, (turn or Turn()).left())
    with cut_off_after(seconds) as exchange:
        try:
            with session.get(
                url, params=params, headers=sent, timeout=timeouts, stream=True, allow_redirects=False
            ) as answer:
                require_answer(answer, path)
                yield answer
        except (requests.RequestException, HTTPError, OSError) as error:
            if exchange.is_cut:
                raise AskAgain(f"GET {path}: unfinished after {seconds:.0f} s") from error
            refused = distrust(error)
            if refused:
                raise OfficeUnreachable(f"GET {path}: {refused}") from error
            raise AskAgain(f"GET {path}: {type(error).__name__}") from error
        if exchange.is_cut:  # a body without a length ends where it was cut, as if it were whole
            raise AskAgain(f"GET {path}: unfinished after {seconds:.0f} s")


def require_answer(answer: requests.Response, path: str) -> None:
    """Raise what a status says that is no answer, as `answered` has it."""
    if answer.status_code == 404:
        raise OfficeSilent(f"GET {path}: HTTP 404")
    if answer.status_code in TRY_AGAIN:
        raise AskAgain(f"GET {path}: HTTP {answer.status_code}", wait_asked(answer))
    if answer.status_code not in (200, 304):
        raise OfficeInTrouble(f"GET {path}: HTTP {answer.status_code}")
    packed = answer.headers.get("Content-Encoding", "").strip().lower()
    if packed not in PACKED_AS:
        raise OfficeInTrouble(f"GET {path}: Content-Encoding {packed!r}; only gzip and deflate are unpacked"[:300])


def wait_asked(answer: requests.Response) -> float | None:
    """
    Seconds of Retry-After; a date counts from the answer's own Date, else from our clock. None where it is neither.
    """
    value = answer.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    until = moment(value)
    if until is None:
        return None
    return max(0.0, (until - (moment(answer.headers.get("Date", "")) or datetime.now(UTC))).total_seconds())


def moment(value: str) -> datetime | None:
    """A date of HTTP, in any of its three forms; None where it is none."""
    try:
        read = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def read_body(answer: requests.Response, most: int, seconds: float) -> bytes:
    """
    Read what arrives as it arrives; `iter_content` waits for full blocks, and a dripping office holds a thread.

    Where fewer bytes arrive than Content-Length says, urllib3 raises, and `answered` makes it AskAgain.

    Raises:
        BodyTooLong: More than *most* bytes; the rest is not read.
        AskAgain: Not finished after *seconds*.
    """
    body, stop_at = bytearray(), time.monotonic() + seconds
    while block := answer.raw.read1(64 * 1024, decode_content=True):
        body += block
        if len(body) > most:
            raise BodyTooLong(f"more than {most} bytes")
        if time.monotonic() > stop_at:
            raise AskAgain(f"unfinished after {seconds:.0f} s")
    return bytes(body)
