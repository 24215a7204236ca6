"""What each e-mail is told: the plain values that its template gets, as use cases queue them."""

from __future__ import annotations

from typing import Any

SUPPORT: dict[str, Any] = {
    "zone": "Europe/Helsinki",
    "number": "7KQ2M-9XBT4",
    "event": "Kyläjuhla & <tanssit>",
    "organisation": "",
    "requested_cents": 30_000,
    "granted_cents": 0,
    "paid_cents": 0,
    "receipts_due_on": "",
    "path": "/events/9XBT4-7KQ2M/support",
}
GRANTED: dict[str, Any] = {**SUPPORT, "granted_cents": 25_050, "receipts_due_on": "2027-03-13"}
DECIDED: dict[str, Any] = {
    "path": "/support/7KQ2M-9XBT4/decision",
    "reason": "Kahveja ei tueta.\nMuut kulut tuetaan.",
    "decided_as": "Hyvinvointikoordinaattori",
    "appeal": "Päätökseen tyytymätön voi vaatia oikaisua.\n\nViimeinen päivä on 28.1.2027.",
    "last_day_of_appeal": "2027-01-28",
}

HALL = {
    "fi": "Husulan liikuntasali A",
    "sv": "Husula idrottssal A",
    "en": "Husula sports hall A",
}
STAGE = {"fi": "Husulan näyttämö", "sv": "Scenen i Husula", "en": "Husula stage"}
SCHOOL = {"fi": "Husulan koulu", "sv": "Husula skola", "en": "Husula school"}

# Wednesday 13 January 2027, 17.00 to 18.30 in Helsinki.
RESERVATION: dict[str, Any] = {
    "reference": "7KQ2M-9XBT4",
    "title": "Sähly & <kaverit>",
    "spaces": [HALL],
    "unit": SCHOOL,
    "address": "Husulantie 6, 49400 Hamina",
    "starts_at": "2027-01-13T15:00:00+00:00",
    "ends_at": "2027-01-13T16:30:00+00:00",
    "zone": "Europe/Helsinki",
    "people": 24,
    "organisation": "Haminan Sähly ry",
    "price_cents": 2700,
    "currency": "EUR",
    "is_free": False,
    "reason": "",
    "access": "key",
    "cancel_until": "2027-01-12T15:00:00+00:00",
    "due_cents": 0,
    "path": "/reservations/7KQ2M-9XBT4",
}
FREE: dict[str, Any] = {
    **RESERVATION,
    "spaces": [HALL, STAGE],
    "organisation": "",
    "price_cents": 0,
    "is_free": True,
    "access": "open",
    "cancel_until": "",
}
TENTS = [{"name": {"fi": "Pop up -teltta", "sv": "Snabbtält", "en": "Pop-up tent"}, "quantity": 2}]
BEFORE: dict[str, Any] = {
    "spaces": [STAGE],
    "starts_at": "2027-01-12T15:00:00+00:00",
    "ends_at": "2027-01-12T16:30:00+00:00",
}
TO_ONE: dict[str, Any] = {
    "name": "Maija Meikäläinen",
    "expires_at": "2027-01-14T08:00:00+00:00",
}

SERIES: dict[str, Any] = {
    **RESERVATION,
    "reference": "9XBT4-7KQ2M",
    "dates": [
        ["2027-03-24T15:00:00+00:00", "2027-03-24T16:30:00+00:00"],
        ["2027-03-31T14:00:00+00:00", "2027-03-31T15:30:00+00:00"],
        ["2027-04-14T14:00:00+00:00", "2027-04-14T15:30:00+00:00"],
    ],
    "skipped": [
        {
            "day": "2027-04-07",
            "violations": [
                {
                    "code": "not_free",
                    "message": "%(space)s is taken at this time.",
                    "field": "start",
                    "values": {"space": HALL},
                }
            ],
        }
    ],
    "elsewhere": [{"starts_at": "2027-04-14T14:00:00+00:00", "spaces": [STAGE], "unit": SCHOOL}],
    "price_cents": 8100,
    "path": "/series/9XBT4-7KQ2M",
}

