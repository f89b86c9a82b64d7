"""What a record is made of."""

from dataclasses import dataclass
from typing import Any

from demo.world import World
from rollcall.offices import Office

Row = dict[str, Any]

# Begins every number that the demo gives, so that none is taken for a real one: 示例.
MARK = "SL"


@dataclass(frozen=True)
class Literal:
    """Text that goes into a cell as it stands, whatever the column's type."""

    text: str


@dataclass(frozen=True)
class ErrorCell:
    """A formula that shows an error, like #N/A."""

    shows: str


def number_of(world: World, office: Office, *parts: str) -> str:
    """A number that *office* gives to something of its own: SL620102001-2307-E001. A recode changes none."""
    return "-".join((f"{MARK}{world.first_code(office)[:9]}", *parts))


def record_no(world: World, office: Office, letter: str, place: int) -> str:
    """The number of the month's record at *place*; some offices begin with SL-E001 again each month."""
    if world.habits[office.code].numbers_anew:
        return f"{MARK}-{letter}{place:03d}"
    return number_of(world, office, world.month, f"{letter}{place:03d}")


def is_own(row: Row) -> bool:
    """Whether nobody else reports the same thing, so that the row can be changed alone."""
    return not row.get("_shared", False)
