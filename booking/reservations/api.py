"""Free time and reservations, over the API: the same use cases as the pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response, current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from booking.accounts.api import api
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Scope
from booking.core.errors import BookingError, RequestRefused, RuleBroken
from booking.reservations import use_cases
from booking.reservations.api_models import (
    ReasonIn,
    ReservationIn,
    ReservationList,
    ReservationOut,
    ReservationQuery,
    alternative_out,
    reservation_out,
)
from booking.reservations.api_once import created
from booking.reservations.errors import NotFree, SpaceNotFree, TooLong
from booking.reservations.models import Reservation, ReservationSpace
from booking.reservations.queries import (
    get_reservation,
    in_units,
    state_at,
    visible_to,
    with_all,
)
from booking.reservations.rules import LONGEST_PERIOD, ReservationRequest
from booking.reservations.suggestions import add_next_possible, alternatives
from booking.web.api import Answer, current_actor
from booking.web.cursors import read_cursor, write_cursor
from booking.web.errors import problem
from booking.web.session import db, transact
from booking.web.words import in_words

# ── Reservations ──────────────────────────────────────────────────────────────────────────────


@api.endpoint(
    "POST",
    "/reservations",
    summary="Make a reservation",
    answers=ReservationOut,
    body=ReservationIn,
    status=201,
    tag="reservations",
    scope=Scope.BOOK,
    errors=(403, 404, 409),
)
def create_reservation(body: ReservationIn) -> Answer | Response:
    """Confirmed, awaiting approval, or a hold; or refused with every rule it breaks."""
    actor, now = current_actor(), clock.now()
    wanted = body.as_request(get_catalogue(db.session()).zone)
    automatic = current_app.config["SETTINGS"].automatic_decisions
    if wanted.ends_at - wanted.starts_at > LONGEST_PERIOD:
        return refusal(None, RequestRefused([TooLong(longest=LONGEST_PERIOD)]))

    def make(session: Session) -> tuple[ReservationOut, dict[str, str]]:
        made = use_cases.request_reservation(
            session, actor, wanted, now, automatic_decisions=automatic
        )
        out = reservation_as_out(made, get_catalogue(session))
        headers = {"ETag": f'"{made.version}"', "Location": out.links["self"]}
        return out, headers

    try:
        return created(ReservationOut, actor, make, now)
    except (RequestRefused, SpaceNotFree) as error:
        return refusal(wanted, error)


@api.endpoint(
    "GET",
    "/reservations",
    summary="Reservations that one may see",
    answers=ReservationList,
    query=ReservationQuery,
    tag="reservations",
    scope=Scope.READ,
)
def list_reservations(query: ReservationQuery) -> ReservationList:
    """One's own, and, for staff, those of their units; by start."""
    session, actor = db.session(), current_actor()
    city = get_catalogue(session)
    clauses = [visible_to(actor)]
    if query.state:
        clauses.append(Reservation.state.in_(query.state))
    if query.from_ is not None:
        clauses.append(Reservation.ends_at > query.from_)
    if query.to is not None:
        clauses.append(Reservation.starts_at < query.to)
    if query.unit:
        chosen = {city.units[slug].id for slug in query.unit if slug in city.units}
        clauses.append(in_units(chosen))
    if query.space:
        clauses.append(_of_spaces(query.space, city))
    if after := read_cursor(query.cursor, [datetime, int]):
        moment = after[0]
        clauses.append(
            or_(
                Reservation.starts_at > moment,
                and_(Reservation.starts_at == moment, Reservation.id > after[1]),
            )
        )
    rows = session.scalars(
        with_all(select(Reservation).where(*clauses))
        .order_by(Reservation.starts_at, Reservation.id)
        .limit(query.limit + 1)
    ).all()
    shown = rows[: query.limit]
    last = shown[-1] if len(rows) > query.limit else None
    return ReservationList(
        items=[reservation_as_out(one, city) for one in shown],
        next=write_cursor(last.starts_at.isoformat(), last.id) if last else None,
    )


