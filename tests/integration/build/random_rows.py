"""
Rows of every dataset, made at random.

Keys, persons, days, codes and other ends are so few that records collide. Numbers begin again each month.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from rollcall.datasets import code_lists
from rollcall.periods import LOCAL, Period
from tests.integration.build.conftest import PERIODS
from tests.integration.build.records import PERSON
from tests.integration.build.recount.flows import FLOWS
from tests.integration.build.recount.stocks import STOCKS
from tests.integration.build.recount.trees import History

NOWHERE = "710000000000"  # the code of no office
MOST = 999_999_999_999_999  # the largest whole number that the door lets in
MOMENTS = (time(0, 0), time(7, 59), time(23, 59))  # in UTC, another day
CREDIT_CODES = ("91110000600037341L", "11620100013900000A")
# Unified numbers of volunteers, with the offices that register them; the last is a character too short to be one.
UNIFIED = {"6201020001": (4,), "62010300001234": (5, 9), "6299000000001": (), "620100009": (4, 6)}
AMOUNTS = ("0.01", "3.30", "10.00", "99999999.99", "999999999999.99")
Cells = dict[str, Any]


@dataclass(frozen=True)
class RandomRows:
    chance: Random
    history: History
    turns: Sequence[date]  # days on which something happened to offices

    def of(self, dataset: str, office_key: int, period: str) -> list[Cells]:
        """A few rows with keys of their own; now and then none."""
        if self.chance.random() < 0.15:
            return []
        return [self.of_one(dataset, office_key, period) for _ in range(self.chance.randint(2, 6))]

    def of_one(self, dataset: str, office_key: int, period: str) -> Cells:
        made: Cells = getattr(self, dataset)(office_key, period)
        return made

    def choice(self, *values: Any) -> Any:
        return self.chance.choice(values)

    def code(self, code_list: str, *others: Any) -> Any:
        return self.choice(*code_lists()[code_list], *others)

    def day(self, period: str) -> date:
        """Of the period; now and then of a month before, asked for or not. Often where a month or an office turns."""
        months = [period] * 4 + [month for month in ("2022-11", "2023-04", *PERIODS) if month <= period]
        month = Period.parse(self.chance.choice(months))
        turns = [day + timedelta(days=move) for day in self.turns for move in (-1, 0)]
        turned = [day for day in turns if month.first_day <= day <= month.last_day]
        return self.choice(month.first_day, month.last_day, month.first_day.replace(day=12), *turned)

    def stated(self, period: str) -> date | None:
        """A date that a register states: any time before, in the month, or after it."""
        later = Period.parse(period).shift(1).first_day
        return self.choice(None, date(2021, 3, 5), later, *(self.day(period) for _ in range(4)))

    def office(self, office_key: int, day: date, own: int = 3) -> str:
        """A code of any office at any time, or of none; *own* times as likely that of the office itself."""
        ever = [office.code for office in self.history.offices.values()] + [c.code for c in self.history.log if c.code]
        standing = self.history.tree(day).get(office_key, self.history.offices[office_key])
        return str(self.choice(NOWHERE, self.chance.choice(ever), self.chance.choice(ever), *[standing.code] * own))

    def units(self, office_key: int, period: str) -> Cells:
        number = self.chance.randint(1, 4)
        return {
            "unit_no": f"U{number}",
            "unit_name": f"示例单位{number}",
            "credit_code": self.choice(*CREDIT_CODES, CREDIT_CODES[0], None),
            "unit_kind": "unit",
            "honour_level": self.code("honour_level"),
            "honour_session": self.choice("第六届", "第七届", None),
            "honour_status": self.code("honour_status", None),
            "honoured_on": self.stated(period),
            "pool": self.code("pool", None),
            "alliance_kind": self.choice("municipal", "municipal", "county", "none", None, None),
            "alliance_name": self.choice("甲联盟", "乙联盟", "丙联盟", None),
            "leads_alliance": self.choice(True, False, False, None),
            "staff_count": self.choice(None, 3, 4),
        }

    def sites(self, office_key: int, period: str) -> Cells:
        number = self.chance.randint(1, 4)
        return {
            "site_no": f"S{number}",
            "site_name": self.choice(f"示例阵地{number}", f"示例 阵地{chr(0xFF10 + number)}"),
            "site_kind": self.code("site_kind"),
            "area_m2": self.choice(None, 0, "120.50", "33.33"),
            "opened_on": self.stated(period),
            "is_shared": self.choice(True, False, None),
            "site_status": self.choice("active", "active", "closed"),
        }

    def teams(self, office_key: int, period: str) -> Cells:
        number = self.chance.randint(1, 4)
        return {
            "team_no": f"D{number}",
            "team_name": self.choice(f"示例队伍{number}", f"示例队伍{chr(0xFF10 + number)}"),
            "team_tier": self.code("team_tier", "brigade", "brigade"),
            "team_kind": self.code("team_kind", None),
            "specialty": None,
            "registered_on": self.stated(period),
            "team_status": self.choice("active", "active", "closed"),
        }

    def projects(self, office_key: int, period: str) -> Cells:
        number = self.chance.randint(1, 4)
        return {
            "project_no": f"P{number}",
            "project_name": f"示例项目{number}",
            "project_kind": self.code("project_kind"),
            "started_on": self.stated(period),
            "award_level": self.code("honour_level", None),
            "project_status": self.choice("active", "active", "closed"),
        }

    def registrations(self, office_key: int, period: str) -> Cells:
        """Three persons for all offices. Without an ID number a registration is somebody by itself, as when parsed."""
        numbers = ["V1", "V2", "V3", *(2 * [number for number, homes in UNIFIED.items() if office_key in homes])]
        number, has_id_number = self.chance.choice(numbers), self.chance.random() < 0.75
        by_itself = UUID(int=1000 * office_key + int(number[-1]) + len(number))
        assert by_itself not in PERSON.values()
        return {
            "volunteer_no": number,
            "changed_on": self.day(period),
            "change": self.choice("new", "changed", "changed", "changed", "withdrawn"),
            "person_key": PERSON[self.chance.choice("abc")] if has_id_number else by_itself,
            "has_id_number": has_id_number,
            "team_no": self.choice("D1", "D2", "D9", "无", None, None, None),
            "is_backbone": self.choice(True, False, None, None),
        }

    def events(self, office_key: int, period: str) -> Cells:
        day = self.day(period)
        started_at = datetime.combine(day, self.choice(*MOMENTS), LOCAL)
        return {
            "event_no": self.choice("E", "F", "G"),
            "title": "示例活动",
            "event_kind": self.code("event_kind"),
            "theme": self.choice("our_festivals", "practice_day", None),
            "organiser_code": self.office(office_key, day, own=8),
            "project_no": self.choice("P1", "P2", "P9", None),
            "team_no": self.choice("D1", "D2", "D9", None),
            "site_no": self.choice("S1", "S2", "S9", None),
            "started_at": started_at,
            "ended_at": self.choice(None, started_at, *(started_at + timedelta(days=days) for days in (3, 20, 40))),
            "attendees": self.choice(None, 0, 7, 30, MOST),
            "volunteers": self.choice(None, 5),
            "beneficiaries": self.choice(None, 100),
        }

    def services(self, office_key: int, period: str) -> Cells:
        """Of persons that several offices know, at events that several offices report; V9 is in no register."""
        day = self.choice(date(2023, 5, 12), date(2023, 6, 12), self.day(period))
        organiser = self.choice(*self.history.tree(day).values()).code
        return {
            "volunteer_no": self.choice("V1", "V2", "V3", "V9", *UNIFIED),
            "event_no": self.choice("E", "E", "F", "G"),
            "organiser_code": self.choice(organiser, NOWHERE, *("620103000000", "620171101000") * 2),
            "served_on": day,
            "hours": self.choice("0.25", "1.5", "8", "24", "3.33"),
        }

    def needs(self, office_key: int, period: str) -> Cells:
        raised_on = self.day(period)
        later = [day for day in (self.day(period), self.day(period), None) if day is None or day >= raised_on]
        return {
            "need_no": self.choice("N1", "N2", "N3", "N4", "N5"),
            "need_kind": self.code("need_kind"),
            "category": None,
            "channel": None,
            "raised_on": raised_on,
            "finished_on": self.chance.choice(later),
            "need_status": self.choice("raised", "in_service", "refused", "done", "done", "done"),
            "rating": self.choice(None, 5),
            "team_no": self.choice("D1", "D9", None),
        }

    def inspections(self, office_key: int, period: str) -> Cells:
        day = self.day(period)
        return {
            "inspection_no": self.choice("I1", "I2", "I3"),
            "inspection_kind": self.code("inspection_kind"),
            "inspected_on": day,
            "inspected_code": self.choice(None, self.office(office_key, day, own=0)),
            "problems_found": 9,
            "problems_resolved": self.choice(0, 1, 9),
        }

    def role_models(self, office_key: int, period: str) -> Cells:
        return {
            "model_no": self.choice("M1", "M2", "M3"),
            "model_kind": self.code("model_kind"),
            "honour_level": self.code("honour_level"),
            "selected_on": self.day(period),
        }

    def funding(self, office_key: int, period: str) -> Cells:
        """A voucher of its own, or a transfer that nobody else tells of."""
        number, kind, other = self.choice(
            ("S1", "spending", None),
            ("S2", "donation", None),
            ("B1", "budget", None),
            ("T1", "spending", None),
            ("X1", "transfer_in", NOWHERE),
            ("X2", "transfer_out", self.office(office_key, self.day(period), own=0)),
        )
        return self.voucher(number, kind, other, self.choice(*AMOUNTS), period)

    def voucher(self, number: str, kind: str, other: str | None, amount: str, period: str) -> Cells:
        return {
            "voucher_no": number,
            "funding_kind": kind,
            "fund_source": self.choice("provincial", "municipal"),
            "purpose": self.choice("awards", "sites"),
            "amount_yuan": amount,
            "counterparty_code": other,
            "booked_on": self.day(period),
            "budget_year": self.choice(2022, 2023, 2023, 2023, 2023, 2024),
        }

    def points(self, office_key: int, period: str) -> Cells:
        reason = self.code("points_reason", "redeemed")
        earned, gone = ("5", "0.75", "0"), ("-3", "-0.05", "-1")
        return {
            "entry_no": self.choice("L1", "L2", "L3", "L4"),
            "holder_no": self.choice("H1", "V1", "V2", *UNIFIED),
            "holder_kind": self.code("holder_kind"),
            "reason": reason,
            "points": self.choice(*{"redeemed": gone, "expired": gone, "other": earned + gone}.get(reason, earned)),
            "booked_on": self.day(period),
        }

    def totals(self, office_key: int, period: str) -> Cells:
        """Of one month mostly; also of a year so far, and until a day within a month."""
        indicator = self.chance.choice([*STOCKS, *FLOWS])
        month = Period.parse(self.chance.choice(PERIODS))
        from_date, to_date = self.choice(
            (month.first_day, month.last_day), (month.first_day, month.last_day), (date(2023, 1, 1), self.day(period))
        )
        return {
            "indicator": indicator,
            "from_date": None if indicator in STOCKS else from_date,
            "to_date": max(to_date, from_date),
            "value": self.choice("0", "3", "17.25"),
        }

    def reviews(self, office_key: int, period: str) -> Cells:
        day = self.day(period)
        return {
            "reviewed_code": self.office(office_key, day, own=0),
            "dataset": self.choice("events", "units"),
            "reviewed_period": self.chance.choice(PERIODS),
            "revision": self.choice(1, 2),
            "decision": self.choice("approve", "return"),
            "reason": "请核对。",
            "reviewed_on": day,
        }
