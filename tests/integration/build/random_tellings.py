"""What an office puts into a slice at random: its own records, and some that it or an office it took over told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from rollcall.datasets import datasets
from rollcall.periods import Period
from tests.integration.build.random_rows import Cells, RandomRows
from tests.integration.build.recount.records import day_of
from tests.integration.build.recount.registers import REGISTERS
from tests.integration.build.recount.world import Accepted, Slice, month_of

# Payer and payee: up, down, across, within and out of a county, a city, the province.
TRANSFERS = (
    (1, 2), (2, 4), (4, 6), (4, 7), (6, 7), (4, 5), (2, 9), (3, 8), (6, 8), (9, 6), (1, 11), (11, 4), (7, 1),
    (5, 12), (12, 14), (13, 4), (6, 12),
)  # fmt: skip
OTHER_END = {"transfer_in": "transfer_out", "transfer_out": "transfer_in"}
STATED = ("10.00", "10.00", "10.00", "10.00", "3.30", "999999999999.99")  # by either end
# Of each dataset, a cell that is not of the key and is often another when a record is told again.
TOLD_ANEW = {
    "registrations": "is_backbone", "events": "attendees", "services": "hours", "needs": "finished_on",
    "funding": "amount_yuan", "inspections": "problems_resolved", "role_models": "honour_level", "points": "points",
}  # fmt: skip


@dataclass(frozen=True)
class RandomTellings:
    made: RandomRows
    accepted: Mapping[Slice, Accepted]

    def of(self, dataset: str, office_key: int, period: str) -> list[Cells]:
        """The rows of a slice; no key is in it twice, in a month."""
        rows = self.made.of(dataset, office_key, period)
        if rows and dataset in TOLD_ANEW:
            former = self.made.history.taken_over(office_key, Period.parse(period).last_day)
            for key in (office_key, *former, *former):
                rows += self.again(dataset, key, office_key, period)
            for key in former:
                rows += self.for_former(dataset, key, period)
            if dataset == "funding":
                for key in (office_key, *former):
                    rows += self.ends(key, period) + self.answers(key, period)
        return list({self.key(dataset, row): row for row in rows}.values())

    def key(self, dataset: str, row: Cells) -> tuple[object, ...]:
        day = day_of(dataset, row)
        return (*(row[name] for name in datasets()[dataset].keys), day and month_of(day))

    def again(self, dataset: str, told_by: int, office_key: int, period: str) -> list[Cells]:
        """Up to two rows of earlier slices, now and then with another cell; an heir may name itself as organiser."""
        chance = self.made.chance
        earlier = [
            dict(row)
            for (key, month, name), slice_ in self.accepted.items()
            if (key, name) == (told_by, dataset) and month <= period
            for row in slice_.rows
        ]
        found = chance.sample(earlier, min(len(earlier), chance.randint(0, 2)))
        for row in found:
            if chance.random() < 0.5:
                row[TOLD_ANEW[dataset]] = self.made.of_one(dataset, office_key, period)[TOLD_ANEW[dataset]]
                self.mend(dataset, row)
            if dataset in ("events", "services") and told_by != office_key and chance.random() < 0.4:
                row["organiser_code"] = self.made.office(office_key, Period.parse(period).last_day, own=20)
        return found

    def mend(self, dataset: str, row: Cells) -> None:
        """What the door would hold is not told."""
        if dataset == "needs" and row["finished_on"] is not None:
            row["finished_on"] = max(row["finished_on"], row["raised_on"])
        if dataset == "points" and row["reason"] in ("redeemed", "expired"):
            row["points"] = "-2"

    def for_former(self, dataset: str, former: int, period: str) -> list[Cells]:
        """Now and then what a former office did and nobody told yet: with a day, codes and numbers of its own time."""
        last_day = self.made.history.last_day(former)
        if last_day is None or self.made.chance.random() < 0.5:
            return []
        row = self.made.of_one(dataset, former, min(period, month_of(last_day)))
        return [row] if (day_of(dataset, row) or last_day) <= last_day else []

    def ends(self, office_key: int, period: str) -> list[Cells]:
        """Some ends of the transfers that all offices share."""
        made, found = self.made, []
        for number, (payer, payee) in enumerate(TRANSFERS):
            if office_key in (payer, payee) and made.chance.random() < 0.5:
                kind, other = ("transfer_out", payee) if office_key == payer else ("transfer_in", payer)
                code = made.history.offices[other].code
                found.append(made.voucher(f"T{number}", kind, code, made.choice(*STATED), period))
        return found

    def answers(self, office_key: int, period: str) -> list[Cells]:
        """The other ends of transfers that name an office: near the day, and now and then of another amount."""
        made, found = self.made, []
        for (payer, month, dataset), slice_ in self.accepted.items():
            for row in slice_.rows if dataset == "funding" and month <= period else ():
                kind = OTHER_END.get(row["funding_kind"])
                named = made.history.called(row["counterparty_code"], row["booked_on"])
                if kind and named == office_key and made.chance.random() < 0.6:
                    days = {"booked_on": row["booked_on"] + timedelta(days=made.choice(-1, 0, 0, 1))}
                    amount = {"amount_yuan": made.choice(row["amount_yuan"], *STATED[:3])}
                    code = {"counterparty_code": made.history.offices[payer].code}
                    found.append(dict(row) | {"funding_kind": kind} | days | amount | code)
        return [row for row in found if month_of(row["booked_on"]) <= period]

    def held(self, dataset: str, rows: Sequence[Cells]) -> list[str | None]:
        """Keys of held rows: in a register, of entries that the list lacks; now and then one that cannot be read."""
        chance = self.made.chance
        if not rows or dataset not in REGISTERS:
            return chance.choice([[], [], ["H1", None]]) if rows else []
        number = REGISTERS[dataset][0]
        letter = rows[0][number][0]
        missing = sorted({f"{letter}{n}" for n in range(1, 6)} - {row[number] for row in rows})
        keys: list[str | None] = [key for key in missing if chance.random() < 0.5]
        return keys + ([chance.choice([None, f"{letter}…"])] if chance.random() < 0.12 else [])
