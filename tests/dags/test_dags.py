"""DAG files are wiring: quick to parse, one name for file, DAG and step, and nothing that Airflow may forget."""

import ast
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rollcall import steps
from rollcall.periods import Period
from rollcall.settings import ROOT

FILES = sorted((ROOT / "dags").glob("*.py"))
assert FILES, "a rule over no files passes; has the folder moved?"

# Parsed as Airflow's own processor does, in a process of its own: what it loads is part of what is asked.
PARSE = """
import json, re, sys
from airflow.dag_processing.dagbag import DagBag
before = set(sys.modules)
bag = DagBag(dag_folder=sys.argv[1])
period = {}
print("DAGS" + json.dumps({
    "errors": bag.import_errors,
    "seconds": sum(stat.duration.total_seconds() for stat in bag.dagbag_stats),
    "modules": sorted({name.partition(".")[0] for name in set(sys.modules) - before}),
    "dags": {dag.dag_id: {
        "file": dag.fileloc,
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "doc": dag.doc_md,
        "timezone": str(dag.timezone),
        "timetable": type(dag.timetable).__name__,
        "period": dag.params.get_param("period").schema if "period" in dag.params else None,
        "tasks": {task.task_id: {
            "retries": task.retries,
            "hours": task.execution_timeout and task.execution_timeout.total_seconds() / 3600,
            "outlets": [outlet.name for outlet in task.outlets],
            "downstream": sorted(task.downstream_task_ids),
        } for task in dag.tasks},
    } for dag in bag.dags.values()},
}))
"""


def parse(tmp_path: Path, **environment: str) -> dict[str, Any]:
    surroundings = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "ROLLCALL_ENV_FILE": str(tmp_path / "none"),
        "ROLLCALL_STATE": str(tmp_path / "state"),
        "PYTHONPATH": str(ROOT),
    } | environment
    done = subprocess.run(
        [sys.executable, "-c", PARSE, str(ROOT / "dags")],
        env=surroundings, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("DAGS")]
    return dict(json.loads(line.removeprefix("DAGS")))


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a machine without `.env`, without a warehouse and without a secret parses."""
    return parse(tmp_path_factory.mktemp("airflow"))


def test_parse_without_errors_and_without_a_warehouse(bag):
    assert bag["errors"] == {}
    assert set(bag["dags"]) == {path.stem for path in FILES}


def test_a_dag_is_named_like_its_file(bag):
    for name, found in bag["dags"].items():
        assert Path(found["file"]).stem == name


def test_parsing_imports_nothing_heavy(bag):
    """Files are parsed over and over: GX takes 8 s, dbt 4 s, and a driver opens the door to asking the database."""
    heavy = {"great_expectations", "dbt", "psycopg", "psycopg2", "pandas", "openpyxl", "python_calamine", "requests"}
    assert not heavy & set(bag["modules"])


def test_a_failed_task_is_tried_again(bag):
    """Every step may run twice, so a retry is routine."""
    for name, found in bag["dags"].items():
        assert found["tasks"], name
        assert all(task["retries"] >= 1 for task in found["tasks"].values()), name


def test_every_task_ends_by_itself_in_hours(bag):
    """One that hangs would hold its month for ever: it is ended, and tried again."""
    for name, found in bag["dags"].items():
        assert all(task["hours"] and task["hours"] <= 3 for task in found["tasks"].values()), name


def test_runs_do_not_pile_up(bag):
    for found in bag["dags"].values():
        assert found["catchup"] is False
        assert found["max_active_runs"] == 1
        assert found["timezone"] == "Asia/Shanghai"


def test_a_dag_is_explained_where_it_is_seen(bag):
    for found in bag["dags"].values():
        assert found["doc"].strip()


def test_the_period_is_a_month_or_nothing(bag):
    for name in ("collect_submissions", "build_marts"):
        found = bag["dags"][name]
        assert found["period"] == {"type": ["null", "string"], "pattern": r"^\d{4}-(0[1-9]|1[0-2])$"}, name


def test_build_follows_collect_period_by_period(bag):
    """`announce` names the periods it touched; the consumer runs once for each."""
    for announcer in ("collect_submissions", "announce_waiting"):
        assert bag["dags"][announcer]["tasks"]["announce"]["outlets"] == ["submissions"]
    assert bag["dags"]["build_marts"]["timetable"] == "PartitionedAssetTimetable"
    assert bag["dags"]["build_marts"]["tasks"]["build"]["outlets"] == ["marts"]


def test_what_is_loaded_comes_before_what_rests_on_it(bag):
    """Receipts and marts speak of what was judged; neither waits for the other, nor for a file we cannot read."""
    build, collect = (bag["dags"][name]["tasks"] for name in ("build_marts", "collect_submissions"))
    assert {name: task["downstream"] for name, task in build.items()} == {
        "load": ["build", "send_receipts"],
        "build": ["require_all_judged"],
        "send_receipts": ["require_all_judged"],
        "require_all_judged": [],
    }  # fmt: skip
    assert {name: task["downstream"] for name, task in collect.items()} == {
        "plan": ["collect"], "collect": ["announce"], "announce": [],
    }  # fmt: skip


def test_the_schedule_is_a_setting(bag, tmp_path):
    """Every day unless said otherwise; the demo asks on demand."""
    assert bag["dags"]["collect_submissions"]["timetable"].startswith("Cron")
    assert bag["dags"]["announce_waiting"]["timetable"].startswith("Cron")
    off = parse(tmp_path, ROLLCALL_SCHEDULE="off", ROLLCALL_WAITING_SCHEDULE="off")["dags"]
    assert {off[name]["timetable"] for name in ("collect_submissions", "announce_waiting")} == {"NullTimetable"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_dag_file_is_at_most_60_lines(path):
    """What does not fit is logic: it belongs in rollcall, where it is tested."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 60


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_task_calls_steps_and_nothing_else_does_the_work(path):
    """One verb for task and step; a task that does something by itself is parsed often and tested never."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tasks = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any("task" in ast.unparse(decorator) for decorator in node.decorator_list)
    ]
    assert tasks
    for task in tasks:
        called = {ast.unparse(node.func) for node in ast.walk(task) if isinstance(node, ast.Call)}
        assert any(name.startswith("steps.") for name in called), task.name
        verbs = {name.removeprefix("steps.") for name in called if name.startswith("steps.")} - {"periods_of"}
        assert verbs <= {task.name}, f"{task.name} calls {verbs}"
        assert not any(isinstance(node, ast.Try | ast.If | ast.While) for node in ast.walk(task)), task.name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_dag_asks_airflow_what_day_it_is(path):
    """A partitioned run has no logical date and no interval; the period has one helper."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    words = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    words |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    words |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    texts = " ".join(
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    forbidden = {
        "ds",
        "ts",
        "logical_date",
        "data_interval_start",
        "data_interval_end",
        "execution_date",
        "now",
        "today",
    }
    assert not words & forbidden
    assert "{{ ds" not in texts
    assert "data_interval" not in texts


