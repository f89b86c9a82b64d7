"""The SQL of the runbook runs on the warehouse as it is."""

import re
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from rollcall.settings import ROOT
from rollcall.warehouse import embedded
from rollcall.warehouse.connection import connect

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
DEPLOY = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
# dbt seeds it; here only what the runbook asks of it
OFFICES = (
    "create table if not exists reference.offices"
    " (office_key integer, code text, name text, valid_from date, valid_to date)"
)


def queries() -> Iterator[object]:
    found = re.findall(r"^```sql\n(?:-- ([^\n]*)\n)?(.*?)^```", RUNBOOK, re.MULTILINE | re.DOTALL)
    assert len(found) > 10, "have the fences moved?"
    return (pytest.param(query, id=about or query[:40]) for about, query in found)


@pytest.mark.parametrize("query", queries())
def test_query_of_the_runbook_runs(warehouse: str, query: str) -> None:
    """Correct docs/runbook.md where the schema has changed."""
    with connect() as connection:
        connection.execute(OFFICES)
        connection.execute(query.encode())


def test_login_for_bi_is_made_as_the_guide_says(server: embedded.Server, warehouse: str) -> None:
    """docs/deploy.md: an administrator makes a login that reads the marts, and nothing else."""
    guide = re.search(r"^```sql\n(create role analyst.*?)^```", DEPLOY, re.MULTILINE | re.DOTALL)
    assert guide
    database = conninfo_to_dict(warehouse)["dbname"]
    with psycopg.connect(server.url(str(database)), autocommit=True) as admin:
        try:
            admin.execute(guide[1].encode())
            rights = admin.execute(
                "select has_schema_privilege('analyst', 'marts', 'usage'),"
                " has_schema_privilege('analyst', 'ledger', 'usage'), has_schema_privilege('analyst', 'raw', 'usage')"
            ).fetchone()
            assert rights == (True, False, False)
        finally:
            admin.execute("drop role if exists analyst")
