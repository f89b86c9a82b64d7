"""Tables derived from the layouts: `raw`, one per dataset, and `inbox`, one per batch and dataset."""

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
RAW_LINEAGE = ("_submission_id", "_office_key", "_period", "_sheet", "_row")


def stored(column: Column) -> dict[str, str]:
    """
    What becomes of a column: name to inbox type. Personal columns never leave the reading process.

    An ID number leaves three facts behind: a keyed pseudonym of the person, whether there was a number at all,
    and whether its check character holds (a fact for the rules only).
    """
    if column.name == "id_number":
        return {"person_key": "uuid", "has_id_number": "boolean", "id_number_is_valid": "boolean"}
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
        if name in RAW_LINEAGE or (name not in LINEAGE and name != "id_number_is_valid")
    }


def create_raw(dataset: Dataset) -> str:
    """DDL of one raw table, partitioned by period, keyed by the cell's row."""
    columns = ", ".join(f"{name} {kind}" for name, kind in raw_columns(dataset).items())
    return (
        f"create table if not exists raw.{dataset.name} ({columns}, "
        "primary key (_period, _submission_id, _sheet, _row)) partition by list (_period)"
    )