def run(partition_key=None, logical_date=None, run_after=datetime(2023, 8, 4, 22, 0, tzinfo=UTC)) -> Any:
    """A DAG run as far as a step looks at it."""
    return SimpleNamespace(partition_key=partition_key, logical_date=logical_date, run_after=run_after)


WITHOUT_PARTITIONS = SimpleNamespace(logical_date=None, run_after=datetime(2023, 2, 4, tzinfo=UTC))


@pytest.mark.parametrize(
    ("dag_run", "params", "periods"),
    [
        (run("2023-05"), {"period": None}, ["2023-05"]),
        (run("2023-05"), {"period": "2023-06"}, ["2023-05"]),
        (run(), {"period": "2022-12"}, ["2022-12"]),
        (run(), {"period": None}, ["2023-07", "2023-06", "2023-05"]),
        (run(), {}, ["2023-07", "2023-06", "2023-05"]),
        (run(logical_date=datetime(2023, 2, 1, tzinfo=UTC)), {}, ["2023-01", "2022-12", "2022-11"]),
        (run(run_after=datetime(2023, 7, 31, 15, 59, tzinfo=UTC)), {}, ["2023-06", "2023-05", "2023-04"]),
        (run(run_after=datetime(2023, 7, 31, 16, 0, tzinfo=UTC)), {}, ["2023-07", "2023-06", "2023-05"]),
        (WITHOUT_PARTITIONS, {}, ["2023-01", "2022-12", "2022-11"]),
    ],
)  # fmt: skip
def test_the_period_is_the_partition_else_the_param_else_those_still_open(dag_run, params, periods):
    """Months begin in Shanghai; a backfilled day counts from that day; newest first."""
    assert steps.periods_of(dag_run, params) == [Period.parse(period) for period in periods]


def test_how_many_periods_are_open_is_a_setting(monkeypatch):
    monkeypatch.setenv("ROLLCALL_OPEN_PERIODS", "1")
    assert steps.periods_of(run(), {}) == [Period(2023, 7)]


@pytest.mark.parametrize("given", ["2023-13", "2023-7", "july", "2023-07-01"])
def test_a_period_that_is_none_fails_the_run(given):
    """Better no month than another month."""
    with pytest.raises(ValueError, match="YYYY-MM"):
        steps.periods_of(run(partition_key=given), {})
