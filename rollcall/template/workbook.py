"""Make the workbook that one office fills in for one period, and write it to a file."""

from pathlib import Path
from typing import Any

from openpyxl.styles import Alignment, Border, Font, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from rollcall.datasets import Column, Dataset, asked_of, datasets
from rollcall.errors import RollcallError
from rollcall.judge.rules import rules_of
from rollcall.offices import Office, read_registry
from rollcall.periods import Period
from rollcall.settings import load_settings
from rollcall.template.entries import FORMATS, entered, validation, width
from rollcall.template.instructions import OPTIONAL, REQUIRED, add_instructions, print_across, protect
from rollcall.template.registers import Register, registers_of
from rollcall.warehouse.connection import connect

LAST_ROW = 1 << 20
FORMULA_LIKE = ("=", "+", "-", "@")
UNLOCKED = Protection(locked=False)
THIN = Side(style="thin", color="BFBFBF")
LINE = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)


class NoTemplate(RollcallError):
    """There is no such office on the period's last day, or the file cannot be written. Nothing was written."""


def write_template(code: str, period: Period, path: Path) -> dict[str, Register]:
    """
    Write the workbook that the office *code* fills in for *period*; returns the registers filled in.

    Raises:
        NoTemplate: No office that reports bears the code, or *path* is there already: an office may have filled it in.
    """
    settings = load_settings()
    office = office_called(read_registry(settings.registry), code, period)
    with connect() as connection:
        registers = registers_of(connection, office, period)
    workbook = make(office, period, registers)
    try:
        with path.open("xb") as file:
            workbook.save(file)
    except FileExistsError as error:
        raise NoTemplate(f"{path} is there already, perhaps filled in: move it away, or name another --out") from error
    except OSError as error:
        raise NoTemplate(f"{path} cannot be written ({error.strerror}): name another --out") from error
    return registers


def office_called(offices: list[Office], code: str, period: Period) -> Office:
    """The office that bears *code* on the last day of *period*, and reports. Raises NoTemplate, saying what else is."""
    bearers = [office for office in offices if office.code == code]
    for office in bearers:
        if office.is_valid_on(period.last_day):
            if office.reports:
                return office
            raise NoTemplate(f"{code} {office.name} does not report: offices.csv of the registry says so in `reports`")
    if not bearers:
        raise NoTemplate(f"no office has the code {code!r}: look it up in offices.csv of the registry")
    when = "; ".join(f"{o.name} from {o.valid_from or 'ever'} to {o.valid_to or 'now'}" for o in bearers)
    raise NoTemplate(f"no office has the code {code} on {period.last_day}, only {when}: take the code of that day")


def make(office: Office, period: Period, registers: dict[str, Register]) -> Workbook:
    """Build the workbook: instructions, then a sheet for each dataset asked of the office, with the rows known."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    workbook.properties.creator, workbook.properties.title = "Rollcall", f"{office.code} {period}"
    asked = [datasets()[name] for name in asked_of(office.level, period.last_day)]
    rules = {dataset.name: rules_of(dataset.name) for dataset in asked}
    add_instructions(workbook, office, period, asked, registers, rules)
    for dataset in asked:
        sheet = workbook.create_sheet(dataset.sheet_zh)
        for place, column in enumerate(dataset.columns, 1):
            letter = get_column_letter(place)
            add_column(sheet, place, column, width(column, rules[dataset.name]))
            check = validation(column, rules[dataset.name], office, period, f"{letter}2")
            check.add(f"{letter}2:{letter}{LAST_ROW}")
            sheet.add_data_validation(check)
        if dataset.name in registers:
            fill_in(sheet, dataset, registers[dataset.name].rows)
        finish(sheet)
    return workbook


def add_column(sheet: Worksheet, place: int, column: Column, wide: int) -> None:
    """Write one header, and set what its column's cells look like before anything stands in them."""
    header = sheet.cell(1, place, column.label)
    header.fill, header.border, header.font = REQUIRED if column.required else OPTIONAL, LINE, Font(bold=True)
    header.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    below = sheet.column_dimensions[get_column_letter(place)]
    below.width, below.number_format, below.protection = wide, FORMATS[column.type], UNLOCKED


def fill_in(sheet: Worksheet, dataset: Dataset, rows: list[dict[str, Any]]) -> None:
    """Write known rows. A cell that is written no longer takes after its column, and is told the same."""
    for number, row in enumerate(rows, 2):
        for place, column in enumerate(dataset.columns, 1):
            value = entered(column, row.get(column.name))
            if value is not None:
                cell = sheet.cell(number, place, value)
                cell.number_format, cell.protection = FORMATS[column.type], UNLOCKED
                if isinstance(value, str) and value.startswith(FORMULA_LIKE):
                    # a text that stays one, also when somebody clicks into the cell and leaves it again
                    cell.data_type, cell.quotePrefix = "s", True


def finish(sheet: Worksheet) -> None:
    """Keep the headers in sight, in place, and on every page."""
    sheet.freeze_panes = "B2"
    sheet.row_dimensions[1].height = 30
    sheet.protection.sort = False
    protect(sheet)
    print_across(sheet)
    sheet.print_title_rows = "1:1"
