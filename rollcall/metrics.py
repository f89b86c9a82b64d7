"""
The semantic layer: what a metric is, by any office, level and month, as SQL that MetricFlow writes.

Metrics and their dimensions stand beside the model they are of (`dbt_project/models/marts/reporting`). MetricFlow is
imported inside a function: the import takes 1 s.
"""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

from rollcall import settings
from rollcall.build import run_dbt
from rollcall.errors import MetricRefused

MANIFEST = Path("dbt") / "target" / "semantic_manifest.json"
TIMES = ("day", "month", "quarter", "year")


def sql_of(metrics: Sequence[str], by: Sequence[str], where: str | None = None) -> str:
    """
    The SQL that answers for *metrics* by *by*; run it as whoever may read the marts.

    Args:
        by: `month`, `quarter` or `year`, and dimensions of the figures, like `city_name`; MetricFlow's own names
            (`metric_time__month`, `contribution__city_name`) do as well.
        where: MetricFlow's own filter, like `{{ Dimension('contribution__city_code') }} = '620100000000'`.

    Raises:
        MetricRefused: A name is none of the metrics or dimensions there are, or the filter cannot be read.
    """
    from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
    from metricflow.protocols.sql_client import SqlEngine
    from metricflow.sql.render.postgres import PostgresSQLSqlPlanRenderer
    from metricflow_semantics.errors.error_classes import InformativeUserError
    from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
    from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

    manifest = parse_manifest_from_dbt_generated_manifest(manifest_json())
    # To write SQL the engine asks its client for nothing but the dialect.
    dialect = SimpleNamespace(sql_engine_type=SqlEngine.POSTGRES, sql_plan_renderer=PostgresSQLSqlPlanRenderer())
    engine = MetricFlowEngine(SemanticManifestLookup(manifest), dialect)
    request = MetricFlowQueryRequest.create(
        metric_names=list(metrics),
        group_by_names=[full_name(name) for name in by],
        where_constraints=[where] if where else None,
        order_by_names=[full_name(name) for name in by],
    )
    try:
        return str(engine.explain(request).sql_statement.without_descriptions.sql)
    except InformativeUserError as error:
        raise MetricRefused(f"metrics {', '.join(metrics)} by {', '.join(by) or 'nothing'}: {error}") from error


def manifest_json() -> str:
    """What dbt wrote of the metrics when it last read the project; it reads it now where it never did."""
    path = settings.STATE / MANIFEST
    if not path.is_file():
        run_dbt("parse", "--quiet")
    return path.read_text(encoding="utf-8")


def full_name(name: str) -> str:
    """MetricFlow's name for a dimension of the figures."""
    if "__" in name:
        return name
    return f"metric_time__{name}" if name in TIMES else f"contribution__{name}"
