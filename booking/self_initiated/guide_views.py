"""The guide: from an idea to what is free, what support there is, and what is owed by when.

Every page has its own address, which the browser's way back finds again; what is answered lies in
the event, never in the browser.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.accounts import access
from booking.accounts.queries import organisations_of
from booking.catalogue.queries import get_catalogue, may_see_place
from booking.core import clock
from booking.core.errors import Conflict
from booking.rulebook.faults import FactsRefused
from booking.self_initiated import event_use_cases as use_cases
from booking.self_initiated.blueprint import blueprint
from booking.self_initiated.event_queries import Secret, events_of
from booking.self_initiated.event_use_cases import NewEvent
from booking.self_initiated.guide_forms import (
    KeepForm,
    OrganiserForm,
    PlaceForm,
    ProgrammeForm,
    StartForm,
    StepForm,
    TimeForm,
    step_form,
)
from booking.self_initiated.guide_near import near_misses
from booking.self_initiated.guide_pages import (
    GuidePage,
    answers_given,
    let,
    needs_account,
    opened,
    places_found,
    plan_url,
    search_url,
    title_of,
    too_small,
)
from booking.self_initiated.guide_rendering import (
    event_rows,
    outcome_in_words,
    steps_left_in_words,
)
from booking.self_initiated.guide_rules import (
    PROGRAMME,
    asked_on,
    says_nothing,
    to_ask_again,
    topic_answers,
    topics_shown,
)
from booking.web.drafts import Draft, drop_draft, find_draft, keep_draft
from booking.web.errors import status_of
from booking.web.forgery import form_checks_token
from booking.web.limits import limiter
from booking.web.session import db, transact

__all__ = ["blueprint"]

OUTCOME, PLACE = "outcome", "place"
RESULTS_FROM = 3
"""The result stands beside the questions from so many answers on."""

# ── The way in ────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/<lang:lang>/events/plan")
@access.public
def show_guide(lang: str) -> ResponseReturnValue:
    """What the guide does for one, and the button that begins it; perhaps for a space."""
    form = StartForm(formdata=None, space=request.args.get("space", ""))
    return _start_page(form)


@blueprint.post("/<lang:lang>/events/plan")
@form_checks_token
@access.public
@limiter.limit("60 per hour")
def start(lang: str) -> ResponseReturnValue:
    """Begin: with an account an event of one's own, else one that only its address opens."""
    form, actor, now = StartForm(), access.current_actor(), clock.now()
    _offer(form)
    if not form.validate():
        return _start_page(form), form.status
    new = NewEvent(
        space=form.space.data or None,
        organisation=form.organisation.data or None,
        language=lang,
        is_guided=True,
    )
    if actor.person_id is not None:
        key = transact(use_cases.start_event, actor, new, now).reference
    else:
        _event, key = transact(use_cases.start_guidance, actor, new, now)
    return redirect(opened(key).url_of_next)


def _start_page(form: StartForm) -> str:
    _offer(form)
    place = get_catalogue(db.session()).places.get(form.space.data or "")
    if place is not None and not may_see_place(access.current_actor(), place):
        place = None
    if place is None:
        form.space.data = ""
    return render_template("self_initiated/start.html", form=form, place=place)


def _offer(form: OrganiserForm) -> None:
    person_id = access.current_actor().person_id
    form.offer(organisations_of(db.session(), person_id) if person_id else [])


@blueprint.get("/<lang:lang>/events/")
@access.signed_in
def list_events(lang: str) -> ResponseReturnValue:
    """What one arranges, alone or with an organisation."""
    session, now = db.session(), clock.now()
    events = events_of(session, access.current_actor())
    return render_template(
        "self_initiated/mine.html", rows=event_rows(events, get_catalogue(session), now, plan_url)
    )


# ── Its pages ─────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/<lang:lang>/events/plan/<key>")
@access.public
def go_on(lang: str, key: str) -> ResponseReturnValue:
    """On to the next question, or to the outcome."""
    return _to_sign_in(key) or redirect(opened(key).url_of_next)


@blueprint.get("/<lang:lang>/events/plan/<key>/<step>")
@access.public
def show_step(lang: str, key: str, step: str) -> ResponseReturnValue:
    """A page of questions, filled with the answers given before; or the outcome."""
    if (elsewhere := _to_sign_in(key)) is not None:
        return elsewhere
    page = opened(key)
    if step == OUTCOME:
        return _outcome_page(page, _keep_form(page))
    form = _form_of(page, step)
    if form is None:
        return redirect(page.url_of_next)
    return _step_page(page, step, form)


@blueprint.post("/<lang:lang>/events/plan/<key>/<step>")
@form_checks_token
@access.public
def answer(lang: str, key: str, step: str) -> ResponseReturnValue:
    """Take the answers of a page, and go on; what is wrong is told beside its question."""
    if (elsewhere := _to_sign_in(key)) is not None:
        return elsewhere
    page = opened(key)
    form = _form_of(page, step)
    if form is None:
        return redirect(page.url_of_next)
    if not _is_well(form):
        return _step_page(page, step, form), form.status
    try:
        return redirect(_next_after(page, step, form))
    except (Conflict, FactsRefused) as error:
        form.refuse(error)
        status = status_of(error) if isinstance(error, Conflict) else form.status
        return _step_page(opened(key), step, form), status


def _to_sign_in(key: str) -> ResponseReturnValue | None:
    """Whoever keeps an event signs in to see it, and comes back."""
    if needs_account(key) and not access.visitor().is_signed_in:
        return redirect(url_for("accounts.show_sign_in", next=request.path))
    return None


AnyForm = StepForm | TimeForm | PlaceForm | ProgrammeForm


