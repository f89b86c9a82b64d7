"""How long one office may keep us: its turn of a run, the waits it asks for, and when it is tried again."""

import time
from dataclasses import dataclass, field

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from rollcall.errors import OfficeUnreachable
from rollcall.settings import Settings

TURN_SECONDS = 600.0  # of a run, for one office: listing, files, tries and waits together
LONGEST_WAIT = 60.0  # seconds that an office is waited for between tries, all together
FIRST_WAIT = 0.5


class AskAgain(OfficeUnreachable):
    """No answer yet; `wait` is how many seconds the office asked us to wait, if it did."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class TurnOver(OfficeUnreachable):
    """Nothing more is asked of this office in this run; what has landed of it stays."""


@dataclass
class Turn:
    """What one office has of one run. Used by one thread at a time."""

    ends_at: float = field(default_factory=lambda: time.monotonic() + TURN_SECONDS)
    wait_left: float = field(default_factory=lambda: LONGEST_WAIT)
    over: str = ""  # why, once it is

    def end(self, why: str) -> TurnOver:
        self.over = f"{why}: asked again at the next run"
        return TurnOver(self.over)

    def left(self) -> float:
        """Seconds left of this turn. Raises TurnOver where there are none, or the office asked for more."""
        seconds = self.ends_at - time.monotonic()
        if self.over:
            raise TurnOver(self.over)
        if seconds <= 0:
            raise self.end(f"its {TURN_SECONDS / 60:.0f} minutes of this run are over")
        return seconds

    def before_next(self, state: RetryCallState) -> float:
        """
        Seconds before the next try: what the office asked for, else doubling from half a second.

        Raises TurnOver where it asks for more than it is still waited for: then it is not asked before the next run.
        """
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait if isinstance(error, AskAgain) else None
        if asked is not None and asked > min(self.wait_left, self.left()):
            raise self.end(f"{error}, Retry-After {asked:.0f} s") from error
        return FIRST_WAIT * float(2 ** (state.attempt_number - 1)) if asked is None else asked

    def is_spent(self, state: RetryCallState) -> bool:
        """Whether the next wait would be longer than this office is still waited for."""
        return state.upcoming_sleep > min(self.wait_left, self.left())

    def note_wait(self, state: RetryCallState) -> None:
        self.wait_left -= state.upcoming_sleep


def retrying(settings: Settings, turn: Turn | None = None) -> Retrying:
    """
    Try again what may work later: no answer, half an answer, 429 and 5xx. Reraises the last trouble.

    Without a *turn*, what is tried has one of its own.
    """
    turn = turn or Turn()
    return Retrying(
        stop=lambda state: stop_after_attempt(settings.tries)(state) or turn.is_spent(state),
        wait=turn.before_next,
        retry=retry_if_exception_type(AskAgain),
        before_sleep=turn.note_wait,
        reraise=True,
    )
