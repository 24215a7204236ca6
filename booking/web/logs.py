"""Structured logs: one line a request, with the id that its errors show; no secrets in them."""

from __future__ import annotations

import logging
import re
import time
import uuid

import structlog
from flask import Flask, Response, g, request

_SECRET_PATHS = re.compile(r"(/calendars/private/|/confirm/|/password/|/join/|/events/plan/)[^/?]+")


def without_secrets(path: str) -> str:
    """The path with what opens something struck out."""
    return _SECRET_PATHS.sub(r"\1…", path)


def init_app(app: Flask, log_format: str) -> None:
    """Log every request as JSON (`log_format` "json") or as text."""
    renderer = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    log = structlog.get_logger("booking")

    @app.before_request
    def begin() -> None:
        g.request_id = uuid.uuid4().hex[:16]
        g.began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def end(answer: Response) -> Response:
        answer.headers["X-Request-Id"] = g.get("request_id", "")
        if not app.testing and not request.path.startswith(("/static/", "/healthz")):
            log.info(
                "request",
                method=request.method,
                path=without_secrets(request.path),
                status=answer.status_code,
                milliseconds=round((time.perf_counter() - g.get("began", 0)) * 1000, 1),
            )
        return answer
