"""
Play the offices over HTTP: `python -m demo.server --port P --state DIR --period 2023-05 --to 2023-07`.

Makes the files in DIR first where they are missing, then says on standard output where it listens.
"""

import argparse
import signal
import sys
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import Any

from demo.generate import Manifest, add_order_arguments, order_from, prepare
from demo.handler import Handler
from demo.offices import Offices
from rollcall.settings import setting

LOOPBACK = "127.0.0.1"


class Server(ThreadingHTTPServer):
    """A thread per connection, which ends with the process."""

    daemon_threads = True
    block_on_close = False
    # Clients come all at once, at the start of a collection.
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that left, and everything of errors of our own."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


def build_server(manifest: Manifest, state: Path, token: str, port: int, host: str = LOOPBACK) -> Server:
    """A server that is bound but not yet serving; port 0 takes a free one."""
    if not token:
        raise ValueError("the token is empty: every request would pass")
    handler = type("BoundHandler", (Handler,), {"offices": Offices(manifest, state, token)})
    return Server((host, port), handler)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.server", description=__doc__)
    add_order_arguments(parser)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--host", default=LOOPBACK, help="another address only inside a container")
    parser.add_argument("--state", type=Path, required=True, help="folder of the files and of the receipts")
    arguments = parser.parse_args()
    token = setting("ROLLCALL_OFFICES_TOKEN")  # every request has to carry it; not for the list of processes
    manifest = prepare(order_from(arguments), arguments.state)
    server = build_server(manifest, arguments.state, token, arguments.port, arguments.host)

    def stop(number: int, frame: FrameType | None) -> None:
        # Not in this thread: shutdown waits for the loop that the signal interrupted.
        Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    url = f"http://{arguments.host}:{server.server_port}/offices/"
    sys.stdout.write(f"demo: {manifest['totals']['offices']} offices listen on {url}\n")
    sys.stdout.flush()
    with server:
        server.serve_forever(poll_interval=0.2)


if __name__ == "__main__":
    main()
