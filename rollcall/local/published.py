"""Published v. warehouse: each figure that a demo office announced, beside what its records add up to."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import eq, ge, le
from pathlib import Path

from rich import box
from rich.table import Table

from rollcall.settings import ROOT
from rollcall.warehouse.connection import connect

PUBLISHED = ROOT / "demo" / "published_figures.csv"
COMPARISONS = {"=": eq, ">=": ge, "<=": le}
# marts.figure raises for an office that the registry in use does not have; here nothing is known of it.
ASK = """
select
    p.line, i.label_zh,
    case
        when exists (select from reference.offices as o where o.code = p.office_code)
            then marts.figure(p.office_code, p.indicator, p.from_date, p.to_date)
    end
from jsonb_to_recordset(%(lines)s) as p (line integer, office_code text, indicator text, from_date date, to_date date)
left join reference.indicators as i using (indicator)
order by p.line
"""


@dataclass(frozen=True)
class Figure:
    """One published figure, and what the warehouse says of it; *reached* is None where it knows nothing."""

    office: str
    label: str
    indicator: str
    from_date: date | None
    to_date: date
    comparison: str
    published: Decimal
    reached: Decimal | None

    @property
    def holds(self) -> bool:
        return self.reached is not None and bool(COMPARISONS[self.comparison](self.reached, self.published))

    @property
    def window(self) -> str:
        """The day of a stock, or the first and the last day of a flow."""
        return f"{self.from_date} – {self.to_date}" if self.from_date else f"{self.to_date}"


def figures(path: Path = PUBLISHED) -> list[Figure]:
    """Every published figure, in the file's order; all are asked for in one query."""
    with path.open(encoding="utf-8", newline="") as lines:
        published = list(csv.DictReader(lines))
    asked = [
        {
            "line": number,
            "office_code": row["office_code"],
            "indicator": row["indicator"],
            "from_date": row["from_date"] or None,
            "to_date": row["to_date"],
        }
        for number, row in enumerate(published)
    ]
    with connect() as connection:
        answers = connection.execute(ASK, {"lines": json.dumps(asked)}).fetchall()
    return [
        Figure(
            office=row["office"],
            label=label or "",
            indicator=row["indicator"],
            from_date=date.fromisoformat(row["from_date"]) if row["from_date"] else None,
            to_date=date.fromisoformat(row["to_date"]),
            comparison=row["comparison"],
            published=Decimal(row["value"]),
            reached=reached,
        )
        for line, label, reached in answers
        for row in [published[line]]
    ]


def table(found: Sequence[Figure], is_asked: bool) -> Table:
    """One line a figure. Where they are not asked for, one that does not hold is no fault."""
    title = "Published v. warehouse"
    if not is_asked:
        title += " (for information: only the whole demo adds up to it)"
    shown = Table("office", "indicator", "", "window", title=title, title_justify="left", box=box.SIMPLE_HEAD)
    shown.add_column("published", justify="right")
    shown.add_column("warehouse", justify="right")
    shown.add_column("")
    wrong = "[red]differs[/]" if is_asked else "differs"
    for figure in found:
        shown.add_row(
            figure.office,
            figure.label,
            figure.indicator,
            figure.window,
            f"{'' if figure.comparison == '=' else figure.comparison + ' '}{number(figure.published)}",
            "–" if figure.reached is None else number(figure.reached),
            "[green]holds[/]" if figure.holds else wrong,
        )
    return shown


def number(value: Decimal) -> str:
    """A number as a person reads it: decimals only where there are any."""
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,}"
