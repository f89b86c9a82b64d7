"""Cells: every accepted form reads back, everything else is named."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rollcall.datasets import Column, datasets
from rollcall.parse.cells import Cell, CellReader, Unreadable

DAYS = st.dates(date(1949, 10, 1), date(2099, 12, 31))
FULL_WIDTH = str.maketrans("0123456789-.:,", "０１２３４５６７８９－．：，")


def reader(kind: str, *, key: bool = False, codes: str = "", shift: int = 0) -> CellReader:
    return CellReader(datasets()["events"], Column("it", kind, False, key, codes, {"2023-01": "某列"}), shift)


def read(kind: str, cell: Cell, *, key: bool = False, codes: str = "", shift: int = 0) -> str | None:
    """Read one cell; fails where it cannot be read."""
    value = reader(kind, key=key, codes=codes, shift=shift).read_all((cell,))[0]
    assert not isinstance(value, Unreadable), value.why
    return value


def why(kind: str, cell: Cell, *, key: bool = False, codes: str = "", shift: int = 0) -> str:
    """Why a cell cannot be read; fails where it can."""
    value = reader(kind, key=key, codes=codes, shift=shift).read_all((cell,))[0]
    assert isinstance(value, Unreadable), value
    return value.why


def is_summer_time(day: date) -> bool:
    """Whether China's clocks may have been ahead on *day*."""
    return 1986 <= day.year <= 1991 and 4 <= day.month <= 9


def forms_of(day: date) -> list[Cell]:
    iso = day.isoformat()
    return [
        iso,
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year} 年 {day.month:02d} 月 {day.day:02d} 日",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}-{day.month}-{day.day}",
        iso.translate(FULL_WIDTH),
        f"\u3000{iso} ",
        f"{day:%Y%m%d}",
        f"{iso} 00:00:00",
        day,
        datetime(day.year, day.month, day.day),
    ]


@given(DAYS)
def test_reads_a_date_in_every_form(day: date) -> None:
    assert {read("date", form) for form in forms_of(day)} == {day.isoformat()}


@given(DAYS)
def test_reads_a_spreadsheets_day_count(day: date) -> None:
    count = (day - date(1899, 12, 30)).days
    assert read("date", float(count)) == day.isoformat()
    assert read("date", count) == day.isoformat()
    if count >= 10_000:
        assert read("date", str(count)) == day.isoformat()


@given(DAYS, st.times())
def test_reads_a_time_after_a_date_in_every_form(day: date, clock: time) -> None:
    assume(not is_summer_time(day))
    minute = f"{day.isoformat()}T{clock:%H:%M}:00+08:00"
    chinese = f"{day.year}年{day.month}月{day.day}日"
    hour = str(clock.hour)
    for text in (
        f"{day.isoformat()} {clock:%H:%M}",
        f"{day.isoformat()}T{clock:%H:%M}:00",
        f"{day.isoformat()}T{clock:%H:%M}:00+08:00",
        f"{chinese}{clock:%H:%M}",
        f"{chinese} {clock:%H:%M}",
        f"{chinese}{hour}时{clock:%M}分",
        f"{day.year}/{day.month}/{day.day} {hour}:{clock:%M}",
        f"{day.isoformat()} {clock:%H:%M}".translate(FULL_WIDTH),
    ):
        assert read("datetime", text) == minute


@given(DAYS, st.times())
def test_reads_the_fraction_of_a_day_to_the_second(day: date, clock: time) -> None:
    assume(not is_summer_time(day))
    moment = datetime.combine(day, clock.replace(microsecond=0))
    serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    assert read("datetime", serial) == moment.isoformat() + "+08:00"


def test_turns_another_zone_into_chinas() -> None:
    assert read("datetime", "2023-06-30T20:00:00Z") == "2023-07-01T04:00:00+08:00"
    assert read("datetime", "2023-07-01T14:30:00-0400") == "2023-07-02T02:30:00+08:00"


@pytest.mark.parametrize(
    ("cell", "instant"),
    [("1990-07-31 23:30", "1990-07-31T23:30:00+09:00"), ("1990-07-31T23:30+09:00", "1990-07-31T23:30:00+09:00"),
     ("1990-07-31T23:30+08:00", "1990-08-01T00:30:00+09:00"), ("1990-07-31T14:30Z", "1990-07-31T23:30:00+09:00"),
     (datetime(1990, 7, 31, 23, 30), "1990-07-31T23:30:00+09:00"), ("1990-07-31", "1990-07-31T00:00:00+09:00"),
     ("1990-09-16 00:59", "1990-09-16T00:59:00+09:00"), ("1990-09-16 02:00", "1990-09-16T02:00:00+08:00"),
     ("1990-09-16T01:30+09:00", "1990-09-16T01:30:00+09:00"), ("1990-09-16T01:30+08:00", "1990-09-16T01:30:00+08:00"),
     ("1992-07-31 23:30", "1992-07-31T23:30:00+08:00")],
)  # fmt: skip
def test_reads_a_time_with_the_offset_that_china_had_then(cell: Cell, instant: str) -> None:
    assert read("datetime", cell) == instant


