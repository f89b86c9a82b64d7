"""What became of a few offices, by hand: where their records count, and what is written of it."""

from datetime import date, timedelta
from decimal import Context, Decimal, Inexact, localcontext

import pytest

from rollcall.offices import Event, Heir, History, Office, heirs, heirs_on, history_of, read_history, write_seeds

EXACT = Context(prec=500, traps=[Inexact])
ONE = Decimal(1)
D1, D2, D3, D4 = date(2023, 3, 1), date(2023, 6, 1), date(2023, 7, 1), date(2023, 9, 1)
# A province, two counties and their towns, and what happens to them by hand.
PLACES = [
    Office(key, f"c{key}", f"n{key}", level, parent, None, None, True, "", "")
    for key, level, parent in (
        (1, "province", None),
        (2, "county", 1),
        (3, "county", 1),
        (4, "township", 2),
        (5, "township", 2),
        (6, "township", 3),
        (7, "township", 3),
    )
]


def history(*events: Event) -> History:
    return history_of(PLACES, events)


def split(number: int, day: date, key: int, **into: str) -> list[Event]:
    """`_5="0.4"` is an into_key and its share."""
    return [
        Event(number + place, day, "split", key, into_key=int(name[1:]), share=Decimal(share))
        for place, (name, share) in enumerate(into.items())
    ]


def test_a_merged_office_counts_at_the_one_that_took_it_over_and_at_that_ones_heirs():
    told = history(
        Event(1, D1, "merge", 4, into_key=5),
        *split(2, D2, 5, _6="0.25", _7="0.75"),
        Event(4, D3, "merge", 7, into_key=6),
    )
    assert heirs_on(told, 4, D1 - timedelta(days=1)) == {4: 1}
    assert heirs_on(told, 4, D1) == {5: 1}
    assert heirs_on(told, 4, D2) == {6: Decimal("0.25"), 7: Decimal("0.75")}
    assert heirs_on(told, 4, D3) == {6: 1}
    assert list(heirs(told))[:4] == [
        Heir(4, D1, D2 - timedelta(days=1), 5, ONE),
        Heir(4, D2, D3 - timedelta(days=1), 6, Decimal("0.25")),
        Heir(4, D2, D3 - timedelta(days=1), 7, Decimal("0.75")),
        Heir(4, D3, None, 6, ONE),
    ]


@pytest.mark.parametrize(
    ("events", "on_the_day_before", "before_that"),
    [
        ([Event(1, D2, "create", 5), *split(2, D2, 4, _4="0.5", _5="0.5")], 4, 4),
        ([Event(1, D2, "create", 5), *split(2, D2, 4, _6="0.5", _5="0.5")], 4, 4),
        ([Event(1, D2, "create", 5)], 2, 2),
        ([Event(1, D1, "create", 4), Event(2, D2, "create", 5), *split(3, D2, 4, _4="0.5", _5="0.5")], 4, 2),
        (
            [Event(1, D2, "create", 5), *split(2, D2, 4, _6="0.5", _5="0.5"), *split(4, D2, 7, _6="0.5", _5="0.5")],
            2,
            2,
        ),
        ([Event(1, D2, "create", 5), Event(2, D2, "merge", 4, into_key=5)], 2, 2),
    ],
    ids=["split off", "split up", "new", "split from one that was new", "split from two", "made of one merged"],
)
def test_before_its_time_an_office_is_where_it_was_split_from_else_with_the_one_above(
    events, on_the_day_before, before_that
):
    """What cannot be told apart falls to the office above."""
    told = history(*events)
    assert heirs_on(told, 5, D2 - timedelta(days=1)) == {on_the_day_before: 1}
    assert heirs_on(told, 5, D1 - timedelta(days=1)) == {before_that: 1}


def test_an_office_that_hung_from_a_new_one_falls_to_what_stood_before():
    """The township is of the day on which its county was not a year old."""
    new = [
        Office(8, "c8", "n8", "county", 1, None, None, True, "", ""),
        Office(9, "c9", "n9", "township", 8, None, None, True, "", ""),
    ]
    told = history_of([*PLACES, *new], [Event(1, D2, "create", 8), Event(2, D3, "create", 9)])
    assert [heirs_on(told, 9, day) for day in (D1, D2, D3)] == [{1: 1}, {8: 1}, {9: 1}]


def test_shares_of_shares_are_never_rounded():
    """Nine places, three times over: 27 of them."""
    third, rest = Decimal("0.333333333"), "0.666666667"
    told = history(
        *split(1, D1, 4, _5=str(third), _6=rest),
        *split(3, D2, 5, _6=rest, _7=str(third)),
        *split(5, D3, 7, _6=rest, _2=str(third)),
    )
    shares = heirs_on(told, 4, D4)
    with localcontext(EXACT):
        assert shares[2] == third**3
        assert sum(shares.values()) == 1


def test_events_of_one_day_make_one_version():
    told = history(
        Event(1, D2, "recode", 4, code="c9"),
        Event(2, D2, "move", 4, parent_key=3),
        Event(3, D2, "rename", 4, name="n9"),
    )
    before, after = (office for office in told.versions() if office.office_key == 4)
    assert (before.valid_from, before.valid_to) == (None, D2 - timedelta(days=1))
    assert (after.code, after.name, after.parent_key, after.valid_from, after.valid_to) == ("c9", "n9", 3, D2, None)


def test_what_is_written_for_dbt_is_what_was_derived(tmp_path):
    """The log read back from what dbt is given says the same."""
    (tmp_path / "offices.csv").write_text(
        "office_key,code,name,level,parent_key,reports,endpoint,connection\n"
        + "".join(f"{o.office_key},{o.code},{o.name},{o.level},{o.parent_key or ''},true,,\n" for o in PLACES)
    )
    (tmp_path / "office_events.csv").write_text(
        "event_no,happened_on,event,office_key,code,name,parent_key,into_key,share,source\n"
        "1,2023-06-01,create,5,,,,,,\n2,2023-06-01,split,4,,,,6,0.30,\n3,2023-06-01,split,4,,,,5,0.70,\n"
    )
    _, log, rows = write_seeds(tmp_path, tmp_path / "seeds")
    (tmp_path / "office_events.csv").write_bytes(log.read_bytes())
    again = read_history(tmp_path)
    assert again.events == [Event(1, D2, "create", 5), *split(2, D2, 4, _6="0.3", _5="0.7")]
    assert rows.read_text() == (
        "office_key,from_day,to_day,heir_key,share\n4,2023-06-01,,5,0.7\n4,2023-06-01,,6,0.3\n5,,2023-05-31,4,1\n"
    )
