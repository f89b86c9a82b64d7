"""dbt, run in this process: what it reads from the environment, what became of each node."""

import gc
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

from psycopg.conninfo import conninfo_to_dict

from rollcall import settings
from rollcall.build.definitions import PROJECT, copy_of_registry, definitions_sha256
from rollcall.errors import BuildFailed
from rollcall.progress import SECONDS_BETWEEN_LINES
from rollcall.settings import load_settings
from rollcall.warehouse.connection import connect

if TYPE_CHECKING:
    from dbt.artifacts.schemas.results import NodeResult
    from dbt_common.events.base_types import EventMsg

log = logging.getLogger(__name__)
DONE = {"success", "pass", "warn"}
NOT_RUN = {"skipped", "no-op"}  # no-op: an exposure, of which there is nothing to run
QUOTED = 5  # failed nodes that a message names; ops.dbt_results has them all


@dataclass(frozen=True)
class Run:
    """One dbt invocation that came to its end."""

    invocation_id: str
    results: list["NodeResult"]
    seconds: float


def invoke(*arguments: str, build_no: int = 0, is_large: bool = False, is_quiet: bool = False) -> Run:
    """
    Run dbt in this process, for the build of that number; without one it may write nothing. Raises BuildFailed.

    Its results are kept in `ops.dbt_results`, whatever they are. *is_quiet*: a line of ours a few seconds apart in
    place of dbt's lines for each node, which have a time of their own.
    """
    with environment(build_no, is_large):
        from dbt.cli.main import dbtRunner
        from dbt_common.invocation import get_invocation_id

        started = monotonic()
        runner = dbtRunner(callbacks=[Progress()] if is_quiet else [])
        place = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
        answer = runner.invoke([*arguments, *place, *(["--quiet"] if is_quiet else [])])
        seconds, invocation_id = monotonic() - started, get_invocation_id()
        let_go()
    run = Run(invocation_id, list(getattr(answer.result, "results", [])), seconds)
    record(run)
    if not answer.success:
        raise BuildFailed(f"dbt {' '.join(arguments)}: {reasons(run) or answer.exception}")
    return run


class Progress:
    """Told of each event of dbt; says now and then how many nodes have ended, and names those that failed."""

    def __init__(self) -> None:
        self.done, self.said_at = 0, monotonic()

    def __call__(self, event: "EventMsg") -> None:
        if event.info.name != "NodeFinished":
            return
        self.done += 1
        node = event.data.node_info
        if node.node_status not in DONE | NOT_RUN:
            log.warning("%s: %s", node.unique_id, node.node_status)
        if monotonic() - self.said_at > SECONDS_BETWEEN_LINES:
            self.said_at = monotonic()
            log.info("%d nodes have ended, the last is %s", self.done, node.node_name)


def let_go() -> None:
    """Let go of dbt's connections and locks: of a process that just ends, Python says that it leaked semaphores."""
    from dbt.adapters.factory import reset_adapters

    reset_adapters()
    gc.collect()


@contextmanager
def environment(build_no: int, is_large: bool) -> Iterator[None]:
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
        "ROLLCALL_BUILD_NO": str(build_no),
        "ROLLCALL_BUILD_IS_LARGE": "yes" if is_large else "no",
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
