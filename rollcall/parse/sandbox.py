"""The parent's side of reading: a few child processes, each with one file at a time, each replaced when it dies."""

import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from rollcall.datasets import datasets
from rollcall.errors import RollcallError
from rollcall.parse.readings import SMALLER, DatasetReading, Job, Limits, Reading
from rollcall.settings import ROOT, Settings

__all__ = ["DatasetReading", "Job", "ParserBroken", "Reading", "read_files"]

START_SECONDS = 60
ERROR_NAME = re.compile(r"[A-Za-z_.]{3,60}(?=:|$)")
# Far more than the rows of a file within the other limits can take.
OUTPUT_PER_UNPACKED = 8
# Jobs handed out ahead, so that no child waits while the caller is busy with an answer.
AHEAD_PER_WORKER = 4
SLOW = "读取用时超过 {seconds} 秒，已停止。请删去报表以外的内容。" + SMALLER
DIED = "文件过大或已损坏，读取时超出内存限制。请删去报表以外的内容。" + SMALLER
BUSY = "文件过于复杂，读取时超出计算时间限制。请删去报表以外的内容。" + SMALLER
# Sent by whoever runs this machine, not by anything a file can do.
FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class ParserBroken(RollcallError):
    """Reading processes do not start. Nothing is said of any file; run again."""


class FileTooSlow(Exception):
    """The file took longer than it may."""


class ChildDied(Exception):
    """The child ended without an answer."""


def read_files(jobs: Iterable[Job], out: Path, settings: Settings) -> Iterator[Reading]:
    """
    Read files in child processes; readings come as they are ready, in any order.

    Args:
        jobs: Taken a few at a time, in the caller's thread.
        out: Folder for the rows: `{submission_id}.{dataset}.csv`, and `{submission_id}.cells.csv`.

    Raises:
        ParserBroken: Reading processes do not start. Other files' readings may not have come. An error of ours over
            one file, or a process that ends over it, is that reading's `crash`, and the others go on.
    """
    setup = setup_line(out, settings)
    left = iter(jobs)
    crew: SimpleQueue[Child] = SimpleQueue()
    children = [Child(setup, settings.parse_wall_seconds) for _ in range(max(1, settings.parse_workers))]
    for child in children:
        crew.put(child)
    pool = ThreadPoolExecutor(len(children), thread_name_prefix="parse")
    try:
        at_work: set[Future[Reading]] = set()
        while True:
            room = AHEAD_PER_WORKER * len(children) - len(at_work)
            at_work |= {pool.submit(read_one, crew, job, out) for job in islice(left, room)}
            if not at_work:
                return
            done, at_work = wait(at_work, return_when=FIRST_COMPLETED)
            for reading in done:
                yield reading.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in children:
            child.stop()
        pool.shutdown(wait=True)
        for child in children:
            child.close()


def setup_line(out: Path, settings: Settings) -> bytes:
    """What each child must know. Goes over a pipe: others on the machine can see arguments and environments."""
    limits = Limits(settings.max_bytes, settings.max_unpacked_bytes, settings.max_rows, settings.parse_cpu_seconds)
    setup = {
        "key": settings.pseudonym_key.hex(),
        "out": str(out.resolve()),
        "limits": asdict(limits),
        "memory_bytes": settings.parse_memory_bytes,
        "output_bytes": OUTPUT_PER_UNPACKED * settings.max_unpacked_bytes,
    }
    return json.dumps(setup).encode() + b"\n"


def read_one(crew: "SimpleQueue[Child]", job: Job, out: Path) -> Reading:
    """
    Read one file in whichever child is free. A file that uses up what its child may use is turned away.

    Where the child ended otherwise, by our error or by whoever runs the machine, that is the reading's `crash`.
    """
    child = crew.get()
    crash = trouble = None
    try:
        message = ask(child, job, tries=2)
    except FileTooSlow:
        trouble = SLOW.format(seconds=child.wall_seconds)
    except ChildDied as death:
        if child.ended_by is None or child.ended_by in FROM_OUTSIDE:
            crash = f"the reading process ended ({death}): {child.last_error()}"
        else:
            trouble = BUSY if child.ended_by == signal.SIGXCPU else DIED
    else:
        return Reading.from_message(message)
    finally:
        crew.put(child)
    for name in ("cells", *datasets()):
        (out / f"{job.submission_id}.{name}.csv").unlink(missing_ok=True)
    return Reading(job.submission_id, trouble, [], {}, crash)


