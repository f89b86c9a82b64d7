"""Marking a workbook: which cells, which colours, which words; and that all else of the package stays."""

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from rollcall.receipts.annotate import annotate
from rollcall.receipts.markup import PartRefused, elements
from rollcall.receipts.notes import AUTHOR, LONGEST_NOTE, OUTDATED
from rollcall.receipts.sheets import AMBER, RED

RED_FILL, YELLOW_FILL = "FFFFC7CE", "FFFFEB9C"
TOLD = "【回执】金额应大于 0。"
SAID = {
    "title": "回执：2023-07 第 2 版（更正）",
    "revision": 2,
    "lines": ["结果：部分接受。"],
    "datasets": [["经费收支表", "部分接受", 2, 1, 1, ""]],
    "marks": "共 1 处需要改正或核对：",
}


def reason(cell: str | None, row: int | None = 3, **changed: object) -> dict:
    return {"sheet": "经费收支表", "row": row, "cell": cell, "column": "金额（元）", "severity": "critical",
            "text": "金额应大于 0。"} | changed  # fmt: skip


def saved(workbook: Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def changed_part(content: bytes, part: str, change: Callable[[str], str], **added: str) -> bytes:
    """The package with one part changed, and others *added* under their names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text.decode()).encode() if name == part else text)
        for name, text in added.items():
            new.writestr(name, text)
    return buffer.getvalue()


@pytest.fixture
def workbook() -> Workbook:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "经费收支表"
    for row in (["二〇二三年七月"], ["凭证号", "金额（元）"], ["P-1", 0], ["P-2", -1]):
        sheet.append(row)
    return workbook


@pytest.fixture
def mark(tmp_path) -> Callable[..., dict]:
    """Marks a workbook; gives the child's answer with the bytes made as `content` and, opened, as `workbook`."""

    def run(source: Workbook | bytes, *marks: dict, said: dict = SAID) -> dict:
        content = source if isinstance(source, bytes) else saved(source)
        (tmp_path / "source").write_bytes(content)
        job = {
            "source": str(tmp_path / "source"),
            "target": str(tmp_path / "target"),
            "marks": list(marks),
            "said": said,
        }
        answer = annotate(job, {"unpacked_bytes": 1 << 30})
        made = (tmp_path / "target").read_bytes() if answer["placed"] else b""
        return answer | {"content": made, "workbook": load_workbook(io.BytesIO(made)) if made else None}

    return run


def test_colours_and_comments_the_cell_that_is_wrong_and_no_other(workbook, mark):
    answer = mark(workbook, reason("B3"))
    assert (answer["placed"], answer["homeless"], answer["lost"]) == (1, 0, [])
    sheet = answer["workbook"]["经费收支表"]
    assert sheet["B3"].fill.start_color.rgb == RED_FILL
    assert (sheet["B3"].comment.text, sheet["B3"].comment.author) == (TOLD, AUTHOR)
    assert sheet["B3"].value == 0
    others = [cell for row in sheet.iter_rows() for cell in row if cell.coordinate != "B3"]
    assert all(cell.comment is None and cell.fill.fill_type is None for cell in others)


def test_every_other_part_of_the_package_keeps_its_bytes(workbook, mark):
    """Pictures, shapes, charts, links to other books, extensions nobody here knows: what is not ours is not touched."""
    workbook.create_sheet("说明")
    content = changed_part(
        saved(workbook), "-", str, **{"xl/media/image1.png": "seal", "xl/drawings/drawing9.xml": "<a>box</a>",
                                      "xl/calcChain.xml": "<c/>", "customXml/item1.xml": "<i/>"}
    )  # fmt: skip
    made = mark(content, reason("B3"))["content"]
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(io.BytesIO(made)) as new:
        changed = {name for name in old.namelist() if new.read(name) != old.read(name)}
    assert changed == {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
                       "xl/worksheets/sheet1.xml"}  # fmt: skip


def test_the_stored_result_of_a_formula_stays(workbook, mark):
    """A preview or a phone computes nothing; and a file sent back unopened must be readable."""
    workbook.active["B3"] = "=3+4"
    content = changed_part(saved(workbook), "xl/worksheets/sheet1.xml", lambda xml: xml.replace("<v/>", "<v>7</v>")
                           .replace("<v></v>", "<v>7</v>"))  # fmt: skip
    made = mark(content, reason("B3"))["content"]
    assert load_workbook(io.BytesIO(made), data_only=True)["经费收支表"]["B3"].value == 7
    assert load_workbook(io.BytesIO(made))["经费收支表"]["B3"].value == "=3+4"


def test_a_cell_keeps_its_format_but_for_the_fill(workbook, mark):
    cell = workbook.active["B3"]
    cell.number_format, cell.font, cell.fill = "#,##0.00", Font(bold=True), PatternFill("solid", start_color="D9E1F2")
    made = mark(workbook, reason("B3"))["workbook"]["经费收支表"]["B3"]
    assert (made.number_format, made.font.b, made.fill.start_color.rgb) == ("#,##0.00", True, RED_FILL)


def test_a_warning_is_yellow_and_a_cell_shows_the_worst_of_its_reasons(workbook, mark):
    marks = reason("B3", severity="warning", text="请核对。"), reason("B4", row=4, severity="warning"), reason("B3")
    sheet = mark(workbook, *marks)["workbook"]["经费收支表"]
    assert sheet["B4"].fill.start_color.rgb == YELLOW_FILL
    assert sheet["B3"].fill.start_color.rgb == RED_FILL
    assert sheet["B3"].comment.text == "【回执】请核对。\n金额应大于 0。"


def test_a_reason_said_twice_of_one_cell_is_written_once(workbook, mark):
    made = mark(workbook, reason("B3"), reason("B3"))["workbook"]
    assert made["经费收支表"]["B3"].comment.text == TOLD


@pytest.mark.parametrize("cell", [None, "", "7", "=A1", "B3:C4", "b3", "XFE1", "A1048577"])
def test_a_reason_without_a_cell_marks_the_first_cell_of_its_row(workbook, mark, cell):
    made = mark(workbook, reason(cell, row=4))["workbook"]
    assert made["经费收支表"]["A4"].comment.text == TOLD


def test_the_first_cell_of_a_row_is_the_first_that_holds_anything(mark):
    workbook = Workbook()
    workbook.active.title = "经费收支表"
    workbook.active["C3"] = "P-1"
    workbook.active["A3"].font = Font(bold=True)
    assert mark(workbook, reason(None))["workbook"]["经费收支表"]["C3"].comment is not None


@pytest.mark.parametrize("cell", ["A1", "D3", "B9", "XFD1048576"])
def test_a_cell_that_is_not_in_the_file_is_added_where_it_belongs(mark, cell):
    """Spreadsheets leave out empty cells and rows, and refuse a file in which they stand out of order."""
    workbook = Workbook()
    workbook.active.title = "经费收支表"
    workbook.active["B3"], workbook.active["E3"], workbook.active["B12"] = 1, 2, 3
    made = mark(workbook, reason(cell, row=int("".join(filter(str.isdigit, cell)))))
    assert made["workbook"]["经费收支表"][cell].fill.start_color.rgb == RED_FILL
    with zipfile.ZipFile(io.BytesIO(made["content"])) as package:
        xml = package.read("xl/worksheets/sheet1.xml").decode()

    rows = [int(number) for number in re.findall(r'<row r="(\d+)"', xml)]
    assert rows == sorted(set(rows))
    cells = [one["coordinate"] for one in ({"coordinate": name} for name in re.findall(r'<c [^>]*?r="([A-Z]+3)"', xml))]
    assert cells == sorted(cells)


def test_rows_and_cells_without_a_number_are_counted(workbook, mark):
    """The format allows to leave `r` out; some programs do."""

    content = changed_part(saved(workbook), "xl/worksheets/sheet1.xml", lambda xml: re.sub(r' r="[A-Z]*\d+"', "", xml))
    with zipfile.ZipFile(io.BytesIO(mark(content, reason("B3"))["content"])) as package:
        xml = package.read("xl/worksheets/sheet1.xml").decode()
    third = re.findall(r"<row.*?</row>", xml)[2]
    assert re.findall(r'<c[^>]* s="\d+"[^>]*>.*?</c>', third)[-1].endswith("<v>0</v></c>")


def test_elements_with_a_prefix_are_understood_and_written(workbook, mark):
    """Some programs write every element as x:row."""

    def prefixed(xml: str) -> str:
        return re.sub(r"<(/?)(\w)", r"<\1x:\2", xml).replace("xmlns=", "xmlns:x=").replace("<?x:xml", "<?xml")

    content = changed_part(saved(workbook), "xl/worksheets/sheet1.xml", prefixed)
    made = mark(content, reason("B3"), reason("D9", row=9))["workbook"]["经费收支表"]
    assert made["B3"].comment is not None
    assert made["D9"].fill.start_color.rgb == RED_FILL


def test_a_sheet_turned_away_is_told_at_its_first_cell(workbook, mark):
    """Both sheets of one dataset are told: two of them is why they were turned away."""
    workbook.create_sheet("经费收支表 ")
    answer = mark(workbook, reason(None, row=None, text="缺少“凭证号”列。"))
    assert answer["placed"] == 1
    assert [sheet["A1"].comment.text for sheet in answer["workbook"].worksheets[1:]] == ["【回执】缺少“凭证号”列。"] * 2


def test_a_merged_cell_is_marked_where_it_shows(workbook, mark):
    workbook.active.merge_cells("A3:B4")
    assert mark(workbook, reason("B4", row=4))["workbook"]["经费收支表"]["A3"].comment is not None


def test_prefers_the_sheet_of_exactly_that_name(workbook, mark):
    workbook.create_sheet("经费收支表 ", 0)
    made = mark(workbook, reason("B3"))["workbook"]
    assert [sheet["B3"].comment is not None for sheet in made.worksheets[1:]] == [False, True]


def test_keeps_what_the_office_had_noted_in_the_cell(workbook, mark):
    workbook.active["B3"].comment = Comment("已与财务核对", "张")
    workbook.active["B4"].comment = Comment("未到账", "张")
    made = mark(workbook, reason("B3"), reason("A4", row=4))["workbook"]["经费收支表"]
    assert made["B3"].comment.text == f"已与财务核对\n{TOLD}"
    assert (made["B4"].comment.text, made["A4"].comment.text) == ("未到账", TOLD)


@pytest.mark.parametrize("start", "=+-@")
def test_a_reason_that_looks_like_a_formula_is_a_text(workbook, mark, start):
    """Also when the sheet is saved as csv and that is opened."""
    made = mark(workbook, reason("B3", text=f"{start}HYPERLINK(“http://…”)"))["workbook"]
    assert made["经费收支表"]["B3"].comment.text == f"【回执】{start}HYPERLINK(“http://…”)"
    listed = next(row for row in made["回执"].iter_rows() if row[1].value == "B3")[5]
    assert (listed.value, listed.data_type, listed.quotePrefix) == (f"'{start}HYPERLINK(“http://…”)", "s", True)


@pytest.mark.parametrize("hostile", ["\x00\x08\x1b", "\ufffe", "\ud800", "</text></comment><script>"])
def test_text_that_xml_cannot_carry_still_makes_a_workbook_that_opens(workbook, mark, hostile):
    text = mark(workbook, reason("B3", text=f"“{hostile}”不是数字。"))["workbook"]["经费收支表"]["B3"].comment.text
    assert text.endswith("”不是数字。")


def test_a_comment_stays_readable_however_many_reasons_meet_in_a_cell(workbook, mark):
    made = mark(workbook, *(reason("B3", text=f"第 {number} 个原因。") for number in range(1000)))["workbook"]
    text = made["经费收支表"]["B3"].comment.text
    assert len(text) == LONGEST_NOTE
    assert text.endswith("…")


def test_the_tab_of_a_sheet_with_marks_is_red_or_with_warnings_alone_amber(workbook, mark):
    for title in ("文明创建单位台账", "文明实践活动表"):
        workbook.create_sheet(title)
    workbook["文明实践活动表"].sheet_properties.tabColor = "0000FF00"
    made = mark(workbook, reason("B3"), reason("A1", 1, sheet="文明创建单位台账", severity="warning"))["workbook"]
    colours = {sheet.title: sheet.sheet_properties.tabColor for sheet in made}
    assert (colours["经费收支表"].rgb, colours["文明创建单位台账"].rgb) == (RED, AMBER)
    assert colours["文明实践活动表"].rgb == "0000FF00"


def test_the_first_sheet_lists_every_mark_with_a_link_to_its_cell(workbook, mark):
    workbook.create_sheet("员工's 表")
    marks = [reason("B3"), reason(None, row=4, severity="warning", text="请核对。"), reason("A1", 1, sheet="员工's 表"),
             reason("B3", sheet="没有的表")]  # fmt: skip
    answer = mark(workbook, *marks)
    assert (answer["placed"], answer["homeless"]) == (3, 1)
    first = answer["workbook"].worksheets[0]
    assert (first.title, answer["workbook"].active.title, first["A1"].value) == ("回执", "回执", SAID["title"])
    lines = [[cell.value for cell in row] for row in first.iter_rows()]
    assert ["经费收支表", "部分接受", 2, 1, 1, ""] in [[value or "" for value in line] for line in lines]
    assert lines[-4:] == [
        ["经费收支表", "B3", "必须改正", 3, "金额（元）", "金额应大于 0。"],
        ["经费收支表", "A4", "请核对", 4, "金额（元）", "请核对。"],
        ["员工's 表", "A1", "必须改正", 1, "金额（元）", "金额应大于 0。"],
        ["没有的表", "没有找到", "必须改正", 3, "金额（元）", "金额应大于 0。"],
    ]
    links = [first.cell(first.max_row - 3 + place, 2).hyperlink for place in range(4)]
    assert [link and link.location for link in links] == ["'经费收支表'!B3", "'经费收支表'!A4", "'员工''s 表'!A1", None]


def test_only_the_first_sheet_is_selected(workbook, mark):
    """What is typed while several sheets are selected goes into all of them."""
    workbook.create_sheet("说明")
    workbook["说明"].sheet_view.tabSelected = True
    made = mark(workbook, reason("B3"))["workbook"]
    assert [sheet.sheet_view.tabSelected for sheet in made.worksheets] == [True, None, None]


def test_print_areas_stay_with_their_sheet(workbook, mark):
    workbook.create_sheet("说明").print_area = "A1:C9"
    made = mark(workbook, reason("B3"))["workbook"]
    assert [bool(sheet.print_area) for sheet in made.worksheets] == [False, False, True]


def test_a_marked_workbook_that_was_mended_and_sent_again_shows_no_old_mark(workbook, mark):
    """The old first sheet stays, as it may be the office's own; the new one has a name of its own."""
    before = mark(workbook, reason("B3"), reason("B4", row=4))
    again = mark(before["content"], reason("B4", row=4, text="金额仍应大于 0。"), said=SAID | {"revision": 3})[
        "workbook"
    ]
    assert again.sheetnames == ["回执（第 3 版）", "回执", "经费收支表"]
    sheet = again["经费收支表"]
    assert (sheet["B4"].comment.text, sheet["B4"].fill.start_color.rgb) == ("【回执】金额仍应大于 0。", RED_FILL)
    assert (sheet["B3"].comment.text, sheet["B3"].fill.fill_type) == (f"【回执】{OUTDATED}", None)


def test_what_the_office_noted_stays_when_a_marked_workbook_is_marked_again(workbook, mark):
    """Whoever its program says wrote the note: LibreOffice forgets it."""
    workbook.active["B3"].comment = Comment("已与财务核对", "张")
    once = mark(workbook, reason("B3"))["workbook"]
    once["经费收支表"]["B3"].comment.author = " "
    again = mark(once, reason("B3", text="金额仍应大于 0。"), said=SAID | {"revision": 3})["workbook"]
    assert again["经费收支表"]["B3"].comment.text == "已与财务核对\n【回执】金额仍应大于 0。"


def test_the_tab_of_a_mended_sheet_is_plain_again(workbook, mark):
    workbook.create_sheet("文明创建单位台账")
    before = mark(workbook, reason("B3"))
    again = mark(before["content"], reason("A1", 1, sheet="文明创建单位台账"))["workbook"]
    assert again["经费收支表"].sheet_properties.tabColor is None


def test_a_signature_is_said_to_be_lost(workbook, mark):
    """A changed file with its old signature would be called forged."""
    origin = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
    relation = f'<Relationship Id="s1" Type="{origin}" Target="_xmlsignatures/origin.sigs"/></Relationships>'
    content = changed_part(
        saved(workbook), "_rels/.rels", lambda xml: xml.replace("</Relationships>", relation),
        **{"_xmlsignatures/origin.sigs": "", "_xmlsignatures/sig1.xml": "<Signature/>"},
    )  # fmt: skip
    answer = mark(content, reason("B3"))
    assert [lost.startswith("电子签名") for lost in answer["lost"]] == [True]
    assert any("电子签名" in str(row[0].value) for row in answer["workbook"]["回执"].iter_rows())
    with zipfile.ZipFile(io.BytesIO(answer["content"])) as package:
        assert not [name for name in package.namelist() if "signatures" in name]
        assert b"signature" not in package.read("_rels/.rels")


def test_a_number_that_is_none_is_refused_and_quoted_nowhere(workbook, mark):
    """Its message goes to our log, and what stands in an office's file may be a name."""
    content = changed_part(
        saved(workbook), "xl/worksheets/sheet1.xml", lambda xml: xml.replace('<row r="4"', '<row r="张三"')
    )
    with pytest.raises(PartRefused) as refused:
        mark(content, reason("B3"))
    assert "张三" not in str(refused.value)


def test_new_notes_are_drawn_beside_those_that_were_there(workbook, mark):
    """Notes are added to the drawing that is there: a sheet has one."""
    workbook.active["A4"].comment = Comment("原注", "李")
    before = mark(workbook, reason("B3"))["content"]
    with zipfile.ZipFile(io.BytesIO(before)) as package:
        xml = package.read("xl/worksheets/sheet1.xml").decode()
        drawings = [name for name in package.namelist() if name.endswith(".vml")]
        shapes = len(list(elements(package.read(drawings[0]), "shape", "ClientData")))
    assert (xml.count("legacyDrawing"), len(drawings), shapes) == (1, 1, 2)
