"""The public page of the rules in force."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access
from booking.catalogue.queries import get_catalogue
from booking.core import clock
from booking.core.actors import Action
from booking.core.clock import local_date
from booking.self_initiated.blueprint import blueprint
from booking.self_initiated.rule_pages import parameter_faces, rule_faces
from booking.self_initiated.rule_queries import in_force_since
from booking.self_initiated.rule_sets import rule_set_in_force
from booking.self_initiated.rule_words import PART_NAMES
from booking.web.session import db

__all__ = ["blueprint"]

NUMBERS = "numbers"
LONGEST_SEARCH = 80


@blueprint.get("/<lang:lang>/events/rules")
@access.public
def list_rules(lang: str) -> ResponseReturnValue:
    """Every rule in force today with its source, by part and by words."""
    session = db.session()
    city, rules = get_catalogue(session), rule_set_in_force(session)
    today = local_date(clock.now(), city.zone)
    part, words = asked_part(), asked_words()
    parts = [] if part == NUMBERS else rule_faces(rules, today, part, words, in_force=True)
    numbers = parameter_faces(rules, today, words) if part in ("", NUMBERS) else []
    return render_template(
        "self_initiated/rules.html",
        version=rules.version,
        since=in_force_since(session),
        today=today,
        parts=parts,
        numbers=numbers,
        count=sum(len(one["rules"]) for one in parts) + len(numbers),
        part=part,
        part_choices=part_choices(),
        words=words,
        may_edit=access.current_actor().may(Action.EDIT_RULES),
    )


def asked_part() -> str:
    """The part of the rules that the address asks for; empty for all."""
    asked = request.args.get("part", "")
    return asked if asked in PART_NAMES or asked == NUMBERS else ""


def asked_words() -> str:
    """The words that the address looks for."""
    return request.args.get("q", "").strip()[:LONGEST_SEARCH]


def part_choices() -> list[tuple[str, str]]:
    """The parts to choose from, with their names."""
    named = [(code, _(name)) for code, name in PART_NAMES.items()]
    return [("", _("All")), *named, (NUMBERS, _("Numbers and hours"))]
