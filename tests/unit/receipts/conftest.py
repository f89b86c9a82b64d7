"""A judged submission as read from the ledger."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from rollcall.receipts.receipt import Judged, Reason, Verdict
from rollcall.receipts.told import XLSX

BROKEN = Reason(7, "funding", "经费收支表", 3, "B3", "amount_yuan", "amount_positive", "critical", "金额应大于 0。")


@pytest.fixture
def judged() -> Callable[..., Judged]:
    """Makes one: a workbook with one wrong amount, changed as asked."""

    def make(**changed: object) -> Judged:
        received_at = datetime(2023, 8, 3, 1, 12, 44, 999_999, UTC)
        facts = {"submission_id": 7, "office_key": 4, "period": "2023-07", "revision": 2, "kind": "correction",
                 "filename": "2023-07.xlsx", "media_type": XLSX, "bytes": 10, "sha256": "ab",
                 "received_at": received_at,
                 "outcome": "partly_accepted", "reason": None, "not_read": ["表“说明”"], "reasons_total": 1,
                 "verdicts": [Verdict(7, "funding", "partly_accepted", None, 2, 1, 1)],
                 "reasons": [BROKEN]}  # fmt: skip
        return Judged(**(facts | changed))  # type: ignore[arg-type]

    return make
