"""Who reads what: the exposures in the documentation are those there are."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from rollcall import build, cli
from rollcall.datasets import datasets
from rollcall.settings import ROOT

MODELS = ROOT / "dbt_project" / "models"
FILE = MODELS / "marts" / "_exposures.yml"
EXPOSURES: dict[str, dict[str, Any]] = {
    exposure["name"]: exposure for exposure in yaml.safe_load(FILE.read_text(encoding="utf-8"))["exposures"]
}
BODIES = [
    *sorted((ROOT / "dbt_project" / "functions").glob("*.sql")),
    *(ROOT / "dbt_project" / "macros" / name for name in ("functions.sql", "scopes.sql", "windows.sql")),
]
# Who calls a function reads what it reads.
BEHIND_FUNCTIONS = {name for path in BODIES for name in re.findall(r"ref\('(\w+)'\)", path.read_text(encoding="utf-8"))}
MARTS = sorted(path.stem for path in (MODELS / "marts").rglob("*.sql"))
WITH_QUERIES = sorted(name for name, exposure in EXPOSURES.items() if "config" in exposure)
# A name with a bracket is a function.
TABLE = re.compile(r"\b(?:from|join|into|update)\s+(marts|reference|ledger|quarantine)\.([a-z_]+)(?![a-z_(])")
FUNCTION = re.compile(r"\bmarts\.(?:figure|figures_on_tree)\(")
CHINESE_THEN_ENGLISH = re.compile(r"^[^。]*[\u4e00-\u9fff][^。]*。[A-Z].*\.$", re.DOTALL)
REFERENCES = re.compile(r"""^(?:ref\('(\w+)'\)|source\('(\w+)', '(\w+)'\))$""")
assert all((EXPOSURES, MARTS, WITH_QUERIES, BEHIND_FUNCTIONS)), "a rule over nothing passes; has a folder moved?"


def tables_in(text: str) -> set[str]:
    """What the SQL of *text* reads, as dbt names it: `fct_events` of the marts, `ledger.answers`."""
    read = {table if schema in {"marts", "reference"} else f"{schema}.{table}" for schema, table in TABLE.findall(text)}
    return read | BEHIND_FUNCTIONS if FUNCTION.search(text) else read


def files_of(exposure: dict[str, Any]) -> list[Path]:
    """The files that hold an exposure's queries; a folder stands for all modules in it."""
    named = [ROOT / name for name in exposure["config"]["meta"]["queries_in"]]
    return [file for path in named for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]


def depends_on(exposure: dict[str, Any]) -> list[str]:
    found = [REFERENCES.match(reference) for reference in exposure["depends_on"]]
    assert all(found), f"{exposure['name']}: write ref('name') or source('schema', 'name')"
    return [match[1] or f"{match[2]}.{match[3]}" for match in found if match]


@pytest.mark.parametrize("mart", MARTS)
def test_every_mart_has_a_reader(mart: str) -> None:
    """Name it under the consumers that read it in _exposures.yml; one that nobody reads is not needed."""
    assert any(mart in depends_on(exposure) for exposure in EXPOSURES.values())


def test_bi_tools_are_given_every_mart() -> None:
    """Whoever connects a tool sees all of them: the list says so."""
    assert set(MARTS) <= set(depends_on(EXPOSURES["bi_tools"]))


@pytest.mark.parametrize("name", sorted(EXPOSURES))
def test_an_exposure_says_who_what_and_how_settled_in_both_languages(name: str) -> None:
    exposure = EXPOSURES[name]
    assert exposure["type"] in {"analysis", "application", "dashboard"}
    assert exposure["maturity"] in {"high", "medium", "low"}
    for words in (exposure["label"], exposure["owner"]["name"]):
        assert re.fullmatch(r"[\u4e00-\u9fff、]+ [A-Z][A-Za-z ]+", words), words
    assert CHINESE_THEN_ENGLISH.match(exposure["description"])
    assert len(depends_on(exposure)) == len(set(depends_on(exposure))) > 0


@pytest.mark.parametrize("name", WITH_QUERIES)
def test_a_consumer_reads_what_its_exposure_says(name: str) -> None:
    """Its queries changed: change depends_on in _exposures.yml with them."""
    exposure = EXPOSURES[name]
    for path in files_of(exposure):
        assert path.is_file(), f"{path} has moved: correct queries_in"
    in_queries = set().union(*(tables_in(path.read_text(encoding="utf-8")) for path in files_of(exposure)))
    assert in_queries == set(depends_on(exposure))


def test_templates_read_every_register() -> None:
    """Their queries are put together from the datasets: a list is filled in again, records are not."""
    registers = {f"raw.{name}" for name, dataset in datasets().items() if dataset.mode == "list"}
    assert {name for name in depends_on(EXPOSURES["templates"]) if name.startswith("raw.")} == registers != set()


def test_the_overview_leads_to_every_mart() -> None:
    """The first page of the documentation is where a reader begins."""
    overview = (MODELS / "overview.md").read_text(encoding="utf-8")
    for mart in MARTS:
        assert f"[{mart}](#!/model/model.rollcall.{mart})" in overview


def test_a_failed_build_names_what_failed_and_no_exposure() -> None:
    """dbt lists exposures among its results, as no-op."""
    exposures = [
        SimpleNamespace(status="no-op", message="NO-OP", node=SimpleNamespace(unique_id=f"exposure.rollcall.{name}"))
        for name in EXPOSURES
    ]
    failed = SimpleNamespace(status="fail", message="Got 1", node=SimpleNamespace(unique_id="test.rollcall.adds_up"))
    assert build.reasons(build.Run("x", [*exposures, failed], 1.0)) == "test.rollcall.adds_up: Got 1"


def test_without_a_warehouse_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ROLLCALL_WAREHOUSE_URL", "postgresql://rollcall:secret@127.0.0.1:1/rollcall")
    assert cli.main(["docs"]) == 1
    error = capsys.readouterr().err
    assert "make up" in error
    assert "secret" not in error


def test_before_the_first_start_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ROLLCALL_WAREHOUSE_URL", raising=False)
    assert cli.main(["docs"]) == 1
    assert "make up" in capsys.readouterr().err


def test_make_docs_is_a_command_although_there_is_such_a_folder() -> None:
    """`make docs` would say that docs/ is up to date."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    assert "docs" in phony[1].split()
    assert "\ndocs: setup ## " in makefile


def test_the_rules_see_what_they_look_for() -> None:
    """A pattern that matches nothing would let everything pass."""
    assert tables_in("select 1 from marts.fct_events as e\njoin ledger.answers as a using (x)") == {
        "fct_events",
        "ledger.answers",
    }
    assert tables_in("`marts.rpt_figures` says; from raw.events") == set()
    assert tables_in("select marts.figure('x'), y from marts.figures_on_tree(day)") == BEHIND_FUNCTIONS
    with pytest.raises(AssertionError, match="write ref"):
        depends_on({"name": "x", "depends_on": ["rpt_figures"]})
