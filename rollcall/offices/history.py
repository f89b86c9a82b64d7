"""
What the log makes of the offices: the versions of each, from when to when it stood, and who came before and after.

A day has one tree, the one at its end: the order of events within a day says nothing.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby, pairwise
from pathlib import Path
from typing import NoReturn

from rollcall.errors import RegistryBroken
from rollcall.offices.office import LEVELS, Office
from rollcall.offices.rows import Event, read_events, read_offices

ONE_DAY = timedelta(days=1)


@dataclass
class Life:
    """
    One office, from its first day to the day on which it is no more; None is as far as we know.

    `origin` stands for it before: the office it was split from, or the one it hung from at first. `heirs` took over
    from it, with their shares; empty while it stands.
    """

    versions: list[Office]
    start: date | None = None
    end: date | None = None
    origin: int | None = None
    heirs: dict[int, Decimal] = field(default_factory=dict)
    last_line: str = ""

    @property
    def newest(self) -> Office:
        return self.versions[-1]

    def stands_on(self, day: date) -> bool:
        return (self.start or day) <= day and (self.end is None or day < self.end)


@dataclass(frozen=True)
class History:
    """Every office there ever was, by key, in the order of `offices.csv`; and the log as it is."""

    lives: dict[int, Life]
    events: list[Event]

    def versions(self) -> list[Office]:
        return [version for life in self.lives.values() for version in life.versions]


def read_history(folder: Path) -> History:
    """Read the registry in *folder*. Raises RegistryBroken, naming file and line."""
    return history_of(read_offices(folder), read_events(folder))


def read_registry(folder: Path) -> list[Office]:
    """Every version of every office of the registry in *folder*. Raises RegistryBroken, naming file and line."""
    return read_history(folder).versions()


def history_of(offices: Iterable[Office], events: Iterable[Event]) -> History:
    """Take *offices* as first known through *events*. Raises RegistryBroken where they contradict themselves."""
    history = History({}, list(events))
    for office in offices:
        if office.office_key in history.lives:
            refuse(office, f"office_key {office.office_key} is there already: one row an office; later to the log")
        history.lives[office.office_key] = Life([office])
    require_order(history)
    for event in history.events:
        if event.event == "create":
            create(history, event)
    for day, happened in groupby(history.events, key=lambda event: event.happened_on):
        take_day(history, day, list(happened))
    find_origins(history)
    require_parents(history)
    require_codes(history)
    return history


def refuse(line: Office | Event | str, complaint: str) -> NoReturn:
    place = line if isinstance(line, str) else line.place
    raise RegistryBroken(f"{place}: {complaint}" if place else complaint)


def require_order(history: History) -> None:
    """Refuse a log that does not run forward, or speaks of an office that there is not."""
    for earlier, later in pairwise(history.events):
        if later.event_no <= earlier.event_no:
            refuse(later, f"event_no {later.event_no} after {earlier.event_no}: number the lines upwards")
        if later.happened_on < earlier.happened_on:
            refuse(later, f"{later.happened_on} after {earlier.happened_on}: put the lines in order of happened_on")
    for event in history.events:
        for column in ("office_key", "parent_key", "into_key"):
            key = getattr(event, column)
            if key is not None and key not in history.lives:
                refuse(event, f"{column}: offices.csv has no office with key {key}: add it there, or correct the key")


def create(history: History, event: Event) -> None:
    life = history.lives[event.office_key]
    if life.start:
        refuse(event, f"{called(life)} is created twice: leave one of the lines out")
    first = next(other for other in history.events if other.office_key == event.office_key)
    if first is not event:
        refuse(event, f"{called(life)} is created after another event of its own ({first.place}): correct a date")
    life.start = event.happened_on
    life.versions = [replace(life.newest, valid_from=event.happened_on, place=event.place)]


def take_day(history: History, day: date, events: list[Event]) -> None:
    """Take the offices over one day: first what ends, so that nothing else happens to it."""
    ends: dict[int, list[Event]] = defaultdict(list)
    for event in events:
        life = history.lives[event.office_key]
        if event.event != "create" and not life.stands_on(day - ONE_DAY):
            refuse(event, f"{called(life)} {standing(life)}: no {event.event} on {day}. As it begins stands in "
                          "offices.csv; correct a date, or leave the line out")  # fmt: skip
        if event.event in ("merge", "split"):
            ends[event.office_key].append(event)
    for key, lines in ends.items():
        end(history.lives[key], day, lines)
    for event in events:
        life = history.lives[event.office_key]
        if event.event in ("rename", "recode", "move"):
            change(life, event)
        elif event.into_key is not None:
            into = history.lives[event.into_key]
            if not into.stands_on(day):
                refuse(event, f"{called(into)} {standing(into)}: on {day} nothing can go into it")


def change(life: Life, event: Event) -> None:
    """A version from the event on; events of one day make one."""
    if life.end == event.happened_on:
        refuse(event, f"{called(life)} {standing(life)}: no {event.event} on {event.happened_on}")
    column = {"rename": "name", "recode": "code", "move": "parent_key"}[event.event]
    before, new = life.newest, getattr(event, column)
    if before.valid_from == event.happened_on:
        whole_before = life.versions.pop()
        before = life.newest
        if getattr(whole_before, column) != getattr(before, column):
            refuse(event, f"a second {event.event} of {called(life)} on {event.happened_on}: leave one out")
    else:
        whole_before = before
        life.versions[-1] = replace(before, valid_to=event.happened_on - ONE_DAY)
    if getattr(before, column) == new:
        refuse(event, f"{called(life)} has {column} {new} already: leave the line out, or correct it")
    changed = replace(whole_before, valid_from=event.happened_on, valid_to=None, place=event.place, **{column: new})
    life.versions.append(changed)


def end(life: Life, day: date, lines: list[Event]) -> None:
    """One merge, or the lines of one split. An office that is split into itself goes on, and keeps what it had."""
    last, keys = lines[-1], [line.into_key for line in lines]
    if {line.event for line in lines} != {"merge"} and {line.event for line in lines} != {"split"}:
        refuse(last, f"{called(life)} is merged and split on {day}: say one of them")
    if len(set(keys)) < len(keys):
        refuse(last, f"{called(life)} goes into {last.into_key} twice on {day}: make one line of them")
    if last.event == "merge":
        if len(lines) > 1:
            refuse(last, f"{called(life)} is merged into several on {day}: that is a split, with shares")
        if last.into_key == life.newest.office_key:
            refuse(last, f"{called(life)} is merged into itself: name the office that takes over")
    else:
        total = sum((line.share or Decimal(0) for line in lines), Decimal(0))
        if len(lines) < 2 or total != 1:
            refuse(last, f"{called(life)} is split on {day} into {len(lines)}, with shares of {total} in all: "
                         "write a line for each office it went into; shares must add up to 1")  # fmt: skip
    if life.newest.office_key in keys:
        return
    life.end = day
    life.heirs = {line.into_key: line.share or Decimal(1) for line in lines if line.into_key is not None}
    life.versions[-1] = replace(life.newest, valid_to=day - ONE_DAY)
    life.last_line = last.place


def find_origins(history: History) -> None:
    """The one office that a created one was split from that day, else the one it hung from: nothing tells more."""
    split_from: dict[tuple[int | None, date], list[int]] = defaultdict(list)
    for event in history.events:
        if event.event == "split":
            split_from[event.into_key, event.happened_on].append(event.office_key)
    for key, life in history.lives.items():
        if life.start is None:
            continue
        sources = split_from[key, life.start]
        first = life.versions[0]
        life.origin = sources[0] if len(sources) == 1 else first.parent_key
        if life.origin is None:
            refuse(first, f"{called(life)} hangs from no office and is split from none, so that nothing stands for it "
                          "before its first day: leave its create out, or write the split")  # fmt: skip


def require_parents(history: History) -> None:
    """Refuse a parent that is not there, not above its child, or not standing as long as the child hangs from it."""
    for life in history.lives.values():
        for office in life.versions:
            if office.parent_key is None:
                continue
            if office.parent_key not in history.lives:
                refuse(office, f"{called(life)}: offices.csv has no office with key {office.parent_key} to hang from")
            above = history.lives[office.parent_key]
            if LEVELS.index(above.newest.level) >= LEVELS.index(office.level):
                refuse(office, f"{called(life)}: its parent, {called(above)}, is not of a higher level")
            if (above.start or date.min) > (office.valid_from or date.min):
                refuse(office, f"{called(life)} hangs from {called(above)} before that {standing(above)}: "
                               "hang it from another, and move it")  # fmt: skip
            if above.end and above.end <= (office.valid_to or date.max):
                refuse(above.last_line, f"{called(life)} still hangs from {called(above)}, which {standing(above)}: "
                                        "move it on that day, or end it too")  # fmt: skip


def require_codes(history: History) -> None:
    """Refuse one code for two offices on the same day."""
    bearers: dict[str, list[Office]] = defaultdict(list)
    for version in history.versions():
        bearers[version.code].append(version)
    for code, versions in bearers.items():
        versions.sort(key=lambda version: version.valid_from or date.min)
        for earlier, later in pairwise(versions):
            if (later.valid_from or date.min) <= (earlier.valid_to or date.max):
                refuse(later, f"code {code} is that of {earlier.office_key} {earlier.name} and of "
                              f"{later.office_key} {later.name} on the same day: recode one of them")  # fmt: skip


def called(life: Life) -> str:
    return f"{life.newest.office_key} {life.newest.code} {life.newest.name}"


def standing(life: Life) -> str:
    """`begins on 2023-07-01`, `stands no more from 2023-07-01 on`, or both."""
    begins = [f"begins on {life.start}"] if life.start else []
    ends = [f"stands no more from {life.end} on"] if life.end else []
    return " and ".join(begins + ends)
