"""Events in the demo city, judged by the rules; applications for support in every state, and who
decides about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from booking.accounts.models import Organisation, Person
from booking.accounts.queries import actor_of
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core.actors import Actor
from booking.core.clock import local_date, to_utc
from booking.core.periods import Period
from booking.notifications.models import OutgoingEmail
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.loan_rules import proposed_days
from booking.self_initiated.event_use_cases import NewEvent, start_event
from booking.self_initiated.receipt_files import kind_of_receipt
from booking.self_initiated.receipt_use_cases import NewReceipt, add_receipt, report_event
from booking.self_initiated.support_deciding_use_cases import deny_support, grant_support
from booking.self_initiated.support_models import DecisionPower, SupportApplication
from booking.self_initiated.support_paying_use_cases import check_receipts, note_paid
from booking.self_initiated.support_rules import BudgetLine, LoanLine, Wish
from booking.self_initiated.support_use_cases import save_draft, submit_application
from booking.web.storage import storage

IBAN = "FI2112345600000785"
POST = {
    "fi": "Hyvinvointikoordinaattori",
    "sv": "Välfärdskoordinator",
    "en": "Wellbeing coordinator",
}
LIMIT = 50_000
ELIGIBLE = ["S01", "S02", "S03", "S04", "S06", "S12"]
STEPS = ("draft", "submitted", "denied", "granted", "reported", "paid")


@dataclass(frozen=True)
class Feast:
    """What somebody of the demo arranges, so many days from today, and how far its support is."""

    title: str
    purpose: str
    people: int
    in_days: int
    euros: int
    reaches: str
    story: str = ""
    by_club: bool = False
    borrows: int = 0
    hours: tuple[str, str] = ("12:00", "15:00")
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What else is told of it, or told otherwise."""


CONCERT = {
    "place_kind": "city_outdoor",
    "space_type": "park",
    "outdoor": True,
    "amplified": True,
    "music": "live",
    "food": "mobile_registered",
    "structures": "tent_or_stage",
    "structure_days": 1,
    "stewards_or_traffic": True,
}
FEASTS = (
    Feast(
        "Puistojooga kaikille", "wellbeing", 40, -40, 120, "paid", "Meitä oli 38, aurinko paistoi."
    ),
    Feast("Lasten askartelupäivä", "culture", 30, -5, 90, "granted"),
    Feast("Kylätalon kirpputori", "commerce", 60, 25, 200, "denied"),
    Feast("Naapuruston lukupiiri", "culture", 15, 34, 80, "submitted", borrows=1),
    Feast("Koko perheen liikuntapäivä", "sport", 120, -12, 240, "reported", "Hyvä päivä.", True),
    Feast("Nuorten peli-ilta", "youth", 50, 30, 150, "granted", by_club=True),
    Feast("Kevään kyläjuhla", "culture", 180, 60, 400, "submitted", by_club=True),
    Feast("Talkoiden kahvit", "wellbeing", 25, 75, 60, "draft", by_club=True),
    Feast(
        *("Puistokonsertti", "culture", 450, 40, 0, ""),
        by_club=True,
        hours=("19:00", "23:00"),
        facts=CONCERT,
    ),
)


def load_support(session: Session, now: datetime) -> int:
    """Powers, events and applications, where there are none yet; how many applications."""
    if session.scalar(select(func.count(SupportApplication.id))):
        return 0
    city = get_catalogue(session)
    holder, substitute = (
        _person(session, f"{name}@demo.example") for name in ("approver", "manager")
    )
    _add_power(session, holder, substitute, local_date(now, city.zone))
    people = _person(session, "resident@demo.example"), _person(session, "member@demo.example")
    deciders = [actor_of(session, one.id) for one in (holder, substitute)]
    for feast in FEASTS:
        _arrange(session, city, feast, people[feast.by_club], deciders, now)
    session.flush()
    session.execute(
        update(OutgoingEmail)
        .where(OutgoingEmail.template.startswith("support_"), OutgoingEmail.sent_at.is_(None))
        .values(due_at=None, last_error="made up for the demo, never sent")
    )
    return sum(bool(feast.reaches) for feast in FEASTS)


def _person(session: Session, email: str) -> Person:
    return session.scalars(select(Person).where(Person.email == email)).one()


def _add_power(session: Session, holder: Person, substitute: Person, today: date) -> None:
    session.add(
        DecisionPower(
            matter="support",
            post=POST,
            limit_cents=LIMIT,
            holder_id=holder.id,
            substitute_id=substitute.id,
            substitute_from=today,
            substitute_to=today + timedelta(days=60),
            valid_from=date(today.year - 1, 1, 1),
        )
    )
    session.flush()


