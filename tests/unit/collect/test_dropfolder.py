"""Drop folders: what is a submission by its name, and what becomes of a folder that cannot be read."""

import hashlib
import json
import os
import re
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rollcall.collect import dropfolder, dropped, patience
from rollcall.collect.answer import Known, printable
from rollcall.collect.dropfolder import MEDIA_TYPES, Name, advice_on, is_drop_folder, look_into, read_name, written_at
from rollcall.datasets import datasets
from rollcall.periods import Period
from rollcall.receipts.deliver import stem_of
from rollcall.receipts.receipt import Judged, receipt_of
from tests.unit.collect.conftest import OFFICE

PERIOD = Period(2023, 7)


@pytest.fixture
def root(tmp_path):
    return f"file://{tmp_path / 'drop'}"


@pytest.fixture
def drop(tmp_path):
    """Put a file into the office's folder."""

    def drop(name, content=b"abc"):
        path = tmp_path / "drop" / OFFICE.code / "2023-07" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return drop


def names(root):
    return [file.path.name for file in look_into(root, OFFICE.code, PERIOD).files]


def strays(root, collected=()):
    return [stray.path.name for stray in look_into(root, OFFICE.code, PERIOD, collected).strays]


@pytest.fixture
def receipt(tmp_path):
    """The receipt beside a file of the office's folder, read; None where there is none."""

    def receipt(name, folder="2023-07"):
        path = tmp_path / "drop" / OFFICE.code / folder / f"{name}.receipt.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    return receipt


def test_reads_revision_kind_and_type_from_the_name(root, drop):
    drop("12-correction.xlsx")
    drop("3-backlog-events.csv")
    drop("3-backlog-units.csv")
    files = look_into(root, OFFICE.code, PERIOD).files
    assert [(file.name.revision, file.name.kind, file.path.name) for file in files] == [
        (3, "backlog", "3-backlog-events.csv"),
        (3, "backlog", "3-backlog-units.csv"),
        (12, "correction", "12-correction.xlsx"),
    ]
    assert files[0].name.media_type == "text/csv"
    assert files[2].name.media_type.endswith("sheet")
    assert [file.size for file in files] == [3, 3, 3]


@pytest.mark.parametrize("dataset", datasets())
def test_every_dataset_may_be_a_csv(dataset):
    assert read_name(f"1-regular-{dataset}.csv") == Name(1, "regular", "text/csv", dataset)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("1-regular.XLSX", (1, "regular", "xlsx", None)),
        ("1-Regular.xlsx", (1, "regular", "xlsx", None)),
        ("2-CORRECTION.JSON", (2, "correction", "json", None)),
        ("3-Backlog.Zip", (3, "backlog", "zip", None)),
        ("1-REGULAR-Events.CSV", (1, "regular", "csv", "events")),
    ],
)
def test_letters_of_either_case_are_read(root, drop, ask, name, read):
    drop(name, b"content")
    revision, kind, suffix, dataset = read
    assert read_name(name) == Name(revision, kind, MEDIA_TYPES.get(suffix, "text/csv"), dataset)
    ((listed, _),) = ask(base=root).landed
    assert (listed.revision, listed.kind, listed.filename) == (revision, kind, name)


MISNAMED = [
    "1-regular.xls",
    "1-regular.et",
    "1-regular.csv",
    "1-regular-events.xlsx",
    "1-regular (1).xlsx",
    "1-regular - 副本.xlsx",
    "1-regular（修订）.xlsx",
    "2023-07.xlsx",
    "regular.xlsx",
    "1-final.xlsx",
    "1_regular.xlsx",
    "1-regular.xlsx.part",
    "1-regular.xlsx.filepart",
    " 1-regular.xlsx",
    "１-regular.xlsx",
    "123456-regular.xlsx",
    "1-regular-.csv",
    "1-regular-a b.csv",
    "1-regular-活动.csv",
    "1-regular-nonesuch.csv",
    "1-bac\u212alog.xlsx",
    "1-regular.xl\u017fx",
    "1-regular.pdf",
    "1-regular",
    "readme.txt",
    "7-regular.annotated.xlsx",
    "a\nb.xlsx",
    "名" * 80 + ".xlsx",
    "\udcc3\udcfb.xlsx",
]


