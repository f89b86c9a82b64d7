"""What stands on registers, and what counts once."""

from tests.integration.build.told.cases import JULY, JUNE, MAY, Case, told
from tests.integration.build.told.rows import project, site, team, unit

NATIONAL = {"honour_level": "national"}
CODE = "91110000600037341L"


@told()
def a_held_row_ends_no_entry(case: Case) -> None:
    """U2's row is held in June, in every register; July's list is without it, that of the street has it again."""
    place = case.place
    for key in (place.town, place.street):
        case.send(
            key,
            MAY,
            units=[unit("U1", **NATIONAL), unit("U2", **NATIONAL)],
            sites=[site("S1", area_m2="10"), site("S2", area_m2="5")],
            teams=[team("D1"), team("D2")],
            projects=[project("P1"), project("P2")],
        )
        case.send(
            key,
            JUNE,
            held={"units": ["U2"], "sites": ["S2"], "teams": ["D2"], "projects": ["P2"]},
            units=[unit("U1", **NATIONAL)],
            sites=[site("S1", area_m2="10")],
            teams=[team("D1")],
            projects=[project("P1")],
        )
    case.send(
        place.town,
        JULY,
        units=[unit("U1", **NATIONAL)],
        sites=[site("S1", area_m2="10")],
        teams=[team("D1")],
        projects=[project("P1")],
    )
    case.send(place.street, JULY, units=[unit("U1", **NATIONAL), unit("U2", honour_level="municipal")])
    for indicator in ("units_national", "site_stations", "teams", "brands"):
        case.right(indicator, place.town, {MAY: 2, JUNE: 2, JULY: 1})
        case.earlier += [
            (indicator, place.town, MAY, 0),
            (indicator, place.town, JUNE, 1),
            (indicator, place.town, JULY, 0),
        ]
        case.earlier += [(indicator, place.county, JUNE, 2)]
    case.right("site_area_m2", place.town, {JUNE: 15, JULY: 10})
    case.earlier += [("site_area_m2", place.town, JUNE, 1), ("units_municipal", place.town, JUNE, 0)]
    case.right("units", place.street, {JUNE: 2, JULY: 2})
    case.right("units_national", place.street, {JUNE: 2, JULY: 1})
    case.earlier += [
        ("units", place.street, JULY, 0),
        ("teams", place.street, JULY, 1),
        ("teams", place.county, JULY, 1),
    ]


@told()
def a_held_row_whose_key_cannot_be_read_ends_nothing(case: Case) -> None:
    """Neither an empty key nor one that was cut says which entry it is; the list after it does."""
    place = case.place
    for key, unreadable in ((place.town, None), (place.street, "U…")):
        case.send(key, MAY, units=[unit(number, **NATIONAL) for number in ("U1", "U2", "U3")])
        case.send(key, JUNE, held={"units": [unreadable]}, units=[unit("U1", **NATIONAL)])
        case.send(key, JULY, units=[unit("U1", **NATIONAL)])
        case.right("units", key, {MAY: 3, JUNE: 3, JULY: 1})
        case.earlier += [("units", key, JUNE, 2), ("units", key, JULY, 0)]
    case.right("units", place.county, {JUNE: 6})
    case.earlier += [("units", place.city, JUNE, 4)]


@told()
def a_unit_counts_once_by_its_credit_code(case: Case) -> None:
    """On the lists of city, county and town; each office has it whole, each indicator where any entry says so."""
    place = case.place
    case.send(place.city, MAY, units=[unit("1", **NATIONAL, credit_code=CODE), unit("2", **NATIONAL)])
    case.send(
        place.county,
        MAY,
        units=[unit("1", honour_level="provincial", credit_code=CODE, pool="cultivation"), unit("2", **NATIONAL)],
    )
    case.send(place.town, MAY, units=[unit("1", credit_code=CODE, pool="cultivation")])
    case.right_in(MAY, "units", {place.city: 3, place.county: 2, place.town: 0})
    case.right_in(MAY, "units_national", {place.city: 3, place.county: 1})
    case.right_in(MAY, "units_provincial", {place.city: 1, place.county: 1})
    case.right_in(MAY, "units_cultivation", {place.city: 1, place.county: 1, place.town: 1})


@told()
def a_unit_that_applies_holds_no_honour(case: Case) -> None:
    statuses = ("new", "kept", "suspended", "revoked", "applying", None)
    rows = [unit(f"U{number}", **NATIONAL, honour_status=status) for number, status in enumerate(statuses)]
    case.send(case.place.town, MAY, units=rows)
    for indicator in ("units", "units_national"):
        case.right(indicator, case.place.town, {MAY: 4})


@told()
def an_alliance_is_one_although_a_member_leaves_its_kind_blank(case: Case) -> None:
    """甲 is one with a blank, 乙 two kinds and a blank, 丙 blank at all; kind 无 is in none."""
    place = case.place

    def allied(number: str, name: str, kind: str | None) -> dict[str, object]:
        return unit(number, alliance_name=name, alliance_kind=kind, leads_alliance=True)

    case.send(place.town, MAY, units=[allied("1", "甲", None), allied("2", "乙", "county"), allied("3", "丁", "none")])
    case.send(place.street, MAY, units=[allied("1", "甲", "county"), allied("2", "乙", "municipal")])
    case.send(place.village, MAY, units=[allied("1", "乙", None), allied("2", "丙", None)])
    case.right_in(MAY, "alliances", {place.town: 2, place.street: 2, place.village: 2, place.county: 4, place.city: 4})
    case.findings = {("alliance_with_two_leaders", key, "甲") for key in (place.town, place.street)}


@told()
def an_alliance_has_one_leader_in_a_month(case: Case) -> None:
    """Its leader may be on another office's list; in June it is on none, in July on two."""
    place = case.place
    for period, leaders in ((MAY, {place.far}), (JUNE, set()), (JULY, {place.far, place.town})):
        for key in (place.town, place.far):
            row = unit("1", alliance_kind="county", alliance_name="联盟", leads_alliance=key in leaders)
            case.send(key, period, units=[row])
    case.findings = {
        (f"alliance_{finding}", key, "联盟")
        for finding in ("without_leader", "with_two_leaders")
        for key in (place.town, place.far)
    }
    case.right_in(JUNE, "alliances", {place.city: 1})


@told()
def what_looks_the_same_on_two_levels_lists_is_listed_and_counted(case: Case) -> None:
    """Written in other widths and with blanks; of another kind, closed, or on a list beside, it is not the same."""
    place = case.place
    case.send(
        place.county,
        MAY,
        sites=[site("1", site_name="东街 站１"), site("2", site_name="西街站"), site("3", site_name="南街站")],
        teams=[team("1", team_name="文明队", team_kind="village"), team("2", team_name="巾帼队")],
    )
    case.send(
        place.town,
        MAY,
        sites=[
            site("7", site_name="东街站1"),
            site("8", site_name="西街站", site_kind="point"),
            site("9", site_name="南街站", site_status="closed"),
        ],
        teams=[team("7", team_name="文明队", team_kind="village"), team("8", team_name="巾帼队", team_kind="featured")],
    )
    case.send(place.other, MAY, sites=[site("7", site_name="东街站1")])
    case.right_in(MAY, "site_stations", {place.county: 4, place.city: 5})
    case.right_in(MAY, "teams", {place.county: 4})
    case.findings = {("site_on_two_lists", place.town, "7"), ("team_on_two_lists", place.town, "7")}