@pytest.mark.parametrize("cell", ["1990-04-15 02:30", "1990-09-16 01:30", datetime(1986, 5, 4, 2, 0)])
def test_refuses_a_time_that_clocks_skipped_or_showed_twice(cell: Cell) -> None:
    assert "夏令时" in why("datetime", cell)


def test_takes_a_day_without_time_for_its_midnight() -> None:
    assert read("datetime", "2023年7月1日") == "2023-07-01T00:00:00+08:00"


@pytest.mark.parametrize(
    "cell",
    [
        "2023-02-30", "2023-13-01", "23-7-1", "2023-7/1", "7/1/2023", "2023年7月", "2023", 2023.0, 0.5, -1.0, 60.0,
        "七月一日", "2023-07-01 25:00", "2023-07-01 下午2:30", "1023-07-01", "3023-07-01", 1e300, True, time(9, 0),
        timedelta(days=3), "2023-07-0１x", "99999999", 99999999.0, Decimal("NaN"), Decimal("1e400"), [], {}, "今天",
        date(1900, 2, 28), "2023-07-01;drop table", "2023-07-01\x00", "9999-12-31T23:59:59-2359",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["date", "datetime"])
def test_refuses_what_is_not_surely_a_date(kind: str, cell: Cell) -> None:
    assert why(kind, cell)


def test_refuses_a_time_of_day_where_only_a_day_belongs() -> None:
    assert why("date", "2023-07-01 14:30") == "“2023-07-01 14:30”带有时间，这里只填日期，如 2023-08-15。"
    assert why("date", datetime(2023, 7, 1, 14, 30))


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_reads_a_whole_number_in_every_form(number: int) -> None:
    expected = str(number)
    for form in (str(number), f"{number:,}", f" {number}\u3000", str(number).translate(FULL_WIDTH), f"{number}.0",
                 f"{number:,}".translate(FULL_WIDTH), number, float(number), Decimal(number)):  # fmt: skip
        assert read("integer", form) == expected
        assert read("number", form) == expected


@given(st.decimals(-(10**14), 10**14, places=6))
def test_reads_every_decimal_exactly_and_scales_it_exactly(number: Decimal) -> None:
    for form in (f"{number:f}", f"{number:,f}", number):
        got = read("money", form)
        scaled = read("number", form, shift=4) if abs(number) < 10**10 else None
        assert got is not None
        assert Decimal(got) == number
        assert scaled is None or Decimal(scaled) == number.scaleb(4)


@pytest.mark.parametrize(
    ("cell", "shift", "expected"),
    [(0.1 + 0.2, 0, "0.3"), (12.34, 4, "123400"), ("0.00005", 4, "0.5"), ("1.005", 0, "1.005"), (1e-5, 0, "0.00001"),
     ("-0", 0, "0"), ("007", 0, "7"), (".5", 0, "0.5"), ("+3", 0, "3"), ("−3", 0, "-3"), (Decimal("1e3"), 0, "1000")],
)  # fmt: skip
def test_reads_numbers_as_a_spreadsheet_shows_them(cell: Cell, shift: int, expected: str) -> None:
    assert read("money", cell, shift=shift) == expected


@pytest.mark.parametrize(
    "cell",
    ["十二", "12人", "1,23", "1,2345", "1e5", "12.", ".", "-", "--1", "1 2", "0x10", "NaN", "Infinity", "50%", "￥5",
     float("nan"), float("inf"), Decimal("NaN"), Decimal("Infinity"), True, date(2023, 7, 1), [1], {"a": 1},
     "1" * 16, 1e15, Decimal("1e15"), Decimal("1e999999999"), 10**400, "9" * 5000, Decimal("1e-41"), "=1+1", "٣"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["integer", "number", "money"])
def test_refuses_what_is_not_surely_a_number(kind: str, cell: Cell) -> None:
    assert why(kind, cell)


def test_refuses_part_of_a_person() -> None:
    assert why("integer", "12.5") == "“12.5”不是整数，请填整数，如 12。"


def test_refuses_an_amount_that_scaling_makes_too_large() -> None:
    assert read("money", "99999999999", shift=4) == "999999999990000"
    assert "位数太多" in why("money", "100000000000", shift=4)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("是", "t"), ("否", "f"), ("TRUE", "t"), ("false", "f"), ("1", "t"), ("０", "f"), ("√", "t"), (True, "t"),
     (False, "f"), (1.0, "t"), (0, "f"), (Decimal(1), "t"), (" 是 ", "t"), ("", None), (None, None), ("\u3000", None)],
)  # fmt: skip
def test_reads_yes_and_no(cell: Cell, expected: str | None) -> None:
    assert read("bool", cell) == expected


