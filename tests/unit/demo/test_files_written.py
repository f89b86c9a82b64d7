"""The bytes that offices send: what a reader finds in them, and what is wrong with those to be turned away."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from python_calamine import CalamineWorkbook

from demo.files import container, csv_bytes, tables_of
from demo.habits import style_of
from demo.records import make_records
from demo.records.row import ErrorCell
from demo.spoiled import cut_short, encrypted_workbook, web_page, with_wrong_headers
from demo.tables import lay_out
from rollcall.datasets import datasets

STYLE = replace(
    style_of(Random(1)),
    layout="2023-01",
    labels=True,
    dates="native",
    digits="plain",
    ten_thousands=False,
    title=False,
    shuffled=False,
    remarks=False,
    leaves_out=False,
    explains=False,
    encoding="utf-8",
)
SHEETS = [dataset.sheet_zh for dataset in datasets().values()]


@pytest.fixture(scope="module")
def records(small_world):
    """Of a county, which is asked for all datasets."""
    return make_records(small_world, small_world.by_code["620103000000"])


@pytest.fixture
def make(records):
    """Write the records in a kind of file and a style that differs from the plain one in *changes*."""

    def write(kind, **changes):
        style = replace(STYLE, **changes)
        return container(kind, records, tables_of(records, style, Random(1)), style, "示例乡2023年7月")

    return write


def sheet(content, name):
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()


def test_a_workbook_has_one_sheet_per_dataset_with_real_dates(make, records):
    content = make("xlsx")
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names == SHEETS
    headers, *rows = sheet(content, "经费收支表")
    assert headers == [column.label for column in datasets()["funding"].columns]
    assert len(rows) == len(records["funding"])
    assert isinstance(rows[0][headers.index("记账日期")], date)


@pytest.mark.parametrize("dataset", datasets())
def test_a_workbook_has_a_title_above_the_headers_where_the_office_writes_one(make, dataset):
    title, headers, *_ = sheet(make("xlsx", title=True), datasets()[dataset].sheet_zh)
    assert "合成演示数据" in title[0]
    assert not any(title[1:])
    assert headers == [column.label for column in datasets()[dataset].columns]


def test_a_sheet_of_explanations_comes_beside_the_datasets(make):
    names = CalamineWorkbook.from_filelike(io.BytesIO(make("xlsx", explains=True))).sheet_names
    assert names == ["填报说明", *SHEETS]


def test_an_old_layout_uses_the_headers_of_its_time(make):
    headers, *_ = sheet(make("xlsx", layout="2019-01"), "经费收支表")
    assert headers == [column.headers["2019-01"] for column in datasets()["funding"].columns]
    assert "凭证编号" in headers


def test_money_in_ten_thousands_says_so_in_its_header_and_scales_exactly(make, records):
    headers, *rows = sheet(make("xlsx", ten_thousands=True), "经费收支表")
    column = headers.index("金额（万元）")
    for row, record in zip(rows, records["funding"], strict=True):
        assert f"{row[column] * 10_000:.2f}" == f"{record['amount_yuan']:.2f}"


def test_columns_may_be_shuffled(make):
    headers, *_ = sheet(make("xlsx", shuffled=True), "文明实践活动表")
    ours = [column.label for column in datasets()["events"].columns]
    assert headers != ours
    assert sorted(headers) == sorted(ours)


@pytest.mark.parametrize("dataset", datasets())
def test_no_column_that_is_required_is_left_out(dataset):
    columns = datasets()[dataset].columns
    table = lay_out(datasets()[dataset], replace(STYLE, leaves_out=True), Random(1))
    left_out = [column for column in columns if column not in table.columns]
    assert not any(column.required for column in left_out)
    assert len(left_out) == (dataset in {"units", "registrations", "events", "needs"})


def test_an_error_cell_shows_its_error(records):
    broken = records | {"units": [records["units"][0] | {"staff_count": ErrorCell("#N/A")}]}
    content = container("xlsx", broken, tables_of(broken, STYLE, Random(1)), STYLE, "")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        cells = archive.read("xl/worksheets/sheet1.xml").decode()
    assert 't="e"' in cells
    assert "<v>#N/A</v>" in cells


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_zip_holds_one_csv_per_dataset_in_the_offices_encoding(make, records, encoding):
    content = make("zip", encoding=encoding, remarks=True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert set(members) == {f"{name}.csv" for name in datasets()}
    assert members["units.csv"].startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")
    headers, *rows = csv.reader(io.StringIO(members["units.csv"].decode(encoding)))
    assert headers == [*(column.label for column in datasets()["units"].columns), "备注"]
    assert [row[0] for row in rows] == [row["unit_no"] for row in records["units"]]


def test_json_carries_all_datasets_under_our_names(make, records):
    read = json.loads(make("json", layout="2019-01"))["datasets"]
    assert {name: len(rows) for name, rows in read.items()} == {name: len(rows) for name, rows in records.items()}
    assert set(read["events"][0]) == {column.name for column in datasets()["events"].columns}


@pytest.mark.parametrize("kind", ["xlsx", "zip", "json"])
def test_the_same_records_make_the_same_bytes(make, kind):
    assert make(kind) == make(kind)


def test_wrong_headers_leave_no_dataset_its_key(records):
    for name, table in tables_of(records, STYLE, Random(1)).items():
        wrong = with_wrong_headers(table)
        keys = [column for column in datasets()[name].columns if column.key]
        assert not {column.label for column in keys} & set(wrong.headers)
        assert not {column.name for column in keys} & set(wrong.names)
        assert csv_bytes(records[name], wrong, STYLE)


@pytest.mark.parametrize("kind", ["xlsx", "zip"])
def test_a_container_cut_short_is_still_recognised_and_cannot_be_opened(make, kind):
    content = cut_short(make(kind), Random(1))
    assert content.startswith(b"PK\x03\x04")
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(content))


def test_an_encrypted_workbook_is_a_compound_file_with_an_encrypted_package():
    content = encrypted_workbook(Random(1))
    assert content.startswith(bytes.fromhex("d0cf11e0a1b11ae1"))
    assert len(content) % 512 == 0
    assert "EncryptedPackage".encode("utf-16-le") in content
    assert "EncryptionInfo".encode("utf-16-le") in content


def test_the_web_page_is_one():
    assert web_page().startswith(b"<!DOCTYPE html>")
