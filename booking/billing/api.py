"""Money that is owed, over the API: payers, charges, credit notes, and the ledger's file."""

from __future__ import annotations

from flask import Response, make_response
from sqlalchemy.orm import Session

from booking.accounts.api import api
from booking.billing import use_cases
from booking.billing.api_models import (
    ChargeList,
    ChargeOut,
    ChargeQuery,
    CreditIn,
    CreditOut,
    LedgerQuery,
    PayerIn,
    PayerOut,
    charge_out,
    credit_out,
    payer_out,
)
from booking.billing.errors import LastBeforeFirst
from booking.billing.ledger import ledger_csv
from booking.billing.queries import get_charge, get_payer, ledger_of, list_charges
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Scope
from booking.core.errors import NotFound, RequestRefused
from booking.core.references import normal_reference
from booking.reservations.api import refusal
from booking.reservations.api_once import created
from booking.reservations.queries import get_reservation
from booking.web.api import Answer, current_actor
from booking.web.cursors import LARGEST_KEY, read_cursor, write_cursor
from booking.web.session import db, transact

CSV = "text/csv"


@api.endpoint(
    "GET",
    "/reservations/<reference>/payer",
    summary="Who pays for a reservation",
    answers=PayerOut,
    tag="billing",
    scope=Scope.READ,
    errors=(404,),
)
def show_payer(reference: str) -> PayerOut:
    """The payer of the reservation, else the usual one of whom it is for; 404 where there is
    none yet."""
    reservation = get_reservation(db.session(), current_actor(), reference)
    return payer_out(get_payer(db.session(), reservation))


@api.endpoint(
    "PUT",
    "/reservations/<reference>/payer",
    summary="Say who pays for a reservation",
    answers=PayerOut,
    body=PayerIn,
    tag="billing",
    scope=Scope.BOOK,
    errors=(403, 404, 409),
)
def set_payer(reference: str, body: PayerIn) -> PayerOut | Response:
    """As its owner, or as staff who book for others; not once it was charged."""
    now, details = clock.now(), body.as_details()
    try:
        payer = transact(
            use_cases.set_payer, current_actor(), reference, details, now, body.keep_as_usual
        )
    except RequestRefused as error:
        return refusal(None, error)
    return payer_out(payer)


@api.endpoint(
    "GET",
    "/charges",
    summary="What is owed",
    answers=ChargeList,
    query=ChargeQuery,
    tag="billing",
    scope=Scope.MONEY,
    errors=(403,),
)
def show_charges(query: ChargeQuery) -> ChargeList:
    """The charges of the units at which one is a manager, by number."""
    after = read_cursor(query.cursor, [int])
    reference = normal_reference(query.reservation) if query.reservation else None
    found = list_charges(
        db.session(),
        current_actor(),
        query.from_,
        query.to,
        reference,
        after[0] if after else 0,
        query.limit + 1,
    )
    shown = found[: query.limit]
    more = len(found) > query.limit
    return ChargeList(
        items=[charge_out(one) for one in shown],
        next=write_cursor(shown[-1].number) if more else None,
    )


@api.endpoint(
    "GET",
    "/charges/<number>",
    summary="One charge",
    answers=ChargeOut,
    tag="billing",
    scope=Scope.MONEY,
    errors=(403, 404),
)
def show_charge(number: str) -> ChargeOut:
    """A charge with its lines and credit notes."""
    return charge_out(get_charge(db.session(), current_actor(), _read(number)))


@api.endpoint(
    "POST",
    "/charges/<number>/credits",
    summary="Credit a charge",
    answers=CreditOut,
    body=CreditIn,
    status=201,
    tag="billing",
    scope=Scope.MONEY,
    errors=(403, 404),
)
def credit_charge(number: str, body: CreditIn) -> Answer | Response:
    """Take back all that is left of a charge, or so many cents of its lines, with the reason."""
    actor, now, wanted = current_actor(), clock.now(), _read(number)

    def make(session: Session) -> tuple[CreditOut, dict[str, str]]:
        note = use_cases.credit_charge(session, actor, wanted, body.as_wishes(), body.reason, now)
        return credit_out(note), {}

    try:
        return created(CreditOut, actor, make, now)
    except RequestRefused as error:
        return refusal(None, error)


@api.endpoint(
    "GET",
    "/charges.csv",
    summary="Charges and credit notes for the ledger",
    answers=None,
    media=CSV,
    query=LedgerQuery,
    tag="billing",
    scope=Scope.MONEY,
    errors=(403,),
)
def export_charges(query: LedgerQuery) -> Response:
    """CSV with semicolons and decimal commas, a row for each line; credit notes are negative."""
    if query.to < query.from_:
        raise LastBeforeFirst()
    session, city = db.session(), get_catalogue(db.session())
    charges, notes = ledger_of(session, current_actor(), query.from_, query.to)
    answer = make_response(ledger_csv(charges, notes, city.zone, city.default_language))
    answer.mimetype = CSV
    answer.headers["Cache-Control"] = "no-store"
    name = f"charges-{query.from_}-{query.to}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _read(number: str) -> int:
    """The number of a charge in an address. Raises `NotFound` for what is none."""
    if not (number.isascii() and number.isdigit() and int(number[:12]) <= LARGEST_KEY):
        raise NotFound()
    return int(number)
