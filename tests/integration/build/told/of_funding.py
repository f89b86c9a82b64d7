"""What offices paid one another, and sums as large as the door lets in."""

from decimal import Decimal

from tests.integration.build.told.cases import JULY, JUNE, MAY, Case, told
from tests.integration.build.told.places import OUTSIDE
from tests.integration.build.told.rows import event, got, paid, voucher

LARGEST = Decimal("999999999999.99")
MANY = 10_001
MOST = 999_999_999_999_999


@told()
def a_county_that_pays_its_own_towns_has_paid(case: Case) -> None:
    """600 and 400 of awards: out of the county, in at the towns, neither at the city; the balances are as they were."""
    place = case.place
    county, towns = place.code(place.county), {place.town: "600", place.street: "400"}
    case.send(
        place.county,
        MAY,
        funding=[voucher("B1", "budget", "1000", "2023-05-01")]
        + [paid(f"T{key}", amount, "2023-05-05", place.code(key)) for key, amount in towns.items()],
    )
    for key, amount in towns.items():
        case.send(key, MAY, funding=[got(f"T{key}", amount, "2023-05-06", county)])
    for indicator in ("funding_out_yuan", "funding_awards_out_yuan"):
        case.right_in(MAY, indicator, {place.county: 1000, place.city: 0, place.town: 0})
    for indicator in ("funding_in_yuan", "funding_in_provincial_yuan"):
        case.right_in(MAY, indicator, {place.county: 0, place.city: 0, place.town: 600, place.street: 400})
    balances = {place.county: 1000, place.city: 1000, place.town: 600, place.street: 400}
    case.right_in(MAY, "funding_balance_yuan", balances)
    case.right_in(MAY, "funding_unmatched_yuan", {place.city: 0})


@told()
def a_town_that_pays_upwards_and_outwards(case: Case) -> None:
    """To its county, to a town of the other county, and to somebody in no registry."""
    place = case.place
    case.send(
        place.town,
        MAY,
        funding=[
            paid("1", "1", "2023-05-05", place.code(place.county)),
            paid("2", "20", "2023-05-05", place.code(place.far)),
            paid("3", "300", "2023-05-05", OUTSIDE),
        ],
    )
    case.send(place.county, MAY, funding=[got("1", "1", "2023-05-05", place.code(place.town))])
    case.send(place.far, MAY, funding=[got("2", "20", "2023-05-05", place.code(place.town))])
    case.right_in(MAY, "funding_out_yuan", {place.town: 321, place.county: 320, place.city: 300, place.other: 0})
    case.right_in(MAY, "funding_in_yuan", {place.county: 1, place.far: 20, place.other: 20, place.city: 0})
    case.right_in(MAY, "funding_unmatched_yuan", {place.town: 300, place.city: 300, place.other: 0})
    case.unmatched = {(place.town, "3", Decimal(300), None)}


@told()
def two_ends_that_state_different_amounts_are_listed_with_both(case: Case) -> None:
    """100 and 90, matched; the difference counts once, at the payer and above, from the day when both are booked."""
    place = case.place
    case.send(place.county, MAY, funding=[paid("1", "100", "2023-05-30", place.code(place.far))])
    case.send(place.far, JUNE, funding=[got("1", "90", "2023-06-02", place.code(place.county))])
    case.right("funding_unmatched_yuan", place.county, {MAY: 100, JUNE: 10, JULY: 10})
    case.right("funding_unmatched_yuan", place.far, {JUNE: 0})
    case.right("funding_unmatched_yuan", place.city, {MAY: 100, JUNE: 10})
    case.unmatched = {(place.county, "1", Decimal(100), Decimal(90)), (place.far, "1", Decimal(90), Decimal(100))}


@told()
def a_number_used_again_is_matched_in_order(case: Case) -> None:
    """Twice in a budget year, n-th with n-th; a third time in another year, which the other end does not state."""
    place = case.place
    to, by = place.code(place.street), place.code(place.town)
    case.send(
        place.town,
        JULY,
        funding=[
            paid("1", "10", "2023-05-05", to),
            paid("1", "20", "2023-06-05", to),
            paid("1", "30", "2023-07-05", to, budget_year=2022),
        ],
    )
    case.send(
        place.street,
        JULY,
        funding=[
            got("1", "10", "2023-05-09", by),
            got("1", "20", "2023-06-09", by),
            got("1", "30", "2023-07-09", by),
        ],
    )
    case.right("funding_unmatched_yuan", place.county, {MAY: 0, JUNE: 0, JULY: 60})
    case.unmatched = {(place.town, "1", Decimal(30), None), (place.street, "1", Decimal(30), None)}


@told()
def sums_are_as_large_as_the_door_lets_in(case: Case) -> None:
    """10,001 amounts of 10^12 yuan less a cent, and three times the largest whole number."""
    place = case.place
    case.send(
        place.county,
        MAY,
        funding=[voucher(f"B{number}", "budget", str(LARGEST), "2023-05-05") for number in range(MANY)],
        events=[
            event(
                f"E{number}",
                place.code(place.county),
                "2023-05-05",
                attendees=MOST,
                volunteers=MOST,
                beneficiaries=MOST,
            )
            for number in range(3)
        ],
    )
    for indicator in ("funding_budget_yuan", "funding_balance_yuan"):
        case.right_in(MAY, indicator, {place.county: MANY * LARGEST, place.city: MANY * LARGEST})
    for indicator in ("event_attendees", "talk_attendees", "event_volunteers", "event_beneficiaries"):
        case.right_in(MAY, indicator, {place.county: 3 * MOST, place.city: 3 * MOST})
