"""What a receipt says, from what was read of the ledger."""

import json

import pytest

from rollcall.errors import CountsDisagree
from rollcall.receipts.receipt import Verdict, receipt_of
from rollcall.receipts.send import in_words
from rollcall.receipts.workbook import TOO_LARGE, Annotation, marks_of


def test_a_receipt_has_the_keys_of_the_protocol_and_local_time(judged):
    assert receipt_of(judged(), "620102001000") == {
        "office_code": "620102001000",
        "period": "2023-07",
        "revision": 2,
        "sha256": "ab",
        "received_at": "2023-08-03T09:12:44+08:00",
        "outcome": "partly_accepted",
        "reason": None,
        "datasets": {
            "funding": {
                "outcome": "partly_accepted",
                "received": 2,
                "accepted": 1,
                "held": 1,
                "reasons": [
                    {
                        "row": 3,
                        "cell": "B3",
                        "column": "amount_yuan",
                        "rule": "amount_positive",
                        "severity": "critical",
                        "text": "金额应大于 0。",
                    }
                ],
            }
        },
        "not_read": ["表“说明”"],
        "reasons_total": 1,
    }


def test_a_dataset_turned_away_says_why(judged):
    away = Verdict(7, "funding", "turned_away", "缺少“凭证号”列。", 0, 0, 0)
    assert receipt_of(judged(verdicts=[away], reasons=[]), "x")["datasets"]["funding"]["reason"] == "缺少“凭证号”列。"


def test_a_reason_of_a_dataset_without_a_verdict_is_our_error_and_no_receipt(judged):
    with pytest.raises(CountsDisagree, match=r"submission 7.*funding"):
        receipt_of(judged(verdicts=[]), "x")


def test_the_file_is_json_a_person_can_read(judged):
    written = in_words(receipt_of(judged(), "x"), None)
    assert "金额应大于 0。".encode() in written
    assert "annotated" not in json.loads(written)


def test_a_workbook_that_was_not_marked_is_said_with_the_reason():
    said = json.loads(in_words({}, Annotation(None, TOO_LARGE)))
    assert said == {"annotated": False, "annotated_reason": TOO_LARGE}


def test_marks_name_sheets_turned_away_and_cells(judged):
    away = Verdict(7, "units", "turned_away", "两个工作表。", 0, 0, 0)
    marks = marks_of(judged(verdicts=[away, *judged().verdicts]))
    assert [(one["sheet"], one["row"], one["cell"]) for one in marks] == [
        ("文明创建单位台账", None, None),
        ("经费收支表", 3, "B3"),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"filename": "2023-07.json", "media_type": "application/json"},
        {"verdicts": [], "reasons": [], "outcome": "turned_away", "reason": "文件已损坏。"},
        {"reasons": []},
    ],
    ids=["no workbook", "never opened", "nothing wrong"],
)
def test_nothing_is_marked_where_there_is_no_place_for_it(judged, changed):
    assert marks_of(judged(**changed)) == []
