"""What became of offices: whatever happens to them, nothing is lost and nothing counts twice."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Context, Decimal, Inexact, localcontext

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollcall.offices import (
    LEVELS,
    Event,
    Heir,
    History,
    Office,
    called_on,
    heirs,
    heirs_on,
    history_of,
)
from tests.histories import Told, told_histories

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine too
EXACT = Context(prec=500, traps=[Inexact])
ONE = Decimal(1)


def lived(told: Told) -> History:
    return history_of(told.offices, told.log)


def versions_on(history: History, day: date) -> dict[int, Office]:
    return {office.office_key: office for office in history.versions() if office.is_valid_on(day)}


@PATIENT
@given(told_histories())
def test_versions_are_what_was_true_on_each_day(told):
    """Code, name and parent of every office that stood, and none of another."""
    history = lived(told)
    for day in told.probes():
        found = {key: (o.code, o.name, o.parent_key) for key, o in versions_on(history, day).items()}
        assert found == {key: (o.code, o.name, o.parent_key) for key, o in told.tree_on(day).items()}


@PATIENT
@given(told_histories())
def test_versions_of_an_office_follow_one_another_without_overlap_or_gap(told):
    """Each differs from the one before; an office that ended never comes back."""
    for life in lived(told).lives.values():
        for earlier, later in zip(life.versions, life.versions[1:], strict=False):
            assert earlier.valid_to + timedelta(days=1) == later.valid_from
            assert (earlier.code, earlier.name, earlier.parent_key) != (later.code, later.name, later.parent_key)
        assert all((v.valid_from or date.min) <= (v.valid_to or date.max) for v in life.versions)
        assert life.versions[0].valid_from == life.start


@PATIENT
@given(told_histories())
def test_a_code_names_at_most_one_office_a_day(told):
    history = lived(told)
    for day in told.probes():
        codes = [office.code for office in history.versions() if office.is_valid_on(day)]
        assert len(codes) == len(set(codes))


@PATIENT
@given(told_histories())
def test_every_office_hangs_from_standing_offices_of_higher_levels_up_to_a_province(told):
    """So no office is above itself."""
    history = lived(told)
    for day in told.probes():
        tree = versions_on(history, day)
        for office in tree.values():
            while office.parent_key is not None:
                above = tree[office.parent_key]
                assert LEVELS.index(above.level) < LEVELS.index(office.level)
                office = above
            assert office.level == "province"


@PATIENT
@given(told_histories())
def test_on_every_day_the_heirs_of_every_office_stand_and_their_shares_add_up_to_one(told):
    """Exactly, however often what was divided is divided again; and all in its own province."""
    history = lived(told)
    for day in told.probes():
        standing = told.tree_on(day).keys()
        for office in told.offices:
            shares = heirs_on(history, office.office_key, day)
            assert shares.keys() <= standing
            with localcontext(EXACT):
                assert sum(shares.values()) == 1
            assert all(share > 0 for share in shares.values())
            assert {told.province_of[key] for key in shares} == {told.province_of[office.office_key]}


@PATIENT
@given(told_histories())
def test_an_office_that_stands_is_its_own_heir(told):
    """Also after it was split into itself and others: what it had cannot be told apart."""
    history = lived(told)
    for day in told.probes():
        for key in told.tree_on(day):
            assert heirs_on(history, key, day) == {key: ONE}


@PATIENT
@given(told_histories())
def test_what_an_office_had_goes_the_way_it_went(told):
    """Followed day by day by hand, from its first day on."""
    history = lived(told)
    for day in told.probes():
        for key, shares in told.shares[told.day_of_tree(day)].items():
            assert heirs_on(history, key, day) == shares


@PATIENT
@given(told_histories())
def test_before_its_first_day_an_office_counts_where_it_came_from(told):
    """With the office it was split from, else with the one it hung from; on each day before, as that one counts."""
    history = lived(told)
    for day in told.probes():
        for key, origin in told.origins.items():
            if day < history.lives[key].start:
                assert heirs_on(history, key, day) == heirs_on(history, origin, day)


@PATIENT
@given(told_histories())
def test_the_table_of_heirs_has_exactly_the_days_on_which_an_office_does_not_stand(told):
    """Spans of one office and heir never overlap and never touch."""
    history = lived(told)
    rows: dict[int, list[Heir]] = defaultdict(list)
    for row in heirs(history):
        rows[row.office_key].append(row)
    for day in told.probes():
        standing = told.tree_on(day)
        for office in told.offices:
            key = office.office_key
            on_day = [r for r in rows[key] if (r.from_day or day) <= day <= (r.to_day or day)]
            found = {row.heir_key: row.share for row in on_day}
            assert len(found) == len(on_day)
            assert found == ({} if key in standing else heirs_on(history, key, day))


@PATIENT
@given(told_histories(), st.data())
def test_totals_of_a_province_are_the_same_on_the_tree_of_any_day(told, data):
    """Random amounts, each reported by an office on a day on which it stood; summed level by level on every tree."""
    history = lived(told)
    probes = told.probes()
    records = data.draw(
        st.lists(
            st.sampled_from(probes).flatmap(
                lambda day: st.tuples(st.sampled_from(sorted(told.tree_on(day))), st.integers(-10_000, 10_000_000))
            ),
            max_size=12,
        )
    )
    expected: dict[int, Decimal] = defaultdict(Decimal)
    for key, cents in records:
        expected[told.province_of[key]] += Decimal(cents) / 100
    with localcontext(EXACT):
        for day in probes:
            tree = versions_on(history, day)
            own: dict[int, Decimal] = defaultdict(Decimal)
            for key, cents in records:
                for heir, share in heirs_on(history, key, day).items():
                    own[heir] += Decimal(cents) / 100 * share
            totals = rolled_up(tree, own)
            provinces = [key for key, office in tree.items() if office.level == "province"]
            assert {key: totals[key] for key in provinces} == {key: expected[key] for key in provinces}
            for key in tree:
                below = [totals[other] for other, office in tree.items() if office.parent_key == key]
                assert totals[key] == own[key] + sum(below)


def rolled_up(tree: dict[int, Office], own: dict[int, Decimal]) -> dict[int, Decimal]:
    """Each office's own and everything below it: every amount added to the office and to all above."""
    totals: dict[int, Decimal] = defaultdict(Decimal)
    for key, amount in own.items():
        above: int | None = key
        while above is not None:
            totals[above] += amount
            above = tree[above].parent_key
    return totals


