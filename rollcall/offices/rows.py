"""The two files of the registry, line by line: the offices as first known, and the log of what became of them."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from rollcall.errors import RegistryBroken
from rollcall.offices.office import LEVELS, Office

OFFICES, EVENTS = "offices.csv", "office_events.csv"
OFFICE_COLUMNS = ("office_key", "code", "name", "level", "parent_key", "reports", "endpoint", "connection")
EVENT_COLUMNS = (
    "event_no", "happened_on", "event", "office_key", "code", "name", "parent_key", "into_key", "share", "source",
)  # fmt: skip
# What each event says; its other cells stay empty.
SAYS = {
    "create": (),
    "rename": ("name",),
    "recode": ("code",),
    "move": ("parent_key",),
    "merge": ("into_key",),
    "split": ("into_key", "share"),
}
T = TypeVar("T")
CODE = re.compile(r"[0-9A-Za-z_-]{1,40}")  # it becomes part of URLs and of drop folders' paths


@dataclass(frozen=True)
class Event:
    """
    One line of the log: something that happened to an office, at the beginning of a day.

    create: its first day. rename, recode, move: `name`, `code` or `parent_key` from that day on. merge: the day before
    was its last; `into_key` takes over. split: likewise, a line for each `into_key`, with its `share`.
    """

    event_no: int
    happened_on: date
    event: str
    office_key: int
    code: str = ""
    name: str = ""
    parent_key: int | None = None
    into_key: int | None = None
    share: Decimal | None = None
    source: str = ""
    place: str = field(default="", compare=False, repr=False)


def read_offices(folder: Path) -> list[Office]:
    """Read `offices.csv`: one row per office as it was first known. Raises RegistryBroken, naming the line."""
    path = folder / OFFICES
    if not path.is_file():
        raise RegistryBroken(f"{path} does not exist: ROLLCALL_REGISTRY names the folder that holds offices.csv")
    return [each(office_of, row, place) for place, row in rows_of(path, OFFICE_COLUMNS)]


def read_events(folder: Path) -> list[Event]:
    """Read `office_events.csv`, none where there is no such file. Raises RegistryBroken, naming the line."""
    path = folder / EVENTS
    return [each(event_of, row, place) for place, row in rows_of(path, EVENT_COLUMNS)] if path.is_file() else []


def rows_of(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row with its place, like `registry/offices.csv, line 3`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise RegistryBroken(f"{path} is not UTF-8 ({error}): save it as CSV UTF-8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    headers = list(reader.fieldnames or [])
    if sorted(headers) != sorted(columns):
        more, missing = sorted(set(headers) - set(columns)), sorted(set(columns) - set(headers))
        raise RegistryBroken(
            f"{path}, line 1: its columns must be {','.join(columns)}: {', '.join(missing) or 'nothing'} is missing, "
            f"{', '.join(more) or 'nothing'} is not known or there twice"
            + ("; dates of offices stand in office_events.csv" if "valid_from" in more else "")
        )
    for row in reader:
        place = f"{path}, line {reader.line_num}"
        if None in row or None in row.values():
            raise RegistryBroken(f"{place}: more or fewer cells than there are headers: correct the commas")
        yield place, row


def each(typed: Callable[[dict[str, str], str], T], row: dict[str, str], place: str) -> T:
    try:
        return typed(row, place)
    except ValueError as error:
        raise RegistryBroken(f"{place}: {error}") from error


def office_of(row: dict[str, str], place: str) -> Office:
    """One line of `offices.csv`, typed; from when to when it is valid is not known here."""
    if row["level"] not in LEVELS:
        raise ValueError(f"level {row['level']!r} is none of {', '.join(LEVELS)}")
    if row["reports"] not in ("true", "false"):
        raise ValueError(f"reports is {row['reports']!r}: write true or false")
    return Office(
        office_key=whole(row, "office_key"),
        code=code_of(row),
        name=name_of(row),
        level=row["level"],
        parent_key=whole(row, "parent_key") if row["parent_key"] else None,
        valid_from=None,
        valid_to=None,
        reports=row["reports"] == "true",
        endpoint=row["endpoint"],
        connection=row["connection"],
        place=place,
    )


def event_of(row: dict[str, str], place: str) -> Event:
    """One line of the log, typed, with exactly the cells that its event says."""
    if row["event"] not in SAYS:
        raise ValueError(f"event {row['event']!r} is none of {', '.join(SAYS)}")
    says = SAYS[row["event"]]
    for column in ("code", "name", "parent_key", "into_key", "share"):
        if row[column] and column not in says:
            raise ValueError(f"a {row['event']} says nothing of {column}: leave {row[column]!r} out")
        if column in says and not row[column]:
            raise ValueError(f"a {row['event']} without {column}: say which")
    return Event(
        event_no=whole(row, "event_no"),
        happened_on=day(row),
        event=row["event"],
        office_key=whole(row, "office_key"),
        code=code_of(row) if "code" in says else "",
        name=name_of(row) if "name" in says else "",
        parent_key=whole(row, "parent_key") if "parent_key" in says else None,
        into_key=whole(row, "into_key") if "into_key" in says else None,
        share=share_of(row) if "share" in says else None,
        source=row["source"],
        place=place,
    )


def whole(row: dict[str, str], column: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", row[column]):
        raise ValueError(f"{column} is {row[column]!r}, not a whole number")
    return int(row[column])


def code_of(row: dict[str, str]) -> str:
    if not CODE.fullmatch(row["code"]):
        raise ValueError(f"code {row['code']!r} is empty, or has other characters than digits, letters, - and _")
    return row["code"]


def name_of(row: dict[str, str]) -> str:
    if not row["name"].strip():
        raise ValueError("name is empty: write what the office was called")
    return row["name"]


def day(row: dict[str, str]) -> date:
    text = row["happened_on"]
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError("not YYYY-MM-DD")
        happened_on = date.fromisoformat(text)
        if happened_on.year < 1900:
            raise ValueError("before 1900")
    except ValueError as error:
        raise ValueError(f"happened_on is {text!r}: write a day like 2023-07-01 ({error})") from error
    return happened_on


def share_of(row: dict[str, str]) -> Decimal:
    """The share of a split. Of a limited number of places, so that shares of shares stay exact."""
    if not re.fullmatch(r"0\.[0-9]{1,9}", row["share"]) or not Decimal(row["share"]):
        raise ValueError(f"share is {row['share']!r}: write a decimal between 0 and 1 of at most 9 places, like 0.35")
    return Decimal(row["share"])
