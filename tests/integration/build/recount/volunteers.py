"""Whose each registration and service is, and how a registration stood after each of its changes."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.integration.build.recount.records import Organiser, Record, facts
from tests.integration.build.recount.world import World, kept

UNIFIED = 10  # characters of a volunteer's number, from which on it is that of a person wherever it serves
NO_TEAM = "无"
OPTIONAL = ("team_no", "is_backbone")
Registration = tuple[int, str]  # office_key, volunteer_no


@dataclass(frozen=True)
class State:
    """How a registration stands from a day on. `heir` is the other office that told of it last, if any."""

    since: date
    stands: bool
    cells: Mapping[str, Any]
    heir: int | None


@kept
def registrations(world: World) -> dict[Registration, list[Record]]:
    """All changes of each registration, in order of day."""
    found: dict[Registration, list[Record]] = {}
    for fact in sorted(facts(world, "registrations"), key=lambda fact: fact.row["changed_on"]):
        found.setdefault((fact.office_key, fact.row["volunteer_no"]), []).append(fact)
    return found


@kept
def states(world: World) -> dict[Registration, list[State]]:
    """
    How each registration stood, in order of day: an empty cell leaves what was known, 无 ends a team.

    Chosen: a new registration says all anew, what it leaves empty is not known; a withdrawal leaves what was known, for
    a change after it.
    """
    found: dict[Registration, list[State]] = {}
    for registration, changes in registrations(world).items():
        known: dict[str, Any] = {}
        heir = None
        for change in changes:
            if change.row["change"] == "new":
                known = {}
            known |= {name: change.row[name] for name in OPTIONAL if change.row.get(name) is not None}
            cells = {name: None if known.get(name) == NO_TEAM else known.get(name) for name in OPTIONAL}
            heir = heir if change.teller == change.office_key else change.teller
            stands = change.row["change"] != "withdrawn"
            found.setdefault(registration, []).append(State(change.row["changed_on"], stands, cells, heir))
    return found


def state_on(world: World, registration: Registration, day: date) -> State | None:
    """How a registration stands on a day; None where it does not."""
    so_far = [state for state in states(world)[registration] if state.since <= day]
    return so_far[-1] if so_far and so_far[-1].stands else None


@kept
def person(world: World, office_key: int, volunteer_no: str) -> Any:
    """Whom the latest row with an ID number names; without any, the registration is a person by itself."""
    changes = registrations(world).get((office_key, volunteer_no), [])
    named = [change for change in changes if change.row["has_id_number"]] or changes
    return named[-1].row["person_key"] if named else None


def volunteer(world: World, office_key: int, volunteer_no: str) -> Any:
    """
    Whom an office means by a number: its own registration, else a unified number that exactly one office registered.

    Chosen: registered is what any change told of, whenever, also where it was withdrawn since.
    """
    own = person(world, office_key, volunteer_no)
    if own is not None or len(volunteer_no) < UNIFIED:
        return own
    offices = [key for key, number in registrations(world) if number == volunteer_no]
    return person(world, offices[0], volunteer_no) if len(offices) == 1 else None


def server(world: World, fact: Record) -> Any:
    return volunteer(world, fact.office_key, fact.row["volunteer_no"])


def somebody(world: World, fact: Record) -> Hashable:
    """Who served; whose registration nobody reported is somebody by the number alone."""
    known: Hashable = server(world, fact)
    return known or (fact.office_key, fact.row["volunteer_no"])


@kept
def services_counted(world: World) -> list[Record]:
    """Of one person's same event and day, the organiser's row, else that of the office with the lowest key."""
    together: dict[Hashable, list[Record]] = {}
    for fact in facts(world, "services"):
        event: tuple[Organiser, str, date] = (fact.organiser, fact.row["event_no"], fact.row["served_on"])
        together.setdefault((somebody(world, fact), event), []).append(fact)
    return [min(told, key=after_organiser) for told in together.values()]


def after_organiser(fact: Record) -> tuple[bool, int, str]:
    return (fact.organiser != fact.office_key, fact.office_key, fact.row["volunteer_no"])
