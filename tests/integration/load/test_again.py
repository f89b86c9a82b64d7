"""What is told again: the same bytes, as another kind, by other rules, and several revisions at once."""

from datetime import date

import pytest

from rollcall.load.period import in_groups
from tests.files import as_csv, as_json, rows_of
from tests.integration.load.conftest import asked, balance, load

EARLY = {"started_at": "2023-06-30T09:00:00+08:00"}
SOME_EARLY = rows_of("events", 2) + rows_of("events", 1, 9, **EARLY)


def outcomes():
    return dict(asked("select submission_id, outcome from ledger.judgements"))


def verdicts(dataset="events"):
    query = "select submission_id, outcome, received, held from ledger.verdicts where dataset = %s order by 1"
    return asked(query, dataset)


def pointer(dataset="events"):
    ((submission_id,),) = asked("select submission_id from ledger.slices where dataset = %s", dataset)
    return submission_id


def reasons(dataset="events"):
    query = "select submission_id, reason from ledger.verdicts where reason is not null and dataset = %s"
    return dict(asked(query, dataset))


def test_bytes_of_which_rows_were_held_are_judged_again_as_another_kind(submit):
    """A row held for its day is a backlog's: sent again as one it is accepted. What had no held row changes nothing."""
    content = as_json(events=SOME_EARLY, units=rows_of("units", 1))
    regular = submit(2, content, "a.json", 1)
    load()
    again = submit(2, content, "a.json", 2)
    load()
    backlog = submit(2, content, "a.json", 3, "backlog")
    load()
    twice = submit(2, content, "a.json", 4, "backlog")
    load()
    balance()
    assert verdicts() == [
        (regular, "partly_accepted", 3, 1), (again, "unchanged", 0, 0), (backlog, "accepted", 3, 0),
        (twice, "unchanged", 0, 0),
    ]  # fmt: skip
    assert [outcome for _, outcome, _, _ in verdicts("units")] == ["accepted", *["unchanged"] * 3]
    assert outcomes() == {
        regular: "partly_accepted", again: "unchanged", backlog: "accepted", twice: "unchanged",
    }  # fmt: skip
    assert (pointer(), pointer("units")) == (backlog, regular)
    assert reasons()[twice] == "与已接受的第 3 版内容相同，没有变化。"


def test_bytes_of_which_rows_were_held_are_judged_again_by_other_rules(submit, monkeypatch):
    """What a judgement rests on is kept with it; one of before that was known counts as other rules."""
    content = as_csv("events", SOME_EARLY)
    first = submit(2, content, "events.csv", 1)
    load()
    monkeypatch.setattr("rollcall.load.period.rules_sha256", lambda _: "others")
    second = submit(2, content, "events.csv", 2)
    load()
    third = submit(2, content, "events.csv", 3)
    load()
    assert [row[:2] for row in verdicts()] == [
        (first, "partly_accepted"), (second, "partly_accepted"), (third, "unchanged"),
    ]  # fmt: skip
    kept = asked("select count(distinct rules_sha256) from ledger.judgements where rules_sha256 is not null")
    assert kept == [(2,)]


def test_a_lower_revision_changes_nothing_whatever_its_kind(submit):
    """Also with bytes of which rows were held."""
    content = as_csv("events", SOME_EARLY)
    counted = submit(2, content, "events.csv", 5)
    load()
    late = [submit(2, content, "events.csv", 3, "backlog"), submit(2, as_csv("events", []), "events.csv", 4)]
    load()
    assert [outcomes()[one] for one in late] == ["unchanged", "unchanged"]
    assert [reasons()[one] for one in late] == [
        "与已接受的第 5 版内容相同，没有变化。", "已接受更新的第 5 版，本版不再采用。",
    ]  # fmt: skip
    assert pointer() == counted


