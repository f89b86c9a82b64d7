"""The figures that a demo run is held to, on 2 cores and with everything installed; kept in `ops.measurements`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.table import Table

from rollcall.periods import Period
from rollcall.warehouse.connection import connect

DEMO_SECONDS, PEAK_MIB, ROWS = 480, 1536, 700_000

PEAK = "select max(peak_mib) from ops.steps where run_id = any(%s)"
RECEIVED = """
select coalesce(sum(v.received), 0)
from ledger.verdicts as v join ledger.submissions as s using (submission_id) where s.period = any(%s)
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


def measure(periods: Sequence[Period], runs: Sequence[str], seconds: float, peak_mib: float) -> list[Measurement]:
    """
    What the demo's *runs* of *periods* reached.

    *peak_mib* is the largest process that was sampled; a step knows its own peak, which sampling may miss.
    """
    with connect() as connection:
        peak = connection.execute(PEAK, [list(runs)]).fetchone()
        received = connection.execute(RECEIVED, [[str(period) for period in periods]]).fetchone()
    assert peak is not None
    assert received is not None
    return [
        Measurement("rows received, all datasets and months", ROWS, float(received[0]), "rows"),
        Measurement("the whole demo", DEMO_SECONDS, seconds, "s"),
        Measurement("largest process", PEAK_MIB, max(peak_mib, float(peak[0] or 0)), "MiB"),
    ]


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
