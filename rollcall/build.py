"""
The marts: one dbt build brings up to date what the ledger says has changed, and tests it.

dbt is imported inside functions: the import takes 4 s.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import conninfo_to_dict

from rollcall import settings
from rollcall.errors import BuildFailed
from rollcall.offices import write_seeds
from rollcall.periods import Period
from rollcall.settings import load_settings
from rollcall.warehouse.connection import connect
from rollcall.warehouse.to_build import fix_slices, mark_built

if TYPE_CHECKING:
    from dbt.artifacts.schemas.results import NodeResult

PROJECT = settings.ROOT / "dbt_project"
DONE = {"success", "pass", "warn"}
NOT_RUN = {"skipped", "no-op"}  # no-op: an exposure, of which there is nothing to run
LARGE = 500  # slices; a whole month is twenty thousand, the corrections of a day are some dozens
QUOTED = 5  # failed nodes that a message names; ops.dbt_results has them all
DEFINITIONS = {".sql", ".yml", ".csv"}


@dataclass(frozen=True)
class BuildResult:
    """What one build did. `seconds` is dbt's share, parsing included."""

    period: str
    invocation_id: str
    slices: int
    nodes: int
    seconds: float
    is_full: bool


@dataclass(frozen=True)
class Run:
    """One dbt invocation that came to its end."""

    invocation_id: str
    results: list["NodeResult"]
    seconds: float


def seed() -> None:
    """Load the registry and the code lists into `reference`. Raises BuildFailed."""
    with under_way():
        wanted = seeds_sha256()
        note_seeds(None)
        invoke("seed")
        note_seeds(wanted)


def build(period: Period | str) -> BuildResult:
    """
    Bring every mart up to date with the slices the ledger points to, of this and any other period, and test them.

    Everything is built anew when the definitions (models, macros, seeds, registry) are not those of the last build,
    and seeds are loaded when they are not those in the warehouse. Waits for a build that is under way.

    Raises:
        BuildFailed: A node did not build, a test failed, or something was not run. The slices stay to be built.
    """
    with under_way():
        definitions, wanted = definitions_sha256(), seeds_sha256()
        with connect() as connection:
            is_full = last_definitions(connection) != definitions
            slices = fix_slices(connection, is_full)
            is_seeded = loaded_seeds(connection) == wanted
        if not is_seeded:
            note_seeds(None)
        excluded = ["resource_type:unit_test", "resource_type:exposure", *(["resource_type:seed"] if is_seeded else [])]
        is_large = is_full or slices > LARGE
        run = invoke("build", "--exclude", *excluded, *(["--full-refresh"] if is_full else []), is_large=is_large)
        require_all_run(run)
        note_seeds(wanted)
        seconds = round(run.seconds, 3)
        with connect() as connection:
            mark_built(connection)
            connection.execute(
                "insert into ops.dbt_builds (invocation_id, definitions_sha256, slices, seconds, finished_at)"
                " values (%s, %s, %s, %s, %s)",
                [run.invocation_id, definitions, slices, seconds, datetime.now(UTC)],
            )
    return BuildResult(str(period), run.invocation_id, slices, len(run.results), seconds, is_full)


def run_dbt(*arguments: str) -> None:
    """Run any dbt command on the warehouse, like `run_dbt("test", "--select", "fct_events")`. Raises BuildFailed."""
    with under_way():
        invoke(*arguments)


def document() -> Path:
    """
    Write what every model and column means, lineage and exposures, as one page that needs no server. Returns its file.

    Builds nothing; the types shown are of what the warehouse holds. Waits for a build that is under way.
    Raises BuildFailed.
    """
    with under_way():
        invoke("docs", "generate", "--static", "--quiet")
        page = settings.STATE / "docs" / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        return (settings.STATE / "dbt" / "target" / "static_index.html").replace(page)


