"""What a drop-down offers: the labels of a code list, or what a rule looks up in a reference table."""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass

from rollcall.datasets import SEEDS, Column, code_lists, datasets
from rollcall.judge.rules import Rule
from rollcall.template.limits import condition, critical

NOT_IN = re.compile(r"(\w+) not in \(select known\.\w+ from reference\.(\w+) as known\b")


@dataclass(frozen=True)
class Choice:
    """What is entered, and what it means where that is another word."""

    entered: str
    meaning: str = ""


def list_of(rules: list[Rule], column: Column) -> str:
    """The list that a column takes its values from; empty where it takes any."""
    if column.type == "code":
        return column.codes
    for rule in critical(rules, column):
        found = NOT_IN.match(condition(rule))
        if found and found[1] == column.name and found[2] in LOOKED_UP:
            return found[2]
    return ""


def choices(name: str) -> list[Choice]:
    """The entries of a list, in its order."""
    if name in LOOKED_UP:
        return LOOKED_UP[name]()
    return [Choice(label) for label in code_lists()[name].values()]


def sheets() -> list[Choice]:
    return [Choice(dataset.sheet_zh) for dataset in datasets().values()]


def indicators() -> list[Choice]:
    """The seed `indicators.csv`: an office claims by the word, and knows the figure by its label."""
    with (SEEDS / "indicators.csv").open(encoding="utf-8", newline="") as lines:
        kinds = {"stock": "时点数，不填起始日期", "flow": "发生数，填起始日期"}
        return [
            Choice(row["indicator"], f"{row['label_zh']}（{kinds[row['nature']]}）") for row in csv.DictReader(lines)
        ]


LOOKED_UP: dict[str, Callable[[], list[Choice]]] = {"datasets": sheets, "indicators": indicators}
