"""What a judgement rests on: when it has changed, bytes of which something was held may be judged otherwise."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import psycopg

from rollcall.datasets import LAYOUTS, SEEDS
from rollcall.judge.rules import EXPECTATIONS
from rollcall.settings import ROOT

PACKAGE = ROOT / "rollcall"
CODE = (PACKAGE / "parse", PACKAGE / "judge")  # how cells are read, and how rules are held against them
KINDS = {".json", ".csv", ".py", ".sql"}


def rules_sha256(connection: psycopg.Connection) -> str:
    """
    The digest of suites, layouts, code lists, the code that reads and judges, and of what rules look things up in.

    The last is that of the seeds as they lie in `reference`, the registry of offices among them: a row held because an
    office was missing there is judged otherwise once it is not.
    """
    row = connection.execute("select sha256 from ops.dbt_seeds").fetchone()
    return sha256_of(files(), row[0] if row else "")


def files() -> list[Path]:
    """Everything in this checkout that a judgement rests on."""
    folders = (EXPECTATIONS, LAYOUTS, SEEDS, *CODE)
    found = [path for folder in folders for path in folder.iterdir() if path.suffix in KINDS]
    return [*found, PACKAGE / "datasets.py", PACKAGE / "warehouse" / "functions.sql"]


def sha256_of(paths: Iterable[Path], reference: str) -> str:
    digest = hashlib.sha256(reference.encode())
    for path in sorted(paths):
        digest.update(f"\0{path.parent.name}/{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()
