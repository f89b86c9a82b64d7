"""What an office reads in its receipt: a reason wherever something was turned away, and advice that loses nothing."""

import io

import openpyxl
import pytest

from rollcall.receipts.receipt import read_judged
from rollcall.receipts.told import XLSX, front_of, marks_of
from rollcall.receipts.workbook import Annotator, Work
from rollcall.settings import load_settings
from rollcall.warehouse.connection import connect
from tests.files import as_csv, as_json, as_xlsx, rows_of
from tests.integration.load.conftest import asked, load
from tests.receipts import receipts_of

BAD_UNIT = {"credit_code": "91110000600037341X"}


def receipt(submission: int) -> dict:
    with connect() as connection:
        return receipts_of(connection, [submission], {2: "990100000000"})[submission]


@pytest.mark.parametrize(
    ("content", "filename", "words"),
    [
        (b"<html>502</html>", "2023-07.xlsx", "HTML"),
        (b"", "2023-07.zip", "0 字节"),
        (as_csv("units", rows_of("units", 1)).replace("单位编号".encode(), "编号".encode()), "units.csv", "缺少必填列"),
        (as_csv("units", rows_of("units", 2, **BAD_UNIT)), "units.csv", "文明创建单位台账：每一行都有错误"),
        (as_json(units={"no": "list"}), "2023-07.json", "文明创建单位台账：“units”应是记录的列表"),
        (as_json(nothing=[]), "2023-07.json", "没有一张要报的表"),
    ],
    ids=["unreadable", "empty", "its only dataset", "every row held", "an array", "unknown datasets"],
)
def test_a_file_turned_away_has_a_reason(submit, content, filename, words):
    submission = submit(2, content, filename)
    load()
    said = receipt(submission)
    assert said["outcome"] == "turned_away"
    assert words in said["reason"]
    assert all(dataset["reason"] for dataset in said["datasets"].values())


def test_a_file_that_was_too_large_to_fetch_names_the_limit(submit):
    submission = submit(2, b"large", "2023-07.xlsx", is_landed=False)
    load()
    assert receipt(submission)["reason"].startswith("文件超过 25 MiB，没有读取。")


def test_a_file_of_which_a_part_was_turned_away_says_which(submit):
    rows = {"units": rows_of("units", 2) + rows_of("units", 1, 7, **BAD_UNIT), "events": rows_of("events", 1)}
    submission = submit(2, as_json(**rows, funding={"no": "list"}), "2023-07.json")
    load()
    said = receipt(submission)
    assert said["outcome"] == "partly_accepted"
    assert "文明创建单位台账：1 行有错误，没有接受；其余 2 行已接受。" in said["reason"]
    assert "经费收支表：“funding”应是记录的列表" in said["reason"]
    assert "文明实践活动表" not in said["reason"]
    assert "reason" not in said["datasets"]["events"]


def test_nothing_wrong_has_no_reason(submit):
    submission = submit(2, as_csv("units", rows_of("units", 2)))
    load()
    assert receipt(submission)["reason"] is None


def test_counts_are_exact_where_a_receipt_lists_only_a_thousand_reasons(submit):
    submission = submit(2, as_csv("units", rows_of("units", 3) + rows_of("units", 1500, 4, **BAD_UNIT)))
    load()
    said = receipt(submission)
    units = said["datasets"]["units"]
    assert (units["received"], units["accepted"], units["held"]) == (1503, 3, 1500)
    assert (len(units["reasons"]), said["reasons_total"]) == (1000, 1500)


def test_who_follows_the_advice_for_a_large_file_loses_nothing(submit):
    """Datasets in files of their own, each as a revision: all of them stand, whatever their order."""
    events = submit(2, as_csv("events", rows_of("events", 3)), "events.csv", revision=3)
    load()
    units = submit(2, as_csv("units", rows_of("units", 3)), "units.csv", revision=2)
    load()
    slices = asked("select dataset, submission_id from ledger.slices where office_key = 2 order by 1")
    assert slices == [("events", events), ("units", units)]


def test_a_dataset_over_the_limit_of_rows_is_never_told_to_come_in_parts(submit, monkeypatch):
    """The second part would replace the first."""
    monkeypatch.setenv("ROLLCALL_MAX_ROWS", "2")
    submission = submit(2, as_csv("units", rows_of("units", 3)))
    load()
    reason = receipt(submission)["datasets"]["units"]["reason"]
    assert reason.startswith("超过 2 行，是一张报表的上限。")
    assert "不要拆成几版报送：后一版会整张替换前一版" in reason


def test_the_marked_workbook_sent_back_unopened_is_read_as_the_file_itself(submit):
    """And mended it is accepted: what was right before and was not touched still counts."""
    rows = rows_of("funding", 2) + rows_of("funding", 1, 3, amount_yuan="-1")
    original = as_xlsx(funding=rows, units=rows_of("units", 2))
    first = submit(2, original, "2023-07.xlsx")
    load()
    marked = marked_workbook(first, original)
    again = submit(2, marked, "2023-07.xlsx", revision=2)
    load()
    one, two = receipt(first), receipt(again)
    assert two["datasets"] == one["datasets"]
    assert two["not_read"] == ["工作表“回执”"]
    book = openpyxl.load_workbook(io.BytesIO(marked))
    cell = next(cell for row in book["经费收支表"].iter_rows() for cell in row if cell.comment)
    cell.value = 5
    mended = io.BytesIO()
    book.save(mended)
    third = submit(2, mended.getvalue(), "2023-07.xlsx", revision=3)
    load()
    said = receipt(third)
    assert said["outcome"] == "accepted"
    assert said["datasets"]["funding"]["accepted"] == 3


def marked_workbook(submission: int, content: bytes) -> bytes:
    with connect() as connection:
        (judged,) = read_judged(connection, [submission])
    judged.media_type = XLSX
    marks = marks_of(judged, judged.reasons)
    with Annotator(load_settings()) as annotator:
        annotation = annotator.annotate(judged, lambda: Work(content, marks, front_of(judged, "x", len(marks))))
        assert annotation.path is not None, annotation.trouble
        return annotation.path.read_bytes()
