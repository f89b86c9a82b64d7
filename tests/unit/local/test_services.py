"""What is waited for, and what is said when it does not come."""

import os
import sys
import time

import pytest

from rollcall.local import processes, services
from rollcall.local.generated import PORTS, Generated
from rollcall.local.services import NotReady, run, start_offices, wait_until
from rollcall.periods import Period


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


@pytest.fixture
def offices(state, tmp_path, monkeypatch):
    """Starts demo offices that only sleep, for some months; returns their process."""
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "server.py").write_text("import time\ntime.sleep(60)\n")
    for module in (services, processes):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(services, "wait_until", lambda *_: None)
    made = Generated(dict.fromkeys(PORTS, "1") | {"ROLLCALL_OFFICES_TOKEN": "x"})

    def started(*periods):
        start_offices(made, periods, lambda _: None)
        process = processes.find("offices")
        while not process.cmdline():  # for a moment after its start a process has none
            time.sleep(0.01)
        return process

    yield started
    processes.stop(["offices"], seconds=1)


def test_the_demo_offices_have_all_of_its_months_whichever_are_asked_for(offices):
    """What they send in July must not depend on whether May was asked for too."""
    process = offices(Period(2023, 7))
    assert {"--period=2023-05", "--to=2023-07"} < set(process.cmdline())
    assert offices(Period(2023, 5), Period(2023, 6)) == process


def test_the_demo_offices_are_started_anew_for_months_they_do_not_have(offices):
    first = offices(Period(2023, 7))
    later = offices(Period(2023, 7), Period(2023, 8))
    assert later != first
    assert "--to=2023-08" in later.cmdline()
