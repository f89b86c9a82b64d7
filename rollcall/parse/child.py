"""
The process that reads files: one job a line on standard input, one answer a line on standard output.

What a hostile file can do here is use up this process's own memory or time. Started by `rollcall.parse.sandbox`.
"""

import errno
import json
import os
import resource
import sys
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rollcall.parse.files import discard, read_file
from rollcall.parse.readings import SMALLER, Job, Limits, Reading

TOO_DEEP = "文件的结构嵌套太深，不能读取。请重新导出后报送。"
NO_MEMORY = "文件过大或已损坏，读取时超出内存限制。请删去报表以外的内容。" + SMALLER


def main() -> None:
    """Read the settings' line, then jobs until standard input closes."""
    answers = own_stdout()
    setup = json.loads(sys.stdin.readline())
    limits = Limits(**setup["limits"])
    key, folder = bytes.fromhex(setup["key"]), Path(setup["out"])
    confine(setup["memory_bytes"], setup["output_bytes"])
    say(answers, {"ready": True})
    for line in sys.stdin:
        allow_cpu(limits.cpu_seconds)
        say(answers, answer(Job(**json.loads(line)), folder, key, limits))


def own_stdout() -> int:
    """Keep standard output for answers; what a library prints goes to standard error."""
    answers = os.dup(1)
    os.dup2(2, 1)
    return answers


def confine(memory_bytes: int, output_bytes: int) -> None:
    """Give up what reading a file does not need, for good."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output_bytes, output_bytes))


def allow_cpu(seconds: int) -> None:
    """Move the limit of CPU time forward: it counts from the start of the process, we count per file."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def answer(job: Job, folder: Path, key: bytes, limits: Limits) -> dict[str, Any]:
    """Read one file. Running out of memory or stack is the file's doing; any other error is ours, and says so."""
    try:
        return asdict(read_file(job, folder, key, limits))
    except MemoryError:
        trouble = NO_MEMORY
    except RecursionError:
        trouble = TOO_DEEP
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - also a library's panic; the file stays to be read, the run says so
        if not (isinstance(error, OSError) and error.errno == errno.EFBIG):
            discard(job, folder)
            return asdict(Reading(job.submission_id, None, [], {}, where(error)))
        trouble = NO_MEMORY
    discard(job, folder)
    return asdict(Reading(job.submission_id, trouble, [], {}))


def where(error: BaseException) -> str:
    """Where our code failed, without the error's message: that may quote what a file says about a person."""
    return "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__


def say(answers: int, message: dict[str, Any]) -> None:
    data = json.dumps(message).encode() + b"\n"
    while data:
        data = data[os.write(answers, data) :]


if __name__ == "__main__":
    main()
