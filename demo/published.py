"""What offices announced themselves: the records that the demo makes must add up to it."""

from dataclasses import dataclass

from demo.habits import JIAYUGUAN, QINGYANG
from demo.world import World
from rollcall.offices import Office

# 嘉峪关市文明办, as of 2023-06-30: units of the city's whole subtree by honour level, 209 in all.
HONOURED = {"620200000000": {"national": 11, "provincial": 64, "municipal": 134}}
# 庆阳市, as of 2023-07-31: at least three alliances, of the city office's own units.
ALLIANCES = {
    QINGYANG: (
        ("municipal", "示例市直文明共创联盟"),
        ("county", "示例县区文明共创联盟"),
        ("industry", "示例行业文明共创联盟"),
    )
}
# 兰州市城关区: at least 250,000 registered volunteers, which arrive as one backlog from this day on.
REGISTERED = {"620102000000": 250_000}
BACKLOG_SINCE = (2015, 1, 1)


@dataclass(frozen=True)
class Announced:
    """How many units of each honour level one office has to bring, so that its subtree adds up."""

    levels: dict[str, int]


def honours_announced(world: World, office: Office) -> Announced | None:
    """This office's part of what the city above it announced; None where nobody announced anything."""
    for code, totals in HONOURED.items():
        city = world.by_code.get(code)
        if city is None or not office.code.startswith(JIAYUGUAN):
            continue
        family = [city, *world.below(city)]
        if office not in family:
            continue
        return Announced(share_out(totals, len(family), family.index(office)))
    return None


def share_out(totals: dict[str, int], parts: int, part: int) -> dict[str, int]:
    """Part *part* of *parts*, where the parts add up to *totals* and the first takes three shares of each."""
    shares = {}
    for level, total in totals.items():
        share = total // (parts + 2)
        shares[level] = share if part else total - share * (parts - 1)
    return shares
