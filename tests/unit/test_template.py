"""Templates: what an office may type, what it sees, and that whatever a template produces passes the layout check."""

import csv
import io
import json
import re
from datetime import date, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from rollcall.datasets import SEEDS, Column, asked_of, code_lists, datasets
from rollcall.judge.rules import Rule, rules_of
from rollcall.offices import Office
from rollcall.parse.sandbox import Job, Reading, read_files
from rollcall.periods import Period
from rollcall.settings import ROOT, load_settings
from rollcall.template.entries import entered, how_to_fill, validation, what_passes
from rollcall.template.limits import Days, Numbers, days, is_in_cents, is_own_code, numbers
from rollcall.template.registers import Register
from rollcall.template.workbook import NoTemplate, make, office_called
from rollcall.warehouse.tables import inbox_columns, stored

PERIOD = Period(2023, 7)
OFFICE = Office(7, "620102000000", "示例区", "county", None, date(2020, 1, 1), None, True, "", "")
TOWNSHIP = Office(8, "620102001000", "示例街道", "township", 7, None, None, True, "", "")
LISTS = [dataset for dataset in datasets().values() if dataset.mode == "list"]
COLUMNS = [(dataset.name, column) for dataset in datasets().values() for column in dataset.columns]
assert LISTS, "the tests of registers would pass over nothing"

# Columns of texts that a rule looks up: what a template offers for them.
LOOKED_UP = {
    ("reviews", "dataset"): [dataset.sheet_zh for dataset in datasets().values()],
    ("totals", "indicator"): [
        line.split(",")[0] for line in (SEEDS / "indicators.csv").read_text("utf-8").splitlines()[1:]
    ],
}

# What an office types into a column of each type, and what is read of it.
TYPED: dict[str, list[tuple[Any, str]]] = {
    "text": [("007", "007"), ("620102001000", "620102001000")],
    "integer": [(2023, "2023"), (2024, "2024")],
    "number": [(88.55, "88.55"), (12, "12")],
    "money": [(1234.5, "1234.5"), (0.01, "0.01")],
    "date": [(date(2023, 7, 1), "2023-07-01"), (date(2023, 7, 31), "2023-07-31")],
    "datetime": [
        (datetime(2023, 7, 1), "2023-07-01T00:00:00+08:00"),
        (datetime(2023, 7, 31, 23, 59), "2023-07-31T23:59:00+08:00"),
    ],
    "bool": [("是", "t"), ("否", "f")],
}


def typed(column: Column) -> list[tuple[Any, str]]:
    if column.type == "code":
        return [(label, code) for code, label in code_lists()[column.codes].items()]
    return TYPED[column.type]


