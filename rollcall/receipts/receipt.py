"""The receipt of a judged submission: what became of it, counted exactly, in words for the office."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

import psycopg
from psycopg.rows import class_row

from rollcall.errors import CountsDisagree
from rollcall.periods import LOCAL, Period

MOST_REASONS = 1000  # listed in one receipt

PENDING = """
select submission.office_key, submission.submission_id
from ledger.submissions as submission
join ledger.judgements as judgement using (submission_id)
left join ledger.receipts as receipt using (submission_id)
where submission.period = %(period)s and receipt.sent_at is null
order by submission.office_key, submission.revision, submission.submission_id
"""

JUDGED = """
select
    submission.submission_id, submission.office_key, submission.period, submission.revision, submission.kind,
    submission.filename, submission.media_type, submission.bytes, submission.sha256, submission.received_at,
    judgement.outcome, judgement.reason, judgement.not_read,
    (
        select count(*) from quarantine.reasons as reason
        where reason.submission_id = submission.submission_id
    ) as reasons_total
from unnest(%(ids)s::bigint[]) with ordinality as asked (submission_id, place)
join ledger.submissions as submission using (submission_id)
join ledger.judgements as judgement using (submission_id)
order by asked.place
"""

VERDICTS = """
select submission_id, dataset, outcome, reason, received, accepted, held
from ledger.verdicts
where submission_id = any(%(ids)s::bigint[])
order by submission_id, dataset
"""

# One look-up by index for each submission: a file with a million reasons is never sorted whole.
REASONS = """
select listed.*
from unnest(%(ids)s::bigint[]) as asked (submission_id)
cross join lateral (
    select
        reason.submission_id, reason.dataset, reason.sheet, reason.row, nullif(reason.cell, '') as cell,
        reason.column_name, reason.rule, reason.severity, reason.reason as text
    from quarantine.reasons as reason
    where reason.submission_id = asked.submission_id
    order by
        array_position(array['critical', 'warning', 'info'], reason.severity), reason.dataset, reason.row,
        reason.sheet, reason.column_name nulls first, reason.rule, reason.cell nulls first, reason.reason
    limit %(most)s
) as listed
order by
    array_position(array['critical', 'warning', 'info'], listed.severity), listed.dataset, listed.row,
    listed.sheet, listed.column_name nulls first, listed.rule, listed.cell nulls first, listed.text
"""


@dataclass(frozen=True)
class Verdict:
    """What became of one dataset of a submission."""

    submission_id: int
    dataset: str
    outcome: str
    reason: str | None
    received: int
    accepted: int
    held: int


@dataclass(frozen=True)
class Reason:
    """One row and the rule it breaks. `cell` is None where the rule names no cell, and always in JSON."""

    submission_id: int
    dataset: str
    sheet: str
    row: int
    cell: str | None
    column_name: str | None
    rule: str
    severity: str
    text: str


@dataclass
class Judged:
    """One judged submission: all that its receipt and its marked workbook are made of."""

    submission_id: int
    office_key: int
    period: str
    revision: int
    kind: str
    filename: str
    media_type: str
    bytes: int
    sha256: str
    received_at: datetime
    outcome: str
    reason: str | None
    not_read: list[str]
    reasons_total: int
    verdicts: list[Verdict] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)


def pending_by_office(connection: psycopg.Connection, period: Period | str) -> list[list[int]]:
    """The pending submissions of each office that has any, in order of revision."""
    rows = connection.cursor(row_factory=psycopg.rows.tuple_row).execute(PENDING, {"period": str(period)})
    return [[row[1] for row in office] for _, office in groupby(rows, key=lambda row: row[0])]


def read_judged(connection: psycopg.Connection, submission_ids: Sequence[int]) -> list[Judged]:
    """Read many judged submissions at once, in the order given; one that is not judged is left out."""
    ids = {"ids": list(submission_ids)}
    with connection.cursor(row_factory=class_row(Judged)) as cursor:
        judged = {one.submission_id: one for one in cursor.execute(JUDGED, ids)}
    with connection.cursor(row_factory=class_row(Verdict)) as verdicts:
        for verdict in verdicts.execute(VERDICTS, ids):
            if verdict.submission_id in judged:
                judged[verdict.submission_id].verdicts.append(verdict)
    with connection.cursor(row_factory=class_row(Reason)) as reasons:
        for reason in reasons.execute(REASONS, ids | {"most": MOST_REASONS}):
            if reason.submission_id in judged:
                judged[reason.submission_id].reasons.append(reason)
    return list(judged.values())


def read_reasons(connection: psycopg.Connection, submission_id: int, most: int) -> list[Reason]:
    """The reasons of one submission, the critical first; as many as *most*."""
    with connection.cursor(row_factory=class_row(Reason)) as cursor:
        return cursor.execute(REASONS, {"ids": [submission_id], "most": most}).fetchall()


def receipt_of(judged: Judged, office_code: str) -> dict[str, Any]:
    """
    One receipt, with the keys of the protocol.

    `column` is our column name, the same in every format and layout; `text` names the office's own header.
    `reason` of a dataset is there only where the dataset as a whole has one: turned away, or unchanged.
    """
    datasets: dict[str, dict[str, Any]] = {verdict.dataset: dataset_of(verdict) for verdict in judged.verdicts}
    for reason in judged.reasons:
        if reason.dataset not in datasets:
            raise CountsDisagree(
                f"submission {judged.submission_id}: quarantine.reasons names {reason.dataset}, "
                "ledger.verdicts does not: judge it again"
            )
        datasets[reason.dataset]["reasons"].append(line_of(reason))
    return {
        "office_code": office_code,
        "period": judged.period,
        "revision": judged.revision,
        "sha256": judged.sha256,
        "received_at": judged.received_at.astimezone(LOCAL).isoformat(timespec="seconds"),
        "outcome": judged.outcome,
        "reason": judged.reason,
        "datasets": datasets,
        "not_read": judged.not_read,
        "reasons_total": judged.reasons_total,
    }


def dataset_of(verdict: Verdict) -> dict[str, Any]:
    """What the receipt says of one dataset, before its reasons."""
    whole = {"reason": verdict.reason} if verdict.reason else {}
    counts = {"received": verdict.received, "accepted": verdict.accepted, "held": verdict.held}
    return {"outcome": verdict.outcome, **counts, **whole, "reasons": []}


def line_of(reason: Reason) -> dict[str, Any]:
    """What the receipt says of one reason."""
    return {
        "row": reason.row,
        "cell": reason.cell,
        "column": reason.column_name,
        "rule": reason.rule,
        "severity": reason.severity,
        "text": reason.text,
    }
