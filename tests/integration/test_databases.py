"""deploy/postgres/databases.sql makes what `make up` makes: the same roles, databases and rights."""

import os
import socket
import subprocess
from pathlib import Path

import psycopg

from rollcall.local import services
from rollcall.local.generated import Generated
from rollcall.settings import ROOT
from rollcall.warehouse import embedded

PASSWORDS = {f"ROLLCALL_{name}_PASSWORD": f"it's {name}: $1 \\" for name in ("OWNER", "METADATA", "READER")}
FACTS = (
    "select datname, pg_get_userbyid(datdba), datacl::text from pg_database where not datistemplate order by 1",
    "select rolname, rolcreaterole, rolcreatedb, rolsuper, rolcanlogin, rolconfig from pg_roles"
    " where rolname !~ '^pg_' order by 1",
    "select roleid::regrole::text, member::regrole::text, admin_option, inherit_option from pg_auth_members"
    " where member::regrole::text = 'rollcall_reader'",
)


def start(folder: Path) -> embedded.Server:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    return embedded.start(folder, port)


def facts(server: embedded.Server) -> list[list[tuple[object, ...]]]:
    with psycopg.connect(server.url()) as connection:
        return [connection.execute(fact).fetchall() for fact in FACTS]


def run_script(server: embedded.Server) -> None:
    """As the image of PostgreSQL does, and as docs/deploy.md says for another server."""
    command = [
        str(embedded.BIN / "psql"),
        "--no-psqlrc",
        server.url(),
        "-f",
        str(ROOT / "deploy/postgres/databases.sql"),
    ]
    subprocess.run(command, env=os.environ | PASSWORDS, check=True, capture_output=True)


def test_script_makes_what_one_machine_makes(tmp_path: Path) -> None:
    """Change both, or neither. Run twice, it changes nothing; every login's password is the one given."""
    by_script, by_hand = start(tmp_path / "script"), start(tmp_path / "hand")
    try:
        run_script(by_script)
        services.make_databases(by_hand, Generated(PASSWORDS))
        made = facts(by_script)
        assert made == facts(by_hand)
        run_script(by_script)
        assert facts(by_script) == made
        for role, name in (("rollcall", "OWNER"), ("airflow", "METADATA"), ("rollcall_reader", "READER")):
            database = role.removesuffix("_reader")
            address = {"host": "127.0.0.1", "port": by_script.port, "dbname": database, "user": role}
            psycopg.connect(**address, password=PASSWORDS[f"ROLLCALL_{name}_PASSWORD"]).close()  # type: ignore[arg-type]
    finally:
        embedded.stop(by_script.folder)
        embedded.stop(by_hand.folder)
