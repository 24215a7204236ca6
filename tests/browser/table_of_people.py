"""The states of pages of accounts, organisations, staff, and of those that tell something."""

from __future__ import annotations

from datetime import timedelta

from tests.browser.furnishing import NEWCOMER, ROOM, TODAY
from tests.browser.states import (
    administrator,
    anybody,
    approver,
    asks_with_much,
    breaks_down,
    caretaker,
    fills,
    follows,
    follows_mail,
    manager,
    member,
    newcomer,
    opens,
    presses,
    registers,
    resident,
    sends,
    spoils_token,
    unfolds,
)

SOON = TODAY + timedelta(days=10)

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
    anybody(
        "accounts.show_new_password",
        "from the mail",
        opens("/password"),
        fills("main [name=email]", NEWCOMER),
        sends(),
        follows_mail("/password/"),
    ),
    anybody(
        "accounts.reset_password",
        "nothing filled in",
        opens("/password"),
        fills("main [name=email]", NEWCOMER),
        sends(),
        follows_mail("/password/"),
        sends(),
    ),
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
        presses("[name=member][value=email]"),
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
    manager("catalogue.show_pictures", "to add", opens(f"/staff/spaces/{ROOM}/pictures"), unfolds),
    resident("403", "no staff", opens("/staff/inbox")),
]

OTHERS = [
    anybody("pages.show_help", "read", opens("/help"), unfolds),
    anybody("mailbox.show_mailbox", "with mail", opens("/mailbox")),
    anybody("mailbox.show_message", "one", opens("/mailbox"), follows("main table a")),
    anybody("pages.show_accessibility", "read", opens("/accessibility")),
    anybody("pages.show_privacy", "read", opens("/privacy")),
    anybody("api_docs.show_docs", "read", opens("/../api/docs"), unfolds),
    anybody("404", "no such page", opens("/no-such-page")),
    anybody("413", "too much", asks_with_much),
    anybody("500", "a fault of ours", breaks_down),
]

STATES = [*ACCOUNTS, *ORGANISATIONS, *TELLING, *STAFF, *OTHERS]
