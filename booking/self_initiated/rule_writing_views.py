"""The pages on which a draft of the rules is changed: a number, a rule, a new one, the whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access
from booking.core import clock
from booking.core.errors import Conflict, NotFound, RequestRefused
from booking.rulebook import RuleSet, RulesRefused, Wording
from booking.rulebook.rule_set import STATUTE, Parameter, Rule
from booking.self_initiated import rule_use_cases as use_cases
from booking.self_initiated.rule_errors import DraftChanged, NotADraft
from booking.self_initiated.rule_forms import (
    NumberForm,
    RuleForm,
    SeenForm,
    TextForm,
    WholeForm,
    WindowForm,
)
from booking.self_initiated.rule_models import StoredRules
from booking.self_initiated.rule_pages import parameter_face, rule_face
from booking.self_initiated.rule_queries import get_rules
from booking.self_initiated.rule_sets import stored_rule_set
from booking.self_initiated.rule_staff_views import ONE, blueprint, set_face, today_in_city
from booking.self_initiated.rule_templates import NEW_RULES
from booking.self_initiated.rule_texts import Block, RuleText, fingerprint
from booking.self_initiated.rule_words import PART_NAMES
from booking.web.errors import status_of
from booking.web.forgery import form_checks_token
from booking.web.languages import locale_language
from booking.web.session import db, transact
from booking.web.words import in_words

__all__ = ["blueprint"]

RULE = f"{ONE}/rules/<rule>"
NUMBER = f"{ONE}/numbers/<name>"
Refused = (RequestRefused, RulesRefused, Conflict)


class Place:
    """A draft as it stands, and one place of it."""

    def __init__(self, rules_id: int, name: str = "") -> None:
        self.row: StoredRules = get_rules(db.session(), access.current_actor(), rules_id)
        if self.row.published_at is not None or self.row.created_by_id is None:
            raise NotADraft()
        self.rules: RuleSet = stored_rule_set(self.row)
        self.whole = RuleText(self.row.body)
        self.block: Block | None = self.whole.rules.get(name) or self.whole.parameters.get(name)

    @property
    def text(self) -> str:
        """What stands at the place, or the whole where it can't be found by itself."""
        return self.whole.text_of(self.block) if self.block else self.row.body

    @property
    def seen(self) -> str:
        return fingerprint(self.text)


def _done(rules_id: int, anchor: str = "") -> ResponseReturnValue:
    flash(_("The draft is changed."))
    return redirect(url_for(".show_rules", rules_id=rules_id, _anchor=anchor or None))


def _refuse(form: SeenForm, error: Any, place: Place) -> int:
    """Show why it was refused. Whoever sends again after a colleague's change means what stands
    now."""
    if isinstance(error, RulesRefused):
        first = place.block.first if place.block else 0
        if isinstance(form, TextForm):
            form.refuse_faults(error, first, in_words)
        else:
            form.refuse(error)
        return 422
    if isinstance(error, DraftChanged):
        form.seen.data, form.seen.raw_data = place.seen, None
    form.refuse(error)
    return status_of(error)


def _stands_now(error: Any, place: Place) -> str:
    """What a colleague wrote meanwhile."""
    return place.text if isinstance(error, DraftChanged) and place.block else ""


# ── Numbers and hours ─────────────────────────────────────────────────────────────────────────


@blueprint.get(NUMBER)
@access.staff
def show_number(lang: str, rules_id: int, name: str) -> ResponseReturnValue:
    """One number with its dates, to be changed from a day on."""
    place, parameter = _number(rules_id, name)
    form = _number_form(parameter).empty(parameter, place.seen, today_in_city())
    return _number_page(place, parameter, form)


