"""Offices and what becomes of them, made at random: what the tests' worlds play on."""

import csv
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

from tests.integration.build.recount.trees import Change, History, Office

LEVELS = ("province", "city", "county", "township")
# key, code, name, level, parent. The last three may be founded during the worlds' months.
OFFICES = (
    (1, "620000000000", "甘肃省", "province", None),
    (2, "620100000000", "兰州市", "city", 1),
    (3, "620200000000", "嘉峪关市", "city", 1),
    (4, "620102000000", "城关区", "county", 2),
    (5, "620103000000", "七里河区", "county", 2),
    (6, "620102001000", "酒泉路街道", "township", 4),
    (7, "620102002000", "张掖路街道", "township", 4),
    (8, "620201001000", "雄关街道", "township", 3),
    (9, "620171101000", "中川镇", "township", 2),
    (10, "610000000000", "陕西省", "province", None),
    (11, "610924000000", "紫阳县", "county", 10),
    (12, "620103001000", "西园街道", "township", 5),
    (13, "620104000000", "西固区", "county", 2),
    (14, "620104001000", "先锋路街道", "township", 5),
)
FOUNDED = (12, 13, 14)
SILENT = {10}
TRIES = 20  # to find an office that can be merged or split
PLAYED = (date(2023, 5, 31), date(2023, 7, 31))  # what ends in this time has told of May, and its heirs tell of it
SHARES = (("0.5", "0.5"), ("0.3", "0.7"), ("0.125", "0.875"), ("0.333333333", "0.666666667"))
COLUMNS = [
    "event_no", "happened_on", "event", "office_key", "code", "name", "parent_key", "into_key", "share", "source"
]  # fmt: skip


def first_offices() -> dict[int, Office]:
    return {
        key: Office(key, code, name, level, parent, key not in SILENT) for key, code, name, level, parent in OFFICES
    }


