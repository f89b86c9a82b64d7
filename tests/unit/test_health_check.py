"""deploy/healthy.py: what docker-compose.yml asks of Airflow's processes."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from rollcall.settings import ROOT

ALL_WELL = {part: {"status": "healthy"} for part in ("metadatabase", "scheduler", "triggerer", "dag_processor")}


@pytest.fixture
def answering(request: pytest.FixtureRequest) -> Iterator[str]:
    """The port of a server that answers every GET with the bytes that the test is given."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(401)
            self.end_headers()
            self.wfile.write(request.param)

        def log_message(self, *_: object) -> None:
            """Nothing to say."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield str(server.server_port)
        server.shutdown()


def health(*arguments: str) -> subprocess.CompletedProcess[str]:
    script = [sys.executable, str(ROOT / "deploy" / "healthy.py")]
    return subprocess.run([*script, "127.0.0.1", *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("answering", [json.dumps(ALL_WELL).encode()], indirect=True)
@pytest.mark.parametrize("part", [[], ["metadatabase"], ["scheduler"], ["triggerer"], ["dag_processor"]])
def test_what_is_well_is_healthy(answering: str, part: list[str]) -> None:
    assert health(answering, *part).returncode == 0


@pytest.mark.parametrize(
    "answering",
    [b'{"scheduler": {"status": "unhealthy"}}', b'{"scheduler": {"status": null}}', b"{}", b"[]", b"<html>", b""],
    indirect=True,
)
def test_what_is_not_said_to_be_well_is_not_healthy(answering: str) -> None:
    """A check that passes in doubt is none."""
    answer = health(answering, "scheduler")
    assert answer.returncode == 1
    assert "scheduler" in answer.stderr


def test_what_does_not_answer_is_not_healthy() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers, and nobody else can
        assert health(str(held.getsockname()[1])).returncode == 1
