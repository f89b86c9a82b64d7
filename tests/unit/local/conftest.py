"""A state folder of the test's own in the place of this checkout's."""

from pathlib import Path

import pytest

from rollcall import settings
from rollcall.local import generated, processes


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    monkeypatch.setattr(generated, "STATE", folder)
    monkeypatch.setattr(generated, "GENERATED", folder / "generated.env")
    monkeypatch.setattr(processes, "RUN", folder / "run")
    monkeypatch.setattr(processes, "LOGS", folder / "logs")
    cached = settings.cache(dict)
    monkeypatch.setattr(settings, "from_files", cached)
    for name in (*generated.PORTS, *generated.secret_values()):
        monkeypatch.delenv(name, raising=False)
    return folder
