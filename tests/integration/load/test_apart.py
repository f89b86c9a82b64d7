"""One office's file never stops another's: what only one value causes holds the file that it stands in."""

import pytest

from rollcall.errors import FilesNotJudged
from rollcall.load import period as loading_period
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
