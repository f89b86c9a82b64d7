"""What says what the marts are: models, macros, tests, seeds, the registry; and whether that is as it was before."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import psycopg

from rollcall import settings
from rollcall.offices import write_seeds
from rollcall.settings import load_settings
from rollcall.warehouse.connection import connect

PROJECT = settings.ROOT / "dbt_project"
DEFINITIONS = {".sql", ".yml", ".csv"}
FOLDERS = ("models", "macros", "publishing", "functions", "tests")


def definitions_sha256() -> str:
    """The digest of all that says what the marts are: models, tests, macros, seeds, and the registry in use."""
    files = [path for folder in FOLDERS for path in (PROJECT / folder).rglob("*")]
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


def copy_of_registry() -> Path:
    """
    Write the registry as dbt seeds it, in the state folder: versions, the log, and heirs. Raises RegistryBroken.

    Outside the registry itself: of a seed outside its project dbt keeps the SQL under the seed's own path, and
    dbt 1.12.6 puts an insert statement in the seed's place.
    """
    copy = settings.STATE / "dbt" / "registry"
    write_seeds(load_settings().registry, copy)
    return copy.resolve()


def loaded_seeds(connection: psycopg.Connection) -> str | None:
    """The digest of the seeds in the warehouse; None when it is not known that they are whole."""
    row = connection.execute("select sha256 from ops.dbt_seeds").fetchone()
    return str(row[0]) if row else None


def note_seeds(sha256: str | None) -> None:
    with connect() as connection:
        connection.execute("delete from ops.dbt_seeds")
        if sha256:
            connection.execute("insert into ops.dbt_seeds (sha256) values (%s)", [sha256])
