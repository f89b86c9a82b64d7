"""What the ledger keeps of asking: expected slices before, answers and submissions after; whole chunks at once."""

from collections.abc import Sequence
from datetime import datetime

import psycopg

from rollcall.collect.answer import Answer, Known
from rollcall.collect.listing import Listed
from rollcall.datasets import asked_of
from rollcall.offices import Office, called_on
from rollcall.periods import Period


def expect(connection: psycopg.Connection, period: Period, registry: Sequence[Office], due_at: datetime) -> int:
    """
    Note which slices are expected of the offices of *registry* that report, by their level.

    What was expected before stays, with its due date, but of an office that by the registry of now does not stand on
    the period's last day: it was merged, say, and its heir is asked. Returns how many are new.
    """
    standing = [office.office_key for office in registry if office.is_valid_on(period.last_day)]
    connection.execute(
        "delete from ledger.expected_slices where period = %s and not office_key = any(%s)", [str(period), standing]
    )
    offices = called_on(registry, period.last_day)
    asked = [(o.office_key, dataset) for o in offices for dataset in asked_of(o.level, period.last_day)]
    added = connection.execute(
        """
        insert into ledger.expected_slices (office_key, period, dataset, due_at)
        select asked.office_key, %(period)s, asked.dataset, %(due_at)s
        from unnest(%(offices)s::integer[], %(datasets)s::text[]) as asked (office_key, dataset)
        on conflict do nothing
        """,
        {
            "period": str(period),
            "due_at": due_at,
            "offices": [office_key for office_key, _ in asked],
            "datasets": [dataset for _, dataset in asked],
        },
    )
    return added.rowcount


def known_of(connection: psycopg.Connection, period: Period, offices: Sequence[Office]) -> dict[int, Known]:
    """What the ledger knows of each office before it is asked."""
    keys = [office.office_key for office in offices]
    etags: dict[int, str | None] = dict(
        connection.execute(
            "select office_key, etag from ledger.answers where period = %s and office_key = any(%s)",
            [str(period), keys],
        ).fetchall()
    )
    submissions: dict[int, dict[tuple[int, str], str]] = {key: {} for key in keys}
    for key, revision, filename, sha256 in connection.execute(
        "select office_key, revision, filename, sha256 from ledger.submissions"
        " where period = %s and office_key = any(%s)",
        [str(period), keys],
    ):
        submissions[key][revision, filename] = sha256
    return {key: Known(etags.get(key), submissions[key]) for key in keys}


def record(connection: psycopg.Connection, period: Period, answers: Sequence[Answer]) -> None:
    """
    Keep a chunk's answers and what was landed of them, in the caller's transaction.

    An office that said "not modified" keeps the outcome it had; only the time it was asked moves.
    """
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into ledger.submissions (office_key, period, revision, kind, filename, media_type, bytes, sha256,
                                            submitted_at, received_at, is_landed)
            values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            on conflict (period, office_key, revision, filename) do nothing
            """,
            [
                (*submission_row(answer.office, period, listed), received_at, is_landed)
                for answer in answers
                for files, is_landed in ((answer.landed, True), (answer.too_large, False))
                for listed, received_at in files
            ],
        )
        cursor.executemany(
            "update ledger.answers set asked_at = %s where period = %s and office_key = %s",
            [(a.asked_at, str(period), a.office.office_key) for a in answers if a.not_modified],
        )
        cursor.executemany(
            """
            insert into ledger.answers (office_key, period, outcome, detail, etag, asked_at)
            values (%s, %s, %s, %s, %s, %s)
            on conflict (period, office_key) do update
            set outcome = excluded.outcome, detail = excluded.detail, etag = excluded.etag, asked_at = excluded.asked_at
            """,
            [
                (a.office.office_key, str(period), a.outcome, a.detail, a.etag, a.asked_at)
                for a in answers
                if not a.not_modified
            ],
        )


def submission_row(office: Office, period: Period, listed: Listed) -> tuple[object, ...]:
    return (
        office.office_key,
        str(period),
        listed.revision,
        listed.kind,
        listed.filename,
        listed.media_type,
        listed.bytes,
        listed.sha256,
        listed.submitted_at,
    )


def counts_of(connection: psycopg.Connection, period: str) -> dict[str, int]:
    """Of one period: offices that answered, files that have landed, files that nobody has judged yet."""
    row = connection.execute(
        """
        select
            (select count(*) from ledger.answers where period = %(period)s and outcome = 'answered'),
            (select count(*) from ledger.submissions where period = %(period)s),
            (
                select count(*) from ledger.submissions as s
                where s.period = %(period)s and not exists (
                    select from ledger.judgements as j where j.submission_id = s.submission_id
                )
            )
        """,
        {"period": period},
    ).fetchone()
    assert row is not None
    return dict(zip(("offices_answered", "files_landed", "files_to_judge"), row, strict=True))


def waiting(connection: psycopg.Connection) -> list[str]:
    """Periods with files that landed after the last batch of the period began; those that we failed to read aside."""
    rows = connection.execute(
        """
        select distinct s.period
        from ledger.submissions as s
        where not exists (select from ledger.judgements as j where j.submission_id = s.submission_id)
            and not exists (select from ops.unread_files as u where u.submission_id = s.submission_id)
            and not exists (
                select from ledger.batches as b where b.period = s.period and b.started_at > s.received_at
            )
        order by s.period
        """
    ).fetchall()
    return [period for (period,) in rows]
