"""The product with two bare routes beside it, for comparison under the same server and session."""

from __future__ import annotations

from sqlalchemy import select

from booking.app import create_app
from booking.audit.models import ChangeCounter
from booking.web.session import db

app = create_app()


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
