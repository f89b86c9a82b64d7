"""Receipts on their way: to offices on loopback and into drop folders."""

import io
import json
import random
import zipfile
from dataclasses import replace

import pytest
from openpyxl import Workbook, load_workbook

from rollcall.collect.dropfolder import look_into
from rollcall.collect.http import Address
from rollcall.errors import CountsDisagree, LandingCorrupt, SettingMissing
from rollcall.periods import Period
from rollcall.receipts import send as sending
from rollcall.receipts.send import Sent

HERE = "/offices/1/receipts/2023-07/1"


def workbook() -> bytes:
    made, buffer = Workbook(), io.BytesIO()
    made.active.title = "经费收支表"
    for row in (["二〇二三年七月"], ["凭证号", "金额（元）"], ["P-1", 0]):
        made.active.append(row)
    made.save(buffer)
    return buffer.getvalue()


def with_a_wrong_amount(ledger, office_key=1, filename="2023-07.xlsx", content=None, size=None) -> int:
    submission = ledger.judge(
        office_key, filename=filename, content=workbook() if content is None else content, size=size,
        outcome="partly_accepted",
    )  # fmt: skip
    ledger.verdict(submission, "funding", "partly_accepted", received=1, held=1)
    ledger.reason(submission)
    return submission


def test_a_receipt_and_the_marked_workbook_reach_the_office(ledger, offices, send):
    submission = with_a_wrong_amount(ledger)
    assert send() == Sent(sent=1, annotated=1, waiting=0)
    assert offices.requests == [(HERE, "Bearer secret")]
    parts = offices.receipts[HERE]
    receipt = json.loads(parts["receipt.json"])
    assert (receipt["office_code"], receipt["annotated"]) == ("620000000001", True)
    assert receipt["datasets"]["funding"]["reasons"][0]["text"] == "金额应大于 0。"
    cell = load_workbook(io.BytesIO(parts["annotated.xlsx"]))["经费收支表"]["B3"]
    assert (cell.comment.text, cell.fill.start_color.rgb) == ("【回执】金额应大于 0。", "FFFFC7CE")
    assert ledger.taken() == {submission: (True, 1, None)}


def test_what_was_taken_is_not_sent_again(ledger, offices, send):
    ledger.judge()
    send()
    assert send() == Sent(0, 0, 0)
    assert len(offices.requests) == 1


def test_an_office_that_asks_for_a_day_gets_the_rest_at_the_next_run(ledger, offices, send):
    """Not a minute later, and not for its second receipt either."""
    first, second = ledger.judge(revision=1), ledger.judge(revision=2)
    offices.answers[HERE] = [(503, {"Retry-After": "86400"})]
    assert send() == Sent(sent=0, annotated=0, waiting=2)
    assert len(offices.requests) == 1
    taken, _, trouble = ledger.taken()[first]
    assert (taken, second in ledger.taken()) == (False, False)
    assert "next run" in trouble
    offices.answers[HERE] = []
    assert send().sent == 2


def test_an_office_that_says_503_first_is_asked_again_when_it_said(ledger, offices, send):
    submission = ledger.judge()
    offices.answers[HERE] = [(503, {"Retry-After": "0"}), (429, {"Retry-After": "0"})]
    assert send().sent == 1
    assert len(offices.requests) == 3
    assert ledger.taken()[submission] == (True, 1, None)


def test_an_office_that_cannot_be_reached_is_owed_its_receipts_until_the_next_run(ledger, offices, send):
    """Its second receipt is not even tried; the other offices have theirs."""
    first, second, other = ledger.judge(1, 1), ledger.judge(1, 2), ledger.judge(2)
    offices.answers[HERE] = [(503, {"Retry-After": "0"})] * 3
    assert send() == Sent(sent=1, annotated=0, waiting=2)
    assert ledger.taken() == {first: (False, 1, "PUT receipts/2023-07/1: HTTP 503"), other: (True, 1, None)}
    assert send() == Sent(sent=2, annotated=0, waiting=0)
    assert ledger.taken() == {first: (True, 2, None), second: (True, 1, None), other: (True, 1, None)}


def test_a_port_where_nobody_listens_is_noted(ledger, send, settings):
    submission = ledger.judge()
    assert send(lambda _: Address("http://127.0.0.1:9", None), replace(settings, tries=1)).waiting == 1
    assert ledger.taken()[submission] == (False, 1, "PUT receipts/2023-07/1: ConnectionError")


