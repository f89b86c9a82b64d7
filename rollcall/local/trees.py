"""What became of offices in the demo's months, and their figures as reported and on the trees of two days."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from rich.table import Table

from rollcall.periods import Period
from rollcall.warehouse.connection import connect

# A flow over all the months, and a stock at the end of the last.
INDICATORS = {"events": "活动场次", "teams": "志愿服务队伍数"}

EVENTS = """
select e.happened_on, e.event, e.office_key, was.name as was, e.name as name_now, into_office.name as into_name,
    parent_was.name as parent_was, parent_now.name as parent_now,
    array_remove(array[e.office_key, e.into_key, e.parent_key, parent_was.office_key], null) as concerned
from reference.office_events as e
left join reference.offices as was
    on was.office_key = e.office_key
    and e.happened_on - 1 between coalesce(was.valid_from, '-infinity') and coalesce(was.valid_to, 'infinity')
left join reference.offices as parent_was
    on e.event = 'move' and parent_was.office_key = was.parent_key
    and e.happened_on - 1 between coalesce(parent_was.valid_from, '-infinity')
    and coalesce(parent_was.valid_to, 'infinity')
left join reference.offices as parent_now
    on parent_now.office_key = e.parent_key
    and e.happened_on between coalesce(parent_now.valid_from, '-infinity') and coalesce(parent_now.valid_to, 'infinity')
left join reference.offices as into_office
    on into_office.office_key = e.into_key
    and e.happened_on between coalesce(into_office.valid_from, '-infinity')
    and coalesce(into_office.valid_to, 'infinity')
where e.event in ('merge', 'rename', 'move') and e.happened_on between %(from_date)s and %(to_date)s
order by e.happened_on, e.event_no
"""
# A flow of several months is their sum; a stock is that of the last.
REPORTED = """
select f.office_key, f.indicator, sum(f.value)
from marts.rpt_figures as f
where (f.office_key = any(%(concerned)s) or f.level = 'province') and f.indicator = any(%(indicators)s)
    and f.period between %(first)s and %(last)s and (f.nature = 'flow' or f.period = %(last)s)
group by f.office_key, f.indicator
"""
ON_TREES = """
select tree.day, i.indicator, f.office_key, f.value
from unnest(%(days)s::date[]) as tree (day)
cross join unnest(%(indicators)s::text[]) as i (indicator)
cross join lateral marts.figures_on_tree(tree.day, i.indicator, %(from_date)s, %(to_date)s) as f
where f.office_key = any(%(concerned)s) or f.level = 'province'
"""
NAMES = """
select distinct on (office_key) office_key, name, level
from reference.offices where office_key = any(%(concerned)s) or level = 'province'
order by office_key, valid_from desc nulls last
"""
AS_REPORTED = "as reported"
View = str | date


@dataclass
class History:
    """The events of the demo's months, and figures by view, indicator and office; none where there are no events."""

    events: list[dict[str, Any]] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    provinces: set[int] = field(default_factory=set)
    views: list[View] = field(default_factory=list)
    values: dict[tuple[View, str, int], Decimal | None] = field(default_factory=dict)

    def differing(self) -> list[tuple[int, str]]:
        """Provinces and indicators whose total is not the same in every view: something was lost or counted twice."""
        return [
            (office, indicator)
            for office in sorted(self.provinces)
            for indicator in INDICATORS
            if len({self.values.get((view, indicator, office)) or Decimal(0) for view in self.views}) > 1
        ]


def history(periods: Sequence[Period]) -> History:
    """Read what happened to offices in *periods*, and the figures of those concerned in every view."""
    first, last = periods[0], periods[-1]
    parameters: dict[str, Any] = {
        "from_date": first.first_day,
        "to_date": last.last_day,
        "first": str(first),
        "last": str(last),
        "days": [(first if first < last else first.shift(-1)).last_day, last.last_day],
        "indicators": list(INDICATORS),
    }
    with connect() as connection:
        cursor = connection.execute(EVENTS, parameters)
        columns = [column.name for column in cursor.description or ()]
        found = History([dict(zip(columns, row, strict=True)) for row in cursor])
        if not found.events:
            return found
        parameters["concerned"] = sorted({key for event in found.events for key in event["concerned"]})
        for key, name, level in connection.execute(NAMES, parameters):
            found.names[key] = name
            if level == "province":
                found.provinces.add(key)
        found.views = [AS_REPORTED, *parameters["days"]]
        for key, indicator, value in connection.execute(REPORTED, parameters):
            found.values[AS_REPORTED, indicator, key] = value
        for day, indicator, key, value in connection.execute(ON_TREES, parameters):
            found.values[day, indicator, key] = value
    return found


def sentence(event: dict[str, Any]) -> str:
    """One event in words."""
    who = f"{event['happened_on']}  {event['event']:6}  {event['was']}"
    match event["event"]:
        case "merge":
            return f"{who} into {event['into_name']}"
        case "rename":
            return f"{who}, now {event['name_now']}"
        case _:
            return f"{who} from {event['parent_was']} to {event['parent_now']}"


def table(found: History) -> Table:
    """A line an office and indicator, a column a view; provinces last, whose totals are the same in every view."""
    shown = Table("", "", title="Figures as reported, and on the trees of two days", title_justify="left")
    for view in found.views:
        shown.add_column(view if isinstance(view, str) else f"tree of {view}", justify="right")
    with_figures = {key for _, _, key in found.values}
    for key in sorted(with_figures, key=lambda key: (key in found.provinces, key)):
        for indicator, label in INDICATORS.items():
            values = [found.values.get((view, indicator, key)) for view in found.views]
            is_last = indicator == list(INDICATORS)[-1]
            cells = ["–" if value is None else f"{value:,.0f}" for value in values]
            shown.add_row(found.names[key], f"{label} {indicator}", *cells, end_section=is_last)
    return shown
