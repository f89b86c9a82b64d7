"""
Announce the months that wait: something of them has landed, and no run of `build_marts` has begun since.

Airflow forgets what was announced while `build_marts` was paused. This run finds it in the ledger, every ten minutes,
so that `build_marts` takes it up when it is unpaused. A month whose run has begun, or failed, is not announced again.
"""

from datetime import timedelta

import pendulum
from airflow.sdk import Asset, dag, task

from rollcall import steps
from rollcall.settings import setting

SUBMISSIONS = Asset(name="submissions", uri="x-rollcall://submissions")
SCHEDULE = setting("ROLLCALL_WAITING_SCHEDULE", "*/10 * * * *")


@dag(
    schedule=None if SCHEDULE == "off" else SCHEDULE,
    start_date=pendulum.datetime(2023, 1, 1, tz="Asia/Shanghai"),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "rollcall",
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(minutes=10),
    },
    doc_md=__doc__,
    tags=["rollcall"],
)
def announce_waiting():
    # an outlet without a partition would be an event for nobody: the task is skipped where nothing waits
    @task.short_circuit
    def find_waiting() -> list[str]:
        return steps.find_waiting()

    @task(outlets=[SUBMISSIONS])
    def announce(waiting: list[str], outlet_events=None) -> None:
        counts = steps.announce(waiting)
        outlet_events[SUBMISSIONS].add_partitions(list(counts))
        outlet_events[SUBMISSIONS].extra = counts

    announce(find_waiting())


announce_waiting()
