"""Answers to programs that keep a copy of a calendar (RFC 9110): unchanged, or all of it."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, current_app, request
from werkzeug.datastructures import Headers
from werkzeug.http import is_resource_modified, quote_etag

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

CALENDAR = "text/calendar; charset=utf-8"
SECONDS_FRESH = 300
SMALLEST_TO_COMPRESS = 1000
GZIP = frozenset({"gzip", "x-gzip"})


class CalendarAnswer(Response):
    """An answer that never sets a cookie nor depends on one, whoever's browser asks."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        """As of any answer, without what the session added last."""
        headers = super().get_wsgi_headers(environ)
        headers.remove("Set-Cookie")
        headers["Vary"] = "Accept-Encoding"
        return headers


@dataclass(frozen=True, slots=True)
class Version:
    """The version of a calendar that would be answered now."""

    tag: str
    changed_at: datetime
    is_public: bool

    def is_named(self) -> bool:
        """Whether the asker says by its tag that it has this very version."""
        named = request.if_none_match
        return not named.star_tag and named.contains_weak(self.tag)

    def is_kept(self) -> bool:
        """Whether the asker has this version: tags, where it sent any, win over the date
        (RFC 9110, 13.2.2)."""
        return not is_resource_modified(
            request.environ, quote_etag(self.tag, weak=True), None, self.changed_at
        )


def unchanged(version: Version) -> Response:
    """304: keep what you have."""
    return _with_version(CalendarAnswer(status=HTTPStatus.NOT_MODIFIED), version)


def whole(text: bytes, version: Version) -> Response:
    """200: the calendar, compressed where that was asked for.

    The setting `COMPRESS_CALENDARS` turns compression off: some clients have had trouble with it.
    """
    answer = CalendarAnswer(text, content_type=CALENDAR)
    if _wants_gzip() and len(text) >= SMALLEST_TO_COMPRESS:
        answer.data = gzip.compress(text, mtime=0)
        answer.content_encoding = "gzip"
    return _with_version(answer, version)


def file(text: bytes, name: str) -> Response:
    """200: a calendar to save under this name, for the one who asks alone."""
    answer = Response(text, content_type=CALENDAR)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _with_version(answer: Response, version: Version) -> Response:
    answer.set_etag(version.tag, weak=True)
    answer.last_modified = version.changed_at
    scope = "public" if version.is_public else "private"
    answer.headers["Cache-Control"] = f"{scope}, max-age={SECONDS_FRESH}"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _wants_gzip() -> bool:
    """Whether gzip is named; `*` asks for nothing in particular."""
    return current_app.config.get("COMPRESS_CALENDARS", True) and any(
        coding.lower() in GZIP and quality > 0 for coding, quality in request.accept_encodings
    )
