"""What was asked and what came in each month, and why rows are held."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rollcall.periods import Period
from rollcall.warehouse.connection import connect

ANSWERS = """
select
    period,
    count(*) as called,
    count(*) filter (where outcome = 'answered') as answered,
    count(*) filter (where outcome = 'silent') as silent,
    count(*) filter (where outcome = 'unreachable') as unreachable,
    count(*) filter (where outcome = 'trouble') as trouble
from ledger.answers where period = any(%(periods)s) group by period
"""
FILES = """
select
    s.period,
    count(*) as files,
    count(*) filter (where j.outcome = 'accepted') as taken,
    count(*) filter (where j.outcome = 'partly_accepted') as partly,
    count(*) filter (where j.outcome = 'turned_away') as turned_away,
    count(*) filter (where j.outcome = 'unchanged') as unchanged,
    count(distinct s.office_key) filter (where s.submitted_at > e.due_at) as late,
    count(*) filter (where r.sent_at is not null) as receipts
from ledger.submissions as s
left join ledger.judgements as j using (submission_id)
left join ledger.receipts as r using (submission_id)
left join (select distinct period, office_key, due_at from ledger.expected_slices) as e using (period, office_key)
where s.period = any(%(periods)s) group by s.period
"""
ROWS = """
select s.period, sum(v.received) as received, sum(v.accepted) as accepted, sum(v.held) as held
from ledger.verdicts as v join ledger.submissions as s using (submission_id)
where s.period = any(%(periods)s) group by s.period
"""
SECONDS = """
select
    period,
    round(sum(seconds) filter (where step in ('parse', 'copy', 'judge', 'settle')), 1) as compute,
    round(max((detail ->> 'dbt_seconds')::numeric), 1) as dbt
from ops.steps where period = any(%(periods)s) and run_id = any(%(runs)s) group by period
"""
LINES = {
    "called": "offices called",
    "answered": "  = answered",
    "silent": "  + nothing submitted",
    "unreachable": "  + no answer",
    "trouble": "  + broke the protocol",
    "late": "  of them late",
    "files": "files",
    "taken": "  = accepted",
    "partly": "  + accepted in part",
    "turned_away": "  + turned away",
    "unchanged": "  + unchanged",
    "receipts": "  receipts taken",
    "received": "rows received",
    "accepted": "  = accepted",
    "held": "  + quarantined",
    "compute": "seconds from landed files to accepted rows",
    "dbt": "seconds of dbt build",
}
SECTIONS = {"late", "receipts", "held"}
MEASURED = {"compute", "dbt"}
REASONS = """
select rule, count(*) as rows, min(reason) as example
from quarantine.reasons join ledger.submissions using (submission_id)
where period = any(%(periods)s) and severity = 'critical' group by rule order by 2 desc, 1 limit 8
"""


def by_month(query: str, parameters: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The rows of a query, by name, by their month."""
    with connect() as connection:
        cursor = connection.execute(query, parameters)
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor]
    return {row.pop("period"): row for row in rows}


def show(periods: Sequence[Period], runs: Sequence[str], console: Console) -> bool:
    """Print both. False where a row was lost: received is not accepted and quarantined."""
    parameters: dict[str, Any] = {"periods": [str(period) for period in periods], "runs": list(runs)}
    found: dict[str, dict[str, Any]] = {str(period): {} for period in periods}
    for query in (ANSWERS, FILES, ROWS, SECONDS):
        for month, values in by_month(query, parameters).items():
            found[month] |= values
    console.print(months_table(found))
    lost = [month for month, values in found.items() if not is_balanced(values)]
    for month in lost:
        console.print(f"[red]{month}: received is not accepted + quarantined: rows were lost[/]")
    console.print(reasons_table(parameters, console.width))
    return not lost


def is_balanced(values: dict[str, Any]) -> bool:
    """Whether every row that was received is accepted or quarantined."""
    return bool(values.get("received", 0) == values.get("accepted", 0) + values.get("held", 0))


def months_table(found: dict[str, dict[str, Any]]) -> Table:
    """A column a month, and one for all of them; what was only measured is not added up."""
    table = Table("", title="What was asked and what came", title_justify="left")
    for month in found:
        table.add_column(month, justify="right")
    has_total = len(found) > 1
    if has_total:
        table.add_column("all", justify="right")
    for name, label in LINES.items():
        values = [month.get(name) for month in found.values()]
        cells = ["–" if value is None else f"{value:,}" for value in values]
        if has_total:
            cells.append("" if name in MEASURED else f"{sum(value or 0 for value in values):,}")
        table.add_row(label, *cells, end_section=name in SECTIONS)
    return table


def reasons_table(parameters: dict[str, Any], width: int) -> Table:
    """The rules most often broken, each with a reason as an office reads it, cut to the terminal's *width*."""
    table = Table("rule", title="Rows held, by rule", title_justify="left")
    table.add_column("rows", justify="right")
    table.add_column("what the office is told, for example", no_wrap=True)
    with connect() as connection:
        found = connection.execute(REASONS, parameters).fetchall()
    room = width - max((len(rule) for rule, _, _ in found), default=0) - 16
    for rule, count, example in found:
        text = Text(example)
        text.truncate(max(room, 20), overflow="ellipsis")
        table.add_row(rule, f"{count:,}", text)
    return table
