"""The registry: what is wrong with it is said with file and line before anyone is asked."""

from datetime import date
from pathlib import Path

import pytest

from rollcall.errors import RegistryBroken
from rollcall.offices import Office, called_on, read_registry
from rollcall.settings import ROOT

HEADER = "office_key,code,name,level,parent_key,valid_from,valid_to,reports,endpoint,connection"
PROVINCE = "1,990000000000,示例省,province,,,,true,,"


def registry(folder: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8") -> list[Office]:
    (folder / "offices.csv").write_bytes("\n".join([header, *lines, ""]).encode(encoding))
    return read_registry(folder)


def test_reads_one_version_of_an_office_a_line(tmp_path):
    """Empty is "as far as we know", or that a setting serves."""
    (_, city) = registry(tmp_path, PROVINCE, "2,990100000000,甲市,city,1,2020-01-01,,true,file:///drop,conn")
    assert city == Office(2, "990100000000", "甲市", "city", 1, date(2020, 1, 1), None, True, "file:///drop", "conn")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_reads_what_a_spreadsheet_saves_as_utf_8(tmp_path, encoding):
    assert registry(tmp_path, PROVINCE, encoding=encoding)[0].name == "示例省"


def test_a_line_break_inside_quotes_stays_part_of_the_name(tmp_path):
    assert registry(tmp_path, '1,990000000000,"示例\n省",province,,,,true,,')[0].name == "示例\n省"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("2,990100000000,甲市,prefecture,1,,,true,,", "level 'prefecture'"),
        ("x,990100000000,甲市,city,1,,,true,,", "invalid literal"),
        ("2,990100000000,甲市,city,one,,,true,,", "invalid literal"),
        ("2,990100000000,甲市,city,1,2020,,true,,", "2020"),
        ("2,990100000000,甲市,city,1,,2020-13-01,true,,", "month"),
        ("2,990100000000,甲市,city,1,,,yes,,", "'yes'"),
        ("2,990100000000,甲市,city,1,,,,,", "KeyError"),
        ("2,,甲市,city,1,,,true,,", "code ''"),
        ("2,../etc,甲市,city,1,,,true,,", "code '../etc'"),
        ("2,99{}0,甲市,city,1,,,true,,", "code"),
        ("2,990100000000,甲市,city,1,,,true,", "cells"),
        ("2,990100000000,甲市,city,1,,,true,,,more", "cells"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path, line, complaint):
    with pytest.raises(RegistryBroken, match=r"offices\.csv, line 3: ") as caught:
        registry(tmp_path, PROVINCE, line)
    assert complaint in str(caught.value)


def test_a_missing_column_is_named(tmp_path):
    with pytest.raises(RegistryBroken, match="reports"):
        registry(tmp_path, "1,990000000000,示例省,province,,,,,", header=HEADER.replace("reports,", ""))


def test_a_missing_file_says_which_setting_names_the_folder(tmp_path):
    with pytest.raises(RegistryBroken, match="ROLLCALL_REGISTRY"):
        read_registry(tmp_path)


def test_another_encoding_says_what_to_do(tmp_path):
    """A spreadsheet program in Chinese saves CSV as GB18030 unless told otherwise."""
    with pytest.raises(RegistryBroken, match="CSV UTF-8"):
        registry(tmp_path, PROVINCE, encoding="gb18030")


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (["2,990100000000,甲市,city,9,,,true,,"], "no office has key 9"),
        (["2,990100000000,甲省,province,1,,,true,,"], "not of a higher level"),
        (["2,990100000000,甲市,city,1,,,true,,", "3,990200000000,乙市,city,2,,,true,,"], "not of a higher level"),
        (["2,990100000000,甲市,city,1,2020-02-01,2020-01-01,true,,"], "valid_from is after valid_to"),
        (["2,990100000000,甲市,city,1,,,true,,", "2,990100000001,甲市,city,1,,,true,,"], "office_key 2"),
        (
            ["2,990100000000,甲市,city,1,,2020-01-31,true,,", "2,990100000000,甲市,city,1,2020-01-31,,true,,"],
            "valid on the same day",
        ),
        (["2,990100000000,甲市,city,1,,,true,,", "3,990100000000,乙市,city,1,,,true,,"], "code 990100000000"),
    ],
)
def test_a_registry_that_contradicts_itself_is_refused(tmp_path, lines, complaint):
    """Two versions on one day would have an office asked twice; two offices with one code, counted as one."""
    with pytest.raises(RegistryBroken, match=complaint):
        registry(tmp_path, PROVINCE, *lines)


def test_versions_follow_one_another_and_codes_are_used_again(tmp_path):
    """Renamed on a day; its old code is another office's later."""
    offices = registry(
        tmp_path,
        PROVINCE,
        "2,990101000000,甲县,county,1,,2020-12-31,true,,",
        "2,990181000000,甲市,county,1,2021-01-01,,true,,",
        "3,990101000000,乙区,county,1,2021-01-01,,true,,",
    )
    names = {day: [o.name for o in called_on(offices, day)] for day in (date(2020, 12, 31), date(2021, 1, 1))}
    assert names == {date(2020, 12, 31): ["示例省", "甲县"], date(2021, 1, 1): ["示例省", "甲市", "乙区"]}


def test_an_office_that_does_not_report_is_not_called(tmp_path):
    offices = registry(tmp_path, PROVINCE.replace("true", "false"), "2,990100000000,甲市,city,1,,,true,,")
    assert [office.office_key for office in called_on(offices, date(2023, 7, 31))] == [2]


def test_the_registry_that_comes_along_is_whole():
    """All of Gansu: province, 14 cities, 86 counties, 1,403 townships, and who else reports."""
    offices = read_registry(ROOT / "dbt_project" / "registry")
    gansu = [office.level for office in offices if office.code.startswith("62")]
    counts = {level: gansu.count(level) for level in ("province", "city", "county", "township")}
    assert counts == {"province": 1, "city": 14, "county": 86, "township": 1403}
    assert len(called_on(offices, date(2023, 7, 31))) > 1500
