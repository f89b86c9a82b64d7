"""
Judge and load what has landed for one period, send the receipts, and bring the marts up to date.

One run is one period: its partition key, `YYYY-MM`, which follows from `collect_submissions`, or is given over REST
(`{"partition_key": "2023-07"}`). Running again is safe: it takes up what is waiting and changes nothing else.
"""

from datetime import timedelta

import pendulum
from airflow.sdk import Asset, Param, PartitionedAssetTimetable, dag, task

from rollcall import steps

SUBMISSIONS = Asset(name="submissions", uri="x-rollcall://submissions")
MARTS = Asset(name="marts", uri="x-rollcall://marts")


@dag(
    schedule=PartitionedAssetTimetable(assets=SUBMISSIONS),
    start_date=pendulum.datetime(2023, 1, 1, tz="Asia/Shanghai"),
    catchup=False,
    max_active_runs=1,
    params={"period": Param(None, type=["null", "string"], pattern=r"^\d{4}-(0[1-9]|1[0-2])$")},
    default_args={
        "owner": "rollcall",
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(hours=3),
    },
    doc_md=__doc__,
    tags=["rollcall"],
)
def build_marts():
    @task
    def load(dag_run=None, params=None, run_id=None) -> None:
        for period in steps.periods_of(dag_run, params):
            steps.load(period, run_id)

    @task
    def send_receipts(dag_run=None, params=None, run_id=None) -> None:
        for period in steps.periods_of(dag_run, params):
            steps.send_receipts(period, run_id)

    @task(outlets=[MARTS])
    def build(dag_run=None, params=None, run_id=None, outlet_events=None) -> None:
        for period in steps.periods_of(dag_run, params):
            outlet_events[MARTS].extra |= steps.build(period, run_id)

    # last, so that a file which we cannot read holds itself and not the month
    @task
    def require_all_judged(dag_run=None, params=None) -> None:
        for period in steps.periods_of(dag_run, params):
            steps.require_all_judged(period)

    load() >> [send_receipts(), build()] >> require_all_judged()


build_marts()
