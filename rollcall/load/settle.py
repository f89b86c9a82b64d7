"""The one transaction of a group: rows to raw or quarantine, verdicts and pointers to the ledger. All, or nothing."""

from collections.abc import Collection, Mapping, Sequence

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from rollcall.datasets import datasets
from rollcall.errors import CountsDisagree
from rollcall.judge.gate import Outcome
from rollcall.judge.held import kept_payload
from rollcall.load.group import table_name
from rollcall.warehouse.tables import FOR_THE_RULES_ONLY, LINEAGE, raw_columns

# What a held row's payload leaves out: lineage has columns of its own, and pseudonyms are not for reading.
NOT_IN_PAYLOAD = [*LINEAGE, "person_key", *FOR_THE_RULES_ONLY]

HELD = """
create temporary table held on commit drop as
select distinct dataset, submission_id, sheet, row from inbox.{broken} where severity = 'critical'
"""

VERDICTS = """
insert into ledger.verdicts (submission_id, dataset, outcome, reason, received, accepted, held)
select
    submission_id,
    dataset,
    case
        when trouble is not null then 'turned_away'
        when unchanged is not null then 'unchanged'
        when received > 0 and received = held then 'turned_away'
        when held > 0 then 'partly_accepted'
        else 'accepted'
    end,
    coalesce(trouble, unchanged, case
        when received > 0 and received = held then '每一行都有错误，本表没有接受。'
        when held > 0 then format('%s 行有错误，没有接受；其余 %s 行已接受。', held, received - held)
    end),
    received,
    received - held,
    held
from (
    select d.submission_id, d.dataset, d.trouble, d.unchanged,
        case when d.trouble is null and d.unchanged is null then d.rows else 0 end as received,
        coalesce(counted.held, 0) as held
    from inbox.{datasets} as d
    left join (select submission_id, dataset, count(*)::integer as held from held group by 1, 2) as counted
        using (submission_id, dataset)
) as judged
"""

JUDGEMENTS = """
insert into ledger.judgements (
    submission_id, batch_id, outcome, reason, not_read, judged_at, rules_sha256, awaits_registry
)
select
    r.submission_id,
    %(batch_id)s,
    case
        when r.trouble is not null or count(v.dataset) = 0 or bool_and(v.outcome = 'turned_away') then 'turned_away'
        when bool_and(v.outcome = 'unchanged') then 'unchanged'
        when bool_and(v.outcome in ('accepted', 'unchanged')) then 'accepted'
        else 'partly_accepted'
    end,
    coalesce(
        r.trouble,
        case when count(v.dataset) = 0 then '没有找到可读的报表：请核对工作表或文件的名称。' end,
        -- what any of its datasets has to say: a file is never turned away, in whole or in part, without a reason
        string_agg(format('%%s：%%s', %(sheets)s::jsonb ->> v.dataset, v.reason), ' ' order by v.dataset)
            filter (where v.reason is not null)
    ),
    r.not_read,
    clock_timestamp(),
    %(rules_sha256)s::text,
    r.submission_id = any(%(gone)s::bigint[])
from inbox.{readings} as r
left join ledger.verdicts as v using (submission_id)
group by r.submission_id, r.trouble, r.not_read
on conflict (submission_id) do update
set batch_id = excluded.batch_id, outcome = excluded.outcome, reason = excluded.reason, not_read = excluded.not_read,
    judged_at = excluded.judged_at, rules_sha256 = excluded.rules_sha256, awaits_registry = excluded.awaits_registry
where judgements.awaits_registry
"""

# Of a file that is judged a second time: the office that was told it does not stand is told what became of it.
OWE_AGAIN = """
update ledger.receipts set sent_at = null
where submission_id in (select submission_id from ledger.judgements where batch_id = %(batch_id)s)
"""

POINTERS = """
insert into ledger.slices (office_key, period, dataset, submission_id, revision)
select distinct on (s.period, s.office_key, v.dataset) s.office_key, s.period, v.dataset, s.submission_id, s.revision
from ledger.judgements as j
join ledger.submissions as s using (submission_id)
join ledger.verdicts as v using (submission_id)
where j.batch_id = %(batch_id)s and v.outcome in ('accepted', 'partly_accepted')
order by s.period, s.office_key, v.dataset, s.revision desc, s.submission_id desc
on conflict (period, office_key, dataset) do update
set submission_id = excluded.submission_id, revision = excluded.revision
where excluded.revision >= slices.revision
"""

REASONS = """
insert into quarantine.reasons (submission_id, dataset, sheet, row, cell, column_name, rule, severity, reason)
select submission_id, dataset, sheet, row, cell, column_name, rule, severity, reason from inbox.{broken}
"""

ACCEPTED_ROWS = """
insert into raw.{dataset} ({columns})
select {columns} from inbox.{rows} as i
where not exists (
    select from held
    where held.dataset = %(dataset)s and held.submission_id = i._submission_id
        and held.sheet = i._sheet and held.row = i._row
)
"""