@pytest.mark.parametrize("name", MISNAMED, ids=ascii)
def test_a_file_named_otherwise_is_named_and_told_how_to_be(root, drop, ask, landed, tmp_path, name):
    """It would otherwise vanish: the office counts as missing, and is told nothing."""
    drop(name, b"content")
    answer = ask(base=root)
    assert (answer.outcome, answer.landed, answer.too_large, landed()) == ("trouble", [], [], {})
    assert printable(name)[:100] in answer.detail
    assert answer.detail.encode()
    (written,) = (tmp_path / "drop").rglob("*.receipt.json")
    told = json.loads(written.read_text(encoding="utf-8"))
    assert (told["office_code"], told["period"], told["outcome"]) == (OFFICE.code, "2023-07", "turned_away")
    assert told["sha256"] == hashlib.sha256(b"content").hexdigest()
    assert "1-regular.xlsx" in told["reason"]
    assert "1-regular-events.csv" in told["reason"]


def test_the_receipt_of_a_misnamed_file_has_the_keys_of_the_others(root, drop, ask, receipt):
    drop("1-regular.xls")
    ask(base=root)
    moment = datetime(2023, 8, 3, tzinfo=UTC)
    other = Judged(1, 7, "2023-07", 1, "regular", "", "", 1, "", moment, "accepted", None, [], 0)
    assert receipt("1-regular.xls").keys() == receipt_of(other, OFFICE.code).keys()


def test_the_receipt_of_an_old_workbook_says_to_save_it_anew(root, drop, ask, receipt):
    drop("1-regular.xls")
    ask(base=root)
    assert "另存为 .xlsx" in receipt("1-regular.xls")["reason"]


def test_a_misnamed_file_does_not_hold_up_a_good_one(root, drop, ask, landed):
    drop("1-regular.xlsx", b"good")
    drop("2023-07.xlsx", b"misnamed")
    answer = ask(base=root)
    assert list(landed().values()) == [b"good"]
    assert (answer.outcome, answer.etag) == ("trouble", None)
    assert "2023-07.xlsx is not named as a submission" in answer.detail


def test_what_nobody_sent_is_left_aside(root, drop, ask, tmp_path):
    """Hidden files, locks of an open workbook, thumbnails, and our own receipts."""
    for name in (".1-regular.xlsx", ".DS_Store", "~$1-regular.xlsx", "Thumbs.db", "thumbs.db"):
        drop(name)
    for name in ("1-regular.receipt.json", "9-regular-events.receipt.json", "1-regular.xls.receipt.json"):
        drop(name)
    assert ask(base=root).outcome == "silent"
    drop("1-Regular.xlsx")
    drop("1-regular.annotated.xlsx")
    assert ask(base=root).outcome == "answered"
    assert len(list((tmp_path / "drop").rglob("*.receipt.json"))) == 3


def test_a_marked_workbook_of_ours_is_left_aside_also_when_its_file_is_gone(root, drop):
    """But not one that bears the name of no submission: an office may have corrected a copy of it in place."""
    drop("1-regular.annotated.xlsx")
    assert strays(root, ["1-Regular.XLSX"]) == []
    assert strays(root) == ["1-regular.annotated.xlsx"]


def test_a_marked_workbook_of_what_came_over_http_is_ours_too(root, drop, ask):
    """Where an office changed over to a drop folder, its older receipts lie there under revision and kind."""
    drop("1-regular.annotated.xlsx")
    drop("2-regular.xlsx")
    answer = ask(Known(None, {(1, "2023-07.xlsx"): "0" * 64}), root)
    assert (answer.outcome, [listed.revision for listed, _ in answer.landed]) == ("answered", [2])


@pytest.mark.parametrize("name", ["1-regular.XLSX", "1-Regular.xlsx", "2-CORRECTION-Events.CSV", "3-backlog.zip"])
def test_a_receipt_is_named_as_the_file_it_answers(name):
    moment = datetime(2023, 8, 3, tzinfo=UTC)
    judged = Judged(1, 7, "2023-07", 1, "regular", name, "", 1, "", moment, "accepted", None, [], 0)
    assert stem_of(judged) == name.rpartition(".")[0]


