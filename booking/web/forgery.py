"""Requests that other sites forge: refused; and what somebody typed on an old page is kept.

Each form carries a token of the visitor's session. Where it is not that of now (the session ended,
or somebody signed in anew elsewhere), an honest sender loses nothing: a view that shows its own
form again checks the token by `Form.validate`, and for all others there is a page that sends the
same once more.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import ParamSpec
from urllib.parse import urlsplit

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError

from booking.web.errors import error_page

P = ParamSpec("P")

csrf = CSRFProtect()
FORGED_OR_OLD = HTTPStatus.BAD_REQUEST
_NEVER_SENT_AGAIN = ("csrf_token", "password")


def init_app(app: Flask) -> None:
    """Check every form's token, and answer those that bear none of now."""
    csrf.init_app(app)
    app.register_error_handler(CSRFError, _answer_old_page)


def form_checks_token(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """For a view that does nothing before its form's `validate()`, which checks the token: so it
    can show the form again with all that was typed."""
    return csrf.exempt(view)  # type: ignore[no-any-return]  # no types there


def needs_no_token(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """For a view that nobody gains by forging: without a token a visitor needs no session."""
    return csrf.exempt(view)  # type: ignore[no-any-return]  # no types there


def _answer_old_page(_error: CSRFError) -> ResponseReturnValue:
    """What was sent from a page of ours may be sent once more; another site only hears no.

    Nobody else's form may be laid before the visitor to confirm: browsers say where it was sent
    from, and scripts of other pages can't.
    """
    return old_page() if comes_from_here() else error_page(FORGED_OR_OLD)


def old_page() -> ResponseReturnValue:
    """What was sent from a page of ours, to be sent once more; passwords are typed anew."""
    kept = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if not name.endswith(_NEVER_SENT_AGAIN)
    ]
    return render_template("errors/old_page.html", kept=kept), FORGED_OR_OLD


def comes_from_here() -> bool:
    """Whether a page of ours sent this request, as the browser says."""
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    try:
        return bool(origin) and urlsplit(origin).netloc == request.host
    except ValueError:
        return False


def old_page_sentence() -> str:
    """What is told beside a form whose page had been open for too long."""
    return str(_("The page had been open for too long. Nothing is lost: send it again."))
