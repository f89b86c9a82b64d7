"""No advice to an office loses data when it is followed."""

import ast
import json
import re

import pytest

from rollcall.parse.readings import SMALLER, TOO_MANY_ROWS
from rollcall.settings import ROOT

SUITES = sorted(ROOT.glob("expectations/*.json"))
MODULES = sorted(path for part in ("parse", "load", "judge", "collect", "receipts", "template")
                 for path in (ROOT / "rollcall" / part).rglob("*.py"))  # fmt: skip
assert all((SUITES, MODULES)), "a rule over no files passes; has a folder moved?"
# Parts of one dataset, sent one after the other, replace each other; so does a month's report of a single row.
# Of two sheets, members or columns each may hold what the other does not.
LOSES = re.compile(r"拆分|分次|分批|分版|(?<!不要)拆成|(?<!不要)拆开|只保留一|改报到|重新报送这一行|只报这一行")


def texts_of(path) -> list[str]:
    """Every text of a module, or description of a suite."""
    if path.suffix == ".json":
        return [rule["description"] for rule in json.loads(path.read_text())["expectations"]]
    return [
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


@pytest.mark.parametrize("path", [*SUITES, *MODULES], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_text_tells_an_office_to_send_a_dataset_in_parts_or_to_drop_one_of_two(path):
    """Say instead how to put them together, or whom to ask (rollcall.parse.readings.SMALLER)."""
    assert [text for text in texts_of(path) if LOSES.search(text)] == []


def test_what_is_too_large_may_come_by_dataset_and_never_in_parts_of_one():
    assert "把不同的报表分成几个文件，各作一版" in SMALLER
    for text in (SMALLER, TOO_MANY_ROWS):
        assert "同一张报表不要拆成几版报送：后一版会整张替换前一版" in text
