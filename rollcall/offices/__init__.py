"""The registry of offices: which there are, and what became of them. Read by Python, and seeded by dbt."""

from rollcall.offices.heirs import Heir, heirs, heirs_on
from rollcall.offices.history import History, history_of, read_history, read_registry
from rollcall.offices.office import LEVELS, Office, called_on, last_known
from rollcall.offices.rows import Event
from rollcall.offices.seeds import write_seeds

__all__ = [
    "LEVELS",
    "Event",
    "Heir",
    "History",
    "Office",
    "called_on",
    "heirs",
    "heirs_on",
    "history_of",
    "last_known",
    "read_history",
    "read_registry",
    "write_seeds",
]
