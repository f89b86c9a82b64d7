"""The page of results that ends a demo: what was asked, what came, what it amounts to, and how to look further."""

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rollcall.local.airflow import USER
from rollcall.local.generated import Generated
from rollcall.settings import setting
from rollcall.warehouse.connection import connect

ANSWERS = """
select
    count(*) as called,
    count(*) filter (where outcome = 'answered') as answered,
    count(*) filter (where outcome = 'silent') as silent,
    count(*) filter (where outcome = 'unreachable') as unreachable,
    count(*) filter (where outcome = 'trouble') as trouble
from ledger.answers where period = %(period)s
"""
FILES = """
select
    count(*) as files,
    count(*) filter (where j.outcome = 'accepted') as accepted,
    count(*) filter (where j.outcome = 'partly_accepted') as partly,
    count(*) filter (where j.outcome = 'turned_away') as turned_away,
    count(distinct s.office_key) filter (where s.submitted_at > e.due_at) as late,
    count(*) filter (where r.sent_at is not null) as receipts
from ledger.submissions as s
left join ledger.judgements as j using (submission_id)
left join ledger.receipts as r using (submission_id)
left join (select distinct period, office_key, due_at from ledger.expected_slices) as e using (period, office_key)
where s.period = %(period)s
"""
ROWS = """
select coalesce(sum(v.received), 0) as received, coalesce(sum(v.accepted), 0) as accepted,
    coalesce(sum(v.held), 0) as held
from ledger.verdicts as v join ledger.submissions as s using (submission_id) where s.period = %(period)s
"""
REASONS = """
select rule, count(*) as rows, min(reason) as example
from quarantine.reasons join ledger.submissions using (submission_id)
where period = %(period)s and severity = 'critical' group by rule order by 2 desc, 1 limit 8
"""
CITIES = """
select f.office_name, f.indicator, f.value
from marts.rpt_figures as f
where f.period = %(period)s and f.level in ('province', 'city') and f.office_code like '62%%'
    and f.indicator = any(%(indicators)s)
order by f.level desc, f.office_code
"""
INDICATORS = {
    "units": "文明单位",
    "volunteers": "注册志愿者",
    "events": "活动场次",
    "event_attendees": "参加人次",
    "funding_spent_yuan": "支出（元）",
}


def one(query: str, period: str) -> dict[str, Any]:
    """The single row of a query, by name."""
    with connect() as connection:
        cursor = connection.execute(query, {"period": period})
        row = cursor.fetchone()
        assert row is not None
        assert cursor.description is not None
        return dict(zip([column.name for column in cursor.description], row, strict=True))


def show(period: str, made: Generated, console: Console) -> bool:
    """Print the page. False where a row was lost: received is not accepted and quarantined."""
    answers, files, rows = one(ANSWERS, period), one(FILES, period), one(ROWS, period)
    console.rule(f"[bold]Rollcall {period}")
    console.print(
        f"Offices  called {answers['called']:,} = answered {answers['answered']:,} + nothing submitted "
        f"{answers['silent']} + no answer {answers['unreachable']} + broke the protocol {answers['trouble']}; "
        f"late {files['late']}"
    )
    console.print(
        f"Files    {files['files']:,} = accepted {files['accepted']:,} + in part {files['partly']} + turned away "
        f"{files['turned_away']}; receipts taken {files['receipts']:,}"
    )
    balance = rows["received"] == rows["accepted"] + rows["held"]
    console.print(
        f"Rows     received {rows['received']:,} {'=' if balance else '≠'} accepted {rows['accepted']:,} "
        f"+ quarantined {rows['held']:,}"
    )
    console.print(reasons_table(period, console.width))
    console.print(cities_table(period))
    say_how_to_connect(made, console)
    return bool(balance)


def reasons_table(period: str, width: int) -> Table:
    """The rules most often broken, each with a reason as an office reads it, cut to the terminal's *width*."""
    table = Table("rule", title="Rows held, by rule", title_justify="left")
    table.add_column("rows", justify="right")
    table.add_column("what the office is told, for example", no_wrap=True)
    with connect() as connection:
        found = connection.execute(REASONS, {"period": period}).fetchall()
    room = width - max((len(rule) for rule, _, _ in found), default=0) - 16
    for rule, count, example in found:
        text = Text(example)
        text.truncate(max(room, 20), overflow="ellipsis")
        table.add_row(rule, f"{count:,}", text)
    return table


def cities_table(period: str) -> Table:
    table = Table("", title=f"The biggest figures, {period}", title_justify="left")
    for label in INDICATORS.values():
        table.add_column(label, justify="right")
    figures: dict[str, dict[str, Any]] = {}
    with connect() as connection:
        for name, indicator, value in connection.execute(CITIES, {"period": period, "indicators": list(INDICATORS)}):
            figures.setdefault(name, {})[indicator] = value
    for name, values in figures.items():
        table.add_row(name, *(f"{values[i]:,.0f}" if values.get(i) is not None else "–" for i in INDICATORS))
    return table


def say_how_to_connect(made: Generated, console: Console) -> None:
    console.print("Ask the warehouse, as a role that may only read the marts:", highlight=False)
    console.print(f"  psql '{setting('ROLLCALL_READER_URL')}'", soft_wrap=True, highlight=False)
    console.print('  make sql Q="select * from marts.dim_offices limit 5"', highlight=False)
    console.print(
        f"Airflow  http://127.0.0.1:{made['ROLLCALL_AIRFLOW_PORT']}  user {USER}  password "
        f"{made['ROLLCALL_AIRFLOW_PASSWORD']}",
        soft_wrap=True,
        highlight=False,
    )
    console.print("Stop     make down", highlight=False)
