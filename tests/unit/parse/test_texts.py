"""Csv: a stray quotation mark swallows no record in silence, and GB18030 is that of 2022."""

from typing import Any

import pytest

from rollcall.datasets import datasets
from tests.files import as_csv, rows_of

HEADER = ",".join(column.label for column in datasets()["events"].columns)
EVENT = "{},{},talk,,620102001000,,,,2023-07-0{} 09:00,,10,,"
# A hand-made export: one title begins with a quotation mark, a later one ends with one.
EVENTS = [EVENT.format(f"E{day}", "示例活动", day) for day in range(1, 7)]


def file_of(*lines: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *lines]).encode()


def stray(lines: list[str], first: int, last: int) -> list[str]:
    """The same lines with a quotation mark before one title and after another."""
    lines = list(lines)
    lines[first] = lines[first].replace("示例", '"示例')
    lines[last] = lines[last].replace("活动,", '活动",', 1)
    return lines


@pytest.mark.parametrize(("first", "last", "named"), [(1, 4, 3), (1, 2, 3), (0, 5, 2), (4, 5, 6)])
def test_turns_away_a_field_that_holds_whole_records(read: Any, first: int, last: int, named: int) -> None:
    trouble = read("events.csv", file_of(*stray(EVENTS, first, last))).trouble("events")
    assert trouble.startswith(f"第 {named} 行")
    assert "双引号" in trouble


def test_turns_away_records_within_a_field_that_is_properly_closed(read: Any) -> None:
    inner = "\n".join(EVENTS[1:3])
    lines = [EVENT.format("E1", f'"示例活动\n{inner}"', 1), EVENTS[3]]
    assert read("events.csv", file_of(*lines)).trouble("events").startswith("第 2 行")


def test_turns_away_records_whose_empty_end_was_left_out(read: Any) -> None:
    """An export that leaves out commas behind the last filled field."""
    short = [line.rstrip(",") for line in EVENTS]
    assert "第 3 行" in read("events.csv", file_of(*stray(short, 1, 4))).trouble("events")


def test_names_the_line_with_a_quotation_mark_that_is_never_closed(read: Any) -> None:
    lines = list(EVENTS)
    lines[2] = lines[2].replace("示例", '"示例')
    assert read("events.csv", file_of(*lines)).trouble("events").startswith("第 4 行")


@pytest.mark.parametrize(
    "title", ['"第一行\n第二行"', '"第一行，\r\n第二行,还有"', '"他说 ""好,\n就这样"" 了"', '"\n"', '"一\n\n\n二"']
)
def test_reads_a_text_of_several_lines_as_one(read: Any, title: str) -> None:
    rows = read("events.csv", file_of(EVENT.format("E1", title, 1), EVENTS[1])).rows["events"]
    assert [row["event_no"] for row in rows] == ["E1", "E2"]
    assert [row["_row"] for row in rows] == ["2", "3"]
    assert "\n" not in rows[0]["title"]


def test_reads_a_text_of_several_lines_in_the_first_column(read: Any) -> None:
    header = ",".join(["活动名称", "活动编号", *HEADER.split(",")[2:]])
    lines = ['"第一行\n第二行",E1,' + EVENTS[0].split(",", 2)[2]]
    assert read("events.csv", file_of(*lines, header=header)).rows["events"][0]["title"] == "第一行 第二行"


@pytest.mark.parametrize("dataset", datasets())
def test_notices_swallowed_records_in_every_dataset(read: Any, dataset: str) -> None:
    """The first text column that is not the first, as a hand-made export may spoil it."""
    lines = as_csv(dataset, rows_of(dataset, 4)).decode().splitlines()
    fields = [line.split(",") for line in lines]
    fields[2][1], fields[4][1] = '"' + fields[2][1], fields[4][1] + '"'
    trouble = read(f"{dataset}.csv", "\n".join(map(",".join, fields)).encode()).trouble(dataset)
    assert trouble.startswith("第 3 行")


# By GB 18030-2022: code and character. Python's own codec gives private use for all but the last two.
SINCE_2022 = {
    "fe59": "\u9fb4", "fe61": "\u9fb5", "fe66": "\u9fb6", "fe67": "\u9fb7", "fe6d": "\u9fb8", "fe7e": "\u9fb9",
    "fe90": "\u9fba", "fea0": "\u9fbb", "a8bc": "\u1e3f", "a6d9": "\ufe10", "a6da": "\ufe12", "a6db": "\ufe11",
    "a6dc": "\ufe13", "a6dd": "\ufe14", "a6de": "\ufe15", "a6df": "\ufe16", "a6ec": "\ufe17", "a6ed": "\ufe18",
    "a6f3": "\ufe19", "82359037": "\u9fb4", "b0a1": "啊",
}  # fmt: skip


@pytest.mark.parametrize(("code", "character"), SINCE_2022.items())
def test_reads_gb18030_as_its_edition_of_2022(read: Any, code: str, character: str) -> None:
    data = as_csv("units", rows_of("units", 2)).decode().encode("gb18030")
    data = data.replace("示例小学2".encode("gb18030"), "示例".encode("gb18030") + bytes.fromhex(code))
    rows = read("units.csv", data).rows["units"]
    assert [row["unit_name"] for row in rows] == ["示例小学1", f"示例{character}"]


def test_leaves_private_use_in_a_name_and_refuses_it_in_a_key(read: Any) -> None:
    """A6FE has no place in Unicode, in no edition."""
    for column, cells in (("unit_name", []), ("unit_no", ["A2"])):
        data = as_csv("units", rows_of("units", 1, **{column: "示例@"})).decode().encode("gb18030")
        got = read("units.csv", data.replace(b"@", bytes.fromhex("a6fe")))
        assert got.cells == cells
