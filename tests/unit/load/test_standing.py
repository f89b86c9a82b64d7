"""Files of offices that do not stand on the period's last day: who reports instead is told."""

from datetime import date
from decimal import Decimal

from rollcall.load.group import Submission
from rollcall.load.standing import standing
from rollcall.offices import Event, Office, history_of, last_known
from rollcall.periods import Period

JULY = Period(2023, 7)


def office(key, parent_key=1, level="county"):
    return Office(key, f"99010{key}000000", f"{key}县", level, parent_key, None, None, True, "", "")


def submission(key):
    return Submission(key * 10, key, "2023-07", "regular", "a.xlsx", 1, "0" * 64, True)


def history(*events):
    offices = [office(1, None, "province"), *(office(key) for key in (2, 3, 4))]
    return history_of(offices, [Event(number, *event) for number, event in enumerate(events, 1)])


def split(day, *into):
    return [(day, "split", 2, "", "", None, key, Decimal("0.5")) for key in into]


def test_an_office_that_stands_is_read_under_its_code():
    found = standing(history(), JULY, [submission(2)])
    assert (found.codes[2], found.gone, found.lost) == ("990102000000", {}, {})


def test_all_that_took_over_are_named():
    found = standing(history(*split(date(2023, 7, 15), 3, 4)), JULY, [submission(2), submission(3)])
    assert list(found.gone) == [20]
    assert "“3县”（990103000000）、“4县”（990104000000）报送" in found.gone[20]


def test_one_that_begins_later_is_told_who_stood_for_it():
    """The log may say late that an office began in August, when its July file has come."""
    found = standing(history((date(2023, 8, 1), "create", 4)), JULY, [submission(4)])
    assert "“1县”（990101000000）报送" in found.gone[40]


def test_one_that_the_registry_does_not_know_is_named_to_us():
    assert "no office with key 9" in standing(history(), JULY, [submission(9)]).lost[90]


def test_an_office_that_ended_is_told_where_it_was_last_known():
    """Its receipts go there; one that stands on the day is as on the day, one that begins later as it begins."""
    told = history(
        (date(2023, 6, 1), "rename", 2, "", "旧县"),
        (date(2023, 7, 15), "merge", 2, "", "", None, 3),
        (date(2023, 8, 1), "rename", 3, "", "新县"),
        (date(2023, 8, 1), "create", 4),
    )
    known = last_known(told.versions(), JULY.last_day)
    assert {key: known[key].name for key in (2, 3, 4)} == {2: "旧县", 3: "3县", 4: "4县"}
