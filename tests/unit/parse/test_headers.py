"""Headers: matched to one layout exactly, or the dataset is turned away."""

import pytest

from rollcall.datasets import datasets
from rollcall.parse.headers import find_header_row, match_headers
from rollcall.parse.readings import DatasetTurnedAway

FUNDING = datasets()["funding"]
NEW = [column.headers["2023-01"] for column in FUNDING.columns]
OLD = [column.headers["2019-01"] for column in FUNDING.columns]


@pytest.mark.parametrize("dataset", datasets())
@pytest.mark.parametrize("version", ["2019-01", "2023-01"])
def test_reads_every_layout_of_every_dataset_in_any_order(dataset: str, version: str) -> None:
    columns = [column for column in datasets()[dataset].columns if version in column.headers]
    row = [column.headers[version] for column in reversed(columns)]
    found = match_headers(datasets()[dataset], row)
    assert [field.column.name for field in found.fields] == [column.name for column in columns]
    assert [row[field.index] for field in found.fields] == [column.headers[version] for column in columns]
    assert found.not_read == ()


def test_compares_headers_without_width_and_blanks() -> None:
    row = [" 凭证 号", "收支\n类型", *NEW[2:4], "金额(元)", *NEW[5:]]
    assert match_headers(FUNDING, row).fields[4].shift == 0


def test_knows_ten_thousands_in_a_money_header() -> None:
    field = match_headers(FUNDING, [*NEW[:4], "金额（万元）", *NEW[5:]]).fields[4]
    assert (field.column.name, field.shift, field.header) == ("amount_yuan", 4, "金额（万元）")


@pytest.mark.parametrize("absent", [c.label for c in FUNDING.columns if c.required])
def test_turns_away_without_a_required_column(absent: str) -> None:
    with pytest.raises(DatasetTurnedAway, match="缺少必填列"):
        match_headers(FUNDING, [header for header in NEW if header != absent])


@pytest.mark.parametrize("absent", [c.label for c in FUNDING.columns if not c.required])
def test_does_without_an_optional_column_unless_another_may_be_it(absent: str) -> None:
    rest = [header for header in NEW if header != absent]
    assert len(match_headers(FUNDING, rest).fields) == len(NEW) - 1
    with pytest.raises(DatasetTurnedAway, match="可能是改了名的列"):
        match_headers(FUNDING, [*rest, "备注"])


def test_reports_an_unknown_column_by_its_letter() -> None:
    assert match_headers(FUNDING, [*NEW, "备注"]).not_read == ("“经费收支表”中的列“备注”（I 列）",)


def test_turns_away_a_header_that_stands_twice() -> None:
    for twice in (NEW[0], "金额（万元）", " 凭证号 "):
        with pytest.raises(DatasetTurnedAway, match="同一列出现两次"):
            match_headers(FUNDING, [*NEW, twice])


def test_turns_away_headers_of_two_layouts() -> None:
    with pytest.raises(DatasetTurnedAway, match="混用了两版表式"):
        match_headers(FUNDING, [OLD[0], *NEW[1:]])


def test_finds_the_first_row_in_which_most_are_headers_we_know() -> None:
    title = ["某某街道", "", NEW[0]]
    assert find_header_row("funding", [[], title, ["", *NEW], NEW]) == 2
    assert find_header_row("funding", [["x"]] * 10 + [NEW]) is None
    assert find_header_row("funding", [[NEW[0], "甲"], [1.0, 2.0]]) is None
