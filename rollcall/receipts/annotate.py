"""
The child that marks workbooks: `python -m rollcall.receipts.annotate`; `rollcall.receipts.workbook` drives it.

The first line of standard input says the limits, each further line is a job; each job is answered by a line
on standard output. What is no workbook ends this process: the parent reads the last line of the traceback, starts
another child and goes on with the next file.
"""

import json
import resource
import sys
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from rollcall.receipts.book import Book, Listed
from rollcall.receipts.front import NAME, first_sheet
from rollcall.receipts.notes import OUTDATED, Notes
from rollcall.receipts.package import Package
from rollcall.receipts.sheets import AMBER, LAST_ROW, RED, Place, Sheet, name_of, place_of, selected
from rollcall.receipts.styles import SEVERITIES, Styles

Mark = dict[str, Any]


def main() -> None:
    """Set the limits, then answer job by job until standard input ends."""
    limits = json.loads(sys.stdin.readline())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"],) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["file_bytes"],) * 2)
    for line in sys.stdin:
        allow_cpu(limits["cpu_seconds"])
        print(json.dumps(annotate(json.loads(line), limits)), flush=True)


def allow_cpu(seconds: int) -> None:
    """Give the next file its own share: the limit counts from the start of the process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + seconds, resource.RLIM_INFINITY))


def annotate(job: dict[str, Any], limits: dict[str, int]) -> dict[str, Any]:
    """
    Write the workbook `source` to `target` with its marks; say how many found their cell, and what was lost.

    `unpacked` alone, when it is over the limit: the file was not opened.
    """
    with Path(job["source"]).open("rb") as source, zipfile.ZipFile(source) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > limits["unpacked_bytes"]:
            return {"unpacked": unpacked}
        marks = job["marks"]
        package = Package(archive)
        lost = mark(package, marks, job["said"])
        placed = sum("link" in one for one in marks)
        if placed:
            with Path(job["target"]).open("wb") as target:
                package.save(target)
    return {"unpacked": unpacked, "placed": placed, "homeless": len(marks) - placed, "lost": lost}


def mark(package: Package, marks: list[Mark], said: dict[str, Any]) -> list[str]:
    """Mark a workbook in place; each mark that finds its cell gets `place` and `link`. Returns what was lost."""
    lost = package.drop_untenable()
    book, styles = Book(package), Styles(package)
    by_part: dict[str, tuple[Listed, list[Mark]]] = {sheet.part: (sheet, []) for sheet in book.sheets}
    named = cache(book.named)
    for one in marks:
        for sheet in named(one["sheet"], one["row"] is None):
            by_part[sheet.part][1].append(one)
    for sheet, its in by_part.values():
        mark_sheet(package, book, styles, sheet, its)
    content = first_sheet(said, marks, lost, styles, book.namespace)
    book.put_first(book.free_name(NAME, f"{NAME}（第 {said['revision']} 版）"), content)
    styles.save()
    return lost


def mark_sheet(package: Package, book: Book, styles: Styles, listed: Listed, marks: list[Mark]) -> None:
    """Colour and comment what the marks name, and colour the tab; take back what an earlier receipt had marked."""
    content = package.read(listed.part)
    notes = Notes(package, listed.part, book.namespace)
    outdated = notes.ours
    if not marks and not outdated:
        if found := selected(content):
            package.write(listed.part, content[: found.end(1)] + content[found.end() :])
        return
    rows = {row_of(one) for one in marks} | {row for row, _ in outdated}
    sheet = Sheet(content, rows)
    sheet.deselect()
    found_at: dict[Place, list[Mark]] = {}
    for one in marks:
        place = sheet.place(row_of(one), one["cell"] if one["row"] else "A1")
        found_at.setdefault(place, []).append(one)
        quoted = listed.name.replace("'", "''")
        one.update(place=name_of(place), link=f"'{quoted}'!{name_of(place)}")
    fills: dict[Place, str | None] = dict.fromkeys(outdated)
    fills |= {place: worst(its) for place, its in found_at.items()}
    texts = dict.fromkeys(outdated, OUTDATED)
    texts |= {place: "\n".join(dict.fromkeys(one["text"] for one in its)) for place, its in found_at.items()}
    sheet.paint(fills, styles)
    notes.write(sheet, texts)
    sheet.colour_tab(tab_colour(marks))
    package.write(listed.part, sheet.edits.made())


def row_of(one: Mark) -> int:
    """The row of a mark; that of a whole dataset is told at the head of its sheet."""
    place = place_of(one["cell"])
    return place[0] if place else min(one["row"] or 1, LAST_ROW)


def worst(marks: list[Mark]) -> str:
    """The severity by which a cell is coloured."""
    return min((str(one["severity"]) for one in marks), key=SEVERITIES.index)


def tab_colour(marks: list[Mark]) -> str | None:
    """Red where something was held, amber where there are only warnings."""
    if not marks:
        return None
    return RED if worst(marks) == "critical" else AMBER


if __name__ == "__main__":
    main()
