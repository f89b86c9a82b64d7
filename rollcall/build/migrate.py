"""A mart whose contract has changed is brought to it as it stands: what hangs on it (grants, views, policies) stays."""

import psycopg
from psycopg import sql

COLUMNS = """
select attname, format_type(atttypid, atttypmod), attnotnull
from pg_attribute
where attrelid = %s::regclass and attnum > 0 and not attisdropped
order by attnum
"""

COMMENTS = """
select attname, col_description(attrelid, attnum) as comment
from pg_attribute
where attrelid = %s::regclass and attnum > 0 and not attisdropped and col_description(attrelid, attnum) is not null
"""

PRIMARY_KEY = """
select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = %s::regclass and contype = 'p'
"""


def bring_to_contract(connection: psycopg.Connection, schema: str, name: str) -> None:
    """
    Alter a mart where its columns or its key are not those of its candidate, which was made under the contract.

    In the caller's transaction, before its rows are written: a mart whose key or not-null columns change is emptied,
    for its rows come whole with a full refresh. Raises psycopg.Error, naming them, where views of others hang on a
    column that goes or changes its type.
    """
    shown, wanted = f"{schema}.{name}", f"candidate.{name}"
    there = {column: kinds for column, *kinds in connection.execute(COLUMNS, [shown]).fetchall()}
    contract = {column: kinds for column, *kinds in connection.execute(COLUMNS, [wanted]).fetchall()}
    (key_there,) = connection.execute(PRIMARY_KEY, [shown]).fetchall() or [(None, None)]
    (key,) = connection.execute(PRIMARY_KEY, [wanted]).fetchall() or [(None, None)]
    if there == contract and key_there[1] == key[1]:
        return
    table = sql.Identifier(schema, name)
    connection.execute(sql.SQL("delete from {}").format(table))
    changes = []
    if key_there[0] and key_there[1] != key[1]:
        changes.append(sql.SQL("drop constraint {}").format(sql.Identifier(key_there[0])))
    changes += [sql.SQL("drop column {}").format(sql.Identifier(gone)) for gone in there.keys() - contract.keys()]
    for column, (kind, is_not_null) in contract.items():
        named = sql.Identifier(column)
        if column not in there:
            changes.append(sql.SQL("add column {} {}").format(named, sql.SQL(kind)))
        elif there[column][0] != kind:
            changes.append(sql.SQL("alter column {} type {}").format(named, sql.SQL(kind)))
        if is_not_null != (there[column][1] if column in there else False):
            action = sql.SQL("set" if is_not_null else "drop")
            changes.append(sql.SQL("alter column {} {} not null").format(named, action))
    if key_there[1] != key[1]:
        changes.append(sql.SQL("add {}").format(sql.SQL(key[1])))
    connection.execute(sql.SQL("alter table {} {}").format(table, sql.SQL(", ").join(changes)))
    for column, comment in connection.execute(COMMENTS, [wanted]).fetchall():
        named = sql.Identifier(schema, name, column)
        connection.execute(sql.SQL("comment on column {} is {}").format(named, sql.Literal(comment)))
