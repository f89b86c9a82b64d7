"""What is told again: which bytes change nothing, and which are judged although they came before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import psycopg
from psycopg import sql

SAME = "与已接受的第 {revision} 版内容相同，没有变化。"
OLDER = "已接受更新的第 {revision} 版，本版不再采用。"
OTHER_FILE = "第 {revision} 版已接受另一个文件，本文件没有采用；如要更正，请用新的版次报送。"

# One line per dataset of the batch that could be read, and whose slice was told before or is told twice at once.
TOLD = """
with told as (
    select d.submission_id, d.dataset, d.rows, sent.office_key, sent.period, sent.revision, sent.sha256, sent.kind
    from inbox.{datasets} as d
    join ledger.submissions as sent using (submission_id)
    where d.trouble is null and d.unchanged is null
)
select
    told.submission_id, told.dataset, told.office_key, told.rows, told.revision, told.sha256, told.kind,
    slice.revision, counted.sha256, counted.kind, verdict.held, judged.rules_sha256
from told
left join ledger.slices as slice using (period, office_key, dataset)
left join ledger.submissions as counted on slice.submission_id = counted.submission_id
left join ledger.verdicts as verdict on slice.submission_id = verdict.submission_id and verdict.dataset = told.dataset
left join ledger.judgements as judged on slice.submission_id = judged.submission_id
where slice.submission_id is not null or (told.office_key, told.dataset) in (
    select office_key, dataset from told group by office_key, dataset having count(*) > 1
)
order by told.office_key, told.dataset, told.revision, told.submission_id
"""

HELD = """
select submission_id, dataset, count(distinct (sheet, row)) from inbox.{broken}
where severity = 'critical' group by submission_id, dataset
"""

MARKS = "unnest(%(ids)s::bigint[], %(datasets)s::text[], %(reasons)s::text[]) as m (submission_id, dataset, reason)"
MARK = """
update inbox.{datasets} as d set unchanged = m.reason from {marks}
where d.submission_id = m.submission_id and d.dataset = m.dataset
"""
TAKE_OUT = """
delete from inbox.{told} as d using {marks} where d.submission_id = m.submission_id and d.dataset = m.dataset
"""


@dataclass(frozen=True)
class Version:
    """What one file says of a slice. `held` rows were found in it by the rules of `rules_sha256`."""

    revision: int
    sha256: str
    kind: str
    rules_sha256: str | None
    held: int = 0


@dataclass(frozen=True)
class Telling:
    """One dataset of one file of the batch, and what counts for its slice so far."""

    submission_id: int
    dataset: str
    office_key: int
    rows: int
    sent: Version
    accepted: Version | None


def why_unchanged(sent: Version, accepted: Version) -> str | None:
    """Why *sent* changes nothing beside what is *accepted*; None where it is to be judged."""
    is_same = sent.sha256 == accepted.sha256
    if sent.revision < accepted.revision:
        return (SAME if is_same else OLDER).format(revision=accepted.revision)
    if is_same:
        is_as_before = (sent.kind, sent.rules_sha256) == (accepted.kind, accepted.rules_sha256)
        return None if accepted.held and not is_as_before else SAME.format(revision=accepted.revision)
    return OTHER_FILE.format(revision=accepted.revision) if sent.revision == accepted.revision else None


def set_aside_unchanged(
    connection: psycopg.Connection, batch_id: int, tables: Mapping[str, str], rules_sha256: str
) -> None:
    """Take out, before anything is judged, what changes nothing whatever becomes of the rest of the batch."""
    marked = []
    for slice_ in by_slice(tellings(connection, batch_id, rules_sha256)):
        for place, telling in enumerate(slice_):
            why = telling.accepted and why_unchanged(telling.sent, telling.accepted)
            # bytes that count already may be a step back from those that are judged before them
            if telling.accepted and why and (place == 0 or telling.sent.revision < telling.accepted.revision):
                marked.append((telling.submission_id, telling.dataset, why))
    set_aside(connection, batch_id, tables, marked)


def set_aside_told_twice(
    connection: psycopg.Connection, batch_id: int, tables: Mapping[str, str], rules_sha256: str
) -> None:
    """
    Of files that tell of one slice and are judged at once, take out those that change nothing after those before them.

    As if they had come one after another, in order of revision; what is turned away is not there for the next.
    """
    held = held_of(connection, batch_id)
    marked = []
    for slice_ in by_slice(tellings(connection, batch_id, rules_sha256)):
        accepted = slice_[0].accepted
        for telling in slice_:
            broken = held.get((telling.submission_id, telling.dataset), 0)
            why = accepted and why_unchanged(telling.sent, accepted)
            if why:
                marked.append((telling.submission_id, telling.dataset, why))
            elif not telling.rows or broken < telling.rows:
                accepted = Version(
                    telling.sent.revision, telling.sent.sha256, telling.sent.kind, telling.sent.rules_sha256, broken
                )
    set_aside(connection, batch_id, tables, marked)


def by_slice(told: Iterable[Telling]) -> Iterator[list[Telling]]:
    """The tellings of each slice, in order of revision."""
    for _, slice_ in groupby(told, key=lambda telling: (telling.office_key, telling.dataset)):
        yield list(slice_)


def tellings(connection: psycopg.Connection, batch_id: int, rules_sha256: str) -> list[Telling]:
    query = sql.SQL(TOLD).format(datasets=sql.Identifier(f"b{batch_id}_datasets"))
    told = []
    for line in connection.execute(query).fetchall():
        submission_id, dataset, office_key, rows, revision, sha256, kind = line[:7]
        counts, counted_sha256, counted_kind, counted_held, counted_rules = line[7:]
        sent = Version(revision, sha256, kind, rules_sha256)
        accepted = None
        if counts is not None:
            accepted = Version(counts, counted_sha256, counted_kind, counted_rules, counted_held)
        told.append(Telling(submission_id, dataset, office_key, rows, sent, accepted))
    return told


def held_of(connection: psycopg.Connection, batch_id: int) -> dict[tuple[int, str], int]:
    query = sql.SQL(HELD).format(broken=sql.Identifier(f"b{batch_id}_broken"))
    return {(submission, dataset): rows for submission, dataset, rows in connection.execute(query).fetchall()}


def set_aside(
    connection: psycopg.Connection, batch_id: int, tables: Mapping[str, str], marked: Sequence[tuple[int, str, str]]
) -> None:
    """Mark datasets as unchanged, with the reason, and take their rows, cells and broken rules out of the inbox."""
    if not marked:
        return
    ids, names, reasons = (list(column) for column in zip(*marked, strict=True))
    asked = {"ids": ids, "datasets": names, "reasons": reasons}
    inbox = {kind: sql.Identifier(f"b{batch_id}_{kind}") for kind in ("datasets", "cells", "broken")}
    connection.execute(sql.SQL(MARK).format(**inbox, marks=sql.SQL(MARKS)), asked)
    for dataset, table in tables.items():
        told = [submission for submission, name, _ in marked if name == dataset]
        query = sql.SQL("delete from inbox.{} where _submission_id = any(%s)").format(sql.Identifier(table))
        connection.execute(query, [told])
    for kind in ("cells", "broken"):
        if connection.execute("select to_regclass('inbox.' || %s)", [f"b{batch_id}_{kind}"]).fetchone() != (None,):
            connection.execute(sql.SQL(TAKE_OUT).format(told=inbox[kind], marks=sql.SQL(MARKS)), asked)
