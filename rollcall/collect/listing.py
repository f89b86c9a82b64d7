"""What an office says it has submitted: the listing of protocol version 1, read strictly."""

import json
import re
from collections import Counter
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
MOST_ENTRIES = 100
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


@dataclass(frozen=True)
class Listing:
    """What an office says it has: submissions in order of revision, and what is wrong with its other entries."""

    entries: list[Listed]
    troubles: list[str]


def read_listing(body: bytes, code: str, period: Period) -> Listing:
    """
    Read the listing of office *code* for *period*; empty where nothing is submitted yet.

    An entry that is not that of the protocol, or beyond the first MOST_ENTRIES, is trouble of that entry alone.

    Raises:
        OfficeInTrouble: Not the JSON of the protocol, another office's or period's, or a revision twice.
    """
    try:
        listing = json.loads(body)
        found = (listing["office_code"], listing["period"])
        told = listing["submissions"]
        if not isinstance(told, list):
            raise TypeError("submissions is no list")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise OfficeInTrouble(f"the listing is not that of the protocol: {error!r}"[:300]) from error
    if found != (code, str(period)):
        raise OfficeInTrouble(f"the listing is for {found!r}"[:300])
    require_each_once(told)
    entries, troubles = [], []
    for place, entry in enumerate(told[:MOST_ENTRIES], 1):
        try:
            entries.append(listed_of(entry))
        except (ValueError, KeyError, TypeError) as error:
            troubles.append(f"{named(entry, place)} is not that of the protocol: {error!r}"[:300])
    if len(told) > MOST_ENTRIES:
        troubles.append(
            f"{len(told) - MOST_ENTRIES} entries beyond the first {MOST_ENTRIES} are not taken, "
            f"from {named(told[MOST_ENTRIES], MOST_ENTRIES + 1)} on"
        )
    return Listing(sorted(entries, key=lambda entry: entry.revision), troubles)


def require_each_once(told: list[object]) -> None:
    """Raise OfficeInTrouble where a revision stands twice, also where one of the two cannot be read otherwise."""
    revisions = [entry["revision"] for entry in told if isinstance(entry, dict) and type(entry.get("revision")) is int]
    twice = sorted(revision for revision, times in Counter(revisions).items() if times > 1)
    if twice:
        raise OfficeInTrouble(f"the listing has a revision twice: {twice}"[:300])


def named(entry: object, place: int) -> str:
    """What a person finds an entry by: its revision where it has one, else its place in the list, from 1."""
    revision = entry.get("revision") if isinstance(entry, dict) else None
    return f"revision {revision}" if type(revision) is int and 0 <= revision <= MAX_REVISION else f"entry {place}"


def listed_of(entry: object) -> Listed:
    """One entry of a listing, typed. Raises KeyError, TypeError or ValueError."""
    if not isinstance(entry, dict):
        raise TypeError("no object")
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
    if not isinstance(value, str) or not value or not value.isprintable():
        raise TypeError(f"{value!r} is no printable text"[:200])
    if len(value) > MAX_NAME:
        raise ValueError(f"{value[:20]!r}… has {len(value)} characters, and at most {MAX_NAME} are taken")
    return value


def whole(value: object, most: int) -> int:
    """A whole number from 0 to *most*."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise TypeError(f"{value!r} is no whole number up to {most}"[:200])
    return value