class RandomLog:
    """A log in the making: each step looks at the tree that the lines so far make."""

    def __init__(self, chance: Random, days: Sequence[date]) -> None:
        self.chance, self.offices = chance, first_offices()
        merged_on, split_on = chance.sample([day for day in days if PLAYED[0] < day <= PLAYED[1]], 2)
        self.days = sorted({merged_on, split_on, *chance.sample(days, chance.randint(1, 3))})
        self.log = [Change(chance.choice(self.days), "create", key) for key in FOUNDED if chance.random() < 0.7]
        self.busy: set[int] = set()
        self.fresh = iter(range(1, 1000))
        for day in self.days:
            self.busy = {change.office_key for change in self.log if change.happened_on == day}
            for founded in sorted(self.busy):
                if chance.random() < 0.6:
                    self.split(day, founded)
            if day == merged_on:
                self.until_one_ends(self.merge, day)
            if day == split_on:
                self.until_one_ends(self.split, day)
            for _ in range(chance.randint(0, 3)):
                chance.choice([self.rename, self.recode, self.move, self.merge, self.split])(day)

    def until_one_ends(self, step: Callable[[date], None], day: date) -> None:
        """In every world an office is merged and one is split, so that there are heirs to tell of them."""
        before = len(self.log)
        for _ in range(TRIES):
            step(day)
            if any(self.history().last_day(change.office_key) for change in self.log[before:]):
                return

    def history(self) -> History:
        order = {"create": 0}
        return History(self.offices, sorted(self.log, key=lambda c: (c.happened_on, order.get(c.event, 1))))

    def standing(self, day: date) -> dict[int, Office]:
        return self.history().tree(day)

    def pick(self, day: date, *levels: str) -> Office | None:
        """An office to which nothing happens that day as yet."""
        found = [o for key, o in self.standing(day).items() if key not in self.busy and o.level in (levels or LEVELS)]
        return self.chance.choice(found) if found else None

    def province(self, office_key: int, day: date) -> int:
        return self.history().path(office_key, day)[-1]

    def peers(self, office: Office, day: date) -> list[int]:
        """Offices of the same level in the same province that can take over from one."""
        return [
            key
            for key, other in self.standing(day).items()
            if other.level == office.level
            and key != office.office_key
            and self.province(key, day) == self.province(office.office_key, day)
            and self.history().last_day(key) is None
        ]

    def rename(self, day: date) -> None:
        if office := self.pick(day):
            self.add(Change(day, "rename", office.office_key, name=f"{office.name[:2]}新{next(self.fresh)}"))

    def recode(self, day: date) -> None:
        """To a new code, or one that somebody bore before; now and then two exchange theirs."""
        office, other = self.pick(day, "county", "township"), self.pick(day, "county", "township")
        if office and other and office != other and self.chance.random() < 0.3:
            self.add(Change(day, "recode", office.office_key, code=other.code))
            self.add(Change(day, "recode", other.office_key, code=office.code))
        elif office:
            taken = {other.code for other in self.standing(day).values()} | {self.offices[key].code for key in FOUNDED}
            ever = {o.code for o in self.offices.values()} | {c.code for c in self.log if c.code}
            codes = [*sorted(ever - taken), f"6299{next(self.fresh):02d}000000"]
            self.add(Change(day, "recode", office.office_key, code=self.chance.choice(codes)))

    def move(self, day: date) -> None:
        if office := self.pick(day, "county", "township"):
            above = [
                key
                for key, other in self.standing(day).items()
                if LEVELS.index(other.level) < LEVELS.index(office.level)
                and key != office.parent_key
                and self.province(key, day) == self.province(office.office_key, day)
                and self.history().first_day(key) != day
            ]
            if above:
                self.add(Change(day, "move", office.office_key, parent_key=self.chance.choice(above)))

    def merge(self, day: date) -> None:
        office = self.pick(day, "city", "county", "township")
        peers = self.peers(office, day) if office and not self.is_part_of_another(office) else []
        if office and peers and self.leave(office, day, peers[0]):
            self.add(Change(day, "merge", office.office_key, into_key=self.chance.choice(peers)))

    def split(self, day: date, founded: int | None = None) -> None:
        """Into two; into one that is founded that day, where it is given; now and then itself goes on."""
        wanted = (self.offices[founded].level,) if founded else ("county", "township")
        office = self.pick(day, *wanted)
        if not office or self.is_part_of_another(office) or (founded and founded not in self.peers(office, day)):
            return
        peers = [key for key in self.peers(office, day) if key != founded]
        others = [office.office_key, *peers] if self.chance.random() < 0.4 else peers
        first = founded or (self.chance.choice(peers) if peers else None)
        others = [key for key in others if key != first]
        if first is None or not others:
            return
        second = self.chance.choice(others)
        if second == office.office_key or self.leave(office, day, second):
            for into, share in zip((first, second), self.chance.choice(SHARES), strict=True):
                self.add(Change(day, "split", office.office_key, into_key=into, share=Decimal(share)))

    def is_part_of_another(self, office: Office) -> bool:
        """
        Whether it took over a part of a split office, so that it is not to end here itself.

        Whose a record is that an heir of an heir of a part tells of, the contract does not settle; models and recount
        answer differently (docs/decisions/0019).
        """
        return any(c.event == "split" and c.into_key == office.office_key for c in self.log)

    def leave(self, office: Office, day: date, heir: int) -> bool:
        """Hang all below an office elsewhere before it ends; False where something is to be founded below it."""
        if any(c.event == "create" and self.offices[c.office_key].parent_key == office.office_key for c in self.log):
            return False
        below = [key for key, other in self.standing(day).items() if other.parent_key == office.office_key]
        if self.busy & set(below):
            return False
        for key in below:
            self.add(Change(day, "move", key, parent_key=heir))
        return True

    def add(self, change: Change) -> None:
        self.log.append(change)
        self.busy |= {change.office_key, *([change.into_key] if change.into_key else [])}


def write_registry(history: History, folder: Path) -> None:
    """As the registry's files say it."""
    with (folder / "offices.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["office_key", "code", "name", "level", "parent_key", "reports", "endpoint", "connection"])
        for office in history.offices.values():
            place = [office.office_key, office.code, office.name, office.level, office.parent_key or ""]
            writer.writerow([*place, str(office.reports).lower(), "", ""])
    with (folder / "office_events.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, COLUMNS, restval="")
        writer.writeheader()
        for number, change in enumerate(history.log, 1):
            told = {name: value for name, value in vars(change).items() if value is not None}
            writer.writerow({"event_no": number, "source": "试验", **told})
