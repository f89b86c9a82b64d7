"""One file never stops another: a group that cannot be judged is halved until the file is found that it fails over."""

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

import psycopg

from rollcall.errors import CountsDisagree, ReferenceMissing, RuleNotRun
from rollcall.parse.readings import Reading

log = logging.getLogger(__name__)
# More files than these, or all that there are, fail over our rules or the warehouse, and not over what stands in them.
MOST_CULPRITS = 5
# What a value may cause: a rule that crashes over it, counts that differ, a type or an index that cannot hold it.
FAILURES = (
    RuleNotRun,
    CountsDisagree,
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.errors.ProgramLimitExceeded,
)
Done = TypeVar("Done")


def judge_apart(
    judge: Callable[[Sequence[Reading]], Done], readings: Sequence[Reading]
) -> tuple[list[Done], dict[int, str]]:
    """
    Have *judge* take all of *readings* at once; where it fails, each half by itself, and so on, in their order.

    Returns what it gave, and why it failed by submission_id, of the files that it fails over alone. Raises its first
    failure where no file could be judged, or too many could not, and at once where the reference tables are not loaded:
    that is no file's doing.
    """
    done: list[Done] = []
    culprits: dict[int, str] = {}
    failure: Exception | None = None
    waiting = [list(readings)]
    while waiting:
        some = waiting.pop()
        try:
            done.append(judge(some))
        except ReferenceMissing:
            raise
        except FAILURES as error:
            failure = failure or error
            if len(some) > 1:
                half = len(some) // 2
                waiting += [some[half:], some[:half]]
                log.warning("%d files cannot be judged together, each half is by itself: %s", len(some), named(error))
                continue
            culprits |= {reading.submission_id: named(error) for reading in some}
        if failure and len(culprits) > MOST_CULPRITS:
            raise failure
    if failure and not done:
        raise failure
    return done, culprits


def named(error: Exception) -> str:
    """What failed, without the values that PostgreSQL quotes: they may be a person's."""
    if isinstance(error, psycopg.Error):
        return f"{type(error).__name__} ({error.sqlstate})"
    text = str(error) if isinstance(error, CountsDisagree) else str(error).partition(":")[0]
    return f"{type(error).__name__}: {text}"
