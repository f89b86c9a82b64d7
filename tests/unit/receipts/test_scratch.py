"""Where marked workbooks lie while they are on their way."""

import pytest

from rollcall.receipts import scratch as keeping
from rollcall.receipts.scratch import scratch


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "STATE", tmp_path)
    return tmp_path


def test_is_for_this_user_alone_and_goes_in_the_end(state):
    with scratch() as folder:
        assert folder.is_relative_to(state)
        assert (folder.stat().st_mode | (state / "receipts").stat().st_mode) & 0o077 == 0
        (folder / "7.xlsx").write_text("甲")
    assert list((state / "receipts").iterdir()) == []


def test_what_a_killed_process_left_goes_when_the_next_one_starts(state):
    left = state / "receipts" / "tmp-of-the-dead"
    left.mkdir(parents=True)
    (left / "7.xlsx").write_text("甲")
    with scratch():
        assert not left.exists()


def test_one_that_still_runs_keeps_its_folder(state):
    with scratch() as first:
        with scratch() as second:
            assert first.exists()
            assert first != second
        assert first.exists()
