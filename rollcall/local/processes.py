"""Processes of ours: started on their own, found again by id and start time, ended by id and by nothing else."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from rollcall.settings import ROOT, STATE

RUN = STATE / "run"
LOGS = STATE / "logs"


def start(name: str, command: Sequence[str], environment: Mapping[str, str]) -> psutil.Process:
    """Start *command* in a session of its own, its output in `.rollcall/logs`; what runs already is left alone."""
    running = find(name)
    if running is not None:
        return running
    RUN.mkdir(parents=True, exist_ok=True)
    LOGS.mkdir(parents=True, exist_ok=True)
    with (LOGS / f"{name}.log").open("ab") as log:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=dict(environment),
            cwd=ROOT,
            start_new_session=True,
        )
    process = psutil.Process(child.pid)
    (RUN / f"{name}.json").write_text(json.dumps({"pid": child.pid, "started": process.create_time()}))
    return process


def find(name: str) -> psutil.Process | None:
    """The process started under *name*, if it is still that process: ids are used again."""
    try:
        noted = json.loads((RUN / f"{name}.json").read_text())
        process = psutil.Process(noted["pid"])
        alive = process.create_time() == noted["started"] and process.status() != psutil.STATUS_ZOMBIE
    except (FileNotFoundError, psutil.NoSuchProcess, KeyError, TypeError, ValueError):  # no note, or one cut off
        return None
    return process if alive else None


def was_started(name: str) -> bool:
    """Whether a process was started under *name* and not stopped by us, alive or not."""
    return (RUN / f"{name}.json").exists()


def stop(names: Sequence[str], seconds: float = 10) -> list[str]:
    """End processes and their children, all at once and kindly first. Returns the names of those that ran."""
    found = {name: process for name in names if (process := find(name)) is not None}
    family: list[psutil.Process] = []
    for process in found.values():
        with suppress(psutil.NoSuchProcess):
            family += [process, *process.children(recursive=True)]
            process.terminate()
    _, alive = psutil.wait_procs(family, timeout=seconds)
    for survivor in alive:
        with suppress(psutil.NoSuchProcess):
            survivor.kill()
    psutil.wait_procs(alive, timeout=5)
    for name in names:
        (RUN / f"{name}.json").unlink(missing_ok=True)
    return list(found)


def tail(name: str, lines: int = 20) -> str:
    """The last lines of a process's log."""
    path: Path = LOGS / f"{name}.log"
    if not path.exists():
        return f"{path} does not exist"
    return os.linesep.join(path.read_text(errors="replace").splitlines()[-lines:])
