"""One warehouse for all cases of this folder: dbt parses its project once per database, which takes seconds."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from rollcall import build, settings
from rollcall.periods import Period
from rollcall.warehouse import connection, embedded

REGISTRY = """office_key,code,name,level,parent_key,reports,endpoint,connection
1,620000000000,甘肃省,province,,true,,
2,620100000000,兰州市,city,1,true,,
3,620200000000,嘉峪关市,city,1,true,,
4,620102000000,城关区,county,2,true,,
5,620103000000,七里河区,county,2,true,,
6,620102001000,酒泉路街道,township,4,true,,
7,620102002000,张掖路街道,township,4,true,,
8,620201001000,雄关街道,township,3,true,,
9,620171101000,中川镇,township,2,true,,
10,610000000000,陕西省,province,,false,,
11,610924000000,紫阳县,county,10,true,,
"""
EVENTS = """event_no,happened_on,event,office_key,code,name,parent_key,into_key,share,source
1,2023-01-01,rename,9,,中川新镇,,,,
"""
PERIODS = ("2023-05", "2023-06", "2023-07")


@pytest.fixture(scope="package")
def marts(server: embedded.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A prepared warehouse with a registry of eleven offices; nothing is expected or built yet."""
    folder = tmp_path_factory.mktemp("build")
    registry = folder / "registry"
    registry.mkdir()
    (registry / "offices.csv").write_text(REGISTRY, encoding="utf-8")
    (registry / "office_events.csv").write_text(EVENTS, encoding="utf-8")
    name = f"b{secrets.token_hex(6)}"
    embedded.ensure_role(server, "rollcall", "owner", "createrole")
    embedded.ensure_database(server, name, "rollcall")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "from_files", dict)
        patch.setattr(settings, "STATE", folder)
        patch.setenv("ROLLCALL_WAREHOUSE_URL", server.url(name, "rollcall", "owner"))
        patch.setenv("ROLLCALL_REGISTRY", str(registry))
        connection.prepare()
        with connection.connect() as warehouse:
            for period in PERIODS:
                connection.add_partitions(warehouse, Period.parse(period))
        build.seed()
        yield server.url(name, "rollcall", "owner")
    with connection.psycopg.connect(server.url(), autocommit=True) as admin:
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture
def empty(marts: str) -> str:
    """The same warehouse with an empty ledger: the next build is a full one."""
    empty_ledger()
    return marts


def empty_ledger() -> None:
    with connection.connect() as warehouse:
        tables = warehouse.execute(
            "select format('%I.%I', schemaname, tablename) from pg_tables"
            " where schemaname in ('ledger', 'quarantine')"
            " and tablename not in ('build_under_way', 'reader_definitions')"
            " or schemaname = 'raw' or tablename = 'dbt_builds'"
        ).fetchall()
        warehouse.execute("truncate " + ", ".join(table for (table,) in tables) + " restart identity cascade")


@pytest.fixture(autouse=True)
def project_is_read_only_to_dbt() -> Iterator[None]:
    """dbt writes beside its project unless it is told otherwise."""
    before = set(Path(build.PROJECT).rglob("*"))
    yield
    assert set(Path(build.PROJECT).rglob("*")) == before


def as_readers_see(compiled: str) -> str:
    """SQL that dbt compiled for a build, which reads what that proposes, over what was published."""
    return re.sub(
        r'"next"\."(\w+)"', lambda m: f'"{"intermediate" if m[1].startswith("int_") else "marts"}"."{m[1]}"', compiled
    )
