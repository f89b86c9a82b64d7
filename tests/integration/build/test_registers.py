"""The dated versions of what offices list: units, sites, teams, projects, honours, and who is in which team."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from rollcall import build, settings
from rollcall.metrics import sql_of
from rollcall.periods import Period
from rollcall.warehouse.connection import connect
from tests.integration.build.conftest import PERIODS, as_readers_see
from tests.integration.build.records import Offices, expect, registration

GANSU, LANZHOU, CHENGGUAN, QILIHE, XIONGGUAN = 1, 2, 4, 5, 8
CREDIT_CODE = "91110000600037341L"
MAY, JUNE, JULY = PERIODS
ENTRY = {"units": "unit", "sites": "site", "teams": "team", "projects": "project"}
STATED_ON = {"units": "honoured_on", "sites": "opened_on", "teams": "registered_on", "projects": "started_on"}
REQUIRED: dict[str, dict[str, Any]] = {
    "units": {"unit_name": "示例", "unit_kind": "unit", "honour_level": "none"},
    "sites": {"site_name": "示例", "site_kind": "station", "site_status": "active"},
    "teams": {"team_name": "示例", "team_tier": "squad", "team_status": "active"},
    "projects": {"project_name": "示例", "project_kind": "service", "project_status": "active"},
}
Row = dict[str, Any]
Version = tuple[str, date, date | None, str, date | None, str]


def entry(dataset: str, number: str, stated_on: str | date | None = None, **cells: Any) -> dict[str, Any]:
    return REQUIRED[dataset] | {f"{ENTRY[dataset]}_no": number, STATED_ON[dataset]: stated_on} | cells


def ask(question: str) -> list[tuple[Any, ...]]:
    with connect() as connection:
        return connection.execute(question).fetchall()


def versions(dataset: str) -> list[Version]:
    """Key, first and last day, the list that first said so, the date it states, its name; in order."""
    word = ENTRY[dataset]
    return ask(
        f"select {word}_key, valid_from, valid_to, period, {STATED_ON[dataset]}, {word}_name"
        f" from marts.dim_{dataset} order by 1, 2"
    )


def days(*texts: str | None) -> list[date | None]:
    return [date.fromisoformat(text) if text else None for text in texts]


def stands(dataset: str) -> list[tuple[str, date, date | None]]:
    return [version[:3] for version in versions(dataset)]


def test_a_register_has_a_version_for_each_time_an_entry_stood(empty: str) -> None:
    """Backdated by the first list, closed by the list that leaves it out, opened again by the one that has it again."""
    offices = Offices()
    offices.submit(CHENGGUAN, MAY, 0, **{name: [entry(name, "A", "2010-03-01"), entry(name, "B")] for name in ENTRY})
    offices.submit(CHENGGUAN, JUNE, 0, **{name: [entry(name, "B")] for name in ENTRY})
    offices.submit(
        CHENGGUAN, JULY, 0, **{name: [entry(name, number, "2010-03-01") for number in "AB"] for name in ENTRY}
    )
    build.build(JULY)
    first, may_ends, may, june_ends, july = days("2010-03-01", "2023-05-31", "2023-05-01", "2023-06-30", "2023-07-01")
    for dataset in ENTRY:
        assert stands(dataset) == [
            ("4/A", first, may_ends),
            ("4/A", july, None),
            ("4/B", may, june_ends),
            ("4/B", july, None),
        ]
        assert ask(f"select count(*) from marts.dim_{dataset} where is_current <> (valid_to is null)") == [(0,)]


def test_a_list_replaced_or_sent_late_is_as_if_it_had_come_in_order(empty: str) -> None:
    """June arrives after July, and May is corrected last: the versions are always those of the lists as they stand."""
    offices = Offices()
    offices.submit(CHENGGUAN, MAY, sites=[entry("sites", "A", "2010-03-01")])
    offices.submit(CHENGGUAN, JULY, sites=[entry("sites", "A", "2010-03-01"), entry("sites", "B", "2023-05-20")])
    build.build(JULY)
    june, july = days("2023-06-01", "2023-07-01")
    first, opened, may_ends, june_ends = days("2010-03-01", "2023-05-20", "2023-05-31", "2023-06-30")
    assert stands("sites") == [("4/A", first, None), ("4/B", july, None)]
    offices.submit(CHENGGUAN, JUNE, sites=[entry("sites", "B", "2023-05-20")])
    assert not build.build(JUNE).is_full
    assert stands("sites") == [("4/A", first, may_ends), ("4/A", july, None), ("4/B", june, None)]
    offices.submit(CHENGGUAN, MAY, sites=[entry("sites", "B", "2023-05-20")])
    build.build(MAY)
    assert stands("sites") == [("4/A", july, None), ("4/B", opened, None)]
    offices.submit(CHENGGUAN, JULY, sites=[])
    build.build(JULY)
    assert stands("sites") == [("4/B", opened, june_ends)]
    offices.submit(CHENGGUAN, MAY, sites=[])
    offices.submit(CHENGGUAN, JUNE, sites=[])
    build.build(JULY)
    assert stands("sites") == []


def test_a_build_touches_only_the_registers_of_offices_that_sent(empty: str) -> None:
    offices = Offices()
    for office_key in (CHENGGUAN, QILIHE):
        offices.submit(office_key, MAY, teams=[entry("teams", "A")])
    build.build(MAY)
    before = ask("select ctid, team_key from marts.dim_teams where office_key = 5")
    offices.submit(CHENGGUAN, JUNE, teams=[entry("teams", "A", team_name="改名")])
    build.build(JUNE)
    assert ask("select ctid, team_key from marts.dim_teams where office_key = 5") == before
    assert len(versions("teams")) == 3


def test_honours_are_dated_by_what_the_lists_state_and_by_the_sessions(empty: str) -> None:
    """The list of sessions says when one conferred; one that is not on it is told, and not guessed."""
    national = {"honour_level": "national", "honour_session": "第六届", "honour_status": "kept"}
    offices = Offices()
    offices.submit(CHENGGUAN, MAY, units=[entry("units", "A", "2020-11-20", **national), entry("units", "B")])
    offices.submit(
        CHENGGUAN,
        JUNE,
        units=[
            entry("units", "A", "2020-11-20", **national, pool="none"),
            entry("units", "B", "2023-06-09", **(national | {"honour_session": "第九届", "honour_status": "new"})),
        ],
    )
    offices.submit(
        CHENGGUAN, JULY, units=[entry("units", "A", "2020-11-20", **(national | {"honour_status": "revoked"}))]
    )
    build.build(JULY)
    june_ends, july, awarded = days("2023-06-30", "2023-07-01", "2023-06-09")
    sixth = date(2020, 11, 20)
    assert ask(
        "select unit_key, honour_session, honour_status, valid_from, valid_to, session_conferred_on, is_known_session"
        " from marts.fct_unit_honours order by unit_key, valid_from"
    ) == [
        ("4/A", "第六届", "kept", sixth, june_ends, sixth, True),
        ("4/A", "第六届", "revoked", july, None, sixth, True),
        ("4/B", "第九届", "new", awarded, june_ends, None, False),
    ]


def test_a_volunteer_is_in_a_team_until_another_change_says_otherwise(empty: str) -> None:
    offices = Offices()
    offices.submit(
        CHENGGUAN,
        MAY,
        registrations=[
            registration(1, "2023-05-02", "a", team_no="T1"),
            registration(2, "2023-05-03", "b", team_no="T1"),
            registration(3, "2023-05-03", "c"),
        ],
    )
    build.build(MAY)
    assert ask("select count(*) from marts.bridge_volunteers_teams where is_current") == [(2,)]
    offices.submit(
        CHENGGUAN,
        JUNE,
        registrations=[
            registration(1, "2023-06-02", "a", "changed", team_no="T2"),
            registration(2, "2023-06-03", "b", "withdrawn"),
        ],
    )
    build.build(JUNE)
    v1_joined, v1_left, v1_moved, v2_joined, v2_left = days(
        "2023-05-02", "2023-06-01", "2023-06-02", "2023-05-03", "2023-06-02"
    )
    assert ask(
        "select volunteer_no, team_key, valid_from, valid_to from marts.bridge_volunteers_teams order by 1, 3"
    ) == [
        ("V1", "4/T1", v1_joined, v1_left),
        ("V1", "4/T2", v1_moved, None),
        ("V2", "4/T1", v2_joined, v2_left),
    ]


def earlier(office_key: int) -> dict[tuple[str, str], tuple[Any, int | None]]:
    """Of an office's figures: period and indicator to value, and how many of the entries stand on older lists."""
    rows = ask(
        "select period, indicator, value, entries_from_earlier_lists from marts.rpt_figures"
        f" where office_key = {office_key}"
    )
    return {(period, indicator): (value, entries) for period, indicator, value, entries in rows}