HELD_ROWS = """
insert into quarantine.rows (submission_id, dataset, sheet, row, payload)
select i._submission_id, held.dataset, i._sheet, i._row,
    jsonb_strip_nulls((to_jsonb(i) - %(not_in_payload)s::text[]) || {kept})
from inbox.{rows} as i
join held on held.dataset = %(dataset)s and held.submission_id = i._submission_id
    and held.sheet = i._sheet and held.row = i._row
"""


def names(batch_id: int) -> dict[str, sql.Identifier]:
    kinds = ("readings", "datasets", "broken")
    return {kind: sql.Identifier(table_name(batch_id, kind)) for kind in kinds}


def settle(
    connection: psycopg.Connection,
    batch_id: int,
    tables: Mapping[str, str],
    outcomes: Sequence[Outcome],
    rules_sha256: str,
    gone: Collection[int] = (),
) -> tuple[int, int]:
    """
    Write what was judged, in the caller's transaction. Returns rows accepted and rows held.

    Args:
        rules_sha256: What the batch was judged by.
        gone: Submissions turned away because their office does not stand.

    Raises:
        CountsDisagree: Received is not accepted + quarantined, or a file was judged before; nothing of the group is
            then kept.
    """
    about = names(batch_id)
    connection.execute(sql.SQL(HELD).format(**about))
    connection.execute("create index on held (dataset, submission_id, sheet, row)")
    connection.execute("analyze held")
    connection.execute(sql.SQL(VERDICTS).format(**about))
    sheets = Jsonb({name: dataset.sheet_zh for name, dataset in datasets().items()})
    judged = {"batch_id": batch_id, "rules_sha256": rules_sha256, "gone": list(gone), "sheets": sheets}
    written = connection.execute(sql.SQL(JUDGEMENTS).format(**about), judged).rowcount
    read = connection.execute(sql.SQL("select count(*) from inbox.{readings}").format(**about)).fetchone()
    if (written,) != read:
        raise CountsDisagree(f"batch {batch_id}: {read} files were read, {written} judged: the others were before")
    connection.execute(sql.SQL(OWE_AGAIN), {"batch_id": batch_id})
    connection.execute(sql.SQL(POINTERS), {"batch_id": batch_id})
    accepted = held = 0
    for dataset, table in tables.items():
        columns = sql.SQL(", ").join(map(sql.Identifier, raw_columns(datasets()[dataset])))
        parts = {"dataset": sql.Identifier(dataset), "columns": columns, "rows": sql.Identifier(table)}
        accepted += connection.execute(sql.SQL(ACCEPTED_ROWS).format(**parts), {"dataset": dataset}).rowcount
        held += connection.execute(
            sql.SQL(HELD_ROWS).format(kept=kept_payload(datasets()[dataset], "i"), **parts),
            {
                "dataset": dataset,
                "not_in_payload": NOT_IN_PAYLOAD,
            },
        ).rowcount
    connection.execute(sql.SQL(REASONS).format(**about))
    check_counts(connection, batch_id, accepted, held)
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into ops.rule_results (batch_id, dataset, rule, severity, checked, broken)"
            " values (%s, %s, %s, %s, %s, %s)",
            [(batch_id, o.rule.dataset, o.rule.name, o.rule.severity, o.checked, o.broken) for o in outcomes],
        )
    connection.execute(
        "delete from ops.unread_files where submission_id in"
        " (select submission_id from ledger.judgements where batch_id = %s)",
        [batch_id],
    )
    connection.execute("update ledger.batches set loaded_at = clock_timestamp() where batch_id = %s", [batch_id])
    return accepted, held


def check_counts(connection: psycopg.Connection, batch_id: int, accepted: int, held: int) -> None:
    """What the verdicts say must be what went into raw and into quarantine."""
    said = connection.execute(
        """
        select coalesce(sum(v.received), 0), coalesce(sum(v.accepted), 0), coalesce(sum(v.held), 0)
        from ledger.judgements as j join ledger.verdicts as v using (submission_id) where j.batch_id = %s
        """,
        [batch_id],
    ).fetchone()
    if said != (accepted + held, accepted, held):
        raise CountsDisagree(
            f"batch {batch_id}: the verdicts say received, accepted, held {said}; {accepted} rows went to raw, "
            f"{held} to quarantine"
        )


def drop_inbox(connection: psycopg.Connection, batch_id: int) -> None:
    """Drop a batch's inbox tables; the group's rows lie in raw and quarantine by now, or in landing still."""
    found = connection.execute(
        "select tablename from pg_tables where schemaname = 'inbox' and tablename like %s",
        [table_name(batch_id, "").replace("_", r"\_") + "%"],
    ).fetchall()
    for (name,) in found:
        connection.execute(sql.SQL("drop table inbox.{}").format(sql.Identifier(name)))
