"""What is done about money that is owed: say who pays, charge, credit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.audit.use_cases import record
from booking.billing import errors as e
from booking.billing.models import Charge, ChargeLine, CreditLine, CreditNote, Payer
from booking.billing.queries import (
    find_payer,
    get_charge,
    is_charged,
    owing,
    payer_details,
    reservations_owing,
)
from booking.billing.rules import (
    Amounts,
    CreditWish,
    PayerDetails,
    Reason,
    broken_payer_rules,
    credits_of,
    owed_for,
    reference_number,
    sum_of,
)
from booking.catalogue.models import City
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Action, Actor
from booking.core.clock import local_date
from booking.core.errors import NotAllowed, RequestRefused
from booking.database import lock
from booking.reservations.circumstances import must_at_units
from booking.reservations.mails import tell_owner
from booking.reservations.models import PriceLine, Reservation
from booking.reservations.queries import get_reservation, is_owner, units_of

AT_A_TIME = 200
FIRST_REFERENCE = 100_000
"""Reference numbers are made of the charge's number above this: so all are equally long."""


# ── Payers ────────────────────────────────────────────────────────────────────────────────────


def set_payer(
    session: Session,
    actor: Actor,
    reference: str,
    details: PayerDetails,
    now: datetime,
    keep_as_usual: bool = False,
) -> Payer:
    """Say who pays for a reservation: its owner or staff who book for others; on wish of the owner
    also for those to come (of an organisation: its admin).

    Raises `NotFound`, `NotAllowed`, `RequestRefused`, `PayerFixed` once it was charged.
    """
    reservation = get_reservation(session, actor, reference)
    must_say_who_pays(actor, reservation, get_catalogue(session))
    if keep_as_usual and not may_keep_usual_payer(actor, reservation):
        raise NotAllowed()
    wanted = details.in_order()
    if broken := broken_payer_rules(wanted):
        raise RequestRefused(broken)
    lock(session, Reservation, [reservation.id])
    if is_charged(session, reservation):
        raise e.PayerFixed()
    if keep_as_usual:
        _keep(session, wanted, now, **_usual_of(actor, reservation))
    payer = _keep(session, wanted, now, reservation_id=reservation.id)
    record(session, actor, "payer_set", reservation, now)
    return payer


def must_say_who_pays(actor: Actor, reservation: Reservation, city: Catalogue) -> None:
    """Raise `NotAllowed` unless it is the actor's own, or they book for others at its units."""
    if not is_owner(actor, reservation):
        must_at_units(actor, Action.BOOK_AS_STAFF, units_of(city, reservation))


def may_keep_usual_payer(actor: Actor, reservation: Reservation) -> bool:
    """Whether the actor answers for whom it is for: the admin of the organisation, or the person
    whose own it is."""
    if reservation.organisation_id is not None:
        return actor.organisations.get(reservation.organisation_id) == "admin"
    return is_owner(actor, reservation)


def _usual_of(actor: Actor, reservation: Reservation) -> dict[str, int]:
    """Whose payer is to be kept for the next time."""
    if reservation.organisation_id is not None:
        return {"organisation_id": reservation.organisation_id}
    return {"person_id": actor.person_id or 0}


def _keep(session: Session, details: PayerDetails, now: datetime, **owner: int) -> Payer:
    payer = find_payer(session, **owner) or Payer(**owner)
    payer.pays_by(details)
    payer.updated_at = now
    session.add(payer)
    session.flush()
    return payer


# ── Charges ───────────────────────────────────────────────────────────────────────────────────


def make_charges(session: Session, actor: Actor, now: datetime, most: int = AT_A_TIME) -> int:
    """Charge what is owed for reservations whose time is over, at most so many; how many there
    were. Done again it makes nothing twice. One who charges waits for another.

    Of a late cancellation its owner was told when it was cancelled; of a no-show they are now.
    """
    lock(session, City, [1])
    due = owing(session, now, most)
    lock(session, Reservation, due)
    reservations = reservations_owing(session, due)
    if not reservations:
        return 0
    city = get_catalogue(session)
    last = number = _last(session, Charge)
    for reservation in reservations:
        is_no_show = reservation.no_show_at is not None
        reason = owed_for(
            reservation.state, reservation.ends_at, reservation.due_cents, is_no_show, now
        )
        if reason is None:
            continue
        number += 1
        charge = _charge(session, reservation, reason, number, city, now)
        session.flush()
        record(session, actor, "charged", charge, now, number=number, total=charge.total_cents)
        if reason is Reason.NO_SHOW:
            tell_owner(session, city, reservation, "reservation_no_show", now)
    return number - last