def test_a_held_row_ends_nothing_and_the_figure_says_so(empty: str) -> None:
    """In each register: until a list without the entry, or with a good row, is accepted. A lost number holds all."""
    offices = Offices()
    for period in PERIODS:
        expect(CHENGGUAN, QILIHE, LANZHOU, period=period)
    both = {
        "units": [entry("units", number, honour_level="national", alliance_name="甲") for number in "AB"],
        "sites": [entry("sites", number, area_m2=10) for number in "AB"],
        "teams": [entry("teams", number) for number in "AB"],
        "projects": [entry("projects", number) for number in "AB"],
    }
    only_a = {dataset: rows[:1] for dataset, rows in both.items()}
    indicator = {"units": "units_national", "sites": "site_stations", "teams": "teams", "projects": "projects"}
    offices.submit(CHENGGUAN, MAY, **both)
    offices.submit(QILIHE, MAY, **both)
    offices.submit(CHENGGUAN, JUNE, {name: ["B"] for name in ENTRY}, **only_a)
    offices.submit(QILIHE, JUNE, {name: [None] for name in ENTRY}, **only_a)
    build.build(JUNE)
    begins = date(2023, 5, 1)
    for dataset in ENTRY:
        assert stands(dataset) == [(f"{key}/{number}", begins, None) for key in (4, 5) for number in "AB"]
        assert earlier(CHENGGUAN)[MAY, indicator[dataset]] == (2, 0)
        assert earlier(CHENGGUAN)[JUNE, indicator[dataset]] == (2, 1)
        assert earlier(LANZHOU)[JUNE, indicator[dataset]] == (4, 2)
    assert earlier(CHENGGUAN)[JUNE, "alliances"] == (1, 1)
    assert earlier(CHENGGUAN)[JUNE, "site_area_m2"] == (20, 1)
    assert earlier(CHENGGUAN)[JUNE, "units_provincial"] == (0, 0)
    assert earlier(CHENGGUAN)[JUNE, "events"] == (None, None)

    offices.submit(CHENGGUAN, JULY, **only_a)
    offices.submit(QILIHE, JULY, {name: ["B"] for name in ENTRY}, **only_a)
    build.build(JULY)
    for dataset in ENTRY:
        assert stands(dataset)[:2] == [("4/A", begins, None), ("4/B", begins, date(2023, 6, 30))]
        assert stands(dataset)[2:] == [("5/A", begins, None), ("5/B", begins, None)]
        assert earlier(LANZHOU)[JULY, indicator[dataset]] == (3, 1)

    offices.submit(QILIHE, JULY, **both)
    offices.submit(QILIHE, JUNE, **only_a)
    build.build(JULY)
    for dataset in ENTRY:
        assert stands(dataset)[2:] == [
            ("5/A", begins, None),
            ("5/B", begins, date(2023, 5, 31)),
            ("5/B", date(2023, 7, 1), None),
        ]
        assert earlier(LANZHOU)[JULY, indicator[dataset]] == (3, 0)


