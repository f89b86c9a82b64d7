"""What a receipt says, from what was read of the ledger."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rollcall.errors import CountsDisagree
from rollcall.receipts.receipt import Verdict, receipt_of
from rollcall.receipts.send import in_words
from rollcall.receipts.told import MOST_MARKS, front_of, marks_are_due, marks_of
from rollcall.receipts.workbook import NOT_MADE, Annotation


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
    said = json.loads(in_words({}, Annotation(None, NOT_MADE)))
    assert said == {"annotated": False, "annotated_reason": NOT_MADE}


def test_what_a_marked_workbook_does_not_have_is_said():
    said = json.loads(in_words({}, Annotation(Path("x"), lost=("电子签名",))))
    assert said == {"annotated": True, "annotated_without": ["电子签名"]}


def test_marks_name_sheets_turned_away_and_cells(judged):
    away = Verdict(7, "units", "turned_away", "两个工作表。", 0, 0, 0)
    one = judged(verdicts=[away, *judged().verdicts])
    assert [(mark["sheet"], mark["row"], mark["cell"], mark["column"]) for mark in marks_of(one, one.reasons)] == [
        ("文明创建单位台账", None, None, None),
        ("经费收支表", 3, "B3", "金额（元）"),
    ]


def test_a_sheet_of_which_every_row_is_held_is_marked_row_by_row_alone(judged):
    """Its first cell is in order; red means that something there is to be mended."""
    held = judged(verdicts=[Verdict(7, "funding", "turned_away", "每一行都有错误，本表没有接受。", 1, 0, 1)])
    assert [mark["row"] for mark in marks_of(held, held.reasons)] == [3]


def test_marks_stand_in_the_order_of_the_sheets_and_their_rows(judged):
    """An office mends sheet by sheet, from top to bottom."""
    broken = judged().reasons[0]
    events = replace(broken, dataset="events", sheet="文明实践活动表")
    reasons = [broken, replace(broken, row=2, severity="warning"), events]
    verdicts = [*judged().verdicts, Verdict(7, "events", "accepted", None, 1, 1, 0)]
    marks = marks_of(judged(verdicts=verdicts), reasons)
    assert [(mark["sheet"], mark["row"]) for mark in marks] == [
        ("文明实践活动表", 3), ("经费收支表", 2), ("经费收支表", 3)
    ]  # fmt: skip


def test_a_workbook_has_all_marks_up_to_a_limit_and_says_when_there_are_more(judged):
    reasons = [replace(judged().reasons[0], row=row) for row in range(MOST_MARKS + 7)]
    all_of_them = marks_of(judged(), reasons[:-7])
    assert len(all_of_them) == MOST_MARKS == len(marks_of(judged(), reasons))
    said = front_of(judged(reasons_total=MOST_MARKS), "x", MOST_MARKS)["marks"]
    assert said.startswith("共 10,000 处")
    assert "最要紧" not in said
    more = front_of(judged(reasons_total=MOST_MARKS + 7), "x", MOST_MARKS)["marks"]
    assert more.startswith("共 10,007 处需要改正或核对，本文件只标出并列出其中最要紧的 10,000 处")


def test_the_first_sheet_says_outcome_counts_and_what_was_not_read(judged):
    said = front_of(judged(), "620102001000", 1)
    assert said["title"] == "回执：2023-07 第 2 版（更正）"
    assert said["lines"][:3] == [
        "报送单位 620102001000，收到时间 2023-08-03 09:12。",
        "结果：部分接受。",
        "没有读取：表“说明”。",
    ]
    assert said["datasets"] == [["经费收支表", "部分接受", 2, 1, 1, ""]]


def test_the_first_sheet_says_that_a_new_revision_replaces_whole_sheets(judged):
    """An office that sends back only the rows it mended loses all others."""
    held = judged()
    warned = judged(verdicts=[Verdict(7, "funding", "accepted", None, 2, 2, 0)])
    for one in (held, warned):
        assert "新的一版会整张替换上一版，不是追加" in "".join(front_of(one, "x", 1)["lines"])


def test_the_first_sheet_says_how_to_name_the_next_revision_in_a_drop_folder(judged):
    """A marked workbook mended in its place bears our name there, and would be passed over."""
    dropped = "".join(front_of(judged(filename="2-correction.XLSX"), "x", 1)["lines"])
    assert "改好后作为下一版报送，另存为 3-correction.xlsx。" in dropped
    assert "另存为" not in "".join(front_of(judged(), "x", 1)["lines"])


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
    assert marks_are_due(judged())
    assert not marks_are_due(judged(**changed))
