"""The page of one event: its plan, its checklist, copying and cancelling it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.clock import local_date
from booking.core.errors import Conflict, NotAllowed, RequestRefused
from booking.reservations.event_models import SelfInitiatedEvent
from booking.reservations.queries import state_at
from booking.reservations.states import HOLDING
from booking.rulebook.rule_set import RuleSet
from booking.self_initiated import plan_use_cases
from booking.self_initiated.blueprint import blueprint
from booking.self_initiated.event_queries import get_event, is_theirs
from booking.self_initiated.event_rules import facts_of_account
from booking.self_initiated.guide_near import NearMiss, near_misses
from booking.self_initiated.guide_rendering import Told
from booking.self_initiated.guide_rules import step_of
from booking.self_initiated.plan_duties import guidance_of
from booking.self_initiated.plan_facts import facts_told
from booking.self_initiated.plan_forms import CancelForm, DutyForm
from booking.self_initiated.plan_pages import (
    Planned,
    booking_url,
    bookings_of,
    checklist_of,
    head_of,
    search_url,
)
from booking.self_initiated.plan_queries import reservations_of, support_of
from booking.self_initiated.plan_telling import changes_of, support_words, use_of
from booking.self_initiated.rule_sets import rule_set_in_force
from booking.web.errors import status_of
from booking.web.forgery import form_checks_token
from booking.web.session import db, transact


def planned_event(reference: str) -> tuple[Planned, RuleSet]:
    """The event with what its pages need, and the rules in force. Raises `NotFound` for whoever
    may not see it."""
    session, actor, now = db.session(), access.current_actor(), clock.now()
    event = get_event(session, actor, reference)
    city, rules = get_catalogue(session), rule_set_in_force(session)
    day = local_date(event.starts_at or now, city.zone)
    return Planned(event, guidance_of(rules, day), city, actor, now), rules


def _url(event: SelfInitiatedEvent, rule: str = "") -> str:
    return url_for(".show_event", reference=event.reference, _anchor=rule or None)


@blueprint.get("/<lang:lang>/events/<reference>")
@access.signed_in
def show_event(lang: str, reference: str) -> ResponseReturnValue:
    """The plan: where, what it costs and why, what support there is, what to do by when."""
    return _page(reference)


def _page(reference: str, refused: DutyForm | None = None, rule: str = "") -> str:
    """The plan; `refused` is the form of the duty `rule` as it was sent."""
    planned, rules = planned_event(reference)
    session, event = db.session(), planned.event
    return render_template(
        "self_initiated/plan.html",
        head=head_of(planned),
        checklist=checklist_of(planned, refused, rule),
        refused=refused,
        use=use_of(planned, rules),
        bookings=bookings_of(planned, reservations_of(session, event)),
        search_url=search_url(planned),
        booking_url=booking_url(planned),
        support=support_words(planned, rules, support_of(session, event)),
        facts=_facts(planned, rules),
        change_url=url_for(".show_step", key=event.reference, step="outcome"),
        next_url=url_for(".go_on", key=event.reference) if _is_open(event) else "",
        changes=changes_of(planned, rules),
        near=_near(planned, rules),
        is_outdated=planned.may_change
        and not planned.is_settled
        and event.rules_version != rules.version,
        feed_form=is_theirs(planned.actor, event) and not planned.is_settled,
    )


def _facts(planned: Planned, rules: RuleSet) -> list[dict[str, str]]:
    """What was told, each with the page of the guide that asks it."""
    event = planned.event
    known = facts_of_account(has_account=True, of_organisation=event.organisation_id is not None)
    return [
        {
            "name": one.name,
            "value": one.value,
            "url": url_for(".show_step", key=event.reference, step=step_of(one.fact)),
        }
        for one in facts_told(rules, event.facts, {*planned.known, *known}, planned.today)
    ]


def _near(planned: Planned, rules: RuleSet) -> list[NearMiss]:
    """What a small change would bring, while anything can still be changed, and the rules are those
    by which the event was evaluated."""
    event = planned.event
    if event.outcome is None or planned.is_settled or event.rules_version != rules.version:
        return []
    return near_misses(Told(event, rules, planned.city, planned.now))


def _is_open(event: SelfInitiatedEvent) -> bool:
    """Whether the guide has more to ask."""
    return bool((event.outcome or {}).get("questions"))


# ── How far a duty is ─────────────────────────────────────────────────────────────────────────


@blueprint.post("/<lang:lang>/events/<reference>/duties/<rule>")
@form_checks_token
@access.signed_in
def mark_duty(lang: str, reference: str, rule: str) -> ResponseReturnValue:
    """Say how far a duty is; what can't be kept is told beside the form, and nothing is lost."""
    form = DutyForm.sent_for(rule)
    if not form.validate():
        return _page(reference, form, rule), form.status
    actor, now = access.current_actor(), clock.now()
    try:
        event = transact(plan_use_cases.mark_duty, actor, reference, form.wish(rule), now)
    except (Conflict, RequestRefused) as error:
        form.refuse(error)
        _show_as_it_stands(form, reference, rule)
        return _page(reference, form, rule), status_of(error)
    flash(_("Saved."))
    return redirect(_url(event, rule))