def test_a_unit_is_one_by_its_credit_code_and_an_alliance_by_its_name(empty: str) -> None:
    """On the lists of a city and of its county, of one office twice; a blank kind; only applying for an honour."""
    offices = Offices()
    expect(GANSU, LANZHOU, CHENGGUAN, QILIHE, period=JULY)
    honoured = {"honour_level": "national", "credit_code": CREDIT_CODE}
    offices.submit(
        LANZHOU,
        JULY,
        units=[entry("units", "A", **honoured, alliance_kind="county", alliance_name="甲"), entry("units", "B")],
    )
    offices.submit(
        CHENGGUAN,
        JULY,
        units=[
            entry("units", "A", **honoured, alliance_name="甲"),
            entry("units", "B", **(honoured | {"honour_level": "provincial"}), pool="cultivation"),
            entry("units", "C", honour_level="national", honour_status="applying"),
        ],
    )
    offices.submit(
        QILIHE, JULY, units=[entry("units", "A", honour_level="national"), entry("units", "B", honour_level="national")]
    )
    build.build(JULY)
    for key, expected in {
        CHENGGUAN: (1, 1, 1, 1),
        QILIHE: (2, 2, 0, 0),
        LANZHOU: (3, 3, 1, 1),
        GANSU: (3, 3, 1, 1),
    }.items():
        shown = earlier(key)
        names = ("units", "units_national", "units_provincial", "units_cultivation")
        assert tuple(shown[JULY, name][0] for name in names) == expected, key
        for name in (*names, "alliances"):
            [(value,)] = ask(
                f"select marts.figure(office_code, '{name}', null, '2023-07-31') from marts.dim_offices"
                f" where office_key = {key}"
            )
            assert value == shown[JULY, name][0], (key, name)
    assert [earlier(key)[JULY, "alliances"][0] for key in (CHENGGUAN, LANZHOU, GANSU)] == [1, 1, 1]
    assert ask("select office_key, unit_no from marts.fct_unit_months where is_honoured and unit_no = 'C'") == []
    assert ask("select unit_key from marts.fct_unit_honours where honour_status = 'applying'") == []
    codes = ask(sql_of(["units", "alliances"], ["city_code", "month"]))
    assert [row[1:] for row in codes if row[1] and row[2] is not None] == [("620100000000", 3, 1)]


