"""Things on loan within a reservation: what is asked for, what is free, what is taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.accounts.models import Organisation
from booking.catalogue.places import Catalogue, LoanThing
from booking.catalogue.rules import LoanPolicy
from booking.catalogue.version_models import Policy, PolicyVersion
from booking.core.actors import Actor
from booking.core.clock import local_date
from booking.core.errors import NotFound, RequestRefused
from booking.core.periods import Period
from booking.reservations import errors as e
from booking.reservations.circumstances import organiser_at, organiser_clause
from booking.reservations.loan_rules import Loan, proposed_days
from booking.reservations.models import Reservation, ReservationLoan
from booking.reservations.queries import holds_its_parts
from booking.reservations.rules import LoanWish, ReservationRequest
from booking.reservations.states import Kind
from booking.reservations.timetables import taken_in

MOMENT = timedelta(microseconds=1)


def thing_of(city: Catalogue, slug: str) -> LoanThing:
    """The thing of that slug. Raises `NotFound`."""
    if slug not in city.loans:
        raise NotFound()
    return city.loans[slug]


def things_of(city: Catalogue, reservation: Reservation) -> list[LoanThing]:
    """The things on loan in a reservation, in its own order."""
    return [city.loans_by_id[row.loan_item_id] for row in reservation.loans]


def days_of(row: ReservationLoan, city: Catalogue) -> tuple[date, date]:
    """The first and the last local day of a loan, both included."""
    return local_date(row.starts_at, city.zone), local_date(row.ends_at - MOMENT, city.zone)


def wishes_of(reservation: Reservation, city: Catalogue) -> tuple[LoanWish, ...]:
    """What a reservation has on loan, as it would be asked for now."""
    return tuple(
        LoanWish(city.loans_by_id[row.loan_item_id].slug, row.quantity, *days_of(row, city))
        for row in reservation.loans
    )


def loan_policies(things: Sequence[LoanThing], now: datetime) -> list[LoanPolicy]:
    """Their policies in force."""
    return [found[1] for thing in things if (found := thing.policy_at(now)) is not None]


def loans_around(
    session: Session,
    city: Catalogue,
    actor: Actor,
    request: ReservationRequest,
    organisation: Organisation | None,
    now: datetime,
    standing: Reservation | None = None,
) -> list[Loan]:
    """What stands for each of the things asked for; two queries for all of them.

    Raises `RequestRefused` for days in the wrong order, and where a thing has no policy yet.
    """
    if not request.items:
        return []
    wanted = [(wish, thing_of(city, wish.item)) for wish in request.items]
    without_policy = [thing for _, thing in wanted if thing.policy_at(now) is None]
    if without_policy:
        raise RequestRefused([e.NotBookable(space=thing.name) for thing in without_policy])
    days = {wish: _days(wish, thing, request, city) for wish, thing in wanted}
    if any(last < first for first, last in days.values()):
        raise RequestRefused([e.EndBeforeStart()])
    without = [standing.id] if standing else []
    pieces = {piece for _, thing in wanted for piece in thing.pieces}
    reach = [city.days(*both) for both in days.values()]
    taken = taken_in(session, pieces, reach, now, without) if pieces else {}
    used = _used(session, actor, request, organisation, now, standing)
    return [
        Loan(
            wish=wish,
            thing=thing,
            policy_id=in_force[0],
            policy=in_force[1],
            first=days[wish][0],
            last=days[wish][1],
            free=_free(thing, city.days(*days[wish]), taken),
            used=used.get(in_force[1].slug, 0),
            organiser=organiser_at(actor, request, organisation, thing.pickup_unit.id),
            terms=city.terms_on(in_force[1].terms, local_date(now, city.zone)),
        )
        for wish, thing in wanted
        if (in_force := thing.policy_at(now)) is not None
    ]


def _days(
    wish: LoanWish, thing: LoanThing, request: ReservationRequest, city: Catalogue
) -> tuple[date, date]:
    if wish.first is not None and wish.last is not None:
        return wish.first, wish.last
    return proposed_days(thing.pickup_hours, request.period, city.zone)


def _free(thing: LoanThing, days: Period, taken: dict[int, list[Period]]) -> list[int]:
    """The pieces that nobody has on any of these days."""
    return [
        piece
        for piece in thing.pieces
        if not any(days.overlaps(one) for one in taken.get(piece, ()))
    ]


def _used(
    session: Session,
    actor: Actor,
    request: ReservationRequest,
    organisation: Organisation | None,
    now: datetime,
    standing: Reservation | None,
) -> dict[str, int]:
    """How many loans of each policy the organiser has that are not over, by its slug."""
    if request.kind is not Kind.CUSTOMER or request.on_behalf_of is not None:
        return {}
    rows = session.execute(
        select(Policy.slug, func.count(func.distinct(Reservation.id)))
        .join(PolicyVersion, PolicyVersion.policy_id == Policy.id)
        .join(ReservationLoan, ReservationLoan.policy_version_id == PolicyVersion.id)
        .join(Reservation, Reservation.id == ReservationLoan.reservation_id)
        .where(
            organiser_clause(actor, organisation, standing),
            Reservation.kind == Kind.CUSTOMER,
            holds_its_parts(now),
            ReservationLoan.ends_at > now,
            Reservation.id != (standing.id if standing else 0),
        )
        .group_by(Policy.slug)
    )
    return {slug: number for slug, number in rows}


def add_loans(reservation: Reservation, loans: Sequence[Loan], city: Catalogue) -> None:
    """Its rows of things on loan; the pieces themselves are occupied with all else it takes."""
    for position, loan in enumerate(loans):
        period = loan.period(city.zone)
        reservation.loans.append(
            ReservationLoan(
                loan_item_id=loan.thing.id,
                position=position,
                quantity=loan.wish.quantity,
                starts_at=period.starts_at,
                ends_at=period.ends_at,
                policy_version_id=loan.policy_id,
                terms_version_id=loan.terms.id if loan.terms else None,
            )
        )


def pieces_needed(loans: Sequence[Loan], city: Catalogue) -> dict[int, Period]:
    """The pieces that these loans take, each for its days."""
    return {piece: loan.period(city.zone) for loan in loans for piece in loan.chosen}
