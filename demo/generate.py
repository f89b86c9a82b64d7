"""Write all files of the pretend offices, and a manifest of what was made: `python -m demo.generate`."""

import argparse
import hashlib
import json
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from demo.published.figures import PUBLISHED, named_codes
from demo.submissions import answer_of, as_listed
from demo.world import SEED, World, build_world
from rollcall.datasets import LAYOUTS, SEEDS
from rollcall.offices import Office
from rollcall.periods import Period
from rollcall.settings import load_settings

# The folder is emptied before it is filled: its name must be nobody else's.
MANIFEST, FILES = "manifest.json", "demo_files"
PROCESSES = 2
CHUNK = 25
Manifest = dict[str, Any]
# Period, code of the office, and what was made of it.
Entry = tuple[str, str, Manifest]


@dataclass(frozen=True)
class Order:
    """
    What to generate: the months from `period` to `to`, or `period` alone.

    `offices` limits to some codes; empty means all of the registry that report.
    """

    period: Period
    to: Period | None = None
    seed: int = SEED
    scale: float = 1.0
    offices: tuple[str, ...] = ()
    registry: Path | None = None

    @property
    def periods(self) -> list[Period]:
        """The months, in order. Raises ValueError where the last is before the first."""
        last = self.to or self.period
        if last < self.period:
            raise ValueError(f"--to {last} is before --period {self.period}")
        count = (last.year - self.period.year) * 12 + last.month - self.period.month + 1
        return [self.period.shift(months) for months in range(count)]

    @property
    def folder(self) -> Path:
        """The folder that holds the registry."""
        return self.registry or load_settings().registry

    def identity(self) -> dict[str, Any]:
        """What the bytes depend on; equal identities mean equal bytes."""
        return {
            "periods": [str(period) for period in self.periods],
            "seed": self.seed,
            "scale": self.scale,
            "only": sorted(self.offices),
            "generator": generator_version(self.folder),
        }


def generator_version(registry: Path) -> str:
    """Digest of what the bytes depend on beside the order: this package, layouts, codes, registry."""
    digest = hashlib.sha256()
    sources = [*Path(__file__).parent.rglob("*.py"), PUBLISHED, *LAYOUTS.glob("*.csv"), *SEEDS.glob("*.csv")]
    for path in [*sorted(sources), *sorted(registry.glob("*.csv"))]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def prepare(order: Order, out: Path) -> Manifest:
    """
    Make *out* hold what *order* asks for, and return its manifest.

    A finished folder of the same identity is used as it is; anything else of ours in it is made anew.
    """
    finished = read_manifest(out)
    if finished and finished["identity"] == order.identity() and is_whole(finished, out):
        return finished
    out.mkdir(parents=True, exist_ok=True)
    # The manifest goes first and comes last, so that a half-written folder has none.
    (out / MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(out / FILES, ignore_errors=True)
    (out / FILES).mkdir()
    months: dict[str, dict[str, Manifest]] = {str(period): {} for period in order.periods}
    for period, code, entry in generated(order, out):
        months[period][code] = entry
    described = {
        period: {"totals": totals([offices]), "offices": {code: offices[code] for code in sorted(offices)}}
        for period, offices in months.items()
    }
    manifest = {
        "identity": order.identity(),
        "seed": order.seed,
        "totals": totals(list(months.values())),
        "months": described,
    }
    arriving = out / f".{MANIFEST}.{os.getpid()}"
    arriving.write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    arriving.replace(out / MANIFEST)
    return manifest


def read_manifest(out: Path) -> Manifest | None:
    """The manifest of a finished folder; None where there is none."""
    path = out / MANIFEST
    if not path.is_file():
        return None
    manifest: Manifest = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def is_whole(manifest: Manifest, out: Path) -> bool:
    """Whether every file of the manifest is there, with its number of bytes."""
    sizes = {path.name: path.stat().st_size for path in (out / FILES).glob("*")}
    return all(sizes.get(Path(one["path"]).name) == one["bytes"] for one in listed(manifest))


def listed(manifest: Manifest) -> Iterator[Manifest]:
    """Every submission of every office and month."""
    for month in manifest["months"].values():
        for entry in month["offices"].values():
            yield from entry["submissions"]


def generated(order: Order, out: Path) -> Iterator[Entry]:
    """Write the files of every office over two processes; yield period, code and manifest entry as they come."""
    keys = keys_of(order)
    # The largest first, alone, so that they do not keep the others waiting at the end.
    large = [key for key, code in keys.items() if code in named_codes()]
    rest = [key for key in keys if key not in large]
    chunks = [[key] for key in large] + [rest[start : start + CHUNK] for start in range(0, len(rest), CHUNK)]
    started, done = time.monotonic(), 0
    for number, (count, entries) in enumerate(written(order, chunks, out), 1):
        yield from entries
        done += count
        if number % 10 == 0 or number == len(chunks):
            say(f"demo: {done} of {len(keys)} offices written, {time.monotonic() - started:.1f} s")


def written(order: Order, chunks: list[list[int]], out: Path) -> Iterator[tuple[int, list[Entry]]]:
    """The entries of each chunk as it is finished; a few chunks are done before a process has started."""
    if len(chunks) <= PROCESSES:
        yield from (write_offices(order, chunk, out) for chunk in chunks)
        return
    # Spawned: a fork of a process with threads, as a test's is, may hang.
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(write_offices, order, chunk, out) for chunk in chunks]
        for finished in as_completed(waiting):
            yield finished.result()


