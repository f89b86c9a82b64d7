"""What is kept of a step."""

import pytest

from rollcall.periods import Period
from rollcall.stopwatch import Stopwatch
from rollcall.warehouse.connection import connect

KEPT = "select step, period, run_id, rows, detail, seconds >= 0, peak_mib > 1, started_at <= now() from ops.steps"


def test_a_step_is_kept_with_what_it_did(warehouse):
    with Stopwatch(Period(2023, 7), "run").step("load") as step:
        step.rows, step.detail = 7, {"nodes": 3}
    with connect() as connection:
        assert connection.execute(KEPT).fetchall() == [("load", "2023-07", "run", 7, {"nodes": 3}, True, True, True)]


def test_a_step_that_did_not_end_is_not_kept(warehouse):
    """A time of half the work would be read as a time of all of it."""
    with pytest.raises(ZeroDivisionError), Stopwatch(Period(2023, 7), "run").step("load"):
        _ = 1 / 0
    with connect() as connection:
        assert connection.execute(KEPT).fetchall() == []
