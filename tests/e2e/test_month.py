"""Three small months through Airflow's own scheduler, twice, as `make demo` runs them, in a state folder of its own."""

import csv
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from rollcall.local.airflow import Client
from rollcall.local.generated import Generated
from rollcall.settings import ROOT, read_env_file

# 嘉峪关 with its ragged tree, and the city and district with the most volunteers; all of them always answer.
CODES = {
    "620000000000", "620100000000", "620102000000", "620102001000",
    "620200000000", "620201001000", "620201002000", "620201100000", "620201101000", "620201102000",
}  # fmt: skip
# One town into another, another name, and another county; what the demo shows of the whole province.
EVENTS = """event_no,happened_on,event,office_key,code,name,parent_key,into_key,share,source
1,2023-06-01,merge,222,,,,221,,test
2,2023-07-01,rename,218,,雄关镇,,,,test
3,2023-07-01,move,220,,,16,,,test
"""
ANSWERS = len(CODES) * 3 - 2  # the merged town is asked for May only
SCALE = "0.01"
DESCRIBED = """
select c.relname, a.attname, col_description(c.oid, a.attnum)
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace join pg_attribute as a on a.attrelid = c.oid
where n.nspname in ('marts', 'reference') and c.relkind in ('r', 'v', 'm') and a.attnum > 0 and not a.attisdropped
"""
CHINESE_THEN_ENGLISH = re.compile(r"^[^。]*[\u4e00-\u9fff][^。]*。[A-Za-z0-9].*\.$", re.DOTALL)


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Settings of a checkout of its own: state folder, registry of ten offices, small files."""
    folder = tmp_path_factory.mktemp("e2e")
    registry = folder / "registry"
    registry.mkdir()
    with (ROOT / "dbt_project" / "registry" / "offices.csv").open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        offices = [row for row in reader if row["code"] in CODES]
        names = list(reader.fieldnames or ())
    with (registry / "offices.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, names)
        writer.writeheader()
        writer.writerows(offices)
    (registry / "office_events.csv").write_text(EVENTS, encoding="utf-8")
    ours = {
        "ROLLCALL_STATE": str(folder / "state"),
        "ROLLCALL_REGISTRY": str(registry),
        "ROLLCALL_DEMO_SCALE": SCALE,
        "ROLLCALL_ENV_FILE": str(folder / "no.env"),
        "COLUMNS": "160",
    }
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("ROLLCALL", "AIRFLOW"))}
    yield outside | ours
    down = rollcall("down", outside | ours)
    assert down.returncode == 0, down.stderr


@pytest.fixture
def client(surroundings: dict[str, str]) -> Client:
    """Airflow's REST API of that checkout."""
    made = Client(Generated(read_env_file(Path(surroundings["ROLLCALL_STATE"]) / "generated.env")))
    made.log_in()
    return made


