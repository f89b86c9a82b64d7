"""The sandbox: hostile files end a child, never the run; our own errors are never the office's fault."""

import dataclasses
import io
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from rollcall.datasets import datasets
from rollcall.parse import child, sandbox
from rollcall.parse.readings import Limits
from rollcall.parse.sandbox import Job, ParserBroken, Reading, read_files
from rollcall.settings import MIB, Settings, load_settings

EVENTS = [column.label for column in datasets()["events"].columns]
GOOD = (",".join(EVENTS) + "\nA-1,讲座,talk,,620102001000,,,,2023-07-01 14:30,,12,3,\n").encode()


def job(folder: Path, number: int, name: str, data: bytes) -> Job:
    path = folder / f"landed-{number}"
    path.write_bytes(data)
    return Job(number, 7, "620102001000", "2023-07", "regular", name, str(path))


@pytest.fixture
def settings() -> Settings:
    return dataclasses.replace(load_settings(), parse_workers=2)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def far_apart(sheet: str, cell: str) -> bytes:
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data)
    page = book.add_worksheet(sheet)
    page.write_row(0, 0, EVENTS)
    page.write(cell, "x")
    book.close()
    return data.getvalue()


def read_all(jobs: list[Job], out: Path, settings: Settings) -> dict[int, Reading]:
    return {reading.submission_id: reading for reading in read_files(jobs, out, settings)}


def test_reads_many_files_in_a_few_children(tmp_path: Path, out: Path, settings: Settings) -> None:
    jobs = [job(tmp_path, number, "events.csv", GOOD) for number in range(1, 41)]
    readings = read_all(jobs, out, settings)
    assert sorted(readings) == list(range(1, 41))
    assert all(reading.datasets["events"].rows == 1 for reading in readings.values())
    assert readings[3].datasets["events"].columns["title"] == ("B", "活动名称")
    assert len(list(out.iterdir())) == 40


def test_reads_nothing_from_no_files(out: Path, settings: Settings) -> None:
    assert read_all([], out, settings) == {}


def test_goes_on_after_files_that_use_up_memory(tmp_path: Path, out: Path, settings: Settings) -> None:
    """A few cells as far apart as can be: the reader of workbooks aborts its process."""
    hostile = far_apart("文明实践活动表", "Z1048576")
    jobs = [job(tmp_path, 1, "a.xlsx", hostile), job(tmp_path, 2, "events.csv", GOOD)]
    jobs += [job(tmp_path, 3, "b.xlsx", hostile), job(tmp_path, 4, "events.csv", GOOD)]
    readings = read_all(jobs, out, dataclasses.replace(settings, parse_memory_bytes=200 * MIB, parse_workers=1))
    for number in (1, 3):
        assert "内存限制" in (readings[number].trouble or "")
        assert not list(out.glob(f"{number}.*"))
    for number in (2, 4):
        assert readings[number].datasets["events"].rows == 1


def test_turns_away_only_the_sheet_whose_cells_lie_far_apart(tmp_path: Path, out: Path, settings: Settings) -> None:
    reading = read_all([job(tmp_path, 1, "a.xlsx", far_apart("文明实践活动表", "XFD1048576"))], out, settings)[1]
    assert "XFD1048576" in (reading.datasets["events"].trouble or "")


def test_turns_away_a_file_that_takes_too_long(tmp_path: Path, out: Path, settings: Settings) -> None:
    many = job(tmp_path, 1, "events.csv", GOOD + b"\n" * 5_000_000)
    quick = dataclasses.replace(settings, parse_wall_seconds=0.05, parse_workers=1)  # type: ignore[arg-type]
    assert "用时超过" in (read_all([many], out, quick)[1].trouble or "")


def test_turns_away_a_file_that_uses_up_its_cpu_time(tmp_path: Path, out: Path, settings: Settings) -> None:
    many = job(tmp_path, 1, "events.csv", GOOD + GOOD.splitlines(keepends=True)[1] * 300_000)
    short = dataclasses.replace(settings, parse_cpu_seconds=0, max_bytes=100 * MIB)
    assert "计算时间" in (read_all([many], out, short)[1].trouble or "")


def test_says_where_our_own_error_is_repeats_nothing_of_the_file_and_goes_on(
    tmp_path: Path, out: Path, settings: Settings
) -> None:
    broken = dataclasses.replace(job(tmp_path, 1, "events.csv", GOOD), period="张三")
    readings = read_all([broken, job(tmp_path, 2, "events.csv", GOOD)], out, settings)
    assert "periods.py" in (readings[1].crash or "")
    assert "张三" not in (readings[1].crash or "")
    assert (readings[1].trouble, readings[1].datasets) == (None, {})
    assert readings[2].crash is None
    assert readings[2].datasets["events"].rows == 1


def test_a_file_that_is_gone_is_our_own_error(tmp_path: Path, out: Path, settings: Settings) -> None:
    gone = dataclasses.replace(job(tmp_path, 1, "events.csv", GOOD), path=str(tmp_path / "gone"))
    assert "FileNotFoundError" in (read_all([gone], out, settings)[1].crash or "")


