"""Receipts made of what the ledger and quarantine hold."""

from rollcall.periods import Period
from rollcall.receipts.receipt import MOST_REASONS, pending_by_office
from tests.receipts import receipts_of

CODES = {1: "620102001000", 2: "620102002000"}


def test_what_is_pending_is_judged_and_not_taken(ledger):
    second, first, taken, tried = (ledger.judge(1, revision) for revision in (4, 3, 2, 1))
    ledger.judge(1, 1, period="2023-06")
    ledger.connection.execute(
        "insert into ledger.receipts values (%s, now(), 1, null), (%s, null, 3, 'HTTP 503')", [taken, tried]
    )
    ledger.connection.execute(
        "insert into ledger.submissions (office_key, period, revision, kind, filename, media_type, bytes, sha256,"
        " submitted_at, received_at, is_landed)"
        " values (9, '2023-07', 1, 'regular', 'a.csv', 'text/csv', 1, 'x', now(), now(), true)"
    )
    assert pending_by_office(ledger.connection, Period.parse("2023-07")) == [[tried, first, second]]


def test_many_receipts_are_read_at_once_each_with_its_own_counts(ledger):
    partly, away, same = ledger.judge(1, outcome="partly_accepted", not_read=("表“说明”",)), 0, 0
    ledger.verdict(partly, "funding", "partly_accepted", received=5, held=2)
    ledger.verdict(partly, "events", "accepted", received=9)
    ledger.verdict(partly, "units", "turned_away", "缺少“单位编号”列。")
    ledger.reason(partly, row=4, cell="E4")
    ledger.reason(partly, row=3, cell="", severity="warning")
    away = ledger.judge(2, outcome="turned_away", reason="文件已损坏。")
    same = ledger.judge(2, 2, outcome="unchanged", reason="与已接收的文件相同。")

    receipts = receipts_of(ledger.connection, [partly, away, same, 10**6], CODES)

    assert list(receipts) == [partly, away, same]
    assert receipts[partly]["office_code"] == "620102001000"
    assert receipts[partly]["received_at"] == "2023-08-03T09:12:44+08:00"
    assert receipts[partly]["not_read"] == ["表“说明”"]
    assert receipts[partly]["reasons_total"] == 2
    datasets = receipts[partly]["datasets"]
    assert {name: (d["outcome"], d["received"], d["accepted"], d["held"]) for name, d in datasets.items()} == {
        "events": ("accepted", 9, 9, 0),
        "funding": ("partly_accepted", 5, 3, 2),
        "units": ("turned_away", 0, 0, 0),
    }
    assert [(r["severity"], r["row"], r["cell"]) for r in datasets["funding"]["reasons"]] == [
        ("critical", 4, "E4"),
        ("warning", 3, None),
    ]
    assert datasets["units"]["reason"] == "缺少“单位编号”列。"
    assert (receipts[away]["outcome"], receipts[away]["reason"], receipts[away]["datasets"]) == (
        "turned_away",
        "文件已损坏。",
        {},
    )
    assert receipts[same]["reason"] == "与已接收的文件相同。"


def test_lists_a_thousand_reasons_the_critical_first_and_counts_them_all(ledger):
    """Which thousand are listed never changes from one reading to the next."""
    submission = ledger.judge(outcome="partly_accepted")
    for dataset in ("events", "funding"):
        ledger.verdict(submission, dataset, "partly_accepted", received=2000, held=600)
    ledger.connection.execute(
        "insert into quarantine.reasons select %s, dataset, 's', n, null, null, rule, severity, 't'"
        " from generate_series(600, 1, -1) n, (values ('funding', 'b', 'critical'), ('events', 'a', 'critical'),"
        " ('events', 'w', 'warning')) as r (dataset, rule, severity)",
        [submission],
    )
    datasets = receipts_of(ledger.connection, [submission], CODES)[submission]["datasets"]
    assert [(r["row"], r["severity"]) for r in datasets["events"]["reasons"]] == [
        (row, "critical") for row in range(1, 601)
    ]
    assert [r["row"] for r in datasets["funding"]["reasons"]] == list(range(1, MOST_REASONS - 600 + 1))
    assert receipts_of(ledger.connection, [submission], CODES)[submission]["reasons_total"] == 1800
