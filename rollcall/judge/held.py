"""Every row that breaks a rule, with a reason for its office, by one statement per dataset."""

import psycopg
from psycopg import sql

from rollcall.datasets import Column, Dataset, datasets
from rollcall.errors import CountsDisagree
from rollcall.judge.gate import Outcome
from rollcall.judge.rules import UNREADABLE, Rule, broken_rows, rules_of
from rollcall.parse import quoting

QUOTED_LENGTH = 40  # characters of a cell that a reason quotes

CREATE = """
create table {broken} (
    dataset text not null, submission_id bigint not null, sheet text not null, row integer not null,
    rule text not null, severity text not null, column_name text, cell text, reason text not null
)
"""

# A reason about a column is left out where its cell could not be read: the cell's own reason says more.
FIND = r"""
with broken as materialized ({broken_rows}),
rules (number, name, severity, column_name, label, description) as (values {rules}),
forms as (
    select submission_id, bool_or(letter is not null) as is_sheet
    from {columns}
    where dataset = {dataset}
    group by submission_id
),
places as materialized (
    select
        submissions._submission_id,
        rules.*,
        columns.letter,
        case when forms.is_sheet is false then ' 条' else ' 行' end as unit,
        '“' || regexp_replace(coalesce(columns.header, rules.label), '\s+', ' ', 'g') || '”' as header
    from (select distinct _submission_id from broken) as submissions
    cross join rules
    left join forms on submissions._submission_id = forms.submission_id
    left join {columns} as columns
        on
            submissions._submission_id = columns.submission_id
            and columns.dataset = {dataset}
            and rules.column_name = columns.column_name
),
told as (
    insert into {broken}
    select
        {dataset},
        broken._submission_id,
        broken._sheet,
        broken._row,
        places.name,
        places.severity,
        places.column_name,
        places.letter || broken._row,
        concat(
            '第 ', broken._row, places.unit, places.header, '（' || places.letter || broken._row || '）', '：',
            '“' || left(quoted.value, {length}),
            case when length(quoted.value) > {length} then '…' end,
            case when quoted.value is not null then '”。' end,
            places.description
        )
    from broken
    inner join places on broken._submission_id = places._submission_id and broken.rule = places.number
    inner join {table} as t
        on broken._submission_id = t._submission_id and broken._sheet = t._sheet and broken._row = t._row
    cross join lateral (select regexp_replace({value}, '\s+', ' ', 'g') as value) as quoted
    where not exists (
        select from {cells} as cells
        where
            cells.submission_id = broken._submission_id
            and cells.dataset = {dataset}
            and cells.sheet = broken._sheet
            and cells.row = broken._row
            and (places.name = {unreadable} or cells.column_name = places.column_name)
    )
)
select rule, count(*) from broken group by rule
"""

# Only of rows that are being judged: a dataset turned away, or set aside as unchanged, has none.
COPY_CELLS = """
insert into {broken}
select
    {dataset}, cells.submission_id, cells.sheet, cells.row, {unreadable}, 'critical', cells.column_name,
    nullif(cells.cell, ''), cells.reason
from {cells} as cells
inner join {table} as t
    on cells.submission_id = t._submission_id and cells.sheet = t._sheet and cells.row = t._row
where cells.dataset = {dataset}
"""


def find_broken(connection: psycopg.Connection, batch_id: int, tables: dict[str, str], outcomes: list[Outcome]) -> None:
    """
    Create `inbox.b{batch_id}_broken`: one row per row and rule it breaks, and per unreadable cell.

    Reads `inbox.b{batch_id}_columns` and `inbox.b{batch_id}_cells` too.

    Args:
        tables: What was judged: dataset to the name of its table in schema `inbox`.
        outcomes: What Great Expectations counted in it.

    Raises:
        CountsDisagree: For some rule SQL finds another number of rows than Great Expectations counted. One of
            them misreads the rule: neither is believed, and nothing of the batch may be accepted.
    """
    names = {name: sql.Identifier("inbox", f"b{batch_id}_{name}") for name in ("broken", "cells", "columns")}
    connection.execute(sql.SQL("drop table if exists {broken}").format(**names))
    connection.execute(sql.SQL(CREATE).format(**names))
    for dataset, table in tables.items():
        rules = rules_of(dataset)
        parts = names | {
            "table": sql.Identifier("inbox", table),
            "dataset": sql.Literal(dataset),
            "unreadable": sql.Literal(UNREADABLE),
            "broken_rows": sql.SQL(" union all ").join(numbered(rules, table)),
            "rules": sql.SQL(", ").join(described(rules)),
            "value": value_of(rules),
            "length": sql.Literal(QUOTED_LENGTH),
        }
        found: dict[int, int] = dict(connection.execute(sql.SQL(FIND).format(**parts)).fetchall())
        compare({rule.name: found.get(number, 0) for number, rule in enumerate(rules)}, dataset, outcomes)
        connection.execute(sql.SQL(COPY_CELLS).format(**parts))


