"""A small month through Airflow's own scheduler, twice, as `make demo` runs it, in a state folder of its own."""

import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from rollcall.settings import ROOT, read_env_file

# 嘉峪关 with its ragged tree, and the city and district with the most volunteers.
CODES = {"620000000000", "620100000000", "620102000000", "620102001000", "620200000000", "620201002000"}
SCALE = "0.01"


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Settings of a checkout of its own: state folder, registry of six offices, small files."""
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


def rollcall(command: str, surroundings: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rollcall.cli", command, *arguments],
        env=surroundings | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def ask(surroundings: dict[str, str], query: str) -> list[tuple[object, ...]]:
    """Ask as the warehouse's owner: the reader may not see the ledger."""
    url = read_env_file(Path(surroundings["ROLLCALL_STATE"]) / "generated.env")["ROLLCALL_WAREHOUSE_URL"]
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def test_a_month_goes_from_the_offices_to_the_marts_and_a_second_run_changes_nothing(
    surroundings: dict[str, str],
) -> None:
    """Run the demo twice; look at what it printed and at what it left."""
    first = rollcall("demo", surroundings)
    assert first.returncode == 0, first.stdout[-3000:] + first.stderr[-3000:]
    assert "received" in first.stdout
    assert "psql 'postgresql://rollcall_reader:" in first.stdout

    assert ask(surroundings, "select count(*) from ledger.answers where outcome = 'answered'") == [(len(CODES),)]
    totals = "select sum(received), sum(accepted), sum(held) from ledger.verdicts"
    ((received, accepted, held),) = ask(surroundings, totals)
    assert received == accepted + held
    assert accepted > 1000
    ((in_facts,),) = ask(
        surroundings,
        "select (select count(*) from marts.fct_unit_months) + (select count(*) from marts.fct_registrations)"
        " + (select count(*) from marts.fct_events) + (select count(*) from marts.fct_funding)",
    )
    assert in_facts == accepted
    assert ask(surroundings, "select count(*) from ledger.slices where built_submission_id is null") == [(0,)]
    assert ask(surroundings, "select count(*) from ledger.receipts where sent_at is null") == [(0,)]
    jiayuguan = "select value from marts.rpt_figures where office_code = '620200000000' and indicator = 'units'"
    assert ask(surroundings, jiayuguan + " and period = '2023-07'") > [(0,)]

    second = rollcall("demo", surroundings)
    assert second.returncode == 0, second.stdout[-3000:] + second.stderr[-3000:]
    assert "The marts are unchanged." in second.stdout
    assert ask(surroundings, totals) == [(received, accepted, held)]


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
    assert len(queries) == 3
    for query in queries:
        answer = rollcall("sql", surroundings, query, "--csv")
        assert answer.returncode == 0, answer.stderr
