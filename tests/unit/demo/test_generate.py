"""Files and manifest: the same order makes the same bytes, and a finished folder is used again."""

import hashlib
import json
from dataclasses import replace
from datetime import datetime

import pytest

from demo.generate import MANIFEST, Order, prepare
from demo.habits import CHENGGUAN
from rollcall.datasets import asked_of
from rollcall.periods import Period


@pytest.fixture(scope="module")
def order(code_with, registry):
    """A small order of one office of each kind that matters."""
    wanted = [("good", "xlsx"), ("good", "csv"), ("good", "json"), ("late", None), ("correction", None)]
    wanted += [("broken_rows", None), ("not_found", None), ("html", None), ("encrypted", None)]
    offices = tuple(code_with(*one) for one in wanted)
    return Order(Period(2023, 7), scale=0.02, offices=(*offices, CHENGGUAN), registry=registry)


@pytest.fixture(scope="module")
def made(order, tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    return folder, prepare(order, folder)


def july(manifest):
    """What the offices have for July, by code."""
    return manifest["months"]["2023-07"]["offices"]


def listed(manifest):
    return [
        one
        for month in manifest["months"].values()
        for entry in month["offices"].values()
        for one in entry["submissions"]
    ]


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in (folder / "demo_files").iterdir()}


def test_the_same_seed_makes_the_same_bytes(order, made, tmp_path):
    assert prepare(order, tmp_path) == made[1]
    assert bytes_of(tmp_path) == bytes_of(made[0])


def test_another_seed_makes_other_bytes(order, made, tmp_path):
    other = prepare(replace(order, seed=order.seed + 1), tmp_path)
    before, after = july(made[1]), july(other)
    assert before.keys() == after.keys()
    for code in before:
        ours = {submission["sha256"] for submission in before[code]["submissions"]}
        assert ours.isdisjoint(submission["sha256"] for submission in after[code]["submissions"])


def test_an_office_is_the_same_in_a_smaller_order(order, made, tmp_path):
    code = order.offices[0]
    alone = prepare(replace(order, offices=(code,)), tmp_path)
    assert july(alone) == {code: july(made[1])[code]}


