"""Settings: the environment, then `.env`, then what `make up` generated, then defaults that suit one machine."""

import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dotenv import dotenv_values

from rollcall.errors import SettingMissing

ROOT = Path(__file__).resolve().parents[1]
STATE = ROOT / (os.environ.get("ROLLCALL_STATE") or ".rollcall")
GENERATED = STATE / "generated.env"
MIB = 1024 * 1024


def read_env_file(path: Path) -> dict[str, str]:
    """Names that have a value in a file of `NAME=value` lines; none where there is no file."""
    return {name: value for name, value in dotenv_values(path).items() if value}


@cache
def from_user() -> dict[str, str]:
    """What the user's `.env` says."""
    return read_env_file(Path(os.environ.get("ROLLCALL_ENV_FILE", ROOT / ".env")))


@cache
def from_files() -> dict[str, str]:
    """What `.env` says, and below it what `make up` generated for this checkout."""
    return read_env_file(GENERATED) | from_user()


def setting(name: str, default: str | None = None) -> str:
    """One setting as text. Raises SettingMissing where there is neither a value nor a default."""
    value = os.environ.get(name) or from_files().get(name) or default
    if value is None:
        raise SettingMissing(f"{name} is not set: run `make up`, or set it in .env (.env.example)")
    return value


def whole(name: str, default: int, least: int = 1, most: int = 1 << 40) -> int:
    """One setting as a whole number. Raises SettingMissing for anything else, naming it."""
    text = setting(name, str(default))
    if not re.fullmatch("[0-9]{1,12}", text) or not least <= int(text) <= most:
        raise SettingMissing(f"{name} is {text!r}, not a whole number from {least} to {most}: correct it in .env")
    return int(text)


def seconds(name: str, default: float) -> float:
    """One setting as seconds, more than none. Raises SettingMissing for anything else, naming it."""
    text = setting(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text) or float(text) == 0:
        raise SettingMissing(f"{name} is {text!r}, not a number of seconds: correct it in .env")
    return float(text)


@dataclass(frozen=True)
class Settings:
    """Everything that varies between deployments. `.env.example` says what each is for."""

    landing_url: str
    registry: Path
    endpoint: str
    connection: str
    deadline_day: int
    open_periods: int
    chunk_offices: int
    threads: int
    ca_bundle: str
    connect_seconds: float
    read_seconds: float
    file_seconds: float
    tries: int
    max_bytes: int
    max_unpacked_bytes: int
    max_rows: int
    parse_workers: int
    parse_memory_bytes: int
    parse_cpu_seconds: int
    parse_wall_seconds: int
    group_bytes: int

    @property
    def warehouse_url(self) -> str:
        return setting("ROLLCALL_WAREHOUSE_URL")

    @property
    def pseudonym_key(self) -> bytes:
        """Key of the HMAC that turns an ID number into a pseudonym; lives outside the database."""
        text = setting("ROLLCALL_PSEUDONYM_KEY")
        if len(text) < 64 or not re.fullmatch(r"([0-9A-Fa-f]{2})+", text):
            raise SettingMissing("ROLLCALL_PSEUDONYM_KEY is not 64 hex digits or more")
        return bytes.fromhex(text)


def load_settings() -> Settings:
    """All settings as the environment says now; files (`.env`, generated.env) are read once a process."""
    return Settings(
        landing_url=setting("ROLLCALL_LANDING_URL", f"file://{STATE / 'landing'}"),
        registry=ROOT / setting("ROLLCALL_REGISTRY", "dbt_project/registry"),
        endpoint=setting("ROLLCALL_ENDPOINT", ""),
        connection=setting("ROLLCALL_CONNECTION", "rollcall_offices"),
        deadline_day=whole("ROLLCALL_DEADLINE_DAY", 5, most=31),
        open_periods=whole("ROLLCALL_OPEN_PERIODS", 3),
        chunk_offices=whole("ROLLCALL_CHUNK_OFFICES", 50),
        threads=whole("ROLLCALL_THREADS", 16),
        ca_bundle=setting("ROLLCALL_CA_BUNDLE", ""),
        connect_seconds=seconds("ROLLCALL_CONNECT_SECONDS", 5),
        read_seconds=seconds("ROLLCALL_READ_SECONDS", 30),
        file_seconds=seconds("ROLLCALL_FILE_SECONDS", 120),
        tries=whole("ROLLCALL_TRIES", 4),
        max_bytes=whole("ROLLCALL_MAX_MIB", 25) * MIB,
        max_unpacked_bytes=whole("ROLLCALL_MAX_UNPACKED_MIB", 200) * MIB,
        max_rows=whole("ROLLCALL_MAX_ROWS", 1000000),
        parse_workers=whole("ROLLCALL_PARSE_WORKERS", 2),
        parse_memory_bytes=whole("ROLLCALL_PARSE_MEMORY_MIB", 1024) * MIB,
        parse_cpu_seconds=whole("ROLLCALL_PARSE_CPU_SECONDS", 120),
        parse_wall_seconds=whole("ROLLCALL_PARSE_SECONDS", 240),
        group_bytes=whole("ROLLCALL_GROUP_MIB", 256) * MIB,
    )
