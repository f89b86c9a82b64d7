"""People: the check of an ID number, and the pseudonym that takes its place."""

import hashlib
import hmac
import uuid
from datetime import date

import pytest

from rollcall.parse.identity import born_on, check_character, person_key

KEY = b"k" * 32
LAST_DAY = date(2023, 7, 31)


@pytest.mark.parametrize(("number", "character"), [("11010519491231002", "X"), ("44052418800101001", "4")])
def test_agrees_with_the_examples_of_the_standard(number: str, character: str) -> None:
    """Source: GB 11643-1999, annex A."""
    assert check_character(number) == character


def test_takes_a_number_with_the_right_check_character() -> None:
    assert born_on("11010519491231002X", LAST_DAY) == date(1949, 12, 31)


@pytest.mark.parametrize(
    "number",
    ["110105194912310021", "11010519491231002x", "1101051949123100", "440524188001010014", "", "11010519491231002XX"],
)
def test_finds_a_wrong_number(number: str) -> None:
    assert born_on(number, LAST_DAY) is None


@pytest.mark.parametrize("birth", ["20230230", "20230801", "18991231", "20231301"])
def test_finds_an_impossible_birth_date(birth: str) -> None:
    first = "110105" + birth + "002"
    assert born_on(first + check_character(first), LAST_DAY) is None


def test_finds_any_single_wrong_digit_and_any_swap_of_neighbours() -> None:
    good = "11010519491231002X"
    for place in range(17):
        other = good[:place] + str((int(good[place]) + 1) % 10) + good[place + 1 :]
        assert born_on(other, LAST_DAY) is None
        if place < 16 and good[place] != good[place + 1]:
            swapped = good[:place] + good[place + 1] + good[place] + good[place + 2 :]
            assert born_on(swapped, LAST_DAY) is None


def test_names_a_person_by_the_id_number_and_else_by_the_registration() -> None:
    def expected(text: str) -> str:
        return str(uuid.UUID(bytes=hmac.new(KEY, text.encode(), hashlib.sha256).digest()[:16]))

    assert person_key(KEY, "11010519491231002X", 7, "V1") == expected("id:11010519491231002X")
    assert person_key(KEY, None, 7, "V1") == expected("registration:7:V1")
    assert person_key(KEY, None, 7, None) is None
