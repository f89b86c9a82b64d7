"""
End an exchange at its time, whatever the other side sends.

Timeouts of sockets are for each read: an office that drips its status line, its headers or the handshake, a byte at
a time, keeps each of them. So a timer shuts the connection under whoever is reading it.
"""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

here = threading.local()  # `exchange`: the one that this thread is in


class Exchange:
    """One request and its answer. Holds a second handle of the connection, which TLS and urllib3 do not take away."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.line: socket.socket | None = None
        self.is_cut = False

    def hold(self, connection: socket.socket) -> None:
        self.let_go()
        with self.lock:
            self.line = socket.fromfd(connection.fileno(), connection.family, connection.type)
            if self.is_cut:
                shut(self.line)

    def cut(self) -> None:
        with self.lock:
            self.is_cut = True
            if self.line is not None:
                shut(self.line)

    def let_go(self) -> None:
        with self.lock:
            if self.line is not None:
                self.line.close()
            self.line = None


def shut(line: socket.socket) -> None:
    """End the connection itself, for all handles of it; it may have ended already."""
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


@contextmanager
def cut_off_after(seconds: float) -> Iterator[Exchange]:
    """Whatever this thread asks within is cut off after *seconds*; then the exchange says `is_cut`."""
    exchange = Exchange()
    timer = threading.Timer(seconds, exchange.cut)
    timer.daemon = True
    here.exchange = exchange
    timer.start()
    try:
        yield exchange
    finally:
        timer.cancel()
        here.exchange = None
        exchange.let_go()


def hold(connection: Any) -> None:
    exchange: Exchange | None = getattr(here, "exchange", None)
    if exchange is not None and connection is not None:
        exchange.hold(connection)


class Held(HTTPConnection):
    """Shows its exchange the socket it uses: a new one before TLS begins, a kept one before it is asked again."""

    def _new_conn(self) -> socket.socket:
        connection = super()._new_conn()
        hold(connection)
        return connection

    def putrequest(self, *args: Any, **kwargs: Any) -> None:
        hold(self.sock)
        super().putrequest(*args, **kwargs)


class HeldTls(Held, HTTPSConnection):
    """The same over TLS."""


class Pool(HTTPConnectionPool):
    """Connections that can be cut off."""

    ConnectionCls = Held


class TlsPool(HTTPSConnectionPool):
    """The same over TLS."""

    ConnectionCls = HeldTls


class Adapter(HTTPAdapter):
    """Asks over connections that can be cut off; trusts what *context* trusts, and nothing else."""

    def __init__(self, threads: int, context: ssl.SSLContext) -> None:
        self.context = context
        super().__init__(pool_connections=threads, pool_maxsize=threads)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self.context, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": Pool, "https": TlsPool}

    def cert_verify(self, conn: Any, *_: Any) -> None:
        """What is trusted is in the context already: nothing is read anew for each connection."""
        conn.cert_reqs = "CERT_REQUIRED"