@pytest.mark.parametrize("most_bytes", [1 << 30, 1], ids=["one group", "a group each"])
def test_revisions_that_arrive_at_once_are_judged_as_if_they_had_come_one_after_another(
    submit, monkeypatch, most_bytes
):
    """In order of revision, whatever the order of arrival and however they are grouped."""
    one, two, bad = (
        as_csv("events", rows) for rows in (rows_of("events", 1), rows_of("events", 2), rows_of("events", 1, **EARLY))
    )
    monkeypatch.setattr("rollcall.load.period.in_groups", lambda files, _: in_groups(files, most_bytes))
    same = [submit(2, one, revision=revision, filename="events.csv") for revision in (1, 2)]
    kinds = [submit(3, one, "events.csv", 1), submit(3, one, "events.csv", 2, "backlog")]
    moved = [
        submit(4, as_csv("events", SOME_EARLY), "events.csv", n, kind) for n, kind in ((1, "regular"), (2, "backlog"))
    ]
    back = [submit(5, content, "events.csv", n) for n, content in enumerate((one, two, one), 1)]
    upside_down = [submit(6, two, "events.csv", 2), submit(6, one, "events.csv", 1)]
    around = [submit(7, content, "events.csv", n) for n, content in enumerate((one, bad, one), 1)]
    load()
    balance()
    found = outcomes()
    assert [[found[one] for one in group] for group in (same, kinds, moved, back, upside_down, around)] == [
        ["accepted", "unchanged"],
        ["accepted", "unchanged"],
        ["partly_accepted", "accepted"],
        ["accepted"] * 3,
        ["accepted"] * 2,
        ["accepted", "turned_away", "unchanged"],
    ]
    pointers = dict(asked("select office_key, submission_id from ledger.slices"))
    assert pointers == {2: same[0], 3: kinds[0], 4: moved[1], 5: back[2], 6: upside_down[0], 7: around[0]}
    stored = dict(asked("select _submission_id, count(*) from raw.events group by 1"))
    assert not {same[1], kinds[1], around[2]} & set(stored), "what changes nothing is stored once"
    assert asked("select count(*) from quarantine.reasons where submission_id = %s", around[2]) == [(0,)]


def test_a_step_back_that_arrives_with_what_it_takes_back_counts(submit):
    """The bytes that counted before come once more, after others, in one listing: the last revision is the word."""
    one, two = (as_csv("events", rows_of("events", count)) for count in (1, 2))
    submit(2, one, "events.csv", 1)
    load()
    submit(2, two, "events.csv", 2)
    last = submit(2, one, "events.csv", 3)
    load()
    assert pointer() == last


def test_a_second_file_of_one_revision_is_told_that_it_does_not_count(submit):
    """A drop folder may hold two; which of them is right only the office knows."""
    first = submit(2, as_csv("events", rows_of("events", 1)), "1-regular-events.csv", 1)
    second = submit(2, as_json(events=rows_of("events", 2)), "1-regular.json", 1)
    load()
    assert outcomes() == {first: "accepted", second: "unchanged"}
    assert reasons()[second] == "第 1 版已接受另一个文件，本文件没有采用；如要更正，请用新的版次报送。"


def test_what_a_judgement_rests_on(submit, tmp_path):
    """Suites, layouts, code lists, code that reads and judges; and the tables that rules look things up in."""
    from rollcall.judge import basis
    from rollcall.warehouse.connection import connect

    names = {f"{path.parent.name}/{path.name}" for path in basis.files()}
    assert {
        "expectations/events.json", "layouts/events.csv", "seeds/codes.csv", "parse/cells.py", "judge/rules.py",
        "warehouse/functions.sql", "rollcall/datasets.py",
    } <= names  # fmt: skip
    file = tmp_path / "suite.json"
    file.write_text(str(date(2023, 7, 1)))
    before = basis.sha256_of([file], "")
    assert basis.sha256_of([file], "other seeds") != before
    file.write_text(str(date(2023, 7, 2)))
    assert basis.sha256_of([file], "") != before
    with connect() as connection:
        unseeded = basis.rules_sha256(connection)
        connection.execute("insert into ops.dbt_seeds values ('x')")
        assert basis.rules_sha256(connection) != unseeded
