"""The pages on which the keepers of the rules read them, try drafts and publish."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.accounts import access
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.clock import local_date
from booking.core.errors import Conflict, RequestRefused
from booking.rulebook import changed_statute
from booking.self_initiated import rule_use_cases as use_cases
from booking.self_initiated.rule_forms import DraftForm, PublishForm
from booking.self_initiated.rule_models import RuleTrial, StoredRules
from booking.self_initiated.rule_pages import due_for_check, parameter_faces, rule_faces
from booking.self_initiated.rule_queries import (
    draft_sets,
    events_by_id,
    get_rules,
    get_trial,
    has_finished_trial,
    is_copy_of_published,
    is_of_now,
    last_trial,
    names_of_people,
    published_sets,
)
from booking.self_initiated.rule_sets import rule_set_in_force, shipped_rule_set, stored_rule_set
from booking.self_initiated.rule_telling import changed_kinds, rows_of_events, rows_of_scenarios
from booking.self_initiated.rule_trial_use_cases import continue_trial, start_trial
from booking.self_initiated.rule_views import (
    NUMBERS,
    asked_part,
    asked_words,
    part_choices,
)
from booking.web.errors import status_of
from booking.web.forgery import form_checks_token
from booking.web.session import db, transact
from booking.web.words import in_words

blueprint = Blueprint("rules_staff", __name__)

LIST = "/<lang:lang>/staff/rules"
ONE = f"{LIST}/<int:rules_id>"
TRIAL = f"{ONE}/trials/<int:trial_id>"
PAGE = 50


def today_in_city() -> date:
    return local_date(clock.now(), get_catalogue(db.session()).zone)


# ── The list ──────────────────────────────────────────────────────────────────────────────────


@blueprint.get(LIST)
@access.staff
def list_rule_sets(lang: str) -> ResponseReturnValue:
    """What is in force, the drafts, the history, and what is to be checked again."""
    return _list_page()


@blueprint.post(LIST)
@form_checks_token
@access.staff
def make_draft(lang: str) -> ResponseReturnValue:
    session, actor = db.session(), access.current_actor()
    form = DraftForm().offer(shipped_rule_set().version, published_sets(session, actor))
    if not form.validate():
        return _list_page(form), form.status
    what = (form.base_id, form.name.data or "", form.note.data or "")
    try:
        draft = transact(use_cases.make_draft, actor, *what, clock.now())
    except RequestRefused as error:
        form.refuse(error)
        return _list_page(form), status_of(error)
    flash(_("The draft is made."))
    return redirect(url_for(".show_rules", rules_id=draft.id))


def _list_page(form: DraftForm | None = None) -> str:
    session, actor = db.session(), access.current_actor()
    published, drafts = published_sets(session, actor), draft_sets(session, actor)
    people = [one.published_by_id for one in published] + [one.created_by_id for one in drafts]
    names = names_of_people(session, people)
    rules, today = rule_set_in_force(session), today_in_city()
    if form is None:
        newest = str(published[0].id) if published else ""
        form = DraftForm(formdata=None, base=newest)
        form.offer(shipped_rule_set().version, published)
    return render_template(
        "self_initiated/staff/rule_sets.html",
        version=rules.version,
        count=len(rules.rules),
        published=[_set_face(one, names) for one in published],
        drafts=[_set_face(one, names) for one in drafts],
        due=due_for_check(rules, today),
        form=form,
    )


def _set_face(row: StoredRules, names: Any) -> dict[str, Any]:
    return {
        "name": row.name,
        "note": row.note,
        "url": url_for(".show_rules", rules_id=row.id),
        "by": names.get(row.published_by_id or row.created_by_id, ""),
        "at": row.published_at or row.updated_at,
        "is_published": row.published_at is not None,
    }


# ── One set ───────────────────────────────────────────────────────────────────────────────────


@blueprint.get(ONE)
@access.staff
def show_rules(lang: str, rules_id: int) -> ResponseReturnValue:
    """Every rule and number of a set; of a draft each with the way to change it."""
    session, actor = db.session(), access.current_actor()
    row = get_rules(session, actor, rules_id)
    rules, today = stored_rule_set(row), today_in_city()
    part, words = asked_part(), asked_words()
    parts = [] if part == NUMBERS else rule_faces(rules, today, part, words, in_force=False)
    return render_template(
        "self_initiated/staff/rule_set.html",
        face=set_face(session, row),
        parts=parts,
        numbers=parameter_faces(rules, today, words) if part in ("", NUMBERS) else [],
        part=part,
        part_choices=part_choices(),
        words=words,
        today=today,
    )


def set_face(session: Session, row: StoredRules) -> dict[str, Any]:
    """What stands above each page of a set."""
    is_draft = row.published_at is None and row.created_by_id is not None
    trial = last_trial(session, row) if is_draft else None
    return {
        "id": row.id,
        "name": row.name,
        "note": row.note,
        "is_draft": is_draft,
        "published_at": row.published_at,
        "trial": _trial_face(session, row, trial) if trial else None,
        "differs": _differences(session, row) if is_draft else [],
    }


def _differences(session: Session, row: StoredRules) -> list[str]:
    """What of the draft is other than in the rules in force, by id and by name."""
    old, new = rule_set_in_force(session), stored_rule_set(row)
    before = {**old.rules, **old.parameters}
    after = {**new.rules, **new.parameters}
    return [
        name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)
    ]


@blueprint.get(f"{ONE}/rules.yaml")
@access.staff
def download_rules(lang: str, rules_id: int) -> ResponseReturnValue:
    """The whole text as a file."""
    row = get_rules(db.session(), access.current_actor(), rules_id)
    answer = Response(row.body, mimetype="application/yaml")
    answer.headers.set("Content-Disposition", "attachment", filename=f"rules-{row.name}.yaml")
    return answer


@blueprint.post(f"{ONE}/discard")
@access.staff
def discard_draft(lang: str, rules_id: int) -> ResponseReturnValue:
    """Throw the draft away."""
    transact(use_cases.discard_draft, access.current_actor(), rules_id, clock.now())
    flash(_("The draft is thrown away."))
    return redirect(url_for(".list_rule_sets"))


# ── Trials ────────────────────────────────────────────────────────────────────────────────────


@blueprint.post(f"{ONE}/trials")
@access.staff
def try_draft(lang: str, rules_id: int) -> ResponseReturnValue:
    """Begin to try the draft as it stands."""
    trial = transact(start_trial, access.current_actor(), rules_id, clock.now())
    return redirect(url_for(".show_trial", rules_id=rules_id, trial_id=trial.id))


@blueprint.post(f"{TRIAL}/go-on")
@access.staff
def go_on_trying(lang: str, rules_id: int, trial_id: int) -> ResponseReturnValue:
    """Put the next events to the draft."""
    try:
        transact(continue_trial, access.current_actor(), rules_id, trial_id, clock.now())
    except Conflict as error:
        flash(in_words(error), "error")
    return redirect(url_for(".show_trial", rules_id=rules_id, trial_id=trial_id))


@blueprint.get(TRIAL)
@access.staff
def show_trial(lang: str, rules_id: int, trial_id: int) -> ResponseReturnValue:
    """How far the trial is, and whose outcome the draft changes."""
    session, actor = db.session(), access.current_actor()
    row = get_rules(session, actor, rules_id)
    trial = get_trial(session, actor, rules_id, trial_id)
    sets = (rule_set_in_force(session), stored_rule_set(row))
    kinds = changed_kinds(trial.result)
    kind = request.args.get("kind", "")
    if kind not in {one["id"] for one in kinds}:
        kind = ""
    rows = [one for one in trial.result["rows"] if not kind or kind in one["changes"]]
    page = _page_number()
    shown = rows[(page - 1) * PAGE : page * PAGE]
    events = events_by_id(session, [one["event"] for one in shown])
    return render_template(
        "self_initiated/staff/rule_trial.html",
        face=set_face(session, row),
        trial=_trial_face(session, row, trial),
        kinds=kinds,
        kind=kind,
        rows=rows_of_events(actor, shown, events, sets),
        scenarios=rows_of_scenarios(trial.result, sets),
        told=len(trial.result["rows"]),
        previous_url=_trial_url(trial, kind, page - 1) if page > 1 else None,
        next_url=_trial_url(trial, kind, page + 1) if page * PAGE < len(rows) else None,
    )


def _trial_face(session: Session, row: StoredRules, trial: RuleTrial) -> dict[str, Any]:
    return {
        "id": trial.id,
        "url": url_for(".show_trial", rules_id=row.id, trial_id=trial.id),
        "done": trial.done,
        "total": trial.total,
        "is_finished": trial.finished_at is not None,
        "is_outdated": not is_of_now(trial, row, rule_set_in_force(session)),
        "day": date.fromisoformat(trial.result["day"]),
        "against": trial.result["against"],
        "changed": trial.result["changed"],
        "unjudged": trial.result["unjudged"],
    }


def _trial_url(trial: RuleTrial, kind: str, page: int) -> str:
    return url_for(
        ".show_trial",
        rules_id=trial.rule_set_id,
        trial_id=trial.id,
        kind=kind or None,
        page=page if page > 1 else None,
        _anchor="events",
    )


def _page_number() -> int:
    asked = request.args.get("page", "")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1


# ── Publishing ────────────────────────────────────────────────────────────────────────────────


@blueprint.get(f"{ONE}/publish")
@access.staff
def show_publish(lang: str, rules_id: int) -> ResponseReturnValue:
    """What publishing would do, and the question why."""
    return _publish_page(rules_id, PublishForm(formdata=None))


@blueprint.post(f"{ONE}/publish")
@form_checks_token
@access.staff
def publish_rules(lang: str, rules_id: int) -> ResponseReturnValue:
    form = PublishForm()
    if not form.validate():
        return _publish_page(rules_id, form), form.status
    what = (access.current_actor(), rules_id, form.reason.data or "", clock.now())
    try:
        rules = transact(use_cases.publish_rules, *what)
    except (RequestRefused, Conflict) as error:
        form.refuse(error)
        return _publish_page(rules_id, form), status_of(error)
    flash(_("The rules %(name)s are in force from now on.", name=rules.name))
    return redirect(url_for(".list_rule_sets"))


def _publish_page(rules_id: int, form: PublishForm) -> str:
    session = db.session()
    row = get_rules(session, access.current_actor(), rules_id)
    face = set_face(session, row)
    is_back = face["is_draft"] and is_copy_of_published(session, row)
    return render_template(
        "self_initiated/staff/rule_publish.html",
        face=face,
        form=form,
        is_back=is_back,
        may_publish=face["is_draft"] and (is_back or has_finished_trial(session, row)),
        statute=_statute_of_product(session, row),
        in_force=rule_set_in_force(session).version,
    )


def _statute_of_product(session: Session, row: StoredRules) -> Sequence[str]:
    """What rests on statute and comes anew from the product."""
    return changed_statute(rule_set_in_force(session), stored_rule_set(row))