@blueprint.post(NUMBER)
@form_checks_token
@access.staff
def change_number(lang: str, rules_id: int, name: str) -> ResponseReturnValue:
    place, parameter = _number(rules_id, name)
    form = _number_form(parameter)()
    if not form.validate():
        return _number_page(place, parameter, form), form.status
    what = (form.new_value, form.from_day.data, today_in_city(), form.seen.data or "")
    actor = access.current_actor()
    try:
        transact(use_cases.change_parameter, actor, rules_id, name, *what, clock.now())
    except Refused as error:
        place, parameter = _number(rules_id, name)
        status = _refuse(form, error, place)
        return _number_page(place, parameter, form, _stands_now(error, place)), status
    return _done(rules_id, name)


def _number(rules_id: int, name: str) -> tuple[Place, Parameter]:
    place = Place(rules_id, name)
    if name not in place.rules.parameters:
        raise NotFound()
    return place, place.rules.parameters[name]


def _number_form(parameter: Parameter) -> type[NumberForm] | type[WindowForm]:
    return WindowForm if parameter.is_window else NumberForm


def _number_page(
    place: Place, parameter: Parameter, form: NumberForm | WindowForm, stands_now: str = ""
) -> str:
    return render_template(
        "self_initiated/staff/rule_number.html",
        face=set_face(db.session(), place.row),
        number=parameter_face(place.rules, parameter, today_in_city()),
        form=form,
        stands_now=stands_now,
    )


# ── One rule ──────────────────────────────────────────────────────────────────────────────────


@blueprint.get(RULE)
@access.staff
def show_rule(lang: str, rules_id: int, rule: str) -> ResponseReturnValue:
    """One rule, its plain things as fields and the whole of it as text."""
    place, found = _rule(rules_id, rule)
    return _rule_page(place, found)


@blueprint.post(RULE)
@form_checks_token
@access.staff
def change_rule(lang: str, rules_id: int, rule: str) -> ResponseReturnValue:
    place, found = _rule(rules_id, rule)
    form = RuleForm.for_rule(place.rules, found, sent=True)
    if not form.validate():
        return _rule_page(place, found, form), form.status
    what = (form.changes(found), form.seen.data or "", clock.now())
    actor = access.current_actor()
    try:
        transact(use_cases.change_keys_of_rule, actor, rules_id, rule, *what)
    except Refused as error:
        place, found = _rule(rules_id, rule)
        status = _refuse(form, error, place)
        return _rule_page(place, found, form, stands_now=_stands_now(error, place)), status
    return _done(rules_id, rule)


@blueprint.get(f"{RULE}/text")
@access.staff
def show_rule_text(lang: str, rules_id: int, rule: str) -> ResponseReturnValue:
    """Where whoever changes the language on a refused page comes out."""
    return redirect(url_for(".show_rule", rules_id=rules_id, rule=rule))


@blueprint.post(f"{RULE}/text")
@form_checks_token
@access.staff
def change_rule_text(lang: str, rules_id: int, rule: str) -> ResponseReturnValue:
    place, found = _rule(rules_id, rule)
    form = TextForm()
    if not form.validate():
        return _rule_page(place, found, text_form=form), form.status
    what = (form.text.data or "", form.seen.data or "", clock.now())
    actor = access.current_actor()
    try:
        transact(use_cases.change_rule, actor, rules_id, rule, *what)
    except Refused as error:
        place, found = _rule(rules_id, rule)
        status = _refuse(form, error, place)
        stands_now = _stands_now(error, place)
        return _rule_page(place, found, text_form=form, stands_now=stands_now), status
    return _done(rules_id, rule)


@blueprint.post(f"{RULE}/remove")
@access.staff
def remove_rule(lang: str, rules_id: int, rule: str) -> ResponseReturnValue:
    """Take the rule out of the draft."""
    actor, seen = access.current_actor(), request.form.get("seen", "")
    try:
        transact(use_cases.remove_rule, actor, rules_id, rule, seen, clock.now())
    except Refused as error:
        for one in error.reasons:
            flash(in_words(one), "error")
        return redirect(url_for(".show_rule", rules_id=rules_id, rule=rule))
    return _done(rules_id)


