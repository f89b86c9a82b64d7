"""What a file was found to hold, before any of it is read."""

from collections.abc import Callable
from dataclasses import dataclass, field

from rollcall.datasets import Dataset
from rollcall.parse.rows import Table


@dataclass(frozen=True)
class Source:
    """One sheet, member or array that names one of our datasets. `load` raises DatasetTurnedAway."""

    dataset: Dataset
    name: str
    load: Callable[[], Table]


@dataclass
class Contents:
    """The sources of one file, and a line for each thing in it that nobody knows."""

    sources: list[Source] = field(default_factory=list)
    not_read: list[str] = field(default_factory=list)