def recount(lists: Mapping[str, list[Row]], dataset: str, office_key: int) -> list[Version]:
    """The rule again, in the order of the months: what is open, what the next list closes, what it opens."""
    word, stated_on = ENTRY[dataset], STATED_ON[dataset]
    standing: dict[str, tuple[date, str, Row]] = {}
    ended: list[Version] = []

    def version(key: str, until: date | None) -> Version:
        begun, period, row = standing[key]
        return (f"{office_key}/{key}", begun, until, period, row[stated_on], row[f"{word}_name"])

    spoken_to = date.min
    for period, rows in sorted(lists.items()):
        first_day, last_day = Period.parse(period).first_day, Period.parse(period).last_day
        named = {row[f"{word}_no"]: row for row in rows}
        for key in standing.keys() - named.keys():
            ended.append(version(key, first_day - timedelta(days=1)))
            del standing[key]
        for key, row in named.items():
            if key in standing and standing[key][2] == row:
                continue
            stated = row[stated_on]
            begins = stated if stated and spoken_to < stated <= last_day else first_day
            if key in standing:
                ended.append(version(key, begins - timedelta(days=1)))
            standing[key] = (begins, period, row)
        spoken_to = last_day
    return sorted([*ended, *(version(key, None) for key in standing)], key=lambda one: one[:2])


def random_list(chance: random.Random, dataset: str) -> list[dict[str, Any]]:
    """Few entries, few names, dates before, between and after the months listed: so that statements often meet."""
    stated = [
        None,
        *days("2010-01-01", "2023-04-30", "2023-05-01", "2023-06-14", "2023-06-30", "2023-07-31", "2023-08-01"),
    ]
    word = ENTRY[dataset]
    return [
        entry(dataset, number, chance.choice(stated), **{f"{word}_name": chance.choice("甲乙")})
        for number in chance.sample("ABCDE", chance.randint(0, 5))
    ]


def test_versions_are_those_of_the_rule_however_lists_come_in(empty: str) -> None:
    """Lists are added, replaced and emptied at random; after each build every register is recounted."""
    chance, offices = random.Random(20230703), Offices()
    sent: dict[tuple[str, int], dict[str, list[dict[str, Any]]]] = {}
    for round_no in range(3):
        for _ in range(6 if round_no else 18):
            office_key, period = chance.choice([CHENGGUAN, QILIHE, XIONGGUAN]), chance.choice(PERIODS)
            lists = {name: random_list(chance, name) for name in chance.sample(list(ENTRY), chance.randint(1, 4))}
            offices.submit(office_key, period, 0, **lists)
            for dataset, rows in lists.items():
                sent.setdefault((dataset, office_key), {})[period] = rows
        build.build(JULY)
        for dataset in ENTRY:
            expected = [
                one
                for (name, office_key), lists in sorted(sent.items())
                if name == dataset
                for one in recount(lists, dataset, office_key)
            ]
            assert versions(dataset) == sorted(expected, key=lambda one: one[:2]), dataset


SPOILED = {
    "update marts.dim_sites set valid_to = '2023-06-30' where site_no = 'C'": "assert_every_listed_entry_stands",
    "delete from marts.dim_sites where site_no = 'A'": "assert_every_listed_entry_stands",
    "update marts.dim_sites set valid_to = '2023-07-30' where site_no = 'A'": "assert_every_listed_entry_stands",
    "update marts.dim_sites set site_name = '别的' where site_no = 'A'": "assert_every_listed_entry_stands",
    "update marts.dim_sites set valid_to = null where site_no = 'B'": "assert_every_listed_entry_stands",
    "update marts.dim_sites set valid_to = '2023-07-01' where period = '2023-05'": "assert_versions_do_not_overlap",
    "update marts.dim_sites set valid_to = valid_from - 1 where site_no = 'B'": "assert_versions_do_not_overlap",
}


def test_a_version_that_is_not_what_was_listed_is_seen(empty: str) -> None:
    """Gone, closed too early or by a held row, of another name, not closed, twice on one day, ended before it began."""
    offices = Offices()
    offices.submit(CHENGGUAN, MAY, sites=[entry("sites", "A"), entry("sites", "B"), entry("sites", "C")])
    offices.submit(CHENGGUAN, JULY, {"sites": ["C"]}, sites=[entry("sites", "A", site_name="改名")])
    build.build(JULY)
    compiled = settings.STATE / "dbt" / "target" / "compiled" / "rollcall" / "tests"
    for spoil, test in SPOILED.items():
        question = as_readers_see((compiled / f"{test}.sql").read_text(encoding="utf-8"))
        with connect() as connection:
            connection.execute(
                "insert into ledger.slices_to_build"
                " select office_key, period, dataset, submission_id from ledger.slices"
            )
            assert connection.execute(question).fetchall() == []
            connection.execute(spoil)
            assert connection.execute(question).fetchall() != [], spoil
            connection.rollback()
