"""What is read of a file reaches the warehouse as it was meant: times, keys and what refers to them."""

from typing import Any

import pytest

from rollcall.periods import Period
from tests.files import as_csv, as_json, as_xlsx, rows_of
from tests.integration.load.conftest import asked, load

EVENING = {"event_no": "D1", "started_at": "1990-07-31 23:30", "organiser_code": "990100000000"}


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_an_evening_in_summer_time_is_on_its_own_day(submit: Any, form: str) -> None:
    """China's clocks were an hour ahead in the summers of 1986 to 1991."""
    rows = rows_of("events", 1, **EVENING)
    data = {"csv": as_csv("events", rows), "json": as_json(events=rows), "xlsx": as_xlsx(events=rows)}[form]
    period = Period(1990, 7)
    submit(2, data, f"events.{form}", kind="backlog", period=period)
    load(period)
    assert asked("select accepted, held from ledger.verdicts") == [(1, 0)]
    day = "select (started_at at time zone 'Asia/Shanghai')::text from raw.events"
    assert asked(day) == [("1990-07-31 23:30:00",)]


def test_what_refers_to_an_entry_joins_it(submit: Any) -> None:
    """One team, as the register, a registration, an event and a need spell it."""
    spelt = ["街道（东）１队", "街道(东)1队", "'街道（东）1队", "街道\u200d(东)1队"]
    datasets = ["teams", "registrations", "events", "needs"]
    found = {name: rows_of(name, 1, team_no=no) for name, no in zip(datasets, spelt, strict=True)}
    submit(2, as_json(**found), "a.json")
    load()
    for name in datasets:
        assert asked(f"select team_no from raw.{name}") == [("街道(东)1队",)]