def test_raises_when_a_child_cannot_start(
    tmp_path: Path, out: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ParserBroken, match="does not start"):
        read_all([job(tmp_path, 1, "events.csv", GOOD)], out, settings)


# In place of the reading process: it ends over the first file as told, and finds nothing in the others.
ENDING = """#!{python}
import json, os, sys
print('{{"ready": true}}', flush=True)
sys.stdin.readline()
for line in sys.stdin:
    number = json.loads(line)["submission_id"]
    if number == 1:
        {end}
    reading = dict(submission_id=number, trouble=None, not_read=[], datasets={{}}, crash=None)
    print(json.dumps(reading), flush=True)
"""


@pytest.mark.parametrize(
    "end",
    ["os._exit(3)", "os.kill(os.getpid(), 9)", "os.kill(os.getpid(), 15)", "sys.exit('张三')",
     "raise BaseException('张三')", "print('no JSON', flush=True); continue", "raise SystemError('张三')"],
)  # fmt: skip
def test_a_file_over_which_the_process_ends_stops_no_other(
    tmp_path: Path, out: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    """Whatever ends it, as the kernel where memory is short: nothing is said of the file, the others are read."""
    program = tmp_path / "reader"
    program.write_text(ENDING.format(python=sys.executable, end=end), encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    jobs = [job(tmp_path, number, "events.csv", GOOD) for number in range(1, 6)]
    readings = read_all(jobs, out, dataclasses.replace(settings, parse_workers=1))
    assert sorted(readings) == [1, 2, 3, 4, 5]
    assert readings[1].crash
    assert "张三" not in readings[1].crash
    assert (readings[1].trouble, readings[1].datasets) == (None, {})
    assert not any(readings[number].crash for number in range(2, 6))


def test_a_panic_of_a_library_is_an_error_over_that_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It passes by `except Exception`."""

    class PanicException(BaseException):
        pass

    def panic(*_: object) -> Reading:
        raise PanicException("张三")

    monkeypatch.setattr(child, "read_file", panic)
    limits = Limits(1, 1, 1, 1)
    answer = child.answer(job(tmp_path, 1, "events.csv", GOOD), tmp_path, b"", limits)
    assert answer["crash"].endswith("PanicException")
    assert answer["trouble"] is None


def test_tries_again_when_somebody_ends_a_child(tmp_path: Path, out: Path, settings: Settings) -> None:
    reader = sandbox.Child(sandbox.setup_line(out, settings), 60)
    try:
        work = job(tmp_path, 1, "events.csv", GOOD)
        sandbox.ask(reader, work, tries=2)
        assert reader.process is not None
        os.kill(reader.process.pid, signal.SIGSTOP)
        os.kill(reader.process.pid, signal.SIGKILL)
        answer = sandbox.ask(reader, work, tries=2)
        assert answer["datasets"]["events"]["rows"] == 1
    finally:
        reader.close()


def test_a_file_over_which_every_child_is_ended_holds_itself(
    tmp_path: Path, out: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system ends a process for want of memory as anybody would: the others are read, this one is named."""
    exchange = sandbox.Child.exchange

    def ended_over_the_first(child: sandbox.Child, line: bytes, seconds: float) -> dict[str, Any]:
        if b'"submission_id": 1,' in line:
            assert child.process is not None
            child.process.kill()
            child.process.wait()
        return exchange(child, line, seconds)

    monkeypatch.setattr(sandbox.Child, "exchange", ended_over_the_first)
    readings = read_all([job(tmp_path, number, "events.csv", GOOD) for number in (1, 2)], out, settings)
    assert "the reading process ended" in (readings[1].crash or "")
    assert (readings[1].trouble, readings[1].datasets) == (None, {})
    assert readings[2].datasets["events"].rows == 1


def test_keeps_secrets_out_of_the_childs_environment_and_arguments(out: Path, settings: Settings) -> None:
    reader = sandbox.Child(sandbox.setup_line(out, settings), 60)
    try:
        reader.start()
        assert reader.process is not None
        process = Path("/proc") / str(reader.process.pid)
        seen = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        assert settings.pseudonym_key.hex().encode() not in seen
        assert b"ROLLCALL" not in seen
        limits = (process / "limits").read_text()
        assert str(settings.parse_memory_bytes) in limits
    finally:
        reader.close()


def test_leaves_no_process_behind_when_the_caller_stops(tmp_path: Path, out: Path, settings: Settings) -> None:
    made: list[Job] = []

    def jobs() -> Iterator[Job]:
        for number in range(1, 1000):
            made.append(job(tmp_path, number, "events.csv", GOOD))
            yield made[-1]

    readings = read_files(jobs(), out, settings)
    next(readings)
    readings.close()  # type: ignore[attr-defined]
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    commands = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children if Path(f"/proc/{pid}").exists()]
    assert not any(b"rollcall.parse.child" in command for command in commands)
    assert len(made) < 100
