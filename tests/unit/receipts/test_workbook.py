"""Marking workbooks that may be hostile, in limited children."""

import base64
import io
import signal
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from rollcall.receipts.told import front_of, marks_of
from rollcall.receipts.workbook import NOT_MADE, Annotation, Annotator, Work
from rollcall.settings import MIB, load_settings


def workbook(title: str = "经费收支表", value: object = 0) -> bytes:
    made = Workbook()
    made.active.title = title
    for row in (["二〇二三年七月"], ["凭证号", "金额（元）"], ["P-1", value]):
        made.active.append(row)
    return saved(made)


def saved(made: Workbook) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """A workbook with one part replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return buffer.getvalue()


def entity_bomb() -> bytes:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 50 if n else "x" * 50}">' for n in range(9))
    return f"<!DOCTYPE worksheet [{entities}]><worksheet>&a8;</worksheet>".encode()


@pytest.fixture
def annotator() -> Iterator[Annotator]:
    with Annotator(replace(load_settings(), parse_workers=1, parse_wall_seconds=60)) as annotator:
        yield annotator


@pytest.fixture
def annotated(judged) -> Callable[[Annotator, bytes], Annotation]:
    marks = marks_of(judged(), judged().reasons)
    work = lambda content: Work(content, marks, front_of(judged(), "620102001000", len(marks)))  # noqa: E731
    return lambda annotator, content: annotator.annotate(judged(), lambda: work(content))


def test_makes_the_offices_own_workbook_anew_with_the_wrong_cell_marked(annotated, annotator):
    annotation = annotated(annotator, workbook())
    assert (annotation.note, annotation.trouble) == (None, None)
    sheet = load_workbook(annotation.path)["经费收支表"]
    assert (sheet["B3"].comment.text, sheet["B3"].fill.start_color.rgb) == ("【回执】金额应大于 0。", "FFFFC7CE")
    assert [cell.value for cell in sheet[3]] == ["P-1", 0]


def test_the_rest_of_the_workbook_stays_as_the_office_made_it(annotated, annotator):
    made = load_workbook(io.BytesIO(workbook(value="=SUM(B4:B9)")))
    sheet = made["经费收支表"]
    sheet["B3"].number_format, sheet["B3"].font = "#,##0.00", Font(bold=True)
    sheet["A2"].fill = PatternFill("solid", start_color="D9E1F2")
    sheet["A4"] = CellRichText("说明 ", TextBlock(InlineFont(b=True), " 重点 "))
    sheet["D4"].comment = Comment("已核对", "张")
    sheet.column_dimensions["A"].width, sheet.freeze_panes = 31, "A3"
    sheet.merge_cells("A1:B1")
    choice = DataValidation("list", formula1='"收入,支出"')
    choice.add("C3:C9")
    sheet.add_data_validation(choice)
    made.create_sheet("隐藏").sheet_state = "hidden"
    made.defined_names["合计"] = DefinedName("合计", attr_text="经费收支表!$B$3")

    again = load_workbook(annotated(annotator, saved(made)).path, rich_text=True)

    kept = again["经费收支表"]
    assert (kept["B3"].value, kept["B3"].number_format, kept["B3"].font.b) == ("=SUM(B4:B9)", "#,##0.00", True)
    assert kept["A2"].fill.start_color.rgb == "00D9E1F2"
    assert [str(piece) for piece in kept["A4"].value] == ["说明 ", " 重点 "]
    assert kept["D4"].comment.text == "已核对"
    assert (kept.column_dimensions["A"].width, kept.freeze_panes) == (31, "A3")
    assert str(kept.merged_cells) == "A1:B1"
    assert str(kept.data_validations.dataValidation[0].sqref) == "C3:C9"
    assert [(one.title, one.sheet_state) for one in again] == [
        ("回执", "visible"), ("经费收支表", "visible"), ("隐藏", "hidden")
    ]  # fmt: skip
    assert again.defined_names["合计"].attr_text == "经费收支表!$B$3"


SEAL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


def with_seal_and_signature() -> bytes:
    """A workbook as offices make them: a seal, a box for the signature, a chart, a table, a computed cell."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as made:
        sheet = made.add_worksheet("经费收支表")
        sheet.write_row("A1", ["凭证号", "金额（元）"])
        sheet.write_row("A3", ["P-1"])
        sheet.write_formula("B3", "=3+4", None, 7)
        sheet.add_table("F1:G3")
        sheet.insert_image("D5", "seal.png", {"image_data": io.BytesIO(SEAL)})
        sheet.insert_textbox("D9", "审核人签字")
        chart = made.add_chart({"type": "column"})
        chart.add_series({"values": "=经费收支表!$B$3:$B$3"})
        sheet.insert_chart("D15", chart)
        sheet.write_comment("A3", "已核对")
    return buffer.getvalue()


