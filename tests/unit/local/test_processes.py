"""Processes are found again by id and start time, and only ours are ended."""

import json
import os
import sys
import time

import psutil
import pytest

from rollcall.local import processes

SLEEP = [sys.executable, "-c", "import time; print('hello', flush=True); time.sleep(60)"]
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); print('child', flush=True); time.sleep(60)"])
print("ready", flush=True)
time.sleep(60)
"""  # noqa: E501


@pytest.fixture(autouse=True)
def stopped(state):
    """Whatever a test started is ended, by id."""
    yield
    processes.stop([note.stem for note in (state / "run").glob("*.json")], seconds=0.1)


def wait_for_line(name, word):
    for _ in range(500):
        if word in processes.tail(name):
            return
        time.sleep(0.02)
    raise AssertionError(processes.tail(name))


def test_starts_in_a_session_of_its_own_with_its_output_in_a_log(state):
    process = processes.start("one", SLEEP, os.environ)
    assert os.getsid(process.pid) == process.pid, "Ctrl-C in our terminal must not reach it"
    wait_for_line("one", "hello")


def test_what_runs_already_is_left_alone(state):
    assert processes.start("one", SLEEP, os.environ) == processes.start("one", SLEEP, os.environ)


def test_gets_the_environment_it_was_given_and_no_more(state):
    show = [sys.executable, "-c", "import os; print(sorted(name for name in os.environ if name != 'LC_CTYPE'))"]
    processes.start("one", show, {"ONLY": "this"})
    wait_for_line("one", "['ONLY']")


def test_an_ended_process_is_not_found_also_as_a_zombie(state):
    process = processes.start("one", SLEEP, os.environ)
    process.kill()
    for _ in range(500):
        if process.status() == psutil.STATUS_ZOMBIE:
            break
        time.sleep(0.02)
    assert processes.find("one") is None


def test_another_process_that_got_the_same_id_is_neither_found_nor_ended(state):
    """Ids are used again; ending a stranger is the one thing that must not happen."""
    stranger = processes.start("stranger", SLEEP, os.environ)
    noted = {"pid": stranger.pid, "started": stranger.create_time() - 5}
    (state / "run" / "one.json").write_text(json.dumps(noted))
    assert processes.find("one") is None
    assert processes.stop(["one"]) == []
    assert processes.find("stranger") == stranger


@pytest.mark.parametrize("content", ["", "{", "{}", "[]", '{"pid": "x"}', '{"pid": -1, "started": 0}'])
def test_a_note_that_was_cut_off_is_no_process(state, content):
    """A killed `make up` may leave one; the next must still start."""
    (state / "run").mkdir(parents=True)
    (state / "run" / "one.json").write_text(content)
    assert processes.find("one") is None
    assert processes.stop(["one"]) == []


def test_stopping_ends_children_too_and_those_that_will_not(state):
    process = processes.start("one", [sys.executable, "-c", STUBBORN], os.environ)
    wait_for_line("one", "ready")
    wait_for_line("one", "child")
    family = [process, *process.children()]
    assert len(family) == 2
    assert processes.stop(["none", "one"], seconds=0.2) == ["one"]
    assert not any(member.is_running() and member.status() != psutil.STATUS_ZOMBIE for member in family)
    assert processes.find("one") is None


def test_stopping_what_does_not_run_says_so(state):
    assert processes.stop(["one"]) == []


def test_a_log_that_is_not_there_is_said(state):
    assert "does not exist" in processes.tail("one")
