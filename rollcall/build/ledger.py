"""What a build has to do, as ledger and raw say it, and whose turn it is."""

from pathlib import Path

import psycopg

from rollcall.datasets import datasets
from rollcall.warehouse.tables import add_slices_that_tell_again

WAREHOUSE = Path(__file__).parents[1] / "warehouse"
LARGE = 500  # slices; a whole month is twenty thousand, the corrections of a day are some dozens


def take_turn(connection: psycopg.Connection) -> int:
    """
    The number of a new build, from now on the only one that may write.

    Waits for a transaction of another build that still holds its number, as that of a client which was killed.
    """
    row = connection.execute("update ledger.build_under_way set build_no = build_no + 1 returning build_no").fetchone()
    assert row is not None
    return int(row[0])


def last_definitions(connection: psycopg.Connection) -> str | None:
    """The definitions the marts were built by; None before the first build."""
    row = connection.execute(
        "select definitions_sha256 from ops.dbt_builds order by finished_at desc limit 1"
    ).fetchone()
    return str(row[0]) if row else None


def fix_slices(connection: psycopg.Connection, is_full: bool) -> int:
    """
    Note in `ledger.slices_to_build` what the build is to bring up to date; pointers that move later wait for the next.

    Returns the number of slices: those accepted since the last build and those they change; all for a full build.
    """
    connection.execute("delete from ledger.slices_to_build")
    connection.execute(
        "insert into ledger.slices_to_build (office_key, period, dataset, submission_id)"
        " select office_key, period, dataset, submission_id from ledger.slices"
        " where built_submission_id is distinct from submission_id or %s",
        [is_full],
    )
    analyze_touched(connection)
    if not is_full:
        add_changed(connection)
    row = connection.execute("select count(*) from ledger.slices_to_build").fetchone()
    return int(row[0]) if row else 0


def add_changed(connection: psycopg.Connection) -> None:
    """Add the slices that those to build change: of the same records, other ends of transfers, the same persons."""
    connection.execute((WAREHOUSE / "related_offices.sql").read_text(encoding="utf-8"))
    for dataset in datasets().values():
        if dataset.mode == "records":
            connection.execute(add_slices_that_tell_again(dataset))
    connection.execute((WAREHOUSE / "slices_to_build.sql").read_text(encoding="utf-8"))
    connection.execute("delete from ledger.offices_to_build")
    connection.execute(
        "insert into ledger.offices_to_build (office_key, dataset)"
        " select distinct related.related_key, touched.dataset from ledger.slices_to_build as touched"
        " inner join ledger.related_offices as related on touched.office_key = related.office_key"
    )
    connection.execute("analyze ledger.slices_to_build, ledger.offices_to_build")


def analyze_touched(connection: psycopg.Connection) -> None:
    """Tell the planner of what was loaded just now; by itself it would learn of a partitioned table never."""
    touched = connection.execute("select distinct dataset, period from ledger.slices_to_build").fetchall()
    if touched:
        connection.execute("analyze ledger.submissions, ledger.verdicts, ledger.slices, ledger.slices_to_build")
    only = "only " if connection.info.server_version >= 180000 else ""
    for dataset in {dataset for dataset, _ in touched} & set(datasets()):
        connection.execute(f"analyze {only}raw.{dataset}")
    for dataset, period in touched:
        if dataset in datasets():
            connection.execute(f"analyze raw.{dataset}_{period.replace('-', '_')}")