MOVE: dict[str, Any] = {
    **RESERVATION,
    "spaces": [STAGE],
    "before": {**BEFORE, "spaces": [HALL]},
    "answer_until": "2027-01-12T10:00:00+00:00",
    "state": "confirmed",
    "reason": "Salin lattia hiotaan.",
}
NEXT_WEEK = {"starts_at": "2027-01-20T15:00:00+00:00", "ends_at": "2027-01-20T16:30:00+00:00"}
GONE: dict[str, Any] = {
    **RESERVATION,
    **NEXT_WEEK,
    "reference": "4F7QX-K2M9T",
    "instead": [{"spaces": [STAGE], "unit": SCHOOL, "path": "/spaces/husulan-nayttamo"}],
}
CLOSURE: dict[str, Any] = {
    "zone": "Europe/Helsinki",
    "reason": "Salin lattia hiotaan.\nSali on suljettu koko viikon.",
    "path": "/reservations/7KQ2M-9XBT4",
}
WERE: dict[str, Any] = {
    **BEFORE,
    "dates": [
        ["2027-03-23T15:00:00+00:00", "2027-03-23T16:30:00+00:00"],
        ["2027-03-30T14:00:00+00:00", "2027-03-30T15:30:00+00:00"],
        ["2027-04-13T14:00:00+00:00", "2027-04-13T15:30:00+00:00"],
    ],
}

# A Wednesday and a Friday in July 2027.
DEADLINE: dict[str, Any] = {
    "rule": "G07",
    "text": {
        "fi": "Tee meluilmoitus kaupungille. Ilman sitä ääntä saa vahvistaa klo 7.00–22.00.",
        "sv": "Gör en bulleranmälan till staden. Utan den får ljudet förstärkas kl. 7.00–22.00.",
        "en": "Make a noise notification to the city. Without one sound is amplified 07:00–22:00.",
    },
    "authority": {
        "fi": "Haminan lupavaliokunta",
        "sv": "Fredrikshamns tillståndsutskott",
        "en": "Hamina permit committee",
    },
    "where": {"fi": "Meluilmoitus", "sv": "Bulleranmälan", "en": "Noise notification"},
    "link": "https://hamina.fi/meluilmoitus",
    "write": {
        "fi": "Kerro melun lähde ja kellonajat.",
        "sv": "Uppge källan till bullret och klockslagen.",
        "en": "State the source of the noise and the hours.",
    },
    "day": "2027-07-07",
    "at": "",
    "is_late": False,
    "is_recommended": False,
}
DEADLINES: dict[str, Any] = {
    "event": "Kesäkonsertti & <kaverit>",
    "path": "/events/7KQ2M-9XBT4",
    "zone": "Europe/Helsinki",
    "duties": [DEADLINE],
}
IN_HOURS: dict[str, Any] = {**DEADLINE, "link": "", "at": "2027-07-09T09:00:00+00:00"}

