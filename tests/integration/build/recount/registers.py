"""What stands on the registers: entries of the accepted lists, and of older ones where a later list held their row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tests.integration.build.recount.world import FIRST_LINE, Row, World, first_day, kept, last_day

# Of each register: what numbers its entries, and the column that may tell when a statement began to hold.
REGISTERS = {
    "units": ("unit_no", "honoured_on"),
    "sites": ("site_no", "opened_on"),
    "teams": ("team_no", "registered_on"),
    "projects": ("project_no", "started_on"),
}


@dataclass(frozen=True)
class Entry:
    """An entry as it stands; `is_earlier` where a later accepted list held its row."""

    row: Row
    period: str
    submission: int
    line: int
    is_earlier: bool = False


@kept
def register(world: World, office_key: int, dataset: str, day: date) -> dict[str, Entry]:
    """
    The entries that stand on an office's register on a day, by number.

    Each list says of an entry how it is from a day on: from the date the entry states where no earlier list
    could have told it, else from the first of the list's month. Of what is said by a day, the last counts. An entry
    whose row a list held stands as it was; where the key of a held row cannot be read, so does every entry that is not
    in the list. An office says nothing of the time before it began, nor of that after it ended.

    Chosen: a list that held the row of an entry could have told of it, so a later list does not date it back into that
    list's month.
    """
    number, dated = REGISTERS[dataset]
    ended_on = world.history.last_day(office_key) or date.max
    began_on = world.history.first_day(office_key) or date.min
    if not began_on <= day <= ended_on:
        return {}
    stands: dict[str, Entry] = {}
    told_until = began_on - timedelta(days=1) if began_on > date.min else date.min
    periods = world.periods_of(office_key, dataset)
    for period in (p for p in periods if first_day(p) <= ended_on and last_day(p) >= began_on):
        told = world.accepted[office_key, period, dataset]
        if first_day(period) <= day:
            stands = left_by(stands, {row[number] for row in told.rows}, told.held)
        for line, row in enumerate(told.rows, FIRST_LINE):
            stated = row.get(dated)
            is_told = stated is not None and told_until < stated <= min(last_day(period), ended_on)
            if (stated if is_told else first_day(period)) <= day:
                stands[row[number]] = Entry(row, period, told.submission, line)
        told_until = last_day(period)
    return stands


def left_by(stands: dict[str, Entry], listed: set[str], held: Sequence[str | None]) -> dict[str, Entry]:
    """What a list leaves of the entries before it."""
    left = {}
    for name, entry in stands.items():
        if name in listed:
            left[name] = entry
        elif name in held or None in held:
            left[name] = replace(entry, is_earlier=True)
    return left
