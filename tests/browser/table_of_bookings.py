"""The states of pages with which one finds, books and keeps bookings."""

from __future__ import annotations

from datetime import timedelta

from tests.browser.furnishing import HALL, ROOM, TODAY
from tests.browser.states import (
    administrator,
    anybody,
    approver,
    fills,
    follows,
    follows_mail,
    marks,
    member,
    newcomer,
    opens,
    opens_menu,
    presses,
    resident,
    sends,
    spoils_token,
    unfolds,
)

SOON = TODAY + timedelta(days=10)
WHEN = f"date={SOON}&start=18:00&end=20:00&people=8"

FINDING = [
    anybody("pages.show_home", "signed out", opens("/")),
    anybody("pages.show_home", "the menu open", opens("/"), opens_menu),
    member("pages.show_home", "with a next booking", opens("/")),
    newcomer("pages.show_home", "nothing booked yet", opens("/")),
    anybody("spaces.search_spaces", "all", opens("/spaces"), unfolds),
    anybody("spaces.search_spaces", "for a time", opens(f"/spaces?q=kokous&{WHEN}")),
    member("spaces.search_spaces", "for a time, signed in", opens(f"/spaces?{WHEN}")),
    anybody("spaces.search_spaces", "nothing found", opens("/spaces?people=99999&q=xyzzy")),
    anybody(
        "spaces.search_spaces",
        "not understood",
        opens("/spaces?date=32.13.&start=25&end=x&people=-1"),
    ),
    anybody("spaces.show_space", "of one room", opens(f"/spaces/{ROOM}"), unfolds),
    anybody("spaces.show_space", "with parts", opens("/spaces/raatihuoneentori-koko")),
    member("spaces.show_space", "a part", opens("/spaces/husulan-liikuntasali-a")),
    anybody("spaces.show_space", "its month", opens(f"/spaces/{ROOM}?view=month"), unfolds),
    anybody("spaces.show_sign", "for the door", opens(f"/spaces/{ROOM}/sign")),
    anybody("spaces.show_unit", "a house", opens("/units/kumppanuustalo-hilma"), unfolds),
    anybody("spaces.show_space", "for a time", opens(f"/spaces/{ROOM}?{WHEN}")),
    anybody(
        "spaces.pick_sections",
        "no space as one",
        opens(
            "/spaces/pappilansalmen-liikuntahalli/pick"
            "?section=pappilansalmen-lohko-1&section=pappilansalmen-lohko-3"
        ),
    ),
    anybody("spaces.pick_sections", "nothing", opens("/spaces/raatihuoneentori-koko/pick")),
    administrator("catalogue.show_pictures", "none yet", opens(f"/staff/spaces/{ROOM}/pictures")),
    administrator(
        "catalogue.send_picture",
        "nothing chosen",
        opens(f"/staff/spaces/{ROOM}/pictures"),
        sends("pictures"),
    ),
    anybody("404", "no such space", opens("/spaces/no-such-space")),
]

BOOKING = [
    resident(
        "reservations.show_request", "a free time", opens(f"/spaces/{ROOM}/reserve?{WHEN}"), unfolds
    ),
    member(
        "reservations.show_request",
        "an association, staff decide",
        opens(f"/spaces/{HALL}/reserve?{WHEN}"),
    ),
    resident(
        "reservations.request_reservation",
        "nothing filled in",
        opens(f"/spaces/{ROOM}/reserve"),
        sends("reserve"),
    ),
    resident(
        "reservations.request_reservation",
        "taken, with what would do",
        opens(f"/spaces/{ROOM}/reserve?date={SOON}&start=17:00&end=19:00&people=8"),
        sends("reserve"),
    ),
    member("series_wizard.show_wizard", "the wish", opens(f"/spaces/{ROOM}/series"), unfolds),
    resident("series_wizard.show_wizard", "nobody's", opens(f"/spaces/{ROOM}/series")),
    anybody("accounts.show_sign_in", "on the way to a page", opens("/reservations")),
    anybody(
        "reservations.show_request",
        "before signing in",
        opens(f"/spaces/{ROOM}/reserve?{WHEN}"),
        unfolds,
    ),
    resident("reservations.show_reservation", "a hold", opens("/reservations/{held}"), unfolds),
    resident("holds.submit", "nothing filled in", opens("/reservations/{held}"), sends("submit")),
    resident(
        "holds.extend",
        "kept for longer",
        opens("/reservations/{held}"),
        follows("[formaction*=extend], [action*=extend] button"),
    ),
]

