"""The pages of those who handle support: the list, one application, deciding, paying."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from booking.accounts import access
from booking.catalogue.places import Catalogue
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Action, Actor
from booking.core.clock import local_date
from booking.core.errors import BookingError, Conflict, NotAllowed, RequestRefused
from booking.self_initiated import support_deciding_use_cases as deciding
from booking.self_initiated import support_paying_use_cases as paying
from booking.self_initiated.ledger_queries import find_account, grants_of_year
from booking.self_initiated.support_forms import (
    GrantForm,
    PaymentForm,
    ReceiptsCheckForm,
    version_of,
)
from booking.self_initiated.support_models import SupportApplication
from booking.self_initiated.support_pages import (
    application_face,
    decision_face,
    event_face,
    history_face,
    loans_face,
    outcome_face,
    steps_of,
)
from booking.self_initiated.support_payments import payments_csv
from booking.self_initiated.support_queries import (
    applications,
    count_awaiting,
    count_by_state,
    decision_on,
    get_application,
    history_of,
    loans_of,
    payments,
)
from booking.self_initiated.support_rules import STATE_NAMES, SupportState, most_to_grant
from booking.self_initiated.support_terms import outcome_at_submission, terms_of
from booking.web.errors import status_of
from booking.web.fields import read_day, read_or_none
from booking.web.forgery import form_checks_token
from booking.web.session import db, transact
from booking.web.words import in_words

blueprint = Blueprint("support_staff", __name__)

LIST = "/<lang:lang>/staff/support"
ONE = f"{LIST}/<reference>"
MOST_SHOWN = 50
SHOWN = [state for state in SupportState if state is not SupportState.DRAFT]
AWAITING = (SupportState.SUBMITTED, SupportState.REPORTED)
PAYABLE = (SupportState.REPORTED, SupportState.PAID)


@blueprint.app_context_processor
def _for_the_frame() -> dict[str, Any]:
    """What the menu of every page asks."""
    return {"awaiting_support_count": awaiting_support_count}


def awaiting_support_count() -> int | None:
    """How many applications await the visitor; None for those who handle none."""
    if not access.current_actor().may_anywhere(Action.HANDLE_SUPPORT):
        return None
    try:
        return count_awaiting(db.session())
    except SQLAlchemyError:  # the page that tells of a fault needs a frame too
        db.session.rollback()
        return None


# ── The list ──────────────────────────────────────────────────────────────────────────────────


@blueprint.get(LIST)
@access.staff
def list_applications(lang: str) -> ResponseReturnValue:
    """What was submitted, in that order; by state."""
    session, actor = db.session(), access.current_actor()
    chosen, page = _chosen(AWAITING), _page_number()
    counts = count_by_state(session, actor)
    found = applications(session, actor, chosen, (page - 1) * MOST_SHOWN, MOST_SHOWN)
    total = sum(counts.get(state, 0) for state in chosen)
    city = get_catalogue(session)
    today = local_date(clock.now(), city.zone)
    return render_template(
        "self_initiated/staff/support.html",
        rows=[_row(one) for one in found],
        states=[
            {"code": one.value, "name": _(STATE_NAMES[one]), "count": counts.get(one, 0)}
            for one in SHOWN
        ],
        chosen=chosen,
        total=total,
        open_count=sum(counts.get(state, 0) for state in AWAITING),
        previous_url=_list_url(chosen, page - 1) if page > 1 else None,
        next_url=_list_url(chosen, page + 1) if page * MOST_SHOWN < total else None,
        may_pay=actor.may(Action.PAY_SUPPORT),
        may_keep_powers=actor.may(Action.KEEP_POWERS),
        first=date(today.year, 1, 1),
        last=today,
    )


def _chosen(usual: tuple[SupportState, ...]) -> list[str]:
    asked = [state for state in SHOWN if state in request.args.getlist("state")]
    return [state.value for state in asked or usual]


def _page_number() -> int:
    asked = request.args.get("page", "")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1


def _list_url(chosen: list[str], page: int) -> str:
    return url_for(".list_applications", state=chosen, page=page if page > 1 else None)


def _row(one: SupportApplication) -> dict[str, Any]:
    return {
        "title": one.event.title,
        "url": url_for(".show_application", reference=one.reference),
        "reference": one.reference,
        "applicant": one.organisation.name if one.organisation else one.person.name,
        "requested_cents": one.requested_cents,
        "granted_cents": one.granted_cents,
        "has_loans": bool(one.wishes),
        "submitted_at": one.submitted_at,
        "starts_at": one.event.starts_at,
        "state": one.state,
    }


@blueprint.get(f"{LIST}/payments.csv")
@access.staff
def show_payments(lang: str) -> ResponseReturnValue:
    """The payment list of what was decided from a day to another, for the ledger."""
    session, actor = db.session(), access.current_actor()
    actor.must(Action.PAY_SUPPORT)
    city = get_catalogue(session)
    today = local_date(clock.now(), city.zone)
    first = read_or_none(read_day, request.args.get("from")) or date(today.year, 1, 1)
    last = read_or_none(read_day, request.args.get("to")) or today
    found = payments(session, actor, _chosen(PAYABLE), city.days(first, max(first, last)))
    text = payments_csv(found, city.zone, city.currency)
    answer = Response(text, mimetype="text/csv; charset=utf-8")
    name = f"support-{first.isoformat()}-{max(first, last).isoformat()}.csv"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


# ── One application ───────────────────────────────────────────────────────────────────────────


@blueprint.get(ONE)
@access.staff
def show_application(lang: str, reference: str) -> ResponseReturnValue:
    """One application with all that is needed to decide about it, or to pay it."""
    return _page(reference)


@blueprint.post(f"{ONE}/grant")
@form_checks_token
@access.staff
def grant_support(lang: str, reference: str) -> ResponseReturnValue:
    form = GrantForm()
    if not form.validate():
        return _page(reference, grant=form), form.status
    what = (reference, form.amount.data or 0, form.reason.data or "", version_of(form))
    done = _("The support is granted, and the applicant is told.")
    return _done(reference, form, "grant", deciding.grant_support, what, done)


@blueprint.post(f"{ONE}/deny")
@form_checks_token
@access.staff
def deny_support(lang: str, reference: str) -> ResponseReturnValue:
    form = GrantForm()
    if not form.validate():
        return _page(reference, grant=form), form.status
    what = (reference, form.reason.data or "", version_of(form))
    done = _("The application is denied, and the applicant is told.")
    return _done(reference, form, "grant", deciding.deny_support, what, done)


@blueprint.post(f"{ONE}/check")
@form_checks_token
@access.staff
def check_receipts(lang: str, reference: str) -> ResponseReturnValue:
    """Say how much of each receipt is accepted."""
    application = get_application(db.session(), access.current_actor(), reference)
    receipts = list(application.receipts)
    form = ReceiptsCheckForm.for_receipts(receipts, sent=True)
    if not form.validate():
        return _page(reference, check=form), form.status
    what = (reference, form.accepted(receipts), version_of(form))
    return _done(
        reference, form, "check", paying.check_receipts, what, _("The receipts are checked.")
    )


@blueprint.post(f"{ONE}/pay")
@form_checks_token
@access.staff
def note_paid(lang: str, reference: str) -> ResponseReturnValue:
    form = PaymentForm()
    if not form.validate():
        return _page(reference, payment=form), form.status
    what = (reference, form.amount.data or 0, version_of(form))
    done = _("Noted as paid, and the applicant is told.")
    return _done(reference, form, "payment", paying.note_paid, what, done)


@blueprint.get(f"{ONE}/<any(grant, deny, check, pay):_step>")
@access.staff
def show_step(lang: str, reference: str, _step: str) -> ResponseReturnValue:
    """Where the choice of language leads from a form that was refused."""
    return redirect(url_for(".show_application", reference=reference))


def _done(
    reference: str,
    form: Any,
    name: str,
    do: Callable[..., object],
    what: tuple[Any, ...],
    done: str,
) -> ResponseReturnValue:
    """Do it; what is wrong is told in the form, also why somebody may not."""
    try:
        transact(do, access.current_actor(), *what, clock.now())
    except (RequestRefused, Conflict, NotAllowed) as error:
        form.refuse(error)
        shown: dict[str, Any] = {name: form}
        return _page(reference, **shown), status_of(error)
    flash(done)
    return redirect(url_for(".show_application", reference=reference))


def _page(
    reference: str,
    *,
    grant: GrantForm | None = None,
    check: ReceiptsCheckForm | None = None,
    payment: PaymentForm | None = None,
) -> str:
    session, actor, now = db.session(), access.current_actor(), clock.now()
    city = get_catalogue(session)
    one = get_application(session, actor, reference)
    power, hindrance = _power_over(session, actor, one)
    may_pay = actor.may(Action.PAY_SUPPORT) and not _is_own(actor, one)
    face = application_face(one, city, now, shows_account=may_pay or power is not None)
    decision = decision_face(decision_on(session, one), one)
    event = event_face(one.event)
    version, year = str(one.version), _year(session, one, city)
    return render_template(
        "self_initiated/staff/application.html",
        face=face,
        event=event | {"facts": _facts(one)},
        decision=decision,
        applicant=_applicant(one),
        outcome=_outcome(session, one, city),
        loans=loans_face(loans_of(session, one)),
        history=history_face(history_of(session, one)),
        steps=steps_of(face, decision, event),
        year=year,
        power=power,
        hindrance=hindrance,
        may_pay=may_pay,
        grant_form=grant or _grant_form(one, version, min(year["most_cents"], year["left_cents"])),
        check_form=check or _check_form(one, version),
        payment_form=payment or _payment_form(one, version),
    )


def _is_own(actor: Actor, one: SupportApplication) -> bool:
    try:
        deciding.must_not_be_own(actor, one)
    except NotAllowed:
        return True
    return False


def _power_over(
    session: Session, actor: Actor, one: SupportApplication
) -> tuple[dict[str, Any] | None, str]:
    """By which power the visitor decides, up to how much; or why they don't."""
    try:
        deciding.must_not_be_own(actor, one)
        power = deciding.farthest_power(session, actor, clock.now())
    except BookingError as error:
        return None, in_words(error)
    return {"post": power.post, "limit_cents": power.limit_cents}, ""


