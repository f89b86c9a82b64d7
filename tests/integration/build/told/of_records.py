"""What a record is, whose it is after an office ended, and what never vanishes in silence."""

from tests.integration.build.told.cases import JULY, JUNE, MAY, Case, told
from tests.integration.build.told.places import OUTSIDE, Place
from tests.integration.build.told.rows import (
    day,
    event,
    got,
    inspection,
    need,
    paid,
    points,
    project,
    registration,
    role_model,
    service,
    site,
    team,
    voucher,
)

BEFORE = day("2023-06-01")  # the trees of this day have the offices that ended on 16 June


@told()
def numbers_begin_again_each_month(case: Case) -> None:
    """May and June both count; what a later file tells again of May replaces that of May alone."""
    town, code = case.place.town, case.place.code(case.place.town)
    for period, much in ((MAY, 100), (JUNE, 7)):
        on = f"{period}-05"
        case.send(
            town,
            period,
            funding=[voucher("记-1", "spending", str(much), on)],
            points=[points("1", "service", str(much), on)],
            inspections=[inspection("1", on, much % 10)],
            role_models=[role_model("1", on)],
            events=[event("1", code, on, attendees=much)],
            needs=[need("1", on)],
        )
    case.send(
        town,
        JULY,
        funding=[voucher("记-1", "spending", "101", "2023-05-05")],
        needs=[need("1", "2023-06-05", "2023-07-05")],
        events=[event("1", code, "2023-05-05", attendees=30)],
    )
    for office in (town, case.place.city):
        case.right("funding_spent_yuan", office, {MAY: 101, JUNE: 7, JULY: 0})
        case.right("points_earned", office, {MAY: 100, JUNE: 7})
        case.right("inspections", office, {MAY: 1, JUNE: 1})
        case.right("problems_resolved", office, {MAY: 0, JUNE: 7})
        case.right("role_models", office, {MAY: 1, JUNE: 1})
        case.right("events", office, {MAY: 1, JUNE: 1, JULY: 0})
        case.right("event_attendees", office, {MAY: 30, JUNE: 7})
        case.right("needs", office, {MAY: 1, JUNE: 1, JULY: 0})
        case.right("need_days_to_finish", office, {JULY: 30})


@told()
def days_are_those_of_shanghai(case: Case) -> None:
    """Midnight in Shanghai is the day before in UTC: the month of an event is that of Shanghai."""
    town, code = case.place.town, case.place.code(case.place.town)
    case.send(town, JUNE, events=[event("1", code, "2023-06-01")])
    case.send(town, MAY, events=[event("1", code, "2023-05-31")])
    case.right("events", town, {MAY: 1, JUNE: 1})


@told()
def services_belong_to_the_event_of_their_day(case: Case) -> None:
    """E of May lasts from 30 May to 2 June, E of June is on 10 June: before May's there is none."""
    town, code = case.place.town, case.place.code(case.place.town)
    case.send(town, MAY, events=[event("E", code, "2023-05-30", days=4)])
    days = ("2023-05-29", "2023-06-01", "2023-06-05", "2023-06-12")
    case.send(
        town,
        JUNE,
        events=[event("E", code, "2023-06-10")],
        registrations=[registration("V1", "2023-06-01", "a")],
        services=[service("V1", "E", code, on) for on in days] + [service("V1", "F", code, "2023-06-12")],
    )
    case.findings = {("event_unknown", town, "E"), ("event_unknown", town, "F")}
    months = (None, MAY, MAY, JUNE)
    case.served_at = {("E", day(on), month) for on, month in zip(days, months, strict=True)}
    case.served_at |= {("F", day("2023-06-12"), None)}
    case.right("service_hours", town, {MAY: 2, JUNE: 8})


