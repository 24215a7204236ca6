"""What the pages of the guide are called, and what an outcome is called in a few words."""

from __future__ import annotations

from collections.abc import Mapping

from booking.core.errors import N_

STEP_TITLES: Mapping[str, str] = {
    "who": N_("Who you are"),
    "idea": N_("What you have in mind"),
    "place": N_("Where it is held"),
    "kind-of-place": N_("What kind of place"),
    "time": N_("When it is held"),
    "people": N_("Who comes"),
    "organiser": N_("More about the organiser"),
    "for-whom": N_("For whom it is"),
    "money": N_("Money at the event"),
    "collection": N_("The money collected"),
    "lottery": N_("The raffle"),
    "sound": N_("Music and sound"),
    "food": N_("Food and drink"),
    "serving": N_("Alcohol at the place"),
    "danger": N_("Fire and safety"),
    "structures": N_("What is built and done"),
    "standing": N_("How long things stand"),
    "traffic": N_("Streets and the air"),
    "safety": N_("Children and the night"),
    "support": N_("Support from the city"),
    "support-more": N_("More about the support"),
}
"""By page; one that asks a fact the guide does not know is called by its question."""

TOPIC_NAMES: Mapping[str, str] = {
    "money": N_("Tickets that cost, collecting money or a raffle"),
    "food": N_("Food, drink or alcohol"),
    "sound": N_("Music, amplified sound, disturbing noise or a film"),
    "structures": N_("Stalls, tents or a stage, or a bouncy castle, riding or climbing"),
    "danger": N_("Open fire, fireworks or effects, changed exits or something dangerous"),
    "traffic": N_("A closed street, stewards or traffic control, or a drone"),
    "safety": N_("Volunteers with children, or people who stay overnight"),
}
"""By topic: all that its page asks, so that whoever leaves it out knows what they leave out."""

FREE_USE: Mapping[str, tuple[str, str]] = {
    "auto_free": (N_("Free of charge"), "yes"),
    "auto_charged": (N_("The space has a price"), "info"),
    "review": (N_("The staff look at it first"), "wait"),
    "denied": (N_("Not possible as it is"), "no"),
    "not_applicable": (N_("Not a space of the city"), "info"),
    "needs_info": (N_("Not known yet"), "wait"),
}
"""By decision: what it is called, and the tone in which it is told."""

FREE_SO_FAR = N_("Free of charge, as it looks now")
PRICE_SO_FAR = N_("There is a price, as it looks now")

SUPPORT: Mapping[str, tuple[str, str]] = {
    "eligible": (N_("A grant can be applied for"), "yes"),
    "ineligible": (N_("No grant for this event"), "no"),
    "not_requested": (N_("No grant is applied for"), "info"),
    "needs_info": (N_("A grant: not known yet"), "wait"),
}
