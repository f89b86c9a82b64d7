"""What the reports of the published figures say beside them, where our datasets can tell it: from the rows alone."""

from collections import Counter
from datetime import date

import pytest

from demo.records import make_records

CHENGGUAN, JIAYUGUAN, GANGCHENG, ZIYANG = "620102000000", "620200000000", "620201002000", "610924000000"
DAY = date(2022, 12, 31)
TAIBAI, YINTANG, ZHOUJIAQUAN, QINGYANG = "610331000000", "340504101000", "630102004000", "621000000000"


@pytest.fixture(scope="module")
def told(small_months):
    """The rows of a dataset that an office told in the three months; of registers, the list of the last."""

    def rows(code, dataset, *, below=False):
        found = []
        for world in small_months:
            office = world.by_code[code]
            now = [
                row
                for one in (world.subtree(office) if below else [office])
                for row in make_records(world, one)[dataset]
            ]
            found = now if dataset in ("units", "sites", "teams", "projects") else found + now
        return found

    return rows


def within(rows, column, first, last):
    return [row for row in rows if first <= date(*row[column].timetuple()[:3]) <= last]


def test_qingyang_has_three_kinds_of_alliances_and_units_in_both_pools(told):
    units = told(QINGYANG, "units")
    assert {row["alliance_kind"] for row in units} - {"none"} == {"municipal", "county", "industry"}
    assert {"cultivation", "recommendation"} <= {row["pool"] for row in told(QINGYANG, "units", below=True)}


def test_chengguan_has_three_tiers_of_teams_and_its_streets_hold_most_of_them(told):
    """The institutes and stations are the streets' own, the centre and the bases the district's."""
    rows = told(CHENGGUAN, "teams", below=True)
    stood = [row for row in rows if row["registered_on"] and row["registered_on"] <= date(2022, 12, 31)]
    tiers = Counter(row["team_tier"] for row in stood if row["team_status"] == "active")
    assert set(tiers) - {"organisation"} == {"corps", "brigade", "squad"}
    assert sum(row["specialty"] == "theory" for row in stood) >= 5
    own = Counter(row["site_kind"] for row in told(CHENGGUAN, "sites") if (row["opened_on"] or DAY) <= DAY)
    assert (own["centre"], own["institute"], own["station"]) == (1, 0, 0)
    assert len(told(CHENGGUAN, "teams")) < 20


def test_every_street_of_chengguan_lists_an_institute_and_some_stations(told, small_months):
    streets = [office.code for office in small_months[0].below(small_months[0].by_code[CHENGGUAN])][:25]
    for code in streets:
        kinds = Counter(row["site_kind"] for row in told(code, "sites") if row["site_status"] == "active")
        assert kinds["institute"] == 1
        assert 7 <= kinds["station"] <= 9


def test_practice_days_of_chengguan_are_fridays_and_no_office_holds_a_mass_of_them_on_one(told, small_months):
    world = small_months[0]
    rows = told(CHENGGUAN, "events", below=True)
    days = within(
        [row for row in rows if row["theme"] == "practice_day"], "started_at", date(2022, 1, 1), date(2022, 12, 31)
    )
    assert {row["started_at"].weekday() for row in days} == {4}
    on_one = Counter(
        (row["organiser_code"], row["started_at"].date())
        for row in within(rows, "started_at", date(2022, 1, 1), date(2022, 12, 31))
    )
    assert max(on_one.values()) <= 12
    assert len({code for code, _ in on_one}) > 20
    assert all(world.brings_its_past(world.by_code[code]) for code, _ in on_one)


def test_persons_whom_upper_levels_honoured_are_among_the_role_models(told):
    models = [(row["model_kind"], row["honour_level"], row["selected_on"]) for row in told(CHENGGUAN, "role_models")]
    assert (
        next(day for kind, level, day in models if (kind, level) == ("good_person", "national")).strftime("%Y-%m")
        == "2021-09"
    )
    assert sum((kind, level) == ("moral_model", "provincial") for kind, level, _ in models) == 1
    beautiful = Counter(
        row["honour_level"]
        for row in within(told(ZIYANG, "role_models"), "selected_on", date(2022, 1, 1), date(2022, 12, 31))
    )
    assert beautiful == {"provincial": 1, "municipal": 2}


def test_jiayuguan_names_six_brands_and_projects(told):
    rows = told(JIAYUGUAN, "projects", below=True)
    assert sum(row["project_kind"] in ("brand", "service") and row["project_status"] == "active" for row in rows) >= 6


def test_taibai_holds_no_two_dispatch_meetings_in_a_month(told):
    rows = [row for row in told(TAIBAI, "events") if row["event_kind"] == "dispatch"]
    months = Counter(row["started_at"].month for row in within(rows, "started_at", date(2023, 1, 1), date(2023, 6, 30)))
    assert sorted(months.values()) == [1, 1, 1, 1]


def test_yintang_cleans_every_friday_under_one_brand(told):
    (brand,) = [row for row in told(YINTANG, "projects") if "周五" in row["project_name"]]
    rows = [row for row in told(YINTANG, "events") if row["project_no"] == brand["project_no"]]
    assert (brand["project_kind"], brand["project_status"]) == ("brand", "active")
    assert {row["started_at"].weekday() for row in rows} == {4}
    assert len(within(rows, "started_at", date(2023, 1, 1), date(2023, 6, 30))) == 26


def test_yintang_redeems_points_as_an_office_with_a_shop_does(told):
    """Not one point in half a year: households earn and redeem all the time."""
    rows = within(told(YINTANG, "points"), "booked_on", date(2023, 1, 1), date(2023, 6, 30))
    redeemed = [row for row in rows if row["reason"] == "redeemed"]
    assert len(redeemed) > 40
    assert len({row["holder_no"] for row in redeemed}) > 10


def test_zhoujiaquan_has_party_classes_every_month_or_so(told):
    rows = [row for row in told(ZHOUJIAQUAN, "events") if row["event_kind"] == "party_class"]
    assert len({row["started_at"].month for row in rows}) >= 3


def test_gangcheng_opened_its_institutes_in_two_phases_and_trained_its_party_members(told):
    opened = [
        row["opened_on"]
        for row in told(GANGCHENG, "sites")
        if row["site_kind"] == "institute" and row["site_status"] == "active"
    ]
    assert sum(day <= date(2019, 6, 30) for day in opened) == 7
    assert sum(day <= date(2019, 12, 31) for day in opened) == 14
    assert any(row["is_shared"] for row in told(GANGCHENG, "sites"))
    studied = [row for row in told(GANGCHENG, "events") if row["event_kind"] == "study"]
    assert sum(row["attendees"] for row in within(studied, "started_at", date(2019, 1, 1), date(2020, 3, 31))) >= 3000


def test_the_centre_of_ziyang_has_240_square_metres(told):
    (centre,) = [row for row in told(ZIYANG, "sites") if row["site_kind"] == "centre"]
    assert centre["area_m2"] == 240
