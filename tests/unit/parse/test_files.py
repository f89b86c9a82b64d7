"""Files: csv, zip and json as offices send them, and what is turned away."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollcall.datasets import datasets
from rollcall.parse.readings import Limits

LIMITS = Limits(25 << 20, 200 << 20, 1_000_000, 60)
EVENTS = [column.label for column in datasets()["events"].columns]
FUNDING = [column.label for column in datasets()["funding"].columns]
REGISTRATIONS = [column.label for column in datasets()["registrations"].columns]
TALK = ["A-1", "讲座", "理论宣讲", "", "620102001000", "", "", "", "2023-07-01 14:30", "", "12", "3", ""]
VOUCHER = ["V1", "年度预算", "", "", "12.34", "", "2023/7/3", "2023"]


def as_csv(*rows: list[Any], encoding: str = "utf-8") -> bytes:
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)
    return lines.getvalue().encode(encoding)


def as_zip(**members: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return data.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("name", ["events.csv", "2-correction-events.csv", "Events.CSV"])
def test_reads_a_csv_file_in_each_encoding(read: Any, encoding: str, name: str) -> None:
    got = read(name, as_csv(["某某街道"], [], EVENTS, TALK, encoding=encoding))
    assert got.reading.trouble is None
    [row] = got.rows["events"]
    assert row["title"] == "讲座"
    assert row["event_kind"] == "talk"
    assert row["started_at"] == "2023-07-01T14:30:00+08:00"
    assert (row["_row"], row["_unreadable"], row["_sheet"]) == ("4", "0", name)
    assert (row["_first_day"], row["_last_day"], row["_kind"]) == ("2023-07-01", "2023-07-31", "regular")
    assert got.reading.datasets["events"].columns["title"] == ("B", "活动名称")


def test_names_what_cannot_be_read_by_its_cell(read: Any) -> None:
    bad = [*TALK]
    bad[10], bad[12] = "十二", "#N/A"
    got = read("events.csv", as_csv(EVENTS, TALK, bad))
    assert [row["_unreadable"] for row in got.rows["events"]] == ["0", "2"]
    assert got.cells == ["K3", "M3"]
    assert got.reasons[0] == "第 3 行“参加人次”（K3）：“十二”不是数字，请填阿拉伯数字，如 12。"


def test_skips_empty_rows_wherever_they_are_and_keeps_the_numbers_of_the_others(read: Any) -> None:
    got = read("events.csv", as_csv([], EVENTS, [], [" ", "\u3000"], TALK, [""] * 13, [], [*TALK[:8], *TALK[8:]], []))
    assert [row["_row"] for row in got.rows["events"]] == ["5", "8"]


def test_never_shifts_a_row_that_is_longer_than_the_header(read: Any) -> None:
    got = read("events.csv", as_csv(EVENTS, [*TALK, "多", ""], [*TALK, ""], TALK[:10]))
    assert [row["_unreadable"] for row in got.rows["events"]] == ["1", "0", "0"]
    assert got.cells == ["N2"]


def test_finds_cells_below_a_missing_header(read: Any) -> None:
    got = read("funding.csv", as_csv([*FUNDING[:2], "", *FUNDING[2:]], [*VOUCHER[:2], "甲", *VOUCHER[2:]]))
    assert got.cells == ["C2"]
    assert got.rows["funding"][0]["amount_yuan"] == "12.34"


def test_counts_a_row_in_which_only_an_unread_column_is_filled(read: Any) -> None:
    got = read("funding.csv", as_csv([*FUNDING, "备注"], [*VOUCHER, ""], [*[""] * 8, "说明"]))
    assert len(got.rows["funding"]) == 2
    assert got.reading.not_read == ["“经费收支表”中的列“备注”（I 列）"]


def test_scales_ten_thousands_exactly(read: Any) -> None:
    header = ["金额（万元）" if name == "金额（元）" else name for name in FUNDING]
    got = read("funding.csv", as_csv(header, VOUCHER, [*VOUCHER[:4], "0.000001", *VOUCHER[5:]]))
    assert [row["amount_yuan"] for row in got.rows["funding"]] == ["123400", "0.01"]


def test_leaves_no_name_phone_or_id_number_anywhere(read: Any, tmp_path: Any) -> None:
    row = ["V1", "2023-07-01", "新注册", "11010519491231002x", "张三丰", "13900001111", *[""] * 6]
    wrong = ["V2", "x", "新注册", "1101051949123100\x00", "张\x00三丰", "139\x00", *[""] * 6]
    nobody = ["V3", "2023-07-01", "新注册", *[""] * 9]
    full = ["V4", "2023-07-01", "新注册", "１１０１０５１９４９１２３１００２Ｘ", *[""] * 8]
    got = read("registrations.csv", as_csv(REGISTRATIONS, row, wrong, nobody, full))
    written = "".join(path.read_text("utf-8") for path in (tmp_path / "out").iterdir())
    for secret in ("110105", "张", "丰", "139"):
        assert secret not in written
        assert secret not in repr(got.reading)
    names = ("has_id_number", "id_number_is_valid", "id_born_on")
    facts = [tuple(row[name] for name in names) for row in got.rows["registrations"]]
    assert facts == [("t", "t", "1949-12-31"), ("t", "", ""), ("f", "", ""), ("t", "t", "1949-12-31")]
    keys = [r["person_key"] for r in got.rows["registrations"]]
    assert keys[0] == keys[3]
    assert len(set(keys)) == 3


def test_writes_an_empty_file_for_a_dataset_without_records(read: Any) -> None:
    assert read("events.csv", as_csv(EVENTS)).rows == {"events": []}
    assert read("a.json", b'{"datasets": {"events": []}}').rows == {"events": []}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"a,b\nc,d\n", "没有找到"),
        ("活动编号,活动名称\n".encode(), "缺少必填列"),
        (as_csv(EVENTS, TALK).decode().encode("utf-16"), "UTF-16"),
        (as_csv(EVENTS) + b"\xff\xff\xff\n", "编码"),
        (as_csv(EVENTS) + b'"A-1,x\n', "双引号不成对"),
        (as_csv(EVENTS) + b'"a"b,\n', "双引号不成对"),
        (as_csv(EVENTS) + b"x" * 200_000, "一格内容太长"),
        (as_csv(EVENTS, *[TALK] * 11), "超过 10 行"),
    ],
)
def test_turns_away_a_csv_file_it_would_have_to_guess(read: Any, data: bytes, words: str) -> None:
    assert words in read("events.csv", data, replace(LIMITS, rows=10)).trouble("events")


def test_takes_exactly_as_many_rows_as_the_limit(read: Any) -> None:
    assert len(read("events.csv", as_csv(EVENTS, *[TALK] * 10), replace(LIMITS, rows=10)).rows["events"]) == 10


def test_turns_away_a_dataset_in_which_hardly_anything_can_be_read(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollcall.parse.rows.MOST_UNREADABLE", 5)
    got = read("funding.csv", as_csv(FUNDING, *[[*VOUCHER[:7], "x"]] * 6))
    assert "超过 5 个单元格读不出来，例如第 2 行" in got.trouble("funding")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("events.csv", b"", "空的"),
        ("2023-07.xlsx", b"<!DOCTYPE html><html>", "网页"),
        ("events.csv", b"\n <HTML><body>502", "网页"),
        ("x.html", b"<html>", "网页"),
        ("a.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600, "旧格式"),
        ("a.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "密码"),
        ("a.xlsx", as_csv(EVENTS, TALK), "不是工作簿"),
        ("a.xlsx", b"PK\x03\x04" + b"\x00" * 100, "损坏"),
        ("a.zip", as_zip(events__csv=as_csv(EVENTS, TALK))[:-30], "损坏"),
        ("a.zip", as_zip(events__csv=as_csv(EVENTS, TALK) * 100)[:200], "损坏"),
        ("events.csv", as_zip(events__csv=b"x"), "文件名"),
        ("a.pdf", b"%PDF", "文件种类"),
        ("a", b"x", "文件种类"),
        ("别的.csv", as_csv(EVENTS, TALK), "看不出是哪张表"),
        ("a.xlsx", as_zip(events__csv=b"x"), "不是 xlsx"),
        ("a.xlsx", b"<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?>", "XML"),
        ("events.csv", b"x" * 2000, "超过 0 MiB"),
    ],
)
def test_turns_away_what_is_no_report_and_says_what_to_do(read: Any, name: str, data: bytes, words: str) -> None:
    limits = replace(LIMITS, file_bytes=1000) if len(data) == 2000 else LIMITS
    reading = read(name, data, limits).reading
    assert words in reading.trouble
    assert reading.datasets == {}
    assert any(asked in reading.trouble for asked in ("请", "重新"))


def test_reads_the_csv_files_of_a_zip_and_reports_unknown_ones(read: Any) -> None:
    got = read("a.zip", as_zip(events__csv=as_csv(EVENTS, TALK), funding__csv=b"x,y\n", 别的__csv=b"x"))
    assert len(got.rows["events"]) == 1
    assert "没有找到" in got.trouble("funding")
    assert got.reading.not_read == ["压缩包中的文件“别的.csv”"]


@pytest.mark.parametrize("name", ["../events.csv", "a/events.csv", "/events.csv", "a\\events.csv", "dir/", "读我.txt"])
def test_turns_away_a_zip_with_anything_but_csv_files(read: Any, name: str) -> None:
    assert "只能直接放 csv" in read("a.zip", as_zip(**{name: b"x"}, events__csv=as_csv(EVENTS))).reading.trouble


def test_turns_away_a_zip_with_too_many_or_doubled_members(read: Any) -> None:
    many = as_zip(**{f"m{number}.csv": b"x" for number in range(21)})
    assert "最多 20 个" in read("a.zip", many).reading.trouble
    assert "重名" in read("a.zip", as_zip(events__csv=b"x", EVENTS__csv=b"x")).reading.trouble


def test_turns_away_a_bomb_by_what_the_directory_says(read: Any) -> None:
    data = as_zip(events__csv=b"\n" * 3_000_000)
    assert "解压后超过" in read("a.zip", data, replace(LIMITS, unpacked_bytes=2 << 20)).reading.trouble


def test_turns_away_a_bomb_that_lies_about_its_size(read: Any) -> None:
    data = as_zip(events__csv=b"\n" * 3_000_000)
    size = (3_000_000).to_bytes(4, "little")
    assert data.count(size) == 2
    lying = data.replace(size, (10).to_bytes(4, "little"))
    assert "损坏" in read("a.zip", lying, replace(LIMITS, unpacked_bytes=2 << 20)).reading.trouble


def test_turns_away_a_zip_member_with_other_bytes_than_it_claims(read: Any) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("events.csv", as_csv(EVENTS, TALK))
    changed = data.getvalue().replace(b"A-1", b"A-2")
    assert "损坏" in read("a.zip", changed).reading.trouble


def test_reads_json_with_every_digit(read: Any) -> None:
    records = [dict(zip((c.name for c in datasets()["funding"].columns), VOUCHER, strict=True)), {"purpose": None}]
    text = json.dumps({"datasets": {"funding": records}, "note": 1}).replace('"12.34"', "123456789012345.10")
    got = read("a.json", text.encode())
    [row] = got.rows["funding"]
    assert row["amount_yuan"] == "123456789012345.1"
    assert got.reading.datasets["funding"].columns["purpose"] == (None, "purpose")
    assert got.reading.not_read == ["json 中的“note”"]


def test_names_unreadable_json_by_its_record(read: Any) -> None:
    record = r'{"voucher_no":"V\ud800","funding_kind":"x","fund_source":[],"purpose":"p","amount_yuan":' + "9" * 401
    rest = ',"booked_on":NaN,"budget_year":true,"counterparty_code":{"a":1}}'
    text = '{"datasets":{"funding":[' + record + rest + "]}}"
    got = read("a.json", text.encode())
    assert got.rows["funding"][0]["_unreadable"] == "6"
    assert got.cells == [""] * 6
    assert got.reasons[0] == "第 1 条记录“voucher_no”：“V�”含有不可见的控制字符，请删去后重新填写。"


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "1", '{"datasets": []}', '{"datasets": {}}', "[" * 200_000, '{"datasets": {"others": []}}',
     '{"datasets": {"events": [], "events": []}}', '{"datasets": {}, "datasets": {"events": []}}', '{"a":' * 100_000],
)  # fmt: skip
def test_turns_away_json_of_another_form(read: Any, text: str) -> None:
    assert "请" in read("a.json", text.encode() or b" ").reading.trouble


@pytest.mark.parametrize(
    "array", ["{}", "1", "[1]", "[[]]", '[{"event_no": "1", "event_no": "2"}]', '[{"event_no": "1"}]', "[{}]"]
)
def test_turns_away_one_bad_array_and_reads_the_other(read: Any, array: str) -> None:
    got = read("a.json", ('{"datasets": {"events": %s, "funding": []}}' % array).encode())  # noqa: UP031 - braces everywhere
    assert got.trouble("events")
    assert got.rows == {"funding": []}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["a.xlsx", "a.zip", "a.json", "events.csv"]))
def test_answers_any_bytes_with_a_reason(read: Any, data: bytes, name: str) -> None:
    got = read(name, data)
    assert got.reading.trouble or got.reading.datasets["events"].trouble


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), min_size=0, max_size=14), max_size=8))
def test_receives_every_row_that_is_not_empty(read: Any, rows: list[list[str]]) -> None:
    """What is received is what was sent, whatever it says; the fixture checks that every bad cell is named."""
    safe = [[cell.encode("utf-8", "replace").decode() for cell in row] for row in rows]
    got = read("events.csv", as_csv(EVENTS, *safe))
    sent = sum(any(cell.strip(" \t\r\n\v\f\u00a0\u3000\x85") for cell in row) for row in safe)
    assert len(got.rows["events"]) <= sent
    odd = sum(any(not cell.isprintable() for cell in row) for row in safe)
    assert len(got.rows["events"]) >= sent - odd


def test_agrees_with_decimal_arithmetic_about_ten_thousands(read: Any) -> None:
    header = ["金额（万元）" if name == "金额（元）" else name for name in FUNDING]
    amounts = [f"{number}.{number:07d}" for number in range(1, 200, 7)]
    got = read("funding.csv", as_csv(header, *([*VOUCHER[:4], amount, *VOUCHER[5:]] for amount in amounts)))
    assert [Decimal(row["amount_yuan"]) for row in got.rows["funding"]] == [Decimal(a) * 10_000 for a in amounts]
