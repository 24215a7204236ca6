"""Bounded load on a server of our own on this machine, and how long its answers took."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

CLIENTS = 8


@dataclass(frozen=True)
class Request:
    """One request; `expected` is the only status that counts as right."""

    path: str
    expected: int = 200
    method: str = "GET"
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Measured:
    """Milliseconds of each answer, in order of their length, and answers a second."""

    milliseconds: Sequence[float]
    per_second: float

    @property
    def p50(self) -> float:
        return median(self.milliseconds)

    @property
    def p95(self) -> float:
        return quantiles(self.milliseconds, n=20)[-1]


def measure(url: str, requests: Sequence[Request], clients: int = CLIENTS) -> Measured:
    """Send all requests once, by so many clients at a time, each over a connection it keeps."""
    shares = [requests[number::clients] for number in range(clients)]
    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        times = [one for share in pool.map(_sender(url), shares) for one in share]
    return Measured(sorted(times), len(times) / (time.perf_counter() - began))


def _sender(url: str) -> Callable[[Sequence[Request]], list[float]]:
    parts = urlsplit(url)

    def send(requests: Sequence[Request]) -> list[float]:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        times = [_timed(connection, request) for request in requests]
        connection.close()
        return times

    return send


def _timed(connection: http.client.HTTPConnection, request: Request) -> float:
    body = None if request.body is None else json.dumps(request.body)
    began = time.perf_counter()
    connection.request(request.method, request.path, body, dict(request.headers))
    answer = connection.getresponse()
    data = answer.read()
    took = (time.perf_counter() - began) * 1000
    if answer.status != request.expected:
        raise RuntimeError(
            f"{request.path}: {answer.status}, not {request.expected}: {data[:300]!r}"
        )
    return took
