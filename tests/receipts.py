"""What offices are told, as receipts say it, without sending them."""

from collections.abc import Mapping
from typing import Any

import psycopg

from rollcall.receipts.receipt import read_judged, receipt_of


def receipts_of(
    connection: psycopg.Connection, submission_ids: list[int], codes: Mapping[int, str]
) -> dict[int, dict[str, Any]]:
    """The receipt.json of many submissions, by submission; *codes* by office_key."""
    return {
        one.submission_id: receipt_of(one, codes[one.office_key]) for one in read_judged(connection, submission_ids)
    }
