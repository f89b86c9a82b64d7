"""The registry: what is wrong with it is said with file and line before anyone is asked."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from rollcall.errors import RegistryBroken
from rollcall.offices import Office, called_on, read_registry, write_seeds
from rollcall.settings import ROOT

HEADER = "office_key,code,name,level,parent_key,reports,endpoint,connection"
EVENTS = "event_no,happened_on,event,office_key,code,name,parent_key,into_key,share,source"
PROVINCE = "1,990000000000,示例省,province,,true,,"
CITY = "2,990100000000,甲市,city,1,true,,"
# A province, a city, two counties and a township, for a log to happen to.
SMALL = (
    PROVINCE,
    CITY,
    "3,990101000000,甲县,county,2,true,,",
    "4,990102000000,乙县,county,2,true,,",
    "5,990101001000,丙镇,township,3,true,,",
    "6,990101002000,丁镇,township,3,true,,",
)
LINE = r"office_events\.csv, line "


def registry(
    folder: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8", events: tuple[str, ...] | None = None
) -> list[Office]:
    (folder / "offices.csv").write_bytes("\n".join([header, *lines, ""]).encode(encoding))
    if events is not None:
        (folder / "office_events.csv").write_bytes("\n".join([EVENTS, *events, ""]).encode(encoding))
    return read_registry(folder)


def test_an_office_without_a_log_is_one_version_that_always_stood(tmp_path):
    """Empty is "as far as we know", or that a setting serves."""
    (_, city) = registry(tmp_path, PROVINCE, "2,990100000000,甲市,city,1,true,file:///drop,conn")
    assert city == Office(2, "990100000000", "甲市", "city", 1, None, None, True, "file:///drop", "conn")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_reads_what_a_spreadsheet_saves_as_utf_8(tmp_path, encoding):
    events = ("1,2023-06-01,rename,2,,乙市,,,,",)
    assert registry(tmp_path, PROVINCE, CITY, encoding=encoding, events=events)[2].name == "乙市"


def test_a_line_break_inside_quotes_stays_part_of_the_name(tmp_path):
    assert registry(tmp_path, '1,990000000000,"示例\n省",province,,true,,')[0].name == "示例\n省"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("2,990100000000,甲市,prefecture,1,true,,", "level 'prefecture'"),
        ("x,990100000000,甲市,city,1,true,,", "office_key is 'x'"),
        ("1_0,990100000000,甲市,city,1,true,,", "office_key is '1_0'"),
        ("2,990100000000,甲市,city,one,true,,", "parent_key is 'one'"),
        ("2,990100000000,甲市,city,1,yes,,", "'yes'"),
        ("2,990100000000,甲市,city,1,,,", "write true or false"),
        ("2,,甲市,city,1,true,,", "code ''"),
        ("2,../etc,甲市,city,1,true,,", "code '../etc'"),
        ("2,99{}0,甲市,city,1,true,,", "code '99{}0'"),
        ("2,990100000000, ,city,1,true,,", "name is empty"),
        ("2,990100000000,甲市,city,1,true,", "cells"),
        ("2,990100000000,甲市,city,1,true,,,more", "cells"),
        ("1,990100000000,甲市,city,,true,,", "office_key 1 is there already"),
        ("2,990100000000,甲市,city,9,true,,", "no office with key 9"),
        ("2,990100000000,甲省,province,1,true,,", "not of a higher level"),
        ("2,990100000000,甲市,city,2,true,,", "not of a higher level"),
        ("2,990000000000,甲市,city,1,true,,", "code 990000000000 is that of 1 示例省 and of 2 甲市"),
    ],
)
def test_a_line_that_cannot_be_right_is_named(tmp_path, line, complaint):
    """Two offices with one code would be counted as one; a loop of parents would count for ever."""
    with pytest.raises(RegistryBroken, match=r"offices\.csv, line 3: ") as caught:
        registry(tmp_path, PROVINCE, line)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        (HEADER.replace("reports,", ""), "reports is missing"),
        (HEADER + ",remarks", "remarks is not known"),
        (HEADER.replace("parent_key", "parent_key,valid_from,valid_to"), "dates of offices stand in office_events.csv"),
        (HEADER + ",code", "line 1: its columns must be"),
    ],
)
def test_columns_are_those_of_the_form(tmp_path, header, complaint):
    with pytest.raises(RegistryBroken, match=complaint):
        registry(tmp_path, PROVINCE, header=header)


def test_a_missing_file_says_which_setting_names_the_folder(tmp_path):
    with pytest.raises(RegistryBroken, match="ROLLCALL_REGISTRY"):
        read_registry(tmp_path)


def test_another_encoding_says_what_to_do(tmp_path):
    """A spreadsheet program in Chinese saves CSV as GB18030 unless told otherwise."""
    with pytest.raises(RegistryBroken, match="CSV UTF-8"):
        registry(tmp_path, PROVINCE, encoding="gb18030")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("x,2023-06-01,rename,5,,新镇,,,,", "event_no is 'x'"),
        ("2,2023/6/1,rename,5,,新镇,,,,", "happened_on is '2023/6/1'"),
        ("2,20230601,rename,5,,新镇,,,,", "happened_on is '20230601'"),
        ("2,2023-06-31,rename,5,,新镇,,,,", "happened_on is '2023-06-31'"),
        ("2,0001-01-01,rename,5,,新镇,,,,", "before 1900"),
        ("2,2023-06-01,abolish,5,,,,,,", "event 'abolish' is none of"),
        ("2,2023-06-01,rename,5,,,,,,", "a rename without name"),
        ("2,2023-06-01,rename,5,, ,,,,", "name is empty"),
        ("2,2023-06-01,rename,5,990101009000,新镇,,,,", "a rename says nothing of code"),
        ("2,2023-06-01,create,5,,丙镇,,,,", "a create says nothing of name"),
        ("2,2023-06-01,recode,5,,,,,,", "a recode without code"),
        ("2,2023-06-01,recode,5,丙,,,,,", "code '丙'"),
        ("2,2023-06-01,move,5,,,,,,", "a move without parent_key"),
        ("2,2023-06-01,merge,5,,,,,,", "a merge without into_key"),
        ("2,2023-06-01,merge,5,,,,6,1,", "a merge says nothing of share"),
        ("2,2023-06-01,split,5,,,,6,,", "a split without share"),
        ("2,2023-06-01,split,5,,,,6,0.0,", "share is '0.0'"),
        ("2,2023-06-01,split,5,,,,6,1.5,", "share is '1.5'"),
        ("2,2023-06-01,split,5,,,,6,50%,", "share is '50%'"),
        ("2,2023-06-01,split,5,,,,6,0.1234567890,", "at most 9 places"),
        ("2,2023-06-01,rename,9,,新镇,,,,", "office_key: offices.csv has no office with key 9"),
        ("2,2023-06-01,move,5,,,9,,,", "parent_key: offices.csv has no office with key 9"),
        ("2,2023-06-01,merge,5,,,,9,,", "into_key: offices.csv has no office with key 9"),
        ("2,2023-06-01,rename,5,,新镇,,,", "cells"),
        ("1,2023-06-01,rename,5,,新镇,,,,", "event_no 1 after 1: number the lines upwards"),
        ("2,2022-12-31,rename,5,,新镇,,,,", "2022-12-31 after 2023-01-01: put the lines in order"),
        ("2,2023-06-01,rename,5,,丙镇,,,,", "has name 丙镇 already"),
        ("2,2023-06-01,move,5,,,3,,,", "has parent_key 3 already"),
        ("2,2023-06-01,merge,5,,,,5,,", "is merged into itself"),
        ("2,2023-06-01,move,5,,,6,,,", "not of a higher level"),
        ("2,2023-06-01,move,3,,,5,,,", "not of a higher level"),
        ("2,2023-06-01,recode,5,990101002000,,,,,", "code 990101002000 is that of 6 丁镇 and of 5 丙镇"),
        ("2,2023-06-01,split,5,,,,6,0.5,", "with shares of 0.5 in all"),
        ("2,2023-06-01,create,4,,,,,,", "created after another event of its own"),
        ("2,2023-01-02,create,1,,,,,,", "hangs from no office and is split from none"),
        (
            "2,2023-06-01,create,3,,,,,,",
            "offices.csv, line 6: 5 990101001000 丙镇 hangs from 3 990101000000 甲县 before",
        ),
        ("2,2023-06-01,merge,3,,,,4,,", "5 990101001000 丙镇 still hangs from 3 990101000000 甲县"),
    ],
)
def test_an_event_that_cannot_have_been_is_named(tmp_path, line, complaint):
    """The first event, which is right, is on line 2."""
    first = "1,2023-01-01,rename,4,,丙县,,,,"
    with pytest.raises(RegistryBroken) as caught:
        registry(tmp_path, *SMALL, events=(first, line))
    assert complaint in str(caught.value)
    assert "office_events.csv, line 3: " in str(caught.value) or complaint.startswith("offices.csv, line")


@pytest.mark.parametrize(
    ("events", "complaint"),
    [
        (
            ["1,2023-06-01,merge,5,,,,6,,", "2,2023-07-01,rename,5,,新镇,,,,"],
            LINE + "3: 5 .*stands no more from 2023-06-01 on: no rename on 2023-07-01",
        ),
        (["1,2023-06-01,merge,5,,,,6,,", "2,2023-06-01,rename,5,,新镇,,,,"], LINE + "3: .* no rename on 2023-06-01"),
        (["1,2023-06-01,rename,5,,新镇,,,,", "2,2023-06-01,merge,5,,,,6,,"], LINE + "2: .* no rename on 2023-06-01"),
        (["1,2023-06-01,merge,5,,,,6,,", "2,2023-07-01,merge,6,,,,5,,"], LINE + "3: 5 .*nothing can go into it"),
        (["1,2023-06-01,merge,5,,,,6,,", "2,2023-06-01,merge,6,,,,5,,"], "nothing can go into it"),
        (["1,2023-06-01,merge,5,,,,6,,", "2,2023-06-01,merge,5,,,,4,,"], LINE + "3: .*that is a split, with shares"),
        (["1,2023-06-01,merge,5,,,,6,,", "2,2023-06-01,split,5,,,,6,0.5,"], "merged and split"),
        (["1,2023-06-01,split,5,,,,6,0.5,", "2,2023-06-01,split,5,,,,6,0.5,"], LINE + "3: .*goes into 6 twice"),
        (["1,2023-06-01,split,5,,,,6,0.5,", "2,2023-06-01,split,5,,,,3,0.4,"], LINE + "3: .*shares of 0.9 in all"),
        (["1,2023-06-01,rename,5,,新镇,,,,", "2,2023-06-01,rename,5,,老镇,,,,"], LINE + "3: a second rename"),
        (["1,2023-06-01,create,5,,,,,,", "2,2023-07-01,create,5,,,,,,"], LINE + "3: .*created twice"),
        (["1,2023-06-01,create,5,,,,,,", "2,2023-06-01,rename,5,,新镇,,,,"], LINE + "3: .*begins on 2023-06-01"),
        (["1,2023-05-01,merge,6,,,,5,,", "2,2023-06-01,create,5,,,,,,"], LINE + "2: 5 .*begins on 2023-06-01"),
        (["1,2023-05-01,merge,5,,,,6,,", "2,2023-06-01,recode,4,990101001000,,,,,"], None),
        (["1,2023-05-01,recode,5,990101009000,,,,,", "2,2023-05-01,recode,6,990101001000,,,,,"], None),
        (["1,2023-06-01,recode,5,990101002000,,,,,", "2,2023-06-01,recode,6,990101001000,,,,,"], None),
        (["1,2023-06-01,move,5,,,4,,,", "2,2023-06-01,move,6,,,4,,,", "3,2023-06-01,merge,3,,,,4,,"], None),
        (["1,2023-06-01,merge,3,,,,4,,", "2,2023-06-01,move,5,,,4,,,", "3,2023-06-01,merge,6,,,,5,,"], None),
    ],
)
def test_events_that_contradict_one_another_are_named(tmp_path, events, complaint):
    """The order within a day says nothing: codes are exchanged in one, and a county is emptied as it ends."""
    if complaint:
        with pytest.raises(RegistryBroken, match=complaint):
            registry(tmp_path, *SMALL, events=tuple(events))
    else:
        registry(tmp_path, *SMALL, events=tuple(events))


def test_versions_follow_one_another_and_codes_are_used_again(tmp_path):
    """Renamed and recoded on a day, which makes one version; its old code is another office's later."""
    offices = registry(
        tmp_path,
        PROVINCE,
        "2,990101000000,甲县,county,1,true,,",
        "3,990101000000,乙区,county,1,true,,",
        events=(
            "1,2021-01-01,rename,2,,甲市,,,,",
            "2,2021-01-01,recode,2,990181000000,,,,,",
            "3,2021-01-01,create,3,,,,,,",
        ),
    )
    names = {day: [(o.name, o.code) for o in called_on(offices, day)] for day in (date(2020, 12, 31), date(2021, 1, 1))}
    assert names == {
        date(2020, 12, 31): [("示例省", "990000000000"), ("甲县", "990101000000")],
        date(2021, 1, 1): [("示例省", "990000000000"), ("甲市", "990181000000"), ("乙区", "990101000000")],
    }
    assert len(offices) == 4


