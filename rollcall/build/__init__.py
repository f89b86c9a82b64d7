"""
The marts: one dbt build proposes what the ledger says has changed and tests it, one transaction publishes it.

`ledger` knows what a build has to do, `definitions` what the marts are, `dbt` runs it, `publication` shows it to
readers. dbt is imported inside functions: the import takes 4 s.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rollcall import settings
from rollcall.build.dbt import Run, invoke, reasons, record, require_all_run
from rollcall.build.definitions import PROJECT, definitions_sha256, loaded_seeds, note_seeds, seeds_sha256
from rollcall.build.ledger import LARGE, fix_slices, last_definitions, take_turn
from rollcall.build.publication import clear_workshop, publish
from rollcall.periods import Period
from rollcall.warehouse.connection import connect

log = logging.getLogger(__name__)

__all__ = [
    "PROJECT",
    "BuildResult",
    "Run",
    "build",
    "definitions_sha256",
    "document",
    "fix_slices",
    "invoke",
    "reasons",
    "record",
    "require_all_run",
    "run_dbt",
    "seed",
    "seeds_sha256",
    "under_way",
]


@dataclass(frozen=True)
class BuildResult:
    """What one build did. `seconds` is dbt's share, parsing included; `written` the rows that readers see changed."""

    period: str
    build_no: int
    invocation_id: str
    slices: int
    nodes: int
    seconds: float
    is_full: bool
    written: int


def seed() -> None:
    """Load the registry and the code lists into `reference`. Raises BuildFailed."""
    with under_way() as build_no:
        wanted = seeds_sha256()
        note_seeds(None)
        invoke("seed", build_no=build_no, is_quiet=True)
        note_seeds(wanted)


def build(period: Period | str) -> BuildResult:
    """
    Bring every mart up to date with the slices the ledger points to, of this and any other period, and test them.

    Everything is built anew when the definitions (models, macros, seeds, registry) are not those of the last build,
    and seeds are loaded when they are not those in the warehouse. Waits for a build that is under way. Readers see the
    marts as they were until one transaction, at the end, changes just the rows that differ.

    Raises:
        BuildFailed: A node did not build, a test failed, something was not run, or another build overtook this one.
            Nothing is published, and the slices stay to be built.
    """
    with under_way() as build_no:
        definitions, wanted = definitions_sha256(), seeds_sha256()
        with connect() as connection:
            is_full = last_definitions(connection) != definitions
            if is_full:
                clear_workshop(connection)
            slices = fix_slices(connection, is_full)
            is_seeded = loaded_seeds(connection) == wanted
        if not is_seeded:
            note_seeds(None)
        excluded = ["resource_type:unit_test", "resource_type:exposure", *(["resource_type:seed"] if is_seeded else [])]
        is_large = is_full or slices > LARGE
        run = invoke(
            "build",
            "--exclude",
            *excluded,
            *(["--full-refresh"] if is_full else []),
            build_no=build_no,
            is_large=is_large,
            is_quiet=True,
        )
        require_all_run(run)
        note_seeds(wanted)
        written = publish(run, build_no, definitions, is_full, slices, is_large)
        log.info("build %d: %d slices, %d nodes, %d rows written", build_no, slices, len(run.results), written)
    return BuildResult(
        str(period), build_no, run.invocation_id, slices, len(run.results), round(run.seconds, 3), is_full, written
    )


def run_dbt(*arguments: str) -> None:
    """Run any dbt command on the warehouse, like `run_dbt("test", "--select", "fct_events")`. Raises BuildFailed."""
    with under_way() as build_no:
        invoke(*arguments, build_no=build_no)


def document() -> Path:
    """
    Write what every model and column means, lineage and exposures, as one page that needs no server. Returns its file.

    Builds nothing; the types shown are of what the warehouse holds. Waits for a build that is under way.
    Raises BuildFailed.
    """
    with under_way() as build_no:
        invoke("docs", "generate", "--static", "--quiet", build_no=build_no)
        page = settings.STATE / "docs" / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        return (settings.STATE / "dbt" / "target" / "static_index.html").replace(page)


@contextmanager
def under_way() -> Iterator[int]:
    """
    Hold the warehouse's one place for a build; wait for it while another build has it. Yields the build's number.

    The lock goes with its connection, which may be lost without our knowing; the number stays.
    """
    with connect(autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(hashtext('rollcall.build'))")
        yield take_turn(connection)
