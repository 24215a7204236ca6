"""What the rules say of an event, over the API."""

from __future__ import annotations

from flask import Response

from booking.accounts.api import api
from booking.core import clock
from booking.core.errors import N_, RuleBroken
from booking.rulebook import FactsRefused, evaluate, explain, read_facts
from booking.rulebook.facts import FIRST_YEAR, LAST_YEAR, is_within_years
from booking.self_initiated.api_models import EvaluateIn, OutcomeOut
from booking.self_initiated.rule_sets import rule_set_in_force
from booking.web.errors import problem
from booking.web.session import db
from booking.web.words import in_words


class DayOutOfRange(RuleBroken):
    code = "out_of_range"
    message = N_("Give a day of the years %(first)s to %(last)s.")
    about = "today"


@api.endpoint(
    "POST",
    "/events/evaluate",
    summary="What follows for an event",
    answers=OutcomeOut,
    body=EvaluateIn,
    tag="events",
    needs_token=False,
)
def evaluate_event(body: EvaluateIn) -> OutcomeOut | Response:
    """Price group, support, duties and deadlines by the rules in force; nothing is stored."""
    rule_set = rule_set_in_force(db.session())
    today = body.today or clock.local_date(clock.now(), rule_set.zone)
    if not is_within_years(today):
        raise DayOutOfRange(first=str(FIRST_YEAR), last=str(LAST_YEAR))
    try:
        facts = read_facts(rule_set, body.facts, body.partial)
    except FactsRefused as error:
        return refusal(error)
    outcome = evaluate(rule_set, facts, today)
    explained = explain(rule_set, facts, outcome).as_dict()
    return OutcomeOut.model_validate({**outcome.as_dict(), "explanation": explained})


def refusal(error: FactsRefused) -> Response:
    """422 with all that is wrong with the facts, each beside its name."""
    violations = [
        {"code": fault.code, "message": in_words(fault), "field": f"facts.{fault.field}"}
        for fault in error.faults
    ]
    return problem(422, error.code, in_words(error), violations=violations)