@PATIENT
@given(told_histories())
def test_whoever_is_called_for_a_month_stands_in_its_tree_once(told):
    """Nobody is asked twice, or in another's place."""
    versions = lived(told).versions()
    for day in told.probes():
        called = [office.office_key for office in called_on(versions, day)]
        assert called == sorted(told.tree_on(day))


@PATIENT
@given(told_histories(), st.data())
def test_completeness_is_never_above_one_on_the_tree_of_any_day(told, data):
    """Of those called on a day some answer; wherever a tree puts them later, no office has more answers than calls."""
    history = lived(told)
    probes = told.probes()
    called = sorted(told.tree_on(data.draw(st.sampled_from(probes))))
    answered = data.draw(st.lists(st.sampled_from(called), unique=True)) if called else []
    with localcontext(EXACT):
        for day in probes:
            tree = versions_on(history, day)
            calls, answers = (rolled_up(tree, placed(history, keys, day)) for keys in (called, answered))
            assert all(0 <= answers[key] <= calls[key] for key in tree)
            provinces = [key for key, office in tree.items() if office.level == "province"]
            assert sum(calls[key] for key in provinces) == len(called)
            assert sum(answers[key] for key in provinces) == len(answered)


def placed(history: History, keys: list[int], day: date) -> dict[int, Decimal]:
    """One slice of each office, at its heirs on a day."""
    own: dict[int, Decimal] = defaultdict(Decimal)
    for key in keys:
        for heir, share in heirs_on(history, key, day).items():
            own[heir] += share
    return own


@PATIENT
@given(told_histories())
def test_the_order_of_events_within_a_day_says_nothing(told):
    """But for the creation of an office, which comes first of what it does."""
    later_first = sorted(told.log, key=lambda e: (e.happened_on, e.event != "create", -e.event_no))
    renumbered = [
        Event(n, e.happened_on, e.event, e.office_key, e.code, e.name, e.parent_key, e.into_key, e.share)
        for n, e in enumerate(later_first)
    ]
    one, other = lived(told), history_of(told.offices, renumbered)
    assert one.versions() == other.versions()
    assert list(heirs(one)) == list(heirs(other))
