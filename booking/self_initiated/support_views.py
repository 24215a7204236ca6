"""The pages of those who apply for support: application, receipts, report, decision."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from booking.accounts import access
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Action, Actor
from booking.core.errors import Conflict, NotFound, RequestRefused, RuleBroken
from booking.self_initiated import receipt_use_cases, support_use_cases
from booking.self_initiated.receipt_files import MOST_BYTES, kind_of_receipt, too_large
from booking.self_initiated.support_forms import (
    MORE_COSTS,
    MORE_INCOMES,
    MORE_LOANS,
    SUBMIT,
    ReceiptForm,
    ReportForm,
    SupportForm,
    VersionForm,
    version_of,
)
from booking.self_initiated.support_models import SupportApplication
from booking.self_initiated.support_pages import (
    application_face,
    decision_face,
    event_face,
)
from booking.self_initiated.support_queries import (
    decision_on,
    get_application,
    get_application_of,
    get_receipt,
)
from booking.self_initiated.support_showing import page_of, url_of
from booking.web.errors import status_of
from booking.web.forgery import form_checks_token
from booking.web.session import db, transact
from booking.web.storage import storage, takes_files

blueprint = Blueprint("support", __name__)

PAGE = "/<lang:lang>/events/<reference>/support"
APPLICATION = "/<lang:lang>/support/<reference>"
MOST_SENT = MOST_BYTES + 64 * 1024
"""With the other fields around the file."""

_SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"


# ── Applying ──────────────────────────────────────────────────────────────────────────────────


@blueprint.get(PAGE)
@access.signed_in
def show_support(lang: str, reference: str) -> ResponseReturnValue:
    """The application to an event: its form while it is a draft, then how far it is."""
    return page_of(reference)


@blueprint.post(PAGE)
@form_checks_token
@access.signed_in
def send_support(lang: str, reference: str) -> ResponseReturnValue:
    """Keep a draft, submit it, or give the form a row more; nothing typed is lost."""
    form, do = SupportForm(), request.form.get("do", "")
    if do in {MORE_COSTS, MORE_INCOMES, MORE_LOANS}:
        form.more(do)
        return page_of(reference, form)
    if not form.validate():
        return page_of(reference, form), form.status
    actor, now = access.current_actor(), clock.now()
    what = (actor, reference, form.wish, form.known_version, now)
    try:
        if do == SUBMIT:
            accepts = bool(form.accepts.data)
            transact(support_use_cases.submit_application, *what, accepts_loan_terms=accepts)
            flash(_("Your application is with us. A person decides about it."))
        else:
            transact(support_use_cases.save_draft, *what)
            flash(_("The draft is saved. It is not submitted yet."))
    except (RequestRefused, Conflict) as error:
        form.refuse(error)
        return page_of(reference, form), status_of(error)
    return redirect(url_for(".show_support", reference=reference))


@blueprint.post(f"{APPLICATION}/withdraw")
@access.signed_in
def withdraw_application(lang: str, reference: str) -> ResponseReturnValue:
    actor = access.current_actor()
    found = get_application_of(db.session(), actor, reference)
    back = url_of(found)
    version = version_of(VersionForm())
    try:
        transact(support_use_cases.withdraw_application, actor, reference, version, clock.now())
        flash(_("The application is withdrawn."))
    except Conflict:
        flash(_("Somebody else changed this first. Look at it as it is now."), "error")
    return redirect(back)


# ── After the event ───────────────────────────────────────────────────────────────────────────


@blueprint.post(f"{APPLICATION}/receipts")
@form_checks_token
@access.signed_in
@takes_files
def send_receipt(lang: str, reference: str) -> ResponseReturnValue:
    """Add a receipt; of a file that lies is told so, and what was typed stays."""
    actor = access.current_actor()
    application = receipt_use_cases.must_take_receipts(db.session(), actor, reference)
    event, back = application.event.reference, url_of(application)
    request.max_content_length = MOST_SENT
    try:
        form = ReceiptForm()
    except RequestEntityTooLarge:
        form = ReceiptForm(formdata=None)
        form.refuse(too_large())
        return page_of(event, receipt=form), HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    is_valid, file = form.validate(), form.chosen
    if not is_valid or file is None:
        return page_of(event, receipt=form), form.status
    data = file.read(MOST_BYTES + 1)
    file.close()
    try:
        _keep_receipt(actor, reference, form, data, file.filename or "")
    except (RequestRefused, RuleBroken, Conflict) as error:
        form.refuse(error)
        return page_of(event, receipt=form), status_of(error)
    flash(_("The receipt is added."))
    return redirect(f"{back}#receipts")


def _keep_receipt(
    actor: Actor, reference: str, form: ReceiptForm, data: bytes, file_name: str
) -> None:
    """Store the file, then what tells of it; where that fails, the file goes again."""
    media_type, _ending = kind_of_receipt(data)
    key = storage().save(data)
    new = receipt_use_cases.NewReceipt(
        key, data, media_type, file_name, form.what.data or "", form.cents.data or 0
    )
    try:
        transact(receipt_use_cases.add_receipt, actor, reference, new, clock.now())
    except BaseException:
        with suppress(OSError):
            storage().delete(key)
        raise


@blueprint.post(f"{APPLICATION}/receipts/<int:receipt_id>/remove")
@access.signed_in
def remove_receipt(lang: str, reference: str, receipt_id: int) -> ResponseReturnValue:
    actor = access.current_actor()
    back = url_of(get_application_of(db.session(), actor, reference))
    key = transact(receipt_use_cases.remove_receipt, actor, reference, receipt_id, clock.now())
    storage().delete(key)
    flash(_("The receipt is removed."))
    return redirect(f"{back}#receipts")


@blueprint.get(f"{APPLICATION}/receipts/<int:receipt_id>")
@access.signed_in
def show_receipt(lang: str, reference: str, receipt_id: int) -> ResponseReturnValue:
    """The file of a receipt, to be kept, for the applicant's side and for those who handle
    support; no browser runs what is in it."""
    application = _own_or_handled(db.session(), access.current_actor(), reference)
    receipt = get_receipt(application, receipt_id)
    answer = Response(storage().read(receipt.key), mimetype=receipt.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=receipt.file_name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = _SANDBOX
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post(f"{APPLICATION}/report")
@form_checks_token
@access.signed_in
def send_report(lang: str, reference: str) -> ResponseReturnValue:
    """Report how it went, with the receipts that were added."""
    form, actor = ReportForm(), access.current_actor()
    application = get_application_of(db.session(), actor, reference)
    back, event = url_of(application), application.event.reference
    if not form.validate():
        return page_of(event, report=form), form.status
    what = (reference, form.people.data, form.story.data or "", version_of(form))
    try:
        transact(receipt_use_cases.report_event, actor, *what, clock.now())
    except (RequestRefused, Conflict) as error:
        form.refuse(error)
        return page_of(event, report=form), status_of(error)
    flash(_("Your report is with us. Thank you."))
    return redirect(back)


@blueprint.get(f"{APPLICATION}/<any(receipts, report, withdraw):_step>")
@access.signed_in
def show_step(lang: str, reference: str, _step: str) -> ResponseReturnValue:
    """Where the choice of language leads from a form that was refused."""
    return redirect(url_of(get_application_of(db.session(), access.current_actor(), reference)))


# ── The decision ──────────────────────────────────────────────────────────────────────────────


@blueprint.get(f"{APPLICATION}/decision")
@access.signed_in
def show_decision(lang: str, reference: str) -> ResponseReturnValue:
    """The decision as a document, with how to have it reviewed."""
    session, actor = db.session(), access.current_actor()
    application = _own_or_handled(session, actor, reference)
    decision = decision_on(session, application)
    if decision is None:
        raise NotFound()
    city = get_catalogue(session)
    return render_template(
        "self_initiated/support_decision.html",
        face=application_face(application, city, clock.now(), shows_account=False),
        decision=decision_face(decision, application),
        event=event_face(application.event),
        applicant=application.organisation.name
        if application.organisation
        else application.person.name,
        back_url=_back_from_decision(actor, application),
    )


def _back_from_decision(actor: Actor, application: SupportApplication) -> str:
    with suppress(NotFound):
        get_application_of(db.session(), actor, application.reference)
        return url_of(application)
    return url_for("support_staff.show_application", reference=application.reference)


def _own_or_handled(session: Session, actor: Actor, reference: str) -> SupportApplication:
    """The actor's own application, or, for staff who handle support, any that was submitted;
    `NotFound` for everybody else."""
    try:
        return get_application_of(session, actor, reference)
    except NotFound:
        if not actor.may_anywhere(Action.HANDLE_SUPPORT):
            raise
        return get_application(session, actor, reference)
