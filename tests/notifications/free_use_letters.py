"""What the e-mails about free use are told: why, by the rules, and how to ask for a review."""

from __future__ import annotations

from datetime import date
from typing import Any

from booking.core.appeals import appeal_instructions
from tests.notifications.letters import FREE, LETTERS, RESERVATION, SERIES

WHY: dict[str, Any] = {
    "because": [
        {
            "fi": "Kaikille avoin, maksuton omaehtoinen tilaisuus saa tilan maksutta.",
            "sv": "En öppen och avgiftsfri egen tillställning får lokalen gratis.",
            "en": "An open and free self-initiated event gets the space free of charge.",
        }
    ]
}
APPEAL: dict[str, Any] = {
    **WHY,
    "appeal": appeal_instructions(
        {
            "fi": "Haminan kaupunki, Puistokatu 2, 49400 Hamina, kirjaamo@example.org",
            "sv": "Fredrikshamns stad, Puistokatu 2, 49400 Fredrikshamn, kirjaamo@example.org",
            "en": "City of Hamina, Puistokatu 2, 49400 Hamina, kirjaamo@example.org",
        },
        date(2027, 1, 28),
    ),
    "last_day_of_appeal": "2027-01-28",
}
REPRICED: dict[str, Any] = {
    **RESERVATION,
    **WHY,
    "price_group": "K4",
    "price_group_before": "K2",
    "price_cents_before": 0,
    "state": "confirmed",
}

FREE_USE_LETTERS: dict[str, tuple[str, dict[str, Any]]] = {
    "reservation_confirmed-by-law": (
        "reservation_confirmed",
        {**FREE, **APPEAL, "reason": "Tervetuloa!", "is_automatic": False},
    ),
    "reservation_confirmed-automatically": (
        "reservation_confirmed",
        {**FREE, **APPEAL, "is_automatic": True},
    ),
    "reservation_denied-by-law": (
        "reservation_denied",
        {**FREE, **APPEAL, "reason": "Tilaan ei saa tuoda alkoholia."},
    ),
    "reservation_repriced": ("reservation_repriced", REPRICED),
    "reservation_repriced-asked-again": (
        "reservation_repriced",
        {**FREE, **WHY, "price_cents_before": 2700, "state": "requested"},
    ),
    "staff_repriced": ("staff_repriced", REPRICED),
    "series_confirmed-by-law": ("series_confirmed", {**SERIES, **APPEAL}),
    "series_denied-by-law": ("series_denied", {**SERIES, **APPEAL, "reason": "Ei mahdu."}),
}
"""By the name of the expected text: the template, and what it is told."""

ALL_LETTERS = LETTERS | FREE_USE_LETTERS