def saved(workbook: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def opened(office: Office = OFFICE, **registers: Register) -> openpyxl.Workbook:
    """A template as an office opens it: written, and read again."""
    return openpyxl.load_workbook(io.BytesIO(saved(make(office, PERIOD, registers))))


@pytest.fixture(scope="module")
def untouched() -> openpyxl.Workbook:
    """A template without registers, only to be looked at."""
    return opened()


def read(content: bytes, folder: Path) -> tuple[Reading, dict[str, list[dict[str, str]]]]:
    """What the reading process makes of a file: its answer, and the rows of each dataset by our column names."""
    path = folder / "landed.xlsx"
    path.write_bytes(content)
    job = Job(1, OFFICE.office_key, OFFICE.code, str(PERIOD), "regular", "2023-07.xlsx", str(path))
    [reading] = read_files([job], folder, load_settings())
    rows = {}
    for dataset in datasets().values():
        file = folder / f"1.{dataset.name}.csv"
        if file.exists():
            with file.open(encoding="utf-8", newline="") as lines:
                rows[dataset.name] = [dict(zip(inbox_columns(dataset), row, strict=True)) for row in csv.reader(lines)]
    assert not (folder / "1.cells.csv").exists(), (folder / "1.cells.csv").read_text(encoding="utf-8")
    return reading, rows


def register_row(dataset: str, number: int) -> dict[str, Any]:
    """A row as raw holds it, with a value in every column."""
    values: dict[str, Any] = {
        "text": f"00{number}", "integer": number, "number": Decimal("12.50"), "money": Decimal("12.50"),
        "date": date(2021, 2, 28), "datetime": datetime.fromisoformat("2021-02-28T09:30:00+08:00"),
        "bool": number % 2 == 0,
    }  # fmt: skip
    return {
        column.name: list(code_lists()[column.codes])[-1] if column.type == "code" else values[column.type]
        for column in datasets()[dataset].columns
    }


def own(rows: list[dict[str, str]], dataset: str) -> list[dict[str, str]]:
    """The columns of the layout alone."""
    names = {name for column in datasets()[dataset].columns for name in stored(column)}
    return [{name: value for name, value in row.items() if name in names} for row in rows]


def test_an_untouched_template_reads_as_the_registers_and_no_records(tmp_path):
    """Nothing of it is in trouble, and the instructions are all that is not read."""
    registers = {one.name: Register("2023-06", 0, [register_row(one.name, n) for n in range(1, 4)]) for one in LISTS}
    reading, rows = read(saved(make(OFFICE, PERIOD, registers)), tmp_path)
    assert (reading.trouble, reading.crash) == (None, None)
    assert reading.not_read == ["工作表“填报说明”"]
    assert set(reading.datasets) == set(datasets())
    assert {name: found.trouble for name, found in reading.datasets.items() if found.trouble} == {}
    assert {name: found.rows for name, found in reading.datasets.items()} == {
        name: 3 if dataset.mode == "list" else 0 for name, dataset in datasets().items()
    }
    for dataset in LISTS:
        assert [row["_unreadable"] for row in rows[dataset.name]] == ["0"] * 3
        first = rows[dataset.name][0]
        assert first[dataset.keys[0]] == "001"
        for column in dataset.columns:
            if column.type == "code":
                assert first[column.name] == list(code_lists()[column.codes])[-1]


@pytest.mark.parametrize("dataset", list(datasets()))
def test_a_filled_template_reads_as_it_was_filled(dataset, tmp_path):
    """Every label of every drop-down, every kind of value, as many rows as the longest list needs."""
    workbook = opened()
    sheet, columns = workbook[datasets()[dataset].sheet_zh], datasets()[dataset].columns
    shown = [column for column in columns if column.type != "secret"]
    count = max(len(typed(column)) for column in shown)
    for row in range(count):
        for place, column in enumerate(columns, 1):
            value = "11010519491231002X" if column.type == "secret" else typed(column)[row % len(typed(column))][0]
            sheet.cell(row + 2, place, value)
    reading, rows = read(saved(workbook), tmp_path)
    assert (reading.trouble, reading.datasets[dataset].trouble) == (None, None)
    assert set(reading.datasets[dataset].columns) == {column.name for column in columns}
    found = rows[dataset]
    assert [row["_row"] for row in found] == [str(number) for number in range(2, count + 2)]
    assert {row["_unreadable"] for row in found} == {"0"}
    for number, column in product(range(count), shown):
        assert found[number][column.name] == typed(column)[number % len(typed(column))][1], column.name


@pytest.mark.parametrize("dataset", list(datasets()))
def test_headers_are_those_of_the_newest_layout_and_locked(dataset, untouched):
    sheet = untouched[datasets()[dataset].sheet_zh]
    columns = datasets()[dataset].columns
    assert [cell.value for cell in sheet[1]] == [column.label for column in columns]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert all(cell.protection.locked for cell in sheet[1])
    assert sheet.freeze_panes == "B2"
    assert not sheet.merged_cells.ranges
    fills = {column.required: sheet.cell(1, place).fill.start_color.rgb for place, column in enumerate(columns, 1)}
    assert len(set(fills.values())) == len(fills), "required columns look different"
    for place, column in enumerate(columns, 1):
        below = sheet.column_dimensions[openpyxl.utils.get_column_letter(place)]
        assert not below.protection.locked
        assert sheet.cell(1, place).fill.start_color.rgb == fills[column.required]
        if column.type in ("text", "secret"):
            assert below.number_format == "@", "a long number would lose its last digits"


@pytest.mark.parametrize("dataset", LISTS, ids=lambda one: one.name)
def test_cells_filled_in_are_open_and_as_their_column(dataset):
    workbook = opened(**{dataset.name: Register("2023-06", 0, [register_row(dataset.name, 1)])})
    sheet = workbook[dataset.sheet_zh]
    for place, column in enumerate(dataset.columns, 1):
        cell = sheet.cell(2, place)
        assert not cell.protection.locked, column.name
        assert cell.number_format == sheet.column_dimensions[cell.column_letter].number_format


@pytest.mark.parametrize(("dataset", "column"), COLUMNS, ids=lambda one: getattr(one, "name", one))
def test_every_column_has_one_check_and_says_how_to_fill_it(dataset, column, untouched):
    """Within what Excel opens without a repair; a drop-down holds exactly what may be chosen."""
    sheet = untouched[datasets()[dataset].sheet_zh]
    letter = openpyxl.utils.get_column_letter(datasets()[dataset].columns.index(column) + 1)
    [check] = [one for one in sheet.data_validations.dataValidation if f"{letter}2:{letter}1048576" == str(one.sqref)]
    assert check.showErrorMessage
    assert check.showInputMessage
    assert check.errorStyle in (None, "stop")
    assert check.prompt.startswith("必填。" if column.required else "可不填。")
    assert len(check.promptTitle) <= 32
    assert len(check.prompt) <= 255
    assert len(check.error) <= 225
    if column.type == "code" or (dataset, column.name) in LOOKED_UP:
        [(name, area)] = untouched.defined_names[check.formula1].destinations
        offered = LOOKED_UP.get((dataset, column.name)) or list(code_lists()[column.codes].values())
        assert [cell.value for (cell,) in untouched[name][area]] == offered
    else:
        assert len(check.formula1) <= 255


def test_an_input_message_ends_with_what_a_row_would_be_held_for():
    """In the words of the receipt, whole sentences, and nothing that the drop-down or the range says already."""
    prompts = {
        (name, column.name): validation(column, rules_of(name), OFFICE, PERIOD, "A2").prompt for name, column in COLUMNS
    }
    assert prompts["units", "credit_code"].endswith("且末位校验码须相符，请对照证照改正。")
    assert prompts["units", "unit_kind"] == "必填。从下拉列表中选择。"
    assert prompts["units", "assessment_score"] == "可不填。填数字，在 0 至 100 之间。"
    assert prompts["services", "hours"] == "必填。填数字，最多两位小数，在 0.01 至 24 之间。"
    assert prompts["needs", "rating"] == "可不填。填整数，在 1 至 5 之间。"
    assert prompts["points", "points"].endswith("兑换、过期的积分应填负数，请在数字前加负号。")
    assert all(prompt.endswith("。") for prompt in prompts.values())


def test_every_rule_about_the_period_is_understood():
    """A rule in words that `days` does not know would leave the column open: teach it, or name the rule otherwise."""
    rules = [(name, rule) for name in datasets() for rule in rules_of(name) if re.search("in_period$", rule.name)]
    assert rules
    for name, rule in rules:
        [column] = [one for one in datasets()[name].columns if one.name == rule.column]
        assert days([rule], column, PERIOD) == JULY, rule.name


def about(condition: str, severity: str = "critical", **kwargs: Any) -> Rule:
    given = kwargs or {"unexpected_rows_query": f"select _submission_id, _sheet, _row from {{batch}} where {condition}"}
    kind = "expect_column_values_to_be_between" if kwargs else "unexpected_rows_expectation"
    return Rule("d", "r", severity, "it", "错。", kind, given)


def of(kind: str) -> Column:
    return Column("it", kind, True, False, "", {"2023-01": "它"})


JULY = Days(date(2023, 7, 1), date(2023, 7, 31))
FREE = Days(date(1900, 3, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("rules", "limits"),
    [
        ([], FREE),
        ([about("it > _last_day")], Days(FREE.first, JULY.last)),
        ([about("it > _last_day or (_kind <> 'backlog' and it < _first_day)")], JULY),
        ([about("it < date '1990-01-01'"), about("it > _last_day")], Days(date(1990, 1, 1), JULY.last)),
        ([about("it > _last_day", "warning")], FREE),
        ([about("it > other")], FREE),
        ([about("kind = 'a' and it > _last_day")], FREE),
        ([about("other > _last_day")], FREE),
    ],
)  # fmt: skip
def test_days_are_limited_by_critical_rules_about_the_column_alone(rules, limits):
    assert days(rules, of("date"), PERIOD) == limits


@pytest.mark.parametrize(
    ("kind", "kwargs", "limits"),
    [
        ("integer", {"min_value": 0, "max_value": 5}, Numbers(Decimal(0), Decimal(5))),
        ("integer", {"min_value": 0, "strict_min": True}, Numbers(Decimal(1), Decimal(10**15 - 1))),
        ("money", {"min_value": 0, "strict_min": True}, Numbers(Decimal("0.01"), Decimal(10**15 - 1))),
        ("number", {"max_value": 24}, Numbers(Decimal(1 - 10**15), Decimal(24))),
    ],
)
def test_numbers_are_limited_by_critical_ranges(kind, kwargs, limits):
    assert numbers([about("", column="it", **kwargs)], of(kind)) == limits
    assert numbers([about("", "warning", column="it", **kwargs)], of(kind)) == numbers([], of(kind))


def test_a_time_on_the_last_evening_passes_and_the_next_midnight_does_not():
    """Spreadsheets count days; 45138 is 31 July 2023."""
    rules = [about("(it at time zone 'Asia/Shanghai')::date > _last_day")]
    passes = what_passes(of("datetime"), rules, PERIOD, "A2")
    assert 45138 + Decimal(23 * 60 + 59) / 1440 <= Decimal(passes["formula2"]) < 45139
    assert what_passes(of("date"), [about("it > _last_day")], PERIOD, "A2")["formula2"] == "45138"


def test_an_amount_with_more_than_two_decimals_is_refused_where_it_is_typed():
    assert "ROUND(E2,2)=E2" in what_passes(of("money"), [], PERIOD, "E2")["formula1"]
    in_cents = [about("it <> round(it, 2)"), about("", column="it", min_value=0, strict_min=True)]
    assert "E2>=0.01,E2<=" in what_passes(of("number"), in_cents, PERIOD, "E2")["formula1"]
    assert what_passes(of("number"), [about("it <> round(it, 2)", "warning")], PERIOD, "E2")["type"] == "decimal"


@pytest.mark.parametrize(("dataset", "column"), COLUMNS, ids=lambda one: getattr(one, "name", one))
def test_two_decimals_are_all_that_is_let_in_where_more_are_held(dataset, column):
    """Whatever form the rule has: teach `is_in_cents`, or the sheet lets in what the door holds."""
    named = f"{column.name}_has_two_decimals"
    is_held = column.type == "money" or any(rule.name == named for rule in rules_of(dataset))
    assert is_in_cents(rules_of(dataset), column) == is_held


def test_the_own_code_is_told_where_it_may_stand_and_never_filled_in():
    told = {
        (name, column.name)
        for name, column in COLUMNS
        if OFFICE.code in how_to_fill(column, rules_of(name), OFFICE, PERIOD)
    }
    assert ("events", "organiser_code") in told
    assert ("services", "organiser_code") in told
    assert ("funding", "counterparty_code") not in told, "a transfer goes to another office"
    assert ("reviews", "reviewed_code") not in told, "an office reviews those below"
    assert all(is_own_code(rules_of(name), dict(typed_columns(name))[column]) for name, column in told)
    assert opened()["文明实践活动表"].max_row == 1


def typed_columns(dataset: str) -> list[tuple[str, Column]]:
    return [(column.name, column) for column in datasets()[dataset].columns]


@pytest.mark.parametrize(
    ("kind", "value", "cell"),
    [
        ("text", "=A1", "=A1"),
        ("text", "a_x0041_", "a_x005F_x0041_"),
        ("number", Decimal("0.12345678901234567"), "0.12345678901234567"),
        ("number", Decimal("88.55"), Decimal("88.55")),
        ("bool", False, "否"),
        ("datetime", datetime.fromisoformat("2023-07-31T18:00:00+00:00"), datetime(2023, 8, 1, 2)),
        ("datetime", datetime.fromisoformat("2023-07-31T18:00:00.5+00:00"), "2023-08-01 02:00:00.500000"),
        ("text", None, None),
    ],
)
def test_a_known_value_is_entered_so_that_it_is_read_as_itself(kind, value, cell):
    assert entered(of(kind), value) == cell


@pytest.mark.parametrize("title", ["=A1", "+86 931", "-", "@甲"])
def test_a_known_text_that_looks_like_a_formula_stays_a_text(title):
    """Clicked into and left again, too."""
    row = register_row("sites", 1) | {"site_name": title}
    sheet = opened(sites=Register("2023-06", 0, [row]))["文明实践阵地台账"]
    cell = next(cell for cell in sheet[2] if cell.value == title)
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_a_code_that_left_its_list_is_entered_as_it_is():
    column = Column("sex", "code", False, False, "sex", {"2023-01": "性别"})
    assert (entered(column, "1"), entered(column, "7")) == ("男性", "7")


def test_the_instructions_say_what_is_filled_in_and_what_is_missing():
    """A row held last time is not in the accepted list: filled in without a word, the office would lose it."""
    sheet = opened(units=Register("2023-05", 2, [register_row("units", 1)]))["填报说明"]
    texts = [str(cell.value) for row in sheet for cell in row if cell.value]
    assert texts[0] == "示例区 2023 年 7 月报表"
    assert "2023-05 的 1 行；另有 2 行当时未被接受，请按那次的回执改正后补填，不补填的视为不再在册" in texts
    assert any("620102000000" in text for text in texts)
    texts = [str(cell.value) for row in opened()["填报说明"] for cell in row if cell.value]
    assert "没有：以前没有接受过，请填入全部条目" in texts


def test_nothing_in_a_template_is_hidden_or_a_formula(untouched):
    assert all(sheet.sheet_state == "visible" for sheet in untouched)
    assert not any(cell.data_type == "f" for sheet in untouched for row in sheet for cell in row)


@pytest.mark.parametrize("office", [OFFICE, TOWNSHIP], ids=lambda office: office.level)
def test_an_office_gets_the_sheets_it_is_asked_for(office):
    """A sheet it is not asked for would be answered as empty; what it does not see is not told of either."""
    workbook = opened(office)
    wanted = [datasets()[name].sheet_zh for name in asked_of(office.level, PERIOD.last_day)]
    assert workbook.sheetnames == ["填报说明", *wanted]
    texts = "".join(str(cell.value) for row in workbook["填报说明"] for cell in row if cell.value)
    for dataset in datasets().values():
        assert (dataset.sheet_zh in texts) == (dataset.sheet_zh in wanted), dataset.name


def test_a_list_says_what_its_words_mean(untouched):
    """An indicator is claimed by a word of ours; an office knows it by its label."""
    rows = [[cell.value for cell in row] for row in untouched["填报说明"]]
    assert [None, "units_national", None, "全国级（时点数，不填起始日期）", None] in rows
    assert [None, "events", None, "活动场次（发生数，填起始日期）", None] in rows


def test_the_instructions_have_a_name_that_no_dataset_has():
    assert "填报说明" not in {dataset.sheet_zh for dataset in datasets().values()}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("999999999999", "no office has the code '999999999999': look it up"),
        ("620102002000", "no office has the code 620102002000 on 2023-07-31, only 旧街道 from ever to 2023-07-30"),
        ("620102003000", "does not report"),
    ],
)
def test_an_office_that_is_not_there_is_refused_with_what_to_do(code, said):
    offices = [
        OFFICE,
        Office(8, "620102002000", "旧街道", "township", None, None, date(2023, 7, 30), True, "", ""),
        Office(9, "620102003000", "静街道", "township", None, None, None, False, "", ""),
    ]
    assert office_called(offices, OFFICE.code, PERIOD) is OFFICE
    with pytest.raises(NoTemplate, match=re.escape(said)):
        office_called(offices, code, PERIOD)


