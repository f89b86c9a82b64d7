"""Months through Airflow in order: the next is collected while the one before is built, and a failure is said."""

from typing import Any

import pytest

from rollcall.local import demo
from rollcall.local.demo import BUILD, COLLECT, Months, RunFailed, progress
from rollcall.periods import Period

PERIODS = [Period(2023, 5), Period(2023, 6), Period(2023, 7)]


class Airflow:
    """
    Plays Airflow's scheduler: a run is queued while its DAG has another, and takes as many looks as it is given.

    What has been collected is built. `lines` is what happened, in order.
    """

    url = "http://127.0.0.1:1"

    def __init__(self, looks: dict[str, int], failing: str = "") -> None:
        self.looks, self.failing = looks, failing
        self.all: list[dict[str, Any]] = [self.made(BUILD, "2023-05", "success")]
        self.lines: list[str] = []

    def made(self, dag_id: str, period: str, state: str = "queued") -> dict[str, Any]:
        key = "partition_key" if dag_id == BUILD else "conf"
        number = len(getattr(self, "all", []))
        run = {"dag_run_id": f"{dag_id} {period} {number}", "dag": dag_id, "state": state, "looks": 0, key: period}
        return run | {"period": period}

    def trigger(self, dag_id: str, period: str) -> str:
        self.lines.append(f"asked for {period}")
        self.all.append(self.made(dag_id, period))
        return str(self.all[-1]["dag_run_id"])

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        return [run for run in reversed(self.all) if run["dag"] == dag_id]

    def run(self, dag_id: str, run_id: str) -> dict[str, Any]:
        (run,) = [run for run in self.all if run["dag_run_id"] == run_id]
        before = self.all[: self.all.index(run)]
        if any(other["dag"] == dag_id and other["state"] in ("queued", "running") for other in before):
            return run
        if run["state"] == "queued":
            run["state"] = "running"
            self.lines.append(f"{dag_id} {run['period']} begins")
        run["looks"] += 1
        if run["looks"] > self.looks[dag_id] and run["state"] == "running":
            run["state"] = "failed" if self.failing == f"{dag_id} {run['period']}" else "success"
            self.lines.append(f"{dag_id} {run['period']} ends")
            if dag_id == COLLECT:
                self.all.append(self.made(BUILD, run["period"]))
        return run

    def task_states(self, dag_id: str, run_id: str) -> dict[str, list[str]]:
        return {"plan": ["success"]}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which passes only while we sleep."""
    now = [0.0]
    monkeypatch.setattr(demo.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(demo.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    return now


def test_a_month_is_collected_while_the_one_before_is_built() -> None:
    airflow = Airflow({COLLECT: 2, BUILD: 30})
    ids = Months(airflow, PERIODS, lambda _: None).follow()
    assert len(set(ids)) == 6
    happened = airflow.lines
    assert [line for line in happened if line.startswith("asked")] == [f"asked for {period}" for period in PERIODS]
    assert happened.index(f"{COLLECT} 2023-07 ends") < happened.index(f"{BUILD} 2023-05 ends")
    builds = [line for line in happened if line.startswith(BUILD)]
    assert builds == [f"{BUILD} {period} {what}" for period in PERIODS for what in ("begins", "ends")]


def test_it_says_how_far_it_is_at_least_every_five_seconds(clock: list[float]) -> None:
    said = [0.0]
    Months(Airflow({COLLECT: 30, BUILD: 60}), PERIODS, lambda _: said.append(clock[0])).follow()
    assert clock[0] > 60
    assert max(later - earlier for earlier, later in zip(said, [*said[1:], clock[0]], strict=True)) <= 5.5


def test_a_build_of_an_earlier_demo_is_not_taken_for_this_ones() -> None:
    """The month was built before: that run is there, and says nothing of this one."""
    airflow = Airflow({COLLECT: 1, BUILD: 1})
    assert airflow.all[0]["dag_run_id"] not in Months(airflow, PERIODS[:1], lambda _: None).follow()


@pytest.mark.parametrize("failing", [f"{COLLECT} 2023-06", f"{BUILD} 2023-05"])
def test_a_run_that_fails_is_named_with_where_its_log_is(failing: str) -> None:
    with pytest.raises(RunFailed, match=f"{failing}: run .* failed; its logs are in .*logs and at http"):
        Months(Airflow({COLLECT: 1, BUILD: 1}, failing), PERIODS, lambda _: None).follow()


def test_a_run_that_does_not_end_is_given_up() -> None:
    with pytest.raises(RunFailed, match="has not ended after 900 s"):
        Months(Airflow({COLLECT: 10_000, BUILD: 1}), PERIODS, lambda _: None).follow()


def test_a_build_that_never_comes_is_given_up() -> None:
    airflow = Airflow({COLLECT: 1, BUILD: 1})
    airflow.runs = lambda dag_id: []  # type: ignore[method-assign]
    with pytest.raises(RunFailed, match=r"build_marts did not start for 2023-05; see .*scheduler\.log"):
        Months(airflow, PERIODS[:1], lambda _: None).follow()


def test_progress_names_tasks_with_how_many_have_ended() -> None:
    states = {"plan": ["success"], "collect": ["success", "running", "waiting", "up_for_retry"]}
    assert progress(states) == "plan 1/1 · collect 1/4 (1 running, 1 up_for_retry)"
