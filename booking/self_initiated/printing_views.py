"""An event on a sheet of paper, to take to the police, the rescue department or the city."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.accounts import access
from booking.accounts.models import Person
from booking.reservations.rendering_printing import absolute, qr_code
from booking.self_initiated.blueprint import blueprint
from booking.self_initiated.plan_facts import facts_on_paper
from booking.self_initiated.plan_pages import Planned, duty_face, head_of
from booking.self_initiated.plan_rules import Mark
from booking.self_initiated.plan_views import planned_event
from booking.web.languages import current_language, text_in


@blueprint.get("/<lang:lang>/events/<reference>/print")
@access.signed_in
def show_event_print(lang: str, reference: str) -> ResponseReturnValue:
    """The facts and what each authority asks; with `to` (a rule) only for the authority of that."""
    planned, rules = planned_event(reference)
    rule = planned.rules.get(request.args.get("to", ""))
    to = text_in(rule.authority) if rule else ""
    url = url_for(".show_event", reference=planned.event.reference)
    return render_template(
        "self_initiated/print.html",
        head=head_of(planned),
        organiser=_organiser(planned),
        facts=facts_on_paper(rules, planned.event.facts, planned.known, planned.today),
        asked=[one for one in _asked(planned) if not to or one["authority"] == to],
        to=to,
        finnish_url="" if current_language() == "fi" else _same_page("fi"),
        all_url=url_for(".show_event_print", reference=planned.event.reference) if to else "",
        url=url,
        qr=qr_code(url),
        address=absolute(url),
        printed_on=planned.today,
    )


def _same_page(lang: str) -> str:
    values = {**(request.view_args or {}), **request.args.to_dict(), "lang": lang}
    return url_for(".show_event_print", **values)


def _organiser(planned: Planned) -> list[tuple[str, str]]:
    event = planned.event
    person = event.person or Person(name="", email="")
    return [
        (_("Organisation"), event.organisation.name if event.organisation else ""),
        (_("Responsible person"), person.name),
        (_("Telephone"), person.phone or ""),
        (_("E-mail"), person.email),
    ]


def _asked(planned: Planned) -> Iterable[dict[str, Any]]:
    """The duties that are sent to somebody, by authority, the one due first before the others."""
    found: dict[str, list[dict[str, Any]]] = {}
    for duty in planned.duties:
        if duty.is_on_checklist and duty.mark is not Mark.NOT_NEEDED and duty.due:
            face = duty_face(planned, duty)
            found.setdefault(face["authority"], []).append(face)
    return [{"authority": name, "duties": duties} for name, duties in found.items()]
