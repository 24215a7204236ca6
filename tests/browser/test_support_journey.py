"""A grant from application to receipts in a real browser, with and without scripts."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from booking.accounts.models import Person
from booking.core.references import new_reference
from booking.reservations.event_models import SelfInitiatedEvent
from booking.self_initiated.support_models import SupportApplication
from tests.browser.steps import PHONE, sign_in
from tests.self_initiated.applying import IBAN, a_pdf

WAYS = [("fi", {}), ("sv", {"viewport": PHONE}), ("en", {"java_script_enabled": False})]


@pytest.mark.parametrize(("lang", "options"), WAYS, ids=["fi", "sv-phone", "en-without-javascript"])
def test_a_grant_from_application_to_decision(live_city, new_page, lang, options):
    event = _an_event_to_come(live_city, lang)
    page, url = new_page(**options), f"{live_city.url}/{lang}"
    sign_in(page, live_city.url, lang, "resident@demo.example")
    page.goto(f"{url}/events/{event}/support")

    page.fill("[name=description]", "Kahvit ja ohjelma.")
    page.fill("[name=requested]", "20")
    for number in range(3):
        page.fill(f"[name=costs-{number}-what]", f"Kulu {number}")
        page.fill(f"[name=costs-{number}-cents]", "10")
    _press(page, "main button[value=costs]")
    page.fill("[name=costs-3-what]", "Neljäs")
    page.fill("[name=costs-3-cents]", "2,50")
    _press(page, "main .actions button[value=save]")
    assert page.input_value("[name=costs-3-what]") == "Neljäs"

    page.fill("[name=iban]", "FI21 1234 5600 0007 86")
    _press(page, "main .actions button[value=submit]")
    assert page.locator("#iban-error").is_visible()
    assert page.input_value("[name=description]") == "Kahvit ja ohjelma."
    page.fill("[name=iban]", IBAN)
    _press(page, "main .actions button[value=submit]")
    assert page.locator(".support-steps .is-now").count() == 1

    staff = new_page(**options)
    sign_in(staff, live_city.url, lang, "approver@demo.example")
    staff.goto(f"{url}/staff/support/{_application_to(live_city, event)}")
    staff.fill("[name=amount]", "15")
    _press(staff, "main .actions button:not([formaction])")
    assert staff.locator("#reason-error").is_visible(), "less than applied for needs its reason"
    staff.fill("[name=reason]", "Kahveja ei tueta.")
    _press(staff, "main .actions button:not([formaction])")
    assert staff.locator(".notice").is_visible()

    page.reload()
    assert "15" in page.locator(".support-answer").inner_text()
    _press(page, "main a[href$=decision]")
    sheet = page.locator(".sheet").inner_text()
    assert "Kahveja ei tueta." in sheet
    assert "14" in sheet, "the days of the appeal"


@pytest.mark.parametrize(("lang", "options"), [WAYS[2]], ids=["en-without-javascript"])
def test_receipts_and_report_until_it_is_paid(live_city, new_page, lang, options):
    url = f"{live_city.url}/{lang}"
    event, application = _granted_and_over(live_city)
    page, staff = new_page(**options), new_page(**options)
    sign_in(page, live_city.url, lang, "resident@demo.example")
    page.goto(f"{url}/events/{event}/support")
    form = "main form[action$=receipts]"
    for number, name in ((1, "liar.pdf"), (2, "receipt.png")):
        page.fill(f"{form} [name=what]", f"Paperit {number}")
        page.fill(f"{form} [name=cents]", "40")
        data = a_pdf() if number == 2 else b"MZ no PDF at all"
        file = {"name": name, "mimeType": "application/pdf", "buffer": data}
        page.set_input_files(f"{form} [name=file]", file)
        _press(page, f"{form} button")
    assert page.locator(".support-file").all_inner_texts() == ["receipt.pdf"]
    page.fill("[name=people]", "28")
    page.fill("[name=story]", "Askarreltiin lyhtyjä.")
    _press(page, "main form[action$=report] button")
    assert page.locator(".notice").is_visible()

    sign_in(staff, live_city.url, lang, "manager@demo.example")
    staff.goto(f"{url}/staff/support/{application}")
    staff.fill("[name^=receipt_]", "35,50")
    _press(staff, "main form[action$=check] button")
    _press(staff, "main form[action$=pay] button")
    page.reload()
    assert "35.50" in page.locator(".support-answer").inner_text()


def _press(page, selector):
    with page.expect_navigation():
        page.locator(selector).last.click()


def _an_event_to_come(city, lang):
    """An event of the resident's, like those of the guide."""
    with city.session() as session:
        person = session.scalars(
            select(Person.id).where(Person.email == "resident@demo.example")
        ).one()
        like = session.scalars(
            select(SelfInitiatedEvent).where(SelfInitiatedEvent.title == "Naapuruston lukupiiri")
        ).one()
        kept = ("facts", "starts_at", "ends_at", "outcome", "rules_version", "evaluated_on")
        event = SelfInitiatedEvent(
            reference=new_reference(),
            person_id=person,
            title=f"Lukupiiri {lang}",
            created_at=like.created_at,
            updated_at=like.updated_at,
            **{name: getattr(like, name) for name in kept},
        )
        session.add(event)
        session.commit()
        return event.reference


def _application_to(city, reference):
    with city.session() as session:
        return session.scalars(
            select(SupportApplication.reference)
            .join(SelfInitiatedEvent, SelfInitiatedEvent.id == SupportApplication.event_id)
            .where(SelfInitiatedEvent.reference == reference)
        ).one()


def _granted_and_over(city):
    with city.session() as session:
        found = session.execute(
            select(SelfInitiatedEvent.reference, SupportApplication.reference)
            .join(SupportApplication, SupportApplication.event_id == SelfInitiatedEvent.id)
            .where(SelfInitiatedEvent.title == "Lasten askartelupäivä")
        ).one()
        return tuple(found)
