"""The demo: one month of a whole province, from the offices to the star schema, through Airflow's own scheduler."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import psutil

from rollcall.errors import RollcallError
from rollcall.local import airflow, processes, services
from rollcall.local.generated import Generated
from rollcall.local.services import Say
from rollcall.warehouse import embedded
from rollcall.warehouse.connection import connect

SECONDS_BETWEEN_LINES = 5.0
RUN_SECONDS = 900
MIB = 1024 * 1024
DONE = {"success", "failed"}


class RunFailed(RollcallError):
    """A DAG run failed or did not end; the message says where its log is."""


@dataclass
class PeakMemory:
    """The largest resident size of any one of our processes while it watches, sampled twice a second, in MiB."""

    mib: float = 0.0
    what: str = ""
    stopped: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "PeakMemory":
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self.thread.join()

    def watch(self) -> None:
        while not self.stopped.wait(0.5):
            for process in family():
                try:
                    size, name = process.memory_info().rss / MIB, " ".join(process.cmdline()[:3])
                except psutil.Error:
                    continue  # it has just ended
                if size > self.mib:
                    self.mib, self.what = size, name


def family() -> list[psutil.Process]:
    """Ourselves and everything this checkout has running."""
    roots = [psutil.Process(), *filter(None, map(processes.find, (*airflow.PROCESSES, "offices")))]
    postmaster = embedded.postmaster(services.POSTGRES)
    if postmaster is not None and postmaster.process is not None:
        roots.append(postmaster.process)
    found = []
    for root in roots:
        try:
            found += [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
    return found


def run_month(made: Generated, period: str, say: Say) -> tuple[str, str]:
    """
    Run `collect_submissions` for *period*, then the `build_marts` run that follows from it.

    Returns the ids of both runs. Raises RunFailed.
    """
    client = airflow.Client(made)
    client.log_in()
    before = {run["dag_run_id"] for run in client.runs("build_marts")}
    collecting = client.trigger("collect_submissions", period)
    follow(client, "collect_submissions", collecting, say)
    building = wait_for_build(client, period, before, say)
    follow(client, "build_marts", building, say)
    return collecting, building


def wait_for_build(client: airflow.Client, period: str, before: set[str], say: Say) -> str:
    """The run of `build_marts` that the scheduler makes of the announced period."""
    started = time.monotonic()
    while time.monotonic() - started < RUN_SECONDS:
        for run in client.runs("build_marts"):
            if run["dag_run_id"] not in before and run.get("partition_key") == period:
                return str(run["dag_run_id"])
        time.sleep(0.5)
    say("no run of build_marts followed")
    raise RunFailed(f"build_marts did not start for {period}; see {processes.LOGS / 'scheduler.log'}")


def follow(client: airflow.Client, dag_id: str, run_id: str, say: Say) -> None:
    """Say how far a run is, every few seconds, until it ends."""
    started = time.monotonic()
    said = started - SECONDS_BETWEEN_LINES
    while True:
        state = client.run(dag_id, run_id)["state"]
        now = time.monotonic()
        if state in DONE or now - said >= SECONDS_BETWEEN_LINES:
            said = now
            say(f"{dag_id} {now - started:4.0f} s  {progress(client.task_states(dag_id, run_id))}")
        if state in DONE:
            break
        if now - started > RUN_SECONDS:
            raise RunFailed(f"{dag_id}: run {run_id} has not ended after {RUN_SECONDS} s; see {client.url}")
        time.sleep(0.5)
    if state != "success":
        raise RunFailed(f"{dag_id}: run {run_id} failed; its logs are in {airflow.HOME / 'logs'} and at {client.url}")


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
    One digest over every row of every mart; None before the first build. Equal digests are equal marts.

    Columns of text compare by their text; order does not matter.
    """
    with connect() as connection:
        tables = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'marts' order by 1"
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