def say(line: str) -> None:
    """Tell whoever watches, at once."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def keys_of(order: Order) -> dict[int, str]:
    """Keys of the offices to generate, each with its first code. Raises ValueError for a code that nobody has."""
    worlds = worlds_of(order)
    known = {office.code: office for world in worlds for office in world.offices}
    unknown = [code for code in order.offices if code not in known]
    if unknown:
        raise ValueError(f"no office that reports for {order.period} has the code {', '.join(unknown)}")
    chosen = [known[code] for code in order.offices] or list(known.values())
    chosen.sort(key=lambda office: office.office_key)
    return {office.office_key: worlds[0].first_code(office) for office in chosen}


@cache
def worlds_of(order: Order) -> list[World]:
    """The worlds of an order's months, once per process."""
    first = build_world(order.seed, order.period, order.scale, order.folder)
    return [first.at(period) for period in order.periods]


def write_offices(order: Order, keys: list[int], out: Path) -> tuple[int, list[Entry]]:
    """Write the files of some offices for all months; runs in a child process. Returns how many offices, and what."""
    entries = []
    for key in keys:
        for world in worlds_of(order):
            if office := world.by_key.get(key):
                entries.append((str(world.period), office.code, write_office(world, office, out)))
    return len(keys), entries


def write_office(world: World, office: Office, out: Path) -> Manifest:
    """Write the files of one office for one month and describe them."""
    answer = answer_of(world, office)
    submissions = []
    for submission in answer.submissions:
        extension = submission.filename.rpartition(".")[2]
        path = f"{FILES}/{world.period}-{office.code}-{submission.revision}.{extension}"
        (out / path).write_bytes(submission.content)
        digest = hashlib.sha256(submission.content).hexdigest()
        submissions.append(as_listed(submission) | {"bytes": len(submission.content), "sha256": digest, "path": path})
    return {
        "fault": answer.habits.fault,
        "late": answer.late,
        "format": answer.habits.format,
        "broken": answer.broken,
        "submissions": submissions,
    }


def totals(months: list[dict[str, Manifest]]) -> Manifest:
    """Counts over all offices of some months: by fault, files and bytes, and rows of what a collector gets to read."""
    offices = [entry for month in months for entry in month.values()]
    faults = Counter(entry["fault"] or "none" for entry in offices)
    readable = [entry for entry in offices if entry["fault"] != "silent"]
    files = [submission for entry in readable for submission in entry["submissions"]]
    first = [submission for submission in files if submission["kind"] != "correction"]
    rows: Counter[str] = Counter()
    for submission in first:
        rows.update(submission["rows"])
    return {
        "offices": len({code for month in months for code in month}),
        "faults": dict(sorted(faults.items())),
        "late": sum(entry["late"] for entry in offices),
        "corrections": len(files) - len(first),
        "files": len(files),
        "bytes": sum(submission["bytes"] for submission in files),
        "rows": dict(rows),
        "rows_total": rows.total(),
        "rows_of_corrections": sum(sum(s["rows"].values()) for s in files if s["kind"] == "correction"),
        "rows_broken": sum(broken["rows"] for entry in offices for broken in entry["broken"]),
    }


def add_order_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that say what to generate, the same for generator and server."""
    parser.add_argument("--period", type=Period.parse, required=True, help="the (first) month reported on, YYYY-MM")
    parser.add_argument("--to", type=Period.parse, help="the last month, where it is not the first")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the rows to make, for tests")
    parser.add_argument("--offices", default="", help="codes, separated by commas; all when empty")
    parser.add_argument("--registry", type=Path, help="folder of offices.csv; the setting's when absent")


def order_from(arguments: argparse.Namespace) -> Order:
    offices = tuple(code for code in arguments.offices.split(",") if code)
    return Order(arguments.period, arguments.to, arguments.seed, arguments.scale, offices, arguments.registry)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.generate", description=__doc__)
    add_order_arguments(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    arguments = parser.parse_args()
    started = time.monotonic()
    manifest = prepare(order_from(arguments), arguments.out)
    say(f"demo: {json.dumps(manifest['totals'], ensure_ascii=False)}, {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
