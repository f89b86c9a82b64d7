"""Start and stop everything on this machine."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import requests

from rollcall.errors import RollcallError
from rollcall.local import airflow, generated, processes
from rollcall.local.generated import Generated
from rollcall.local.months import FIRST, LAST
from rollcall.periods import Period
from rollcall.settings import ROOT, STATE, setting
from rollcall.warehouse import embedded

POSTGRES = STATE / "postgres"
OFFICES = STATE / "offices"
MIGRATED = airflow.HOME / "migrated"
READY_SECONDS = 240
PORT_OF = {
    "api-server": "ROLLCALL_AIRFLOW_PORT",
    "offices": "ROLLCALL_OFFICES_PORT",
    "scheduler": "ROLLCALL_WORKER_LOG_PORT",
    "triggerer": "ROLLCALL_TRIGGERER_LOG_PORT",
}
DAGS = ("collect_submissions", "build_marts", "announce_waiting")
Say = Callable[[str], None]


class NotReady(RollcallError):
    """A service did not come up; the message quotes its log."""


def up(say: Say, demo_periods: Sequence[Period] = ()) -> Generated:
    """
    Start what does not run yet: PostgreSQL, Airflow, and for *demo_periods* the demo offices. Returns when all answer.
    """
    in_use = {port for name, port in PORT_OF.items() if processes.find(name)}
    if embedded.postmaster(POSTGRES):
        in_use.add("ROLLCALL_PG_PORT")
    made = generated.ensure(in_use)
    server = embedded.start(POSTGRES, made.port("ROLLCALL_PG_PORT"))
    say(f"PostgreSQL answers on 127.0.0.1:{server.port}")
    make_databases(server, made)
    with ThreadPoolExecutor(3) as together:
        waiting = [together.submit(start_airflow, made, say), together.submit(prepare_warehouse, say)]
        if demo_periods:
            waiting.append(together.submit(start_offices, made, demo_periods, say))
        for future in waiting:
            future.result()
    return made


def make_databases(server: embedded.Server, made: Generated) -> None:
    """Two databases with owners of their own, and a login that may only read the marts."""
    embedded.ensure_role(server, "rollcall", made["ROLLCALL_OWNER_PASSWORD"], "createrole")
    embedded.ensure_role(server, "airflow", made["ROLLCALL_METADATA_PASSWORD"])
    embedded.ensure_database(server, "rollcall", "rollcall")
    embedded.ensure_database(server, "airflow", "airflow")
    embedded.ensure_role(server, "rollcall_reader", made["ROLLCALL_READER_PASSWORD"])
    embedded.ensure_reader(server, "rollcall", "rollcall_reader")


def prepare_warehouse(say: Say) -> None:
    """Tables of ours and reference data, in a process of its own: dbt takes 130 MB that nobody else needs."""
    run([sys.executable, "-m", "rollcall.cli", "prepare"], os.environ | {"PYTHONPATH": str(ROOT)}, "prepare")
    say("The warehouse is prepared: tables, roles, reference data")


def start_airflow(made: Generated, say: Say) -> None:
    """Bring Airflow's database up to date and start its four processes; returns when they and the DAGs are there."""
    surroundings = airflow.environment(made)
    airflow.write_password(made)
    if not MIGRATED.exists() or MIGRATED.read_text() != airflow_version():
        say("Airflow makes its database (20 s)")
        run(airflow.command("db", "migrate"), surroundings, "airflow-migrate")
        MIGRATED.write_text(airflow_version())
    for name, arguments in airflow.PROCESSES.items():
        processes.start(name, airflow.command(*arguments), surroundings)
    client = airflow.Client(made)
    wait_until(lambda: is_ready(client), "api-server", say, "Airflow")
    say(f"Airflow answers on {client.url}")


def is_ready(client: airflow.Client) -> bool:
    """Every part is healthy and all DAGs are known."""
    parts = ("metadatabase", "scheduler", "dag_processor", "triggerer")
    try:
        client.log_in()
        health = client.health()
        return all(health.get(part) == "healthy" for part in parts) and all(map(client.has_dag, DAGS))
    except (requests.RequestException, airflow.AirflowTrouble):
        return False


def start_offices(made: Generated, periods: Sequence[Period], say: Say) -> None:
    """
    Write the demo offices' files where they are missing, and serve them.

    They have all of the demo's months, whichever are asked for: what an office sends in one does not depend on that.
    """
    port, first, last = made["ROLLCALL_OFFICES_PORT"], min(FIRST, *periods), max(LAST, *periods)
    surroundings = os.environ | {"PYTHONPATH": str(ROOT), "ROLLCALL_OFFICES_TOKEN": made["ROLLCALL_OFFICES_TOKEN"]}
    scale = setting("ROLLCALL_DEMO_SCALE", "1")
    options = {"port": port, "state": OFFICES, "period": first, "to": last, "scale": scale}
    command = [sys.executable, "-m", "demo.server", *(f"--{name}={value}" for name, value in options.items())]
    running = processes.find("offices")
    if running is not None and running.cmdline() != command:
        processes.stop(["offices"])  # they have other months
    if not processes.find("offices"):
        say("The demo offices write their files (about a minute, once)")
    processes.start("offices", command, surroundings)
    url = f"http://127.0.0.1:{port}/offices/000000000000/submissions"

    def answers() -> bool:
        try:
            return requests.get(url, timeout=5).status_code in (401, 404)
        except requests.RequestException:
            return False

    wait_until(answers, "offices", say, "The demo offices", lambda: f"  {processes.tail('offices', 1)[:100]}")
    say(f"The demo offices answer on 127.0.0.1:{port}")


def wait_until(ready: Callable[[], bool], name: str, say: Say, what: str, detail: Callable[[], str] = str) -> None:
    """Ask twice a second, saying now and then that it goes on. Raises NotReady when the process or the time ends."""
    started = time.monotonic()
    said = started
    while not ready():
        now = time.monotonic()
        if processes.find(name) is None or now - started > READY_SECONDS:
            raise NotReady(f"{what} did not come up; {processes.LOGS / name}.log ends:\n{processes.tail(name)}")
        if now - said > 10:
            said = now
            say(f"{what}: not there yet after {now - started:.0f} s{detail()}")
        time.sleep(0.5)


def run(command: list[str], surroundings: dict[str, str], name: str) -> None:
    """Run a command to its end, output in `.rollcall/logs`. Raises NotReady, quoting the log."""
    processes.LOGS.mkdir(parents=True, exist_ok=True)
    with (processes.LOGS / f"{name}.log").open("ab") as log:
        done = subprocess.run(command, env=surroundings, stdout=log, stderr=log, cwd=ROOT, check=False)
    if done.returncode:
        raise NotReady(f"{' '.join(command[-2:])} failed; {processes.LOGS / name}.log ends:\n{processes.tail(name)}")


def airflow_version() -> str:
    from importlib.metadata import version

    return version("apache-airflow-core")


def down(say: Say) -> None:
    """Stop everything this checkout started, PostgreSQL last."""
    for name in processes.stop([*airflow.PROCESSES, "offices"]):
        say(f"{name} stopped")
    if embedded.stop(POSTGRES, say):
        say("PostgreSQL stopped")
