"""
Drop folders: what lies in an office's folder for a period, by its name.

`{root}/{office_code}/{period}/{revision}-{kind}.{xlsx|json|zip}`, or `{revision}-{kind}-{dataset}.csv`; letters of
either case. Whatever else lies there is told to the office, and never passed over.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rollcall.collect.listing import KINDS, YEARS, Listed
from rollcall.datasets import datasets
from rollcall.periods import PERIOD, Period

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

NAME = re.compile(
    rf"(?P<revision>[0-9]{{1,5}})-(?P<kind>{'|'.join(KINDS)})(?:\.(?P<whole>xlsx|json|zip)|-(?P<dataset>[a-z_]+)\.csv)",
    re.IGNORECASE | re.ASCII,
)
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "zip": "application/zip",
}
RECEIPT, MARKED = ".receipt.json", ".annotated.xlsx"


@dataclass(frozen=True)
class Name:
    """What the name of a submission says; without `dataset` it is a file that may hold them all."""

    revision: int
    kind: str
    media_type: str
    dataset: str | None

    @property
    def place(self) -> tuple[int, str | None]:
        """What no two files of a folder may both be: a whole file of a revision, or a csv of it."""
        return self.revision, self.dataset


@dataclass(frozen=True)
class Dropped:
    """A file in a drop folder that is named as a submission; its size and its own time."""

    name: Name
    path: "ObjectStoragePath"
    size: int
    written_at: datetime | None


@dataclass(frozen=True)
class Stray:
    """Something that is not taken: why, for us, and what to do, for the office."""

    path: "ObjectStoragePath"
    why: str
    advice: str
    revision: int | None = None


@dataclass(frozen=True)
class Contents:
    """What a folder holds: submissions in order of revision and name, and everything else by name."""

    files: list[Dropped]
    strays: list[Stray]


def not_reached() -> tuple[type[Exception], ...]:
    """What a folder raises that cannot be reached: where S3 does not answer, that is no OSError."""
    from botocore.exceptions import BotoCoreError

    return OSError, BotoCoreError


def is_drop_folder(base: str) -> bool:
    return not base.lower().startswith(("http://", "https://"))


def folder_of(root: str, code: str, period: Period) -> "ObjectStoragePath":
    from airflow.sdk import ObjectStoragePath

    return ObjectStoragePath(root) / code / str(period)


def read_name(name: str) -> Name | None:
    """What *name* says; None where it is not that of a submission."""
    match = NAME.fullmatch(name)
    if not match:
        return None
    whole, dataset = (match["whole"] or "").lower(), (match["dataset"] or "").lower()
    if dataset and dataset not in datasets():
        return None
    return Name(int(match["revision"]), match["kind"].lower(), MEDIA_TYPES.get(whole, "text/csv"), dataset or None)


def look_into(root: str, code: str, period: Period, collected: Iterable[str] = ()) -> Contents:
    """
    What lies in the folder of office *code* for *period*, and beside that folder.

    *collected* are the names of the submissions that were collected before: a marked workbook of ours bears one of
    them. Raises one of `not_reached` where a folder cannot be read.
    """
    folder = folder_of(root, code, period)
    folder.fs.invalidate_cache(folder.path)  # what an object store listed before is not what lies there now
    beside = (path for path in inside(folder.parent) if not PERIOD.fullmatch(path.name))
    strays = [about_period(path) for path in beside if not is_ours(path.name, set())]
    if folder.is_symlink():
        return Contents([], [*strays, Stray(folder, "is a link", "请不要使用链接，直接建立文件夹并放入文件。")])
    found = list(inside(folder))
    ours = {stem(name) for name in (*collected, *(path.name for path in found if read_name(path.name)))}
    files = []
    for path in found:
        if is_ours(path.name, ours):
            continue
        try:
            dropped = described(path)
        except FileNotFoundError:  # renamed or taken away since it was listed: the next run sees what became of it
            continue
        if isinstance(dropped, Dropped):
            files.append(dropped)
        else:
            strays.append(dropped)
    return Contents(sorted(files, key=lambda file: (file.name.revision, file.path.name)), strays)


def inside(folder: "ObjectStoragePath") -> Iterator["ObjectStoragePath"]:
    """What lies in *folder*, by name, but for what no person put there; nothing where there is no such folder."""
    if not folder.exists():
        return
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if not path.name or path.name.startswith((".", "~$")) or path.name.casefold() == "thumbs.db":
            continue
        if path.name == folder.name and not path.is_symlink() and not path.exists():
            continue  # an object store lists the folder itself in it, where someone made it by hand
        yield path


def stem(name: str) -> str:
    return name.rpartition(".")[0].casefold()


def is_ours(name: str, submissions: set[str]) -> bool:
    """Whether *name* is a receipt of ours, or the marked workbook of one of *submissions* (stems)."""
    lower = name.casefold()
    return lower.endswith(RECEIPT) or (lower.endswith(MARKED) and lower.removesuffix(MARKED) in submissions)


def described(path: "ObjectStoragePath") -> Dropped | Stray:
    """One entry of a period's folder, looked at but not read."""
    name = read_name(path.name)
    if path.is_symlink():  # it may lead to what is another office's
        return Stray(path, "is a link", "这是一个链接，没有收取。请放入文件本身。")
    if path.is_dir():
        return Stray(path, "is a folder", "这是一个文件夹，里面的文件没有收取。请把文件直接放在期次文件夹中。")
    if name is None:
        return Stray(path, "is not named as a submission", advice_on(path.name))
    if not path.is_file():
        return Stray(path, "is no regular file", "这不是普通文件，没有收取。请放入文件本身。", name.revision)
    about = path.stat()
    return Dropped(name, path, about.st_size, written_at(about.st_mtime))


def about_period(path: "ObjectStoragePath") -> Stray:
    """Something that lies beside the folders of periods."""
    return Stray(
        path,
        "lies beside the folders of periods, and is none",
        "没有收取：它不在期次文件夹中。请按所属月份建立名为“年-月”的文件夹，如 2023-07，把文件放在该文件夹里。",
    )


def written_at(seconds: float) -> datetime | None:
    """The moment that a file system notes for a file; None for one that nobody means."""
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return moment if moment.year in YEARS else None


def advice_on(name: str) -> str:
    """How to name the file *name* so that it is taken; nothing of it is lost by following this."""
    old = "旧式 .xls 工作簿请先另存为 .xlsx。" if name.lower().endswith((".xls", ".et")) else ""
    return (
        f"文件名不合要求，没有收取。{old}请改名为“版次-种类.xlsx”（或 .json、.zip），如 1-regular.xlsx；csv 请改名为"
        "“版次-种类-报表.csv”，如 1-regular-events.csv。版次是从 1 起的数字，每次报送加一，不能与已有文件相同；"
        "种类为 regular（当期）、correction（更正）或 backlog（补报往期）；"
        f"报表为 {'、'.join(datasets())} 之一。"
    )


def as_listed(file: Dropped, content_bytes: int, sha256: str, seen_at: datetime) -> Listed:
    """
    *file* as an office would have announced it. Without a listing nobody says when it was submitted: not before we
    first saw it, since a copy keeps the time of its original, and not before its own time.
    """
    return Listed(
        revision=file.name.revision,
        kind=file.name.kind,
        filename=file.path.name,
        media_type=file.name.media_type,
        bytes=content_bytes,
        sha256=sha256,
        submitted_at=max(seen_at, file.written_at or seen_at),
        path=file.path.name,
    )
