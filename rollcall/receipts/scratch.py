"""Where marked workbooks lie from being made until they are sent: for no other user, and never left behind."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rollcall.settings import STATE


@contextmanager
def scratch() -> Iterator[Path]:
    """
    A folder of mode 0700, of this process alone; it goes when the process is done with it.

    Workbooks hold names and numbers of people: what a killed process left goes when the next one starts. Which
    process still runs is known by the lock it holds on its folder.
    """
    base = STATE / "receipts"
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(base, wait=True):
        for left in base.iterdir():
            with locked(left, wait=False) as is_ours:
                if is_ours:
                    shutil.rmtree(left)
        folder = Path(tempfile.mkdtemp(dir=base))
        lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        with locked(base, wait=True):
            shutil.rmtree(folder)
        os.close(lock)


@contextmanager
def locked(folder: Path, wait: bool) -> Iterator[bool]:
    """Hold the lock of a folder; without *wait* False where another process holds it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)
