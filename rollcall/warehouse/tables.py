"""Tables derived from the layouts: `raw`, one per dataset, and `inbox`, one per batch and dataset."""

from psycopg import sql

from rollcall.datasets import Column, Dataset

# Large numbers stop at what is read (15 digits), so none of these can overflow.
SQL_TYPES = {
    "text": "text",
    "code": "text",
    "integer": "bigint",
    "number": "numeric",
    "money": "numeric",
    "date": "date",
    "datetime": "timestamptz",
    "bool": "boolean",
}
RAW_TYPES = SQL_TYPES | {"money": "numeric(18, 2)"}

# Which submission, which cell, and what the rules need to know of it.
LINEAGE = {
    "_submission_id": "bigint not null",
    "_office_key": "integer not null",
    "_office_code": "text not null",
    "_period": "text not null",
    "_first_day": "date not null",
    "_last_day": "date not null",
    "_kind": "text not null",
    "_sheet": "text not null",
    "_row": "integer not null",
    "_unreadable": "integer not null",
}
# Facts of a person that only the rules need: they go when a row is judged, and stand in no held row either.
FOR_THE_RULES_ONLY = ("id_number_is_valid", "id_born_on")
RAW_LINEAGE = ("_submission_id", "_office_key", "_period", "_sheet", "_row")

# The day by whose month a record is known, beside its number: numbers may begin again each month. The keys of
# registrations and services name the day itself; claims and reviews are of no month.
OWN_DAYS = {
    "events": "(started_at at time zone 'Asia/Shanghai')::date",
    "needs": "raised_on",
    "funding": "booked_on",
    "inspections": "inspected_on",
    "role_models": "selected_on",
    "points": "booked_on",
}

# A record counts as it was last told. Rows of any revision of a slice to build are asked, so that a record that is gone
# is found too; of the other slices, the rows that count. An office and its heirs tell of one another's records.
TELL_AGAIN = """
    with told as materialized (
        select distinct others._office_key, others._period, others._submission_id
        from ledger.slices_to_build as touched
        inner join {raw} as said on touched.period = said._period and touched.office_key = said._office_key
        inner join ledger.related_offices as related on said._office_key = related.office_key
        inner join {raw} as others
            on related.related_key = others._office_key
            and {same}
            and (said._period, said._office_key) <> (others._period, others._office_key)
        where touched.dataset = {name}
    )
    insert into ledger.slices_to_build (office_key, period, dataset, submission_id)
    select slices.office_key, slices.period, slices.dataset, slices.submission_id
    from told
    inner join ledger.slices as slices
        on told._period = slices.period
        and told._office_key = slices.office_key
        and told._submission_id = slices.submission_id
    where slices.dataset = {name}
    on conflict do nothing
"""


def stored(column: Column) -> dict[str, str]:
    """
    What becomes of a column: name to inbox type. Personal columns never leave the reading process.

    An ID number leaves four facts behind: a keyed pseudonym of the person, whether there was a number at all, and for
    the rules only whether its check character holds, and the date of birth in it (of a number that holds).
    """
    if column.name == "id_number":
        return {
            "person_key": "uuid",
            "has_id_number": "boolean",
            "id_number_is_valid": "boolean",
            "id_born_on": "date",
        }
    if column.type == "secret":
        return {}
    return {column.name: SQL_TYPES[column.type]}


def inbox_columns(dataset: Dataset) -> dict[str, str]:
    """Name to type, in the order in which parsed rows are written."""
    return LINEAGE | {name: kind for column in dataset.columns for name, kind in stored(column).items()}


def raw_columns(dataset: Dataset) -> dict[str, str]:
    """Name to type of the accepted rows."""
    money = {column.name for column in dataset.columns if column.type == "money"}
    return {
        name: RAW_TYPES["money"] if name in money else kind
        for name, kind in inbox_columns(dataset).items()
        if name in RAW_LINEAGE or (name not in LINEAGE and name not in FOR_THE_RULES_ONLY)
    }


def create_raw(dataset: Dataset) -> str:
    """DDL of one raw table, partitioned by period, keyed by the cell's row; of records, what finds the same record."""
    columns = ", ".join(f"{name} {kind}" for name, kind in raw_columns(dataset).items())
    table = (
        f"create table if not exists raw.{dataset.name} ({columns}, "
        "primary key (_period, _submission_id, _sheet, _row)) partition by list (_period)"
    )
    if dataset.mode != "records":
        return table
    month = month_of_record(dataset)
    found_by = ", ".join(("_office_key", *stable_keys(dataset), *([f"({month})"] if month else [])))
    index = f"{dataset.name}_by_record_of_month" if month else f"{dataset.name}_by_record"
    return f"{table}; create index if not exists {index} on raw.{dataset.name} ({found_by})"


def month_of_record(dataset: Dataset, row: str = "") -> str | None:
    """SQL of the first day of the month by which a record is known, of columns of *row*; the models write the same."""
    if dataset.name not in OWN_DAYS:
        return None
    day = OWN_DAYS[dataset.name]
    named = day.replace("(started_at", f"({row}.started_at") if "started_at" in day else f"{row}.{day}"
    return f"(date_trunc('month', ({named if row else day})::timestamp)::date)"


def stable_keys(dataset: Dataset) -> tuple[str, ...]:
    """What a record bears in every report of it: never empty, and no office's code, for that may change."""
    return tuple(
        column.name
        for column in dataset.columns
        if column.key and column.required and not column.name.endswith("_code")
    )


def add_slices_that_tell_again(dataset: Dataset) -> sql.Composed:
    """SQL that adds to the slices to build those that tell of the same records: of the same office, or its heirs."""
    same = [sql.SQL("said.{key} = others.{key}").format(key=sql.Identifier(key)) for key in stable_keys(dataset)]
    if dataset.name in OWN_DAYS:
        months = (month_of_record(dataset, row) for row in ("said", "others"))
        same.append(sql.SQL(" = ").join(sql.SQL(month or "") for month in months))
    return sql.SQL(TELL_AGAIN).format(
        name=sql.Literal(dataset.name),
        raw=sql.Identifier("raw", dataset.name),
        same=sql.SQL(" and ").join(same),
    )