def test_an_office_that_takes_a_request_and_says_nothing_is_noted(ledger, offices, send, settings):
    submission = ledger.judge()
    offices.answers[HERE] = [(0, {})]
    assert send(settings=replace(settings, tries=1, read_seconds=0.2)).waiting == 1
    assert ledger.taken()[submission] == (False, 1, "PUT receipts/2023-07/1: ReadTimeout")


@pytest.mark.parametrize(
    ("status", "headers"), [(302, {"Location": "http://127.0.0.1:9/"}), (400, {}), (401, {}), (404, {})]
)
def test_a_refusal_is_noted_and_neither_repeated_nor_followed(ledger, offices, send, status, headers):
    """A refused receipt does not keep back those of other revisions."""
    submission, other = ledger.judge(1, 1), ledger.judge(1, 2)
    offices.answers[HERE] = [(status, headers)]
    assert send() == Sent(sent=1, annotated=0, waiting=1)
    assert ledger.taken() == {
        submission: (False, 1, f"PUT receipts/2023-07/1: HTTP {status}"),
        other: (True, 1, None),
    }
    assert len(offices.requests) == 2


@pytest.mark.parametrize("token", ["secret\r\nX-Admin: yes", "密码"])
def test_a_token_that_cannot_be_sent_is_never_quoted(ledger, offices, send, caplog, token):
    submission = ledger.judge()
    assert send(lambda key: Address(offices.base(key), token)).waiting == 1
    trouble = ledger.taken()[submission][2]
    assert trouble.endswith("its bearer token cannot be sent: see its connection")
    assert not offices.requests
    assert token[:6] not in caplog.text


def test_an_office_without_an_address_does_not_hold_up_the_others(ledger, send, offices):
    lost, other = ledger.judge(1), ledger.judge(2)

    def addresses(key: int) -> Address:
        if key == 1:
            raise SettingMissing("no connection rollcall_offices")
        return Address(offices.base(key), None)

    assert send(addresses) == Sent(1, 0, 1)
    assert ledger.taken() == {lost: (False, 1, "no connection rollcall_offices"), other: (True, 1, None)}
    assert offices.requests == [("/offices/2/receipts/2023-07/1", None)]


def test_a_hostile_workbook_costs_only_its_own_marks(ledger, offices, send):
    hostile, good = with_a_wrong_amount(ledger, 1, content=workbook()[:3000]), with_a_wrong_amount(ledger, 2)
    assert send() == Sent(sent=2, annotated=1, waiting=0)
    assert set(offices.receipts[HERE]) == {"receipt.json"}
    receipt = json.loads(offices.receipts[HERE]["receipt.json"])
    assert receipt["annotated"] is False
    assert receipt["annotated_reason"].startswith("未能制作标注副本")
    assert ledger.taken()[hostile][0]
    assert ledger.taken()[hostile][2].startswith("workbook not annotated: zipfile.BadZipFile")
    assert ledger.taken()[good] == (True, 1, None)


def test_a_landed_file_that_is_gone_keeps_no_receipt_back(ledger, offices, send):
    def gone(sha256: str) -> bytes:
        raise LandingCorrupt(f"{sha256} is gone")

    submission = with_a_wrong_amount(ledger)
    assert send(read_landed=gone) == Sent(sent=1, annotated=0, waiting=0)
    assert ledger.taken()[submission][2].endswith("is gone")


def test_a_workbook_of_more_reasons_than_a_receipt_lists_has_them_all(ledger, offices, send):
    """1,500 bad rows were 1,000 marks, and nothing said so."""
    submission = with_a_wrong_amount(ledger)
    ledger.connection.execute(
        "insert into quarantine.reasons select %s, 'funding', '经费收支表', n, 'B' || n, 'amount_yuan', 'r',"
        " 'critical', '金额应大于 0。' from generate_series(4, 1502) n",
        [submission],
    )
    ledger.connection.commit()
    assert send() == Sent(sent=1, annotated=1, waiting=0)
    receipt = json.loads(offices.receipts[HERE]["receipt.json"])
    assert (len(receipt["datasets"]["funding"]["reasons"]), receipt["reasons_total"]) == (1000, 1500)
    marked = load_workbook(io.BytesIO(offices.receipts[HERE]["annotated.xlsx"]))
    commented = [cell for row in marked["经费收支表"].iter_rows() for cell in row if cell.comment]
    links = [row[1].hyperlink.location for row in marked["回执"].iter_rows() if row[1].hyperlink]
    assert (len(commented), len(set(links)), links[-1]) == (1500, 1500, "'经费收支表'!B1502")
    assert any(str(row[0].value).startswith("共 1,500 处") for row in marked["回执"].iter_rows())


