"""What may be in a file: datasets, their columns, the headers of each layout version, and the code lists."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from rollcall.settings import ROOT

LAYOUTS = Path(__file__).parent / "layouts"
SEEDS = ROOT / "dbt_project" / "seeds"
FIXED = ("column", "type", "required", "key", "codes")


@dataclass(frozen=True)
class Column:
    """One column of a dataset. `headers` maps each layout version (the period it began) to the header it uses."""

    name: str
    type: str
    required: bool
    key: bool
    codes: str
    headers: dict[str, str]

    @property
    def label(self) -> str:
        """The header of the newest layout: how an office knows this column."""
        return list(self.headers.values())[-1]

    @property
    def is_key_text(self) -> bool:
        """Whether its texts are keys or refer to one, a person's ID number too: they are read alike everywhere."""
        if self.type != "text":
            return self.name == "id_number"
        return self.key or self.name.endswith(("_no", "_code"))


@dataclass(frozen=True)
class Dataset:
    """One of the reports an office submits. `mode` is list (the whole register each time) or records."""

    name: str
    sheet_zh: str
    mode: str
    subject: str
    columns: tuple[Column, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.key)


@cache
def datasets() -> dict[str, Dataset]:
    """Every dataset that has a layout, by its word."""
    with (SEEDS / "datasets.csv").open(encoding="utf-8", newline="") as lines:
        known = [row for row in csv.DictReader(lines) if (LAYOUTS / f"{row['dataset']}.csv").is_file()]
    return {
        row["dataset"]: Dataset(
            row["dataset"], row["sheet_zh"], row["mode"], row["subject"], columns_of(row["dataset"])
        )
        for row in known
    }


def columns_of(dataset: str) -> tuple[Column, ...]:
    """The columns of one dataset, in the order of its layout file."""
    with (LAYOUTS / f"{dataset}.csv").open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        versions = [name for name in reader.fieldnames or () if name not in FIXED]
        return tuple(
            Column(
                row["column"],
                row["type"],
                row["required"] == "yes",
                row["key"] == "yes",
                row["codes"],
                {version: row[version] for version in versions if row[version]},
            )
            for row in reader
        )


def asked_of(level: str, day: date) -> list[str]:
    """The datasets that offices of *level* are asked for in a period ending on *day*, in their usual order."""
    return [dataset for dataset in datasets() if any(asked.covers(dataset, level, day) for asked in all_asked())]


@dataclass(frozen=True)
class Asked:
    """A dataset is asked of a level from one day to another, both included; None: without a bound."""

    dataset: str
    level: str
    asked_from: date | None
    asked_to: date | None

    def covers(self, dataset: str, level: str, day: date) -> bool:
        is_in_time = (self.asked_from or day) <= day <= (self.asked_to or day)
        return self.dataset == dataset and self.level == level and is_in_time


@cache
def all_asked() -> tuple[Asked, ...]:
    """Who is asked for what, since when: the seed `asked.csv`."""
    with (SEEDS / "asked.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            Asked(
                row["dataset"],
                row["level"],
                date.fromisoformat(row["asked_from"]) if row["asked_from"] else None,
                date.fromisoformat(row["asked_to"]) if row["asked_to"] else None,
            )
            for row in csv.DictReader(lines)
        )


@cache
def code_lists() -> dict[str, dict[str, str]]:
    """Each code list: code to Chinese label."""
    lists: dict[str, dict[str, str]] = {}
    with (SEEDS / "codes.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            lists.setdefault(row["code_list"], {})[row["code"]] = row["label_zh"]
    return lists
