"""From landed files to accepted rows: every row has one place, and the pointers move only forward."""

import hashlib
from dataclasses import replace

import pytest

from rollcall.errors import CountsDisagree, FilesNotJudged, RuleNotRun
from rollcall.land import Landing
from rollcall.load import period as loading_period
from rollcall.load import settle as settling
from rollcall.periods import Period
from rollcall.settings import load_settings
from rollcall.warehouse.connection import connect, prepare
from tests.files import ID_NUMBER, NAME, PHONE, as_csv, as_json, as_xlsx, rows_of
from tests.integration.load.conftest import PERIOD, asked, balance, inboxes, load, state, tables_of

ALL = ("units", "registrations", "events", "funding")
BAD_UNIT = {"credit_code": "91110000600037341X"}


def outcomes():
    return dict(asked("select submission_id, outcome from ledger.judgements"))


def pointers(dataset="units"):
    return dict(asked("select office_key, submission_id from ledger.slices where dataset = %s", dataset))


@pytest.fixture
def mixed(submit):
    """Three offices, three formats, all datasets, some rows broken: what was loaded, by office."""
    bad = rows_of("units", 2, 9, **BAD_UNIT)
    told_only = rows_of("units", 1, 8, credit_code=None)
    bad_amount = rows_of("funding", 1, 9, amount_yuan="十二")
    bad_day = rows_of("registrations", 1, changed_on="2023-06-30")
    ids = {
        2: submit(2, as_csv("units", rows_of("units", 7) + told_only + bad)),
        3: submit(3, as_xlsx(**{name: rows_of(name, 5) for name in ALL}), "2023-07.xlsx"),
        4: submit(
            4,
            as_json(funding=rows_of("funding", 8) + bad_amount, events=rows_of("events", 3), registrations=bad_day),
            "2023-07.json",
        ),
        5: submit(5, b"<html>502 Bad Gateway</html>", "2023-07.xlsx"),
    }
    load()
    return ids


def test_every_row_is_accepted_or_quarantined_in_every_format(mixed):
    balance()
    assert outcomes() == {
        mixed[2]: "partly_accepted", mixed[3]: "accepted", mixed[4]: "partly_accepted", mixed[5]: "turned_away",
    }  # fmt: skip
    counts = asked("select submission_id, dataset, received, accepted, held from ledger.verdicts order by 1, 2")
    assert counts == [
        (mixed[2], "units", 10, 8, 2),
        *((mixed[3], name, 5, 5, 0) for name in sorted(ALL)),
        (mixed[4], "events", 3, 3, 0),
        (mixed[4], "funding", 9, 8, 1),
        (mixed[4], "registrations", 1, 0, 1),
    ]
    results = asked("select dataset, min(checked), max(checked) from ops.rule_results group by 1 order by 1")
    assert results == [("events", 8, 8), ("funding", 14, 14), ("registrations", 6, 6), ("units", 15, 15)]
    assert {step for (step,) in asked("select step from ops.steps")} == {"load", "parse", "copy", "judge", "settle"}
    before = state()
    load()
    assert state() == before, "a second load changes nothing"
    assert asked("select count(*), count(loaded_at) from ledger.batches") == [(1, 1)]


def test_every_row_leads_back_to_its_cell_and_every_refusal_has_its_reason(mixed):
    query = "select submission_id, row, cell, reason from quarantine.reasons where severity = 'critical' order by 1, 2"
    told = asked(query)
    assert [(submission, row) for submission, row, _, _ in told] == [
        (mixed[2], 10),
        (mixed[2], 11),
        (mixed[4], 1),
        (mixed[4], 9),
    ]
    assert told[0][2] == "C10"
    assert "第 10 行“统一社会信用代码”（C10）" in told[0][3]
    assert "“十二”" in told[3][3]
    warned = "select row, cell from quarantine.reasons where severity = 'warning' and submission_id = %s"
    assert asked(warned, mixed[2]) == [(9, "C9")], "a warning is told, and the row is accepted"
    payloads = "select payload ->> 'unit_no' from quarantine.rows where dataset = 'units' order by row"
    assert asked(payloads) == [("U9",), ("U10",)]
    ((payload,),) = asked("select payload from quarantine.rows where dataset = 'registrations'")
    assert payload["changed_on"] == "2023-06-30"
    assert not [name for name in payload if name.startswith("_") or name == "person_key"]
    lineage = (
        "select _submission_id, _office_key, _period, _sheet, _row, unit_no from raw.units where _row = 3 order by 1"
    )
    assert asked(lineage) == [
        (mixed[2], 2, "2023-07", "units.csv", 3, "U2"),
        (mixed[3], 3, "2023-07", "文明创建单位台账", 3, "U2"),
    ]
    ((reason,),) = asked("select reason from ledger.judgements where submission_id = %s", mixed[5])
    assert "HTML" in reason
    assert asked("select 1 from ledger.verdicts where submission_id = %s", mixed[5]) == []


