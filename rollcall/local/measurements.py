"""The figures that a demo run is held to, on 2 cores and with everything installed; kept in `ops.measurements`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.table import Table

from rollcall.warehouse.connection import connect

DEMO_SECONDS, COMPUTE_SECONDS, BUILD_SECONDS, PEAK_MIB, MONTH_ROWS = 240, 60, 20, 1536, 400_000

STEPS = """
select
    sum(seconds) filter (where step in ('parse', 'copy', 'judge', 'settle')),
    max((detail ->> 'dbt_seconds')::numeric),
    max(peak_mib)
from ops.steps where run_id = any(%s)
"""
RECEIVED = """
select coalesce(sum(v.received), 0)
from ledger.verdicts as v join ledger.submissions as s using (submission_id) where s.period = %s
"""


@dataclass(frozen=True)
class Measurement:
    """One figure: rows are asked for at least, everything else at most."""

    figure: str
    asked: float
    reached: float
    unit: str

    @property
    def is_held(self) -> bool:
        return self.reached >= self.asked if self.unit == "rows" else self.reached <= self.asked


def measure(period: str, runs: Sequence[str], seconds: float, peak_mib: float) -> list[Measurement]:
    """
    What the demo's *runs* reached. A run that had nothing to compute says nothing about how fast it computes.

    *peak_mib* is the largest process that was sampled; a step knows its own peak, which sampling may miss.
    """
    with connect() as connection:
        steps = connection.execute(STEPS, [list(runs)]).fetchone()
        received = connection.execute(RECEIVED, [period]).fetchone()
    assert steps is not None
    assert received is not None
    compute, build, step_mib = steps
    found = [
        Measurement("rows of the month received", MONTH_ROWS, float(received[0]), "rows"),
        Measurement("the whole demo", DEMO_SECONDS, seconds, "s"),
        Measurement("compute: landed files to accepted rows", COMPUTE_SECONDS, float(compute or 0), "s"),
        Measurement("dbt build", BUILD_SECONDS, float(build or 0), "s"),
        Measurement("largest process", PEAK_MIB, max(peak_mib, float(step_mib or 0)), "MiB"),
    ]
    return [measurement for measurement in found if measurement.reached]


def keep(measurements: Sequence[Measurement]) -> None:
    """Keep what was measured in `ops.measurements`."""
    at = datetime.now(UTC)
    with connect() as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into ops.measurements (measured_at, figure, asked, reached, unit) values (%s, %s, %s, %s, %s)",
            [(at, m.figure, m.asked, m.reached, m.unit) for m in measurements],
        )


def table(measurements: Sequence[Measurement]) -> Table:
    """What was asked beside what was reached."""
    shown = Table("figure", "asked", "reached", "", title="Figures of this run", title_justify="left")
    for m in measurements:
        shown.add_row(
            m.figure,
            f"{'≥' if m.unit == 'rows' else '≤'} {m.asked:,.0f} {m.unit}",
            f"{m.reached:,.{1 if m.unit == 's' else 0}f} {m.unit}",
            "[green]held[/]" if m.is_held else "[red]missed[/]",
        )
    return shown