def test_an_office_keeps_where_it_is_asked_in_every_version(tmp_path):
    city = "2,990100000000,甲市,city,1,true,file:///drop,conn"
    _, *versions = registry(tmp_path, PROVINCE, city, events=("1,2023-06-01,rename,2,,乙市,,,,",))
    assert [(office.endpoint, office.connection) for office in versions] == [("file:///drop", "conn")] * 2


def test_an_office_that_does_not_report_is_not_called(tmp_path):
    offices = registry(tmp_path, PROVINCE.replace("true", "false"), CITY)
    assert [office.office_key for office in called_on(offices, date(2023, 7, 31))] == [2]


def test_dbt_gets_versions_log_and_heirs_with_the_columns_it_knows(tmp_path):
    """Without a log too; `registry_derived` has the columns alone, for what parses the project by itself."""
    folder = tmp_path / "with"
    folder.mkdir()
    registry(folder, *SMALL, events=("10,2023-06-01,split,5,,,,6,0.30,据", "20,2023-06-01,split,5,,,,3,0.7,据"))
    files = write_seeds(folder, tmp_path / "seeds")
    assert [path.name for path in files] == ["offices.csv", "office_events.csv", "office_heirs.csv"]
    versions, log, heirs = (path.read_text(encoding="utf-8").splitlines() for path in files)
    assert versions[5] == "5,990101001000,丙镇,township,3,,2023-05-31,true,,"
    assert log[1:] == ["10,2023-06-01,split,5,,,,6,0.3,据", "20,2023-06-01,split,5,,,,3,0.7,据"]
    assert heirs[1:] == ["5,2023-06-01,,3,0.7", "5,2023-06-01,,6,0.3"]
    folder = tmp_path / "without"
    folder.mkdir()
    registry(folder, PROVINCE)
    for path in write_seeds(folder, tmp_path / "seeds"):
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        empty = ROOT / "dbt_project" / "registry_derived" / path.name
        assert empty.read_text(encoding="utf-8") == header + "\n"
        assert len(rows) == (path.name == "offices.csv")


