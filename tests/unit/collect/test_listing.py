"""The listing is read strictly: whatever is not exactly the protocol is the office's trouble, and never a crash."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from rollcall.collect.listing import Listing, read_listing
from rollcall.errors import OfficeInTrouble
from rollcall.periods import Period
from tests.loopback import entry, listing

CODE, PERIOD = "610924106000", Period(2023, 7)


def test_reads_every_field_as_announced():
    """Types are those of the protocol; the moment keeps its zone."""
    (read,) = read_listing(listing(CODE, [entry(b"abc", 2, kind="correction")]), CODE, PERIOD).entries
    assert (read.revision, read.kind, read.filename, read.bytes) == (2, "correction", "2023-07.xlsx", 3)
    assert read.path == "submissions/2023-07/2"
    assert read.submitted_at == datetime(2023, 8, 3, 9, 12, 44, tzinfo=timezone(timedelta(hours=8)))


def test_orders_submissions_by_revision():
    read = read_listing(listing(CODE, [entry(b"c", 3), entry(b"a", 1), entry(b"b", 2)]), CODE, PERIOD)
    assert [submission.revision for submission in read.entries] == [1, 2, 3]


def test_an_empty_list_is_no_trouble():
    assert read_listing(listing(CODE, []), CODE, PERIOD) == Listing([], [])


def test_fields_it_does_not_know_are_left_alone():
    """A later minor version may add some."""
    assert len(read_listing(listing(CODE, [entry(b"a", note="new")], extra=1), CODE, PERIOD).entries) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>login</html>",
        b"null",
        b"[]",
        b"7",
        b'"text"',
        b"{}",
        b"\xff\xfe\x00",
        b'{"office_code": "610924106000", "period": "2023-07"}',
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"office_code": "610924106000", "period": "2023-07", "submissions": ' + b"9" * 5000 + b"}",
        listing(CODE, None),
        listing(CODE, {"revision": 1}),
        listing(CODE, "no list"),
    ],
    ids=lambda body: repr(body[:40]),
)
def test_what_is_not_the_json_of_the_protocol_is_trouble(body):
    with pytest.raises(OfficeInTrouble, match="not that of the protocol"):
        read_listing(body, CODE, PERIOD)


@pytest.mark.parametrize("field", ["office_code", "period", "submissions"])
def test_a_listing_without_a_field_is_trouble(field):
    body = json.loads(listing(CODE, []))
    del body[field]
    with pytest.raises(OfficeInTrouble):
        read_listing(json.dumps(body).encode(), CODE, PERIOD)


@pytest.mark.parametrize("field", list(entry(b"")))
def test_an_entry_without_a_field_is_trouble_of_that_entry_alone(field):
    broken = entry(b"abc")
    del broken[field]
    read = read_listing(listing(CODE, [broken, entry(b"good", 2)]), CODE, PERIOD)
    assert [submission.revision for submission in read.entries] == [2]
    assert field in only(read.troubles)


@pytest.mark.parametrize("broken", [None, "1", [], {}, 7, [entry(b"a")]])
def test_an_entry_that_is_none_is_named_by_its_place(broken):
    read = read_listing(listing(CODE, [entry(b"good"), broken]), CODE, PERIOD)
    assert len(read.entries) == 1
    assert only(read.troubles).startswith("entry 2 ")


def only(troubles):
    """The one trouble there is; short, since it goes to the ledger."""
    (trouble,) = troubles
    assert len(trouble) <= 300
    return trouble


@pytest.mark.parametrize(
    ("code", "period"), [("620000000000", "2023-07"), (CODE, "2023-06"), (None, "2023-07"), (int(CODE), "2023-07")]
)
def test_another_offices_or_periods_listing_is_trouble(code, period):
    """A gateway that mixes offices up must not have one's file counted as the other's."""
    with pytest.raises(OfficeInTrouble, match="the listing is for"):
        read_listing(listing(code, [entry(b"a")], period), CODE, PERIOD)


@pytest.mark.parametrize("second", [entry(b"b", 2), entry(b"b", 2, filename="a" * 201), {"revision": 2}])
def test_a_revision_twice_is_trouble(second):
    """Nothing of such a listing lands: which of the two is meant is not for us to say."""
    with pytest.raises(OfficeInTrouble, match="twice"):
        read_listing(listing(CODE, [entry(b"a", 2), second]), CODE, PERIOD)


def test_a_revision_twice_is_trouble_also_beyond_what_is_taken():
    entries = [entry(b"a", number) for number in range(1, 151)]
    with pytest.raises(OfficeInTrouble, match="twice"):
        read_listing(listing(CODE, [*entries, entry(b"a", 1)]), CODE, PERIOD)


def test_a_hundred_entries_are_taken_and_the_others_counted():
    entries = [entry(b"a", number) for number in range(1, 101)]
    assert read_listing(listing(CODE, entries), CODE, PERIOD).troubles == []
    read = read_listing(listing(CODE, [*entries, entry(b"a", 101), None]), CODE, PERIOD)
    assert len(read.entries) == 100
    assert "2 entries beyond the first 100" in only(read.troubles)
    assert "revision 101" in only(read.troubles)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("revision", value) for value in (True, "1", 1.0, 1.5, None, -1, 100_001, [1])],
        *[("bytes", value) for value in (True, "3", 3.0, -1, 1 << 51, None)],
        *[("kind", value) for value in ("", "Regular", "resubmission", None, 1)],
        *[("sha256", value) for value in ("", "0" * 63, "0" * 65, "G" * 64, "A" * 64, None)],
        *[("filename", value) for value in ("", "a" * 201, "a\nb.xlsx", "a\x00.xlsx", "\ud800.xlsx", None, 1)],
        *[("media_type", value) for value in ("", None, "a\r\nb")],
        *[
            ("submitted_at", value)
            for value in (
                "",
                "2023-08-03",
                "2023-08-03T09:12:44",
                "yesterday",
                None,
                1691025164,
                "0001-01-01T00:00:00+14:00",
                "9999-12-31T23:59:59-12:00",
            )
        ],
    ],
)
def test_a_field_that_is_not_what_it_should_be_is_trouble_of_its_entry(field, value):
    """A bool is no number, a number no text, and a year no database can hold no moment."""
    read = read_listing(listing(CODE, [entry(b"abc", **{field: value}), entry(b"good", 2)]), CODE, PERIOD)
    assert [submission.revision for submission in read.entries] == [2]
    assert "not that of the protocol" in only(read.troubles)


def test_a_filename_of_200_characters_is_taken():
    (read,) = read_listing(listing(CODE, [entry(b"abc", filename="志" * 200)]), CODE, PERIOD).entries
    assert len(read.filename) == 200


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/submissions/1",
        "//elsewhere.example/1",
        "http://elsewhere.example/1",
        "file:///etc/passwd",
        "..",
        ".",
        "../620000000000/submissions/2023-07/1",
        "submissions/../../620000000000",
        "submissions/./1",
        "submissions//1",
        "submissions/1/",
        "%2e%2e/620000000000",
        "%2E%2E/620000000000",
        ".%2e/620000000000",
        "submissions%2f..%2f..%2f620000000000",
        "%252e%252e/620000000000",
        "%25252e%25252e/620000000000",
        "submissions/%2e",
        "submissions/1%00",
        "submissions/1%0d%0aHost:%20x",
        "submissions/%ff",
        "submissions/100%",
        "submissions\\..\\x",
        "submissions/%5c..%5cx",
        "submissions/1?period=2023-06",
        "submissions/1%3fa",
        "submissions/1#a",
        "user@elsewhere/1",
        "submissions/a b",
        "submissions/1\n",
        "a" * 201,
    ],
)
def test_a_path_that_may_lead_elsewhere_is_trouble(path):
    """Our token goes with every request: no office may send it, or us, to another place than its own."""
    read = read_listing(listing(CODE, [entry(b"abc", path=path)]), CODE, PERIOD)
    assert read.entries == []
    assert only(read.troubles)


@pytest.mark.parametrize(
    "path", ["1", "submissions/2023-07/2", "a..b/...", "f/第2版.xlsx", "f/%E7%AC%AC2.xlsx", "a~b/c_d-e"]
)
def test_a_path_below_the_base_is_taken(path):
    (read,) = read_listing(listing(CODE, [entry(b"abc", path=path)]), CODE, PERIOD).entries
    assert read.path == path


def test_a_complaint_is_short_however_long_what_it_quotes():
    """It goes to the ledger, one line an office."""
    with pytest.raises(OfficeInTrouble) as caught:
        read_listing(listing("x" * 100_000, []), CODE, PERIOD)
    assert len(str(caught.value)) <= 300
