"""What documents say of the repository is so: paths and commands exist, numbers are counted, nothing lies unused."""

import ast
import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from rollcall import cli
from rollcall.datasets import datasets
from rollcall.offices import called_on, read_registry
from rollcall.settings import ROOT

TEXTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / ".env.example",
    ROOT / "dbt_project" / "models" / "overview.md",
    ROOT / "dbt_project" / "registry" / "README.md",
]
# What becomes of a checkout when it is used; docs name it.
MADE = (".venv/", ".rollcall/", "dbt_project/target/")
QUOTED_PATH = re.compile(r"`([\w.-]+(?:/[\w.*<>{},-]+)*/?)`")
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)")
MAKE = re.compile(r"`make ([a-z]+)|^ {4}make ([a-z]+)", re.MULTILINE)
COMMAND = re.compile(r"(?:`|^ {4}|\.venv/bin/|exec \S+ )rollcall ([a-z]+)", re.MULTILINE)
# A path that ends so is one of a file of ours, wherever it begins.
OF_OURS = {".csv", ".md", ".py", ".sql", ".yml", ".toml"}
TOP = {path.name for path in ROOT.iterdir()}
PYTHON = [path for folder in ("rollcall", "demo", "dags") for path in sorted((ROOT / folder).rglob("*.py"))]
PRODUCT = {path: path.read_text(encoding="utf-8") for path in PYTHON}
MODELS = ROOT / "dbt_project" / "models"
SQL = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "dbt_project").rglob("*.sql"))}
assert all((TEXTS, PYTHON, SQL)), "a rule over nothing passes; has a folder moved?"


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def paths_named(text: str) -> set[str]:
    """What stands in backticks and begins with a file or folder of the repository's top."""
    found = {name for name in QUOTED_PATH.findall(text) if "/" in name or Path(name).suffix in {".md", ".toml", ".sql"}}
    return {
        name
        for name in found
        if not name.startswith(MADE) and (name.split("/")[0] in TOP or ("/" in name and Path(name).suffix in OF_OURS))
    }


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_paths_that_a_text_names_exist(path: Path) -> None:
    """The file was moved, or never was: correct the text."""
    text = path.read_text(encoding="utf-8")
    for named in paths_named(text):
        pattern = re.sub(r"<[^>]*>|\{[^}]*\}", "*", named).rstrip("/")
        assert list(ROOT.glob(pattern)), named
    for link in LINK.findall(text):
        assert (path.parent / link).exists(), link


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_commands_that_a_text_names_exist(path: Path) -> None:
    text, makefile = path.read_text(encoding="utf-8"), (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert {first or second for first, second in MAKE.findall(text)} <= targets
    assert set(COMMAND.findall(text)) <= cli.COMMANDS.keys()


def indicators() -> int:
    lines = (ROOT / "dbt_project" / "seeds" / "indicators.csv").read_text(encoding="utf-8").splitlines()
    return len(lines) - 1


def offices_asked() -> int:
    registry = read_registry(ROOT / "dbt_project" / "registry")
    return max(len(called_on(registry, date(2023, month, 28))) for month in (5, 6, 7))


COUNTED = {
    r"(\d[\d,]*) (?:reports|份报表|datasets)\b": lambda: len(datasets()),
    r"(\d[\d,]*)\s+indicators\b": indicators,
    r"[Aa]ll (\d[\d,]*) metrics\b": indicators,
    r"(\d[\d,]*) offices, a million": offices_asked,
    r"all of Gansu: (\d[\d,]*) offices": offices_asked,
}


def test_numbers_that_texts_tell_are_those_that_are_counted() -> None:
    """Correct the number where it stands."""
    seen = 0
    for path in TEXTS:
        text = path.read_text(encoding="utf-8")
        for pattern, count in COUNTED.items():
            for told in re.findall(pattern, text):
                seen += 1
                assert int(told.replace(",", "")) == count(), f"{name_of(path)}: {told} of {pattern}"
    assert seen >= 3


def test_what_the_example_says_of_tasks_at_once_is_what_the_dag_does() -> None:
    dag = (ROOT / "dags" / "collect_submissions.py").read_text(encoding="utf-8")
    at_once = re.search(r"max_active_tis_per_dagrun=(\d+)", dag)
    said = re.search(r"up to (\d+) tasks ask at once", (ROOT / ".env.example").read_text(encoding="utf-8"))
    assert at_once is not None
    assert said is not None
    assert at_once[1] == said[1]


def words_elsewhere(name: str, texts: dict[Path, str], but: Path) -> bool:
    word = re.compile(rf"\b{name}\b")
    return any(word.search(text) for path, text in texts.items() if path != but)


def test_every_error_by_name_is_raised_or_caught() -> None:
    """Delete the class: nobody will ever see it."""
    path = ROOT / "rollcall" / "errors.py"
    names = [node.name for node in ast.parse(PRODUCT[path]).body if isinstance(node, ast.ClassDef)]
    assert len(names) > 10
    assert [name for name in names if not words_elsewhere(name, PRODUCT, path)] == []


def defined(path: Path) -> list[str]:
    """Functions and classes of a module, those of Airflow's and of pytest's eyes aside."""
    return [
        node.name
        for node in ast.parse(PRODUCT[path]).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list
    ]


def test_every_function_of_the_product_is_called() -> None:
    """Delete it, and its tests: only they call it."""
    unused = []
    for path in PYTHON:
        for name in defined(path):
            uses = len(re.findall(rf"\b{name}\b", PRODUCT[path]))
            if uses < 2 and not words_elsewhere(name, PRODUCT, path) and not read_by_name(name):
                unused.append(f"{name_of(path)}: {name}")
    assert unused == []


def read_by_name(name: str) -> bool:
    """Whether something outside the package names it: a console script, a service of Compose."""
    return any(name in (ROOT / file).read_text(encoding="utf-8") for file in ("pyproject.toml", "docker-compose.yml"))


def test_every_seed_is_read() -> None:
    """Of a model, a function, or Python that reads the file itself."""
    seeds = [path.stem for path in (ROOT / "dbt_project" / "seeds").glob("*.csv")]
    assert seeds
    everything = "".join(SQL.values()) + "".join(PRODUCT.values())
    assert [seed for seed in seeds if f"ref('{seed}')" not in everything and f"{seed}.csv" not in everything] == []


def columns_of_views() -> list[tuple[str, str]]:
    """Columns that staging and intermediate models describe: for other models only, no reader sees them."""
    found = []
    for layer in ("staging", "intermediate"):
        for path in (MODELS / layer).glob("_*__models.yml"):
            for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
                found += [(model["name"], column["name"]) for column in model.get("columns", ())]
    return found


def test_every_column_between_raw_and_marts_is_read() -> None:
    """Take it out: no model reads it, and no reader sees it."""
    columns = columns_of_views()
    assert len(columns) > 100
    texts = {path: text for path, text in SQL.items() if path.name != "schemas.sql"}
    unread = [
        f"{model}.{column}"
        for model, column in columns
        if not any(re.search(rf"\b{column}\b", text) for path, text in texts.items() if path.stem != model)
    ]
    assert unread == []


def test_the_rules_see_what_they_look_for() -> None:
    assert paths_named("`docs/deploy.md`, `rollcall/load`, `tests/unit/*.py`, `data/datasets.csv`, `x/y`") == {
        "docs/deploy.md",
        "data/datasets.csv",
        "rollcall/load",
        "tests/unit/*.py",
    }
    assert MAKE.findall("`make demo FROM=1`\n    make test\n") == [("demo", ""), ("", "test")]
    assert COMMAND.findall("`rollcall sql`; .venv/bin/rollcall template X") == ["sql", "template"]
