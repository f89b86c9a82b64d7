"""Bring one receipt to its office: over HTTP, or into the drop folder beside the submission."""

import re
from dataclasses import dataclass
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
from rollcall.receipts.workbook import XLSX
from rollcall.settings import Settings

STEM = re.compile(r"\d{1,5}-(?:regular|correction|backlog)(?:-\w{1,40})?", re.IGNORECASE)
MOST_OF_ANSWER = 64 * 1024  # bytes read of what an office says to a receipt, so that its connection serves again


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
    files = {"receipt.json": ("receipt.json", parcel.receipt, "application/json")}
    if parcel.workbook is not None:
        files["annotated.xlsx"] = ("annotated.xlsx", parcel.workbook.read_bytes(), XLSX)
    headers = {"Authorization": f"Bearer {address.token}"} if address.token else {}
    timeouts = (settings.connect_seconds, settings.read_seconds)
    url = f"{address.base.rstrip('/')}/{path}"
    try:
        with session.put(url, files=files, headers=headers, timeout=timeouts, stream=True,
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


def drop(parcel: Parcel, root: str) -> None:
    """Write into the drop folder: the workbook first, so that where receipt.json lies, all is there."""
    folder = folder_of(root, parcel.office_code, Period.parse(parcel.judged.period))
    stem = stem_of(parcel.judged)
    try:
        if parcel.workbook is not None:
            (folder / f"{stem}.annotated.xlsx").write_bytes(parcel.workbook.read_bytes())
        (folder / f"{stem}.receipt.json").write_bytes(parcel.receipt)
    except OSError as error:
        raise AskAgain(f"{folder}/{stem}.receipt.json: {error}") from error


def stem_of(judged: Judged) -> str:
    """The submission's name without its ending; what is no name of the protocol never becomes a path."""
    stem = judged.filename.rpartition(".")[0]
    return stem if STEM.fullmatch(stem) else f"{judged.revision}-{judged.kind}"
