"""Drop folders: what is a submission by its name, and what becomes of a folder that cannot be read."""

import hashlib
import os
from datetime import UTC, datetime

import pytest

from rollcall.collect.answer import Known
from rollcall.collect.dropfolder import is_drop_folder, list_folder
from rollcall.periods import Period
from tests.unit.collect.conftest import OFFICE


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
    return [file.listed.filename for file in list_folder(root, OFFICE.code, Period(2023, 7))]


def test_reads_revision_kind_and_type_from_the_name(root, drop):
    os.utime(drop("12-correction.xlsx"), (1691025164, 1691025164))
    drop("3-backlog-events.csv")
    drop("3-backlog-units.csv")
    files = [file.listed for file in list_folder(root, OFFICE.code, Period(2023, 7))]
    assert [(file.revision, file.kind, file.filename) for file in files] == [
        (3, "backlog", "3-backlog-events.csv"),
        (3, "backlog", "3-backlog-units.csv"),
        (12, "correction", "12-correction.xlsx"),
    ]
    assert files[0].media_type == "text/csv"
    assert files[2].media_type.endswith("sheet")
    assert (files[2].bytes, files[2].submitted_at) == (3, datetime(2023, 8, 3, 1, 12, 44, tzinfo=UTC))


@pytest.mark.parametrize(
    "name",
    [
        "1-regular.receipt.json",
        "1-regular-events.receipt.json",
        "1-regular.annotated.xlsx",
        "1-regular-events.annotated.xlsx",
        "1-regular.xls",
        "1-regular.csv",
        "1-regular-events.xlsx",
        "regular.xlsx",
        "1-final.xlsx",
        "1-Regular.xlsx",
        "-1-regular.xlsx",
        "1-regular.xlsx.part",
        ".1-regular.xlsx",
        "~$1-regular.xlsx",
        "１-regular.xlsx",
        "123456-regular.xlsx",
        "1-regular-.csv",
        "1-regular-a b.csv",
        "readme.txt",
    ],
)
def test_receipts_and_whatever_else_lies_there_is_no_submission(root, drop, name):
    drop(name)
    assert names(root) == []


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


def test_a_file_that_changed_since_is_trouble_and_the_others_land(root, drop, ask, landed):
    drop("1-regular.xlsx", b"changed")
    drop("2-correction.xlsx", b"second")
    answer = ask(Known(None, {(1, "1-regular.xlsx"): hashlib.sha256(b"first").hexdigest()}), root)
    assert answer.outcome == "trouble"
    assert "give it a new revision" in answer.detail
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


def test_a_file_that_vanishes_or_cannot_be_read_is_unreachable(root, drop, ask):
    drop("1-regular.xlsx", b"first")
    drop("2-regular.xlsx").unlink()
    (drop("3-regular.xlsx").parent / "2-regular.xlsx").mkdir()
    answer = ask(base=root)
    assert answer.outcome == "unreachable"
    assert "2-regular.xlsx" in answer.detail
    assert [listed.revision for listed, _ in answer.landed] == [1]


def test_a_link_out_of_the_folder_is_no_submission(root, drop, ask, tmp_path):
    """An office that may place files must not have us read another's, and send it back in a receipt."""
    secret = tmp_path / "secret.xlsx"
    secret.write_bytes(b"theirs")
    (drop("1-regular.xlsx", b"ours").parent / "2-regular.xlsx").symlink_to(secret)
    answer = ask(base=root)
    assert [listed.filename for listed, _ in answer.landed] == ["1-regular.xlsx"]
