"""Lines of progress in a task's log."""

import logging
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

SECONDS_BETWEEN_LINES = 5.0
Item = TypeVar("Item")


def with_progress(items: Iterable[Item], total: int, what: str, log: logging.Logger) -> Iterator[Item]:
    """Pass *items* on, and say every few seconds, and at the end, how many of *total* came; *what* they did."""
    said_at = time.monotonic()
    for done, item in enumerate(items, 1):
        yield item
        if time.monotonic() - said_at > SECONDS_BETWEEN_LINES or done == total:
            said_at = time.monotonic()
            log.info("%d of %d %s", done, total, what)
