"""The product with two bare routes beside it, for comparison under the same server and session."""

from __future__ import annotations

from typing import Any

from flask import Response, g, has_request_context
from sqlalchemy import Engine, event, select

from booking.app import create_app
from booking.audit.models import ChangeCounter
from booking.web.session import db

app = create_app()


@event.listens_for(Engine, "before_cursor_execute")
def count_statement(*_what: Any) -> None:
    if has_request_context():
        g.statements = g.get("statements", 0) + 1


@app.after_request
def tell_statements(answer: Response) -> Response:
    """How many statements the answer took stands in a header, for the table of pages."""
    answer.headers["X-Statements"] = str(g.get("statements", 0))
    return answer


@app.get("/bare/hello")
def say_hello() -> str:
    """No database, no template."""
    return "hello"


@app.get("/bare/select")
def select_one_row() -> str:
    """One indexed SELECT through the same session."""
    number = db.session.scalar(
        select(ChangeCounter.number).where(ChangeCounter.subject == "unit:1")
    )
    return str(number)