def _show_as_it_stands(form: DutyForm, reference: str, rule: str) -> None:
    """Let the form be sent once more over what somebody else has just said."""
    event = get_event(db.session(), access.current_actor(), reference)
    form.seen.data = (event.checklist.get(rule) or {}).get("changed_at", "")


@blueprint.post("/<lang:lang>/events/<reference>/changes")
@access.signed_in
def dismiss_changes(lang: str, reference: str) -> ResponseReturnValue:
    """Have seen what changed."""
    transact(plan_use_cases.dismiss_changes, access.current_actor(), reference, clock.now())
    return redirect(url_for(".show_event", reference=reference))


@blueprint.post("/<lang:lang>/events/<reference>/evaluate")
@access.signed_in
def evaluate_event_anew(lang: str, reference: str) -> ResponseReturnValue:
    """Put the event to the rules of today."""
    event = transact(plan_use_cases.evaluate_plan, access.current_actor(), reference, clock.now())
    flash(
        _("Evaluated by the rules of today. What changed is told below.")
        if event.changes
        else _("Evaluated by the rules of today. Nothing changed.")
    )
    return redirect(_url(event))


# ── Again, and not at all ─────────────────────────────────────────────────────────────────────


@blueprint.post("/<lang:lang>/events/<reference>/copy")
@access.signed_in
def copy_event(lang: str, reference: str) -> ResponseReturnValue:
    """Arrange the same again, a year later."""
    event = transact(plan_use_cases.copy_event, access.current_actor(), reference, clock.now())
    flash(_("Here it is again, on the same weekday. Check the date and what is different now."))
    return redirect(_url(event))


@blueprint.get("/<lang:lang>/events/<reference>/cancel")
@access.signed_in
def show_event_cancel(lang: str, reference: str) -> ResponseReturnValue:
    """Ask whether the event is to be called off, and its bookings too."""
    return _cancel_page(reference, CancelForm(formdata=None))


@blueprint.post("/<lang:lang>/events/<reference>/cancel")
@form_checks_token
@access.signed_in
def cancel_event(lang: str, reference: str) -> ResponseReturnValue:
    """Call it off; where a booking can't be cancelled any more, all stays as it was."""
    form = CancelForm()
    if not form.validate():
        return _cancel_page(reference, form), form.status
    try:
        event = transact(
            plan_use_cases.cancel_plan,
            access.current_actor(),
            reference,
            clock.now(),
            with_bookings=form.with_bookings.data,
        )
    except (Conflict, RequestRefused) as error:
        form.refuse(error)
        return _cancel_page(reference, form), status_of(error)
    flash(_("The event is cancelled."))
    return redirect(_url(event))


def _cancel_page(reference: str, form: CancelForm) -> str:
    planned, _rules = planned_event(reference)
    if not planned.may_change:
        raise NotAllowed()
    standing = [
        one
        for one in reservations_of(db.session(), planned.event)
        if state_at(one, planned.now) in HOLDING and one.ends_at > planned.now
    ]
    return render_template(
        "self_initiated/cancel.html",
        head=head_of(planned),
        bookings=bookings_of(planned, standing),
        form=form,
        url=_url(planned.event),
    )