def _form_of(page: GuidePage, step: str) -> AnyForm | None:
    """The form of a page; None for one that asks nothing of this event."""
    rules, standing = page.told.rules, page.standing
    if step == PLACE:
        return PlaceForm.of(rules.vocabulary["place_kind"], page.event.facts, page.told.words)
    if step == PROGRAMME:
        shown = topics_shown(rules, standing)
        return ProgrammeForm.of(shown) if shown else None
    names = asked_on(rules, standing, step)
    if not names:
        return None
    return step_form(rules, names, page.event.facts, page.told.words, page.told.today)


def _is_well(form: AnyForm) -> bool:
    """Whether the form can be taken; to a button that says none of these nothing is filled in."""
    if isinstance(form, StepForm) and "none" in request.form:
        return form.has_token()
    return form.validate()


def _next_after(page: GuidePage, step: str, form: AnyForm) -> str:
    """Keep what was answered; the address of the page that comes then."""
    now = clock.now()
    if isinstance(form, PlaceForm):
        slug, facts = form.space.data or None, form.answers()
        return let(page.key, use_cases.choose_space, slug, now, facts).url_of_next
    if isinstance(form, ProgrammeForm):
        return _after_programme(page, form)
    facts = form.answers()
    if isinstance(form, StepForm) and "none" in request.form:
        facts = {fact.name: fact.default for fact in form.facts}
    return let(page.key, use_cases.change_facts, facts, now).url_of_next


def _after_programme(page: GuidePage, form: ProgrammeForm) -> str:
    """On to the first topic that was chosen."""
    rules, standing, chosen = page.told.rules, page.standing, form.topics.data or []
    again = to_ask_again(rules, standing, chosen)
    facts = topic_answers(rules, standing, chosen)
    after = let(page.key, use_cases.change_facts, facts, clock.now(), forget=again)
    if after.next_step != PROGRAMME:
        return after.url_of_next
    return after.url(chosen[0] if chosen else None)


# ── What they show ────────────────────────────────────────────────────────────────────────────


def _frame(page: GuidePage) -> dict[str, Any]:
    """What every page of the guide shows beside its own."""
    answers = answers_given(page)
    return {
        "key": page.key,
        "is_kept": page.is_kept,
        "answers": answers,
        "result": outcome_in_words(page.told) if len(answers) >= RESULTS_FROM else None,
        "near": near_misses(page.told),
        "steps_left": steps_left_in_words(page.steps_left),
        "too_small": too_small(page),
        "outcome_url": page.url(None),
        "link": request.url_root.rstrip("/") + url_for(".go_on", key=page.key),
    }


def _step_page(page: GuidePage, step: str, form: AnyForm) -> str:
    words = request.args.get("q", "")
    template = {PLACE: "place", PROGRAMME: "programme"}.get(step, "step")
    if isinstance(form, TimeForm):
        template = "time"
    return render_template(
        f"self_initiated/{template}.html",
        form=form,
        step=step,
        title=title_of(page, step),
        may_say_none=isinstance(form, StepForm) and all(map(says_nothing, form.facts)),
        chosen=page.place,
        words=words,
        found=places_found(page, words) if step == PLACE else [],
        **_frame(page),
    )


def _outcome_page(page: GuidePage, form: KeepForm | None) -> str:
    return render_template(
        "self_initiated/outcome.html",
        form=form,
        next_url=page.url_of_next if page.next_step else None,
        search_url=search_url(page),
        place=page.place,
        plan_url=plan_url(page.event) if page.is_kept else None,
        event_title=page.event.title,
        is_draft="draft" in request.args and access.visitor().is_signed_in,
        has_time=page.event.starts_at is not None,
        **_frame(page),
    )


# ── Keeping it ────────────────────────────────────────────────────────────────────────────────


@blueprint.post("/<lang:lang>/events/plan/<key>/outcome/keep")
@form_checks_token
@access.public
def keep(lang: str, key: str) -> ResponseReturnValue:
    """Make the event one's own; who has to sign in for it comes back to what they typed."""
    page, actor = opened(key), access.current_actor()
    form = KeepForm()
    _offer(form)
    if not form.validate():
        return _outcome_page(page, form), form.status
    if actor.person_id is None:
        place = page.url(None)
        keep_draft(Draft(place, [("title", form.title.data or "")]))
        return redirect(url_for("accounts.show_sign_in"))
    new = NewEvent(
        title=form.title.data or "", organisation=form.organisation.data or None, language=lang
    )
    if page.is_kept:
        event = transact(_name, key, new.title)
    else:
        event = transact(use_cases.keep_event, actor, Secret(key), new, clock.now())
    drop_draft()
    flash(_("Your event is saved. You find it under My events."))
    return redirect(plan_url(event))


def _name(session: Session, key: str, title: str) -> Any:
    actor = access.current_actor()
    return use_cases.name_event(session, actor, opened(key, session).event, title, clock.now())


def _keep_form(page: GuidePage) -> KeepForm | None:
    """The form that saves it, filled with what was typed before signing in; None once the event
    is somebody's and has a name."""
    if page.is_kept and page.event.title:
        return None
    draft = find_draft() if "draft" in request.args else None
    is_own = draft is not None and draft.place == page.url(None)
    form = KeepForm(
        formdata=None, title=dict(draft.fields).get("title") if draft and is_own else ""
    )
    _offer(form)
    return form


@blueprint.after_request
def guard_secrets(answer: Any) -> Any:
    """What opens an event by its address goes to no other site and into no index.

    The origin alone is told, which the guard against forged requests asks for.
    """
    if (
        request.endpoint
        and request.endpoint.startswith("self_initiated.")
        and ((request.view_args or {}).get("key"))
    ):
        answer.headers["Referrer-Policy"] = "strict-origin"
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
        answer.headers["Cache-Control"] = "no-store"
    return answer