def _rule(rules_id: int, rule: str) -> tuple[Place, Rule]:
    place = Place(rules_id, rule)
    if rule not in place.rules.rules:
        raise NotFound()
    return place, place.rules.rules[rule]


def _rule_page(
    place: Place,
    rule: Rule,
    form: RuleForm | None = None,
    text_form: TextForm | None = None,
    stands_now: str = "",
) -> str:
    wording = Wording(place.rules, locale_language(), today_in_city(), _)
    text = place.text if place.block else ""
    return render_template(
        "self_initiated/staff/rule.html",
        face=set_face(db.session(), place.row),
        rule=rule_face(wording, rule),
        is_statute=rule.basis == STATUTE,
        can_alone=place.block is not None,
        form=form or RuleForm.for_rule(place.rules, rule, place.seen),
        text_form=text_form or TextForm(formdata=None, text=text, seen=place.seen),
        is_text_sent=text_form is not None,
        text=text,
        seen=place.seen,
        stands_now=stands_now,
    )


# ── A new rule, and the whole ─────────────────────────────────────────────────────────────────


@blueprint.get(f"{ONE}/new/<part>")
@access.staff
def show_new_rule(lang: str, rules_id: int, part: str) -> ResponseReturnValue:
    """A rule to be written, from a pattern."""
    place = _part(rules_id, part)
    return _new_page(place, part, TextForm(formdata=None, text=NEW_RULES[part]))


@blueprint.post(f"{ONE}/new/<part>")
@form_checks_token
@access.staff
def add_rule(lang: str, rules_id: int, part: str) -> ResponseReturnValue:
    place = _part(rules_id, part)
    form = TextForm()
    if not form.validate():
        return _new_page(place, part, form), form.status
    actor, text = access.current_actor(), form.text.data or ""
    try:
        transact(use_cases.add_rule, actor, rules_id, part, text, clock.now())
    except Refused as error:
        place = _part(rules_id, part)
        status = _refuse_new(form, error, place, part)
        return _new_page(place, part, form), status
    return _done(rules_id)


def _refuse_new(form: TextForm, error: Any, place: Place, part: str) -> int:
    if not isinstance(error, RulesRefused):
        return _refuse(form, error, place)
    form.refuse_faults(error, place.whole.place_of_new(part), in_words)
    return 422


def _part(rules_id: int, part: str) -> Place:
    if part not in PART_NAMES:
        raise NotFound()
    return Place(rules_id)


def _new_page(place: Place, part: str, form: TextForm) -> str:
    return render_template(
        "self_initiated/staff/rule_new.html",
        face=set_face(db.session(), place.row),
        part=_(PART_NAMES[part]),
        form=form,
    )


@blueprint.get(f"{ONE}/text")
@access.staff
def show_text(lang: str, rules_id: int) -> ResponseReturnValue:
    """The whole as text."""
    place = Place(rules_id)
    return _whole_page(place, WholeForm(formdata=None, text=place.row.body, seen=place.seen))


@blueprint.post(f"{ONE}/text")
@form_checks_token
@access.staff
def change_text(lang: str, rules_id: int) -> ResponseReturnValue:
    place, form = Place(rules_id), WholeForm()
    form.read_file(request.files.get("file"))
    if not form.validate():
        return _whole_page(place, form), form.status
    what = (form.text.data or "", form.seen.data or "", clock.now())
    change: Callable[..., StoredRules] = use_cases.change_whole
    try:
        transact(change, access.current_actor(), rules_id, *what)
    except Refused as error:
        place = Place(rules_id)
        status = _refuse(form, error, place)
        stands_now = place.row.body if isinstance(error, DraftChanged) else ""
        return _whole_page(place, form, stands_now), status
    return _done(rules_id)


def _whole_page(place: Place, form: WholeForm, stands_now: str = "") -> str:
    return render_template(
        "self_initiated/staff/rule_text.html",
        face=set_face(db.session(), place.row),
        form=form,
        stands_now=stands_now,
    )
