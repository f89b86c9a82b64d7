"""
The receipt of what lies in a drop folder and is not taken.

It has the form of the others, but no submission: it is written here, beside what it is about, once.
"""

import hashlib
import json
import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rollcall.collect.answer import printable
from rollcall.collect.dropfolder import RECEIPT, Stray, not_reached
from rollcall.land import is_local
from rollcall.periods import LOCAL, PERIOD, Period

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

MOST_OF_NAME = 120  # characters of a name that its receipt's name begins with: file systems end at 255 bytes


def tell(stray: Stray, code: str, period: Period, max_bytes: int, may_write: bool) -> tuple[str, bool]:
    """
    Write the receipt of *stray*, where there is none yet that is newer than it, and *may_write*.

    A folder that cannot be written to changes what is noted, not what becomes of the other files. Returns what to
    note of it, and whether a receipt was written.
    """
    said = f"{printable(stray.path.name)[:200]} {stray.why}"
    try:
        receipt = place_of(stray.path)
        if is_told(stray.path, receipt):
            return said, False
        if not may_write:
            return f"{said} (its receipt follows at the next run)", False
        write(receipt, in_words(stray, code, period, max_bytes))
    except not_reached() as error:
        return f"{said} (no receipt could be written: {type(error).__name__})", False
    return said, True


def place_of(path: "ObjectStoragePath") -> "ObjectStoragePath":
    """Where the receipt goes: `{name}.receipt.json`, with a digest where the name is long."""
    name = path.name
    if len(name) > MOST_OF_NAME or len(name.encode("utf-8", "surrogateescape")) > 2 * MOST_OF_NAME:
        digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
        name = f"{name[: MOST_OF_NAME // 2]}~{digest[:8]}"
    return path.parent / f"{name}{RECEIPT}"


def is_told(path: "ObjectStoragePath", receipt: "ObjectStoragePath") -> bool:
    """Whether the receipt there is newer than what it is about."""
    if receipt.is_symlink() or not receipt.is_file():
        return False
    return bool(path.is_symlink() or path.is_dir() or path.stat().st_mtime <= receipt.stat().st_mtime)


def in_words(stray: Stray, code: str, period: Period, max_bytes: int) -> bytes:
    """receipt.json, with the keys of the protocol; `sha256` is null for what was not read."""
    in_period = PERIOD.fullmatch(stray.path.parent.name) is not None
    receipt: dict[str, Any] = {
        "office_code": code,
        "period": str(period) if in_period else None,
        "revision": stray.revision,
        "sha256": digest_of(stray.path, max_bytes),
        "received_at": datetime.now(LOCAL).isoformat(timespec="seconds"),
        "outcome": "turned_away",
        "reason": f"“{printable(stray.path.name)[:200]}”：{stray.advice}",
        "datasets": {},
        "not_read": [],
        "reasons_total": 0,
    }
    return json.dumps(receipt, ensure_ascii=False, indent=1).encode()


def digest_of(path: "ObjectStoragePath", max_bytes: int) -> str | None:
    """The digest of a file within the limit; of a link, a folder or a pipe there is none."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > max_bytes:
        return None
    with path.open("rb") as opened:
        return hashlib.sha256(opened.read(max_bytes)).hexdigest()


def write(receipt: "ObjectStoragePath", content: bytes) -> None:
    """Write a receipt whole. On a file system by renaming: a link of that name leads nowhere."""
    if not is_local(receipt):
        receipt.write_bytes(content)
        return
    unfinished = receipt.parent / f".{secrets.token_hex(8)}.part"
    unfinished.write_bytes(content)
    unfinished.rename(receipt)
