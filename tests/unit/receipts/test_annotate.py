"""Marking an open workbook."""

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment

from rollcall.receipts.annotate import AUTHOR, LONGEST_COMMENT, mark

RED, YELLOW = "00FFC7CE", "00FFEB9C"


def reason(cell: str | None, row: int | None = 3, **changed: object) -> dict:
    return {"sheet": "经费收支表", "row": row, "cell": cell, "severity": "critical", "text": "金额应大于 0。"} | changed


@pytest.fixture
def workbook() -> Workbook:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "经费收支表"
    for row in (["二〇二三年七月"], ["凭证号", "金额（元）"], ["P-1", 0], ["P-2", -1]):
        sheet.append(row)
    return workbook


def test_colours_and_comments_the_cell_that_is_wrong_and_no_other(workbook):
    assert mark(workbook, [reason("B3")]) == 1
    sheet = workbook.active
    assert sheet["B3"].fill.start_color.rgb == RED
    assert (sheet["B3"].comment.text, sheet["B3"].comment.author) == ("金额应大于 0。", AUTHOR)
    assert sheet["B3"].value == 0
    others = [cell for row in sheet.iter_rows() for cell in row if cell.coordinate != "B3"]
    assert all(cell.comment is None and cell.fill.fill_type is None for cell in others)


def test_a_warning_is_yellow_and_a_cell_shows_the_worst_of_its_reasons(workbook):
    mark(workbook, [reason("B3", severity="warning", text="请核对。"), reason("B4", severity="warning"), reason("B3")])
    assert workbook.active["B4"].fill.start_color.rgb == YELLOW
    assert workbook.active["B3"].fill.start_color.rgb == RED
    assert workbook.active["B3"].comment.text == "请核对。\n金额应大于 0。"


def test_a_reason_said_twice_of_one_cell_is_written_once(workbook):
    mark(workbook, [reason("B3"), reason("B3")])
    assert workbook.active["B3"].comment.text == "金额应大于 0。"


@pytest.mark.parametrize("cell", [None, "", "7", "=A1", "B3:C4", "b3"])
def test_a_reason_without_a_cell_marks_the_first_cell_of_its_row(workbook, cell):
    mark(workbook, [reason(cell, row=4)])
    assert workbook.active["A4"].comment.text == "金额应大于 0。"


def test_the_first_cell_of_a_row_is_in_the_first_column_that_holds_anything():
    workbook = Workbook()
    workbook.active.title = "经费收支表"
    workbook.active["C3"] = "P-1"
    mark(workbook, [reason(None)])
    assert workbook.active["C3"].comment is not None


def test_a_sheet_turned_away_is_told_at_its_first_cell(workbook):
    """Both sheets of one dataset are told: two of them is why they were turned away."""
    workbook.create_sheet("经费收支表 ")
    assert mark(workbook, [reason(None, row=None, text="缺少“凭证号”列。")]) == 1
    assert [sheet["A1"].comment.text for sheet in workbook] == ["缺少“凭证号”列。"] * 2


def test_a_merged_cell_is_marked_where_it_shows(workbook):
    workbook.active.merge_cells("A3:B4")
    mark(workbook, [reason("B4", row=4)])
    assert workbook.active["A3"].comment is not None


def test_prefers_the_sheet_of_exactly_that_name(workbook):
    workbook.create_sheet("经费收支表 ", 0)
    mark(workbook, [reason("B3")])
    assert [sheet["B3"].comment is not None for sheet in workbook] == [False, True]


def test_counts_only_marks_that_found_their_sheet(workbook):
    assert mark(workbook, [reason("B3"), reason("B3", sheet="没有的表")]) == 1


def test_keeps_what_the_office_had_noted_in_the_cell(workbook):
    workbook.active["B3"].comment = Comment("已与财务核对", "张")
    mark(workbook, [reason("B3")])
    assert workbook.active["B3"].comment.text == "已与财务核对\n金额应大于 0。"


def test_a_formula_stays_and_a_reason_that_looks_like_one_is_text(workbook, tmp_path):
    from openpyxl import load_workbook

    workbook.active["B3"] = "=SUM(B4:B9)"
    mark(workbook, [reason("B3", text="=HYPERLINK(“http://…”)")])
    workbook.save(tmp_path / "marked.xlsx")
    cell = load_workbook(tmp_path / "marked.xlsx").active["B3"]
    assert (cell.value, cell.comment.text) == ("=SUM(B4:B9)", "=HYPERLINK(“http://…”)")


@pytest.mark.parametrize("hostile", ["\x00\x08\x1b", "\ufffe", "\ud800", "</text></comment><script>"])
def test_text_that_xml_cannot_carry_still_makes_a_workbook_that_opens(workbook, tmp_path, hostile):
    from openpyxl import load_workbook

    mark(workbook, [reason("B3", text=f"“{hostile}”不是数字。")])
    workbook.save(tmp_path / "marked.xlsx")
    text = load_workbook(tmp_path / "marked.xlsx").active["B3"].comment.text
    assert text.endswith("”不是数字。")


def test_a_comment_stays_readable_however_many_reasons_meet_in_a_cell(workbook):
    mark(workbook, [reason("B3", text=f"第 {number} 个原因。") for number in range(1000)])
    text = workbook.active["B3"].comment.text
    assert len(text) == LONGEST_COMMENT
    assert text.endswith("…")
