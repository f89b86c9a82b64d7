"""Airflow's environment on one machine: all of it ours, nothing of another Airflow's."""

import json
import os
import stat

import pytest
import requests

from rollcall.local import airflow
from rollcall.local.generated import PORTS, Generated, secret_values


@pytest.fixture
def made():
    ports = {name: str(20_000 + number) for number, name in enumerate(PORTS)}
    return Generated(ports | secret_values() | {"ROLLCALL_METADATA_URL": "postgresql+psycopg2://airflow:x@127.0.0.1/a"})


def test_another_airflows_settings_do_not_get_in(made, monkeypatch):
    for name in ("AIRFLOW_HOME", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "AIRFLOW_CONN_ROLLCALL_OFFICES"):
        monkeypatch.setenv(name, "theirs")
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR_CONFIG_OF_OTHERS", "theirs")
    monkeypatch.setenv("SOMETHING_ELSE", "kept")
    surroundings = airflow.environment(made)
    assert "theirs" not in surroundings.values()
    assert surroundings["SOMETHING_ELSE"] == "kept"


def test_reaches_and_listens_on_loopback_only(made):
    surroundings = airflow.environment(made)
    assert surroundings["AIRFLOW__API__HOST"] == "127.0.0.1"
    urls = [value for name, value in surroundings.items() if name.startswith("AIRFLOW__") and "://" in value]
    assert urls
    assert all("127.0.0.1" in url for url in urls)
    assert surroundings["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] == "False"


def test_tasks_find_the_api_server_where_it_listens(made):
    """With another port and the old URL every task fails at once with an empty log."""
    surroundings = airflow.environment(made)
    port = made["ROLLCALL_AIRFLOW_PORT"]
    assert surroundings["AIRFLOW__API__PORT"] == port
    assert surroundings["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == f"http://127.0.0.1:{port}/execution/"


def test_the_offices_token_is_a_connection(made):
    connection = json.loads(airflow.environment(made)["AIRFLOW_CONN_ROLLCALL_OFFICES"])
    assert connection["password"] == made["ROLLCALL_OFFICES_TOKEN"]


def test_parallelism_stays_where_the_local_executor_is_safe(made):
    assert int(airflow.environment(made)["AIRFLOW__CORE__PARALLELISM"]) <= 32


def test_the_password_file_is_for_its_owner(made, tmp_path, monkeypatch):
    monkeypatch.setattr(airflow, "HOME", tmp_path / "airflow")
    airflow.write_password(made)
    file = tmp_path / "airflow" / "passwords.json"
    assert json.loads(file.read_text()) == {"admin": made["ROLLCALL_AIRFLOW_PASSWORD"]}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_our_own_environment_is_left_as_it_was(made):
    before = dict(os.environ)
    airflow.environment(made)
    assert dict(os.environ) == before


class SlowSession:
    """Answers only after some tries, as an API server of a busy machine does."""

    def __init__(self, timeouts):
        self.timeouts, self.asked = timeouts, []

    def request(self, method, url, **_):
        self.asked.append(method)
        if len(self.asked) <= self.timeouts:
            raise requests.ReadTimeout("read timed out")
        answer = requests.Response()
        answer.status_code, answer._content = 200, b'{"state": "running"}'
        return answer


@pytest.mark.parametrize(("timeouts", "answers"), [(0, True), (2, True), (3, False)])
def test_a_slow_answer_is_waited_for_three_times_and_then_said(made, timeouts, answers):
    client = airflow.Client(made)
    client.session = SlowSession(timeouts)
    if answers:
        assert client.run("build_marts", "one") == {"state": "running"}
    else:
        with pytest.raises(airflow.AirflowTrouble, match=r"GET .*: read timed out; see .*api-server\.log"):
            client.run("build_marts", "one")


def test_a_run_is_asked_for_once(made):
    """Asked for again, it would be there twice."""
    client = airflow.Client(made)
    client.session = SlowSession(1)
    with pytest.raises(airflow.AirflowTrouble):
        client.trigger("collect_submissions", "2023-07")
    assert client.session.asked == ["POST"]