def test_a_second_run_writes_no_receipt_anew(root, drop, ask, tmp_path):
    drop("1-regular.xls")
    ask(base=root)
    (written,) = (tmp_path / "drop").rglob("*.receipt.json")
    before = written.stat()
    assert ask(base=root).outcome == "trouble"
    assert (written.stat().st_ino, written.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    os.utime(drop("1-regular.xls", b"another"), (time.time() + 5, time.time() + 5))
    ask(base=root)
    assert json.loads(written.read_text(encoding="utf-8"))["sha256"] == hashlib.sha256(b"another").hexdigest()


@pytest.mark.parametrize("name", ["2023-07.xlsx", "2023年7月/1-regular.xlsx", "2023-7/1-regular.xlsx"])
def test_what_lies_beside_the_folders_of_periods_is_told_too(root, drop, ask, tmp_path, name):
    drop("1-regular.xlsx", b"good")
    path = tmp_path / "drop" / OFFICE.code / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"lost")
    answer = ask(base=root)
    assert len(answer.landed) == 1
    place = name.split("/")[0]
    assert f"{place} lies beside the folders of periods" in answer.detail
    told = json.loads((tmp_path / "drop" / OFFICE.code / f"{place}.receipt.json").read_text(encoding="utf-8"))
    assert "如 2023-07" in told["reason"]
    assert told["period"] is None


def test_other_periods_are_nobodys_mistake(root, drop, ask, tmp_path):
    drop("1-regular.xlsx", b"good")
    (tmp_path / "drop" / OFFICE.code / "2023-06").mkdir()
    assert ask(base=root).outcome == "answered"


def test_a_receipt_that_cannot_be_written_changes_nothing_for_the_others(root, drop, ask, monkeypatch):
    """A folder that we may only read."""

    def refused(*_):
        raise PermissionError(13, "read-only")

    drop("1-regular.xlsx", b"good")
    drop("1-regular.xls")
    monkeypatch.setattr("rollcall.collect.refusal.write", refused)
    answer = ask(base=root)
    assert len(answer.landed) == 1
    assert "1-regular.xls is not named as a submission (no receipt could be written: PermissionError)" in answer.detail


def test_a_receipt_is_never_written_through_a_link(root, drop, ask, tmp_path):
    """An office that may place links must not have us overwrite what it may not."""
    ours = tmp_path / "ours"
    ours.write_bytes(b"ours")
    (drop("1-regular.xls").parent / "1-regular.xls.receipt.json").symlink_to(ours)
    ask(base=root)
    assert ours.read_bytes() == b"ours"
    written = tmp_path / "drop" / OFFICE.code / "2023-07" / "1-regular.xls.receipt.json"
    assert not written.is_symlink()
    assert "没有收取" in written.read_text(encoding="utf-8")


def test_of_many_files_a_hundred_are_taken_and_a_hundred_told_in_a_run(root, drop, ask, tmp_path):
    """The others come at the next runs: none is passed over, and none has to be put there again."""
    for number in range(1, 151):
        drop(f"{number}-regular.xlsx", b"same")
        drop(f"附件{number:03d}.docx")
    answer = ask(base=root)
    assert [listed.revision for listed, _ in answer.landed] == list(range(1, 101))
    assert len(list((tmp_path / "drop").rglob("*.receipt.json"))) == 100
    assert "50 files from 101-regular.xlsx on" in answer.detail
    assert "附件101.docx is not named as a submission (its receipt follows at the next run)" in answer.detail
    known = Known(None, {(listed.revision, listed.filename): listed.sha256 for listed, _ in answer.landed})
    again = ask(known, root)
    assert [listed.revision for listed, _ in again.landed] == list(range(101, 151))
    assert len(list((tmp_path / "drop").rglob("*.receipt.json"))) == 150


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("1-regular.xlsx", "1-regular.json"),
        ("1-regular.xlsx", "1-Regular.XLSX"),
        ("1-regular.xlsx", "01-regular.xlsx"),
        ("1-correction.xlsx", "1-regular.xlsx"),
        ("1-regular-events.csv", "1-regular-Events.csv"),
    ],
)
@pytest.mark.parametrize("is_known", [False, True])
def test_a_revision_twice_is_told_and_the_first_counts(root, drop, ask, receipt, first, then, is_known):
    """Their receipts would lie over one another, and which of the two counts would be chance."""
    assert sorted([first, then])[0] == min(first, then)
    digest = hashlib.sha256(b"first").hexdigest()
    for name in (first, then):
        drop(name, b"first" if name == first else b"then")
    one, other = (first, then) if is_known else sorted([first, then])
    answer = ask(Known(None, {(1, first): digest}) if is_known else Known(), root)
    assert [listed.filename for listed, _ in answer.landed] == ([] if is_known else [one])
    assert f"{other} is the second of its revision after {one}" in answer.detail
    assert one in receipt(other)["reason"]
    assert receipt(one) is None


