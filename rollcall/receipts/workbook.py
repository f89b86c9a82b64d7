"""
The office's own workbook with its wrong cells marked, made anew from landing while a receipt is sent.

Workbooks are hostile until shown otherwise: they are opened in child processes with limits on memory, CPU and
wall clock (`rollcall.receipts.annotate`). A child that dies costs its own workbook the marks, nothing else.
"""

import json
import logging
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import LifoQueue
from threading import Timer
from types import TracebackType
from typing import Any, Self

from rollcall.receipts.receipt import Judged
from rollcall.receipts.scratch import scratch
from rollcall.settings import MIB, ROOT, Settings

log = logging.getLogger(__name__)

MOST_WRITTEN = 256 * MIB  # one temporary file of a child

NOT_MADE = "未能制作标注副本；请按本回执所列的行和单元格逐条核对。"


@dataclass(frozen=True)
class Annotation:
    """
    What became of the marks: `path` is the marked workbook, or None and `note` tells the office why.

    `lost` is what of the original it does not have. `trouble` is for us, and empty where all went well.
    """

    path: Path | None
    note: str | None = None
    trouble: str | None = None
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Work:
    """What a marked workbook is made of: the landed bytes, the marks and the head of the first sheet."""

    content: bytes
    marks: list[dict[str, Any]]
    said: dict[str, Any]


class ChildDied(Exception):
    """The child ended before it answered; the message is the last it said."""


class Child:
    """One limited process, started when it is first needed and again after it died."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.settings = settings
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> subprocess.Popen[str]:
        limits = {
            "memory_bytes": self.settings.parse_memory_bytes,
            "cpu_seconds": self.settings.parse_cpu_seconds,
            "file_bytes": MOST_WRITTEN,
            "unpacked_bytes": self.settings.max_unpacked_bytes,
        }
        with (self.folder / f"{id(self)}.stderr").open("w") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "rollcall.receipts.annotate"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                encoding="utf-8",
                umask=0o077,
                cwd=self.folder,
                # Nothing else of our environment: no secrets, no address of the warehouse.
                env={
                    "PYTHONPATH": str(ROOT),
                    "PATH": os.defpath,
                    "LANG": "C.UTF-8",
                    "TMPDIR": str(self.folder),
                },
            )
        send(process, limits)
        return process

    def ask(self, job: dict[str, Any]) -> dict[str, Any]:
        """One job. Raises ChildDied where the child ended, or had to be ended for taking too long."""
        if self.process is None or self.process.poll() is not None:
            self.process = self.start()
        process, clock = self.process, Timer(self.settings.parse_wall_seconds, self.process.kill)
        clock.start()
        try:
            send(process, job)
            answer = process.stdout.readline() if process.stdout else ""
        finally:
            clock.cancel()
        if not answer.endswith("\n"):
            self.end()
            raise ChildDied(self.last_words(process.returncode))
        return dict(json.loads(answer))

    def last_words(self, status: int) -> str:
        with (self.folder / f"{id(self)}.stderr").open(errors="replace") as errors:
            last = deque((line.strip() for line in errors if line.strip()), maxlen=1)
        return f"{last[0][:300] if last else 'no traceback'} (exit status {status})"

    def end(self) -> None:
        if self.process is not None:
            self.process.kill()
            for pipe in (self.process.stdin, self.process.stdout):
                with suppress(BrokenPipeError):  # what it did not live to read
                    pipe.close()  # type: ignore[union-attr]
            self.process.wait()


def send(process: subprocess.Popen[str], message: dict[str, Any]) -> None:
    """One line to the child. One that is already dead is noticed when its answer is read."""
    try:
        process.stdin.write(json.dumps(message) + "\n")  # type: ignore[union-attr]  # opened with a pipe
        process.stdin.flush()  # type: ignore[union-attr]
    except BrokenPipeError:
        log.debug("the child that marks workbooks has ended")


class Annotator:
    """Marks workbooks, a few at once; used by any number of threads, as a context manager."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __enter__(self) -> Self:
        self.stack = ExitStack()
        self.folder = self.stack.enter_context(scratch())
        self.children = [Child(self.folder, self.settings) for _ in range(self.settings.parse_workers)]
        self.idle: LifoQueue[Child] = LifoQueue()
        for child in self.children:
            self.idle.put(child)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self.children:
            child.end()
        self.stack.close()

    @contextmanager
    def borrowed(self) -> Iterator[Child]:
        child = self.idle.get()
        try:
            yield child
        finally:
            self.idle.put(child)

    def annotate(self, judged: Judged, work: Callable[[], Work]) -> Annotation:
        """
        Mark one workbook. Never raises for what is in it; the caller removes the file once it is sent.

        *work* is called once a child is free, so that no more workbooks lie in memory than are being marked.
        """
        source, target = (self.folder / f"{judged.submission_id}.{end}" for end in ("source", "xlsx"))
        try:
            with self.borrowed() as child:
                due = work()
                source.write_bytes(due.content)
                job = {"source": str(source), "target": str(target), "marks": due.marks, "said": due.said}
                answer = child.ask(job)
        except ChildDied as error:
            target.unlink(missing_ok=True)
            return Annotation(None, NOT_MADE, f"workbook not annotated: {error}")
        finally:
            source.unlink(missing_ok=True)
        if "placed" not in answer:
            return Annotation(None, NOT_MADE, f"workbook not annotated: unpacks to {answer['unpacked']:,} bytes")
        if not answer["placed"]:
            return Annotation(None, NOT_MADE, "workbook not annotated: none of the sheets named is in it")
        homeless = answer["homeless"]
        trouble = f"the sheets of {homeless} of {len(due.marks)} reasons are not in it" if homeless else None
        return Annotation(target, None, trouble, tuple(answer["lost"]))