def test_a_code_used_again_is_the_office_of_that_day():
    then = Office(8, "1", "旧", "township", None, None, date(2023, 6, 30), True, "", "")
    now = Office(9, "1", "新", "township", None, date(2023, 7, 1), None, True, "", "")
    assert office_called([then, now], "1", PERIOD) is now
    assert office_called([then, now], "1", PERIOD.shift(-1)) is then


def test_long_words_of_a_layout_still_make_a_workbook_that_opens():
    """A header may be longer than a title may be."""
    column = Column("it", "text", True, True, "", {"2023-01": "很长的表头" * 20})
    check = validation(column, [], OFFICE, PERIOD, "A2")
    assert (len(check.promptTitle), len(check.errorTitle)) == (32, 32)


def test_suites_hold_no_range_that_a_template_would_contradict():
    """Every critical range of a column that exists as such is in the template's own check."""
    for name in datasets():
        suite = json.loads((ROOT / "expectations" / f"{name}.json").read_text(encoding="utf-8"))
        for rule in suite["expectations"]:
            if rule["type"] != "expect_column_values_to_be_between" or rule["severity"] != "critical":
                continue
            column = dict(typed_columns(name))[rule["meta"]["column"]]
            limits = numbers(rules_of(name), column)
            assert limits.least >= Decimal(str(rule["kwargs"].get("min_value", "-1e15")))
            assert limits.most <= Decimal(str(rule["kwargs"].get("max_value", "1e15")))
