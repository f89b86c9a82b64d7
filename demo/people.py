"""Made-up people. Their ID numbers are well-formed, but of regions that never had a division code."""

from dataclasses import dataclass
from datetime import date
from random import Random

from demo.check_characters import id_check_character
from demo.world import World
from rollcall.offices import Office

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
STEMS = "甲乙丙丁戊己庚辛壬癸"
BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
POLITICAL = (("01", 18), ("02", 1), ("03", 22), ("12", 2), ("13", 54), ("99", 3))
POLITICAL_CODES = tuple(code for code, weight in POLITICAL for _ in range(weight))
# Ages that register, as (from, to) in days, drawn evenly: pupils, students, working people, pensioners.
AGES = tuple(
    (round(low * 365.25), round(high * 365.25) - 1)
    for low, high in ((8, 14), (14, 18), (18, 30), (18, 30), (18, 45), (30, 50), (30, 60), (45, 60), (60, 78))
)
# No prefecture of any province has a number from 91 on; 99 is kept for people known to two offices.
FIRST_REGION, REGIONS, SHARED_REGION = 9100, 800, 9900
BLOCKS, ROOM = 25, 40
# The twelve of a year, and one for those who registered long ago.
MONTHS, LONG_AGO = 13, 12


@dataclass(frozen=True)
class Person:
    """One person who does not exist."""

    id_number: str
    name: str
    phone: str
    sex: str
    birth_date: date
    political_status: str


class Population:
    """
    The people one source brings in one month, no two with the same ID number.

    Offices of one registry never share a region and a block of sequence numbers in a month, so two people of
    two populations differ as well.
    """

    def __init__(self, rng: Random, region: str, first_sequence: int) -> None:
        self.rng = rng
        self.region = region
        self.first_sequence = first_sequence
        self.born: dict[tuple[int, bool], int] = {}

    def person(self, on: date, ages: tuple[int, int] | None = None) -> Person:
        """One more person, who has an age of *ages* (in days, inclusive) on *on*."""
        random = self.rng.random
        while True:
            low, high = ages or AGES[int(random() * len(AGES))]
            ordinal, male = on.toordinal() - low - int(random() * (high - low + 1)), random() < 0.5
            earlier = self.born.get((ordinal, male), 0)
            if 2 * earlier < ROOM:
                break
        self.born[ordinal, male] = earlier + 1
        birth = date.fromordinal(ordinal)
        # The last digit of the sequence number is odd for men.
        sequence = self.first_sequence + 2 * earlier + male
        first_17 = f"{self.region}{birth.year}{birth.month:02d}{birth.day:02d}{sequence:03d}"
        name = SURNAMES[int(random() * 16)] + STEMS[int(random() * 10)] + BRANCHES[int(random() * 12)]
        youth = on.toordinal() - ordinal < 28 * 365
        status = POLITICAL_CODES[int(random() * 100)] if not youth else "03" if random() < 0.6 else "13"
        return Person(
            id_number=first_17 + id_check_character(first_17),
            name=f"示例{name}",
            # No mobile number begins with 109.
            phone=f"109{int(random() * 100_000_000):08d}",
            sex="1" if male else "2",
            birth_date=birth,
            political_status=status,
        )


def population_of(world: World, office: Office, rng: Random) -> Population:
    """The people who register with one office alone in the period."""
    return people_of(world, office, rng, world.period.month - 1)


def population_of_the_past(world: World, office: Office, rng: Random) -> Population:
    """The people whom one office brings from its past, wherever the months of the demo begin and end."""
    return people_of(world, office, rng, LONG_AGO)


def people_of(world: World, office: Office, rng: Random, month: int) -> Population:
    slot = office.office_key * MONTHS + month
    region = f"{world.first_code(office)[:2]}{FIRST_REGION + slot % REGIONS}"
    return Population(rng, region, slot // REGIONS % BLOCKS * ROOM)


def known_to_both(world: World, lower: Office) -> list[Person]:
    """The people who register in the period with *lower* and with the office right above it."""
    upper = world.above(lower)
    if not upper or not all(world.habits[office.code].arrives for office in (lower, upper)):
        return []
    rng = world.rng(lower, "known to both")
    if rng.random() >= 0.2:
        return []
    region = f"{world.first_code(lower)[:2]}{SHARED_REGION + lower.office_key % 100}"
    population = Population(rng, region, lower.office_key // 100 % BLOCKS * ROOM)
    grown_up = (18 * 366, 70 * 365)
    return [population.person(world.period.first_day, grown_up) for _ in range(rng.randint(1, 3))]
