"""Registrations as files: age by the ID number, and what of it is kept."""

from rollcall.datasets import datasets
from rollcall.parse.identity import check_character
from rollcall.warehouse.tables import raw_columns
from tests.files import as_csv, as_json, rows_of
from tests.integration.load.conftest import asked, balance, load


def id_number(birth: str) -> str:
    first = f"110105{birth}002"
    return first + check_character(first)


NINE, GROWN = id_number("20140301"), id_number("19900301")
# What stands in id_number, birth_date and guardian_consent, and the rule that holds the row of 9 July 2023.
CASES = [
    (NINE, "", "", "guardian_consent_is_given"),
    (NINE, "", "否", "guardian_consent_is_given"),
    (NINE, "2014-03-01", "否", "guardian_consent_is_given"),
    (NINE, "2004-03-01", "是", "birth_date_agrees_with_id_number"),
    (GROWN, "2014-03-01", "是", "birth_date_agrees_with_id_number"),
    (NINE, "", "是", None),
    (GROWN, "", "", None),
    ("", "2014-03-01", "", "guardian_consent_is_given"),
    ("", "2014-03-01", "是", None),
    (id_number("20090709"), "", "", None),
    (id_number("20090710"), "", "", "guardian_consent_is_given"),
]


def test_age_is_that_of_the_id_number_else_of_the_birth_date(submit):
    """In a csv file and in JSON alike; of the number's date of birth nothing stays, in raw or with a held row."""
    rows = [
        rows_of("registrations", 1, number, id_number=known, birth_date=birth, guardian_consent=consent)[0]
        for number, (known, birth, consent, _) in enumerate(CASES, 1)
    ]
    files = {
        1: submit(2, as_csv("registrations", rows), "registrations.csv"),
        0: submit(3, as_json(registrations=rows), "a.json"),
    }
    load()
    balance()
    query = "select row, rule from quarantine.reasons where submission_id = %s and severity = 'critical' order by row"
    for header_rows, submission in files.items():
        assert asked(query, submission) == [
            (number + header_rows, rule) for number, (_, _, _, rule) in enumerate(CASES, 1) if rule
        ]
    told = asked("select payload::text from quarantine.rows union all select reason from quarantine.reasons")
    for (text,) in told:
        assert "id_born_on" not in text
        assert not any(day in text for day in ("1990-03-01", "2009-07-10"))
    assert "id_born_on" not in raw_columns(datasets()["registrations"])


def test_no_team_is_a_word_that_the_door_lets_in(submit):
    """What ends a person's team is 无; empty leaves what was."""
    rows = rows_of("registrations", 1, 1, change="变更", team_no="无") + rows_of("registrations", 1, 2, change="变更")
    submit(2, as_csv("registrations", rows), "registrations.csv")
    load()
    assert asked("select volunteer_no, team_no from raw.registrations order by 1") == [("V1", "无"), ("V2", None)]