def _facts(one: SupportApplication) -> dict[str, Any]:
    facts = one.event.facts
    return {"people": facts.get("attendance_peak")}


def _applicant(one: SupportApplication) -> dict[str, Any]:
    return {
        "name": one.organisation.name if one.organisation else one.person.name,
        "person": one.person.name,
        "email": one.person.email,
        "is_organisation": one.organisation is not None,
    }


def _outcome(session: Session, one: SupportApplication, city: Catalogue) -> dict[str, Any]:
    today = local_date(clock.now(), city.zone)
    return outcome_face(session, outcome_at_submission(one), today, 1)


def _year(session: Session, one: SupportApplication, city: Catalogue) -> dict[str, Any]:
    """The applicant's earlier grants of this year, and what is left."""
    today = local_date(clock.now(), city.zone)
    terms = terms_of(session, today)
    account = find_account(session, one.person_id, one.organisation_id, today.year)
    granted = account.granted_cents if account else 0
    others = grants_of_year(session, account) if account else []
    return {
        "number": today.year,
        "granted_cents": granted,
        "left_cents": max(terms.annual_cap_cents - granted, 0),
        "most_cents": most_to_grant(one.requested_cents, terms),
        "grants": [
            {
                "title": other.event.title,
                "cents": other.paid_cents
                if other.state == SupportState.PAID
                else other.granted_cents,
                "state": other.state,
                "url": url_for(".show_application", reference=other.reference),
            }
            for other in others
            if other.id != one.id
        ],
    }


def _grant_form(one: SupportApplication, version: str, most: int) -> GrantForm:
    return GrantForm(formdata=None, amount=most if one.requested_cents else None, version=version)


def _check_form(one: SupportApplication, version: str) -> ReceiptsCheckForm:
    form = ReceiptsCheckForm.for_receipts(one.receipts, sent=False)
    form.version.data = version
    return form


def _payment_form(one: SupportApplication, version: str) -> PaymentForm:
    return PaymentForm(formdata=None, amount=paying.most_to_pay(one), version=version)
