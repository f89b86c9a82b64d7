"""Workbooks: rows as the sheet shows them, and what the reader of workbooks would pass over."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from rollcall.datasets import datasets
from rollcall.parse.readings import Limits

SHEET = "文明实践活动表"
EVENTS = [column.label for column in datasets()["events"].columns]
FUNDING = [column.label for column in datasets()["funding"].columns]
TALK = ["A-1", "讲座", "talk", "", 620102001000, "", "", "", "2023-07-01 14:30", "", 12, 3, ""]


def book(fill: Callable[[Any, Any], None], name: str = SHEET, **options: Any) -> bytes:
    """A workbook with one sheet that *fill* gets, after the workbook."""
    data = io.BytesIO()
    made = xlsxwriter.Workbook(data, options)
    fill(made, made.add_worksheet(name))
    made.close()
    return data.getvalue()


def plain(made: Any, sheet: Any) -> None:
    sheet.write_row(0, 0, EVENTS)
    sheet.write_row(1, 0, TALK)


def edited(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The same workbook with one part changed."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(result, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert old in content
                content = content.replace(old, new)
            target.writestr(name, content)
    return result.getvalue()


@pytest.mark.parametrize(("top", "left"), [(0, 0), (3, 0), (0, 2), (9, 30)])
def test_names_rows_and_cells_as_the_sheet_does_wherever_the_table_stands(read: Any, top: int, left: int) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_row(top, left, EVENTS)
        sheet.write_row(top + 2, left, TALK)
        sheet.write_row(top + 4, left, [*TALK[:10], "十二"])

    got = read("a.xlsx", book(fill))
    assert [row["_row"] for row in got.rows["events"]] == [str(top + 3), str(top + 5)]
    assert got.rows["events"][0]["organiser_code"] == "620102001000"
    assert got.cells == [f"{'K' if left == 0 else 'M' if left == 2 else 'AO'}{top + 5}"]


def test_reads_dates_times_and_numbers_of_a_sheet(read: Any) -> None:
    def fill(made: Any, sheet: Any) -> None:
        moment = made.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, EVENTS)
        sheet.write_row(1, 0, TALK)
        sheet.write_datetime(1, 8, datetime(2023, 7, 1, 14, 30), moment)
        sheet.write_datetime(1, 9, datetime(2023, 7, 2), moment)
        sheet.write(1, 12, 0.1 + 0.9)

    [row] = read("a.xlsx", book(fill)).rows["events"]
    assert row["started_at"] == "2023-07-01T14:30:00+08:00"
    assert row["ended_at"] == "2023-07-02T00:00:00+08:00"
    assert (row["attendees"], row["beneficiaries"]) == ("12", "1")


@pytest.mark.parametrize("is_1904", [False, True])
def test_counts_days_from_where_the_workbook_does(read: Any, is_1904: bool) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, FUNDING)
        sheet.write_row(1, 0, ["V", "x", "x", "x", 1, "", "", 2023])
        sheet.write_row(2, 0, ["W", "x", "x", "x", 1, "", (date(2023, 7, 3) - first).days, 2023])
        sheet.write_datetime(1, 6, date(2023, 7, 3), made.add_format({"num_format": "yyyy-mm-dd"}))

    first = date(1904, 1, 1) if is_1904 else date(1899, 12, 30)
    got = read("a.xlsx", book(fill, "经费收支表", date_1904=is_1904))
    assert [row["booked_on"] for row in got.rows["funding"]] == ["2023-07-03", "2023-07-03"]


def test_names_errors_and_formulas_that_were_never_computed(read: Any) -> None:
    """The reader of workbooks gives nothing for them, or the 0 of a program that does not compute."""

    def fill(made: Any, sheet: Any) -> None:
        plain(made, sheet)
        sheet.write_formula(1, 12, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 11, "=1+1")
        sheet.write_formula(1, 10, "=6*7", None, 42)
        sheet.write_formula(5, 3, "=NA()", None, "#N/A")

    got = read("a.xlsx", book(fill))
    assert sorted(got.cells) == ["D6", "L2", "M2"]
    assert got.rows["events"][0]["attendees"] == "42"
    assert [row["_unreadable"] for row in got.rows["events"]] == ["2", "1"]
    assert {reason.split("：")[1][:9] for reason in got.reasons} == {"这一格显示的是错误", "这一格是公式，还没"}


def test_names_what_openpyxl_left_uncomputed(read: Any) -> None:
    made = openpyxl.Workbook()
    made.active.title = SHEET
    made.active.append(EVENTS)
    made.active.append([*TALK[:10], "=1+1", "=2", "#REF!"])
    data = io.BytesIO()
    made.save(data)
    assert read("a.xlsx", data.getvalue()).cells == ["K2", "L2", "M2"]


def test_takes_the_result_of_a_computed_formula_even_when_it_is_nothing(read: Any) -> None:
    def fill(made: Any, sheet: Any) -> None:
        plain(made, sheet)
        sheet.write_formula(1, 10, "=0", None, 0)
        sheet.write_formula(1, 3, '=""', None, "")

    data = edited(book(fill), "xl/workbook.xml", b' fullCalcOnLoad="1"', b"")
    data = edited(data, "xl/worksheets/sheet1.xml", b'<c r="D2"><f>', b'<c r="D2" t="str"><f>')
    got = read("a.xlsx", data)
    assert got.rows["events"][0]["attendees"] == "0"
    assert got.rows["events"][0]["theme"] == ""
    assert got.cells == []


@pytest.mark.parametrize(
    ("areas", "held"),
    [
        ([(0, 0, 0, 3)], []),  # the title
        ([(0, 0, 1, 0)], []),  # a title down to the headers
        ([(2, 1, 3, 1)], ["B3", "B4"]),
        ([(1, 4, 2, 4)], ["E3"]),  # from the headers into the first record
        ([(3, 1, 3, 5)], ["B4"]),
        ([(2, 1, 2, 2), (2, 4, 4, 5), (3, 0, 3, 2)], ["B3", "E3", "A4", "E4", "E5"]),
        ([(4, 20, 5, 21)], ["U5", "U6"]),  # beside the table
        ([(6, 0, 9, 3)], []),  # below it
        ([(40, 0, 41, 3)], []),
    ],
)
def test_holds_the_rows_that_a_merged_cell_touches_and_no_others(read: Any, areas: Any, held: list[str]) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write(0, 0, "某某街道活动表")
        for row in range(2, 6):
            sheet.write_row(row, 0, TALK)
        for area in areas:
            sheet.merge_range(*area, None)
            if area[0] < 6 and area[1] < len(TALK):
                sheet.write(area[0], area[1], TALK[area[1]])
        sheet.write_row(1, 0, EVENTS)

    got = read("a.xlsx", book(fill))
    rows = {row["_row"]: int(row["_unreadable"]) for row in got.rows["events"]}
    assert {int(row) for row, count in rows.items() if count} == {int(cell[1:]) for cell in held}
    assert set(got.cells) <= set(held)
    assert all("合并单元格" in reason and "请取消合并" in reason for reason in got.reasons)
    assert {"3", "4", "5", "6"} <= set(rows)


def test_takes_a_text_that_begins_with_an_equals_sign_for_a_text(read: Any) -> None:
    """Typed as text, or behind an apostrophe; a formula that was never computed is found elsewhere."""

    def fill(made: Any, sheet: Any) -> None:
        plain(made, sheet)
        sheet.write_string(1, 1, "=同心=活动")
        sheet.write_string(1, 12, "=1+1")

    got = read("a.xlsx", book(fill))
    assert got.rows["events"][0]["title"] == "=同心=活动"
    assert got.cells == ["M2"]


def test_turns_away_two_sheets_for_one_dataset_hidden_or_not(read: Any) -> None:
    def fill(made: Any, sheet: Any) -> None:
        plain(made, sheet)
        other = made.add_worksheet(f" {SHEET} ")
        other.hide()
        plain(made, other)
        money = made.add_worksheet("经费收支表 ")
        money.write_row(0, 0, FUNDING)
        made.add_worksheet("说明")

    got = read("a.xlsx", book(fill))
    assert "2 张表" in got.trouble("events")
    assert got.rows == {"funding": []}
    assert got.reading.datasets["funding"].sheet == "经费收支表 "
    assert got.reading.not_read == ["工作表“说明”"]


def test_reads_a_hidden_sheet(read: Any) -> None:
    def fill(made: Any, sheet: Any) -> None:
        made.add_worksheet("说明").activate()
        plain(made, sheet)
        sheet.hide()

    assert len(read("a.xlsx", book(fill)).rows["events"]) == 1


def test_says_which_sheets_it_wants_when_there_is_none(read: Any) -> None:
    assert "“文明创建单位台账”" in read("a.xlsx", book(plain, "Sheet1")).reading.trouble


def test_finds_a_number_that_lost_its_last_digits(read: Any) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, EVENTS)
        sheet.write_row(1, 0, [620102199001011234, *TALK[1:]])

    got = read("a.xlsx", book(fill))
    assert got.cells == ["A2"]
    assert "末位已丢失" in got.reasons[0]


@pytest.mark.parametrize(
    ("part", "old", "new", "found"),
    [
        ("xl/workbook.xml", b"<workbook ", b'<!DOCTYPE x [<!ENTITY a "b">]><workbook ', "DOCTYPE"),
        ("xl/styles.xml", b"<styleSheet ", b"<!DOCTYPE x><styleSheet ", "DOCTYPE"),
        ("xl/_rels/workbook.xml.rels", b"<?xml", b"\xff\xfe<?xml", "UTF-16"),
        ("xl/workbook.xml", b"</workbook>", b"", "损坏"),
        ("xl/styles.xml", b"</styleSheet>", b"", "损坏"),
        ("xl/_rels/workbook.xml.rels", b"</Relationships>", b"", "损坏"),
    ],
)
def test_says_what_it_found_in_a_workbook_that_no_spreadsheet_wrote(
    read: Any, part: str, old: bytes, new: bytes, found: str
) -> None:
    trouble = read("a.xlsx", edited(book(plain), part, old, new)).reading.trouble
    assert found in trouble
    assert "请" in trouble
    assert ("损坏" in trouble) == (found == "损坏")


def test_says_what_it_found_in_a_sheet_that_no_spreadsheet_wrote(read: Any) -> None:
    data = edited(book(plain), "xl/worksheets/sheet1.xml", b"<worksheet ", b"<!DOCTYPE x><worksheet ")
    trouble = read("a.xlsx", data).trouble("events")
    assert "DOCTYPE" in trouble
    assert "损坏" not in trouble


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"</sheetData>", b""),
        (b"<sheetData>", b"<sheetData><row r='x'><c r='!!'/>"),
        (b"<worksheet ", b"<!DOCTYPE x><worksheet "),
    ],
)
def test_turns_away_a_damaged_sheet_and_reads_the_other(read: Any, old: bytes, new: bytes) -> None:
    def fill(made: Any, sheet: Any) -> None:
        plain(made, sheet)
        made.add_worksheet("经费收支表").write_row(0, 0, FUNDING)

    got = read("a.xlsx", edited(book(fill), "xl/worksheets/sheet1.xml", old, new))
    assert got.trouble("events")
    assert got.rows == {"funding": []}


def test_does_not_mind_formatting_that_reaches_far(read: Any) -> None:
    def fill(made: Any, sheet: Any) -> None:
        plain(made, sheet)
        sheet.write_blank("XFD1048576", None, made.add_format({"bold": True}))

    assert len(read("a.xlsx", book(fill)).rows["events"]) == 1


def styled(rows: int) -> bytes:
    """A workbook of one record, and below it *rows* of 13 cells that only have a format."""
    data = book(plain)
    empty = "".join(f'<c r="{chr(65 + column)}%d" s="0"/>' for column in range(13))
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name != "xl/worksheets/sheet1.xml":
                target.writestr(name, source.read(name))
                continue
            before, after = source.read(name).decode().split("</sheetData>")
            with target.open(name, "w") as part:
                part.write(before.encode())
                for number in range(3, rows + 3):
                    line = empty.replace("%d", str(number))
                    part.write(f'<row r="{number}">{line}</row>'.encode())
                part.write(f"</sheetData>{after}".encode())
    return made.getvalue()


def test_reads_what_is_above_many_rows_that_only_have_a_format(read: Any) -> None:
    assert [row["_row"] for row in read("a.xlsx", styled(20_000)).rows["events"]] == ["2"]


def test_names_the_empty_rows_that_make_a_workbook_too_large(read: Any) -> None:
    """Once a whole column was filled with a colour: 1,048,576 rows of 13 cells are more than 300 MiB."""
    limits = Limits(25 << 20, 4 << 20, 1_000_000, 60)
    trouble = read("a.xlsx", styled(20_000), limits).reading.trouble
    assert f"工作表“{SHEET}”" in trouble
    assert "只有 20 个有内容" in trouble
    assert "整行删除" in trouble
    assert "图片" not in trouble


def test_does_not_blame_empty_rows_where_there_are_records(read: Any) -> None:
    def fill(made: Any, sheet: Any) -> None:
        plain(made, sheet)
        for row in range(2, 20_000):
            sheet.write_row(row, 0, TALK)

    limits = Limits(25 << 20, 4 << 20, 1_000_000, 60)
    assert "空单元格" not in read("a.xlsx", book(fill), limits).reading.trouble
