"""What a record is made of."""

from dataclasses import dataclass
from random import Random
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


def team_no(world: World, office: Office, rng: Random) -> str:
    return number_of(world, office, f"T{rng.randint(1, 6):02d}")


def is_own(row: Row) -> bool:
    """Whether nobody else reports the same thing, so that the row can be changed alone."""
    return not row.get("_shared", False)
