"""A metric asked of MetricFlow is the figure of `rpt_figures`, at every level and month."""

import csv
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rollcall import build
from rollcall.errors import MetricRefused
from rollcall.metrics import sql_of
from rollcall.warehouse.connection import connect
from tests.integration.build.conftest import PERIODS
from tests.integration.build.worlds import random_world

with (build.PROJECT / "seeds" / "indicators.csv").open(encoding="utf-8", newline="") as lines:
    INDICATORS = {row["indicator"]: row for row in csv.DictReader(lines)}
LEVELS = ("province", "city", "county", "township")
# One of each way of counting: summed, distinct, netted, a mean; of lists, records and both.
KINDS = ("units", "alliances", "site_area_m2", "volunteers", "volunteers_served", "events", "need_days_to_finish",
         "funding_in_yuan", "funding_balance_yuan", "points_redeemed")  # fmt: skip
AT_ONCE = 16  # metrics in one question: MetricFlow joins them, and a planner minds many joins


def ask(query: str) -> list[dict[str, Any]]:
    with connect() as connection:
        cursor = connection.execute(query)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def metrics_of(level: str, names: Sequence[str]) -> dict[tuple[str, str, str], Decimal]:
    """Metrics by offices of one level and month: (code, period, indicator) to its value, where there is one."""
    found = {}
    for start in range(0, len(names), AT_ONCE):
        asked = names[start : start + AT_ONCE]
        for row in ask(sql_of(asked, [f"{level}_code", "month"])):
            code, month = row[f"contribution__{level}_code"], row["metric_time__month"]
            for name in asked:
                if code and row[name] is not None:
                    found[code, f"{month:%Y-%m}", name] = round(Decimal(row[name]), 2)
    return found


def figures_of(level: str) -> dict[tuple[str, str, str], Decimal]:
    """The same of the figures, by the code that the office has now."""
    return {
        (row["office_code"], row["period"], row["indicator"]): row["value"]
        for row in ask(
            "select offices.office_code, figures.period, figures.indicator, figures.value"
            " from marts.rpt_figures as figures join marts.dim_offices as offices using (office_key)"
            f" where figures.value is not null and figures.level = '{level}'"
        )
    }


def test_every_metric_is_its_figure(empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By province, city, county and township; also what does not add up, and months before offices turned."""
    random_world(5, tmp_path, monkeypatch)
    build.build(PERIODS[-1])
    for level in LEVELS:
        names = list(INDICATORS) if level == "city" else KINDS
        figures = {key: value for key, value in figures_of(level).items() if key[2] in names}
        assert {"volunteers", "events"} <= {indicator for _, _, indicator in figures}
        assert metrics_of(level, names) == figures

    by_quarter = ask(sql_of(["events", "units"], ["quarter", "province_code"]))
    asked = {(row["contribution__province_code"], f"{row['metric_time__quarter']:%Y-%m}"): row for row in by_quarter}
    provinces = figures_of("province")
    for (code, quarter), row in asked.items():
        months = [f"{quarter[:5]}{int(quarter[5:]) + later:02d}" for later in range(3)]
        flow = [provinces[code, month, "events"] for month in months if (code, month, "events") in provinces]
        assert (row["events"] or 0) == sum(flow)
        if row["units"] is not None:
            last = max(month for month in months if (code, month, "units") in provinces)
            assert row["units"] == provinces[code, last, "units"]


def test_the_register_of_volunteers_on_a_day_is_the_figure_of_that_day(
    empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each office's own: distinct persons of the states that stand, on days before, within and after the months."""
    random_world(5, tmp_path, monkeypatch)
    build.build(PERIODS[-1])
    for day in ("2022-11-30", "2023-05-12", "2023-06-30", "2023-07-31"):
        registered = ask(
            f"select office_key, count(distinct person_key) as persons from marts.dim_registrations"
            f" where date '{day}' between valid_from and coalesce(valid_to, '{day}') group by 1 order by 1"
        )
        changed = ask(
            f"select office_key, sum(change)::integer as persons from marts.fct_figure_changes"
            f" where indicator = 'volunteers' and day <= '{day}' group by 1 having sum(change) <> 0 order by 1"
        )
        assert registered == changed
    assert registered


def test_every_indicator_is_one_metric_with_its_label(marts: str) -> None:
    """A metric is defined once: under the word and the label of its indicator."""
    from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest

    from rollcall.metrics import manifest_json

    metrics = {one.name: one for one in parse_manifest_from_dbt_generated_manifest(manifest_json()).metrics}
    assert {name: metrics[name].label for name in INDICATORS} == {
        name: row["label_zh"] for name, row in INDICATORS.items()
    }
    assert metrics.keys() - INDICATORS.keys() == {"need_days", "needs_finished"}


@pytest.mark.parametrize(
    ("metrics", "by", "named"),
    [(["evnts"], ["month"], "events"), (["events"], ["citty_name"], "contribution__city_name")],
)
def test_an_unknown_name_is_refused_with_the_nearest_ones(
    marts: str, metrics: list[str], by: list[str], named: str
) -> None:
    with pytest.raises(MetricRefused, match=named):
        sql_of(metrics, by)