def test_csv_files_of_one_revision_are_one_submission_each(root, drop, ask):
    for name in ("1-regular-events.csv", "1-regular-units.csv", "1-regular.xlsx"):
        drop(name)
    answer = ask(base=root)
    assert (answer.outcome, len(answer.landed)) == ("answered", 3)


def test_a_file_is_in_time_by_when_we_first_saw_it(root, drop, ask):
    """A copy keeps the time of its original: `cp -p`, SFTP, a zip unpacked."""
    os.utime(drop("1-regular.json"), (1691025164, 1691025164))
    before = datetime.now(UTC)
    ((listed, received_at),) = ask(base=root).landed
    assert before <= listed.submitted_at <= received_at


def test_a_file_from_later_than_now_is_from_then(root, drop, ask):
    os.utime(drop("1-regular.json"), (4000000000, 4000000000))
    ((listed, _),) = ask(base=root).landed
    assert listed.submitted_at == datetime.fromtimestamp(4000000000, UTC)


@pytest.mark.parametrize("seconds", [300_000_000_000, -(1 << 40), 1 << 62, float("inf")])
def test_a_time_that_nobody_means_is_none(seconds):
    """The year 11476, as a broken clock leaves it: it must not end the chunk."""
    assert written_at(seconds) is None


def test_a_folder_that_is_not_there_is_empty(root):
    assert names(root) == []


@pytest.mark.parametrize(
    ("base", "is_folder"),
    [("http://a/b", False), ("https://a/b", False), ("HTTPS://a", False), ("file:///a", True), ("s3://a/b", True)],
)
def test_anything_but_http_is_a_drop_folder(base, is_folder):
    assert is_drop_folder(base) is is_folder


def test_lands_every_file_of_a_folder(root, drop, ask, landed):
    drop("1-regular.xlsx", b"first")
    drop("1-regular.receipt.json", b"{}")
    drop("2-correction-units.csv", b"second")
    answer = ask(base=root)
    assert (answer.outcome, answer.etag) == ("answered", None)
    digests = [hashlib.sha256(content).hexdigest() for content in (b"first", b"second")]
    assert [listed.sha256 for listed, _ in answer.landed] == digests
    assert sorted(landed().values()) == [b"first", b"second"]


def test_what_is_known_is_not_landed_again(root, drop, ask):
    drop("1-regular.xlsx", b"first")
    answer = ask(Known(None, {(1, "1-regular.xlsx"): hashlib.sha256(b"first").hexdigest()}), root)
    assert (answer.outcome, answer.landed) == ("answered", [])


def test_a_file_that_changed_since_is_trouble_and_the_others_land(root, drop, ask, landed, receipt):
    drop("1-regular.xlsx", b"changed")
    drop("2-correction.xlsx", b"second")
    answer = ask(Known(None, {(1, "1-regular.xlsx"): hashlib.sha256(b"first").hexdigest()}), root)
    assert answer.outcome == "trouble"
    assert "give it a new revision" in answer.detail
    assert "改动没有收取" in receipt("1-regular.xlsx")["reason"]
    assert list(landed().values()) == [b"second"]


def test_a_file_over_the_limit_is_noted_once_and_never_landed(root, drop, ask, landed):
    drop("1-regular.xlsx", b"x" * 100_001)
    first = ask(base=root)
    assert [listed.filename for listed, _ in first.too_large] == ["1-regular.xlsx"]
    assert ask(Known(None, {(1, "1-regular.xlsx"): ""}), root).too_large == []
    assert landed() == {}


