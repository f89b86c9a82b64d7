"""Airflow on this machine: its environment, its four processes, and its REST API."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import requests

from rollcall.errors import RollcallError
from rollcall.local.generated import Generated
from rollcall.local.processes import LOGS
from rollcall.settings import ROOT, STATE

HOME = STATE / "airflow"
USER = "admin"
PROCESSES = {
    "api-server": ["api-server"],
    "scheduler": ["scheduler"],
    "dag-processor": ["dag-processor"],
    "triggerer": ["triggerer"],
}
SECONDS = (5, 30)
TRIES = 3


class AirflowTrouble(RollcallError):
    """Airflow answered something else than what was asked for."""


def command(*arguments: str) -> list[str]:
    """An `airflow` command line of this environment."""
    return [str(Path(sys.executable).parent / "airflow"), *arguments]


def environment(generated: Generated) -> dict[str, str]:
    """
    The environment of every Airflow process.

    Metadata lies in a PostgreSQL database of its own; tasks run in LocalExecutor's processes on this machine.
    """
    url = f"http://127.0.0.1:{generated['ROLLCALL_AIRFLOW_PORT']}"
    ours = {
        "AIRFLOW_HOME": str(HOME),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "10",
        # a task that was killed is tried again after a minute, not after five
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__FERNET_KEY": generated["ROLLCALL_FERNET_KEY"],
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(HOME / "passwords.json"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": generated["ROLLCALL_METADATA_URL"],
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": generated["ROLLCALL_AIRFLOW_PORT"],
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": generated["ROLLCALL_JWT_SECRET"],
        "AIRFLOW__API__SECRET_KEY": generated["ROLLCALL_JWT_SECRET"],
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": generated["ROLLCALL_WORKER_LOG_PORT"],
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": generated["ROLLCALL_TRIGGERER_LOG_PORT"],
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW_CONN_ROLLCALL_OFFICES": json.dumps(
            {"conn_type": "http", "password": generated["ROLLCALL_OFFICES_TOKEN"]}
        ),
        "PYTHONPATH": str(ROOT),
    }
    # what is set from outside wins, but another Airflow's home or database must not get in
    outside = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    return outside | ours


def write_password(generated: Generated) -> None:
    """Give the simple auth manager the generated password before it makes up one of its own."""
    HOME.mkdir(parents=True, exist_ok=True)
    passwords = HOME / "passwords.json"
    passwords.touch(mode=0o600)
    passwords.write_text(json.dumps({USER: generated["ROLLCALL_AIRFLOW_PASSWORD"]}))


class Client:
    """Airflow's REST API, as the generated administrator."""

    def __init__(self, generated: Generated) -> None:
        self.url = f"http://127.0.0.1:{generated['ROLLCALL_AIRFLOW_PORT']}"
        self.password = generated["ROLLCALL_AIRFLOW_PASSWORD"]
        self.session = requests.Session()
        self.session.trust_env = False

    def log_in(self) -> None:
        """Get a token. Raises requests.RequestException while the API server is not up."""
        answer = self.session.post(
            f"{self.url}/auth/token", json={"username": USER, "password": self.password}, timeout=SECONDS
        )
        answer.raise_for_status()
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def call(self, method: str, path: str, **kwargs: Any) -> Any:
        """
        One call of API v2. What only reads is tried again where no answer comes: a busy machine is slow to give one.

        Raises AirflowTrouble, quoting the answer, for any status but success, and where none came.
        """
        tries = TRIES if method == "GET" else 1
        answer = None
        while answer is None:
            try:
                answer = self.session.request(method, f"{self.url}/api/v2/{path}", timeout=SECONDS, **kwargs)
            except requests.RequestException as error:
                tries -= 1
                if not tries:
                    raise AirflowTrouble(f"{method} {path}: {error}; see {LOGS / 'api-server.log'}") from error
        if not answer.ok:
            raise AirflowTrouble(f"{method} {path}: HTTP {answer.status_code} {answer.text[:500]}")
        return answer.json()

    def health(self) -> dict[str, str | None]:
        """Status of each part: `healthy`, or what else it is."""
        parts = self.call("GET", "monitor/health")
        return {name: part.get("status") for name, part in parts.items()}

    def has_dag(self, dag_id: str) -> bool:
        found = self.call("GET", "dags", params={"dag_id_pattern": dag_id})
        return any(dag["dag_id"] == dag_id for dag in found["dags"])

    def trigger(self, dag_id: str, period: str) -> str:
        """Start a run for *period*; returns its id."""
        run = self.call("POST", f"dags/{dag_id}/dagRuns", json={"logical_date": None, "conf": {"period": period}})
        return str(run["dag_run_id"])

    def run(self, dag_id: str, run_id: str) -> dict[str, Any]:
        return dict(self.call("GET", f"dags/{dag_id}/dagRuns/{run_id}"))

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        """The newest runs of a DAG, newest first."""
        found = self.call("GET", f"dags/{dag_id}/dagRuns", params={"order_by": "-id", "limit": 20})
        return list(found["dag_runs"])

    def task_states(self, dag_id: str, run_id: str) -> dict[str, list[str]]:
        """States of a run's task instances, by task."""
        found = self.call("GET", f"dags/{dag_id}/dagRuns/{run_id}/taskInstances", params={"limit": 500})
        states: dict[str, list[str]] = {}
        for instance in found["task_instances"]:
            states.setdefault(instance["task_id"], []).append(instance["state"] or "waiting")
        return states
