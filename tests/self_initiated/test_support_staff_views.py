"""The staff's pages of support: the list, deciding, paying, the payment list, who may decide."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from sqlalchemy import select

from booking.core.actors import Grant, Role
from booking.self_initiated.receipt_use_cases import report_event
from booking.self_initiated.support_models import DecisionPower, SupportApplication
from tests.accounts.visiting import PASSWORD, send, sign_in
from tests.builders import a_person
from tests.installations import engine_of
from tests.places import an_actor
from tests.self_initiated.applying import (
    AFTER,
    a_draft,
    a_granted,
    a_power,
    a_receipt,
    an_application,
    an_event,
)
from tests.statements import counted

LIST = "/en/staff/support"
POWERS = "/en/staff/powers"
CSV = f"{LIST}/payments.csv?from=2027-01-01&to=2027-12-31"


def as_staff(app, session, role=Role.APPROVER, *, power=False):
    email = f"{role.value}-{int(power)}@example.com"
    person = a_person(session, email=email, password=PASSWORD, grants=[Grant(role)])
    if power:
        a_power(session, person)
    session.commit()
    client = app.test_client()
    sign_in(client, email)
    return client


def one(session):
    session.rollback()
    return session.scalars(
        select(SupportApplication).order_by(SupportApplication.id.desc())
    ).first()


def address(application):
    return f"{LIST}/{application.reference}"


def a_reported(session, payee="Maija", title="Kyläjuhla"):
    actor = an_actor(session)
    event = an_event(session, actor=actor, title=title)
    application = a_granted(session, actor=actor, event=event, payee=payee)
    a_receipt(session, actor, application, 25_000)
    report_event(session, actor, application.reference, 9, "Hyvä.", application.version, AFTER)
    session.commit()
    return application


# ── The list and the decision ─────────────────────────────────────────────────────────────────


def test_the_list_shows_what_awaits_and_no_drafts(app, session):
    waiting = an_application(session)
    granted = a_granted(session)
    actor = an_actor(session)
    draft = a_draft(session, actor, an_event(session, actor=actor))
    staff = as_staff(app, session)
    shown = staff.get(LIST).text
    assert waiting.reference in shown
    assert granted.reference not in shown
    assert granted.reference in staff.get(f"{LIST}?state=granted&state=paid").text
    assert draft.reference not in staff.get(f"{LIST}?state=draft").text
    assert staff.get(address(draft)).status_code == 404
    assert "Support (1)" in shown


def test_only_who_handles_support_sees_it(app, session):
    application = an_application(session)
    booker = as_staff(app, session, Role.BOOKER)
    for page in (LIST, address(application), CSV, POWERS):
        assert booker.get(page).status_code == 403
    assert LIST not in booker.get("/en/").text
    assert app.test_client().get(LIST).location.startswith("/en/sign-in")


def test_an_account_number_is_for_those_who_decide_or_pay(app, session):
    application = an_application(session)
    onlooker = as_staff(app, session)
    assert "FI21 1234" not in onlooker.get(address(application)).text
    assert "no power in force" in onlooker.get(address(application)).text
    for staff in (as_staff(app, session, power=True), as_staff(app, session, Role.MANAGER)):
        assert "FI21 1234" in staff.get(address(application)).text


def test_a_decision_is_made_on_the_page_and_what_is_wrong_is_told_there(app, session):
    application = an_application(session)
    staff = as_staff(app, session, power=True)
    page, grant, deny = (address(application) + end for end in ("", "/grant", "/deny"))
    version = str(application.version)
    for text in ("1,5", "-5", "301"):
        refused = send(staff, page, grant, amount=text, reason="x", version=version)
        assert refused.status_code == 422
        assert 'id="amount-error"' in refused.text
    less = send(staff, page, grant, amount="200", reason="", version=version)
    assert 'id="reason-error"' in less.text
    assert send(staff, page, deny, reason=" ", version=version).status_code == 422
    assert send(staff, page, grant, amount="300", version="99").status_code == 409
    assert one(session).state == "submitted"
    assert send(staff, page, grant, amount="300", reason="", version=version).location == page
    assert one(session).granted_cents == 30_000
    assert "The decision as a document" in staff.get(page).text
    assert staff.get(f"/en/support/{application.reference}/decision").status_code == 200


def test_without_power_nobody_decides_whatever_they_send(app, session):
    application = an_application(session)
    admin = as_staff(app, session, Role.ADMINISTRATOR)
    page = address(application)
    assert "/grant" not in admin.get(page).text
    answer = send(admin, POWERS, f"{page}/grant", amount="300", version=str(application.version))
    assert answer.status_code == 403
    assert "no power in force" in answer.text
    assert one(session).state == "submitted"


def test_the_pages_ask_the_database_as_often_for_many_as_for_one(app, session):
    staff = as_staff(app, session, power=True)
    first = an_application(session)
    session.commit()

    def queries(page):
        staff.get(page)
        with counted(engine_of(app)) as sent:
            assert staff.get(page).status_code == 200
        return len(sent)

    few = [queries(page) for page in (LIST, address(first))]
    for _ in range(10):
        an_application(session)
    session.commit()
    assert [queries(page) for page in (LIST, address(first))] == few
    assert max(few) <= 20


# ── Paying ────────────────────────────────────────────────────────────────────────────────────


def test_receipts_are_checked_and_the_rest_is_not_paid(app, session, clock):
    application = a_reported(session)
    clock.move_to(AFTER)
    payer = as_staff(app, session, Role.MANAGER)
    page = address(application)
    receipt = f"receipt_{application.receipts[0].id}"
    version = str(one(session).version)
    too_much = send(payer, page, f"{page}/check", **{receipt: "250,01", "version": version})
    assert too_much.status_code == 422
    assert f'id="{receipt}-error"' in too_much.text
    send(payer, page, f"{page}/check", **{receipt: "240", "version": version})
    version = str(one(session).version)
    assert send(payer, page, f"{page}/pay", amount="240,01", version=version).status_code == 422
    send(payer, page, f"{page}/pay", amount="240", version=version)
    assert (one(session).state, one(session).paid_cents) == ("paid", 24_000)
    assert "240.00" in payer.get(page).text.replace("€240.00", "240.00")


def test_the_payment_list_is_a_file_that_no_spreadsheet_runs(app, session, clock):
    a_reported(session, payee="=HYPERLINK(1)", title="@SUM(A1)")
    a_granted(session)
    clock.move_to(AFTER)
    payer = as_staff(app, session, Role.MANAGER)
    answer = payer.get(CSV)
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    text = answer.data.decode("utf-8")
    assert text.startswith("\ufeffapplication;decision;")
    (row,) = csv.DictReader(StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert (row["payee"], row["event"]) == ("'=HYPERLINK(1)", "'@SUM(A1)")
    assert (row["iban"], row["granted"]) == ("FI2112345600000785", "300,00")
    assert (row["state"], row["amount"]) == ("reported", "0,00")
    assert len(payer.get(f"{CSV}&state=granted").data.decode().splitlines()) == 2
    assert len(payer.get(f"{LIST}/payments.csv?from=2027-01-12").data.decode().splitlines()) == 1
    assert payer.get(f"{LIST}/payments.csv?from=x&to=9.9.999").status_code == 200


def test_the_payment_list_is_for_those_who_pay(app, session):
    assert as_staff(app, session, power=True).get(CSV).status_code == 403


# ── Powers ────────────────────────────────────────────────────────────────────────────────────


def a_power_as_typed(holder, **values):
    return {
        "matter": "support",
        "post_fi": "Koordinaattori",
        "post_sv": "Koordinator",
        "post_en": "Coordinator",
        "limit": "500",
        "unit": "",
        "holder": holder,
        "valid_from": "2027-01-01",
        **values,
    }


@pytest.fixture
def keeper(app, session):
    a_person(session, email="holder@example.com", grants=[Grant(Role.APPROVER)])
    a_person(session, email="other@example.com", grants=[Grant(Role.MANAGER)])
    a_person(session, email="nobody@example.com")
    an_event(session)
    return as_staff(app, session, Role.ADMINISTRATOR)


def powers(session):
    session.rollback()
    return session.scalars(select(DecisionPower)).all()


def test_an_administrator_adds_changes_and_ends_a_power(session, keeper):
    assert send(keeper, POWERS, **a_power_as_typed("Holder@example.com")).location == POWERS
    (power,) = powers(session)
    assert (power.limit_cents, power.unit_id, power.valid_to) == (50_000, None, None)
    page = f"{POWERS}/{power.id}"
    stand_in = {"substitute": "other@example.com", "substitute_from": "2027-07-01"}
    changed = a_power_as_typed("holder@example.com", limit="", **stand_in)
    assert send(keeper, page, **changed).status_code == 422
    send(keeper, page, **changed, substitute_to="2027-07-31")
    (power,) = powers(session)
    assert power.limit_cents is None
    assert power.substitute.email == "other@example.com"
    send(keeper, page, f"{page}/end")
    assert powers(session)[0].valid_to.isoformat() == "2027-01-10"
    assert "ended" in keeper.get(POWERS).text


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"holder": "nobody@example.com"}, "holder"),
        ({"holder": "unknown@example.com"}, "holder"),
        ({"holder": ""}, "holder"),
        ({"post_sv": " "}, "post_sv"),
        ({"limit": "1,5"}, "limit"),
        ({"valid_from": ""}, "valid_from"),
        ({"valid_from": "2027-02-30"}, "valid_from"),
        ({"valid_to": "2026-12-31"}, "valid_to"),
        ({"substitute": "nobody@example.com"}, "substitute"),
        ({"substitute": "holder@example.com"}, "substitute"),
        ({"unit": "no-such"}, "unit"),
    ],
)
def test_what_is_wrong_with_a_power_stands_by_its_field(session, keeper, values, field):
    answer = send(keeper, POWERS, **{**a_power_as_typed("holder@example.com"), **values})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert powers(session) == []


def test_only_administrators_keep_powers(app, session):
    an_event(session)
    manager = as_staff(app, session, Role.MANAGER)
    assert manager.get(POWERS).status_code == 403
    assert send(manager, LIST, f"{POWERS}/1/end").status_code == 403
    assert POWERS not in manager.get(LIST).text
