"""Take what is new in an office's drop folder, and tell the office of everything in it that is not taken."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from rollcall.collect.answer import Answer, Known, require_none
from rollcall.collect.dropfolder import Contents, Dropped, Stray, as_listed, look_into, not_reached, read_name
from rollcall.collect.listing import KINDS, MOST_ENTRIES
from rollcall.collect.patience import Turn, TurnOver
from rollcall.collect.refusal import tell
from rollcall.errors import OfficeInTrouble, OfficeSilent, OfficeUnreachable
from rollcall.land import Landing
from rollcall.periods import Period
from rollcall.settings import Settings


@contextmanager
def reaching(what: str) -> Iterator[None]:
    """A drop folder that cannot be read is its office's trouble, like an office that does not answer."""
    try:
        yield
    except not_reached() as error:
        raise OfficeUnreachable(f"{what}: {type(error).__name__}: {error}"[:300]) from error


@contextmanager
def noting(troubles: list[Exception]) -> Iterator[None]:
    """A file that cannot be read is trouble of that file alone."""
    try:
        yield
    except OfficeUnreachable as error:
        troubles.append(error)


def take_dropped(
    answer: Answer, root: str, period: Period, known: Known, landing: Landing, settings: Settings, turn: Turn
) -> None:
    """
    Land the files of a folder that are new; at most MOST_ENTRIES in one run, and as many receipts of what is not taken.

    Raises:
        OfficeSilent: There is nothing.
        OfficeUnreachable, OfficeInTrouble: Everything that was not taken, named; the others have landed.
    """
    code, seen_at = answer.office.code, datetime.now(UTC)
    with reaching("the drop folder"):
        contents = look_into(root, code, period, named_before(known))
    if not contents.files and not contents.strays:
        raise OfficeSilent("the drop folder is empty")
    new, before, strays = sorted_out(contents, known)
    troubles: list[Exception] = []
    if len(new) > MOST_ENTRIES:
        first = new[MOST_ENTRIES].path.name
        troubles.append(OfficeInTrouble(f"{len(new) - MOST_ENTRIES} files from {first} on are left for the next run"))
    try:
        for file in new[:MOST_ENTRIES]:
            turn.left()
            with noting(troubles):
                take(answer, file, landing, settings, seen_at)
        for file in before:
            turn.left()
            with noting(troubles):
                if digest_of(file, settings) != known.submissions[file.name.revision, file.path.name]:
                    strays.append(changed(file))
        written = 0
        for stray in strays:
            turn.left()
            note, wrote = tell(stray, code, period, settings.max_bytes, written < MOST_ENTRIES)
            troubles.append(OfficeInTrouble(note))
            written += wrote
    except TurnOver as error:
        troubles.append(error)
    require_none(troubles)


def named_before(known: Known) -> list[str]:
    """Names in a drop folder of what was collected before; of what came over HTTP those that its receipts go by."""
    names = [filename for _, filename in known.submissions if read_name(filename)]
    over_http = {revision for revision, filename in known.submissions if not read_name(filename)}
    return [*names, *(f"{revision}-{kind}.xlsx" for revision in over_http for kind in KINDS)]


def sorted_out(contents: Contents, known: Known) -> tuple[list[Dropped], list[Dropped], list[Stray]]:
    """Files that are new, files that were collected before, and what is not taken."""
    strays, new, before = list(contents.strays), [], []
    collected: dict[tuple[int, str | None], str] = {}
    for revision, filename in known.submissions:
        name = read_name(filename)  # none where the office was asked over HTTP then
        collected[name.place if name else (revision, None)] = filename
    for file in contents.files:
        if (file.name.revision, file.path.name) in known.submissions:
            before.append(file)
        elif file.name.place in collected:
            strays.append(second(file, collected[file.name.place]))
        else:
            collected[file.name.place] = file.path.name
            new.append(file)
    return new, before, strays


def second(file: Dropped, first: str) -> Stray:
    return Stray(
        file.path,
        f"is the second of its revision after {first}: give it a new revision",
        f"第 {file.name.revision} 版已有“{first}”，本文件没有收取。请把版次（开头的数字）改为下一个没有用过的数字。",
        file.name.revision,
    )


def changed(file: Dropped) -> Stray:
    return Stray(
        file.path,
        "is not the file collected before: give it a new revision",
        f"第 {file.name.revision} 版收取之后文件又有改动，改动没有收取。请把改动后的文件以下一个版次的名称放入。",
        file.name.revision,
    )


def take(answer: Answer, file: Dropped, landing: Landing, settings: Settings, seen_at: datetime) -> None:
    """Land one file; one over the limit is noted instead."""
    content = content_of(file, settings)
    if content is None:
        answer.too_large.append((as_listed(file, file.size, "", seen_at), datetime.now(UTC)))
        return
    listed = as_listed(file, len(content), hashlib.sha256(content).hexdigest(), seen_at)
    landing.put(content)
    answer.landed.append((listed, datetime.now(UTC)))


def digest_of(file: Dropped, settings: Settings) -> str:
    """The digest that the ledger keeps of *file*: none where it is over the limit."""
    content = content_of(file, settings)
    return "" if content is None else hashlib.sha256(content).hexdigest()


def content_of(file: Dropped, settings: Settings) -> bytes | None:
    """The bytes of *file*; None where it is over the limit, or grows beyond it while it is read."""
    if file.size > settings.max_bytes:
        return None
    with reaching(file.path.name), file.path.open("rb") as opened:
        content: bytes = opened.read(settings.max_bytes + 1)
    return content if len(content) <= settings.max_bytes else None
