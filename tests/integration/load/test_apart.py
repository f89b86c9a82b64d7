"""One office's file never stops another's: what only one value causes holds the file that it stands in."""

import pytest

from rollcall.errors import FilesNotJudged, RuleNotRun
from rollcall.load import period as loading_period
from rollcall.load.apart import MOST_CULPRITS, judge_apart
from rollcall.parse.readings import Reading
from rollcall.warehouse.connection import connect, prepare
from tests.files import as_csv, rows_of
from tests.integration.load.conftest import PERIOD, asked, balance, load

# A rule's function that cannot take one code, as none should be; the others are judged as ever.
CRASHES_OVER_ONE = """
create or replace function ledger.credit_code_is_valid(code text) returns boolean language plpgsql immutable strict
as $$ begin if code = '91110000600037341X' then raise 'value out of range: %', code; end if; return true; end $$
"""


def outcomes():
    return dict(asked("select submission_id, outcome from ledger.judgements"))


def test_a_rule_that_crashes_over_one_value_holds_its_file_until_it_is_mended(submit):
    """All others are judged; the file waits, is named without its value, and is taken up by the next load."""
    good = [submit(key, as_csv("units", rows_of("units", 2))) for key in (2, 3, 5, 6)]
    bad = submit(4, as_csv("units", rows_of("units", 1, credit_code="91110000600037341X")))
    with connect() as connection:
        connection.execute(CRASHES_OVER_ONE)
    load()
    balance()
    assert outcomes() == dict.fromkeys(good, "accepted")
    with pytest.raises(FilesNotJudged, match=f"1 files .*submission {bad}: RuleNotRun: units, credit_code_is_valid$"):
        loading_period.require_all_judged(PERIOD)
    prepare()
    load()
    assert outcomes()[bad] == "turned_away"
    loading_period.require_all_judged(PERIOD)


def readings(count):
    return [Reading(number, None, [], {}) for number in range(count)]


def judging(fails_over):
    """A judge of small numbers, and what it was asked to take at once."""
    asked_for = []

    def judge(some):
        numbers = [reading.submission_id for reading in some]
        asked_for.append(numbers)
        if fails_over & set(numbers):
            raise RuleNotRun(f"units, a_rule: {numbers}")
        return numbers

    return judge, asked_for


@pytest.mark.parametrize("fails_over", [set(), {0}, {7}, {3, 4}, {1, 2, 5, 6, 9}])
def test_every_file_but_the_culprits_is_judged_once_in_order(fails_over):
    judge, _ = judging(fails_over)
    done, culprits = judge_apart(judge, readings(10))
    assert [number for some in done for number in some] == sorted(set(range(10)) - fails_over)
    assert culprits == dict.fromkeys(fails_over, "RuleNotRun: units, a_rule")


def test_nothing_is_halved_that_can_be_judged_at_once():
    judge, asked_for = judging(set())
    assert judge_apart(judge, readings(1500))[1] == {}
    assert len(asked_for) == 1


@pytest.mark.parametrize("count", [1, 2, 1500])
def test_what_every_file_fails_over_is_no_files_doing(count):
    """A rule that is wrong, or a warehouse: said after a few tries, and nobody is told that he was wrong."""
    judge, asked_for = judging(set(range(count)))
    with pytest.raises(RuleNotRun):
        judge_apart(judge, readings(count))
    assert len(asked_for) < 12 + 3 * MOST_CULPRITS
