"""The registry as dbt seeds it: versions and heirs, which no file of the registry has, and the log as it is."""

import csv
from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path

from rollcall.offices.heirs import Heir, heirs
from rollcall.offices.history import read_history
from rollcall.offices.office import Office
from rollcall.offices.rows import Event


def write_seeds(registry: Path, folder: Path) -> list[Path]:
    """
    Write `offices.csv`, `office_events.csv` and `office_heirs.csv` into *folder*, from the registry in *registry*.

    The same registry gives the same bytes. Raises RegistryBroken.
    """
    history = read_history(registry)
    folder.mkdir(parents=True, exist_ok=True)
    return [
        write(folder / "offices.csv", Office, history.versions()),
        write(folder / "office_events.csv", Event, history.events),
        write(folder / "office_heirs.csv", Heir, heirs(history)),
    ]


def write(path: Path, kind: type, rows: Iterable[Office | Event | Heir]) -> Path:
    names = [field.name for field in fields(kind) if field.name != "place"]  # of a line of the registry, not of ours
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([text(getattr(row, name)) for name in names] for row in rows)
    return path


def text(cell: object) -> str:
    """As the files of the registry write it."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case Decimal():
            return f"{cell.normalize():f}"
        case date():
            return cell.isoformat()
    return str(cell)
