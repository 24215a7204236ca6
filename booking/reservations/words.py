"""Words of reservations that pages, mails and feeds share; marked here, translated at the edge."""

from __future__ import annotations

from collections.abc import Mapping

from booking.core.errors import N_

PURPOSE_NAMES: Mapping[str, str] = {
    "wellbeing": N_("Wellbeing and being together"),
    "culture": N_("Culture"),
    "sport": N_("Sport and exercise"),
    "youth": N_("Activity for children and young people"),
    "meeting": N_("Meeting"),
    "celebration": N_("Private celebration"),
    "commerce": N_("Sales or advertising"),
    "political": N_("Political event"),
    "religious": N_("Religious event"),
    "demonstration": N_("Demonstration or other public meeting"),
    "municipal": N_("City service"),
}

ACCESS_NAMES: Mapping[str, str] = {
    "open": N_("Nothing is needed: the space is open at that time."),
    "door_code": N_("With a door code, which comes with the confirmation."),
    "key": N_("With a key, which you get from the contact of the site."),
    "staff_opens": N_("The staff open the door."),
}

OUTCOME_NAMES: Mapping[str, str] = {
    "offered": N_("awaiting an answer"),
    "accepted": N_("accepted"),
    "declined": N_("declined"),
    "lapsed": N_("lapsed without an answer"),
    "cancelled": N_("cancelled"),
    "replaced": N_("closed again"),
}
"""What came of a booking that a closure took the place of."""

ALCOHOL_NAMES: Mapping[str, str] = {
    "forbidden": N_("Alcohol is not allowed."),
    "with_permission": N_("Alcohol only with permission given beforehand."),
}

TOPIC_NAMES: Mapping[str, str] = {
    "responsible_person": N_("Responsible person"),
    "contract": N_("The agreement"),
    "capacity": N_("Number of people"),
    "access": N_("Getting in"),
    "use": N_("Use"),
    "cleaning": N_("Cleaning"),
    "equipment": N_("Equipment"),
    "payment": N_("Payment"),
    "damage": N_("Damage"),
    "alcohol": N_("Alcohol"),
    "noise": N_("Noise"),
    "no_show": N_("Unused bookings"),
    "cancellation": N_("Cancelling"),
    "city_priority": N_("The city's own need"),
    "safety": N_("Safety"),
}