LETTERS: dict[str, tuple[str, dict[str, Any]]] = {
    "reservation_requested": ("reservation_requested", RESERVATION),
    "reservation_confirmed": ("reservation_confirmed", RESERVATION),
    "reservation_confirmed-free": ("reservation_confirmed", FREE),
    "reservation_confirmed-loan": (
        "reservation_confirmed",
        {**FREE, "spaces": [], "title": "", "people": None, "access": "", "items": TENTS},
    ),
    "reservation_denied": (
        "reservation_denied",
        {**RESERVATION, "reason": "Salin lattia hiotaan.\nSali on suljettu koko viikon."},
    ),
    "reservation_cancelled-by-owner": (
        "reservation_cancelled",
        {**RESERVATION, "by_staff": False, "due_cents": 2700},
    ),
    "reservation_cancelled-by-staff": (
        "reservation_cancelled",
        {**RESERVATION, "by_staff": True, "reason": "Vesivahinko."},
    ),
    "reservation_no_show": ("reservation_no_show", {**RESERVATION, "due_cents": 2700}),
    "reservation_expired": ("reservation_expired", RESERVATION),
    "reservation_expired-hold": ("reservation_expired", {**FREE, "state_before": "held"}),
    "reservation_moved-by-owner": (
        "reservation_moved",
        {**RESERVATION, "by_staff": False, "state": "requested", "before": BEFORE},
    ),
    "reservation_moved-by-staff": (
        "reservation_moved",
        {**RESERVATION, "by_staff": True, "state": "confirmed", "before": BEFORE},
    ),
    "reservation_restored-by-owner": (
        "reservation_restored",
        {**RESERVATION, "organisation": "", "by_staff": False, "state": "confirmed"},
    ),
    "reservation_restored-by-staff": (
        "reservation_restored",
        {**RESERVATION, "by_staff": True, "state": "requested"},
    ),
    "reservation_reminder": ("reservation_reminder", RESERVATION),
    "reservation_reminder-late": ("reservation_reminder", RESERVATION | {"cancel_until": ""}),
    "waiting_offer": ("waiting_offer", {**RESERVATION, "expires_at": "2027-01-12T08:00:00+00:00"}),
    "staff_new_request": ("staff_new_request", RESERVATION),
    "series_confirmed": ("series_confirmed", SERIES),
    "series_requested": ("series_requested", {**SERIES, "skipped": []}),
    "series_denied": ("series_denied", {**SERIES, "reason": "Sali on remontissa koko kevään."}),
    "series_cancelled": ("series_cancelled", {**SERIES, "due_cents": 2700}),
    "series_moved": (
        "series_moved",
        {**SERIES, "by_staff": False, "state": "requested", "before": WERE},
    ),
    "staff_new_series": ("staff_new_series", SERIES),
    "closure_notice-moves": (
        "closure_notice",
        {**CLOSURE, "moves": [MOVE], "cancelled": [], "path": "/moves/abc-def"},
    ),
    "closure_notice-cancelled": ("closure_notice", {**CLOSURE, "moves": [], "cancelled": [GONE]}),
    "closure_notice-both": (
        "closure_notice",
        {
            **CLOSURE,
            "moves": [
                MOVE,
                {**MOVE, "title": "", "state": "requested", "reference": "M2K9T-4F7QX"},
            ],
            "cancelled": [GONE, {**GONE, "title": "", "instead": []}],
            "path": "/moves/abc-def",
        },
    ),
    "moves_accepted": ("moves_accepted", {**CLOSURE, "bookings": [MOVE]}),
    "moves_accepted-many": (
        "moves_accepted",
        {**CLOSURE, "bookings": [{**MOVE, "state": "requested"}, {**MOVE, **NEXT_WEEK}]},
    ),
    "moves_lapsed": ("moves_lapsed", {**CLOSURE, "bookings": [MOVE]}),
    "moves_lapsed-many": ("moves_lapsed", {**CLOSURE, "bookings": [MOVE, {**MOVE, **NEXT_WEEK}]}),
    "confirm_registration": (
        "confirm_registration",
        {**TO_ONE, "link": "http://localhost/fi/confirm/abc.def"},
    ),
    "already_registered": (
        "already_registered",
        {"link": "http://localhost/fi/sign-in"},
    ),
    "reset_password": (
        "reset_password",
        {**TO_ONE, "link": "http://localhost/fi/password/abc.def"},
    ),
    "organisation_invitation": (
        "organisation_invitation",
        {
            "link": "http://localhost/fi/join/abc.def",
            "organisation": "Haminan Sähly ry",
            "expires_at": "2027-01-25T08:00:00+00:00",
            "inviter": "Maija Meikäläinen",
            "hands_over": False,
        },
    ),
    "organisation_invitation-hand-over": (
        "organisation_invitation",
        {
            "link": "http://localhost/fi/join/abc.def",
            "organisation": "Haminan Sähly ry",
            "expires_at": "2027-01-25T08:00:00+00:00",
            "inviter": "Maija Meikäläinen",
            "hands_over": True,
        },
    ),
    **{
        f"organisation_reviewed-{outcome}": (
            "organisation_reviewed",
            {
                "path": "/organisations/haminan-sahly-ry",
                "organisation": "Haminan Sähly ry",
                "outcome": outcome,
                "remark": remark,
            },
        )
        for outcome, remark in (
            ("verified", ""),
            ("asked", "Mikä on yhdistyksen kotipaikka?"),
            ("refused", "Numerolla ei löydy yhdistystä."),
        )
    },
    "organisation_asked_to_join": (
        "organisation_asked_to_join",
        {
            "path": "/organisations/haminan-sahly-ry?invite=matti@example.com#invite",
            "organisation": "Haminan Sähly ry",
            "person": "Matti Meikäläinen",
            "email": "matti@example.com",
        },
    ),
    **{
        f"organisation_handed_over-{who}": (
            "organisation_handed_over",
            {
                "path": "/organisations/haminan-sahly-ry",
                "organisation": "Haminan Sähly ry",
                "other": "Matti Meikäläinen",
                "is_new": who == "new",
                "stays": who == "member",
            },
        )
        for who in ("new", "member", "leaves")
    },
    "feedback_received": (
        "feedback_received",
        {
            "kind": "space",
            "message": "Lamppu on rikki.\nSe on ikkunan vieressä.",
            "page": "/fi/spaces/raatihuoneen-sali",
            "unit": {"fi": "Raatihuone", "sv": "Rådhuset", "en": "Town hall"},
            "space": {"fi": "Sali", "sv": "Salen", "en": "Hall"},
            "wants_answer": True,
            "path": "/staff/feedback#feedback-1",
        },
    ),
    "feedback_received-city": (
        "feedback_received",
        {
            "kind": "wish",
            "message": "Lisää tiloja.",
            "page": "",
            "unit": None,
            "space": None,
            "wants_answer": False,
            "path": "/staff/feedback#feedback-2",
        },
    ),
    "support_received": ("support_received", {**SUPPORT, "organisation": "Haminan Sähly ry"}),
    "support_decided-granted": (
        "support_decided",
        {**GRANTED, **DECIDED, "outcome": "approved"},
    ),
    "support_decided-things": (
        "support_decided",
        {**SUPPORT, **DECIDED, "requested_cents": 0, "reason": "", "outcome": "approved"},
    ),
    "support_decided-denied": ("support_decided", {**SUPPORT, **DECIDED, "outcome": "denied"}),
    "support_reported": ("support_reported", GRANTED),
    **{
        f"support_receipts_due-{when}": (
            "support_receipts_due",
            {**GRANTED, "is_overdue": when == "overdue"},
        )
        for when in ("ahead", "overdue")
    },
    "support_paid": ("support_paid", {**GRANTED, "paid_cents": 24_000}),
    "support_paid-nothing": ("support_paid", GRANTED),
    "feedback_answer": (
        "feedback_answer",
        {"message": "Lamppu on rikki.", "answer": "Kiitos. Se on vaihdettu."},
    ),
    "deadline_reminder": ("deadline_reminder", DEADLINES),
    "deadline_reminder-late": (
        "deadline_reminder",
        {**DEADLINES, "duties": [{**DEADLINE, "is_late": True}]},
    ),
    "deadline_reminder-several": (
        "deadline_reminder",
        {
            **DEADLINES,
            "duties": [
                {**DEADLINE, "is_late": True, "is_recommended": True},
                {**IN_HOURS, "day": "2027-07-09"},
            ],
        },
    ),
}