def test_no_person_is_found_anywhere(mixed):
    """Not the ID number, not the name, not the phone: in no text of any table, whatever its type."""
    persons = asked("select distinct person_key::text, has_id_number from raw.registrations")
    assert len(persons) == 1
    assert persons[0][1] is True
    with connect() as connection:
        tables = tables_of(connection)
        assert "raw.registrations_2023_07" in tables
        for table in tables:
            for secret in (ID_NUMBER, ID_NUMBER[:17], NAME, PHONE, hashlib.sha256(ID_NUMBER.encode()).hexdigest()):
                found = connection.execute(
                    f"select count(*) from {table} as t where strpos(t::text, %s) > 0", [secret]
                ).fetchone()
                assert found == (0,), f"{table} has {secret}"


def test_a_second_batch_moves_a_pointer_forward_or_not_at_all(submit):
    """Each office's second file, what becomes of it, and which revision counts afterwards."""
    first = {key: as_csv("units", rows_of("units", 3, key * 10)) for key in range(2, 10)}
    one = {key: submit(key, content, "units.csv", 5) for key, content in first.items()}
    load()
    assert pointers() == one
    headers = first[8].decode().splitlines()[0]
    two = {
        2: submit(2, as_csv("units", rows_of("units", 2, 20)), revision=6),  # corrected, a row withdrawn
        3: submit(3, first[3], revision=6),  # the same bytes under a new number
        4: submit(4, as_csv("units", rows_of("units", 1, 70)), revision=4),  # an older one, late
        5: submit(5, as_csv("units", []), revision=6),  # emptied
        6: submit(6, as_csv("units", rows_of("units", 2, 60, **BAD_UNIT)), revision=6),  # every row held
        7: submit(7, b"\x00\x01", revision=6),  # unreadable
        8: submit(8, headers.replace("单位编号", "编号").encode() + b"\n", revision=6),  # a header nobody knows
        10: submit(10, as_csv("units", rows_of("units", 1, 1)), "units.csv", 1),  # two of one office
    }
    newest = submit(10, as_csv("units", rows_of("units", 2, 1)), "units.csv", 2)
    load()
    balance()
    assert {key: outcomes()[submission] for key, submission in two.items()} == {
        2: "accepted", 3: "unchanged", 4: "unchanged", 5: "accepted", 6: "turned_away", 7: "turned_away",
        8: "turned_away", 10: "accepted",
    }  # fmt: skip
    assert pointers() == one | {2: two[2], 5: two[5], 10: newest}
    assert asked("select _submission_id, count(*) from raw.units where _office_key = 2 group by 1 order by 1") == [
        (one[2], 3),
        (two[2], 2),
    ]
    assert asked("select count(*) from raw.units where _submission_id = %s", two[5]) == [(0,)]
    assert asked("select received, held from ledger.verdicts where submission_id = %s", two[6]) == [(2, 2)]
    told = dict(asked("select submission_id, reason from ledger.verdicts where reason is not null"))
    assert told[two[3]] == "与已接受的第 5 版内容相同，没有变化。"
    assert told[two[4]] == "已接受更新的第 5 版，本版不再采用。"
    assert "每一行都有错误" in told[two[6]]
    assert two[8] in told


def test_a_pointer_never_goes_back_even_if_an_old_revision_were_judged_again(submit, monkeypatch):
    """The transaction that moves pointers does not rely on what was set aside before it."""
    newer = submit(2, as_csv("units", rows_of("units", 2)), revision=6)
    load()
    submit(2, as_csv("units", rows_of("units", 1)), revision=5)
    for name in ("set_aside_unchanged", "set_aside_told_twice"):
        monkeypatch.setattr(loading_period, name, lambda *_: None)
    load()
    assert pointers() == {2: newer}


