"""From what a build proposes to what readers see: one transaction over all marts, of just the rows that differ."""

from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from psycopg import sql

from rollcall.build.dbt import Run
from rollcall.build.migrate import bring_to_contract
from rollcall.errors import BuildFailed
from rollcall.warehouse.connection import connect

MUCH = 10_000  # rows written, after which the planner is told; autovacuum comes too late for the next build

REMOVE = """
delete from {shown} as shown
where {in_scope}
    and not exists (select from {candidate} as found where {same_key})
"""

CHANGE = """
update {shown} as shown
set ({values}) = row({found_values})
from {candidate} as found
where {same_key} and ({shown_values}) is distinct from ({found_values})
"""

ADD = """
insert into {shown} ({columns})
select {columns} from {candidate} as found
where not exists (select from {shown} as shown where {same_key})
"""

MARK_BUILT = """
update ledger.slices set built_submission_id = fixed.submission_id
from ledger.slices_to_build as fixed
where (slices.period, slices.office_key, slices.dataset) = (fixed.period, fixed.office_key, fixed.dataset)
    and slices.built_submission_id is distinct from fixed.submission_id
"""

NOTE = """
insert into marts.builds (build_no, known_at, is_full, slices, published_at)
select %(build_no)s, max(judgements.judged_at), %(is_full)s, %(slices)s, now()
from ledger.slices_to_build as fixed
inner join ledger.judgements on fixed.submission_id = judgements.submission_id
"""


@dataclass(frozen=True)
class Published:
    """One relation that a build proposes anew: its name, and the columns of its scope (none: everything)."""

    schema: str
    name: str
    scope_by: tuple[str, ...]


def clear_workshop(connection: psycopg.Connection) -> None:
    """Drop what is only for building, to be made anew under the new contracts. Readers are in other schemas."""
    connection.execute("drop schema if exists next, candidate cascade; create schema candidate; create schema next")


def published_by(run: Run) -> list[Published]:
    """What the models with the materialization `published` are, in the order in which they were built."""
    return [
        Published(result.node.schema, result.node.alias, tuple(result.node.config.get("scope_by") or ()))
        for result in run.results
        if result.node.resource_type == "model" and result.node.config.materialized == "published"
    ]


def publish(run: Run, build_no: int, definitions: str, is_full: bool, slices: int, is_large: bool = False) -> int:
    """
    Show readers what the build proposes, all of it or nothing. Returns the number of rows written in the marts.

    Raises BuildFailed where another build has taken the place of this one, or where a new contract cannot be brought
    about: a reader holds a table, a view of somebody else's hangs on a column that goes.
    """
    relations = published_by(run)
    written: dict[Published, int] = {}
    try:
        with connect() as connection:
            connection.execute("set local lock_timeout = '10s'")
            if is_large:  # as dbt does it: seen, 74 s of a loop over the slices of a month where hashing takes 0.1 s
                connection.execute("set local enable_nestloop = off")
            connection.execute("select ledger.hold_build_number(%s)", [build_no])
            for relation in relations:
                if is_full:
                    bring_to_contract(connection, relation.schema, relation.name)
                written[relation] = publish_one(connection, relation, build_no, is_full)
            publish_definitions(connection)
            connection.execute(MARK_BUILT)
            if slices or any(written.values()):
                connection.execute(NOTE, {"build_no": build_no, "is_full": is_full, "slices": slices})
            connection.execute(
                "insert into ops.dbt_builds (invocation_id, definitions_sha256, slices, seconds, finished_at)"
                " values (%s, %s, %s, %s, %s)",
                [run.invocation_id, definitions, slices, round(run.seconds, 3), datetime.now(UTC)],
            )
            connection.execute("delete from ledger.slices_to_build")
            connection.execute("delete from ledger.offices_to_build")
    except psycopg.Error as error:
        raise BuildFailed(
            f"build {build_no} was built and tested but not published, readers see what they saw before: "
            f"{str(error).strip()}"
        ) from error
    with connect(autocommit=True) as connection:
        for relation in [relation for relation, rows in written.items() if is_full or rows > MUCH]:
            connection.execute(sql.SQL("analyze {}").format(sql.Identifier(relation.schema, relation.name)))
    return sum(written.values())


def publish_one(connection: psycopg.Connection, relation: Published, build_no: int, is_full: bool) -> int:
    """Bring one mart to what is proposed of it. Returns the rows written."""
    columns, key = columns_of(connection, relation), key_of(connection, relation)
    values = [column for column in columns if column not in key]
    parts = {
        "shown": sql.Identifier(relation.schema, relation.name),
        "candidate": sql.Identifier("candidate", relation.name),
        "columns": listed(columns),
        "values": listed(values),
        "shown_values": listed(values, "shown"),
        "found_values": listed(values, "found"),
        "same_key": same("shown", "found", key),
        "in_scope": in_scope(relation, is_full),
    }
    statements = [REMOVE, *([CHANGE] if values else []), ADD]
    counts = [connection.execute(sql.SQL(statement).format(**parts)).rowcount for statement in statements]
    removed, changed, added = counts[0], counts[1] if values else 0, counts[-1]
    if removed + changed + added:
        connection.execute(
            "insert into ledger.publications (build_no, relation, removed, changed, added) values (%s, %s, %s, %s, %s)",
            [build_no, f"{relation.schema}.{relation.name}", removed, changed, added],
        )
    return removed + changed + added


def publish_definitions(connection: psycopg.Connection) -> None:
    """Make the views and functions of readers that are proposed otherwise than they were last made."""
    differing = connection.execute(
        "select relation, proposed from ledger.reader_definitions where published is distinct from proposed"
        " order by relation"
    ).fetchall()
    for relation, statements in differing:
        connection.execute(statements)
        connection.execute("update ledger.reader_definitions set published = proposed where relation = %s", [relation])


def columns_of(connection: psycopg.Connection, relation: Published) -> list[str]:
    rows = connection.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
        " order by attnum",
        [f"candidate.{relation.name}"],
    )
    return [name for (name,) in rows]


def key_of(connection: psycopg.Connection, relation: Published) -> list[str]:
    """The columns of the primary key; every contract has one."""
    rows = connection.execute(
        "select attname from pg_index join pg_attribute on attrelid = indrelid and attnum = any(indkey)"
        " where indrelid = %s::regclass and indisprimary order by attnum",
        [f"candidate.{relation.name}"],
    )
    return [name for (name,) in rows]


def listed(columns: list[str], table: str | None = None) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(table, column) if table else sql.Identifier(column) for column in columns)


def same(left: str, right: str, columns: list[str]) -> sql.Composed:
    return sql.SQL(" and ").join(
        sql.SQL("{} = {}").format(sql.Identifier(left, column), sql.Identifier(right, column)) for column in columns
    )


def in_scope(relation: Published, is_full: bool) -> sql.Composable:
    """Whether a row that readers see is of what the build computed anew."""
    if is_full or not relation.scope_by:
        return sql.SQL("true")
    return sql.SQL("exists (select from {} as scope where {})").format(
        sql.Identifier("candidate", f"{relation.name}__scope"), same("shown", "scope", list(relation.scope_by))
    )
