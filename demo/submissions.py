"""What each office hands in for the period: files with revisions, times, and what is expected of them."""

import dataclasses
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from demo.breaks import Scene, break_rules
from demo.files import MEDIA_TYPES, Records, container, csv_bytes, tables_of
from demo.habits import NOT_SUBMITTED, TURNED_AWAY, Habits
from demo.records import make_records
from demo.records.row import is_own
from demo.spoiled import cut_short, encrypted_workbook, web_page, with_wrong_headers
from demo.tables import Table
from demo.world import World
from rollcall.datasets import datasets
from rollcall.offices import Office
from rollcall.periods import LOCAL

DEADLINE_DAY = 5


@dataclass(frozen=True)
class Submission:
    """One file as an office lists it. `rows`: per dataset, as a reader finds them; none where turned away."""

    revision: int
    kind: str
    filename: str
    media_type: str
    submitted_at: datetime
    rows: dict[str, int]
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """All that one office has to say for the period. `broken`: which rules how many rows break."""

    habits: Habits
    late: bool
    submissions: list[Submission]
    broken: list[dict[str, Any]]


def answer_of(world: World, office: Office) -> Answer:
    """Make the files of *office*; the same for the same seed, office and period."""
    habits = world.habits[office.code]
    if habits.conduct in NOT_SUBMITTED:
        return Answer(habits, False, [], [])
    records = make_records(world, office)
    broken = []
    if habits.conduct == "broken_rows":
        broken = break_rules(Scene(world, office, world.rng(office, "breaks")), records, habits.format)
    submissions = submissions_of(world, office, habits, records)
    if habits.conduct == "correction":
        submissions.append(correction_of(world, office, habits, records, submissions[-1]))
    return Answer(habits, habits.conduct == "late", submissions, broken)


def submissions_of(world: World, office: Office, habits: Habits, records: Records) -> list[Submission]:
    """The first revision; for a csv office one revision per dataset."""
    kind = "backlog" if world.brings_its_past(office) else "regular"
    submitted_at = submitted(world, office, habits)
    tables = tables_for(world, office, habits, records)
    if habits.format == "csv":
        return [
            Submission(
                revision,
                kind,
                f"{name}.csv",
                MEDIA_TYPES["csv"],
                submitted_at + timedelta(minutes=revision - 1),
                expected(habits, {name: records[name]}),
                csv_bytes(records[name], table, habits.style),
            )
            for revision, (name, table) in enumerate(tables.items(), 1)
        ]
    content = spoil(world, office, habits, whole_file(world, office, habits, records, tables))
    return [described(world, 1, kind, habits, submitted_at, expected(habits, records), content)]


def correction_of(world: World, office: Office, habits: Habits, records: Records, corrected: Submission) -> Submission:
    """The next revision of everything, a day later: some rows changed, one or two withdrawn."""
    rng = world.rng(office, "correction")
    for name in ("registrations", "events"):
        number = datasets()[name].keys[0]
        seen = Counter(row[number] for row in records[name])
        own = [row for row in records[name] if is_own(row) and seen[row[number]] == 1]
        withdrawn = rng.sample(own, min(max(len(own) - 1, 0), rng.randint(1, 2)))
        records[name] = [row for row in records[name] if row not in withdrawn]
    for row in rng.sample(records["events"], min(3, len(records["events"]))):
        row["attendees"] += rng.randint(1, 40)
    tables = tables_for(world, office, habits, records)
    content = whole_file(world, office, habits, records, tables)
    submitted_at = corrected.submitted_at + timedelta(days=1, minutes=rng.randint(1, 90))
    rows = expected(habits, records)
    return described(world, corrected.revision + 1, "correction", habits, submitted_at, rows, content)


def tables_for(world: World, office: Office, habits: Habits, records: Records) -> dict[str, Table]:
    """The office's tables, the same each month; under wrong headers where that is its fault."""
    tables = tables_of(records, habits.style, world.lasting_rng(office, "tables"))
    if habits.conduct == "wrong_headers":
        return {name: with_wrong_headers(table) for name, table in tables.items()}
    return tables


def whole_file(world: World, office: Office, habits: Habits, records: Records, tables: dict[str, Table]) -> bytes:
    heading = f"{office.name}{world.period.year}年{world.period.month}月"
    return container(habits.format, records, tables, habits.style, heading)


def spoil(world: World, office: Office, habits: Habits, content: bytes) -> bytes:
    """Make of the right file the one that the office sends."""
    rng = world.rng(office, "spoiled")
    match habits.conduct:
        case "truncated":
            return cut_short(content, rng)
        case "encrypted":
            return encrypted_workbook(rng)
        case "html":
            return web_page()
        case _:
            return content


def expected(habits: Habits, records: Records) -> dict[str, int]:
    """Rows per dataset that a reader finds."""
    if habits.conduct in TURNED_AWAY:
        return {}
    return {name: len(rows) for name, rows in records.items()}


def described(
    world: World, revision: int, kind: str, habits: Habits, at: datetime, rows: dict[str, int], content: bytes
) -> Submission:
    """A submission that carries all datasets in one file, named for its period."""
    filename = f"{world.period}.{habits.format}"
    return Submission(revision, kind, filename, MEDIA_TYPES[habits.format], at, rows, content)


def submitted(world: World, office: Office, habits: Habits) -> datetime:
    """When the first file came: by the deadline in the month after, or in the ten days after it."""
    rng = world.rng(office, "submitted")
    day = rng.randint(DEADLINE_DAY + 1, DEADLINE_DAY + 9) if habits.conduct == "late" else rng.randint(1, DEADLINE_DAY)
    if habits.conduct == "correction":
        day = min(day, DEADLINE_DAY - 2)
    at = time(rng.randint(8, 19), rng.randint(0, 59), rng.randint(0, 59))
    return datetime.combine(world.period.shift(1).first_day + timedelta(days=day - 1), at, LOCAL)


def as_listed(submission: Submission) -> dict[str, Any]:
    """Everything but the bytes."""
    listed = {item.name: getattr(submission, item.name) for item in dataclasses.fields(submission)}
    del listed["content"]
    return listed | {"submitted_at": submission.submitted_at.isoformat()}
