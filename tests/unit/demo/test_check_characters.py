"""Check characters against published examples, against another implementation, and against typing errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from demo.check_characters import (
    CREDIT_ALPHABET,
    credit_check_character,
    credit_code,
    id_check_character,
    organisation_check_character,
)

CREDIT_BODIES = st.text(CREDIT_ALPHABET, min_size=17, max_size=17)
ID_BODIES = st.text("0123456789", min_size=17, max_size=17)


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_id_numbers_of_the_standard_have_the_check_character_we_compute(number):
    """Source of the examples: GB 11643-1999, annex A."""
    assert id_check_character(number[:17]) == number[17]


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L"])
def test_published_credit_codes_have_the_check_character_we_compute(code):
    assert credit_check_character(code[:17]) == code[17]


def test_the_organisation_code_of_the_standard_has_the_check_character_we_compute():
    """Source of the example: GB 11714-1997."""
    assert organisation_check_character("D2143569") == "X"


@given(ID_BODIES)
def test_id_check_characters_are_those_of_another_implementation(body):
    assert id_check_character(body) == ric.calc_check_digit(body + "0")


@given(CREDIT_BODIES)
def test_credit_check_characters_are_those_of_another_implementation(body):
    assert credit_check_character(body) == uscc.calc_check_digit(body)


@given(CREDIT_BODIES, st.integers(0, 16), st.sampled_from(CREDIT_ALPHABET))
def test_one_wrong_character_of_a_credit_code_never_goes_unnoticed(body, position, character):
    wrong = body[:position] + character + body[position + 1 :]
    assert wrong == body or credit_check_character(wrong) != credit_check_character(body)


@given(ID_BODIES, st.integers(0, 16), st.sampled_from("0123456789"))
def test_one_wrong_digit_of_an_id_number_never_goes_unnoticed(body, position, digit):
    wrong = body[:position] + digit + body[position + 1 :]
    assert wrong == body or id_check_character(wrong) != id_check_character(body)


@pytest.mark.parametrize("registered_with", ["11", "91", "N1", "A1", "Y1"])
def test_a_credit_code_has_eighteen_characters_and_both_check_characters(registered_with):
    code = credit_code(registered_with, "629900", "01234001")
    assert len(code) == 18
    assert code.startswith(registered_with + "629900")
    assert code[16] == organisation_check_character(code[8:16])
    assert code[17] == credit_check_character(code[:17])
