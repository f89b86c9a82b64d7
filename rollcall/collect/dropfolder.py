"""
Drop folders on object storage.

`{root}/{office_code}/{period}/{revision}-{kind}.{xlsx|json|zip}`, or `{revision}-{kind}-{dataset}.csv` beside it.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rollcall.collect.listing import Listed
from rollcall.periods import Period

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

NAME = re.compile(
    r"(?P<revision>[0-9]{1,5})-(?P<kind>regular|correction|backlog)(?:\.(?P<whole>xlsx|json|zip)|-\w{1,40}\.csv)"
)
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "zip": "application/zip",
    None: "text/csv",
}


@dataclass(frozen=True)
class Dropped:
    """A file in a drop folder. Its digest is known only once it has been read."""

    listed: Listed
    path: "ObjectStoragePath"
    size: int

    def with_digest(self, sha256: str) -> Listed:
        return replace(self.listed, sha256=sha256)


def is_drop_folder(base: str) -> bool:
    return not base.lower().startswith(("http://", "https://"))


def folder_of(root: str, code: str, period: Period) -> "ObjectStoragePath":
    from airflow.sdk import ObjectStoragePath

    return ObjectStoragePath(root) / code / str(period)


def list_folder(root: str, code: str, period: Period) -> list[Dropped]:
    """The submissions in an office's folder, in order of revision and name. Receipts beside them are skipped."""
    folder = folder_of(root, code, period)
    if not folder.exists():
        return []
    found = []
    for path in folder.iterdir():
        match = NAME.fullmatch(path.name)
        if not match or path.is_symlink():  # a link may lead to what is another office's
            continue
        about = path.stat()
        listed = Listed(
            revision=int(match["revision"]),
            kind=match["kind"],
            filename=path.name,
            media_type=MEDIA_TYPES[match["whole"]],
            bytes=about.st_size,
            sha256="",
            submitted_at=datetime.fromtimestamp(about.st_mtime, UTC),
            path=path.name,
        )
        found.append(Dropped(listed, path, about.st_size))
    return sorted(found, key=lambda file: (file.listed.revision, file.listed.filename))
