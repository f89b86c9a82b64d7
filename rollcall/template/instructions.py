"""The first sheet of a template: how to fill in the others, and the code lists that their drop-downs take."""

from collections.abc import Iterable

from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from rollcall.datasets import Dataset
from rollcall.judge.rules import Rule
from rollcall.offices import Office
from rollcall.periods import Period
from rollcall.template.choices import choices, list_of
from rollcall.template.entries import how_to_fill, list_name, to_be_told
from rollcall.template.registers import Register

SHEET = "填报说明"
REQUIRED, OPTIONAL = (PatternFill("solid", start_color=c, end_color=c) for c in ("F8CBAD", "DDEBF7"))
TITLE, HEADING, BOLD = Font(bold=True, size=16), Font(bold=True, size=12), Font(bold=True)
# What a sheet asks for, by dataset or by mode.
REPORTED = {
    "list": "全部在册的条目",
    "records": "本月发生的记录",
    "needs": "本月提出的和本月有进展的需求",
    "totals": "本级认定的汇总数",
    "reviews": "本月对下级报表的审核意见",
}
WIDTHS = (26, 38, 8, 52, 80)
LINE_HEIGHT = 15  # points
STEPS = (
    "每张工作表是一种报表：第 1 行是表头，从第 2 行起一行一条。不要合并单元格，不要在表下写合计或备注。",
    "橙色表头的列必填，蓝色表头的列可以不填。点开单元格会提示怎么填；填得不对时会提醒。",
    "台账每次报全部在册的条目。已填入上一次被接受的内容：请逐行核对，改动的直接改，新增的接着填，不再在册的把整行内容清空。",
    "记录表只报本月发生的记录，一条一行。",
    "空白的表表示“没有”，照此计入。这次不报的表，请删去整张工作表。",
    "更正时，报送的每张表都要填完整：新的一版替换上一版的全部内容，不是追加。",
    "从别处粘贴时请用“选择性粘贴 → 数值”，否则会带入别处的格式，冲掉这里的下拉列表和检查。",
    "表头已锁定：改了表头，整张表会被退回。工作表保护没有设密码，只为防止误改。",
    "填好后存成 xlsx 报送。本页不读取，回执会把它列为未读取的工作表，不必处理。",
)


def add_instructions(
    workbook: Workbook,
    office: Office,
    period: Period,
    asked: list[Dataset],
    registers: dict[str, Register],
    rules: dict[str, list[Rule]],
) -> None:
    """Write the sheet for the datasets that are *asked*, and give each list its name in the workbook."""
    sheet = workbook.create_sheet(SHEET)
    write(sheet, [f"{office.name} {period.year} 年 {period.month} 月报表"], TITLE)
    write(sheet, [f"填报单位代码 {office.code}，所报月份 {period}"])
    write(sheet, [])
    for number, step in enumerate(STEPS, 1):
        write(sheet, [f"{number}. {step}"])
    write(sheet, [])
    add_sheets(sheet, asked, registers)
    add_columns(sheet, office, period, asked, rules)
    add_lists(workbook, sheet, asked, rules)
    for place, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.sheet_view.showGridLines = False
    protect(sheet)
    print_across(sheet)


def add_sheets(sheet: Worksheet, asked: list[Dataset], registers: dict[str, Register]) -> None:
    """A line for each report: what it asks for, and what is filled in."""
    write(sheet, ["报表"], HEADING)
    write(sheet, ["工作表", "报什么", "", "已填入"], BOLD)
    for dataset in asked:
        what = REPORTED.get(dataset.name) or REPORTED[dataset.mode]
        write(sheet, [dataset.sheet_zh, what, "", filled_in(dataset, registers.get(dataset.name))])
    write(sheet, [])


def filled_in(dataset: Dataset, register: Register | None) -> str:
    """What stands in a sheet already; what was held last time is missing there, and has to be said."""
    if dataset.mode != "list":
        return ""
    if register is None:
        return "没有：以前没有接受过，请填入全部条目"
    filled = f"{register.period} 的 {len(register.rows)} 行"
    if not register.held:
        return filled
    return f"{filled}；另有 {register.held} 行当时未被接受，请按那次的回执改正后补填，不补填的视为不再在册"


def add_columns(
    sheet: Worksheet, office: Office, period: Period, asked: list[Dataset], rules: dict[str, list[Rule]]
) -> None:
    """A line for each column: how to fill it in, and what it is checked for, in the words of the receipt."""
    write(sheet, ["各列怎么填"], HEADING)
    write(sheet, ["工作表", "列", "必填", "怎么填", "不符合时回执会说"], BOLD)
    for dataset in asked:
        suite = rules[dataset.name]
        for column in dataset.columns:
            how = how_to_fill(column, suite, office, period)
            told = [rule.description for rule in to_be_told(suite, column)]
            write(sheet, [dataset.sheet_zh, column.label, "必填" if column.required else "", how, "\n".join(told)])
            sheet.cell(sheet.max_row, 2).fill = REQUIRED if column.required else OPTIONAL
    write(sheet, [])


def add_lists(workbook: Workbook, sheet: Worksheet, asked: list[Dataset], rules: dict[str, list[Rule]]) -> None:
    """What every list in use offers, one below the other; a drop-down of any length can refer to it."""
    write(sheet, ["下拉列表的内容"], HEADING)
    write(sheet, ["用于", "内容", "", "含义"], BOLD)
    used: dict[str, list[str]] = {}
    for dataset in asked:
        for column in dataset.columns:
            if offered := list_of(rules[dataset.name], column):
                used.setdefault(offered, []).append(f"{dataset.sheet_zh}：{column.label}")
    for name, places in used.items():
        first = sheet.max_row + 1
        for number, choice in enumerate(choices(name)):
            write(sheet, ["\n".join(places) if number == 0 else "", choice.entered, "", choice.meaning])
        area = f"'{SHEET}'!$B${first}:$B${sheet.max_row}"
        workbook.defined_names[list_name(name)] = DefinedName(list_name(name), attr_text=area)


def protect(sheet: Worksheet) -> None:
    """Lock what is not unlocked cell by cell; widths and heights stay free. There is no password: it is no secret."""
    sheet.protection.formatColumns = sheet.protection.formatRows = False
    sheet.protection.enable()


def print_across(sheet: Worksheet) -> None:
    """On paper, all columns beside each other, A4 across."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def write(sheet: Worksheet, texts: Iterable[str], font: Font | None = None) -> None:
    """Add one line below all others. A lone text may run on to the right; in a table texts stay in their column."""
    row = [text or None for text in texts]
    sheet.append(row or [None])
    lines = max((lines_of(text, width) for text, width in zip(row, WIDTHS, strict=False) if text), default=1)
    # Said outright, because not every program fits the height of a row to its texts when it opens a workbook.
    sheet.row_dimensions[sheet.max_row].height = LINE_HEIGHT * (lines if len(row) > 1 else 2 if font is TITLE else 1)
    for cell in sheet[sheet.max_row]:
        cell.alignment = Alignment(vertical="top", wrap_text=len(row) > 1)
        if font:
            cell.font = font


def lines_of(text: str, width: int) -> int:
    """How many lines a text takes in a column of this width; a Chinese character is as wide as two letters."""
    widths = [sum(1 if character.isascii() else 2 for character in line) for line in text.split("\n")]
    return sum(max(1, -(-one // (width - 1))) for one in widths)
