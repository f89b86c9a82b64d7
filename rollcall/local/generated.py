"""What `make up` makes up for this checkout: ports that are free, and passwords. Kept in `.rollcall/generated.env`."""

import base64
import os
import secrets
import socket
from dataclasses import dataclass
from urllib.parse import quote

from rollcall import settings
from rollcall.errors import RollcallError
from rollcall.settings import GENERATED, STATE

PORTS = {
    "ROLLCALL_PG_PORT": "PostgreSQL",
    "ROLLCALL_AIRFLOW_PORT": "Airflow",
    "ROLLCALL_OFFICES_PORT": "the demo offices",
    "ROLLCALL_WORKER_LOG_PORT": "Airflow's task logs",
    "ROLLCALL_TRIGGERER_LOG_PORT": "Airflow's triggerer logs",
}


class PortTaken(RollcallError):
    """A port that `.env` asks for is in use by something else."""


@dataclass(frozen=True)
class Generated:
    """Ports and secrets of this checkout, by name."""

    values: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return chosen_by_user(name) or self.values[name]

    def port(self, name: str) -> int:
        return int(self[name])


def chosen_by_user(name: str) -> str | None:
    """What the environment or `.env` says; it wins over what we generate."""
    return os.environ.get(name) or settings.from_user().get(name)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Different free ports; all held open until the last is found."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def read() -> Generated | None:
    """What was generated before; None where nothing was."""
    values = settings.read_env_file(GENERATED)
    return Generated(values) if values else None


def ensure(in_use: set[str]) -> Generated:
    """
    Generate what is missing, and ports anew where another program took one. *in_use* names ports of ours that run.

    Raises PortTaken where `.env` itself names a port that is taken.
    """
    before = read()
    values = secret_values() | (before.values if before else {})
    fresh = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
    for name, what in PORTS.items():
        chosen = chosen_by_user(name)
        if name in in_use:
            continue
        if chosen and not is_free(int(chosen)):
            raise PortTaken(f"{name}={chosen}, the port of {what}, is in use: change it in .env")
        if not chosen and (name not in values or not is_free(int(values[name]))):
            values[name] = str(fresh[name])
    values |= derived(Generated(values))
    STATE.mkdir(parents=True, exist_ok=True)
    unfinished = GENERATED.with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_text("".join(f"{name}='{value}'\n" for name, value in values.items()), encoding="utf-8")
    unfinished.replace(GENERATED)
    settings.from_files.cache_clear()
    return Generated(values)


def secret_values() -> dict[str, str]:
    """Passwords and keys of this checkout; made once."""
    return {
        "ROLLCALL_OWNER_PASSWORD": secrets.token_urlsafe(18),
        "ROLLCALL_READER_PASSWORD": secrets.token_urlsafe(12),
        "ROLLCALL_METADATA_PASSWORD": secrets.token_urlsafe(18),
        "ROLLCALL_AIRFLOW_PASSWORD": secrets.token_urlsafe(12),
        "ROLLCALL_OFFICES_TOKEN": secrets.token_urlsafe(18),
        "ROLLCALL_PSEUDONYM_KEY": secrets.token_hex(32),
        "ROLLCALL_FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "ROLLCALL_JWT_SECRET": secrets.token_urlsafe(48),
    }


def derived(generated: Generated) -> dict[str, str]:
    """URLs that follow from ports and passwords; `.env` may put others in their place."""
    pg = f"127.0.0.1:{generated['ROLLCALL_PG_PORT']}"

    def password(name: str) -> str:
        return quote(generated[name], safe="")  # one from `.env` may hold anything

    return {
        "ROLLCALL_WAREHOUSE_URL": f"postgresql://rollcall:{password('ROLLCALL_OWNER_PASSWORD')}@{pg}/rollcall",
        "ROLLCALL_READER_URL": f"postgresql://rollcall_reader:{password('ROLLCALL_READER_PASSWORD')}@{pg}/rollcall",
        "ROLLCALL_METADATA_URL": f"postgresql+psycopg2://airflow:{password('ROLLCALL_METADATA_PASSWORD')}@{pg}/airflow",
        "ROLLCALL_ENDPOINT": f"http://127.0.0.1:{generated['ROLLCALL_OFFICES_PORT']}/offices/{{code}}",
        # the demo offices: months of the past, asked on demand, over loopback
        "ROLLCALL_SCHEDULE": "off",
        "ROLLCALL_WAITING_SCHEDULE": "off",
        "ROLLCALL_READ_SECONDS": "3",
        "ROLLCALL_TRIES": "3",
    }
