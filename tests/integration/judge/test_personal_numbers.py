"""Names and numbers of persons that stand where they do not belong are in no reason, receipt or held row."""

from typing import Any

import pytest

from rollcall.datasets import datasets
from rollcall.parse.quoting import is_about_persons
from rollcall.warehouse.connection import connect
from tests.files import NAME, PHONE, as_csv, as_json, as_xlsx, rows_of
from tests.integration.load.conftest import asked, load, loading, submit  # noqa: F401 - fixtures of loading
from tests.reference import fill_lists

ID_NUMBER = "62910119900101123X"
KEPT = "select coalesce(string_agg(payload::text, ' '), '') from quarantine.rows"
TOLD = "select coalesce(string_agg(reason, ' '), '') from quarantine.reasons"


@pytest.mark.parametrize(
    ("dataset", "changes", "hidden"),
    [
        ("services", {"volunteer_no": ID_NUMBER}, ID_NUMBER),
        ("points", {"holder_no": ID_NUMBER.lower()}, ID_NUMBER.lower()),
        ("role_models", {"model_no": ID_NUMBER}, ID_NUMBER),
        ("role_models", {"model_kind": PHONE}, PHONE),
        ("role_models", {"name": NAME, "selected_on": "2023-06-30"}, NAME),
        # Digits of a number that happen to have the form: the rest is still JSON.
        ("services", {"hours": "2.629101199001011234"}, "629101199001011234"),
        ("funding", {"amount_yuan": "12.629101199001011234"}, "629101199001011234"),
    ],
)
def test_are_hidden_wherever_they_stand(submit: Any, dataset: str, changes: dict[str, Any], hidden: str) -> None:  # noqa: F811
    """The row is held with its reason, and everything else of it is there."""
    submit(2, as_json(**{dataset: [*rows_of(dataset, 1), *rows_of(dataset, 1, first=2, **changes)]}), "a.json")
    load()
    ((kept,),), ((told,),) = asked(KEPT), asked(TOLD)
    assert kept
    assert told
    assert hidden not in kept + told
    ((accepted, held),) = asked("select accepted, held from ledger.verdicts")
    assert (accepted, held) == (1, 1)


PERSONS = [name for name, dataset in datasets().items() if is_about_persons(dataset)]
PERSONAL = {
    "name": "司马示例",
    "phone": "10012345678",
    "spaced": "100 1234 5678",
    "id": ID_NUMBER,
    "dashed": "629101-19900101-123X",
}
WRITE = {
    "csv": as_csv,
    "json": lambda name, rows: as_json(**{name: rows}),
    "xlsx": lambda name, rows: as_xlsx(**{name: rows}),
}


def test_knows_the_datasets_that_speak_of_persons() -> None:
    assert PERSONS == ["registrations", "services", "role_models", "points"]


@pytest.mark.parametrize("form", WRITE)
@pytest.mark.parametrize("dataset", PERSONS)
def test_are_quoted_nowhere_in_whatever_column_they_stand(submit: Any, dataset: str, form: str) -> None:  # noqa: F811
    """Each of them in each column of a row of its own, and in a column nobody knows; all else of the rows is there."""
    columns = [column for column in datasets()[dataset].columns if column.type != "secret"]
    wrong = [(column.name, text) for column in columns for text in PERSONAL.values()]
    rows = [{**row, name: text} for row, (name, text) in zip(rows_of(dataset, len(wrong)), wrong, strict=True)]
    submit(2, WRITE[form](dataset, [*rows_of(dataset, 1, first=900), *rows]), f"{dataset}.{form}")
    load()
    ((kept,),), ((told,),) = asked(KEPT), asked(TOLD)
    ((held,),) = asked("select held from ledger.verdicts")
    assert held
    for text in PERSONAL.values():
        assert text not in kept + told
    assert "示例" not in told
    assert "2023-07-09" in kept


@pytest.mark.parametrize("dataset", PERSONS)
def test_are_quoted_in_no_header_that_nobody_knows(submit: Any, dataset: str) -> None:  # noqa: F811
    """As when somebody's row became the headers' neighbour; a usual one is named."""
    header, *lines = as_csv(dataset, rows_of(dataset, 2)).decode().splitlines()
    submit(2, "\n".join([f"{header},司马示例,备注", *(f"{line},," for line in lines)]).encode(), f"{dataset}.csv")
    load()
    ((not_read,),) = asked("select not_read from ledger.judgements")
    width = len(datasets()[dataset].columns)
    assert [f"（{chr(65 + width)} 列" in not_read[0], "“备注”" in not_read[1]] == [True, True]
    assert "示例" not in "".join(not_read)


@pytest.mark.parametrize("dataset", [name for name in datasets() if name not in PERSONS])
def test_phones_and_id_numbers_are_hidden_in_every_dataset(submit: Any, dataset: str) -> None:  # noqa: F811
    with connect(autocommit=True) as connection:
        fill_lists(connection)
    texts = [text for name, text in PERSONAL.items() if name != "name"]
    wrong = [(c.name, text) for c in datasets()[dataset].columns for text in texts if c.type != "money"]
    rows = [{**row, name: text} for row, (name, text) in zip(rows_of(dataset, len(wrong)), wrong, strict=True)]
    submit(2, as_json(**{dataset: rows}), "a.json")
    load()
    ((kept,),), ((told,),) = asked(KEPT), asked(TOLD)
    for text in texts:
        assert text not in kept + told


def test_codes_of_offices_are_no_numbers_of_persons(submit: Any) -> None:  # noqa: F811
    """An office has to see which of its codes is wrong."""
    submit(2, as_json(services=rows_of("services", 1, organiser_code="990199000000", hours=2)), "a.json")
    load()
    ((kept,),), ((told,),) = asked(KEPT), asked(TOLD)
    assert '"organiser_code": "990199000000"' in kept
    assert "“990199000000”" in told
