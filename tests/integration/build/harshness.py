"""How often a random world meets each rule of counting: one that is never met is not tested by it."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date

from tests.integration.build.recount.findings import findings
from tests.integration.build.recount.records import NUMBERS, facts, tellings
from tests.integration.build.recount.registers import REGISTERS, register
from tests.integration.build.recount.transfers import are_exact, differing, ends, missing, pairs
from tests.integration.build.recount.volunteers import OPTIONAL, UNIFIED, person, registrations, server, states
from tests.integration.build.recount.world import World, last_day

LARGEST = "999999999999.99"
FINDINGS = (
    "event_of_participant_only", "team_unknown", "site_unknown", "project_unknown", "event_unknown",
    "volunteer_unknown", "points_over_balance", "alliance_without_leader", "alliance_with_two_leaders",
)  # fmt: skip


def met(world: World) -> dict[str, int]:
    """Each rule, and how often a world meets it."""
    found = {f"heirs tell: {dataset}": told_by_heirs(world, dataset) for dataset in NUMBERS if dataset in TOLD_BY_HEIRS}
    found |= {name: count(world) for name, count in RULES.items()}
    listed = Counter(finding.finding for finding in findings(world))
    return found | {f"finding: {finding}": listed[finding] for finding in FINDINGS}


TOLD_BY_HEIRS = set(NUMBERS) - {"totals", "reviews", "services"}


def told_by_heirs(world: World, dataset: str) -> int:
    return sum(fact.teller != fact.office_key for fact in facts(world, dataset))


def told_again(world: World) -> int:
    told = sum(len(tellings(world, dataset, key)) for dataset in NUMBERS for key in world.history.offices)
    return told - sum(len(facts(world, dataset)) for dataset in NUMBERS)


def used_in_two_months(world: World) -> int:
    used = Counter((fact.office_key, fact.row["entry_no"]) for fact in facts(world, "points"))
    return sum(times > 1 for times in used.values())


def persons_with_one_heir(world: World) -> int:
    """Registrations of an office that was split, of which one heir told."""
    day = date(2023, 7, 31)
    return sum(
        len(world.history.above(key, day, states(world)[key, number][-1].heir)) < len(world.history.above(key, day))
        for key, number in states(world)
    )


def standing_by_an_older_list(world: World) -> int:
    return sum(
        entry.is_earlier
        for period in {period for _, period, _ in world.accepted}
        for key in world.history.offices
        for dataset in REGISTERS
        for entry in register(world, key, dataset, last_day(period)).values()
    )


def keys_not_read(world: World) -> int:
    return sum(None in told.held for (_, _, name), told in world.accepted.items() if name in REGISTERS)


def left_as_it_was(world: World) -> int:
    """Changes that leave a cell empty which an earlier one filled."""
    return sum(
        change.row["change"] == "changed" and change.row.get(name) is None and state.cells[name] is not None
        for registration, changes in registrations(world).items()
        for change, state in zip(changes, states(world)[registration], strict=True)
        for name in OPTIONAL
    )


def served_elsewhere(world: World) -> int:
    return sum(
        len(fact.row["volunteer_no"]) >= UNIFIED
        and server(world, fact) is not None
        and person(world, fact.office_key, fact.row["volunteer_no"]) is None
        for fact in facts(world, "services")
    )


def on_lists_of_two_offices(world: World) -> int:
    listed = {
        (row["credit_code"], key)
        for (key, _, name), told in world.accepted.items()
        for row in (told.rows if name == "units" else ())
        if row["credit_code"]
    }
    return sum(offices > 1 for offices in Counter(code for code, _ in listed).values())


def blank_and_named_kinds(world: World) -> int:
    rows = [row for (_, _, name), told in world.accepted.items() if name == "units" for row in told.rows]
    blank = {row["alliance_name"] for row in rows if row["alliance_kind"] is None and row["alliance_name"]}
    return len(blank & {row["alliance_name"] for row in rows if row["alliance_kind"] not in (None, "none")})


def largest_amounts(world: World) -> int:
    return sum(fact.row["amount_yuan"] == LARGEST for fact in facts(world, "funding"))


RULES: Mapping[str, Callable[[World], int]] = {
    "told again": told_again,
    "numbers begin again": used_in_two_months,
    "persons with one heir": persons_with_one_heir,
    "held rows of registers": standing_by_an_older_list,
    "keys not read": keys_not_read,
    "empty cells of changes": left_as_it_was,
    "unified numbers elsewhere": served_elsewhere,
    "credit codes on two lists": on_lists_of_two_offices,
    "alliances of blank kind": blank_and_named_kinds,
    "largest amounts": largest_amounts,
    "transfers of two amounts": lambda world: len(list(differing(world, date.max))),
    "transfers of one end": lambda world: len(list(missing(world, date.max))),
    "transfers through heirs": lambda world: sum(not are_exact(world, *pair) for pair in pairs(world)),
    "vouchers used again": lambda world: sum(
        times > 1
        for times in Counter((end.office_key, end.is_out, end.other, *end.transfer) for end in ends(world)).values()
    ),
}