def test_a_marked_workbook_keeps_its_seal_its_boxes_its_charts_and_its_stored_results(annotated, annotator):
    """Seen: the seal and the box for the signature gone, and computed cells blank in previews and phones."""
    original = with_seal_and_signature()
    annotation = annotated(annotator, original)
    assert (annotation.trouble, annotation.lost) == (None, ())
    with zipfile.ZipFile(io.BytesIO(original)) as old, zipfile.ZipFile(annotation.path) as new:
        drawn = [name for name in old.namelist() if name.startswith(("xl/media", "xl/drawings/drawing", "xl/charts"))]
        assert len(drawn) == 3
        assert {name: new.read(name) for name in drawn} == {name: old.read(name) for name in drawn}
        assert "xl/tables/table1.xml" in new.namelist()
    assert load_workbook(annotation.path, data_only=True)["经费收支表"]["B3"].value == 7
    assert load_workbook(annotation.path)["经费收支表"]["A3"].comment.text == "已核对"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>502</html>",
        workbook()[:2000],
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096),
        with_part("xl/worksheets/sheet1.xml", entity_bomb()),
        with_part("xl/worksheets/sheet1.xml", b"<worksheet>" * 200_000),
        with_part("xl/workbook.xml", b"<workbook/>"),
    ],
    ids=["empty", "html", "truncated", "password", "entities", "depth", "no sheets"],
)
def test_a_file_that_cannot_be_marked_costs_only_its_own_marks(annotated, annotator, content):
    """The receipt goes out without it, we are told why, and the next workbook is marked."""
    annotation = annotated(annotator, content)
    assert (annotation.path, annotation.note) == (None, NOT_MADE)
    assert annotation.trouble.startswith("workbook not annotated: ")
    assert annotated(annotator, workbook()).path is not None


def test_cells_at_both_ends_of_a_sheet_are_no_trouble(annotated, annotator):
    made = load_workbook(io.BytesIO(workbook()))
    made.active["XFD1048576"] = 1
    assert annotated(annotator, saved(made)).path is not None


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(annotated):
    """What the limit for reading lets in is marked; more is not even opened."""
    with Annotator(replace(load_settings(), parse_workers=1, max_unpacked_bytes=MIB)) as annotator:
        assert annotated(annotator, with_part("docProps/app.xml", bytes(MIB // 2))).path is not None
        annotation = annotated(annotator, with_part("docProps/app.xml", bytes(MIB)))
    assert (annotation.path, annotation.note) == (None, NOT_MADE)
    assert "unpacks to 1," in annotation.trouble


def many_cells() -> bytes:
    """All in the row to be marked, where each is looked at."""
    cells = b"<c><v>1</v></c>" * 900_000
    rows = b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData><row r='3'>"
    return with_part("xl/worksheets/sheet1.xml", rows + cells + b"</row></sheetData></worksheet>")


@pytest.mark.parametrize(
    ("limit", "last_words"),
    [({"parse_memory_bytes": 250 * MIB}, "MemoryError"), ({"parse_cpu_seconds": 1}, f"status -{signal.SIGXCPU}")],
)
def test_a_child_that_needs_too_much_ends_alone(annotated, limit, last_words):
    with Annotator(replace(load_settings(), parse_workers=1, **limit)) as annotator:
        annotation = annotated(annotator, many_cells())
        assert annotation.note == NOT_MADE
        assert last_words in annotation.trouble
        assert annotated(annotator, workbook()).path is not None


def test_a_child_that_takes_too_long_is_ended(annotated):
    with Annotator(replace(load_settings(), parse_workers=1, parse_wall_seconds=0)) as annotator:
        annotation = annotated(annotator, workbook())
        assert annotation.note == NOT_MADE
        assert "exit status -9" in annotation.trouble


def test_reasons_for_a_sheet_that_is_not_there_are_told_to_us(annotated, annotator):
    assert annotated(annotator, workbook(title="别的表")).trouble.endswith("none of the sheets named is in it")


def test_no_workbook_stays_behind(annotated, annotator):
    """They hold names and numbers of people: nothing of them outlives the run."""
    annotated(annotator, workbook())
    annotated(annotator, b"broken")
    folder = annotator.folder
    assert folder.stat().st_mode & 0o077 == 0
    assert not list(folder.glob("*.source"))
    annotator.__exit__(None, None, None)
    assert not folder.exists()
    annotator.__enter__()


def test_the_child_knows_no_secret_of_ours(annotated, annotator, monkeypatch):
    monkeypatch.setenv("ROLLCALL_PSEUDONYM_KEY", "5e" * 32)
    annotated(annotator, workbook())
    environment = Path(f"/proc/{annotator.children[0].process.pid}/environ").read_bytes()
    names = {entry.split(b"=")[0] for entry in environment.split(b"\0") if entry}
    assert names == {b"PYTHONPATH", b"PATH", b"LANG", b"TMPDIR"}