def _of_spaces(slugs: Sequence[str], city: Catalogue) -> ColumnElement[bool]:
    keys = [city.places[slug].id for slug in slugs if slug in city.places]
    return Reservation.id.in_(
        select(ReservationSpace.reservation_id).where(ReservationSpace.space_id.in_(keys))
    )


@api.endpoint(
    "GET",
    "/reservations/<reference>",
    summary="One reservation",
    answers=ReservationOut,
    tag="reservations",
    scope=Scope.READ,
    errors=(404,),
)
def show_reservation(reference: str) -> Answer:
    """A reservation of one's own or of one's units; its version is the ETag."""
    session = db.session()
    found = get_reservation(session, current_actor(), reference)
    return tagged(found, get_catalogue(session))


@api.endpoint(
    "POST",
    "/reservations/<reference>/cancel",
    summary="Cancel a reservation",
    answers=ReservationOut,
    body=ReasonIn,
    tag="reservations",
    scope=Scope.BOOK,
    errors=(403, 404, 409),
)
def cancel_reservation(reference: str, body: ReasonIn) -> Answer | Response:
    """As its owner within the policy's limit, or as staff with a reason."""
    return step(use_cases.cancel_reservation, reference, body)


def step(use_case: Any, reference: str, body: ReasonIn) -> Answer | Response:
    """Take a step in a reservation's life, and answer with how it stands then."""
    return changed(use_case, reference, clock.now(), body.reason)


def changed(use_case: Any, reference: str, *args: Any, **kwargs: Any) -> Answer | Response:
    """Change a reservation, and answer with how it stands then, or why that can't be."""
    try:
        done = transact(use_case, current_actor(), reference, *args, **kwargs)
    except (RequestRefused, SpaceNotFree) as error:
        return refusal(None, error)
    return tagged(done, get_catalogue(db.session()))


def tagged(reservation: Reservation, city: Catalogue) -> Answer:
    """The reservation, with its version as ETag."""
    return Answer(reservation_as_out(reservation, city), 200, {"ETag": f'"{reservation.version}"'})


def reservation_as_out(reservation: Reservation, city: Catalogue) -> ReservationOut:
    state = state_at(reservation, clock.now())
    return reservation_out(reservation, city, str(state), current_app.config["BASE_URL"])


def refusal(
    wanted: ReservationRequest | None, error: RequestRefused | SpaceNotFree, **told: Any
) -> Response:
    """422 with every broken rule; 409 with alternatives where only `not_free` is among them. What
    else is `told` stands beside them."""
    broken: list[BookingError] = (
        list(error.broken) if isinstance(error, RequestRefused) else [error]
    )
    others = []
    if wanted is not None:
        now = clock.now()
        rules = [one for one in broken if isinstance(one, RuleBroken)]
        taken = rules or [NotFree(space="")]
        add_next_possible(db.session(), wanted, taken, now)
        others = alternatives(db.session(), wanted, taken, now)
    status = 409 if {one.code for one in broken} == {"not_free"} else 422
    more: dict[str, Any] = {"violations": [violation(one) for one in broken], **told}
    if status == 409:
        more["alternatives"] = [
            alternative_out(one.place.slug, one.period.starts_at, one.period.ends_at)
            for one in others
        ]
    code = broken[0].code if len({one.code for one in broken}) == 1 else "request_refused"
    detail = in_words(broken[0]) if len(broken) == 1 else _("Several rules do not allow this.")
    return problem(status, code, detail, **more)


def violation(error: BookingError) -> dict[str, Any]:
    """One broken rule, in the reader's words."""
    found: dict[str, Any] = {"code": error.code, "message": in_words(error)}
    if field := getattr(error, "field", None):
        found["field"] = _API_FIELDS.get(field, field)
    if day := getattr(error, "day", None):
        found["date"] = day.isoformat()
    if following := getattr(error, "next_possible", None):
        found["next_possible"] = following.isoformat()
    return found


_API_FIELDS = {
    "start": "starts_at",
    "end": "ends_at",
    "date": "starts_at",
    "terms": "terms_version",
}
