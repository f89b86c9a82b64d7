"""How long each step takes, and how large it gets; kept in `ops.steps`."""

import json
import logging
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rollcall.periods import Period
from rollcall.warehouse.connection import connect

log = logging.getLogger(__name__)


@dataclass
class Step:
    """One step of a run; what does the work fills in `rows` and `detail`."""

    name: str
    rows: int | None = None
    detail: dict[str, object] = field(default_factory=dict)


def peak_mib() -> float:
    """The largest resident size so far of this process or of any child that has ended, in MiB."""
    sizes = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max(sizes) / 1024


@dataclass(frozen=True)
class Stopwatch:
    """Times the steps of one run of one period. *run_id* ties them to what started them."""

    period: Period
    run_id: str

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Time what is inside; only a step that came to its end is kept."""
        started_at, started = datetime.now(UTC), time.monotonic()
        step = Step(name)
        yield step
        seconds = round(time.monotonic() - started, 3)
        log.info("%s %s: %.1f s%s", name, self.period, seconds, "" if step.rows is None else f", {step.rows} rows")
        with connect() as connection:
            connection.execute(
                "insert into ops.steps (step, period, run_id, started_at, seconds, rows, peak_mib, detail)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    name,
                    str(self.period),
                    self.run_id,
                    started_at,
                    seconds,
                    step.rows,
                    round(peak_mib(), 1),
                    json.dumps(step.detail),
                ],
            )
