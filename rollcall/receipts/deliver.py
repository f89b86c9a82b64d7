"""Bring one receipt to its office: over HTTP, or into the drop folder beside the submission."""

import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import requests
from urllib3.exceptions import HTTPError

from rollcall.collect.cutoff import cut_off_after
from rollcall.collect.dropfolder import folder_of, is_drop_folder
from rollcall.collect.http import TRY_AGAIN, Address, wait_asked
from rollcall.collect.patience import AskAgain, Turn, retrying
from rollcall.collect.tls import distrust
from rollcall.errors import OfficeInTrouble, OfficeUnreachable
from rollcall.periods import Period
from rollcall.receipts.receipt import Judged
from rollcall.receipts.told import XLSX
from rollcall.settings import Settings

STEM = re.compile(r"[0-9]{1,5}-(?:regular|correction|backlog)(?:-\w{1,40})?", re.IGNORECASE)
MOST_OF_ANSWER = 64 * 1024  # bytes read of what an office says to a receipt, so that its connection serves again

BLOCK = 1 << 20  # bytes of a workbook held at a time: every thread may be sending one


@dataclass(frozen=True)
class Parcel:
    """One receipt ready to go: the bytes of receipt.json, and the marked workbook where there is one."""

    judged: Judged
    office_code: str
    receipt: bytes
    workbook: Path | None


def deliver(
    parcel: Parcel, address: Address, session: requests.Session, settings: Settings, turn: Turn | None = None
) -> None:
    """
    Bring *parcel* to *address*; again, and no more than settings.tries times, where that may help.

    Each try has file_seconds, or what is left of the office's *turn* of this run.

    Raises:
        OfficeUnreachable: Not taken, but may be later.
        OfficeInTrouble: Refused.
    """
    turn = turn or Turn()
    for attempt in retrying(settings, turn):
        with attempt, cut_off_after(min(settings.file_seconds, turn.left())):
            if is_drop_folder(address.base):
                drop(parcel, address.base)
            else:
                put(parcel, address, session, settings)


def put(parcel: Parcel, address: Address, session: requests.Session, settings: Settings) -> None:
    """
    `PUT {base}/receipts/{period}/{revision}`, once. Any 2xx is "taken"; redirects are not followed.

    Messages name the error but do not quote it: that of a header quotes the token.
    """
    path = f"receipts/{parcel.judged.period}/{parcel.judged.revision}"
    body = Multipart({"receipt.json": ("application/json", parcel.receipt)})
    if parcel.workbook is not None:
        body.parts["annotated.xlsx"] = (XLSX, parcel.workbook)
    headers = {"Content-Type": body.content_type} | (
        {"Authorization": f"Bearer {address.token}"} if address.token else {}
    )
    timeouts = (settings.connect_seconds, settings.read_seconds)
    url = f"{address.base.rstrip('/')}/{path}"
    try:
        with session.put(url, data=body, headers=headers, timeout=timeouts, stream=True,
                         allow_redirects=False) as answer:  # fmt: skip
            status, wait = answer.status_code, wait_asked(answer)
            answer.raw.read1(MOST_OF_ANSWER)
    except (UnicodeEncodeError, requests.exceptions.InvalidHeader):
        raise OfficeInTrouble(f"PUT {path}: its bearer token cannot be sent: see its connection") from None
    except (requests.RequestException, HTTPError, OSError) as error:
        refused = distrust(error)
        if refused:
            raise OfficeUnreachable(f"PUT {path}: {refused}") from error
        raise AskAgain(f"PUT {path}: {type(error).__name__}") from error
    if status in TRY_AGAIN:
        raise AskAgain(f"PUT {path}: HTTP {status}", wait)
    if not 200 <= status < 300:
        raise OfficeInTrouble(f"PUT {path}: HTTP {status}")


@dataclass
class Multipart:
    """A multipart body of bytes and files, by name, each with its type. Its length is known before it is read."""

    parts: dict[str, tuple[str, bytes | Path]]
    boundary: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def content_type(self) -> str:
        return f"multipart/form-data; boundary={self.boundary}"

    def pieces(self) -> Iterator[bytes | Path]:
        for name, (kind, content) in self.parts.items():
            head = f'Content-Disposition: form-data; name="{name}"; filename="{name}"\r\nContent-Type: {kind}'
            yield f"--{self.boundary}\r\n{head}\r\n\r\n".encode()
            yield content
            yield b"\r\n"
        yield f"--{self.boundary}--\r\n".encode()

    def __len__(self) -> int:
        return sum(len(one) if isinstance(one, bytes) else one.stat().st_size for one in self.pieces())

    def __iter__(self) -> Iterator[bytes]:
        for one in self.pieces():
            if isinstance(one, bytes):
                yield one
                continue
            with one.open("rb") as file:
                while block := file.read(BLOCK):
                    yield block


def drop(parcel: Parcel, root: str) -> None:
    """Write into the drop folder: the workbook first, so that where receipt.json lies, all is there."""
    folder = folder_of(root, parcel.office_code, Period.parse(parcel.judged.period))
    stem = stem_of(parcel.judged)
    try:
        if parcel.workbook is not None:
            with parcel.workbook.open("rb") as made, (folder / f"{stem}.annotated.xlsx").open("wb") as dropped:
                shutil.copyfileobj(made, dropped, BLOCK)
        (folder / f"{stem}.receipt.json").write_bytes(parcel.receipt)
    except OSError as error:
        raise AskAgain(f"{folder}/{stem}.receipt.json: {error}") from error


def stem_of(judged: Judged) -> str:
    """The submission's name without its ending; what is no name of the protocol never becomes a path."""
    stem = judged.filename.rpartition(".")[0]
    return stem if STEM.fullmatch(stem) else f"{judged.revision}-{judged.kind}"
