"""Rules of the house. A rule on a page decays; here it fails, and says what to do."""

import ast
import json
import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from rollcall.settings import ROOT

PACKAGE = ROOT / "rollcall"
MODULES = sorted(PACKAGE.rglob("*.py"))
PYTHON = sorted(
    path for folder in ("rollcall", "dags", "demo", "scripts", "tests") for path in (ROOT / folder).rglob("*.py")
)
SUITES = sorted((ROOT / "expectations").glob("*.json"))
MODEL_FILES = sorted((ROOT / "dbt_project" / "models").rglob("_*__models.yml"))
TEXTS = [
    path
    for folder in ("rollcall", "dags", "demo", "scripts", "tests", "docs", "deploy", "expectations", "dbt_project")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".py", ".md", ".sql", ".yml", ".json", ".csv", ".sh", ".toml"}
]
CHINESE_SENTENCE = re.compile(r"[\u4e00-\u9fff].*。$")
assert all((MODULES, PYTHON, SUITES, MODEL_FILES, TEXTS)), "a rule over no files passes; has a folder moved?"

# From low to high; what stands on one line may know each other. A module may import its own line and those above.
ORDER = [
    ["errors", "progress"],
    ["settings"],
    ["periods"],
    ["offices"],
    ["datasets"],
    ["warehouse"],
    ["stopwatch"],
    ["collect", "land"],
    ["parse"],
    ["judge"],
    ["load"],
    ["receipts"],
    ["template"],
    ["build"],
    ["metrics"],
    ["steps"],
    ["local"],
    ["cli"],
]
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}


def part_of(path: Path) -> str:
    """`collect` for rollcall/collect/http.py, `steps` for rollcall/steps.py, nothing for rollcall/__init__.py."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py").replace("__init__", "")


def imported(path: Path) -> set[str]:
    """Dotted names that a module imports anywhere in it, inside functions and for type checkers too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import by the full name"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_lower_modules_never_import_higher_ones(path):
    """Move what both need down, or what needs both up."""
    here = part_of(path)
    assert here == "" or here in RANK, f"{here} has no place in the order of modules: give it one in ORDER"
    for name in imported(path):
        first, _, rest = name.partition(".")
        other = rest.partition(".")[0]
        if first == "rollcall" and other in RANK and here:
            assert RANK[other] <= RANK[here], f"{here} is lower than {other}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_product_knows_neither_its_demo_nor_its_tests(path):
    assert not {name.partition(".")[0] for name in imported(path)} & {"demo", "tests"}


def test_one_module_imports_great_expectations_and_one_runs_dbt():
    """8 s and 228 MB, 4 s and 130 MB: not by accident."""
    importers = {
        heavy: {name_of(path) for path in MODULES if any(n.partition(".")[0] == heavy for n in imported(path))}
        for heavy in ("great_expectations", "dbt")
    }
    assert importers == {"great_expectations": {"rollcall/judge/gate.py"}, "dbt": {"rollcall/build/dbt.py"}}


def test_every_test_is_collected():
    """pytest passes by folders of some names, `build` among them, and says nothing: a green run then proves nothing."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    assert len(files) > 100
    for path in files:
        folders = path.relative_to(ROOT).parts[:-1]
        assert "/".join(folders[:2]) in settings["testpaths"], path
        assert not [name for name in folders for rule in settings["norecursedirs"] if fnmatch(name, rule)], path


def test_no_module_is_named_for_nothing():
    """A name says what is in it: utils, helpers, common and base say nothing."""
    forbidden = {"utils", "util", "helpers", "helper", "common", "base", "misc", "tools", "shared_code"}
    assert not [name_of(path) for path in PYTHON if path.stem in forbidden or path.parent.name in forbidden]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_about_200_lines_and_a_function_30(path):
    """350 and 60 are where there is nothing more to argue for: split it."""
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 350
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{node.name}, line {node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_nothing_is_left_for_later():
    """A note to do something is an issue, not a comment; a stub is not the real thing."""
    later = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b|raise NotImplemented" r"Error")
    assert not [name_of(path) for path in PYTHON if later.search(path.read_text(encoding="utf-8"))]


def test_no_test_is_switched_off():
    off = re.compile(r"pytest\.(mark\.)?(skip|xfail)|importorskip")
    assert not [
        name_of(path) for path in PYTHON if path != Path(__file__) and off.search(path.read_text(encoding="utf-8"))
    ]


def test_nothing_committed_names_somebodys_home():
    """What is committed runs anywhere."""
    home = re.compile(r"(?<![\w.])/(?:root|home/\w+)/")
    assert not [name_of(path) for path in TEXTS if home.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("path", SUITES, ids=lambda path: path.stem)
def test_every_rule_can_be_sent_to_an_office(path):
    """Give it a severity, and a Chinese sentence the office can act on."""
    suite = json.loads(path.read_text(encoding="utf-8"))
    assert suite["name"] == path.stem
    assert suite["expectations"], "an empty suite passes everything"
    for rule in suite["expectations"]:
        assert rule.get("severity") in {"critical", "warning", "info"}, rule
        assert CHINESE_SENTENCE.search(rule.get("description", "")), rule
        assert "id" not in rule, "an id makes a diff show more than rules"


def test_every_dataset_has_one_file_at_each_stage():
    """One word, one file a stage: a search for it finds all of it."""
    words = {path.stem for path in (PACKAGE / "layouts").glob("*.csv")}
    staged = {path.stem.partition("__")[2] for path in (ROOT / "dbt_project" / "models").rglob("stg_*.sql")}
    assert words == {path.stem for path in SUITES} == staged


@pytest.mark.parametrize("path", MODEL_FILES, ids=lambda path: path.stem)
def test_every_description_states_the_grain_first(path):
    """Begin with "One row per ..."; everything else follows from it."""
    models = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    assert models
    for model in models:
        assert model["description"].startswith("One row per "), model["name"]


def test_every_model_is_described():
    described = {
        model["name"] for path in MODEL_FILES for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    }
    assert described == {path.stem for path in (ROOT / "dbt_project" / "models").rglob("*.sql")}


def test_transformations_never_ask_the_clock():
    """Time of record comes from the ledger; a rebuilt mart is the same mart."""
    clock = re.compile(
        r"\b(now\s*\(|current_(date|timestamp|time)\b|clock_timestamp|localtimestamp|run_started_at)", re.I
    )
    models = sorted((ROOT / "dbt_project" / "models").rglob("*.sql"))
    assert models
    assert not [name_of(path) for path in models if clock.search(path.read_text(encoding="utf-8"))]
