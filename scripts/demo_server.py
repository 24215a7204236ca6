"""gunicorn's settings for `make run`: one process, this machine only, a quiet end on Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
from types import FrameType
from typing import Any

HOST, PORT = "127.0.0.1", int(os.environ.get("PORT", "8000"))

bind = f"{HOST}:{PORT}"
workers = 1
worker_class = "gthread"
threads = 8
graceful_timeout = 5
loglevel = "warning"
# The default is one socket in the home folder, for all servers of a user.
control_socket_disable = True


def must_be_free(port: int) -> None:
    """Stop with a sentence that says what to do, where another server listens already."""
    with socket.socket() as other:
        if other.connect_ex((HOST, port)) == 0:
            advice = f"stop what uses it, or choose another: make run PORT={port + 1}"
            raise SystemExit(f"Port {port} is taken: {advice}")


def when_ready(server: Any) -> None:
    """Say where it is; let Ctrl-C finish what is being answered."""
    print(f"── Open http://{bind} (Ctrl-C stops it)", flush=True)

    def stop_gracefully(_signal: int, _frame: FrameType | None) -> None:
        os.kill(server.pid, signal.SIGTERM)

    signal.signal(signal.SIGINT, stop_gracefully)


def post_worker_init(_worker: Any) -> None:
    """Ctrl-C reaches the workers as well; they wait for what the server says."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


must_be_free(PORT)