def rollcall(command: str, surroundings: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rollcall.cli", command, *arguments],
        env=surroundings | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


def ask(surroundings: dict[str, str], query: str) -> list[tuple[object, ...]]:
    """Ask as the warehouse's owner: the reader may not see the ledger."""
    url = read_env_file(Path(surroundings["ROLLCALL_STATE"]) / "generated.env")["ROLLCALL_WAREHOUSE_URL"]
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def test_months_go_from_the_offices_to_the_marts_and_a_second_run_changes_nothing(
    surroundings: dict[str, str],
) -> None:
    """Run the demo twice, the second time its last month; look at what it printed and at what it left."""
    first = rollcall("demo", surroundings)
    assert first.returncode == 0, first.stdout[-3000:] + first.stderr[-3000:]
    for said in (
        "2023-06-01  merge   文殊镇 into 峪泉镇",
        "2023-07-01  rename  雄关街道, now 雄关镇",
        "2023-07-01  move    新城镇 from 嘉峪关市 to 城关区",
        "Published v. warehouse",
        "psql 'postgresql://rollcall_reader:",
    ):
        assert said in first.stdout
    # this office's past is small enough to be made whole at any scale
    published = [line for line in first.stdout.splitlines() if line.strip().startswith("钢城街道 ") and "2020" in line]
    assert len(published) == 14
    assert all("holds" in line for line in published), published

    answered = "select count(*), count(distinct period) from ledger.answers where outcome = 'answered'"
    assert ask(surroundings, answered) == [(ANSWERS, 3)]
    totals = "select sum(received), sum(accepted), sum(held) from ledger.verdicts"
    ((received, accepted, held),) = ask(surroundings, totals)
    assert received == accepted + held
    assert accepted > 1000
    assert ask(surroundings, "select count(*) from ledger.slices where built_submission_id is null") == [(0,)]
    assert ask(surroundings, "select count(*) from ledger.receipts where sent_at is null") == [(0,)]
    with_rows = "select distinct dataset from ledger.verdicts where accepted > 0"
    assert len(ask(surroundings, with_rows)) == len(ask(surroundings, "select dataset from reference.datasets"))
    jiayuguan = "select value from marts.rpt_figures where office_code = '620200000000' and indicator = 'units'"
    assert ask(surroundings, jiayuguan + " and period = '2023-07'") > [(0,)]

    second = rollcall("demo", surroundings, "--from", "2023-07")
    assert second.returncode == 0, second.stdout[-3000:] + second.stderr[-3000:]
    assert "The marts are unchanged." in second.stdout
    assert ask(surroundings, totals) == [(received, accepted, held)]


LANDED_AGAIN = """
insert into ledger.submissions (
    office_key, period, revision, kind, filename, media_type, bytes, sha256, submitted_at, received_at, is_landed
)
select office_key, period, revision + 100, kind, filename, media_type, bytes, sha256, now(), now(), true
from ledger.submissions where period = '2023-05' and is_landed order by submission_id limit 1
returning submission_id
"""


def test_a_month_announced_while_the_building_was_paused_is_taken_up_when_it_goes_on(
    surroundings: dict[str, str], client: Client
) -> None:
    """Airflow forgets such an announcement; the ledger does not. The run that follows judges what came."""
    ((submission,),) = ask(surroundings, LANDED_AGAIN)
    judged = f"select count(*) from ledger.judgements where submission_id = {submission}"
    before = {run["dag_run_id"] for run in client.runs("build_marts")}
    client.call("PATCH", "dags/build_marts", json={"is_paused": True})
    assert end_of(client, "announce_waiting")["state"] == "success"
    time.sleep(5)
    assert {run["dag_run_id"] for run in client.runs("build_marts")} == before
    client.call("PATCH", "dags/build_marts", json={"is_paused": False})
    assert end_of(client, "announce_waiting")["state"] == "success"
    deadline = time.monotonic() + 300
    while ask(surroundings, judged) != [(1,)]:
        assert time.monotonic() < deadline, client.runs("build_marts")[:2]
        time.sleep(1)
    newest = client.runs("build_marts")[0]
    assert newest["partition_key"] == "2023-05"
    while client.run("build_marts", newest["dag_run_id"])["state"] not in ("success", "failed"):
        time.sleep(1)


def end_of(client: Client, dag_id: str) -> dict[str, object]:
    """Trigger a DAG that takes no period and wait for its end."""
    started = client.call("POST", f"dags/{dag_id}/dagRuns", json={"logical_date": None})
    deadline = time.monotonic() + 120
    while (run := client.run(dag_id, started["dag_run_id"]))["state"] not in ("success", "failed"):
        assert time.monotonic() < deadline, run
        time.sleep(0.5)
    return run


NOISE = {
    "Great Expectations tells of its own insides": r"Skipping registering",
    "a process that ended left semaphores": r"leaked semaphore",
    "dbt's own time stands beside Airflow's": r"\[0m\d\d:\d\d:\d\d",
}


def test_logs_of_tasks_say_what_happened_and_nothing_else(surroundings: dict[str, str]) -> None:
    """An ERROR in a green task, or a second time stamp, teaches people not to read them."""
    logs = list((Path(surroundings["ROLLCALL_STATE"]) / "airflow" / "logs").rglob("task_id=*/**/*.log"))
    texts = {path: path.read_text(encoding="utf-8") for path in logs}
    assert len(texts) > 20
    for what, pattern in NOISE.items():
        assert not [path.parent.name for path, text in texts.items() if re.search(pattern, text)], what
    green = [text for path, text in texts.items() if "require_all_judged" not in str(path)]
    assert not [line for text in green for line in text.splitlines() if '"level":"error"' in line]
    builds = [text for path, text in texts.items() if "task_id=build/" in str(path)]
    assert builds
    assert all("nodes" in text for text in builds)


def test_announcements_carry_what_they_are_about(surroundings: dict[str, str], client: Client) -> None:
    """In Airflow's pages: how many files of which month, and what was built of it."""
    events = client.call("GET", "assets/events", params={"limit": 100})["asset_events"]
    announced = [event["extra"] for event in events if "x-rollcall://submissions" in str(event)]
    built = [event["extra"] for event in events if "x-rollcall://marts" in str(event)]
    assert any(counts.get("2023-07", {}).get("files_landed", 0) > 0 for counts in announced), events
    assert any(counts.get("slices", 0) > 0 for counts in built), events


def test_a_reader_finds_in_psql_what_every_column_means_in_chinese_and_english(surroundings: dict[str, str]) -> None:
    r"""What `\d+` shows: give the column a description in the model's yml."""
    columns = ask(surroundings, DESCRIBED)
    assert len({table for table, _, _ in columns}) > 20
    assert not [
        (table, column, said) for table, column, said in columns if not CHINESE_THEN_ENGLISH.match(str(said or ""))
    ]


def test_the_reader_sees_marts_and_nothing_else(surroundings: dict[str, str]) -> None:
    """`rollcall sql` answers from the marts, as a table or as csv, and cannot see raw or write."""
    answer = rollcall("sql", surroundings, "select count(*) as offices from marts.dim_offices", "--csv")
    assert answer.stdout == f"offices\n{len(CODES)}\n", answer.stderr
    for query in ("select * from raw.events", "select * from ledger.submissions", "delete from marts.dim_offices"):
        refused = rollcall("sql", surroundings, query)
        assert refused.returncode == 1
        assert "permission denied" in refused.stderr or "read-only" in refused.stderr


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readmes_queries_run(surroundings: dict[str, str], readme: str) -> None:
    """What a newcomer copies out of the README works, in both languages."""
    queries = re.findall(r"```sql\n(.+?)\n```", (ROOT / readme).read_text(encoding="utf-8"), re.DOTALL)
    assert len(queries) == 7
    for query in queries:
        answer = rollcall("sql", surroundings, query, "--csv")
        assert answer.returncode == 0, f"{query}\n{answer.stderr}"
