"""Landing: every file as it was received, on object storage, under its sha256, never changed."""

import hashlib
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from rollcall.errors import LandingCorrupt, SettingMissing

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

LOCAL = ("", "file", "local")  # protocols of a file system; the first is that of a plain path
FOLDER, FILE = 0o700, 0o600  # what is landed holds ID numbers: nobody else of the machine reads it, whatever the umask


def is_local(path: "ObjectStoragePath") -> bool:
    """Whether *path* is one of a file system, with links, modes and renaming."""
    return path.protocol in LOCAL


def close_to_others(path: "ObjectStoragePath", mode: int) -> None:
    """
    Take from a local folder or file what others may do with it.

    Raises SettingMissing where it is open to others and belongs to another user.
    """
    here = Path(path.path)
    if here.stat().st_mode & 0o777 == mode:
        return
    try:
        here.chmod(mode)
    except PermissionError as error:
        raise SettingMissing(
            f"{path} holds what offices sent, is open to others and belongs to another user: give it to the user "
            f"that runs Rollcall (chown), or have ROLLCALL_LANDING_URL name another folder"
        ) from error


def flush(path: "ObjectStoragePath") -> None:
    """Have the file system write a local file, or a folder's list of names, to its disk."""
    descriptor = os.open(path.path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Landing:
    """Where landed files lie: `file://`, `s3://`, whatever an Airflow provider can open. Safe to use from threads."""

    def __init__(self, url: str) -> None:
        from airflow.sdk import ObjectStoragePath  # 4 s: not before it is needed

        self.root: ObjectStoragePath = ObjectStoragePath(url)
        if is_local(self.root) and self.root.is_dir():
            close_to_others(self.root, FOLDER)

    def path_of(self, sha256: str) -> "ObjectStoragePath":
        return self.root / sha256[:2] / sha256

    def put(self, content: bytes) -> str:
        """
        Land *content* and return its sha256. The same bytes again change nothing.

        A file becomes visible under its name only when it is whole: an object store writes so by itself, a file
        system by renaming. What a killed run left half-written has another name, and is never read. When this
        returns, the file survives a loss of power, as the ledger that will speak of it does.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path_of(sha256)
        if not is_local(path):
            if path.exists():
                self.get(sha256)
            else:
                path.write_bytes(content)
            return sha256
        for folder in (self.root, path.parent):
            Path(folder.path).mkdir(FOLDER, parents=True, exist_ok=True)
            close_to_others(folder, FOLDER)
        if path.exists():
            close_to_others(path, FILE)
            self.get(sha256)
            return sha256
        unfinished = path.parent / f".{sha256}.{secrets.token_hex(4)}.part"
        with os.fdopen(os.open(unfinished.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE), "wb") as opened:
            os.fchmod(opened.fileno(), FILE)
            opened.write(content)
        flush(unfinished)
        unfinished.rename(path)
        flush(path.parent)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes landed under *sha256*. Raises LandingCorrupt where they are not those bytes, or not there."""
        path = self.path_of(sha256)
        try:
            content: bytes = path.read_bytes()
        except FileNotFoundError as error:
            raise LandingCorrupt(f"{path} is gone: restore it from the backup of landing") from error
        found = hashlib.sha256(content).hexdigest()
        if found != sha256:
            raise LandingCorrupt(f"{path} has digest {found}: restore it from the backup of landing")
        return content
