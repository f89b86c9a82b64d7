"""
Random histories of a small tree, kept by hand beside the log: what each day's tree was, and where each office went.

Two provinces, in which everything stays; ragged; codes retire and are used again, also on the same day.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import strategies as st

from rollcall.offices import LEVELS, Event, Office

FIRST_DAY = date(2020, 1, 1)


@dataclass
class Told:
    """
    A history as it was played: `offices` and `log` are what the registry says of it, the rest is what is true.

    `trees` has for each day on which something happened every office standing from then on (before the first day:
    `date.min`). `shares` has where what an office had was on each of these trees from its first day on. `origins` has
    for each created office the one that stands for it before: the only one split into it that day, else the one above.
    """

    offices: list[Office]
    log: list[Event]
    province_of: dict[int, int]
    origins: dict[int, int] = field(default_factory=dict)
    trees: dict[date, dict[int, Office]] = field(default_factory=dict)
    shares: dict[date, dict[int, dict[int, Decimal]]] = field(default_factory=dict)

    def day_of_tree(self, day: date) -> date:
        return max(turn for turn in self.trees if turn <= day)

    def tree_on(self, day: date) -> dict[int, Office]:
        return self.trees[self.day_of_tree(day)]

    def probes(self) -> list[date]:
        """Days worth asking about: around each turn, and far off."""
        turns = [day for day in self.trees if day > date.min]
        near = {day + timedelta(days=by) for day in turns for by in (-1, 0, 1)}
        return sorted({date(1990, 1, 1), date(2050, 1, 1), *near})


@st.composite
def told_histories(draw: st.DrawFn) -> Told:
    """Up to seven days with up to four happenings each."""
    rng = draw(st.randoms(use_true_random=False))
    player = Player(rng)
    day = FIRST_DAY
    for _ in range(rng.randint(1, 7)):
        day += timedelta(days=rng.choice((1, 1, 30)))
        player.play(day)
    return player.told


def first_offices(rng: Random) -> list[Office]:
    """Two provinces of 3 to 8 offices each; some hang from two levels up or more."""
    offices: list[Office] = []

    def add(level: str, parent: int | None) -> int:
        key = len(offices) + 1
        offices.append(Office(key, f"c{key}", f"n{key}", level, parent, None, None, True, "", ""))
        return key

    for _ in range(2):
        above = {"province": [add("province", None)]}
        for level, least, most in (("city", 1, 2), ("county", 1, 3), ("township", 0, 3)):
            higher = [key for keys in above.values() for key in keys]
            above[level] = [add(level, rng.choice(higher)) for _ in range(rng.randint(least, most))]
    return offices


class Player:
    """Plays day after day. What one happening of a day rests on, no other of that day pulls away."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        offices = first_offices(rng)
        self.standing = {office.office_key: office for office in offices}
        provinces: dict[int, int] = {}
        for office in offices:
            provinces[office.office_key] = provinces.get(office.parent_key or 0, office.office_key)
        self.told = Told(offices, [], provinces)
        self.had = {key: {key: Decimal(1)} for key in self.standing}
        self.codes = {office.code for office in offices}
        self.took_over: set[int] = set()
        self.note(date.min)

    def note(self, day: date) -> None:
        self.told.trees[day] = dict(self.standing)
        self.told.shares[day] = {key: dict(shares) for key, shares in self.had.items()}

    def play(self, day: date) -> None:
        self.day, self.lines = day, list[Event]()
        self.kept: set[int] = set()  # others rest on it: it does not end today
        self.done: set[tuple[str, int]] = set()
        for _ in range(self.rng.randint(1, 4)):
            happening = (
                self.create,
                self.rename,
                self.recode,
                self.move,
                self.merge,
                self.merge,
                self.split,
                self.split,
            )
            self.rng.choice(happening)()
        for created in [line.office_key for line in self.lines if line.event == "create"]:
            sources = [line.office_key for line in self.lines if line.event == "split" and line.into_key == created]
            hung_from = self.told.offices[created - 1].parent_key or 0
            self.told.origins[created] = sources[0] if len(sources) == 1 else hung_from
        self.rng.shuffle(self.lines)
        start = len(self.told.log)
        self.told.log += [replace(line, event_no=start + number + 1) for number, line in enumerate(self.lines)]
        self.note(day)

    def say(self, event: str, key: int, **said: object) -> None:
        self.lines.append(Event(0, self.day, event, key, **said))  # type: ignore[arg-type]
        self.done.add((event, key))

    def pick(self, event: str) -> Office | None:
        """An office to which the event can happen today."""
        fresh = {key for said, key in self.done if said == "create"}
        able = [o for key, o in self.standing.items() if (event, key) not in self.done and key not in fresh]
        return self.rng.choice(able) if able else None

    def parents_for(self, office: Office, but: int) -> list[int]:
        rank, province = LEVELS.index(office.level), self.told.province_of[office.office_key]
        return [
            key
            for key, above in self.standing.items()
            if LEVELS.index(above.level) < rank and self.told.province_of[key] == province and key != but
        ]

    def free_code(self) -> str:
        """One that was used before, where there is one, else a new one."""
        free = sorted(self.codes - {office.code for office in self.standing.values()})
        if free and self.rng.random() < 0.7:
            return self.rng.choice(free)
        self.codes.add(f"c{len(self.codes) + 1}")
        return f"c{len(self.codes)}"

    def add(self, level: str, parent: int) -> int:
        key = len(self.told.offices) + 1
        office = Office(key, self.free_code(), f"n{key}", level, parent, None, None, True, "", "")
        self.told.offices.append(office)
        self.told.province_of[key] = self.told.province_of[parent]
        self.standing[key] = office
        self.had[key] = {key: Decimal(1)}
        self.kept |= {key, parent}
        self.say("create", key)
        return key

    def create(self) -> None:
        parent = self.rng.choice([o for o in self.standing.values() if o.level != "township"])
        level = self.rng.choice(LEVELS[LEVELS.index(parent.level) + 1 :])
        self.add(level, parent.office_key)

    def rename(self) -> None:
        if office := self.pick("rename"):
            self.standing[office.office_key] = replace(office, name=f"{office.name}+")
            self.say("rename", office.office_key, name=f"{office.name}+")
            self.kept.add(office.office_key)

    def recode(self) -> None:
        """To a free code, or two exchange theirs."""
        one, other = self.pick("recode"), self.pick("recode")
        if one and other and one != other and self.rng.random() < 0.5:
            pairs = [(one, other.code), (other, one.code)]
        else:
            pairs = [(one, self.free_code())] if one else []
        for office, code in pairs:
            self.standing[office.office_key] = replace(office, code=code)
            self.say("recode", office.office_key, code=code)
            self.kept.add(office.office_key)

    def move(self) -> None:
        office = self.pick("move")
        if office and office.parent_key and (parents := self.parents_for(office, office.parent_key)):
            self.move_to(office, self.rng.choice(parents))

    def move_to(self, office: Office, parent: int) -> None:
        self.standing[office.office_key] = replace(office, parent_key=parent)
        self.say("move", office.office_key, parent_key=parent)
        self.kept |= {office.office_key, parent}

    def ending(self, event: str) -> Office | None:
        """An office that can end today: no province, nothing rests on it, and its children can be moved."""
        office = self.pick(event)
        # What was taken over is taken over again more often than chance would have it.
        if chained := [key for key in self.took_over if key in self.standing and key not in self.kept]:
            office = self.standing[self.rng.choice(chained)] if self.rng.random() < 0.6 else office
        if office is None or office.parent_key is None or office.office_key in self.kept:
            return None
        children = [o for o in self.standing.values() if o.parent_key == office.office_key]
        if any(("move", child.office_key) in self.done for child in children):
            return None
        return office

    def end(self, office: Office, into: dict[int, Decimal]) -> None:
        key = office.office_key
        for child in [o for o in self.standing.values() if o.parent_key == key]:
            self.move_to(child, self.rng.choice(self.parents_for(child, key)))
        del self.standing[key]
        for shares in self.had.values():
            gone = shares.pop(key, Decimal(0))
            for heir, share in into.items():
                if gone:
                    shares[heir] = shares.get(heir, Decimal(0)) + gone * share
        self.kept |= into.keys()
        self.took_over |= into.keys()

    def others(self, office: Office) -> list[int]:
        province = self.told.province_of[office.office_key]
        return [k for k in self.standing if self.told.province_of[k] == province and k != office.office_key]

    def merge(self) -> None:
        if office := self.ending("merge"):
            into = self.rng.choice(self.others(office))
            self.end(office, {into: Decimal(1)})
            self.say("merge", office.office_key, into_key=into)

    def split(self) -> None:
        """Into new offices and old ones, and perhaps itself: then it goes on, and keeps what it had."""
        office = self.ending("split")
        if office is None or office.parent_key is None:
            return
        key, parts = office.office_key, self.rng.randint(2, 3)
        old = self.rng.sample(self.others(office), self.rng.randint(0, min(parts - 1, len(self.others(office)))))
        old += [key] if len(old) < parts - 1 and self.rng.random() < 0.4 else []
        self.kept.add(office.parent_key)
        into = [*old, *(self.add(office.level, office.parent_key) for _ in range(parts - len(old)))]
        cuts = sorted(self.rng.sample(range(1, 1000), parts - 1))
        parts_of_1000 = [b - a for a, b in zip([0, *cuts], [*cuts, 1000], strict=True)]
        shares = {key: Decimal(part) / 1000 for key, part in zip(into, parts_of_1000, strict=True)}
        if key in shares:
            self.kept |= set(into)
            self.done |= {("merge", key), ("split", key)}
        else:
            self.end(office, shares)
        for heir, share in shares.items():
            self.say("split", office.office_key, into_key=heir, share=share)
