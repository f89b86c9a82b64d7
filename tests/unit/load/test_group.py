"""Groups: how much is held at a time, and how texts get into the inbox."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.load.group import Submission, as_array, as_csv, in_groups


def submissions(*sizes):
    return [Submission(n, n, "2023-07", "regular", "f.xlsx", size, f"{n:064x}", True) for n, size in enumerate(sizes)]


@pytest.mark.parametrize(
    ("sizes", "groups"),
    [
        ([], []),
        ([5], [[5]]),
        ([500], [[500]]),
        ([50, 50, 1], [[50, 50], [1]]),
        ([1, 500, 1], [[1], [500], [1]]),
        ([100, 100], [[100], [100]]),
    ],
)
def test_a_group_holds_no_more_than_it_may_but_always_one(sizes, groups):
    """A file over the limit is judged alone, never left out."""
    assert [[member.bytes for member in group] for group in in_groups(submissions(*sizes), 100)] == groups


@given(st.lists(st.integers(0, 300)), st.integers(1, 400))
def test_every_file_is_in_one_group_in_order(sizes, most):
    files = submissions(*sizes)
    assert [member for group in in_groups(files, most) for member in group] == files


@given(st.lists(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))))
def test_any_text_becomes_one_element_of_an_array(texts):
    """Quotes, backslashes, commas and braces are what offices call their sheets."""
    literal = as_array(texts)
    assert literal.startswith("{")
    assert literal.endswith("}")
    unescaped, inside, element = [], False, ""
    characters = iter(literal[1:-1])
    for character in characters:
        if character == "\\" and inside:
            element += next(characters)
        elif character == '"':
            if inside:
                unescaped.append(element)
            inside, element = not inside, ""
        elif inside:
            element += character
        else:
            assert character == ","
    assert unescaped == texts


def test_nothing_and_an_empty_text_stay_apart():
    """COPY reads an empty cell without quotes as null."""
    (block,) = as_csv([(1, None, "a"), (2, "", 'b"c')])
    assert block.decode().splitlines()[0] == "1,,a"
    assert list(csv.reader(io.StringIO(block.decode())))[1] == ["2", "", 'b"c']
