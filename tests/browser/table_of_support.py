"""The states of the pages of support: applying, receipts, deciding, paying, powers."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.self_initiated.support_models import SupportApplication
from tests.browser.states import (
    Step,
    Visit,
    administrator,
    approver,
    fills,
    follows,
    manager,
    member,
    opens,
    resident,
    sends,
    unfolds,
)
from tests.installations import engine_of

LIST = "/staff/support"


def opens_own(who: str, state: str, page: str = "/events/{event}/support") -> Step:
    """Open the page of an application of theirs that is so far."""

    def step(visit: Visit) -> None:
        with visit.city.app.app_context(), Session(engine_of(visit.city.app)) as session:
            found = session.scalars(
                select(SupportApplication)
                .join(Person, Person.id == SupportApplication.person_id)
                .where(SupportApplication.state == state, Person.email == f"{who}@demo.example")
                .order_by(SupportApplication.id)
            ).first()
            assert found is not None, f"{who} has no application that is {state}"
            path = page.format(event=found.event.reference, application=found.reference)
        visit.go(path)

    return step


def opens_one(state: str) -> Step:
    """Open the first application that is so far, as staff do."""

    def step(visit: Visit) -> None:
        visit.go(f"{LIST}?state={state}")
        with visit.page.expect_navigation():
            visit.page.locator("main .booking-name a").first.click()

    return step


def adds_row(visit: Visit) -> None:
    with visit.page.expect_navigation():
        visit.page.locator("main button[value=costs]").click()


APPLYING = [
    member("support.show_support", "a draft", opens_own("member", "draft"), unfolds),
    member("support.send_support", "one row more", opens_own("member", "draft"), adds_row),
    member(
        "support.send_support",
        "all kinds of faults",
        opens_own("member", "draft"),
        fills("[name=requested]", "1,5"),
        fills("[name=iban]", "FI21 1234 5600 0007 86"),
        fills("[name=costs-0-cents]", "-5"),
        sends("support"),
    ),
    resident("support.show_support", "awaits a decision", opens_own("resident", "submitted")),
    member("support.show_support", "granted", opens_own("member", "granted"), unfolds),
    resident("support.show_support", "to report", opens_own("resident", "granted"), unfolds),
    resident(
        "support.send_report",
        "nothing written",
        opens_own("resident", "granted"),
        sends("report"),
    ),
    member("support.show_support", "reported", opens_own("member", "reported")),
    resident("support.show_support", "paid", opens_own("resident", "paid")),
    resident("support.show_support", "denied, to apply anew", opens_own("resident", "denied")),
    member(
        "support.send_receipt",
        "nothing chosen",
        opens_own("member", "granted"),
        unfolds,
        sends("receipts"),
    ),
    member(
        "support.show_decision",
        "granted",
        opens_own("member", "granted", "/support/{application}/decision"),
    ),
    resident(
        "support.show_decision",
        "denied",
        opens_own("resident", "denied", "/support/{application}/decision"),
    ),
]

HANDLING = [
    approver("support_staff.list_applications", "what awaits", opens(LIST)),
    approver("support_staff.list_applications", "none", opens(f"{LIST}?state=withdrawn")),
    manager("support_staff.list_applications", "with the payment list", opens(LIST)),
    approver("support_staff.show_application", "to decide", opens_one("submitted"), unfolds),
    approver(
        "support_staff.deny_support",
        "without a reason",
        opens_one("submitted"),
        follows("[formaction*=deny]"),
    ),
    administrator("support_staff.show_application", "without power", opens_one("submitted")),
    manager("support_staff.show_application", "to pay", opens_one("reported")),
    manager("support_staff.show_application", "paid", opens_one("paid")),
]

POWERS = [
    administrator("powers.list_powers", "one in force", opens("/staff/powers"), unfolds),
    administrator(
        "powers.add_power", "nothing filled in", opens("/staff/powers"), unfolds, sends("powers")
    ),
    administrator(
        "powers.show_power",
        "to change",
        opens("/staff/powers"),
        follows("main .booking-name a"),
    ),
    administrator(
        "powers.change_power",
        "for nobody",
        opens("/staff/powers"),
        follows("main .booking-name a"),
        fills("[name=holder]", "nobody@demo.example"),
        sends(),
    ),
]

STATES = [*APPLYING, *HANDLING, *POWERS]
