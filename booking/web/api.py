"""The machinery of the JSON API: strict input, answers from models, one document of it all.

An endpoint is a function with its models; from the same declaration come its checks and its place
in the OpenAPI document, so that the two can't disagree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, get_origin

from flask import Blueprint, Response, g, make_response, request
from flask_babel import gettext as _
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from booking.core.actors import VISITOR, Actor, Scope
from booking.core.errors import N_
from booking.web.cursors import FIRST_YEAR, LAST_YEAR
from booking.web.errors import problem
from booking.web.faults import SENTENCES, unfit, violations_of
from booking.web.fields import LINE_ENDS, has_control_characters
from booking.web.limits import api_limit, bearer_or_address, limiter

JSON = "application/json"
FROM_OUTSIDE = {"from": "outside"}
"""The context in which a model reads what somebody sent."""

Handler = Callable[..., Any]


class Model(BaseModel):
    """What comes in and goes out: nothing unknown, nothing of another type."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    paragraphs: ClassVar[frozenset[str]] = frozenset()
    """The fields whose text may have several lines."""

    @field_validator("*", mode="after")
    @classmethod
    def texts_are_plain(cls, value: Any, info: ValidationInfo) -> Any:
        """What comes in holds no control characters, save the line ends of paragraphs."""
        texts = value if isinstance(value, list | tuple) else [value]
        allowed = LINE_ENDS if info.field_name in cls.paragraphs else ""
        if info.context is FROM_OUTSIDE and any(
            has_control_characters(text, allowed) for text in texts if isinstance(text, str)
        ):
            raise unfit(N_("Give a text without control characters."))
        return value


_DATE_FIRST = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")


def _plus_was_a_space(value: object) -> object:
    """In an address an unescaped + of "+02:00" arrives as a space."""
    return value.replace(" ", "+") if isinstance(value, str) and "T" in value else value


def _within_reach(instant: datetime) -> datetime:
    """Beyond these years there is nothing to book, and soon no instant in another zone."""
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise unfit(
            N_("Give an instant of the years %(first)s to %(last)s."),
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
    return instant


def _written_out(value: object) -> object:
    """The instant of a text. A number in quotation marks is none, though it could count seconds."""
    if not isinstance(value, str):
        return value
    if not _DATE_FIRST.match(value):
        raise unfit(SENTENCES["timezone_aware"])
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise unfit(SENTENCES["timezone_aware"]) from error


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_written_out),
    AfterValidator(_within_reach),
    Field(description=f"With its offset (RFC 3339); in the years {FIRST_YEAR} to {LAST_YEAR}."),
]
"""An RFC 3339 instant with its offset, of a year that may matter."""

InstantInAddress = Annotated[Instant, BeforeValidator(_plus_was_a_space)]
"""The same in a query."""


class Violation(Model):
    """One broken rule; `next_possible` is the next start at which rules of time are kept, `date`
    the day of a series on which it is broken, where that is not on every one."""

    code: str
    message: str
    field: str | None = None
    day: Annotated[date | None, Field(alias="date")] = None
    next_possible: AwareDatetime | None = None


