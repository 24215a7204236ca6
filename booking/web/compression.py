"""Style, script and drawings go out compressed: they are what a first visit on a phone waits for.

Pages do not: an answer that holds a secret beside what was asked for would give it away by its
length (BREACH). Fonts and photographs are compressed as they are.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request

TYPES = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})


def init_app(app: Flask) -> None:
    """Compress the files of `static/` for whoever takes that."""
    folder = Path(app.static_folder or "")

    @app.after_request
    def compress(answer: Response) -> Response:
        if request.endpoint != "static" or answer.mimetype not in TYPES:
            return answer
        answer.vary.add("Accept-Encoding")
        tag, _is_weak = answer.get_etag()
        if tag:
            answer.set_etag(tag, weak=True)  # of both forms, so that either is known again
        if answer.status_code == 200 and request.accept_encodings["gzip"]:
            path = folder / str((request.view_args or {})["filename"])
            answer.close()  # the file that it would have read from
            answer.direct_passthrough = False
            answer.data = _compressed(path, path.stat().st_mtime_ns)
            answer.content_encoding = "gzip"
        return answer


@lru_cache(maxsize=100)
def _compressed(path: Path, changed_at: int) -> bytes:
    """The file in gzip; of another moment it is another."""
    return gzip.compress(path.read_bytes(), mtime=0)
