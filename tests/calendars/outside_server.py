"""An outside server on the loopback, whose answers a test gives; it remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from booking.calendars.fetching import Fetched, fetch

HOST = "calendars.example"


@dataclass
class Outside:
    """Answers by path: a function that is given the handler. `asked` are the paths and headers."""

    server: ThreadingHTTPServer
    answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str = "/a.ics", host: str = HOST) -> str:
        return f"http://{host}:{self.server.server_port}{path}"

    def gives(self, body: bytes | str, path: str = "/a.ics", status: int = 200, **headers: str):
        """Let a path answer with this."""
        data = body.encode() if isinstance(body, str) else body

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            for name, value in ({"Content-Length": str(len(data))} | given).items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(data)

        self.answers[path] = answer

    def leads(self, to: str, path: str = "/a.ics") -> None:
        """Let a path lead on to another address."""
        self.gives(b"", path, status=302, Location=to)

    def fetch(self, address: str, *told: Any, **how: Any) -> Fetched:
        """Fetch as the product does; only names and the judgment of addresses are the test's:
        `calendars.example` is this server, which lies outside."""
        return fetch(address, *told, **{"lookup": resolve, "allowed": is_ours, **how})


def resolve(host: str, port: int) -> list[str]:
    """Only our host is known, and addresses name themselves."""
    return ["127.0.0.1" if host == HOST else host]


def is_ours(address: str) -> bool:
    return address == "127.0.0.1"


@contextmanager
def outside_server() -> Iterator[Outside]:
    """A server for as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            outside.asked.append((self.path, dict(self.headers)))
            found = outside.answers.get(self.path)
            if found is None:
                self.send_error(404)
            else:
                found(self)

        def log_message(self, *_told: Any) -> None:
            """Nothing is told."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    outside = Outside(server)
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01), daemon=True)
    thread.start()
    try:
        yield outside
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