EVERY_WEEK = f"date={SOON}&until={SOON + timedelta(days=120)}&start=17:00&end=19:00&people=8"
SERIES = [
    anybody("series_wizard.show_wizard", "empty", opens(f"/spaces/{ROOM}/series")),
    anybody(
        "series_wizard.show_wizard",
        "dates and what would do instead",
        opens(f"/spaces/{ROOM}/series?{EVERY_WEEK}"),
        unfolds,
    ),
    member(
        "series_wizard.show_wizard",
        "all that is filled in",
        opens(f"/spaces/{ROOM}/series?{EVERY_WEEK}&weekday=mon&weekday=wed&weekday=thu"),
        unfolds,
    ),
    anybody(
        "series_wizard.show_wizard",
        "too many dates, ending before it starts",
        opens(f"/spaces/{ROOM}/series?see=dates&date={SOON}&until=2026-01-01&start=25&people=x"),
    ),
    anybody("series_wizard.show_wizard", "no series here", opens("/spaces/bastioni-areena/series")),
    member(
        "series_wizard.make_series",
        "nothing filled in",
        opens(f"/spaces/{ROOM}/series?{EVERY_WEEK}"),
        follows("#send button"),
    ),
]

MINE = [
    resident("reservations.list_my_reservations", "waiting too", opens("/reservations")),
    member("reservations.list_my_reservations", "a member's", opens("/reservations")),
    newcomer("reservations.list_my_reservations", "none", opens("/reservations")),
    member(
        "reservations.show_reservation", "confirmed", opens("/reservations/{confirmed}"), unfolds
    ),
    member("reservations.show_reservation", "requested", opens("/reservations/{requested}")),
    member("reservations.show_reservation", "cancelled", opens("/reservations/{cancelled}")),
    member("reservations.show_reservation", "denied", opens("/reservations/{denied}")),
    member("reservations.show_reservation", "another place", opens("/reservations/{offered}")),
    approver(
        "reservations.show_reservation", "the staff's", opens("/reservations/{requested}"), unfolds
    ),
    member(
        "reservations.show_reservation",
        "asked whether to cancel",
        opens("/reservations/{confirmed}"),
        unfolds,
        presses("[data-confirm]"),
    ),
    resident("404", "not one's own", opens("/reservations/{confirmed}")),
    member("series.show_series", "its dates", opens("/series/{series}"), unfolds),
    member(
        "series.show_series",
        "the question open",
        opens("/series/{series}"),
        unfolds,
        presses("main form[action$=cancel] button"),
    ),
    resident("billing.show_payer", "empty", opens("/reservations/{held}/payer")),
    resident(
        "billing.set_payer", "nothing filled in", opens("/reservations/{held}/payer"), sends()
    ),
    anybody("moves.show_moves", "from the mail", follows_mail("/moves/")),
    newcomer("calendars.show_my_calendars", "none yet", opens("/calendars"), unfolds),
    member("calendars.create_feed", "a new address", opens("/calendars"), sends("calendars")),
]

CHANGING = [
    member("reservations.list_my_reservations", "past", opens("/reservations?show=past")),
    member("reservations.list_my_reservations", "cancelled", opens("/reservations?show=cancelled")),
    member(
        "reservations.list_my_reservations",
        "a month",
        opens("/reservations?view=calendar&month=2027-01"),
    ),
    member(
        "reservations.list_my_reservations",
        "with a favourite",
        marks(HALL),
        opens("/reservations"),
    ),
    member("moving.show_move", "as it is", opens("/reservations/{confirmed}/move")),
    member(
        "moving.show_move",
        "other terms",
        opens(f"/reservations/{{confirmed}}/move?date={SOON}&start=10:00&end=12:00&space={HALL}"),
        unfolds,
    ),
    member(
        "moving.move",
        "closed then",
        opens(f"/reservations/{{confirmed}}/move?date={SOON}&start=02:00&end=04:00"),
        sends("move"),
    ),
    member("moving.show_change", "as it is", opens("/reservations/{confirmed}/change")),
    member(
        "moving.change",
        "too many people",
        opens("/reservations/{confirmed}/change"),
        fills("[name=people]", "9999"),
        sends("change"),
    ),
    resident("404", "not one's own to move", opens("/reservations/{confirmed}/move")),
    member("printing.show_print", "a booking", opens("/reservations/{confirmed}/print")),
    member("printing.show_series_print", "its dates", opens("/series/{series}/print")),
    member("reminders.show", "as they are", opens("/account/reminders")),
    member("reminders.choose", "open too long", opens("/account/reminders"), spoils_token, sends()),
]

STATES = [*FINDING, *BOOKING, *SERIES, *MINE, *CHANGING]
