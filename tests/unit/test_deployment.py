"""docker-compose.yml and Dockerfile, checked as far as that goes without a container engine."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from check_jsonschema.builtin_schemas import get_builtin_schema

from rollcall.local import airflow
from rollcall.local.generated import PORTS, Generated
from rollcall.settings import ROOT
from rollcall.warehouse import embedded
from tests.compose import COMPOSE_TEXT, SECRETS, SHOWN, Missing, compose

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
OF_AIRFLOW = [*airflow.PROCESSES, "init"]


def services() -> Iterator[Any]:
    return (pytest.param(name, service, id=name) for name, service in compose()["services"].items())


def test_compose_file_is_as_the_compose_specification_wants_it() -> None:
    """The schema is the specification's own, as check-jsonschema carries it."""
    schema = get_builtin_schema("vendor.compose-spec")
    jsonschema.validate(compose(), schema, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("broken", [{"services": {"a": {"imagee": "x"}}}, {"services": {"a": {"restart": 1}}}])
def test_schema_refuses_what_is_misspelt(broken: dict[str, Any]) -> None:
    """A schema that accepts everything would prove nothing."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, get_builtin_schema("vendor.compose-spec"), cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("name", airflow.PROCESSES)
def test_airflow_runs_the_same_processes_as_on_one_machine(name: str) -> None:
    assert compose()["services"][name]["command"] == ["airflow", *airflow.PROCESSES[name]]


def test_no_service_is_unaccounted_for() -> None:
    """A new process belongs into rollcall/local/airflow.py and into docker-compose.yml."""
    assert set(compose()["services"]) == {"postgres", "init", "offices", *airflow.PROCESSES}


def embedded_environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What `make up` gives Airflow's processes of the same secrets."""
    monkeypatch.setattr("os.environ", {})
    ports = dict.fromkeys(PORTS, "1")
    return airflow.environment(Generated(SECRETS | ports | {"ROLLCALL_METADATA_URL": "its url"}))


# Addresses, ports and folders differ; who logs in how differs on purpose.
ITS_OWN = {
    "AIRFLOW_HOME",  # the image sets it
    "AIRFLOW__CORE__DAGS_FOLDER",
    "AIRFLOW__CORE__EXECUTION_API_SERVER_URL",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",
    "AIRFLOW__API__HOST",
    "AIRFLOW__API__PORT",
    "AIRFLOW__API__BASE_URL",
    "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT",
    "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT",
}


def test_airflow_is_configured_as_on_one_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting made in one place only is a difference that nobody tested."""
    here = {name: value for name, value in embedded_environment(monkeypatch).items() if name.startswith("AIRFLOW")}
    there = {n: v for n, v in compose()["services"]["scheduler"]["environment"].items() if n.startswith("AIRFLOW")}
    here = {name: value for name, value in here.items() if "SIMPLE_AUTH_MANAGER" not in name}
    assert there.pop("AIRFLOW__CORE__AUTH_MANAGER").endswith(".FabAuthManager")
    assert set(here) - {"AIRFLOW_HOME"} == set(there)
    assert {n: v for n, v in here.items() if n not in ITS_OWN} == {n: v for n, v in there.items() if n not in ITS_OWN}


def test_image_sets_where_things_are() -> None:
    for line in ("AIRFLOW_HOME=/var/lib/airflow", "ROLLCALL_STATE=/var/lib/rollcall", "PYTHONPATH=/opt/rollcall"):
        assert line in DOCKERFILE


def test_postgresql_is_configured_as_on_one_machine() -> None:
    said = dict(line.split(" = ") for line in embedded.CONFIGURATION.strip().splitlines())
    said = {name: value.strip("'") for name, value in said.items() if name != "listen_addresses"}
    options = compose()["services"]["postgres"]["command"][1:]
    assert dict(option.removeprefix("--").split("=", 1) for option in options) == said


def test_postgresql_keeps_its_data_where_version_18_has_it() -> None:
    """At /var/lib/postgresql/data, right until 17, the data would be lost with the container."""
    postgres = compose()["services"]["postgres"]
    assert postgres["image"].startswith("postgres:18")
    assert "postgres:/var/lib/postgresql" in postgres["volumes"]


@pytest.mark.parametrize("name", SECRETS)
def test_nothing_starts_without_a_secret(name: str) -> None:
    """The message says which one, and where to put it."""
    with pytest.raises(Missing, match=f"^write {name} into .env"):
        compose(SECRETS | {name: ""})


def test_no_secret_has_a_default() -> None:
    used = re.findall(r"\$\{(ROLLCALL_\w*(?:PASSWORD|TOKEN|SECRET|KEY))(:.)?", COMPOSE_TEXT)
    assert {name for name, _ in used} == set(SECRETS)
    assert {how for _, how in used} == {":?"}


def test_no_password_is_written_down() -> None:
    """Wherever a password, token or key stands, it came from .env."""
    for name, service in compose()["services"].items():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|TOKEN|SECRET|_KEY", variable):
                assert value in SECRETS.values(), (name, variable)


@pytest.mark.parametrize(("name", "service"), services())
def test_service_comes_back_and_says_how_it_is(name: str, service: dict[str, Any]) -> None:
    """`init` ends, so it has no health to ask for; all others have."""
    assert service["logging"]["options"]["max-size"]
    if name == "init":
        assert service["restart"] == "no"
        return
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"
    for script in re.findall(r"/opt/rollcall/(\S+\.(?:py|sh))", str(service["healthcheck"]["test"])):
        assert (ROOT / script).is_file()


@pytest.mark.parametrize("name", airflow.PROCESSES)
def test_airflow_waits_for_database_and_migration(name: str) -> None:
    waits = {other: how["condition"] for other, how in compose()["services"][name]["depends_on"].items()}
    assert waits == {"init": "service_completed_successfully", "postgres": "service_healthy"}


def test_ports_are_published_on_loopback_until_told_otherwise() -> None:
    published = [port for service in compose()["services"].values() for port in service.get("ports", [])]
    assert published == ["127.0.0.1:5432:5432", "127.0.0.1:8080:8080"]
    elsewhere = compose(SECRETS | {"ROLLCALL_PUBLISH_ADDRESS": "10.0.0.7"})["services"]["api-server"]["ports"]
    assert elsewhere == ["10.0.0.7:8080:8080"]


def test_only_who_reads_files_knows_the_pseudonym_key() -> None:
    knows = {n for n, s in compose()["services"].items() if "ROLLCALL_PSEUDONYM_KEY" in s.get("environment", {})}
    assert knows == {"scheduler", "init"}


def test_tasks_are_given_every_setting() -> None:
    """A setting that is not passed on keeps its default, whatever .env says."""
    given = set(compose()["services"]["scheduler"]["environment"])
    read = set(re.findall(r'"(ROLLCALL_\w+)"', (ROOT / "rollcall/settings.py").read_text(encoding="utf-8")))
    assert read - {"ROLLCALL_STATE", "ROLLCALL_ENV_FILE"} <= given
    assert {"ROLLCALL_READER_URL", "ROLLCALL_SCHEDULE", "ROLLCALL_WAITING_SCHEDULE"} <= given


@pytest.mark.parametrize("name", ["ROLLCALL_WAREHOUSE_URL", "ROLLCALL_METADATA_URL", "ROLLCALL_LANDING_URL"])
def test_another_database_and_another_store_take_the_place_of_ours(name: str) -> None:
    environment = compose(SECRETS | {name: "elsewhere"})["services"]["scheduler"]["environment"]
    assert "elsewhere" in environment.values()


def test_a_ca_of_the_hosts_is_mounted_where_tasks_are_told_it_is() -> None:
    """The setting names a file of the host, which no container has; without it nothing is named."""
    given = compose(SECRETS | {"ROLLCALL_CA_BUNDLE": "/etc/ssl/government-ca.pem"})["services"]["scheduler"]
    inside = given["environment"]["ROLLCALL_CA_BUNDLE"]
    assert f"/etc/ssl/government-ca.pem:{inside}:ro" in given["volumes"]
    assert compose()["services"]["scheduler"]["environment"]["ROLLCALL_CA_BUNDLE"] == ""


def copied() -> list[str]:
    return re.findall(r"^COPY ([^-\s]\S*) ", DOCKERFILE, re.MULTILINE)


def test_image_holds_what_is_run_and_nothing_else() -> None:
    """.dockerignore lets through what the Dockerfile copies, and no .env."""
    let_through = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(let_through) == sorted(copied())
    assert all((ROOT / name).exists() for name in copied())
    assert {"rollcall", "dags", "dbt_project", "expectations", "deploy"} <= set(copied())


def test_image_installs_the_lock_and_runs_without_privileges() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    version = re.search(r"^UV_VERSION := (\S+)$", makefile, re.MULTILINE)
    assert version
    assert f"ARG UV_VERSION={version[1]}\n" in DOCKERFILE
    install = re.search(r"uv pip install (.+?)\n\n", DOCKERFILE.replace("\\\n", " "), re.DOTALL)
    assert install
    assert {"--require-hashes", "--no-deps", "/requirements.lock"} <= set(install[1].split())
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)[-1] not in ("root", "0")


def test_base_image_of_the_example_is_the_dockerfiles() -> None:
    assert f"ARG ROLLCALL_PYTHON_IMAGE={SHOWN['ROLLCALL_PYTHON_IMAGE']}\n" in DOCKERFILE


def test_every_volume_that_is_mounted_is_declared() -> None:
    declared, mounted = compose()["volumes"], set()
    for service in compose()["services"].values():
        for volume in service.get("volumes", []):
            source = volume["source"] if isinstance(volume, dict) else volume.split(":")[0]
            if not source.startswith(("./", "/")):
                mounted.add(source)
            else:
                assert Path(ROOT / source).exists(), source
    assert mounted == set(declared)
