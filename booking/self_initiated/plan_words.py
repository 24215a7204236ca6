"""What the states and facts of an event are called."""

from __future__ import annotations

from collections.abc import Mapping

from booking.core.errors import N_
from booking.self_initiated.plan_rules import Mark

MARK_NAMES: Mapping[Mark, str] = {
    Mark.TO_DO: N_("To do"),
    Mark.SENT: N_("Sent, waiting for an answer"),
    Mark.DONE: N_("Done"),
    Mark.NOT_NEEDED: N_("Not needed"),
}

FACT_NAMES: Mapping[str, str] = {
    "organiser_type": N_("Organiser"),
    "home": N_("Organiser's home"),
    "openness": N_("Who may come"),
    "purpose": N_("Kind of event"),
    "target": N_("For whom"),
    "attendance_peak": N_("People at most at the same time"),
    "place_kind": N_("Kind of place"),
    "space_type": N_("Kind of space"),
    "outdoor": N_("Outdoors"),
    "responsible_adult": N_("Responsible person of age"),
    "entrance_fee_eur": N_("Entrance fee"),
    "amplified": N_("Amplified sound"),
    "noise_disturbing": N_("Especially disturbing noise"),
    "music": N_("Music"),
    "film": N_("Film"),
    "food": N_("Food"),
    "alcohol": N_("Alcohol"),
    "alcohol_allowed": N_("Alcohol allowed by the space"),
    "area_preapproved": N_("Area approved for serving in advance"),
    "structures": N_("Structures"),
    "structure_days": N_("Days the structures stand"),
    "active_programme": N_("Active programme"),
    "street_closure": N_("Closing a street"),
    "stewards_or_traffic": N_("Stewards or traffic control"),
    "open_fire": N_("Open fire"),
    "pyro": N_("Fireworks or effects"),
    "exits_changed": N_("Exits changed"),
    "special_danger": N_("Special danger"),
    "overnight": N_("Staying overnight"),
    "minors_volunteers": N_("Volunteers with children"),
    "collection": N_("Collecting money"),
    "collection_target_eur": N_("Money to collect"),
    "lottery": N_("Lottery"),
    "lottery_total_eur": N_("Tickets of the lottery in all"),
    "drone": N_("Drone"),
    "personal_data": N_("Names or pictures of people"),
    "grant_requested_eur": N_("Grant wished for"),
}
"""Short names of the facts, for lists; a fact of the rule set without one is told by its question.

What is not here is known from elsewhere, or matters only to prices."""

PRIVATE_FACTS = frozenset(
    {
        "home",
        "hamina_benefit",
        "grant_requested_eur",
        "grants_this_year_eur",
        "double_funding",
        "economic_activity",
        "no_shows_6m",
    }
)
"""Facts that are nobody's business but the city's: they stand on no paper for others."""

SUPPORT_STATES: Mapping[str, str] = {
    "draft": N_("The application is not sent yet."),
    "submitted": N_("The application has been sent. The city decides about it."),
    "granted": N_("Support has been granted."),
    "denied": N_("The application was denied."),
    "reported": N_("The report has been sent. The city pays after checking it."),
    "paid": N_("The support has been paid."),
}
