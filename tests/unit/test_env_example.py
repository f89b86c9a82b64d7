""".env.example: every setting that is read, with what it is for, and nothing else."""

import base64
import re
import shlex
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from rollcall import settings
from rollcall.settings import ROOT
from tests.compose import COMPOSE_TEXT, EMPTY, EXAMPLE_TEXT, SECRETS, SHOWN, compose

# dbt_project reads these, and rollcall/build/dbt.py makes them; nobody sets them
FOR_DBT = {f"ROLLCALL_PG_{part}" for part in ("HOST", "USER", "PASSWORD", "DATABASE", "SSLMODE")} | {
    "ROLLCALL_BUILD_NO",
    "ROLLCALL_BUILD_IS_LARGE",
}


def names_in_code() -> set[str]:
    """Every ROLLCALL_ name that stands as a string in Python that runs in a deployment."""
    files = [path for folder in ("rollcall", "dags", "demo", "deploy") for path in (ROOT / folder).rglob("*.py")]
    assert files
    return {name for path in files for name in re.findall(r'"(ROLLCALL_[A-Z_]+)"', path.read_text(encoding="utf-8"))}


def names_in_compose() -> set[str]:
    arguments = compose()["services"]["init"]["build"]["args"]
    return {*re.findall(r"\$\{(\w+)", COMPOSE_TEXT), *arguments}


def test_every_setting_that_is_read_is_in_the_example() -> None:
    """Add it to .env.example, with a line on what it is for."""
    assert (names_in_code() - FOR_DBT) | names_in_compose() <= EMPTY.keys() | SHOWN.keys()


def test_every_setting_in_the_example_is_read() -> None:
    """Take it out of .env.example: it does nothing."""
    assert EMPTY.keys() | SHOWN.keys() <= names_in_code() | names_in_compose()


def test_example_has_a_line_on_each_setting() -> None:
    lines = EXAMPLE_TEXT.splitlines()
    setting = re.compile(r"(# )?[A-Z_]+=")
    for before, line in pairwise(lines):
        if setting.match(line):
            assert before.startswith("# "), line


def test_copied_example_changes_nothing() -> None:
    """Only the secrets are not behind a #, and they are empty, which counts as not set."""
    assert set(EMPTY) == set(SECRETS)
    assert set(EMPTY.values()) == {""}


# shown, but not the defaults
EXAMPLES = {"ROLLCALL_ENDPOINT", "ROLLCALL_WAREHOUSE_URL", "ROLLCALL_LANDING_URL", "ROLLCALL_CA_BUNDLE"}


def test_defaults_that_the_example_shows_are_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SHOWN:
        monkeypatch.delenv(name, raising=False)
    as_they_are = settings.load_settings()
    for name, value in SHOWN.items():
        if name.startswith("ROLLCALL_") and name not in EXAMPLES:
            monkeypatch.setenv(name, value)
    assert settings.load_settings() == as_they_are


def test_defaults_that_the_example_shows_are_those_of_compose() -> None:
    ours = {name: value for name, value in SHOWN.items() if f"${{{name}:-" in COMPOSE_TEXT}
    elsewhere = {"ROLLCALL_METADATA_URL", "ROLLCALL_READER_URL", "ROLLCALL_DROP_FOLDER", *EXAMPLES}
    of_settings = {name for name in ours if f"${{{name}:-}}" in COMPOSE_TEXT}
    shown = {name: value for name, value in ours.items() if name not in elsewhere | of_settings}
    assert len(shown) > 5
    assert compose(SECRETS | shown) == compose(SECRETS)


def commands_for_secrets() -> dict[str, str]:
    """Each secret of the example with the command that stands above it."""
    found, command = {}, ""
    for line in EXAMPLE_TEXT.splitlines():
        if "python3 -c" in line:
            command = line[line.index("python3 -c") :]
        match = re.fullmatch(r"(\w+)=", line)
        if match:
            found[match[1]], command = command, ""
    return found


def test_commands_of_the_example_make_secrets_that_serve() -> None:
    """Each makes what its reader wants: long enough, and nothing that a URL would have to quote."""
    commands = commands_for_secrets()
    assert set(commands) == set(SECRETS)
    made = {
        command: subprocess.run(
            [sys.executable, *shlex.split(command)[1:]], capture_output=True, text=True, check=True
        ).stdout.strip()
        for command in set(commands.values())
    }
    for name, command in commands.items():
        assert re.fullmatch(r"[\w-]{32,}=?", made[command]), name
    assert len(bytes.fromhex(made[commands["ROLLCALL_PSEUDONYM_KEY"]])) == 32
    assert len(base64.urlsafe_b64decode(made[commands["ROLLCALL_FERNET_KEY"]])) == 32


def test_guide_fills_every_secret(tmp_path: Path) -> None:
    """docs/deploy.md: after its commands nothing is missing, and no two secrets are the same."""
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    commands = re.search(r"## 3b. Docker Compose\n\n```sh\n(.*?)```", guide, re.DOTALL)
    assert commands
    (tmp_path / ".env.example").write_text(EXAMPLE_TEXT, encoding="utf-8")
    subprocess.run(["bash", "-euc", commands[1]], cwd=tmp_path, check=True)
    made = settings.read_env_file(tmp_path / ".env")
    assert len(set(made.values())) == len(made) == len(SECRETS)
    compose(made)