@pytest.mark.parametrize("cell", ["对", "×", "yes", "2", 2.0, 0.5, "是的", date(2023, 7, 1), float("nan"), []])
def test_refuses_what_is_neither_yes_nor_no(cell: Cell) -> None:
    assert any(words in why("bool", cell) for words in ("请填“是”或“否”", "这里应是一个值", "不是能读的内容"))


def test_makes_a_label_its_code_and_leaves_a_code() -> None:
    for form in ("理论宣讲", " 理论 宣讲", "talk"):
        assert read("code", form, codes="event_kind") == "talk"
    assert read("code", 2.0, codes="sex") == "2"
    assert read("code", "２", codes="sex") == "2"


def test_leaves_an_unknown_code_to_the_rules() -> None:
    assert read("code", "男", codes="sex") == "男"


@pytest.mark.parametrize(
    ("cell", "key", "expected"),
    [(1.0, False, "1"), (620102001000.0, True, "620102001000"), (1.5, False, "1.5"), ("００１", False, "001"),
     ("甲－１", True, "甲-1"), ("单位（甲）", False, "单位（甲）"), (" 甲\u3000", False, "甲"),
     ("\ufeff甲", False, "甲"),
     ("第一行\r\n第二行", False, "第一行 第二行"), ("一 \n\n 二\t三", False, "一 二 三"),
     (Decimal("620102199001011234"), False, "620102199001011234"),
     (Decimal("1.50"), False, "1.50"), ("x" * 1000, False, "x" * 1000), ("k" * 64, True, "k" * 64),
     ("<script>alert(1)</script>", False, "<script>alert(1)</script>"), ("x'; drop table--", True, "x'; drop table--"),
     ("@SUM(A1)", False, "@SUM(A1)"), ("#1 楼", False, "#1 楼"), ("", False, None), ("\u200b", False, None)],
)  # fmt: skip
def test_reads_text_as_it_is_shown(cell: Cell, key: bool, expected: str | None) -> None:
    assert read("text", cell, key=key) == expected


@pytest.mark.parametrize(
    "cell",
    ["a\x00b", "a\x07b", "\ud800", "a\u202eb", "a\u200bb", "x" * 1001, 1e15, 6.2e17, -1e15, True,
     date(2023, 3, 1), time(9, 0), timedelta(1), float("nan"), [], {}, "#N/A", "#REF!", "＃ＮＡＭＥ？", "#DIV/0!",
     "########", "甲\ufffd乙", "a\x85\x1cb", Decimal("NaN"), Decimal("1e999999999"), Decimal("1e-999999999")],
)  # fmt: skip
def test_refuses_text_that_nobody_typed(cell: Cell) -> None:
    assert why("text", cell)


@pytest.mark.parametrize("cell", ["k" * 65, "a\nb", "a\tb"])
def test_refuses_a_key_that_is_too_long_or_broken(cell: str) -> None:
    assert why("text", cell, key=True)
    assert why("code", cell, codes="sex")


@pytest.mark.parametrize("kind", ["text", "code", "integer", "number", "money", "date", "datetime", "bool", "secret"])
def test_refuses_an_error_value_in_every_type(kind: str) -> None:
    assert "错误值" in why(kind, "#N/A")
    assert read(kind, "  ") is None


@pytest.mark.parametrize("cell", [6.20102199001011e17, "622\x00", "9" * 65, True, "#N/A", "=A1"])
def test_never_quotes_what_is_personal(cell: Cell) -> None:
    text = why("secret", cell)
    assert "“" not in text
    assert "6" not in text.replace("64", "")


def test_says_that_a_number_cell_lost_its_last_digits() -> None:
    assert "末位已丢失" in why("secret", 620102199001011234.0)


@given(st.text(max_size=80) | st.floats() | st.decimals() | st.integers() | st.booleans() | st.dates() | st.datetimes())
def test_answers_anything_with_a_value_or_a_reason(cell: Cell) -> None:
    """Nothing that a file can hold makes the reader raise, or lets through a character a database refuses."""
    for kind in ("text", "code", "integer", "number", "money", "date", "datetime", "bool", "secret"):
        value = reader(kind).read_all((cell,))[0]
        if isinstance(value, str):
            assert value
            assert not set(value) & {"\x00", "\r", "\n"}
            value.encode()
        elif isinstance(value, Unreadable):
            value.why.encode()
            assert value.why.endswith("。")


def test_keeps_equal_cells_of_different_types_apart() -> None:
    cells = (True, 1.0, "1", Decimal("1.50"), Decimal("1.5"), "1")
    got = reader("text").read_all(cells)
    assert [value if isinstance(value, str) else "?" for value in got] == ["?", "1", "1", "1.50", "1.5", "1"]
