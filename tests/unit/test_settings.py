"""Settings: who wins, and what is said of one that cannot be."""

from pathlib import Path

import pytest

from rollcall import settings
from rollcall.errors import SettingMissing
from rollcall.settings import MIB, ROOT, load_settings, read_env_file, setting


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Write `.env` and the generated file, and have them read."""

    def write(user: str = "", generated: str = "") -> None:
        (tmp_path / ".env").write_text(user, encoding="utf-8")
        (tmp_path / "generated.env").write_text(generated, encoding="utf-8")
        said = {name: read_env_file(tmp_path / name) for name in (".env", "generated.env")}
        monkeypatch.setattr(settings, "from_files", lambda: said["generated.env"] | said[".env"])

    return write


def test_the_environment_wins_then_env_then_what_was_generated(files, monkeypatch):
    files(user="ROLLCALL_A=user\nROLLCALL_B=user\n", generated="ROLLCALL_A=made\nROLLCALL_B=made\nROLLCALL_C=made\n")
    monkeypatch.setenv("ROLLCALL_A", "environment")
    assert [setting(f"ROLLCALL_{name}", "default") for name in "ABCD"] == ["environment", "user", "made", "default"]


def test_a_name_without_a_value_is_not_set(files, monkeypatch):
    """As `.env.example` has them: a copied line that nobody filled in."""
    files(user="ROLLCALL_A=\nROLLCALL_B\n", generated="ROLLCALL_A=made\n")
    monkeypatch.setenv("ROLLCALL_A", "")
    assert setting("ROLLCALL_A") == "made"
    assert setting("ROLLCALL_B", "default") == "default"


def test_a_missing_setting_says_what_to_do():
    with pytest.raises(SettingMissing, match=r"ROLLCALL_NOWHERE.*make up.*\.env"):
        setting("ROLLCALL_NOWHERE")


def test_a_file_that_is_not_there_says_nothing(tmp_path):
    assert read_env_file(tmp_path / "none.env") == {}


def test_defaults_suit_one_machine():
    made = load_settings()
    assert made.registry == ROOT / "dbt_project" / "registry"
    assert made.landing_url.startswith("file:///")
    assert (made.deadline_day, made.open_periods, made.max_bytes) == (5, 3, 25 * MIB)


def test_a_relative_registry_is_below_the_project_wherever_a_task_runs(monkeypatch, tmp_path):
    monkeypatch.setenv("ROLLCALL_REGISTRY", "elsewhere/registry")
    monkeypatch.chdir(tmp_path)
    assert load_settings().registry == ROOT / "elsewhere" / "registry"
    monkeypatch.setenv("ROLLCALL_REGISTRY", str(tmp_path))
    assert load_settings().registry == Path(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROLLCALL_THREADS", "many"),
        ("ROLLCALL_THREADS", "0"),
        ("ROLLCALL_THREADS", "-1"),
        ("ROLLCALL_THREADS", "4.5"),
        ("ROLLCALL_THREADS", "9" * 5000),
        ("ROLLCALL_THREADS", "²"),
        ("ROLLCALL_DEADLINE_DAY", "32"),
        ("ROLLCALL_DEADLINE_DAY", "0"),
        ("ROLLCALL_READ_SECONDS", "nan"),
        ("ROLLCALL_READ_SECONDS", "inf"),
        ("ROLLCALL_READ_SECONDS", "0"),
        ("ROLLCALL_READ_SECONDS", "-3"),
        ("ROLLCALL_MAX_MIB", "25 MiB"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_its_setting(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingMissing, match=f"{name} is .*correct it"):
        load_settings()


@pytest.mark.parametrize("key", ["5a" * 31, "zz" * 32, "5a" * 32 + "5", "５a" * 32, "5a " * 32])
def test_a_weak_or_misspelt_pseudonym_key_is_refused_and_not_quoted(monkeypatch, key):
    """A short key could be tried out; a quoted one would lie in a log."""
    monkeypatch.setenv("ROLLCALL_PSEUDONYM_KEY", key)
    with pytest.raises(SettingMissing, match="ROLLCALL_PSEUDONYM_KEY") as caught:
        _ = load_settings().pseudonym_key
    assert key[:8] not in str(caught.value)


def test_secrets_are_no_part_of_what_settings_print():
    """A dataclass prints its fields, into logs too."""
    assert "5a5a" not in repr(load_settings())
