"""The offices as the server plays them: what each lists and sends, from the manifest, and what it remembers."""

import json
from collections import Counter
from pathlib import Path
from threading import Lock
from typing import Any

from demo.generate import Manifest

BUSY_REQUESTS = 2
LISTED = ("revision", "kind", "filename", "media_type", "bytes", "sha256", "submitted_at")


class Offices:
    """All offices of one manifest in all its months, and the folder that holds their files and takes receipts."""

    def __init__(self, manifest: Manifest, state: Path, token: str) -> None:
        self.state = state
        self.token = token
        self.months: dict[str, dict[str, Any]] = {
            period: month["offices"] for period, month in manifest["months"].items()
        }
        # An office is the same in every month that it has this code in.
        self.faults: dict[str, str | None] = {
            code: entry["fault"] for entries in self.months.values() for code, entry in entries.items()
        }
        self.asked: Counter[str] = Counter()
        self.lock = Lock()

    def plays(self, code: str) -> bool:
        return code in self.faults

    def fault(self, code: str) -> str | None:
        return self.faults[code]

    def submitted(self, code: str, period: str) -> list[dict[str, Any]]:
        """What the office has for a month, oldest first; nothing for a month that is not played."""
        entry = self.months.get(period, {}).get(code)
        found: list[dict[str, Any]] = entry["submissions"] if entry else []
        return found

    def is_busy(self, code: str) -> bool:
        """Whether to put the client off this time: a busy office does so for its first requests."""
        if self.fault(code) != "busy":
            return False
        with self.lock:
            self.asked[code] += 1
            return self.asked[code] <= BUSY_REQUESTS

    def listing(self, code: str, period: str) -> bytes:
        """The listing of one office, newest revision first."""
        submissions = [
            {name: submission[name] for name in LISTED} | {"path": f"submissions/{period}/{submission['revision']}"}
            for submission in reversed(self.submitted(code, period))
        ]
        listing = {"office_code": code, "period": period, "submissions": submissions}
        return json.dumps(listing, ensure_ascii=False).encode()

    def submission(self, code: str, period: str, revision: int) -> dict[str, Any] | None:
        """The manifest's entry for one revision, None where there is none."""
        return next((one for one in self.submitted(code, period) if one["revision"] == revision), None)

    def content(self, submission: dict[str, Any]) -> bytes:
        """The bytes of a submission; its path comes from the manifest alone."""
        path: str = submission["path"]
        return (self.state / path).read_bytes()