@contextmanager
def under_way() -> Iterator[None]:
    """Hold the warehouse's one place for a build; wait for it while another build has it."""
    with connect(autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(hashtext('rollcall.build'))")
        yield  # the lock goes with the connection


def definitions_sha256() -> str:
    """The digest of all that says what the marts are: models, tests, macros, seeds, and the registry in use."""
    files = [path for folder in ("models", "macros", "functions", "tests") for path in (PROJECT / folder).rglob("*")]
    return sha256_of([PROJECT / "dbt_project.yml", *files, *seed_files()])


def seeds_sha256() -> str:
    """The digest of all that dbt loads into `reference`."""
    return sha256_of(seed_files())


def seed_files() -> list[Path]:
    """What dbt seeds, with what the registry comes to: a change of how that is derived counts too."""
    return [*(PROJECT / "seeds").glob("*"), *copy_of_registry().glob("*.csv")]


def sha256_of(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(files):
        if path.suffix in DEFINITIONS:
            digest.update(f"{path.name}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def loaded_seeds(connection: psycopg.Connection) -> str | None:
    """The digest of the seeds in the warehouse; None when it is not known that they are whole."""
    row = connection.execute("select sha256 from ops.dbt_seeds").fetchone()
    return str(row[0]) if row else None


def note_seeds(sha256: str | None) -> None:
    with connect() as connection:
        connection.execute("delete from ops.dbt_seeds")
        if sha256:
            connection.execute("insert into ops.dbt_seeds (sha256) values (%s)", [sha256])


def last_definitions(connection: psycopg.Connection) -> str | None:
    """The definitions the marts were built by; None before the first build."""
    row = connection.execute(
        "select definitions_sha256 from ops.dbt_builds order by finished_at desc limit 1"
    ).fetchone()
    return str(row[0]) if row else None


def invoke(*arguments: str, is_large: bool = False) -> Run:
    """Run dbt in this process. Its results are kept in `ops.dbt_results`, whatever they are. Raises BuildFailed."""
    with environment(is_large):
        from dbt.cli.main import dbtRunner
        from dbt_common.invocation import get_invocation_id

        started = monotonic()
        answer = dbtRunner().invoke([*arguments, "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)])
        seconds, invocation_id = monotonic() - started, get_invocation_id()
    run = Run(invocation_id, list(getattr(answer.result, "results", [])), seconds)
    record(run)
    if not answer.success:
        raise BuildFailed(f"dbt {' '.join(arguments)}: {reasons(run) or answer.exception}")
    return run


@contextmanager
def environment(is_large: bool) -> Iterator[None]:
    """
    What dbt reads from the environment; afterwards as before, also of the `.env` that dbt loads by itself.

    For a large build PostgreSQL is to hash, not to loop: period and submission say the same, which it does not know, so
    that it expects six reviews of a month, finds five thousand, and takes 13 s where 0.1 s would do.
    """
    before = dict(os.environ)
    forget_other_definitions()
    place = conninfo_to_dict(load_settings().warehouse_url)
    os.environ |= {
        "ROLLCALL_PG_HOST": str(place.get("host", "localhost")),
        "ROLLCALL_PG_PORT": str(place.get("port", 5432)),
        "ROLLCALL_PG_USER": str(place.get("user", "")),
        "ROLLCALL_PG_PASSWORD": str(place.get("password", "")),
        "ROLLCALL_PG_DATABASE": str(place.get("dbname", "")),
        "ROLLCALL_PG_SSLMODE": str(place.get("sslmode", "prefer")),
        "ROLLCALL_REGISTRY": str(copy_of_registry()),
        "DBT_TARGET_PATH": str(settings.STATE / "dbt" / "target"),
        "DBT_LOG_PATH": str(settings.STATE / "dbt" / "logs"),
    }
    if is_large:
        os.environ["PGOPTIONS"] = f"{before.get('PGOPTIONS', '')} -c enable_nestloop=off".strip()
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ |= before


def forget_other_definitions() -> None:
    """
    Have dbt read the whole project again when it is not the one it last read.

    It keeps what it read, and dbt 1.12.6 may keep metrics of before beside the new ones: "found two metrics with the
    name".
    """
    target, definitions = settings.STATE / "dbt" / "target", definitions_sha256()
    note = target / "definitions.sha256"
    if not note.is_file() or note.read_text() != definitions:
        (target / "partial_parse.msgpack").unlink(missing_ok=True)
        target.mkdir(parents=True, exist_ok=True)
        note.write_text(definitions)


def copy_of_registry() -> Path:
    """
    Write the registry as dbt seeds it, in the state folder: versions, the log, and heirs. Raises RegistryBroken.

    Outside the registry itself: of a seed outside its project dbt keeps the SQL under the seed's own path, and
    dbt 1.12.6 puts an insert statement in the seed's place.
    """
    copy = settings.STATE / "dbt" / "registry"
    write_seeds(load_settings().registry, copy)
    return copy.resolve()


def record(run: Run) -> None:
    """Keep what became of each node."""
    rows = [
        (
            run.invocation_id,
            result.node.unique_id,
            str(result.status),
            round(result.execution_time, 3),
            (result.adapter_response or {}).get("rows_affected"),
            result.message,
            next((timing.completed_at for timing in reversed(result.timing) if timing.completed_at), datetime.now(UTC)),
        )
        for result in run.results
        if hasattr(result, "node")
    ]
    with connect() as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into ops.dbt_results (invocation_id, node, status, seconds, rows, message, finished_at)"
            " values (%s, %s, %s, %s, %s, %s, %s)",
            rows,
        )


def reasons(run: Run) -> str:
    """The first nodes that failed, each with its message; empty where none did."""
    failed = [result for result in run.results if str(result.status) not in DONE | NOT_RUN]
    named = [f"{result.node.unique_id}: {result.message}" for result in failed[:QUOTED]]
    more = [f"and {len(failed) - QUOTED} more, see ops.dbt_results"] if len(failed) > QUOTED else []
    return "; ".join(named + more)


def require_all_run(run: Run) -> None:
    """A selection that matches nothing is a success to dbt. Raises BuildFailed where a model or a test was not run."""
    names = {result.node.name for result in run.results if str(result.status) in DONE}
    written = {path.stem for folder in ("models", "functions", "tests") for path in (PROJECT / folder).rglob("*.sql")}
    generic = {path.stem for path in (PROJECT / "tests" / "generic").glob("*.sql")}
    missing = sorted(written - generic - names)
    if missing or not written:
        raise BuildFailed(f"dbt built {len(names)} nodes, but not {', '.join(missing) or 'any model'}")