def test_bytes_of_an_earlier_revision_may_come_back(submit):
    """A correction that was wrong is taken back by sending the first file again, as a new revision."""
    first, second = (as_csv("units", rows_of("units", count)) for count in (2, 3))
    submit(2, first, revision=1)
    load()
    submit(2, second, revision=2)
    load()
    third = submit(2, first, revision=3)
    load()
    balance()
    assert outcomes()[third] == "accepted"
    assert pointers() == {2: third}


def test_one_dataset_turned_away_leaves_the_others_and_its_own_pointer(submit):
    """A workbook with one wrong sheet is taken in part; the slice of that sheet stays as it was."""
    one = submit(2, as_json(units=rows_of("units", 2), funding=rows_of("funding", 2)), "a.json", 1)
    load()
    two = submit(2, as_json(units=rows_of("units", 3), funding={"no": "list"}), "b.json", 2)
    load()
    balance()
    assert outcomes()[two] == "partly_accepted"
    assert pointers("units") == {2: two}
    assert pointers("funding") == {2: one}


def test_only_the_period_asked_for_is_loaded(submit):
    june = Period(2023, 6)
    submit(2, as_csv("units", rows_of("units", 1)), period=june)
    load()
    assert outcomes() == {}
    load(june)
    assert asked("select period, dataset from ledger.slices") == [("2023-06", "units")]


def test_many_small_groups_are_one_large_one(submit, monkeypatch):
    """What is held in the inbox at a time is a setting, and nothing else."""
    for key in (2, 3, 4):
        submit(key, as_csv("units", rows_of("units", 2)))
    monkeypatch.setattr(loading_period, "in_groups", lambda files, _: [[file] for file in files])
    load()
    balance()
    assert asked("select count(*) from ledger.batches where loaded_at is not null") == [(3,)]
    assert len(pointers()) == 3


def test_a_file_over_the_limit_is_turned_away_without_being_fetched(submit, places):
    """Nothing to read and nothing to judge is still a judgement, and gets its receipt."""
    too_large = submit(2, b"never fetched", is_landed=False)
    for path in places.rglob("*"):
        if path.is_file():
            path.unlink()
    load()
    assert outcomes() == {too_large: "turned_away"}
    assert "文件超过 25 MiB" in asked("select reason from ledger.judgements")[0][0]
    assert inboxes() == 0


def test_a_file_that_we_cannot_read_holds_itself_and_not_the_month(submit, places, monkeypatch):
    """A corrupt landing and an error of our own: the others are judged, these are named, and judged once mended."""
    good = submit(2, as_csv("units", rows_of("units", 2)))
    corrupt = submit(3, as_csv("units", rows_of("units", 1)))
    crashing = submit(4, as_csv("units", rows_of("units", 3)))
    sha256 = dict(asked("select submission_id, sha256 from ledger.submissions"))
    (landed,) = [path for path in places.rglob("*") if path.name == sha256[corrupt]]
    content = landed.read_bytes()
    landed.write_bytes(b"something else")
    read = loading_period.read_group

    def crash(*args):
        return [replace(r, datasets={}, crash="cells.py") if r.submission_id == crashing else r for r in read(*args)]

    monkeypatch.setattr(loading_period, "read_group", crash)
    load()
    assert outcomes() == {good: "accepted"}
    balance()
    with pytest.raises(FilesNotJudged, match=f"2 files are not judged.*submission {corrupt}: .*digest.*cells.py"):
        loading_period.require_all_judged(Period.parse("2023-07"))

    monkeypatch.setattr(loading_period, "read_group", read)
    landed.write_bytes(content)
    load()
    assert outcomes() == dict.fromkeys((good, corrupt, crashing), "accepted")
    loading_period.require_all_judged(Period.parse("2023-07"))
    assert asked("select * from ops.unread_files") == []


def test_a_file_that_landing_does_not_give_holds_itself_and_an_outage_holds_all(submit, monkeypatch):
    """A bad block, or a right that is missing: one file waits. Where nothing can be had, the load says so."""
    good, unreadable = (submit(key, as_csv("units", rows_of("units", key))) for key in (2, 3))
    ((sha256,),) = asked("select sha256 from ledger.submissions where submission_id = %s", unreadable)
    get = Landing.get

    def fails_over(*digests):
        def fail(landing, one):
            if one in digests:
                raise PermissionError(f"{one} may not be read")
            return get(landing, one)

        return fail

    monkeypatch.setattr(Landing, "get", fails_over(sha256))
    load()
    assert outcomes() == {good: "accepted"}
    with pytest.raises(FilesNotJudged, match=f"submission {unreadable}: .* may not be read"):
        loading_period.require_all_judged(PERIOD)
    with pytest.raises(PermissionError):
        load()
    monkeypatch.setattr(Landing, "get", get)
    load()
    assert outcomes()[unreadable] == "accepted"