@pytest.mark.parametrize("leave", ["nothing", "receipts"])
def test_a_folder_without_submissions_is_silence(root, drop, ask, leave):
    if leave == "receipts":
        drop("1-regular.receipt.json")
    assert ask(base=root).outcome == "silent"


def test_a_folder_that_cannot_be_listed_is_unreachable_not_empty(root, ask, tmp_path):
    """A share that is not mounted right must not read as "nothing submitted", nor fail the chunk."""
    (tmp_path / "drop" / OFFICE.code).mkdir(parents=True)
    (tmp_path / "drop" / OFFICE.code / "2023-07").write_text("no folder")
    answer = ask(base=root)
    assert answer.outcome == "unreachable"
    assert "drop folder" in answer.detail


def test_a_file_that_cannot_be_read_is_trouble_of_that_file_alone(root, drop, ask, monkeypatch):
    """Not mounted right, locked by who writes it: it is tried again at the next run."""
    real = dropped.content_of

    def content_of(file, settings):
        if file.path.name == "2-regular.xlsx":
            with dropped.reaching(file.path.name):
                raise PermissionError(13, "locked")
        return real(file, settings)

    for revision in (1, 2, 3):
        drop(f"{revision}-regular.xlsx")
    monkeypatch.setattr(dropped, "content_of", content_of)
    answer = ask(base=root)
    assert answer.outcome == "unreachable"
    assert "2-regular.xlsx: PermissionError" in answer.detail
    assert [listed.revision for listed, _ in answer.landed] == [1, 3]


@pytest.mark.parametrize("kind", ["link", "folder", "pipe", "link to nothing"])
def test_what_is_no_file_is_told_and_not_read(root, drop, ask, tmp_path, receipt, kind):
    """A link may lead to another office's file, which would come back in a receipt; a pipe never ends."""
    secret = tmp_path / "secret.xlsx"
    secret.write_bytes(b"theirs")
    place = drop("1-regular.xlsx", b"ours").parent / "2-regular.xlsx"
    if kind == "folder":
        place.mkdir()
        (place / "1-regular.xlsx").write_bytes(b"inside")
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to(secret if kind == "link" else tmp_path / "nothing")
    answer = ask(base=root)
    assert [listed.filename for listed, _ in answer.landed] == ["1-regular.xlsx"]
    assert "2-regular.xlsx is " in answer.detail
    assert "没有收取" in receipt("2-regular.xlsx")["reason"]
    assert receipt("2-regular.xlsx")["sha256"] is None


def test_a_period_that_is_a_link_is_not_followed(root, drop, ask, tmp_path):
    """It may lead into another office's folder."""
    drop("1-regular.xlsx", b"theirs").parent.rename(tmp_path / "elsewhere")
    (tmp_path / "drop" / OFFICE.code / "2023-07").symlink_to(tmp_path / "elsewhere")
    answer = ask(base=root)
    assert (answer.outcome, answer.landed) == ("trouble", [])
    assert "2023-07 is a link" in answer.detail


def test_a_file_that_grows_while_it_is_read_is_read_no_further_than_the_limit(root, drop, ask, monkeypatch):
    drop("1-regular.xlsx", b"x" * 200_000)
    real = dropfolder.described
    monkeypatch.setattr(dropfolder, "described", lambda path: replace(real(path), size=10))
    answer = ask(base=root)
    assert (len(answer.too_large), answer.landed) == (1, [])


def test_a_drop_folder_has_the_turn_of_an_office_too(root, drop, ask):
    drop("1-regular.xlsx")
    answer = ask(base=root, turn=patience.Turn(ends_at=time.monotonic() - 1))
    assert (answer.outcome, answer.landed) == ("unreachable", [])
    assert "of this run are over" in answer.detail


def test_advice_for_every_name_leads_to_one_that_is_taken():
    """What the receipt gives as examples is read."""
    for name in re.findall(r"如 (\S+?\.(?:xlsx|csv))", advice_on("x")):
        assert read_name(name), name
