"""What a build brings up to date: noted in the ledger before it begins, struck out when it has succeeded."""

from pathlib import Path

import psycopg

from rollcall.datasets import datasets
from rollcall.warehouse.tables import add_slices_that_tell_again

HERE = Path(__file__).parent


def fix_slices(connection: psycopg.Connection, is_full: bool) -> int:
    """
    Note in `ledger.slices_to_build` what the build is to bring up to date; pointers that move later wait for the next.

    What a build that was cut off had noted stays noted: it may have brought some marts up to date and others not.

    Returns the number of slices: those accepted since the last build and those they change; all for a full build.
    """
    connection.execute(
        "insert into ledger.slices_to_build (office_key, period, dataset, submission_id)"
        " select office_key, period, dataset, submission_id from ledger.slices"
        " where built_submission_id is distinct from submission_id or %s"
        " on conflict (period, office_key, dataset) do update set submission_id = excluded.submission_id",
        [is_full],
    )
    analyze_touched(connection)
    if not is_full:
        add_changed(connection)
    row = connection.execute("select count(*) from ledger.slices_to_build").fetchone()
    return int(row[0]) if row else 0


def add_changed(connection: psycopg.Connection) -> None:
    """Add the slices that those to build change: of the same records, other ends of transfers, the same persons."""
    connection.execute((HERE / "related_offices.sql").read_text(encoding="utf-8"))
    for dataset in datasets().values():
        if dataset.mode == "records":
            connection.execute(add_slices_that_tell_again(dataset))
    connection.execute((HERE / "slices_to_build.sql").read_text(encoding="utf-8"))
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


def mark_built(connection: psycopg.Connection) -> None:
    """Note that the marts hold what the build was fixed to, whatever the pointers say by now."""
    connection.execute(
        "update ledger.slices set built_submission_id = fixed.submission_id from ledger.slices_to_build as fixed"
        " where (slices.period, slices.office_key, slices.dataset)"
        " = (fixed.period, fixed.office_key, fixed.dataset)"
        " and slices.built_submission_id is distinct from fixed.submission_id"
    )
    connection.execute("delete from ledger.slices_to_build")
    connection.execute("delete from ledger.offices_to_build")