@told(Place.merged)
def an_heir_tells_of_the_office_it_took_over(case: Case) -> None:
    """The town is not asked for June; the street tells of its event, transfers, need, points, and of who left."""
    place = case.place
    town, street, other = place.town, place.street, place.code(place.other)
    case.send(
        town,
        MAY,
        registrations=[registration("V1", "2023-05-02", "a"), registration("V2", "2023-05-02", "b")],
        needs=[need("N1", "2023-05-20", need_kind="resident_problem")],
        events=[event("E5", place.code(town), "2023-05-05", attendees=1)],
        points=[points("1", "service", "5", "2023-05-05")],
        services=[service("V2", "E5", place.code(town), "2023-05-05")],
        role_models=[role_model("M1", "2023-05-05")],
        inspections=[inspection("I1", "2023-05-05")],
    )
    case.send(street, MAY, registrations=[registration("V9", "2023-05-02", "c")])
    case.send(
        street,
        JUNE,
        events=[
            event("E6", place.code(town), "2023-06-10"),
            event("E5", place.code(street), "2023-05-05", attendees=9),
        ],
        funding=[paid("T1", "50", "2023-06-10", other), got("T2", "30", "2023-06-10", other)],
        registrations=[registration("V1", "2023-06-20", "a", "withdrawn")],
        needs=[need("N1", "2023-05-20", "2023-06-19", need_kind="resident_problem")],
        points=[points("1", "service", "6", "2023-05-05")],
        services=[service("V2", "E5", place.code(street), "2023-05-05", "3")],
        role_models=[role_model("M1", "2023-05-05")],
        inspections=[inspection("I1", "2023-05-05", 4)],
    )
    case.send(
        place.other,
        JUNE,
        funding=[got("T1", "50", "2023-06-10", place.code(town)), paid("T2", "30", "2023-06-10", place.code(town))],
    )
    case.right("events", street, {JUNE: 1})
    case.right("events", place.county, {MAY: 1, JUNE: 1})
    case.right("event_attendees", place.county, {MAY: 9})
    case.right("volunteers", place.county, {MAY: 3, JUNE: 2})
    case.right("resident_problems_resolved", place.county, {JUNE: 1})
    case.right("need_days_to_finish", place.county, {JUNE: 30})
    case.right("points_earned", place.county, {MAY: 6})
    case.right("service_hours", place.county, {MAY: 3})
    case.right("volunteers_served", place.county, {MAY: 1})
    case.right("role_models", place.county, {MAY: 1})
    case.right("problems_resolved", place.county, {MAY: 4})
    case.right("funding_unmatched_yuan", place.city, {JUNE: 0, JULY: 0})
    case.right("funding_out_yuan", place.other, {JUNE: 30})
    for indicator, value in {"events": 1, "service_hours": 3, "points_earned": 6, "role_models": 1}.items():
        period = JUNE if indicator == "events" else MAY
        case.right_in(period, indicator, {town: value, street: None if period == MAY else 0}, BEFORE)


@told()
def points_that_expire_are_not_redeemed(case: Case) -> None:
    """The balance is passed on 20 May; a redemption before it, and what another office's holder has, is left alone."""
    town = case.place.town
    case.send(
        town,
        MAY,
        points=[
            points("1", "service", "5", "2023-05-01"),
            points("2", "expired", "-1", "2023-05-02"),
            points("3", "redeemed", "-4", "2023-05-10"),
            points("4", "redeemed", "-3", "2023-05-20"),
            points("5", "other", "2", "2023-05-30", holder_kind="person", holder_no="V9"),
        ],
    )
    case.send(case.place.street, MAY, points=[points("1", "service", "99", "2023-05-01")])
    case.right("points_redeemed", town, {MAY: 7})
    case.right("points_earned", town, {MAY: 7})
    case.findings = {("points_over_balance", town, "4"), ("volunteer_unknown", town, "5")}


@told()
def what_joins_nothing_is_listed(case: Case) -> None:
    """Events that only a participant tells, and references to what is on no list on their day."""
    place, town = case.place, case.place.town
    code = place.code(town)
    case.send(
        town,
        MAY,
        teams=[team("D1")],
        sites=[site("S1")],
        projects=[project("P1")],
        registrations=[
            registration("V1", "2023-05-03", "a", team_no="D1"),
            registration("V2", "2023-05-03", "b", team_no="D9"),
            registration("V3", "2023-05-03", "c", team_no="无"),
        ],
        events=[
            event("E1", code, "2023-05-04", team_no="D1", site_no="S1", project_no="P1"),
            event("E2", code, "2023-05-04", team_no="D9", site_no="S9", project_no="P9"),
            event("E3", code, "2023-04-04", team_no="D1"),  # before the list that has the team
            event("E4", place.code(place.county), "2023-05-04"),
            event("E5", OUTSIDE, "2023-05-04"),
        ],
        needs=[need("N1", "2023-05-05", team_no="D1"), need("N2", "2023-05-05", team_no="D9")],
    )
    case.right_in(MAY, "events", {town: 2, place.county: 2})
    case.findings = {
        ("team_unknown", town, "V2"),
        ("team_unknown", town, "E2"),
        ("site_unknown", town, "E2"),
        ("project_unknown", town, "E2"),
        ("team_unknown", town, "E3"),
        ("team_unknown", town, "N2"),
        ("event_of_participant_only", town, "E4"),
        ("event_of_participant_only", town, "E5"),
    }
