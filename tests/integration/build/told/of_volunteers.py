"""Whom a registration and a number mean, and where a person counts."""

from tests.integration.build.told.cases import JULY, JUNE, MAY, Case, told
from tests.integration.build.told.places import Place
from tests.integration.build.told.rows import event, registration, service, team, unit


@told(Place.split)
def after_a_split_a_person_counts_in_every_heir_until_one_tells(case: Case) -> None:
    """The street tells of V1 in July and of nobody else: V1 is the street's from then on, V2 counts in both."""
    place = case.place
    case.send(
        place.town,
        MAY,
        registrations=[registration(f"V{n}", "2023-05-02", person) for n, person in ((1, "a"), (2, "b"))],
    )
    case.send(place.street, JULY, registrations=[registration("V1", "2023-07-05", "a", "changed")])
    case.send(place.village, JULY, registrations=[])
    case.right("volunteers", place.town, {MAY: 2})
    case.right("volunteers", place.street, {JUNE: 2, JULY: 2})
    case.right("volunteers", place.village, {JUNE: 2, JULY: 1})
    case.right("volunteers", place.county, {MAY: 2, JUNE: 2, JULY: 2})


@told()
def an_empty_cell_of_a_change_leaves_what_was_known(case: Case) -> None:
    town = case.place.town
    case.send(
        town,
        MAY,
        teams=[team("D1")],
        registrations=[
            registration(f"V{n}", "2023-05-02", person, team_no="D1", is_backbone=True)
            for n, person in enumerate("abc", 1)
        ],
    )
    case.send(
        town,
        JUNE,
        registrations=[
            registration("V1", "2023-06-02", "a", "changed"),
            registration("V2", "2023-06-02", "b", "changed", team_no="无"),
            registration("V3", "2023-06-02", "c", "changed", is_backbone=False),
        ],
    )
    case.registered = {(town, "V1", "D1", True), (town, "V2", None, True), (town, "V3", "D1", False)}
    case.right("volunteers_backbone", town, {MAY: 3, JUNE: 2, JULY: 2})


@told()
def a_unified_number_is_that_person_wherever_it_serves(case: Case) -> None:
    """Of ten characters, registered at one office; one of nine is not, nor one that two offices registered."""
    place = case.place
    unified, short, doubtful = f"620102{place.city:04d}", f"62010{place.city:04d}", f"620103{place.city:04d}"
    event_code = place.code(place.county)
    case.send(place.county, MAY, events=[event("E", event_code, "2023-05-05")])
    case.send(
        place.town,
        MAY,
        registrations=[
            registration(number, "2023-05-02", who) for number, who in ((unified, "a"), (short, "b"), (doubtful, "c"))
        ],
        services=[service(unified, "E", event_code, "2023-05-05"), service(short, "E", event_code, "2023-05-06")],
    )
    case.send(place.village, MAY, registrations=[registration(doubtful, "2023-05-02", "c")])
    case.send(
        place.street,
        MAY,
        services=[service(number, "E", event_code, "2023-05-05") for number in (unified, doubtful)]
        + [service(short, "E", event_code, "2023-05-06")],
    )
    case.right("volunteers_served", place.town, {MAY: 2})
    case.right("volunteers_served", place.street, {MAY: 3})
    case.right("volunteers_served", place.city, {MAY: 4})
    case.right("service_hours", place.city, {MAY: 8})
    case.findings = {("volunteer_unknown", place.street, short), ("volunteer_unknown", place.street, doubtful)}


@told()
def the_figure_of_a_distant_day_is_that_of_any_late_day(case: Case) -> None:
    """Asked for at infinity too: who withdrew stays withdrawn, and whom two offices have counts once."""
    town = case.place.town
    case.send(
        town,
        MAY,
        units=[unit("U1", honour_level="national")],
        registrations=[registration("V1", "2023-05-02", "a"), registration("V2", "2023-05-02", "b")],
    )
    case.send(town, JUNE, registrations=[registration("V1", "2023-06-02", "a", "withdrawn")])
    case.send(case.place.street, MAY, registrations=[registration("V1", "2023-05-02", "b")])
    for office in (town, case.place.street, case.place.county):
        case.right("volunteers", office, {JULY: 1, "infinity": 1})
    case.right("units", case.place.county, {JULY: 1, "infinity": 1})
