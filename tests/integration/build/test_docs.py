"""The documentation as a reader gets it: one file, with everything that is in the project."""

import json
import re
from typing import Any

import pytest
import yaml

from rollcall import build, cli, settings
from rollcall.warehouse.connection import connect
from tests.integration.build.records import Offices, event, expect

CHENGGUAN, CODE = 4, "620102000000"


def json_in(page: str, schema: str) -> dict[str, Any]:
    """The manifest or the catalog that the page carries."""
    start = page.index('{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/' + schema)
    return dict(json.JSONDecoder().raw_decode(page, start)[0])


def made_from(manifest: dict[str, Any], node: str) -> set[str]:
    """Everything upstream of a node, itself included."""
    found, waiting = set(), [node]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += manifest["parent_map"][here]
    return found


def described_marts() -> dict[str, dict[str, str]]:
    """What the project says of each column of each mart."""
    return {
        model["name"]: {column["name"]: column["description"] for column in model["columns"]}
        for path in (build.PROJECT / "models" / "marts").rglob("_*__models.yml")
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    }


def build_once_and_document(capsys: pytest.CaptureFixture[str]) -> str:
    """The page of a warehouse that was built once and has a slice waiting since."""
    offices = Offices()
    expect(CHENGGUAN)
    offices.submit(CHENGGUAN, "2023-07", events=[event("E1", CODE, "2023-07-31")])
    build.build("2023-07")
    offices.submit(CHENGGUAN, "2023-07", events=[])
    capsys.readouterr()
    assert cli.main(["docs"]) == 0
    place = settings.STATE / "docs" / "index.html"
    assert place.as_uri() in capsys.readouterr().out
    assert list(place.parent.iterdir()) == [place]
    return place.read_text(encoding="utf-8")


def test_one_page_documents_columns_lineage_and_readers_and_builds_nothing(
    empty: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = build_once_and_document(capsys)
    manifest, catalog = json_in(page, "manifest/"), json_in(page, "catalog/")

    marts = described_marts()
    for mart, columns in marts.items():
        shown = manifest["nodes"][f"model.rollcall.{mart}"]["columns"]
        assert {name: column["description"] for name, column in shown.items()} == columns
        assert set(catalog["nodes"][f"model.rollcall.{mart}"]["columns"]) == set(columns)
    assert marts["fct_events"]["event_no"].startswith("活动编号。")
    assert catalog["nodes"]["model.rollcall.rpt_figures"]["columns"]["value"]["type"] == "numeric(38,2)"

    upstream = made_from(manifest, "exposure.rollcall.office_questions")
    assert {"model.rollcall.rpt_figures", "seed.rollcall.offices", "source.rollcall.raw.events"} <= upstream
    assert {f"model.rollcall.{mart}" for mart in marts} <= made_from(manifest, "exposure.rollcall.bi_tools")
    for exposure in manifest["exposures"].values():
        assert re.search(r"[\u4e00-\u9fff].*。[A-Z]", exposure["description"])

    nodes = manifest["nodes"] | manifest["exposures"] | manifest["sources"]
    overview = manifest["docs"]["doc.rollcall.__overview__"]["block_contents"]
    links = re.findall(r"#!/\w+/([\w.]+)", overview)
    assert links
    assert not set(links) - set(nodes)

    with connect() as connection:
        assert connection.execute("select count(*) from marts.fct_events").fetchone() == (1,)
        assert connection.execute(
            "select count(*) from ledger.slices where built_submission_id is distinct from submission_id"
        ).fetchone() == (1,)
        assert connection.execute("select count(*) from ops.dbt_results where node ~ '^exposure'").fetchone() == (0,)


def test_the_page_asks_nothing_of_the_network(marts: str) -> None:
    """Where it is read there may be none; and nobody is told that it was."""
    page = build.document().read_text(encoding="utf-8")
    assert not re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"?(?:https?:)?//", page)
    assert json_in(page, "manifest/")["metadata"]["send_anonymous_usage_stats"] is False
