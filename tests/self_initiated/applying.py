"""Applications for support, as tests make them: an event, what is applied for, who decides."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from booking.accounts.queries import actor_of
from booking.core.actors import Grant, Role
from booking.core.references import new_reference
from booking.reservations.event_models import SelfInitiatedEvent
from booking.self_initiated.receipt_files import kind_of_receipt
from booking.self_initiated.receipt_use_cases import NewReceipt, add_receipt
from booking.self_initiated.support_deciding_use_cases import grant_support
from booking.self_initiated.support_models import DecisionPower
from booking.self_initiated.support_rules import BudgetLine, Wish
from booking.self_initiated.support_use_cases import save_draft, submit_application
from tests.builders import a_person
from tests.places import a_city, an_actor
from tests.values import MONDAY, NOW, at, texts

_numbers = count(1)
IBAN = "FI2112345600000785"
ELIGIBLE = {
    "status": "eligible",
    "amount": 300,
    "in_kind": True,
    "rules": ["S01", "S02", "S03", "S04", "S06", "S07", "S12"],
}
AFTER = NOW + timedelta(days=3)
"""When the event is over."""


def an_event(session, *, actor=None, organisation=None, support=None, **values):
    """An open event on the Tuesday, of a resident or an organisation."""
    a_city(session)
    actor = actor or an_actor(session)
    event = SelfInitiatedEvent(
        **{
            "reference": new_reference(),
            "person_id": actor.person_id,
            "organisation_id": organisation.id if organisation else None,
            "title": "Kyläjuhla",
            "facts": {"purpose": "culture", "openness": "open", "organiser_type": "private_person"},
            "starts_at": at("10:00", MONDAY + timedelta(days=1)),
            "ends_at": at("16:00", MONDAY + timedelta(days=1)),
            "rules_version": "test",
            "evaluated_on": MONDAY,
            "outcome": {"support": {**ELIGIBLE, **(support or {})}},
            "created_at": NOW,
            "updated_at": NOW,
            **values,
        }
    )
    session.add(event)
    session.flush()
    return event


def a_wish(**values: Any) -> Wish:
    """300 euros for a feast that costs 400."""
    usual = {
        "requested_cents": 30_000,
        "description": "Soittajien palkkiot ja kahvit.",
        "budget": (BudgetLine("cost", "Soittajat", 40_000),),
        "payee": "Maija Meikäläinen",
        "iban": IBAN,
    }
    return Wish(**{**usual, **values})


def an_application(session, *, actor=None, event=None, now=NOW, **values):
    """A submitted application."""
    actor = actor or an_actor(session)
    event = event or an_event(session, actor=actor)
    return submit_application(
        session, actor, event.reference, a_wish(**values), None, now, accepts_loan_terms=True
    )


def a_draft(session, actor, event, **values):
    return save_draft(session, actor, event.reference, a_wish(**values), None, NOW)


def a_decider(session, *, limit=50_000, role=Role.APPROVER, **values):
    """A member of staff with the power to decide about support."""
    person = a_person(session, grants=[Grant(role)])
    a_power(session, person, limit=limit, **values)
    return actor_of(session, person.id)


def a_power(session, holder, *, limit=50_000, **values):
    power = DecisionPower(
        **{
            "matter": "support",
            "post": texts("Coordinator"),
            "limit_cents": limit,
            "holder_id": holder.id,
            "valid_from": date(2027, 1, 1),
            **values,
        }
    )
    session.add(power)
    session.flush()
    return power


def grant(session, decider, application, cents=30_000, reason="", now=NOW):
    return grant_support(
        session, decider, application.reference, cents, reason, application.version, now
    )


def a_granted(session, *, actor=None, cents=30_000, **values):
    actor = actor or an_actor(session)
    application = an_application(session, actor=actor, **values)
    return grant(session, a_decider(session), application, cents, "Sum of the year.")


def a_receipt(session, actor, application, cents=30_000, number=1, now=AFTER):
    data = a_pdf(number)
    kind, ending = kind_of_receipt(data)
    key = f"00/{next(_numbers):030}.{ending}"
    new = NewReceipt(key, data, kind, "kuitti.pdf", "Soittajat", cents)
    return add_receipt(session, actor, application.reference, new, now)


def a_pdf(number: int = 1) -> bytes:
    """The smallest whole PDF, different for each number."""
    head = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + f"% {number}\n".encode()
    body = head + b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    body += b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 3 /Root 1 0 R >>\n"
    return body + table + f"startxref\n{len(body)}\n%%EOF\n".encode()
