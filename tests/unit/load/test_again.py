"""Which bytes change nothing beside what is accepted."""

import pytest

from rollcall.load.again import Version, why_unchanged

ACCEPTED = Version(5, "a", "regular", "rules", held=1)


@pytest.mark.parametrize(
    ("sent", "is_judged"),
    [
        (Version(6, "b", "regular", "rules"), True),
        (Version(6, "a", "regular", "rules"), False),
        (Version(6, "a", "correction", "rules"), True),
        (Version(6, "a", "regular", "other rules"), True),
        (Version(5, "a", "backlog", "rules"), True),
        (Version(5, "b", "regular", "rules"), False),
        (Version(4, "a", "backlog", "other rules"), False),
    ],
)
def test_why_a_version_changes_nothing(sent, is_judged):
    assert (why_unchanged(sent, ACCEPTED) is None) == is_judged
    clean = Version(5, "a", "regular", "rules")
    assert why_unchanged(sent, clean) is not None or sent.sha256 == "b"
