"""The pages, and the states in which people meet them: every one of them is examined.

A state names who is there, the page by its endpoint (where no page answers, the status), what is
special, and the steps to it. A new page needs at least one: `test_no_page_is_left_out` tells.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from tests.browser.furnishing import HALL, NEWCOMER, ROOM, TODAY
from tests.browser.states import (
    State,
    asks_with_much,
    breaks_down,
    fills,
    follows,
    follows_mail,
    marks,
    opens,
    opens_menu,
    presses,
    registers,
    sends,
    spoils_token,
    unfolds,
)

SOON = TODAY + timedelta(days=10)
ORGANISATION = "/organisations/{organisation}"
WEEKLY = (
    f"/spaces/{ROOM}/series?date={TODAY + timedelta(days=14)}&until={TODAY + timedelta(days=90)}"
    "&weekday=mon&start=17:00&end=19:00&see=dates"
)
WHEN = f"date={SOON}&start=18:00&end=20:00&people=8"

anybody = partial(State.of, "")
newcomer = partial(State.of, "newcomer")
resident = partial(State.of, "resident")
member = partial(State.of, "member")
approver = partial(State.of, "approver")
manager = partial(State.of, "manager")
caretaker = partial(State.of, "caretaker")
administrator = partial(State.of, "administrator")

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
    anybody(
        "spaces.show_space",
        "its month",
        opens("/spaces/raatihuoneentori-koko?view=month"),
    ),
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
    anybody("spaces.show_sign", "for the door", opens(f"/spaces/{ROOM}/sign")),
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
    member(
        "series_wizard.show_wizard",
        "not understood",
        opens(f"/spaces/{ROOM}/series?date=x&until=y&start=25&end=1&see=dates"),
    ),
    member("series_wizard.show_wizard", "its dates", opens(WEEKLY), unfolds),
    member(
        "series_wizard.make_series",
        "without a title",
        opens(WEEKLY),
        fills("main [name=title]", ""),
        follows("[formmethod=post]"),
    ),
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
    member("moving.show_change", "its words", opens("/reservations/{confirmed}/change")),
    member(
        "moving.change",
        "without a title",
        opens("/reservations/{confirmed}/change"),
        fills("main [name=title]", ""),
        sends("/change"),
    ),
    member("moving.show_move", "when and where", opens("/reservations/{confirmed}/move"), unfolds),
    member(
        "moving.move",
        "to a day gone by",
        opens("/reservations/{confirmed}/move"),
        fills("main [name=date]", "2020-01-01"),
        sends("/move"),
    ),
    member("printing.show_print", "a sheet", opens("/reservations/{confirmed}/print")),
    member("printing.show_series_print", "a sheet", opens("/series/{series}/print")),
    resident("404", "not one's own", opens("/reservations/{confirmed}")),
    member("series.show_series", "its dates", opens("/series/{series}"), unfolds),
    member(
        "series.show_series", "none chosen", opens("/series/{series}"), unfolds, sends("cancel")
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

ACCOUNTS = [
    anybody("accounts.show_sign_in", "nobody yet", opens("/sign-in")),
    anybody("accounts.sign_in", "nothing filled in", opens("/sign-in"), sends("sign-in")),
    anybody(
        "accounts.sign_in",
        "a wrong password",
        opens("/sign-in"),
        fills("#email", "resident@demo.example"),
        fills("#password", "wrong one"),
        sends("sign-in"),
    ),
    anybody("accounts.sign_in", "open too long", opens("/sign-in"), spoils_token, sends("sign-in")),
    anybody("accounts.show_register", "empty", opens("/register")),
    anybody("accounts.register", "nothing filled in", opens("/register"), sends()),
    anybody("accounts.show_password", "empty", opens("/password")),
    anybody("accounts.request_password_reset", "nothing filled in", opens("/password"), sends()),
    anybody(
        "accounts.show_sign_in",
        "mail is on its way",
        opens("/password"),
        fills("main [name=email]", NEWCOMER),
        sends(),
    ),
    anybody("accounts.show_new_password", "from the mail", follows_mail("/password/")),
    anybody("accounts.reset_password", "nothing filled in", follows_mail("/password/"), sends()),
    anybody(
        "accounts.show_confirmation",
        "from the mail",
        opens("/register"),
        registers,
        follows_mail("/register/confirm/"),
    ),
    member(
        "accounts.show_organisation",
        "somebody invited",
        opens("/organisations/{organisation}"),
        fills("[name=email]", NEWCOMER),
        sends("invitations"),
    ),
    newcomer("accounts.show_invitation", "from the mail", follows_mail("/organisations/join/")),
    member(
        "accounts.invite_member",
        "nothing filled in",
        opens("/organisations/{organisation}"),
        sends("invitations"),
    ),
    anybody("404", "an old link", opens("/password/old-token")),
    resident("accounts.show_account", "as it is", opens("/account"), unfolds),
    resident(
        "accounts.change_details",
        "without a name",
        opens("/account"),
        fills("main [name=name]", ""),
        sends("account"),
    ),
    member("accounts.show_tokens", "some", opens("/account/tokens")),
    member("accounts.create_token", "nothing filled in", opens("/account/tokens"), sends("tokens")),
    member("accounts.show_organisations", "one's own", opens("/organisations/"), unfolds),
    member(
        "accounts.register_organisation",
        "nothing filled in",
        opens("/organisations/"),
        unfolds,
        sends("organisations/"),
    ),
    member(
        "accounts.show_organisation", "a member's", opens("/organisations/{organisation}"), unfolds
    ),
    member("accounts.show_details", "as they are", opens(f"{ORGANISATION}/details")),
    member(
        "accounts.change_organisation",
        "without a name",
        opens(f"{ORGANISATION}/details"),
        fills("main [name=name]", ""),
        sends("/details"),
    ),
    member("accounts.show_hand_over", "to whom", opens(f"{ORGANISATION}/hand-over"), unfolds),
    member("accounts.hand_over", "nobody", opens(f"{ORGANISATION}/hand-over"), sends("/hand-over")),
    member("organisations.show_bookings", "a list", opens(f"{ORGANISATION}/bookings"), unfolds),
    member("organisations.show_history", "who did what", opens(f"{ORGANISATION}/history"), unfolds),
]

CLUB = "/organisations/{organisation}"
ORGANISATIONS = [
    member("organisations.show_bookings", "a month and the years", opens(f"{CLUB}/bookings")),
    member("organisations.show_history", "who did what", opens(f"{CLUB}/history")),
    member("accounts.show_details", "as they are", opens(f"{CLUB}/details"), unfolds),
    member(
        "accounts.change_organisation",
        "without a name",
        opens(f"{CLUB}/details"),
        fills("main [name=name]", ""),
        fills("main [name=business_id]", "0737546-3"),
        sends("details"),
    ),
    member("accounts.show_hand_over", "nobody asked yet", opens(f"{CLUB}/hand-over")),
    member("accounts.hand_over", "nobody chosen", opens(f"{CLUB}/hand-over"), sends("hand-over")),
    member(
        "accounts.show_hand_over",
        "somebody asked",
        opens(f"{CLUB}/hand-over"),
        follows("[name=member][value=email]"),
        fills("main [name=email]", "successor@example.com"),
        sends("hand-over"),
    ),
    anybody("accounts.show_invitation", "to register by", follows_mail("/organisations/join/")),
    anybody(
        "accounts.register_invited",
        "nothing filled in",
        follows_mail("/organisations/join/"),
        sends("register"),
    ),
    member("accounts.show_invitation", "for another", follows_mail("/organisations/join/")),
    approver(
        "accounts.list_organisations_for_staff",
        "those that wait first",
        opens("/staff/organisations"),
    ),
    approver(
        "accounts.list_organisations_for_staff", "none fits", opens("/staff/organisations?q=xyzzy")
    ),
    approver("accounts.review_organisation", "to verify", opens(f"/staff{CLUB}"), unfolds),
    approver(
        "accounts.ask_organisation", "without words", opens(f"/staff{CLUB}"), unfolds, sends("ask")
    ),
]

TELLING = [
    anybody("feedback.show_feedback", "about a space", opens(f"/feedback?about=/fi/spaces/{ROOM}")),
    anybody("feedback.give_feedback", "nothing filled in", opens("/feedback"), sends("feedback")),
    anybody(
        "feedback.show_thanks",
        "it has arrived",
        opens(f"/feedback?about=/fi/spaces/{ROOM}"),
        fills("main [name=message]", "Lamppu on rikki."),
        fills("main [name=email]", "maija@example.com"),
        sends("feedback"),
    ),
    administrator("feedback.list_feedback", "some await", opens("/staff/feedback"), unfolds),
    administrator(
        "feedback.answer_feedback",
        "without words",
        opens("/staff/feedback"),
        unfolds,
        sends("answer"),
    ),
    anybody("pages.show_help", "read", opens("/help")),
]

STAFF = [
    approver("decisions.show_inbox", "as it is", opens("/staff/inbox")),
    approver("decisions.show_inbox", "unfolded", opens("/staff/inbox"), unfolds),
    caretaker("decisions.show_inbox", "nothing waits", opens("/staff/inbox")),
    approver(
        "decisions.deny_reservation",
        "without a reason",
        opens("/staff/inbox"),
        unfolds,
        follows("[formaction*=deny]"),
    ),
    manager("closures.show_closures", "to come", opens("/staff/closures")),
    manager(
        "closures.show_closures",
        "a new one",
        opens("/staff/closures?unit=kumppanuustalo-hilma"),
        unfolds,
    ),
    manager(
        "closures.close_spaces",
        "nothing filled in",
        opens("/staff/closures?unit=kumppanuustalo-hilma"),
        sends("closures"),
    ),
    manager(
        "closures.close_spaces",
        "what would happen",
        opens("/staff/closures?unit=kumppanuustalo-hilma"),
        fills("[name=date]", str(SOON)),
        fills("[name=start]", "08:00"),
        fills("[name=end]", "22:00"),
        fills("[name=reason]", "Lattia hiotaan."),
        sends("closures"),
    ),
    administrator("accounts.list_organisations_for_staff", "all", opens("/staff/organisations")),
    administrator(
        "accounts.list_organisations_for_staff", "none", opens("/staff/organisations?q=xyzzy")
    ),
    administrator("accounts.review_organisation", "one", opens(f"/staff{ORGANISATION}"), unfolds),
    manager("catalogue.show_pictures", "to add", opens(f"/staff/spaces/{ROOM}/pictures"), unfolds),
    manager(
        "catalogue.send_picture",
        "nothing chosen",
        opens(f"/staff/spaces/{ROOM}/pictures"),
        sends("/pictures"),
    ),
    manager("feedback.list_feedback", "some", opens("/staff/feedback"), unfolds),
    resident("403", "no staff", opens("/staff/inbox")),
]

OTHERS = [
    anybody("pages.show_help", "read", opens("/help"), unfolds),
    anybody("feedback.show_feedback", "empty", opens(f"/feedback?about=/fi/spaces/{ROOM}")),
    resident("feedback.give_feedback", "nothing filled in", opens("/feedback"), sends("feedback")),
    anybody(
        "feedback.show_thanks",
        "given",
        opens(f"/feedback?about=/fi/spaces/{ROOM}"),
        fills("[name=message]", "Ovi ei aukea."),
        sends("feedback"),
    ),
    anybody("mailbox.show_mailbox", "with mail", opens("/mailbox")),
    anybody("mailbox.show_message", "one", opens("/mailbox"), follows("main table a")),
    anybody("pages.show_accessibility", "read", opens("/accessibility")),
    anybody("pages.show_privacy", "read", opens("/privacy")),
    anybody("api_docs.show_docs", "read", opens("/../api/docs"), unfolds),
    anybody("404", "no such page", opens("/no-such-page")),
    anybody("413", "too much", asks_with_much),
    anybody("500", "a fault of ours", breaks_down),
]

STATES = [
    *FINDING,
    *BOOKING,
    *SERIES,
    *MINE,
    *CHANGING,
    *ACCOUNTS,
    *ORGANISATIONS,
    *TELLING,
    *STAFF,
    *OTHERS,
]
