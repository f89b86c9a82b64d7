"""
Ask every office for what it has submitted, and land what is new.

One run asks for one period when it is given one (`{"period": "2023-07"}`), else for those still open. One mapped
task asks about 50 offices, each for all of these periods. A late, unreachable or wrong office is a line in the ledger
and never fails its chunk.
Every period asked for is announced once, so that `build_marts` takes up whatever is waiting, also after a crash.
"""

from datetime import timedelta

import pendulum
from airflow.sdk import Asset, Param, dag, get_current_context, task

from rollcall import steps
from rollcall.settings import setting

SUBMISSIONS = Asset(name="submissions", uri="x-rollcall://submissions")
SCHEDULE = setting("ROLLCALL_SCHEDULE", "0 6 * * *")


@dag(
    schedule=None if SCHEDULE == "off" else SCHEDULE,
    start_date=pendulum.datetime(2023, 1, 1, tz="Asia/Shanghai"),
    catchup=False,
    max_active_runs=1,
    params={"period": Param(None, type=["null", "string"], pattern=r"^\d{4}-(0[1-9]|1[0-2])$")},
    default_args={
        "owner": "rollcall",
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(hours=1),
    },
    doc_md=__doc__,
    tags=["rollcall"],
)
def collect_submissions():
    @task
    def plan(dag_run=None, params=None) -> list[dict]:
        return steps.plan(steps.periods_of(dag_run, params))

    # at once: as many chunks as one gateway bears; each asks with threads of its own
    @task(map_index_template="{{ chunk_name }}", max_active_tis_per_dagrun=8)
    def collect(chunk: dict, run_id=None) -> None:
        get_current_context()["chunk_name"] = chunk["name"]
        steps.collect(chunk["periods"], chunk["office_keys"], run_id)

    @task(outlets=[SUBMISSIONS])
    def announce(dag_run=None, params=None, outlet_events=None) -> None:
        counts = steps.announce(steps.periods_of(dag_run, params))
        outlet_events[SUBMISSIONS].add_partitions(list(counts))
        outlet_events[SUBMISSIONS].extra = counts

    collect.expand(chunk=plan()) >> announce()


collect_submissions()
