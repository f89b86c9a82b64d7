"""What an office says it has submitted: the listing of protocol version 1, read strictly."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from rollcall.errors import OfficeInTrouble
from rollcall.periods import Period

KINDS = ("regular", "correction", "backlog")
SHA256 = re.compile(r"[0-9a-f]{64}")
# Plain segments: no scheme, no host, no query. What is encoded is looked at decoded.
PATH = re.compile(r"[\w.~%-]+(?:/[\w.~%-]+)*")
YEARS = range(1990, 2200)  # a moment outside of them is a mistake, and not every database can hold it
MAX_NAME = 200
MAX_REVISION = 100_000


@dataclass(frozen=True)
class Listed:
    """One submission as the office announces it."""

    revision: int
    kind: str
    filename: str
    media_type: str
    bytes: int
    sha256: str
    submitted_at: datetime
    path: str


def read_listing(body: bytes, code: str, period: Period) -> list[Listed]:
    """
    Read the listing of office *code* for *period*, in order of revision; empty where nothing is submitted yet.

    Raises:
        OfficeInTrouble: Not the JSON of the protocol, another office's or period's, or a revision twice.
    """
    try:
        listing = json.loads(body)
        found = (listing["office_code"], listing["period"])
        listed = [listed_of(entry) for entry in listing["submissions"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise OfficeInTrouble(f"the listing is not that of the protocol: {error!r}"[:300]) from error
    if found != (code, str(period)):
        raise OfficeInTrouble(f"the listing is for {found!r}"[:300])
    revisions = [entry.revision for entry in listed]
    if len(set(revisions)) != len(revisions):
        raise OfficeInTrouble(f"the listing has a revision twice: {sorted(revisions)}"[:300])
    return sorted(listed, key=lambda entry: entry.revision)


def listed_of(entry: dict[str, object]) -> Listed:
    """One entry of a listing, typed. Raises KeyError, TypeError or ValueError."""
    submitted_at = datetime.fromisoformat(text(entry["submitted_at"]))
    if submitted_at.tzinfo is None or submitted_at.year not in YEARS:
        raise ValueError(f"submitted_at is {submitted_at}: it has no time zone, or is out of all time")
    listed = Listed(
        revision=whole(entry["revision"], MAX_REVISION),
        kind=text(entry["kind"]),
        filename=text(entry["filename"]),
        media_type=text(entry["media_type"]),
        bytes=whole(entry["bytes"], 1 << 50),
        sha256=text(entry["sha256"]),
        submitted_at=submitted_at,
        path=text(entry["path"]),
    )
    if listed.kind not in KINDS:
        raise ValueError(f"kind is {listed.kind!r}")
    if not SHA256.fullmatch(listed.sha256):
        raise ValueError("sha256 is not 64 hexadecimal digits")
    if not stays_below(listed.path):
        raise ValueError(f"path {listed.path!r} does not stay below the base")
    return listed


def stays_below(path: str) -> bool:
    """
    Whether *path* leads to a place under the office's base, and to no other office's.

    `requests` decodes `%2e` before it sends, and servers decode again: so every form is held to the rule.
    """
    while PATH.fullmatch(path) and not {".", ".."} & set(path.split("/")):
        decoded = unquote(path, errors="strict")
        if decoded == path:
            return "%" not in path
        path = decoded
    return False


def text(value: object) -> str:
    """A short printable text."""
    if not isinstance(value, str) or not 0 < len(value) <= MAX_NAME or not value.isprintable():
        raise TypeError(f"{value!r} is no short text"[:200])
    return value


def whole(value: object, most: int) -> int:
    """A whole number from 0 to *most*."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise TypeError(f"{value!r} is no whole number up to {most}"[:200])
    return value
