"""The alliances that an office has to have: among its own units, so that they are no rows of their own."""

from demo.published.figures import Wanted

KINDS = (
    ("municipal", "示例市直文明共创联盟"),
    ("county", "示例县区文明共创联盟"),
    ("industry", "示例行业文明共创联盟"),
)


def alliances_published(code: str) -> tuple[tuple[str, str], ...]:
    """Kind and name of as many alliances as were published of the office; none where nothing was."""
    count = Wanted(code, frozenset({"alliances"})).count("alliances")
    return tuple((kind, f"{name}{place // len(KINDS) + 1}" if place >= len(KINDS) else name)
                 for place, (kind, name) in ((place, KINDS[place % len(KINDS)]) for place in range(count)))  # fmt: skip