def ask(child: "Child", job: Job, tries: int) -> dict[str, Any]:
    """Hand a job to a child. One that somebody else ended gets a second try: the file may have no part in it."""
    try:
        return child.ask(asdict(job))
    except ChildDied:
        if tries > 1 and child.ended_by in FROM_OUTSIDE:
            return ask(child, job, tries - 1)
        raise


class Child:
    """One reading process; started when first asked, and again after it died."""

    def __init__(self, setup: bytes, wall_seconds: float) -> None:
        self.setup, self.wall_seconds = setup, wall_seconds
        self.process: subprocess.Popen[bytes] | None = None
        self.errors: Any = None
        self.is_stopped = False
        self.rest = b""

    @property
    def ended_by(self) -> signal.Signals | None:
        """The signal that ended the process; None where it ended by itself."""
        status = self.process.returncode if self.process else None
        return signal.Signals(-status) if status is not None and status < 0 else None

    def ask(self, job: dict[str, Any]) -> dict[str, Any]:
        """One job, one answer. Raises FileTooSlow or ChildDied; the next job gets a new process."""
        if self.process is None or self.process.poll() is not None:
            self.start()
        return self.exchange(json.dumps(job).encode() + b"\n", self.wall_seconds)

    def start(self) -> None:
        """Start the process with nothing of our environment: no secret, no database."""
        if self.is_stopped:
            raise ParserBroken("reading was stopped")
        self.close()
        self.rest = b""
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rollcall.parse.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env={"PYTHONPATH": str(ROOT), "PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONUTF8": "1"},
            cwd="/",
        )
        try:
            self.exchange(self.setup, START_SECONDS)
        except (ChildDied, FileTooSlow) as death:
            raise ParserBroken(f"the reading process does not start: {self.last_words()}") from death

    def exchange(self, line: bytes, seconds: float) -> dict[str, Any]:
        """Write one line, read one."""
        process = self.process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(line)
            process.stdin.flush()
        except BrokenPipeError as error:
            process.wait()
            raise ChildDied(f"status {process.returncode}") from error
        stop_at = time.monotonic() + seconds
        ready = select.poll()
        ready.register(process.stdout, select.POLLIN)
        while b"\n" not in self.rest:
            left = stop_at - time.monotonic()
            if left <= 0 or not ready.poll(left * 1000):
                process.kill()
                process.wait()
                raise FileTooSlow
            block = os.read(process.stdout.fileno(), 1 << 20)
            if not block:
                process.wait()
                raise ChildDied(f"status {process.returncode}")
            self.rest += block
        first, _, self.rest = self.rest.partition(b"\n")
        try:
            answer: dict[str, Any] = json.loads(first)
        except ValueError as error:
            process.kill()
            process.wait()
            raise ChildDied("an answer that is no JSON") from error
        return answer

    def last_words(self) -> str:
        """The end of what the process wrote to standard error."""
        self.errors.seek(0)
        return self.errors.read()[-2000:].decode(errors="replace") or "no message"

    def last_error(self) -> str:
        """The name of the error that ended the process; not its message, which may quote a file about a person."""
        lines = self.last_words().splitlines()
        match = ERROR_NAME.match(lines[-1]) if lines else None
        return match[0] if match else "no traceback"

    def stop(self) -> None:
        """End the process, whatever it does; it holds nothing that would be lost."""
        self.is_stopped = True
        if self.process and self.process.poll() is None:
            self.process.kill()

    def close(self) -> None:
        """Let go of the pipes of a process that ended."""
        if self.process:
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                # closing sends what is left to send, and there is nobody left to read it
                with suppress(BrokenPipeError):
                    if pipe:
                        pipe.close()
        if self.errors:
            self.errors.close()