def compare(found: dict[str, int], dataset: str, outcomes: list[Outcome]) -> None:
    """Hold our counts against those of Great Expectations. Raises CountsDisagree, naming the rules."""
    judged = {outcome.rule.name: outcome.broken for outcome in outcomes if outcome.rule.dataset == dataset}
    if judged != found:
        differing = [
            f"{name}: Great Expectations {judged.get(name, 'nothing')}, SQL {found.get(name, 'nothing')}"
            for name in sorted(judged.keys() | found.keys())
            if judged.get(name) != found.get(name)
        ]
        raise CountsDisagree(f"{dataset}: rows that break a rule: {'; '.join(differing)}")


def numbered(rules: list[Rule], table: str) -> list[sql.Composed]:
    """The broken rows of each rule, each with the rule's place in *rules*."""
    return [
        sql.SQL("select {} as rule, found.* from ({}) as found").format(sql.Literal(number), broken_rows(rule, table))
        for number, rule in enumerate(rules)
    ]


def described(rules: list[Rule]) -> list[sql.Composed]:
    """One line of values per rule. Its label is the header where a file leaves the column out."""
    return [
        sql.SQL("({})").format(
            sql.SQL(", ").join(
                [
                    sql.Literal(number),
                    sql.Literal(rule.name),
                    sql.Literal(rule.severity),
                    sql.SQL("{}::text").format(sql.Literal(rule.column)),
                    sql.SQL("{}::text").format(sql.Literal(column.label if column else None)),
                    sql.Literal(rule.description),
                ]
            )
        )
        for number, rule in enumerate(rules)
        for column in [column_of(rule)]
    ]


def column_of(rule: Rule) -> Column | None:
    return next((column for column in datasets()[rule.dataset].columns if column.name == rule.column), None)


def value_of(rules: list[Rule]) -> sql.Composable:
    """The text that a reason quotes, as an expression over `places` and the row `t`; null for none."""
    dataset = datasets()[rules[0].dataset]
    pointed_at = {rule.column for rule in rules}
    quoted = [
        sql.SQL("when {} then {}").format(sql.Literal(column.name), text_of(column, dataset))
        for column in dataset.columns
        if column.name in pointed_at and column.type != "secret" and column.name not in quoting.PERSONAL
    ]
    return sql.SQL("case places.column_name {} end").format(sql.SQL(" ").join(quoted))


def text_of(column: Column, dataset: Dataset) -> sql.Composed:
    """One cell as an office would write it; null where it may be anybody's name."""
    value = sql.Identifier("t", column.name)
    forms = {
        "datetime": "to_char({} at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI')",
        "bool": "case when {0} then '是' when not {0} then '否' end",
        "number": "trim_scale({})::text",
        "money": "trim_scale({})::text",
    }
    text = sql.SQL(forms.get(column.type, "{}::text")).format(value)
    return kept(text, column, dataset, None)


def kept(text: sql.Composable, column: Column, dataset: Dataset, instead: str | None) -> sql.Composed:
    """
    What is kept of a cell's text, given as SQL: numbers of persons in it are hidden.

    *instead* is what is kept of a text that may be anybody's name.
    """
    parts = {
        "text": text,
        "numbers": sql.Literal(quoting.numbers_of_persons(dataset, column)),
        "hidden": sql.Literal(quoting.HIDDEN),
        "instead": sql.Literal(instead),
        "no_name": sql.Literal(quoting.NO_NAME),
        "words": sql.Literal(list(quoting.code_words())),
    }
    shown = sql.SQL("regexp_replace({text}, {numbers}, {hidden}, 'g')").format(**parts)
    if not (quoting.is_about_persons(dataset) and quoting.may_be_name(column)):
        return shown
    return sql.SQL(
        "case when {text} is null then null"
        " when {text} ~ {no_name} or {text} = any({words}) then {shown} else {instead} end"
    ).format(shown=shown, **parts)


def kept_payload(dataset: Dataset, row: str) -> sql.Composed:
    """SQL for a jsonb of what a held row keeps of the columns of *row* that can hold anything of a person."""
    members = []
    for column in dataset.columns:
        if column.type in ("text", "code", "integer", "number", "money"):
            value = sql.Identifier(row, column.name)
            text = kept(sql.SQL("{}::text").format(value), column, dataset, quoting.HIDDEN)
            # what nothing is hidden of stays a number where it is one
            member = sql.SQL("{}, case when {} = {}::text then to_jsonb({}) else to_jsonb({}) end")
            members.append(member.format(sql.Literal(column.name), text, value, value, text))
    return sql.SQL("jsonb_build_object({})").format(sql.SQL(", ").join(members))