class Problem(BaseModel):
    """RFC 9457, with our `code`, the broken rules and, on a conflict, what could be had instead, or
    which reservations stand in the way of a closure."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    violations: list[Violation] | None = None
    alternatives: list[dict[str, Any]] | None = None
    reservations: list[dict[str, Any]] | None = None


@dataclass(frozen=True)
class Answer:
    """A model with a status and headers of its own."""

    body: BaseModel
    status: int = 200
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Endpoint:
    """One operation as it is declared."""

    method: str
    path: str
    handler: Handler
    summary: str
    answers: type[BaseModel] | None
    status: int
    body: type[Model] | None
    query: type[Model] | None
    needs_token: bool
    errors: Sequence[int]
    tag: str
    media: str = JSON
    scope: Scope | None = None
    most_bytes: int | None = None


class Api:
    """A blueprint of JSON endpoints. `authenticate` gives the actor of the request's token."""

    def __init__(self, prefix: str, authenticate: Callable[[], Actor | None]) -> None:
        self.blueprint = Blueprint("api", __name__, url_prefix=prefix)
        limiter.limit(api_limit, key_func=bearer_or_address)(self.blueprint)
        self.prefix = prefix
        self.authenticate = authenticate
        self.endpoints: list[Endpoint] = []

    def endpoint(
        self,
        method: str,
        path: str,
        *,
        summary: str,
        answers: type[BaseModel] | None,
        tag: str,
        scope: Scope | None = None,
        status: int = 200,
        body: type[Model] | None = None,
        query: type[Model] | None = None,
        needs_token: bool = True,
        errors: Sequence[int] = (),
        media: str = JSON,
        most_bytes: int | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declare the function an endpoint. It is given what the address holds, then `body` and
        `query` where it has them; `current_actor()` is who asks. A token with scopes needs this
        `scope` among them. What answers a text of another `media` type than JSON has no model. A
        body may have `most_bytes`, else as many as any request."""

        def declare(handler: Handler) -> Handler:
            one = Endpoint(
                method,
                path,
                handler,
                summary,
                answers,
                status,
                body,
                query,
                needs_token,
                errors,
                tag,
                media,
                scope,
                most_bytes,
            )
            self.endpoints.append(one)
            view = self._view(one)
            view.__dict__["access"] = "token" if needs_token else "public"
            self.blueprint.add_url_rule(
                path, endpoint=handler.__name__, view_func=view, methods=[method]
            )
            return handler

        return declare

    def _view(self, one: Endpoint) -> Callable[..., Response]:
        @wraps(one.handler)
        def view(**values: Any) -> Response:
            g.actor = self._actor()
            if g.actor is None or (one.needs_token and g.actor is VISITOR):
                return _token_wanted()
            if one.needs_token:
                g.actor.must_have_scope(*([one.scope] if one.scope else []))
            try:
                request.max_content_length = one.most_bytes or request.max_content_length
                if one.body is not None:
                    sent = request.get_data() or b"{}"
                    if request.get_data() and request.mimetype != JSON:
                        return problem(415, "unsupported_media_type", _("Send this as JSON."))
                    values["body"] = one.body.model_validate_json(
                        sent, strict=True, context=FROM_OUTSIDE
                    )
                if one.query is not None:
                    values["query"] = one.query.model_validate(
                        _query_of(one.query), context=FROM_OUTSIDE
                    )
            except ValidationError as error:
                return _invalid(error, [model for model in (one.body, one.query) if model])
            return _answered(one, one.handler(**values))

        return view

    def _actor(self) -> Actor | None:
        """Who asks: the bearer; a visitor without a token; None for a token that opens nothing."""
        if "Authorization" not in request.headers:
            return VISITOR
        return self.authenticate()


def current_actor() -> Actor:
    """Who asks this endpoint."""
    actor: Actor = g.actor
    return actor


def _query_of(model: type[Model]) -> dict[str, Any]:
    """The parameters that the model knows; those that may repeat as lists."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key in request.args:
            many = get_origin(field.annotation) is tuple
            found[key] = request.args.getlist(key) if many else request.args[key]
    return found


def _token_wanted() -> Response:
    return problem(
        401,
        "token_required",
        _("Send a valid token: Authorization: Bearer …"),
        headers={"WWW-Authenticate": 'Bearer realm="yhteistila"'},
    )


def _invalid(error: ValidationError, models: Sequence[type[Model]]) -> Response:
    """400 for what is no JSON at all, 422 for values of the wrong form, each named."""
    if any(fault["type"] == "json_invalid" for fault in error.errors(include_context=False)):
        return problem(400, "bad_json", _("This is not valid JSON."))
    return problem(
        422,
        "invalid_value",
        _("Some values are not of the form expected."),
        violations=violations_of(error, models),
    )


def _answered(one: Endpoint, result: Any) -> Response:
    if isinstance(result, Response):
        return result
    answer = result if isinstance(result, Answer) else Answer(result, one.status)
    response = make_response(answer.body.model_dump_json(by_alias=True), answer.status)
    response.mimetype = JSON
    response.headers.update(answer.headers or {})
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def status_name(status: int) -> str:
    return HTTPStatus(status).phrase
