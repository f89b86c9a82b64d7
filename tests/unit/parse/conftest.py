"""Files as offices send them, and a way to read one without a child process."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from rollcall.datasets import datasets
from rollcall.parse.files import read_file
from rollcall.parse.readings import Job, Limits, Reading
from rollcall.warehouse.tables import inbox_columns

KEY = b"k" * 32
LIMITS = Limits(25 << 20, 200 << 20, 1_000_000, 60)


@dataclass
class Read:
    """A reading, its rows by our column names, and the reasons for its unreadable cells."""

    reading: Reading
    rows: dict[str, list[dict[str, str]]]
    reasons: list[str]
    cells: list[str]

    def trouble(self, dataset: str) -> str:
        found = self.reading.datasets[dataset]
        assert found.rows == 0
        assert dataset not in self.rows
        return found.trouble or ""


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Read]:
    def run(name: str, data: bytes, limits: Limits = LIMITS, period: str = "2023-07") -> Read:
        path, out = tmp_path / "landed", tmp_path / "out"
        path.write_bytes(data)
        out.mkdir(exist_ok=True)
        reading = read_file(Job(5, 7, "620102001000", period, "regular", name, str(path)), out, KEY, limits)
        rows = {}
        for dataset in datasets().values():
            file = out / f"5.{dataset.name}.csv"
            if file.exists():
                with file.open(encoding="utf-8", newline="") as lines:
                    rows[dataset.name] = [
                        dict(zip(inbox_columns(dataset), row, strict=True)) for row in csv.reader(lines)
                    ]
                assert len(rows[dataset.name]) == reading.datasets[dataset.name].rows
        cells: list[list[str]] = []
        if (out / "5.cells.csv").exists():
            with (out / "5.cells.csv").open(encoding="utf-8", newline="") as lines:
                cells = list(csv.reader(lines))
        assert len(cells) == sum(int(row["_unreadable"]) for found in rows.values() for row in found)
        return Read(reading, rows, [cell[-1] for cell in cells], [cell[4] for cell in cells])

    return run