def test_the_manifest_describes_the_files(made):
    folder, manifest = made
    paths = {f"demo_files/{path.name}" for path in (folder / "demo_files").iterdir()}
    assert paths == {one["path"] for one in listed(manifest)}
    for one in listed(manifest):
        content = (folder / one["path"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (one["bytes"], one["sha256"])
    assert json.loads((folder / MANIFEST).read_text()) == manifest


def test_rows_of_the_manifest_are_rows_of_the_file(made, order):
    folder, manifest = made
    (submission,) = july(manifest)[order.offices[2]]["submissions"]
    read = json.loads((folder / submission["path"]).read_bytes())["datasets"]
    assert {name: len(rows) for name, rows in read.items()} == submission["rows"]


def test_a_csv_office_sends_one_revision_per_dataset(made, order):
    submissions = july(made[1])[order.offices[1]]["submissions"]
    asked = asked_of("township", Period(2023, 7).last_day)
    assert [one["revision"] for one in submissions] == list(range(1, 13))
    assert [one["filename"] for one in submissions] == [f"{name}.csv" for name in asked]
    assert [list(one["rows"]) for one in submissions] == [[name] for name in asked]


def test_only_late_offices_come_after_the_fifth(made, order):
    deadline = Period(2023, 7).due_at(5)
    for code, entry in july(made[1]).items():
        assert entry["late"] == (code == order.offices[3])
        for one in entry["submissions"]:
            submitted_at = datetime.fromisoformat(one["submitted_at"])
            assert submitted_at.utcoffset().total_seconds() == 8 * 3600
            assert (submitted_at > deadline) == entry["late"]
            assert (submitted_at.year, submitted_at.month) == (2023, 8)


def test_a_correction_is_a_second_revision_with_fewer_rows_and_other_bytes(made, order):
    first, second = july(made[1])[order.offices[4]]["submissions"]
    assert (first["revision"], first["kind"], second["revision"], second["kind"]) == (1, "regular", 2, "correction")
    assert first["submitted_at"] < second["submitted_at"]
    assert first["sha256"] != second["sha256"]
    assert second["rows"]["units"] == first["rows"]["units"]
    assert 1 <= first["rows"]["events"] - second["rows"]["events"] <= 2


def test_faults_are_named_and_files_to_be_turned_away_promise_no_rows(made, order):
    offices = july(made[1])
    broken, missing, page, encrypted = (offices[code] for code in order.offices[5:9])
    assert [entry["fault"] for entry in (broken, missing, page, encrypted)] == [
        "broken_rows", "not_found", "html", "encrypted",
    ]  # fmt: skip
    assert broken["broken"]
    assert missing["submissions"] == []
    assert page["submissions"][0]["rows"] == encrypted["submissions"][0]["rows"] == {}
    assert offices[order.offices[0]]["fault"] is None


def test_chengguan_brings_one_backlog_in_a_zip(made):
    entry = july(made[1])[CHENGGUAN]
    (submission,) = entry["submissions"]
    assert (submission["kind"], submission["filename"]) == ("backlog", "2023-07.zip")
    assert 5000 < submission["rows"]["registrations"] < 5200
    assert entry["fault"] is None


def test_several_months_are_in_one_folder(order, tmp_path):
    """The past comes with the first, and an office is as good or bad in each."""
    few = (order.offices[1], order.offices[4], CHENGGUAN)
    manifest = prepare(replace(order, period=Period(2023, 6), to=Period(2023, 7), offices=few), tmp_path)
    june, july = (manifest["months"][period]["offices"] for period in ("2023-06", "2023-07"))
    assert list(june) == list(july) == sorted(few)
    assert [one[CHENGGUAN]["submissions"][0]["kind"] for one in (june, july)] == ["backlog", "regular"]
    assert len(june[order.offices[4]]["submissions"]) == len(july[order.offices[4]]["submissions"]) == 2
    assert not {one["path"] for one in listed({"months": {"": {"offices": june}}})} & {
        one["path"] for one in listed({"months": {"": {"offices": july}}})
    }
    assert manifest["totals"]["offices"] == 3
    rows = [manifest["months"][period]["totals"]["rows_total"] for period in manifest["months"]]
    assert manifest["totals"]["rows_total"] == sum(rows)


def test_an_office_is_the_same_in_a_month_whether_more_follow(order, tmp_path):
    one = prepare(replace(order, period=Period(2023, 6)), tmp_path / "one")
    two = prepare(replace(order, period=Period(2023, 6), to=Period(2023, 7)), tmp_path / "two")
    assert one["months"]["2023-06"] == two["months"]["2023-06"]


def test_refuses_months_in_the_wrong_order(order, tmp_path):
    with pytest.raises(ValueError, match="2023-06 is before"):
        prepare(replace(order, to=Period(2023, 6)), tmp_path)


def test_a_finished_folder_is_used_again(order, tmp_path):
    prepare(order, tmp_path)
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "demo_files").iterdir()}
    prepare(order, tmp_path)
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "demo_files").iterdir()} == before


@pytest.mark.parametrize("missing", ["manifest", "file"])
def test_a_half_written_folder_is_made_anew(order, made, tmp_path, missing):
    """Without a manifest it is half-written; a manifest whose files are gone is none either."""
    prepare(order, tmp_path)
    next((tmp_path / "demo_files").iterdir()).unlink()
    if missing == "manifest":
        (tmp_path / MANIFEST).unlink()
    (tmp_path / "demo_files" / "left-over.xlsx").write_bytes(b"half")
    assert prepare(order, tmp_path) == made[1]
    assert bytes_of(tmp_path) == bytes_of(made[0])


def test_another_order_in_the_same_folder_is_made_anew_and_receipts_stay(order, tmp_path):
    small = replace(order, offices=order.offices[:1])
    prepare(small, tmp_path)
    (tmp_path / "receipts").mkdir()
    manifest = prepare(replace(small, seed=5), tmp_path)
    assert manifest["seed"] == 5
    assert (tmp_path / "receipts").is_dir()
    assert len(bytes_of(tmp_path)) == len(listed(manifest))


def test_several_processes_make_what_one_makes(code_with, world, registry, tmp_path):
    codes = tuple(code for code in world.by_code if code != CHENGGUAN)[300:360]
    order = Order(Period(2023, 7), scale=0.02, offices=codes, registry=registry)
    many = prepare(order, tmp_path / "many")
    alone = prepare(replace(order, offices=codes[-1:]), tmp_path / "alone")
    assert list(july(many)) == sorted(codes)
    assert july(many)[codes[-1]] == july(alone)[codes[-1]]


def test_refuses_a_code_that_no_office_has(order, tmp_path):
    with pytest.raises(ValueError, match="has the code 999999999999"):
        prepare(replace(order, offices=("999999999999",)), tmp_path)
    assert not (tmp_path / MANIFEST).exists()