def test_an_office_that_the_registry_lost_holds_its_file_and_not_the_month(submit):
    """Nobody can be told of it: its file waits, is named at the end of the run, and is judged once the line is back."""
    lost = submit(2, as_csv("units", rows_of("units", 1)))
    good = submit(3, as_csv("units", rows_of("units", 2)))
    path = load_settings().registry / "offices.csv"
    whole = path.read_text()
    path.write_text("".join(line for line in whole.splitlines(True) if not line.startswith("2,")))
    load()
    assert outcomes() == {good: "accepted"}
    with pytest.raises(FilesNotJudged, match=f"1 files .*submission {lost}: .* no office with key 2: put back"):
        loading_period.require_all_judged(PERIOD)
    path.write_text(whole)
    load()
    assert outcomes() == dict.fromkeys((good, lost), "accepted")
    loading_period.require_all_judged(PERIOD)


def test_what_lands_while_the_run_goes_on_is_the_next_runs(submit):
    """A run fails over what its load could not judge, and over nothing that came later."""
    submit(2, as_csv("units", rows_of("units", 1)))
    load()
    late = submit(3, as_csv("units", rows_of("units", 1)))
    loading_period.require_all_judged(PERIOD)
    assert late not in outcomes()
    load()
    assert outcomes()[late] == "accepted"


def test_a_file_of_which_the_readers_say_nothing_is_noticed(submit, monkeypatch):
    """Or it would be waiting for ever, and no run would say so."""
    submit(2, as_csv("units", rows_of("units", 1)))
    monkeypatch.setattr("rollcall.load.group.read_files", lambda *_: iter(()))
    with pytest.raises(CountsDisagree, match="say nothing of submissions"):
        load()


def test_a_rule_that_crashes_accepts_nothing_until_it_is_mended(submit):
    """The gate fails closed: an office is not told that it was wrong, and nothing is let in."""
    submit(2, as_csv("units", rows_of("units", 2)))
    before = state()
    with connect() as connection:
        connection.execute("drop function ledger.credit_code_is_valid")
    with pytest.raises(RuleNotRun):
        load()
    assert state() == before
    prepare()
    load()
    balance()
    assert len(pointers()) == 1


def test_counts_that_disagree_roll_everything_back(submit, monkeypatch):
    """A row lost on the way to raw is found before the transaction ends."""
    submit(2, as_csv("units", rows_of("units", 2) + rows_of("units", 1, 9, **BAD_UNIT)))
    before = state()
    for lossy in ("ACCEPTED_ROWS", "HELD_ROWS"):
        with monkeypatch.context() as patched:
            patched.setattr(settling, lossy, getattr(settling, lossy) + " limit 0")
            with pytest.raises(CountsDisagree, match="verdicts say"):
                load()
        assert state() == before
    load()
    balance()


def test_rows_that_did_not_reach_the_inbox_stop_the_load(submit, monkeypatch):
    """The readers say how many they wrote; COPY says how many went in."""
    submit(2, as_csv("units", rows_of("units", 3)))
    real = loading_period.read_group

    def cut_off(group, codes, gone, folder, settings):
        readings = real(group, codes, gone, folder, settings)
        for file in folder.glob("*.units.csv"):
            file.write_bytes(b"".join(file.read_bytes().splitlines(True)[:-1]))
        return readings

    with monkeypatch.context() as patched:
        patched.setattr(loading_period, "read_group", cut_off)
        with pytest.raises(CountsDisagree, match="3 rows were read, 2 went in"):
            load()
    assert asked("select 1 from ledger.verdicts") == []
    load()
    balance()


def test_a_warehouse_of_before_is_brought_up_to_date(submit):
    """What was added to the ledger since is added where it lies already, as often as one likes."""
    with connect() as connection:
        connection.execute("alter table ledger.judgements drop column rules_sha256, drop column awaits_registry")
    prepare()
    prepare()
    accepted = submit(2, as_csv("units", rows_of("units", 1)))
    load()
    assert outcomes() == {accepted: "accepted"}
