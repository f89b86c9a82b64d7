"""What is waited for, and what is said when it does not come."""

import os
import sys

import pytest

from rollcall.local import processes, services
from rollcall.local.services import NotReady, run, wait_until


@pytest.fixture
def said():
    return []


def test_waiting_ends_when_it_is_there(state, monkeypatch, said):
    answers = iter([False, False, True])
    monkeypatch.setattr(services.time, "sleep", lambda _: None)
    processes.start("one", [sys.executable, "-c", "import time; time.sleep(60)"], os.environ)
    wait_until(lambda: next(answers), "one", said.append, "The one")
    processes.stop(["one"], seconds=1)
    assert next(answers, "all were asked for") == "all were asked for"


def test_waiting_ends_when_the_process_does_and_quotes_its_log(state, said):
    """Half a minute of silence would follow otherwise, and then no reason."""
    processes.start("one", [sys.executable, "-c", "raise SystemExit('no such port')"], os.environ)
    with pytest.raises(NotReady, match="The one did not come up"):
        wait_until(lambda: False, "one", said.append, "The one")
    assert "no such port" in processes.tail("one")


def test_a_command_that_fails_quotes_its_log(state):
    with pytest.raises(NotReady, match="no space left"):
        run([sys.executable, "-c", "raise SystemExit('no space left')"], dict(os.environ), "prepare")


def test_a_command_that_works_says_nothing(state, capfd):
    run([sys.executable, "-c", "print('done')"], dict(os.environ), "prepare")
    assert "done" in processes.tail("prepare")
    assert capfd.readouterr() == ("", "")
