"""Receipts that come back to an office: checked against the protocol, then kept as files."""

import json
import os
from pathlib import Path
from typing import Any

from demo.multipart import BadMultipart, Part, read_multipart

RECEIPT, ANNOTATED = "receipt.json", "annotated.xlsx"
OUTCOMES = frozenset({"accepted", "partly_accepted", "turned_away", "unchanged"})
ZIP_MAGIC = b"PK\x03\x04"
MOST_REASONS = 1000


class BadReceipt(ValueError):
    """The receipt breaks the protocol. The request is refused with 400."""


def store_receipt(state: Path, who: tuple[str, str, int], sha256: str, content_type: str, body: bytes) -> Path:
    """
    Check a receipt and keep it under *state*; a second one for the same revision replaces the first.

    *who* is office code, period and revision of a submission that exists, and *sha256* its digest: neither is taken
    from the request. Raises BadReceipt or BadMultipart, and then keeps nothing.
    """
    code, period, revision = who
    receipt, annotated = parts_of(read_multipart(content_type, body))
    check(receipt, who, sha256)
    folder = state / "receipts" / code / period / str(revision)
    folder.mkdir(parents=True, exist_ok=True)
    contents = {RECEIPT: receipt.content} | ({ANNOTATED: annotated.content} if annotated else {})
    if not annotated:
        (folder / ANNOTATED).unlink(missing_ok=True)
    for name, content in contents.items():
        arriving = folder / f".{name}.{os.getpid()}.{id(content)}"
        arriving.write_bytes(content)
        arriving.replace(folder / name)
    return folder


def parts_of(parts: list[Part]) -> tuple[Part, Part | None]:
    """The receipt, and the annotated file where there is one."""
    receipts = [part for part in parts if RECEIPT in (part.name, part.filename)]
    others = [part for part in parts if part not in receipts]
    if len(receipts) != 1 or len(others) > 1:
        raise BadMultipart(f"a receipt is one part {RECEIPT} and at most one file, not {len(parts)} parts")
    if others and not others[0].content.startswith(ZIP_MAGIC):
        raise BadReceipt("the annotated file is not a workbook")
    return receipts[0], others[0] if others else None


def check(part: Part, who: tuple[str, str, int], sha256: str) -> None:
    """Refuse a receipt that is for something else, or whose counts contradict each other."""
    try:
        receipt: Any = json.loads(part.content)
    except ValueError as error:
        raise BadReceipt(f"{RECEIPT} is not JSON: {error}") from error
    if not isinstance(receipt, dict):
        raise BadReceipt(f"{RECEIPT} is not an object")
    said = tuple(receipt.get(name) for name in ("office_code", "period", "revision"))
    if said != who or receipt.get("sha256") != sha256:
        raise BadReceipt(f"{RECEIPT} is for {said} with sha256 {receipt.get('sha256')!r}, not for {who} {sha256}")
    if receipt.get("outcome") not in OUTCOMES:
        raise BadReceipt(f"outcome {receipt.get('outcome')!r} is none of {', '.join(sorted(OUTCOMES))}")
    verdicts = receipt.get("datasets", {})
    if not isinstance(verdicts, dict) or not all(isinstance(verdict, dict) for verdict in verdicts.values()):
        raise BadReceipt("datasets is not an object of objects")
    for dataset, verdict in verdicts.items():
        counts = [verdict.get(name) for name in ("received", "accepted", "held")]
        if any(not isinstance(count, int) or count < 0 for count in counts):
            raise BadReceipt(f"{dataset}: received, accepted and held are {counts}, not counts")
        if counts[0] != counts[1] + counts[2]:
            raise BadReceipt(f"{dataset}: received {counts[0]} is not accepted {counts[1]} + held {counts[2]}")
        if len(verdict.get("reasons", [])) > MOST_REASONS:
            raise BadReceipt(f"{dataset}: more than {MOST_REASONS} reasons")
