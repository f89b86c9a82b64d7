"""The registry of offices: one file, read by Python and seeded by dbt alike."""

import csv
import io
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from rollcall.errors import RegistryBroken

LEVELS = ("province", "city", "county", "township")
CODE = re.compile(r"[0-9A-Za-z_-]{1,40}")  # it becomes part of URLs and of drop folders' paths


@dataclass(frozen=True)
class Office:
    """
    One dated version of an office: what it was called, and where it hung, from when to when.

    `office_key` is ours and stable; `code` and `name` are facts of the version and may be used again by another
    office. Dates are inclusive; None is "as far as we know". `endpoint` is a base URL or the root of a drop folder;
    empty where the setting ROLLCALL_ENDPOINT serves. `connection` names an Airflow connection, likewise.
    """

    office_key: int
    code: str
    name: str
    level: str
    parent_key: int | None
    valid_from: date | None
    valid_to: date | None
    reports: bool
    endpoint: str
    connection: str

    def is_valid_on(self, day: date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_to or day)


def read_registry(folder: Path) -> list[Office]:
    """Read `offices.csv`, one row per version of an office. Raises RegistryBroken, naming the line."""
    path = folder / "offices.csv"
    if not path.is_file():
        raise RegistryBroken(f"{path} does not exist: ROLLCALL_REGISTRY names the folder that holds offices.csv")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise RegistryBroken(f"{path} is not UTF-8 ({error}): save it as CSV UTF-8") from error
    offices = []
    reader = csv.DictReader(io.StringIO(text, newline=""))
    for row in reader:
        try:
            offices.append(office_of(row))
        except (KeyError, TypeError, ValueError) as error:
            raise RegistryBroken(f"{path}, line {reader.line_num}: {error!r}") from error
    check(offices, path)
    check_versions(offices, path)
    return offices


def office_of(row: dict[str, str]) -> Office:
    """One line of the registry, typed."""
    if row["level"] not in LEVELS:
        raise ValueError(f"level {row['level']!r} is none of {', '.join(LEVELS)}")
    if None in row or None in row.values():
        raise ValueError("more or fewer cells than there are headers")
    if not CODE.fullmatch(row["code"]):
        raise ValueError(f"code {row['code']!r} has other characters than digits, letters, - and _")
    return Office(
        office_key=int(row["office_key"]),
        code=row["code"],
        name=row["name"],
        level=row["level"],
        parent_key=int(row["parent_key"]) if row["parent_key"] else None,
        valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        reports={"true": True, "false": False}[row["reports"]],
        endpoint=row["endpoint"],
        connection=row["connection"],
    )


def check(offices: list[Office], path: Path) -> None:
    """Refuse a parent that is not there, or not above its child."""
    levels = {office.office_key: LEVELS.index(office.level) for office in offices}
    for office in offices:
        if office.parent_key is None:
            continue
        if office.parent_key not in levels:
            raise RegistryBroken(f"{path}: {office.code} {office.name}: no office has key {office.parent_key}")
        if levels[office.parent_key] >= LEVELS.index(office.level):
            raise RegistryBroken(f"{path}: {office.code} {office.name}: its parent is not of a higher level")


def check_versions(offices: list[Office], path: Path) -> None:
    """Refuse two versions of one office on the same day, and one code for two offices on the same day."""
    same: dict[tuple[str, object], list[Office]] = defaultdict(list)
    for office in offices:
        if (office.valid_from or date.min) > (office.valid_to or date.max):
            raise RegistryBroken(f"{path}: {office.code} {office.name}: valid_from is after valid_to")
        for shared in (("office_key", office.office_key), ("code", office.code)):
            same[shared].append(office)
    for (column, value), versions in same.items():
        versions.sort(key=lambda office: office.valid_from or date.min)
        for earlier, later in pairwise(versions):
            if (later.valid_from or date.min) <= (earlier.valid_to or date.max):
                raise RegistryBroken(
                    f"{path}: {column} {value}: {earlier.name} and {later.name} are valid on the same day"
                )


def called_on(offices: list[Office], day: date) -> list[Office]:
    """The offices that report for a period ending on *day*, one version each, in order of key."""
    return sorted(
        (office for office in offices if office.reports and office.is_valid_on(day)),
        key=lambda office: office.office_key,
    )
