"""Templates from the ledger: the registers that were accepted come back as they are in raw, and are accepted again."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from rollcall import cli
from rollcall.datasets import datasets
from rollcall.periods import Period
from rollcall.template.workbook import NoTemplate, write_template
from rollcall.warehouse.connection import connect
from tests.files import as_json, rows_of
from tests.integration.load.conftest import asked, load, loading, submit  # noqa: F401 - fixtures of loading
from tests.reference import fill_lists

JUNE, JULY = Period(2023, 6), Period(2023, 7)
OFFICE_KEY, CODE = 2, "990100000000"
UNITS = datasets()["units"]
LISTS = [dataset for dataset in datasets().values() if dataset.mode == "list"]
# What comes through a register only with care: long and leading digits, a sign of formulas, every type of value.
AWKWARD: dict[str, dict[str, Any]] = {
    "units": {
        "unit_name": "＝示例_x0041_",
        "honoured_on": "2015-02-28",
        "leads_alliance": "否",
        "industry": "D",
        "staff_count": 999,
        "assessment_score": "88.1234567890123456",
        "alliance_kind": "industry",
        "alliance_name": "-1+1",
    },
    "sites": {"site_name": "＝1+1", "area_m2": "99999999.99", "is_shared": "√", "opened_on": None},
    "teams": {"team_name": "12345678901234567", "team_kind": "industry", "specialty": "other"},
    "projects": {"award_name": "'全国'_x0009_", "award_level": "national", "project_status": "closed"},
}


def in_raw(period: Period) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every register, in the order of the sheet."""
    found = {}
    for dataset in LISTS:
        columns = ", ".join(column.name for column in dataset.columns)
        found[dataset.name] = asked(
            f"select {columns} from raw.{dataset.name} where _period = %s order by _row", str(period)
        )
    return found


def units_of(path: Path) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(path)[UNITS.sheet_zh]
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]


def test_registers_sent_back_untouched_are_the_same_registers(submit, tmp_path):  # noqa: F811
    """July's template carries June's lists; sent as it is, July's rows in raw are June's, and records are none."""
    with connect() as connection:
        fill_lists(connection)
    registers = {}
    for name in AWKWARD:
        rows = [*rows_of(name, 2), rows_of(name, 1, first=3, **AWKWARD[name])[0]]
        rows[0][datasets()[name].keys[0]] = "000123456789012345678"
        registers[name] = rows
    submit(OFFICE_KEY, as_json(**registers), "june.json", period=JUNE)
    load(JUNE)
    path = tmp_path / "t.xlsx"
    assert set(write_template(CODE, JULY, path)) == {dataset.name for dataset in LISTS}
    submit(OFFICE_KEY, path.read_bytes(), "2023-07.xlsx", period=JULY)
    load(JULY)
    assert {name: len(rows) for name, rows in in_raw(JUNE).items()} == {dataset.name: 3 for dataset in LISTS}
    assert in_raw(JULY) == in_raw(JUNE)
    verdicts = (
        "select dataset, outcome, received, held from ledger.verdicts join ledger.submissions using (submission_id)"
    )
    assert sorted(asked(f"{verdicts} where period = %s", str(JULY))) == sorted(
        (name, "accepted", 3 if dataset.mode == "list" else 0, 0) for name, dataset in datasets().items()
    )
    assert asked("select not_read from ledger.judgements order by submission_id desc limit 1") == [
        (["工作表“填报说明”"],)
    ]


def test_the_newest_list_up_to_the_period_is_filled_in(submit, tmp_path):  # noqa: F811
    """Not a later one, not an older revision, not another office's; what was held is counted."""
    submit(OFFICE_KEY, as_json(units=rows_of("units", 1, unit_name="四月")), "a.json", period=Period(2023, 4))
    submit(OFFICE_KEY, as_json(units=rows_of("units", 1, unit_name="五月一版")), "a.json", period=Period(2023, 5))
    mended = rows_of("units", 2, unit_name="五月二版") + rows_of("units", 1, first=3, unit_kind="无此类别")
    submit(OFFICE_KEY, as_json(units=mended), "b.json", revision=2, period=Period(2023, 5))
    submit(OFFICE_KEY, as_json(units=rows_of("units", 1, unit_name="七月")), "a.json", period=JULY)
    submit(OFFICE_KEY + 1, as_json(units=rows_of("units", 1, unit_name="别家")), "a.json", period=JUNE)
    for period in (Period(2023, 4), Period(2023, 5), JUNE, JULY):
        load(period)
    for period, names in ((JUNE, ["五月二版"] * 2), (JULY, ["七月"]), (Period(2023, 3), [])):
        path = tmp_path / f"{period}.xlsx"
        found = write_template(CODE, period, path)
        assert [row[1] for row in units_of(path)] == names
        if period == JUNE:
            assert (found["units"].period, found["units"].held) == ("2023-05", 1)


def test_the_command_writes_one_file_and_never_over_another(submit, tmp_path, monkeypatch, capsys):  # noqa: F811
    """The file that is there may be the one an office has filled in."""
    monkeypatch.chdir(tmp_path)
    assert cli.main(["template", CODE, "2023-07"]) == 0
    assert capsys.readouterr().out == f"{CODE}-2023-07.xlsx\n"
    written = Path(f"{CODE}-2023-07.xlsx").read_bytes()
    assert cli.main(["template", CODE, "2023-07"]) == 1
    assert "is there already" in capsys.readouterr().err
    assert Path(f"{CODE}-2023-07.xlsx").read_bytes() == written
    assert cli.main(["template", "1", "2023-07", "--out", "other.xlsx"]) == 1
    assert "no office has the code '1'" in capsys.readouterr().err
    assert cli.main(["template", CODE, "2023-07", "--out", "nowhere/t.xlsx"]) == 1
    assert "cannot be written" in capsys.readouterr().err
    assert not Path("other.xlsx").exists()


def test_a_file_that_cannot_be_written_is_said_by_name(submit, tmp_path):  # noqa: F811
    with pytest.raises(NoTemplate, match="name another --out"):
        write_template(CODE, JULY, tmp_path / "no" / "t.xlsx")
