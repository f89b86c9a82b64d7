"""How an office answered for one period, and what the ledger knew of it before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rollcall.collect.listing import Listed
from rollcall.errors import OfficeInTrouble, OfficeUnreachable
from rollcall.offices import Office

MOST_TOLD = 10_000  # characters of an answer's detail


@dataclass(frozen=True)
class Known:
    """What the ledger knows of an office and period before it is asked: etag, and sha256 by (revision, filename)."""

    etag: str | None = None
    submissions: Mapping[tuple[int, str], str] = field(default_factory=dict)

    def has_revision(self, revision: int) -> bool:
        return any(known == revision for known, _ in self.submissions)


@dataclass
class Answer:
    """How an office answered. `landed` is new; `too_large` was announced and is refused unread."""

    office: Office
    outcome: str = "answered"
    detail: str | None = None
    etag: str | None = None
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    landed: list[tuple[Listed, datetime]] = field(default_factory=list)
    too_large: list[tuple[Listed, datetime]] = field(default_factory=list)
    not_modified: bool = False

    def came_to(self, outcome: str, error: Exception) -> None:
        """Note an outcome that is none; what an office had us say is made text that any table and log can hold."""
        self.outcome, self.detail = outcome, printable(str(error))[:MOST_TOLD]


def printable(text: str) -> str:
    """*text* with what cannot be shown, and no database can hold, written as its escape."""
    shown = (char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    return "".join(shown)


def require_none(troubles: Sequence[Exception]) -> None:
    """
    Raise the troubles of single entries as one; the others have landed.

    Raises:
        OfficeUnreachable: Each may be gone at the next run.
        OfficeInTrouble: At least one will not.
    """
    if not troubles:
        return
    said = ""
    for number, trouble in enumerate(troubles):
        more = f"{'; ' if said else ''}{trouble}"
        if len(said) + len(more) > MOST_TOLD - 40:
            said += f"; and {len(troubles) - number} more"
            break
        said += more
    passing = all(isinstance(trouble, OfficeUnreachable) for trouble in troubles)
    raise OfficeUnreachable(said) if passing else OfficeInTrouble(said)
