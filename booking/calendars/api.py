"""Secret calendars over the API: making one, seeing one's own, revoking."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Annotated, Literal

from flask import current_app
from pydantic import AwareDatetime, Field, StringConstraints
from sqlalchemy.orm import Session

from booking.accounts.api import api
from booking.calendars import rendering, use_cases
from booking.calendars.queries import FeedRow, my_feeds
from booking.calendars.rules import FeedKind
from booking.calendars.use_cases import FeedWish
from booking.core import clock
from booking.core.actors import Scope
from booking.core.errors import NotFound
from booking.reservations.api_once import created
from booking.web.api import Answer, Model, current_actor
from booking.web.session import db, transact

Slug = Annotated[str, StringConstraints(max_length=80)]


class FeedIn(Model):
    """What the calendar shows: one's own bookings (`mine`), those of an `organisation` (its slug),
    or the deadlines and bookings of an `event` (its reference)."""

    kind: Literal["mine", "organisation", "unit", "event"]
    organisation: Slug | None = None
    event: Slug | None = None
    language: Literal["fi", "sv", "en"] | None = None
    name: Annotated[str, StringConstraints(max_length=120)] = ""


class NewFeedOut(Model):
    """A calendar that was made; its secret `url` is told only here."""

    id: int
    url: str


class FeedOut(Model):
    """A calendar of one's own, without its address, which is kept nowhere."""

    id: int
    kind: str
    shows: Annotated[str | None, Field(description="The organisation or the event.")]
    created_at: AwareDatetime
    last_used_at: AwareDatetime | None


class FeedList(Model):
    items: list[FeedOut]
    next: str | None


@api.endpoint(
    "POST",
    "/feeds",
    summary="Make a secret calendar",
    answers=NewFeedOut,
    body=FeedIn,
    status=201,
    tag="calendars",
    scope=Scope.BOOK,
    errors=(403, 404),
)
def create_feed(body: FeedIn) -> Answer:
    """Whoever has the address has the calendar, until it is revoked."""
    actor, now = current_actor(), clock.now()
    language = body.language or actor.language
    wish = FeedWish(FeedKind(body.kind), language, body.organisation, body.event, body.name)

    def make(session: Session) -> tuple[NewFeedOut, dict[str, str]]:
        seed = secrets.token_urlsafe(use_cases.SECRET_BYTES)
        feed, _secret = use_cases.create_feed(session, actor, wish, now, _secret_of(seed))
        return NewFeedOut(id=feed.id, url=seed), {}

    answer = created(NewFeedOut, actor, make, now)
    # What is kept for those who ask once more is the seed: the address follows from it only here.
    made = NewFeedOut.model_validate(answer.body.model_dump())
    url = f"{rendering.base_url()}/calendars/private/{_secret_of(made.url)}.ics"
    return Answer(NewFeedOut(id=made.id, url=url), answer.status, answer.headers)


def _secret_of(seed: str) -> str:
    """The secret that follows from a seed, for this installation alone."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    made = hmac.new(key, f"feed:{seed}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


@api.endpoint(
    "GET",
    "/feeds",
    summary="One's secret calendars",
    answers=FeedList,
    tag="calendars",
    scope=Scope.READ,
)
def list_feeds() -> FeedList:
    """Those that were not revoked, newest first; their addresses are told only when made."""
    rows = my_feeds(db.session(), current_actor().person_id or 0)
    return FeedList(items=[_out(row) for row in rows], next=None)


@api.endpoint(
    "DELETE",
    "/feeds/<feed_id>",
    summary="Revoke a secret calendar",
    answers=FeedOut,
    tag="calendars",
    scope=Scope.BOOK,
    errors=(403, 404),
)
def revoke_feed(feed_id: str) -> FeedOut:
    """Its address shows a notice for 30 days, so that copies are cleared, and is then gone."""
    actor = current_actor()
    rows = my_feeds(db.session(), actor.person_id or 0)
    found = next((row for row in rows if str(row.id) == feed_id), None)
    if found is None:
        raise NotFound()
    transact(use_cases.revoke_feed, actor, found.id, clock.now())
    return _out(found)


def _out(row: FeedRow) -> FeedOut:
    return FeedOut(
        id=row.id,
        kind=row.kind.value,
        shows=row.event if row.kind is FeedKind.EVENT else row.organisation,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )
