"""Errors as answers: a page for people, problem+json (RFC 9457) for programs. Never a 200."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    json,
    make_response,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from booking.core.errors import (
    N_,
    BookingError,
    Conflict,
    NotAllowed,
    NotFound,
    RequestRefused,
    RuleBroken,
    StaleVersion,
    VersionMissing,
)
from booking.web.session import db, may_pass
from booking.web.words import in_words

RETRY_AFTER_SECONDS = 2

STATUSES: Mapping[type[BookingError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    RequestRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    RuleBroken: HTTPStatus.UNPROCESSABLE_ENTITY,
    StaleVersion: HTTPStatus.PRECONDITION_FAILED,
    VersionMissing: HTTPStatus.PRECONDITION_REQUIRED,
}

_SENTENCES: Mapping[int, tuple[str, str]] = {
    400: (N_("We did not understand this"), N_("The request was not what this page expects.")),
    401: (N_("Sign in first"), N_("This needs you to be signed in, or a valid token.")),
    403: (N_("Not allowed"), N_("You don't have the right to do this.")),
    404: (
        N_("Page not found"),
        N_("There is nothing at this address. It may have moved, or been mistyped."),
    ),
    405: (N_("Not possible here"), N_("This address does not take that kind of request.")),
    409: (
        N_("Something changed"),
        N_("Something changed in the meantime. Look at how things stand now."),
    ),
    410: (N_("No longer in use"), N_("This address is no longer in use.")),
    412: (N_("Something changed"), N_("Somebody else changed this first. Read it again.")),
    413: (
        N_("Too large"),
        N_(
            "What you sent is larger than this service takes, and nothing of it was kept. Go back: "
            "what you wrote is still in the form. Shorten it and send it again."
        ),
    ),
    415: (N_("Unknown format"), N_("Send this as JSON (application/json).")),
    422: (N_("Please check"), N_("Something in what you sent needs mending.")),
    428: (N_("Version missing"), N_("Say with If-Match which version you mean to change.")),
    429: (N_("Too many requests"), N_("Wait a moment and try again.")),
    500: (
        N_("Something went wrong with us"),
        N_("The fault is ours and has been noted. Nothing you had saved is lost. Try again soon."),
    ),
    503: (N_("Out of order"), N_("The service is not available now. Try again in a moment.")),
}


def status_of(error: BookingError) -> HTTPStatus:
    """The HTTP status of an error: that of its nearest family."""
    for family in type(error).__mro__:
        if family in STATUSES:
            return STATUSES[family]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def wants_problem() -> bool:
    """Whether the one who asked is a program: of the API, that is."""
    return request.path.startswith("/api/")


def problem(
    status: int, code: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """An answer of type application/problem+json (RFC 9457) with our `code` in it."""
    body = {
        "type": "about:blank",
        "title": _(_SENTENCES.get(status, _SENTENCES[500])[0]),
        "status": int(status),
        "code": code,
        "detail": detail,
        "request_id": g.get("request_id", ""),
        **more,
    }
    answer = make_response(json.dumps(body, ensure_ascii=False), int(status))
    answer.mimetype = "application/problem+json"
    answer.headers.update(headers or {})
    return answer


def error_page(status: int, detail: str | None = None) -> ResponseReturnValue:
    """A page that says what happened, that nothing was lost, and where to go."""
    title, sentence = _SENTENCES.get(status, _SENTENCES[500])
    return render_template(
        "errors/error.html", title=_(title), message=detail or _(sentence), status=status
    ), status


def init_app(app: Flask) -> None:
    """Answer every error, expected or not."""
    app.before_request(_refuse_zero_bytes)
    app.register_error_handler(BookingError, _answer_booking_error)
    app.register_error_handler(SQLAlchemyError, _answer_database_error)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(Exception, _answer_bug)


def _refuse_zero_bytes() -> None:
    """No text that people write has one in it, and PostgreSQL takes none."""
    sent = [request.path, *_texts_of(request.args)]
    if not wants_problem() and not _takes_files():
        sent += _texts_of(request.form)
    if any("\0" in text for text in sent):
        abort(HTTPStatus.BAD_REQUEST)


def _takes_files() -> bool:
    """Whether the view reads its form itself, as `web.storage.takes_files` marks it."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "takes_files", False)


def _texts_of(values: MultiDict[str, str]) -> list[str]:
    return [text for pair in values.items(multi=True) for text in pair]


def _answer_booking_error(error: BookingError) -> ResponseReturnValue:
    status = status_of(error)
    if wants_problem():
        told: dict[str, Any] = {}
        if isinstance(error, RuleBroken):
            told["violations"] = [_violation(error)]
        return problem(status, error.code, in_words(error), **told)
    return error_page(status, in_words(error))


def _violation(rule: RuleBroken) -> dict[str, str]:
    """The one rule that a request of a program breaks, beside its field where it has one."""
    told = {"code": rule.code, "message": in_words(rule)}
    return told | ({"field": rule.field} if rule.field else {})


def _answer_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    status = error.code or 500
    headers = {
        name: value
        for name, value in error.get_headers()
        if name.lower() not in {"content-type", "content-length"}
    }
    sentence = _(_SENTENCES.get(status, _SENTENCES[500])[1])
    if wants_problem():
        return problem(
            status, HTTPStatus(status).phrase.lower().replace(" ", "_"), sentence, headers
        )
    answer = make_response(error_page(status))
    answer.headers.update(headers)
    return answer


def _answer_database_error(error: SQLAlchemyError) -> ResponseReturnValue:
    """503 where the database is busy or away, and the same request may go through soon."""
    if not may_pass(error):
        return _answer_bug(error)
    structlog.get_logger("booking").warning("database_busy", error=repr(error))
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    if wants_problem():
        return problem(503, "service_unavailable", _(_SENTENCES[503][1]), headers)
    answer = make_response(_page_or_sentence(503))
    answer.headers.update(headers)
    return answer


def _answer_bug(error: Exception) -> ResponseReturnValue:
    structlog.get_logger("booking").exception("bug", error=repr(error))
    if wants_problem():
        return problem(500, "internal_server_error", _(_SENTENCES[500][1]))
    return _page_or_sentence(500)


def _page_or_sentence(status: int) -> ResponseReturnValue:
    """The page; where even that fails, for it asks the database too, its sentence alone."""
    try:
        db.session.rollback()
        return error_page(status)
    except Exception:
        answer = make_response(_(_SENTENCES[status][1]), status)
        answer.mimetype = "text/plain"
        return answer
