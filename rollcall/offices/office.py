"""One dated version of an office, and whom a period is asked of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

LEVELS = ("province", "city", "county", "township")


@dataclass(frozen=True)
class Office:
    """
    One dated version of an office: what it was called, and where it hung, from when to when.

    `office_key` is ours and stable; `code` and `name` are facts of the version and may be used again by another
    office. Dates are inclusive; None is "as far as we know". `endpoint` is a base URL or the root of a drop folder;
    empty where the setting ROLLCALL_ENDPOINT serves. `connection` names an Airflow connection, likewise. `place` is
    the line of the registry that says so, for messages.
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
    place: str = field(default="", compare=False, repr=False)

    def is_valid_on(self, day: date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_to or day)


def last_known(offices: Iterable[Office], day: date) -> dict[int, Office]:
    """Every office, by key, as it was on *day*; one that did not stand then as it last was before, else as it began."""
    known: dict[int, Office] = {}
    for office in sorted(offices, key=lambda office: office.valid_from or date.min):
        if office.office_key not in known or (office.valid_from or date.min) <= day:
            known[office.office_key] = office
    return known


def called_on(offices: Iterable[Office], day: date) -> list[Office]:
    """The offices that report for a period ending on *day*, one version each, in order of key."""
    return sorted(
        (office for office in offices if office.reports and office.is_valid_on(day)),
        key=lambda office: office.office_key,
    )