def _charge(
    session: Session,
    reservation: Reservation,
    reason: Reason,
    number: int,
    city: Catalogue,
    now: datetime,
) -> Charge:
    """The charge, with price and payer copied as they are now; what costs nothing is no line."""
    priced = [line for line in reservation.price_lines if line.total_cents]
    charge = Charge(
        number=number,
        reservation_id=reservation.id,
        reason=reason.value,
        reference_number=reference_number(FIRST_REFERENCE + number),
        charged_on=local_date(now, city.zone),
        currency=reservation.currency or city.currency,
        net_cents=sum(line.net_cents for line in priced),
        vat_cents=sum(line.vat_cents for line in priced),
        total_cents=sum(line.total_cents for line in priced),
        created_at=now,
        lines=[_line(line, position, city) for position, line in enumerate(priced, 1)],
    )
    charge.pays_by(payer_details(session, reservation))
    session.add(charge)
    return charge


def _line(line: PriceLine, position: int, city: Catalogue) -> ChargeLine:
    place = city.places_by_id[line.space_id] if line.space_id else None
    return ChargeLine(
        position=position,
        name=dict(place.name) if place else {},
        hours=line.hours,
        unit_cents=line.unit_cents,
        share=line.share,
        vat_class=line.vat_class,
        vat_percent=line.vat_percent,
        net_cents=line.net_cents,
        vat_cents=line.vat_cents,
        total_cents=line.total_cents,
    )


def _last(session: Session, numbered: type[Charge] | type[CreditNote]) -> int:
    """The greatest number given so far; the caller holds the lock under which they are given."""
    return session.scalar(select(func.max(numbered.number))) or 0


# ── Credit notes ──────────────────────────────────────────────────────────────────────────────


def credit_charge(
    session: Session,
    actor: Actor,
    number: int,
    wishes: Sequence[CreditWish] | None,
    reason: str,
    now: datetime,
) -> CreditNote:
    """Take back a charge: all that is left of it, or so much of each line as is wished.

    Raises `NotFound`, `NotAllowed`, `RequestRefused` without a reason or for more than is left.
    """
    charge = get_charge(session, actor, number)
    city = get_catalogue(session)
    must_at_units(actor, Action.CREDIT_CHARGES, units_of(city, charge.reservation))
    lock(session, City, [1])
    lock(session, Charge, [charge.id])
    session.expire_all()
    left = [(line.left, line.vat_percent) for line in charge.lines]
    taken = credits_of(left, wishes)
    broken = taken if isinstance(taken, list) else []
    if not reason.strip():
        broken = [e.CreditReasonMissing(), *broken]
    if broken or isinstance(taken, list):
        raise RequestRefused(broken)
    note = _credit_note(charge, taken, reason.strip(), _last(session, CreditNote) + 1, now)
    note.credited_on = local_date(now, city.zone)
    note.made_by_id = actor.person_id
    session.add(note)
    session.flush()
    record(session, actor, "credited", charge, now, number=note.number, total=note.total_cents)
    return note


def _credit_note(
    charge: Charge, taken: Mapping[int, Amounts], reason: str, number: int, now: datetime
) -> CreditNote:
    """The note, and what it takes counted on the charge and its lines."""
    whole = sum_of(list(taken.values()))
    note = CreditNote(
        number=number,
        charge=charge,
        reason=reason,
        net_cents=whole.net,
        vat_cents=whole.vat,
        total_cents=whole.total,
        created_at=now,
    )
    for position, amounts in sorted(taken.items()):
        line = charge.lines[position - 1]
        line.credit(amounts)
        note.lines.append(
            CreditLine(
                charge_line=line,
                net_cents=amounts.net,
                vat_cents=amounts.vat,
                total_cents=amounts.total,
            )
        )
    charge.credited_cents += whole.total
    return note
