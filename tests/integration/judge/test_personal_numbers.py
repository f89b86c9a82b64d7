"""Numbers of persons that stand where they do not belong are in no reason and in no held row."""

from typing import Any

import pytest

from tests.files import NAME, PHONE, as_json, rows_of
from tests.integration.load.conftest import asked, load, loading, submit  # noqa: F401 - fixtures of loading

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


def test_codes_of_offices_are_no_numbers_of_persons(submit: Any) -> None:  # noqa: F811
    """An office has to see which of its codes is wrong."""
    submit(2, as_json(services=rows_of("services", 1, organiser_code="990199000000", hours=2)), "a.json")
    load()
    ((kept,),), ((told,),) = asked(KEPT), asked(TOLD)
    assert '"organiser_code": "990199000000"' in kept
    assert "“990199000000”" in told
