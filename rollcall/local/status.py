"""What runs, and how far each period is."""

from rich.console import Console
from rich.table import Table

from rollcall.local import airflow, processes, services
from rollcall.warehouse import embedded
from rollcall.warehouse.connection import connect

PERIODS = """
select e.period, count(*) as expected, count(s.submission_id) as accepted,
    count(*) filter (where s.submission_id is distinct from s.built_submission_id) as not_built,
    (select count(*) from ledger.submissions as f where f.period = e.period and not exists (
        select from ledger.judgements as j where j.submission_id = f.submission_id)) as not_judged
from ledger.expected_slices as e
left join ledger.slices as s using (period, office_key, dataset)
group by e.period order by e.period
"""


def show() -> int:
    """Print services and periods. Returns 1 when a service is not running."""
    console = Console()
    running = {name: processes.find(name) is not None for name in airflow.PROCESSES}
    if processes.was_started("offices"):
        running["offices"] = processes.find("offices") is not None
    running["PostgreSQL"] = embedded.postmaster(services.POSTGRES) is not None
    for name, runs in running.items():
        console.print(f"{name:15} {'[green]runs[/]' if runs else '[red]does not run[/]: `make up`'}")
    if running["PostgreSQL"]:
        table = Table("period", "slices expected", "accepted", "not built yet", "files not judged yet")
        with connect() as connection:
            for row in connection.execute(PERIODS):
                table.add_row(*map(str, row))
        console.print(table)
    return 0 if all(running.values()) else 1
