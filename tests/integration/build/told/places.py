"""The offices of the told cases: a city for each, with two counties and their townships."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.integration.build.recount.trees import Change, History, Office

PROVINCE = 1
OUTSIDE = "710000000000"  # the code of no office
ENDED_ON = date(2023, 6, 16)


@dataclass(frozen=True)
class Place:
    """
    One city: its county has the townships *town*, *street* and *village*; the *other* county has *far*.

    Each is the key of an office.
    """

    city: int

    @property
    def county(self) -> int:
        return self.city + 1

    @property
    def other(self) -> int:
        return self.city + 2

    @property
    def town(self) -> int:
        return self.city + 3

    @property
    def street(self) -> int:
        return self.city + 4

    @property
    def village(self) -> int:
        return self.city + 5

    @property
    def far(self) -> int:
        return self.city + 6

    @property
    def offices(self) -> range:
        return range(self.city, self.city + 7)

    def code(self, office_key: int) -> str:
        return f"62{office_key:04d}000000"

    def registry(self) -> list[Office]:
        above = {self.county: self.city, self.other: self.city, self.far: self.other, self.city: PROVINCE}
        levels = {self.city: "city", self.county: "county", self.other: "county"}
        return [
            Office(key, self.code(key), f"甲{key}", levels.get(key, "township"), above.get(key, self.county), True)
            for key in self.offices
        ]

    def merged(self) -> list[Change]:
        """The town was merged into the street."""
        return [Change(ENDED_ON, "merge", self.town, into_key=self.street)]

    def split(self) -> list[Change]:
        """The town was split between the street and the village."""
        half = Decimal("0.5")
        return [Change(ENDED_ON, "split", self.town, into_key=key, share=half) for key in (self.street, self.village)]


def history(places: list[Place], log: list[Change]) -> History:
    province = Office(PROVINCE, "620000000000", "甘肃省", "province", None, True)
    offices = [province, *(office for place in places for office in place.registry())]
    return History({office.office_key: office for office in offices}, log)
