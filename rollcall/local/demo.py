"""The demo: months of a whole province, from the offices to the star schema, through Airflow's own scheduler."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rollcall.errors import RollcallError
from rollcall.local import airflow, processes
from rollcall.local.generated import Generated
from rollcall.local.services import Say
from rollcall.periods import Period
from rollcall.warehouse.connection import connect

COLLECT, BUILD = "collect_submissions", "build_marts"
SECONDS_BETWEEN_LINES = 5.0
SECONDS_BETWEEN_LOOKS = 0.5
RUN_SECONDS = 900
DONE = {"success", "failed"}


class RunFailed(RollcallError):
    """A DAG run failed or did not end; the message says where its log is."""


@dataclass
class Run:
    """A DAG run under way. *since* is when we first knew of it, by the monotonic clock."""

    dag_id: str
    period: str
    run_id: str
    since: float
    state: str = "queued"


class Months:
    """
    Months on their way through `collect_submissions` and the `build_marts` run that follows from each.

    A month is collected while the one before is being built: each DAG has one run at a time.
    """

    def __init__(self, client: airflow.Client, periods: Sequence[Period], say: Say) -> None:
        self.client, self.say = client, say
        self.to_collect = [str(period) for period in periods]
        self.to_build: dict[str, float] = {}  # collected months, since when the scheduler knows
        self.runs: list[Run] = []
        self.known = {run["dag_run_id"] for run in client.runs(BUILD)}
        self.run_ids: list[str] = []
        self.said = time.monotonic() - SECONDS_BETWEEN_LINES

    def follow(self) -> list[str]:
        """Run all months to their end, saying how far they are. Returns the ids of their runs. Raises RunFailed."""
        while self.to_collect or self.to_build or self.runs:
            self.collect_the_next()
            self.find_builds()
            for run in list(self.runs):
                self.look_at(run)
            if time.monotonic() - self.said >= SECONDS_BETWEEN_LINES:
                self.say_how_far()
            time.sleep(SECONDS_BETWEEN_LOOKS)
        return self.run_ids

    def begin(self, dag_id: str, period: str, run_id: str) -> None:
        self.runs.append(Run(dag_id, period, run_id, time.monotonic()))
        self.run_ids.append(run_id)

    def collect_the_next(self) -> None:
        """Ask for the next month as soon as the one before has been collected."""
        if self.to_collect and not any(run.dag_id == COLLECT for run in self.runs):
            period = self.to_collect.pop(0)
            self.begin(COLLECT, period, self.client.trigger(COLLECT, period))

    def find_builds(self) -> None:
        """The runs that the scheduler has made of the months announced."""
        if not self.to_build:
            return
        for run in self.client.runs(BUILD):
            period = run.get("partition_key")
            if period in self.to_build and run["dag_run_id"] not in self.known:
                del self.to_build[period]
                self.begin(BUILD, period, str(run["dag_run_id"]))
        for period, since in self.to_build.items():
            if time.monotonic() - since > RUN_SECONDS:
                raise RunFailed(f"{BUILD} did not start for {period}; see {processes.LOGS / 'scheduler.log'}")

    def look_at(self, run: Run) -> None:
        """Note a run's state. Raises RunFailed for one that failed, or takes too long."""
        run.state = self.client.run(run.dag_id, run.run_id)["state"]
        if run.state not in DONE:
            if time.monotonic() - run.since > RUN_SECONDS:
                raise RunFailed(
                    f"{run.dag_id} {run.period}: run {run.run_id} has not ended after {RUN_SECONDS} s; "
                    f"see {self.client.url}"
                )
            return
        self.say_of(run)
        if run.state != "success":
            raise RunFailed(
                f"{run.dag_id} {run.period}: run {run.run_id} failed; its logs are in {airflow.HOME / 'logs'} "
                f"and at {self.client.url}"
            )
        self.runs.remove(run)
        if run.dag_id == COLLECT:
            self.to_build[run.period] = time.monotonic()

    def say_how_far(self) -> None:
        """A line for each run under way; where there is none, one that says what is waited for."""
        self.said = time.monotonic()
        running = [run for run in self.runs if run.state != "queued"]
        for run in running:
            self.say_of(run)
        if not running:
            waiting = [*(run.period for run in self.runs), *self.to_build]
            self.say(f"the scheduler has to start {', '.join(waiting)}")

    def say_of(self, run: Run) -> None:
        seconds = time.monotonic() - run.since
        far = progress(self.client.task_states(run.dag_id, run.run_id))
        self.say(f"{run.dag_id:19} {run.period} {seconds:4.0f} s  {far}")


def run_months(made: Generated, periods: Sequence[Period], say: Say) -> list[str]:
    """Collect and build *periods* in order, through Airflow. Returns the ids of all runs. Raises RunFailed."""
    client = airflow.Client(made)
    client.log_in()
    return Months(client, periods, say).follow()


def progress(states: dict[str, list[str]]) -> str:
    """Tasks with how many of them have ended, and what the others are doing."""
    parts = []
    for task, found in states.items():
        ended = sum(state == "success" for state in found)
        others = Counter(state for state in found if state not in ("success", "waiting", "None"))
        doing = ", ".join(f"{count} {state}" for state, count in others.items())
        parts.append(f"{task} {ended}/{len(found)}" + (f" ({doing})" if doing else ""))
    return " · ".join(parts)


def digest_of_marts() -> str | None:
    """
    One digest over every row of every mart that dbt defines; None before the first build. Equal digests, equal marts.

    Columns of text compare by their text; order does not matter. Views hold nothing of their own.
    """
    with connect() as connection:
        tables = connection.execute(
            "select table_name from information_schema.tables"
            " where table_schema = 'marts' and table_type = 'BASE TABLE' and table_name <> 'builds' order by 1"
        ).fetchall()
        if not tables:
            return None
        union = " union all ".join(
            f"select '{name}' as mart, count(*) as rows, sum(hashtextextended(t::text, 0)::numeric) as digest from marts.{name} as t"  # noqa: S608, E501
            for (name,) in tables
        )
        row = connection.execute(
            f"select md5(string_agg(format('%s %s %s', mart, rows, digest), ',' order by mart)) from ({union}) as m"  # noqa: S608
        ).fetchone()
    return str(row[0]) if row else None
