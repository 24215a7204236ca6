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
    follows_mail,
    opens,
    opens_menu,
    presses,
    registers,
    sends,
    spoils_token,
    unfolds,
)

SOON = TODAY + timedelta(days=10)
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
    anybody("spaces.show_unit", "a house", opens("/units/kumppanuustalo-hilma"), unfolds),
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
        presses("[formaction*=extend], [action*=extend] button"),
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
    administrator(
        "accounts.show_organisation", "to verify", opens("/organisations/{organisation}"), unfolds
    ),
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
        presses("[formaction*=deny]"),
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
    resident("403", "no staff", opens("/staff/inbox")),
]

OTHERS = [
    anybody("mailbox.show_mailbox", "with mail", opens("/mailbox")),
    anybody("mailbox.show_message", "one", opens("/mailbox"), presses("main table a")),
    anybody("pages.show_accessibility", "read", opens("/accessibility")),
    anybody("pages.show_privacy", "read", opens("/privacy")),
    anybody("api_docs.show_docs", "read", opens("/../api/docs"), unfolds),
    anybody("404", "no such page", opens("/no-such-page")),
    anybody("413", "too much", asks_with_much),
    anybody("500", "a fault of ours", breaks_down),
]

STATES = [*FINDING, *BOOKING, *MINE, *ACCOUNTS, *STAFF, *OTHERS]