def _arrange(
    session: Session,
    city: Catalogue,
    feast: Feast,
    person: Person,
    deciders: Sequence[Actor],
    now: datetime,
) -> None:
    """The event, its application, and each step that it has taken, at a time that fits."""
    actor = actor_of(session, person.id)
    club = session.get(Organisation, min(actor.organisations)) if feast.by_club else None
    starts = to_utc(_day_of(feast, city, now), time(12), city.zone)
    asked_at = min(now - timedelta(days=4), starts - timedelta(days=30))
    event = start_event(session, actor, _new_event(feast, city, club, now), asked_at)
    if not feast.reaches:
        return
    steps = STEPS[: STEPS.index(feast.reaches) + 1]
    wish = _wish(feast, event, city, club.name if club else person.name)
    if feast.reaches == "draft":
        save_draft(session, actor, event.reference, wish, None, now)
        return
    made = submit_application(
        session, actor, event.reference, wish, None, asked_at, accepts_loan_terms=True
    )
    _go_on(session, made, feast, actor, deciders, steps, starts)


def _go_on(
    session: Session,
    made: SupportApplication,
    feast: Feast,
    actor: Actor,
    deciders: Sequence[Actor],
    steps: Sequence[str],
    starts: datetime,
) -> None:
    decider, payer = deciders
    decided_at = (made.submitted_at or starts) + timedelta(days=2)
    which = made.reference
    if feast.reaches == "denied":
        reason = (
            "Kirpputorilla myydään tavaraa, eikä avustusta anneta myyntiin. Pöytiä voi lainata."
        )
        deny_support(session, decider, which, reason, made.version, decided_at)
    elif "granted" in steps:
        cents = made.requested_cents
        grant_support(session, decider, which, cents, "", made.version, decided_at)
    if "reported" not in steps:
        return
    after = starts + timedelta(days=3)
    for what, cents in (("Ohjaajan palkkio", feast.euros * 60), ("Kahvit", feast.euros * 30)):
        add_receipt(session, actor, which, _receipt(what, cents), after)
    report_event(session, actor, which, feast.people - 2, feast.story, made.version, after)
    if "paid" in steps:
        paid_at = after + timedelta(days=5)
        accepted = {one.id: one.cents for one in made.receipts}
        check_receipts(session, payer, which, accepted, made.version, paid_at)
        note_paid(session, payer, which, feast.euros * 90, made.version, paid_at)


def _day_of(feast: Feast, city: Catalogue, now: datetime) -> date:
    return local_date(now, city.zone) + timedelta(days=feast.in_days)


def _new_event(feast: Feast, city: Catalogue, club: Organisation | None, now: datetime) -> NewEvent:
    day, (begins, ends) = _day_of(feast, city, now), feast.hours
    facts = {
        "organiser_type": "association" if club else "private_person",
        "openness": "open",
        "purpose": feast.purpose,
        "attendance_peak": feast.people,
        "place_kind": "city_indoor",
        "space_type": "hall",
        "grant_requested_eur": feast.euros,
        "start": f"{day.isoformat()}T{begins}",
        "end": f"{day.isoformat()}T{ends}",
        **feast.facts,
    }
    return NewEvent(facts, title=feast.title, organisation=club.slug if club else None)


def _wish(feast: Feast, event: SelfInitiatedEvent, city: Catalogue, payee: str) -> Wish:
    cents = feast.euros * 100
    period = Period(event.starts_at or event.created_at, event.ends_at or event.updated_at)
    loans = [
        LoanLine(thing.slug, 1, *proposed_days(thing.pickup_hours, period, city.zone))
        for thing in list(city.loans.values())[: feast.borrows]
    ]
    return Wish(
        requested_cents=cents,
        description="Avoin ja maksuton tapahtuma asukkaille: ohjelmaa, kahvia ja tekemistä.",
        budget=(
            BudgetLine("cost", "Ohjaajan palkkio", cents),
            BudgetLine("cost", "Kahvit ja mehut", 4_000),
            BudgetLine("income", "Kahviraha", 2_500),
        ),
        loans=loans,
        payee=payee,
        iban=IBAN,
    )


def _receipt(what: str, cents: int) -> NewReceipt:
    data = _paper(what, cents)
    media_type, _ending = kind_of_receipt(data)
    return NewReceipt(storage().save(data), data, media_type, f"{what}.pdf", what, cents)


def _paper(what: str, cents: int) -> bytes:
    """The smallest PDF with a line of text."""
    line = f"BT /F1 14 Tf 40 100 Td ({what}: {cents / 100:.2f} EUR) Tj ET".encode("latin-1")
    parts = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(line), line),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    written, starts = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        starts.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return written + head + table + end % (len(parts) + 1, len(written))