def test_the_registry_of_the_guide_is_one(tmp_path):
    """docs/deploy.md: what it shows can be copied, and its log happens to its offices."""
    tables = re.findall(r"```csv\n(.*?)```", (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8"), re.DOTALL)
    for name, header in (("offices.csv", HEADER), ("office_events.csv", EVENTS)):
        (shown,) = [table for table in tables if table.startswith(header)]
        (tmp_path / name).write_text(shown, encoding="utf-8")
    standing = called_on(read_registry(tmp_path), date(2026, 12, 31))
    assert [office.name for office in standing] == ["某省", "某市", "某区", "乙镇", "丙镇"]


def test_the_registry_that_comes_along_is_whole():
    """All of Gansu: province, 14 cities, 86 counties, 1,403 townships, and who else reports."""
    offices = read_registry(ROOT / "dbt_project" / "registry")
    gansu = {office.office_key: office.level for office in offices if office.code.startswith("62")}
    counts = {level: list(gansu.values()).count(level) for level in ("province", "city", "county", "township")}
    assert counts == {"province": 1, "city": 14, "county": 86, "township": 1403}
    assert len(called_on(offices, date(2023, 7, 31))) > 1500


def test_the_history_that_comes_along_is_marked_as_made_up():
    """One merge, one rename, and one move with the recode that goes with it, for the demo to show."""
    folder = ROOT / "dbt_project" / "registry"
    with (folder / "office_events.csv").open(encoding="utf-8", newline="") as lines:
        events = list(csv.DictReader(lines))
    assert sorted(event["event"] for event in events) == ["merge", "move", "recode", "rename"]
    assert all(event["source"].startswith("示例（虚构）") for event in events)
    offices = read_registry(folder)
    cities = {}
    for day in (date(2023, 5, 31), date(2023, 7, 31)):
        by_key = {office.office_key: office for office in offices if office.is_valid_on(day)}
        moved = next(by_key[int(event["office_key"])] for event in events if event["event"] == "move")
        county = by_key[moved.parent_key]
        assert moved.code.startswith(county.code[:6])
        cities[county.code] = county.parent_key
    assert len(cities) == 2
    assert len(set(cities.values())) == 1