def test_a_large_workbook_arrives_as_it_was_made(ledger, offices, send):
    """It is sent block by block, its length said first."""
    picture, buffer = random.Random(7).randbytes(3 << 20), io.BytesIO(workbook())
    with zipfile.ZipFile(buffer, "a") as package:
        package.writestr("xl/media/image1.png", picture)
    with_a_wrong_amount(ledger, content=buffer.getvalue())
    assert send() == Sent(sent=1, annotated=1, waiting=0)
    with zipfile.ZipFile(io.BytesIO(offices.receipts[HERE]["annotated.xlsx"])) as package:
        assert package.read("xl/media/image1.png") == picture


def test_more_receipts_than_are_read_ahead_all_arrive(ledger, offices, send, monkeypatch):
    monkeypatch.setattr(sending, "MOST_AHEAD", 3)
    submissions = [ledger.judge(office, revision) for office in range(1, 8) for revision in (1, 2)]
    assert send() == Sent(14, 0, 0)
    assert set(ledger.taken()) == set(submissions)
    paths = [path for path, _ in offices.requests if path.startswith("/offices/5/")]
    assert paths == ["/offices/5/receipts/2023-07/1", "/offices/5/receipts/2023-07/2"]


def test_an_error_of_ours_is_raised_and_what_was_sent_before_is_remembered(ledger, offices, send):
    good = ledger.judge(1)
    bad = with_a_wrong_amount(ledger, 2, filename="1-regular.csv")
    ledger.connection.execute("update ledger.verdicts set dataset = 'units' where submission_id = %s", [bad])
    ledger.connection.commit()
    with pytest.raises(CountsDisagree, match=r"ledger\.verdicts does not"):
        send()
    assert set(ledger.taken()) <= {good}
    assert [path for path, _ in offices.requests] in ([HERE], [])


def test_a_drop_folder_finds_its_receipt_beside_the_submission(ledger, send, tmp_path):
    submitted = workbook()
    with_a_wrong_amount(ledger, 1, "1-regular.xlsx", submitted)
    ledger.judge(1, 2, "2-correction-events.csv", kind="correction")
    ledger.judge(1, 3, "../../3-regular.json")
    ledger.judge(1, 4, "4-Regular.JSON")
    folder = tmp_path / "620000000001" / "2023-07"
    folder.mkdir(parents=True)
    (folder / "1-regular.xlsx").write_bytes(submitted)

    assert send(lambda _: Address(f"file://{tmp_path}", None)) == Sent(4, 1, 0)

    assert {str(path.relative_to(folder)) for path in tmp_path.rglob("*.*")} == {
        "1-regular.xlsx",
        "1-regular.receipt.json",
        "1-regular.annotated.xlsx",
        "2-correction-events.receipt.json",
        "3-regular.receipt.json",
        "4-Regular.receipt.json",
    }
    assert json.loads((folder / "1-regular.receipt.json").read_text())["revision"] == 1
    assert load_workbook(folder / "1-regular.annotated.xlsx")["经费收支表"]["B3"].comment is not None
    assert (folder / "1-regular.xlsx").read_bytes() == submitted


def test_receipts_in_a_drop_folder_are_not_taken_for_submissions(ledger, send, tmp_path):
    """They end in .receipt.json and .annotated.xlsx, behind a name of the protocol: `rollcall.collect.dropfolder`."""
    with_a_wrong_amount(ledger, 1, "1-regular.xlsx")
    (tmp_path / "620000000001" / "2023-07").mkdir(parents=True)
    send(lambda _: Address(f"file://{tmp_path}", None))
    assert len(list(tmp_path.rglob("*.*"))) == 2
    there = look_into(f"file://{tmp_path}", "620000000001", Period.parse("2023-07"), collected=["1-regular.xlsx"])
    assert (there.files, there.strays) == ([], [])


def test_a_drop_folder_that_cannot_be_written_is_owed_its_receipt(ledger, send, settings, tmp_path):
    submission = ledger.judge(1, 1, "1-regular.csv")
    (tmp_path / "620000000001").write_text("a file where the folder should be")
    assert send(lambda _: Address(f"file://{tmp_path}", None), replace(settings, tries=1)).waiting == 1
    assert "1-regular.receipt.json" in ledger.taken()[submission][2]
