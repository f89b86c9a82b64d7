"""What `make up` makes up: kept from run to run, secret, and never in the way of what the user chose."""

import socket
import stat

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from rollcall import settings
from rollcall.local import generated
from rollcall.local.generated import PORTS, PortTaken, ensure, free_ports, is_free, read

NOTHING_RUNS: set[str] = set()
SECRETS = [name for name in generated.secret_values() if name != "ROLLCALL_PSEUDONYM_KEY"]


def test_there_is_nothing_before_the_first_time(state):
    assert read() is None


def test_is_kept_from_run_to_run(state):
    """Passwords above all: the database was made with them."""
    assert ensure(NOTHING_RUNS).values == ensure(NOTHING_RUNS).values == read().values


def test_only_its_owner_may_read_it(state):
    ensure(NOTHING_RUNS)
    (file,) = state.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_two_checkouts_share_nothing(state, tmp_path, monkeypatch):
    first = ensure(NOTHING_RUNS).values
    for name in ("STATE", "GENERATED"):
        monkeypatch.setattr(
            generated, name, tmp_path / "other" / "generated.env" if name == "GENERATED" else tmp_path / "other"
        )
    second = ensure(NOTHING_RUNS).values
    assert all(first[name] != second[name] for name in SECRETS)


def test_ports_differ_from_one_another(state):
    made = ensure(NOTHING_RUNS)
    assert len({made.port(name) for name in PORTS}) == len(PORTS)
    assert len(set(free_ports(20))) == 20


def test_a_port_that_another_program_took_is_chosen_anew_with_its_urls(state):
    before = ensure(NOTHING_RUNS)
    with socket.create_server(("127.0.0.1", before.port("ROLLCALL_PG_PORT"))):
        after = ensure(NOTHING_RUNS)
    assert after["ROLLCALL_PG_PORT"] != before["ROLLCALL_PG_PORT"]
    assert f":{after['ROLLCALL_PG_PORT']}/" in after["ROLLCALL_WAREHOUSE_URL"]
    assert all(after[name] == before[name] for name in SECRETS)


def test_a_port_on_which_our_own_service_runs_stays(state):
    before = ensure(NOTHING_RUNS)
    with socket.create_server(("127.0.0.1", before.port("ROLLCALL_PG_PORT"))):
        assert ensure({"ROLLCALL_PG_PORT"})["ROLLCALL_PG_PORT"] == before["ROLLCALL_PG_PORT"]


def test_a_port_that_the_user_chose_is_never_changed_in_silence(state, monkeypatch):
    (port,) = free_ports(1)
    monkeypatch.setenv("ROLLCALL_AIRFLOW_PORT", str(port))
    assert ensure(NOTHING_RUNS).port("ROLLCALL_AIRFLOW_PORT") == port
    with socket.create_server(("127.0.0.1", port)), pytest.raises(PortTaken, match=f"{port}.*Airflow.*\\.env"):
        ensure(NOTHING_RUNS)
    assert is_free(port)


def test_what_a_later_version_needs_is_added_to_what_was_made(state):
    """An older checkout's file lacks names; its passwords stay."""
    before = ensure(NOTHING_RUNS)
    kept = [line for line in generated.GENERATED.read_text().splitlines(True) if "JWT_SECRET" not in line]
    generated.GENERATED.write_text("".join(kept))
    after = ensure(NOTHING_RUNS)
    assert after["ROLLCALL_JWT_SECRET"]
    assert after["ROLLCALL_OWNER_PASSWORD"] == before["ROLLCALL_OWNER_PASSWORD"]


def test_what_is_written_reads_back_as_settings(state):
    made = ensure(NOTHING_RUNS)
    assert settings.read_env_file(generated.GENERATED) == made.values
    assert len(bytes.fromhex(made["ROLLCALL_PSEUDONYM_KEY"])) == 32


def test_a_password_with_any_character_survives_in_the_url(state, monkeypatch):
    """From `.env` comes what people choose."""
    chosen = "p@ss/w:rd#%41 ?é$"
    monkeypatch.setenv("ROLLCALL_OWNER_PASSWORD", chosen)
    place = conninfo_to_dict(ensure(NOTHING_RUNS)["ROLLCALL_WAREHOUSE_URL"])
    assert (place["password"], place["host"], place["dbname"]) == (chosen, "127.0.0.1", "rollcall")
    assert psycopg.conninfo.make_conninfo(**place)
