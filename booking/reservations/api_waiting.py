"""The waiting list over the API: joining it, seeing one's own places, leaving."""

from __future__ import annotations

from flask import Response, current_app
from sqlalchemy.orm import Session

from booking.accounts.api import api
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Scope
from booking.core.errors import RequestRefused
from booking.reservations.api import refusal
from booking.reservations.api_once import created
from booking.reservations.api_waiting_models import WishIn, WishList, WishOut, wish_out
from booking.reservations.errors import TooLong
from booking.reservations.rules import LONGEST_PERIOD
from booking.reservations.waiting_queries import my_wishes, places_in_queue
from booking.reservations.waiting_use_cases import join_waiting_list, leave_waiting_list
from booking.web.api import Answer, current_actor
from booking.web.session import db, transact


@api.endpoint(
    "POST",
    "/waitlist",
    summary="Join the waiting list",
    answers=WishOut,
    body=WishIn,
    status=201,
    tag="waiting list",
    scope=Scope.BOOK,
    errors=(403, 404),
)
def join_waitlist(body: WishIn) -> Answer | Response:
    """Wait for a space at a time that is taken.

    When it becomes free it is held for whoever is first, as a reservation in the state `held`, and
    they are told by e-mail. What is free, or could not be booked anyhow, is refused.
    """
    actor, now, wanted = current_actor(), clock.now(), body.as_request()
    if wanted.ends_at - wanted.starts_at > LONGEST_PERIOD:
        return refusal(None, RequestRefused([TooLong(longest=LONGEST_PERIOD)]))

    def make(session: Session) -> tuple[WishOut, dict[str, str]]:
        entry = join_waiting_list(session, actor, wanted, now)
        city = get_catalogue(session)
        place = places_in_queue(session, city, [entry], now)[entry.id]
        out = wish_out(entry, city, place, current_app.config["BASE_URL"])
        headers = {"Location": out.links["self"]}
        return out, headers

    try:
        return created(WishOut, actor, make, now)
    except RequestRefused as error:
        return refusal(wanted, error)


@api.endpoint(
    "GET",
    "/waitlist",
    summary="One's places on the waiting list",
    answers=WishList,
    tag="waiting list",
    scope=Scope.READ,
)
def list_waitlist() -> WishList:
    """One's own, and those of one's organisations: what waits, and what is held since it became
    free. Who else waits is told to nobody."""
    session, now = db.session(), clock.now()
    city = get_catalogue(session)
    wishes = my_wishes(session, current_actor(), now)
    places = places_in_queue(session, city, wishes, now)
    base = current_app.config["BASE_URL"]
    return WishList(
        items=[wish_out(one, city, places.get(one.id), base) for one in wishes], next=None
    )


@api.endpoint(
    "DELETE",
    "/waitlist/<reference>",
    summary="Leave the waiting list",
    answers=WishOut,
    tag="waiting list",
    scope=Scope.BOOK,
    errors=(403, 404, 409),
)
def leave_waitlist(reference: str) -> WishOut:
    """Wait no more. What has been offered is a reservation: cancel that."""
    left = transact(leave_waiting_list, current_actor(), reference, clock.now())
    return wish_out(left, get_catalogue(db.session()), None, current_app.config["BASE_URL"])
