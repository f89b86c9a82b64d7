"""Number formats: a text column gives what its cell shows, a number column what the cell holds, percents nothing."""

import io
import zipfile
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from rollcall.datasets import Column, Dataset, datasets
from rollcall.parse.formats import CannotApply, is_percent, shown_by
from tests.files import as_xlsx, rows_of
from tests.unit.parse.test_keys import KEYS

NUMBERS = [(d, c) for d in datasets().values() for c in d.columns if c.type in ("integer", "number", "money")]


SHOWING = """\
00000|123|00123
"V"000000|12|V000012
\\V000000|12|V000012
General|123|123
0|7|7
#|7|7
0.0|1001|1001.0
0.00|92.5|92.50
#,##0|1234567|1,234,567
#,##0.00|1234.5|1,234.50
00,000|12|00,012
0%|0.85|85%
0.00%|0.925|92.50%
0000-00-00|20230715|2023-07-15
000-0000-0000|2345678|000-0234-5678
"第"0"号"|5|第5号
第0号|5|第5号
0;(0)|-5|(5)
0|-5|-5
0;-0;"零"0|0|零0
[Red]0_);[Blue](0)|5|5\x20
[$¥-804]0|5|¥5
[$-804]00|3|03
@|5|5
"A-"General|12|A-12
0.0#|1.5|1.5
0.0#|1.25|1.25
0.0?|1.5|1.5\x20
#.0|0.5|.5
???0|12|  12
"0%"0|5|0%5
"""
# Rounded, in thousands, a power or fraction, a day, hidden, conditional, in words, filled, or not known to us.
NOT_SHOWING = """\
0|12.5
0.0|1.25
0%|0.855
0,|1234
0.00E+00|123
##0.0E+0|12345
# ?/?|1.5
# ??/??|1.5
yyyy|45000
h:mm|0.5
aaaa|3
;;;|5
0;-0;|0
|5
"已报"|5
[>100]0;00|5
[DBNum1]0|5
0*-|5
unknown|5
0.0.0|5
0;0;0;0;0|5
000"-"000,0|123456
"""


@pytest.mark.parametrize("line", SHOWING.splitlines())
def test_gives_what_a_cell_shows(line: str) -> None:
    code, value, text = line.split("|")
    assert shown_by(code, float(value)) == text


@pytest.mark.parametrize("line", NOT_SHOWING.splitlines())
def test_says_where_a_cell_shows_another_number_or_nothing(line: str) -> None:
    code, value = line.split("|")
    with pytest.raises(CannotApply):
        shown_by(code, float(value))


def test_knows_a_percent_from_a_sign_that_stands_there_as_text() -> None:
    assert all(map(is_percent, ("0%", "0.00%", "[Red]0%", "0;-0%", "#,##0.0%_)")))
    assert not any(map(is_percent, ('0"%"', r"0\%", "General", "0_%", "0‰")))


def sheet_of(dataset: Dataset, column: Column, cells: list[tuple[float, str]]) -> bytes:
    """A workbook of clean rows; in *column* stand numbers with a format each."""
    data = io.BytesIO()
    made = xlsxwriter.Workbook(data)
    sheet = made.add_worksheet(dataset.sheet_zh)
    sheet.write_row(0, 0, [one.label for one in dataset.columns])
    for number, (row, (value, code)) in enumerate(zip(rows_of(dataset.name, len(cells)), cells, strict=True), 1):
        for place, one in enumerate(dataset.columns):
            if one is column:
                sheet.write_number(number, place, value, made.add_format({"num_format": code}))
            elif one.name in row:
                sheet.write(number, place, row[one.name])
    made.close()
    return data.getvalue()


SHOWN = [
    (123, "00000", "00123"),
    (12, '"V"000000', "V000012"),
    (620102001000, "0", "620102001000"),
    (7, "General", "7"),
]


@pytest.mark.parametrize(("dataset", "column"), KEYS, ids=[f"{d.name}.{c.name}" for d, c in KEYS])
def test_reads_a_key_as_its_cell_shows_it(read: Any, dataset: Dataset, column: Column) -> None:
    cells = [(value, code) for value, code, _ in SHOWN]
    got = read("a.xlsx", sheet_of(dataset, column, [*cells, (12.5, "0"), (2023070000000001, "0"), (5, "0.00E+00")]))
    read_as = [row[column.name] for row in got.rows[dataset.name]]
    assert read_as == [text for _, _, text in SHOWN] + ["", "", ""]
    assert [reason.split("：")[1][:6] for reason in got.reasons] == ["这一格存的数", "号码被存成了", "这一格存的数"]


@pytest.mark.parametrize(("dataset", "column"), NUMBERS, ids=[f"{d.name}.{c.name}" for d, c in NUMBERS])
def test_reads_what_a_number_is_however_it_is_shown_but_no_percent(read: Any, dataset: Dataset, column: Column) -> None:
    shown = ["0", "0.0", "#,##0", "0,", "00000", "0.00E+00", '0"%"', "General"]
    got = read("a.xlsx", sheet_of(dataset, column, [*((1234, code) for code in shown), (12, "0%"), (0.85, "0.00%")]))
    assert [row[column.name] for row in got.rows[dataset.name]] == ["1234"] * 8 + ["", ""]
    assert "1200 还是 12。" in got.reasons[0]
    assert "85 还是 0.85。" in got.reasons[1]
    assert all("请把单元格格式改为“常规”" in reason for reason in got.reasons)


def test_reads_percents_only_where_they_are_numbers(read: Any) -> None:
    """A score of 100 shown as 85 %, as in an evaluation form."""
    units = datasets()["units"]
    score = next(column for column in units.columns if column.name == "assessment_score")
    got = read("a.xlsx", sheet_of(units, score, [(0.85, "0%"), (92.5, "0.00"), (0.925, "0.00%")]))
    assert got.cells == ["O2", "O4"]
    assert [row["assessment_score"] for row in got.rows["units"]] == ["", "92.5", ""]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<c r="', b'<c  r="'), (b"<c ", b"<c\n"), (b'" s="', b"\" s='"), (b"<sheetData>", b"<!-- --><sheetData>"),
        (b'<c r="A2" s="1"', b'<c s="1" r="A2"'),
    ],
)  # fmt: skip
def test_finds_formats_in_a_sheet_of_any_form(read: Any, old: bytes, new: bytes) -> None:
    data = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sheet_of(*KEYS[0], [(123, "00000")]))) as source,
        zipfile.ZipFile(data, "w") as made,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert old in content
                content = content.replace(old, new)
                if b"s='" in new:
                    content = content.replace(b"s='1\"", b"s='1'").replace(b"s='0\"", b"s='0'")
            made.writestr(name, content)
    assert read("a.xlsx", data.getvalue()).rows["units"][0]["unit_no"] == "00123"


def test_finds_formats_that_openpyxl_wrote(read: Any) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(teams=rows_of("teams", 2))))
    cell = book.active["A3"]
    cell.value, cell.number_format = 45, "000"
    data = io.BytesIO()
    book.save(data)
    assert [row["team_no"] for row in read("a.xlsx", data.getvalue()).rows["teams"]] == ["T1", "045"]
