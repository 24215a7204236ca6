"""The applicant's pages of support: the form and its rows, receipts, report, decision."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import select

from booking.self_initiated.receipt_files import MOST_BYTES
from booking.self_initiated.support_models import Receipt, SupportApplication
from tests.accounts.visiting import PASSWORD, send, sign_in
from tests.builders import a_person
from tests.installations import engine_of
from tests.places import a_thing, an_actor
from tests.self_initiated.applying import (
    AFTER,
    IBAN,
    a_granted,
    a_pdf,
    a_receipt,
    an_application,
    an_event,
)
from tests.statements import counted

EMAIL = "maija@example.com"
FILLED = {
    "do": "submit",
    "description": "Soittajat ja kahvit.",
    "requested": "300",
    "costs-0-what": "Soittajat",
    "costs-0-cents": "400,50",
    "payee": "Maija",
    "iban": IBAN,
}


@pytest.fixture
def actor(session, app):
    person = a_person(session, email=EMAIL, password=PASSWORD)
    return an_actor(session, person=person)


@pytest.fixture
def visitor(app, session, actor):
    session.commit()
    client = app.test_client()
    sign_in(client, EMAIL)
    return client


def the_event(session, actor, **values):
    event = an_event(session, actor=actor, **values)
    session.commit()
    return event


def page_of(event, language="en"):
    return f"/{language}/events/{event.reference}/support"


def kept(session):
    session.rollback()
    return session.scalars(select(SupportApplication)).all()


# ── The form ──────────────────────────────────────────────────────────────────────────────────


def test_a_row_more_loses_nothing_and_saves_nothing(session, actor, visitor):
    a_thing(session)
    page = page_of(the_event(session, actor))
    rows = {f"costs-{n}-what": "" for n in (1, 2)} | {"incomes-0-what": "", "loans-0-item": ""}
    for do, name in (
        ("costs", "costs-3-what"),
        ("incomes", "incomes-1-what"),
        ("loans", "loans-1"),
    ):
        assert f'name="{name}' not in visitor.get(page).text
        answer = send(visitor, page, **{**FILLED, **rows, "do": do, "requested": "1,5"})
        assert answer.status_code == 200
        assert f'name="{name}' in answer.text
        assert "Soittajat ja kahvit." in answer.text
        assert 'value="1,5"' in answer.text
    assert kept(session) == []


def test_a_draft_is_kept_and_goes_on_where_it_was(session, actor, visitor):
    page = page_of(the_event(session, actor))
    answer = send(visitor, page, do="save", description="Alku.", requested="12,50")
    assert answer.status_code == 302
    shown = visitor.get(page).text
    assert "Alku." in shown
    assert 'value="12,50"' in shown
    (draft,) = kept(session)
    assert (draft.state, draft.requested_cents) == ("draft", 1_250)
    send(visitor, page, **FILLED, version=str(draft.version))
    (submitted,) = kept(session)
    assert (submitted.id, submitted.state) == (draft.id, "submitted")
    assert submitted.budget == [{"kind": "cost", "what": "Soittajat", "cents": 40_050}]


def test_rows_that_stay_empty_do_no_harm(session, actor, visitor):
    a_thing(session)
    page = page_of(the_event(session, actor))
    days = {"loans-0-first": "2027-01-12", "loans-0-last": "2027-01-13"}
    empty = {"loans-0-item": "", "loans-0-quantity": "", "incomes-0-what": "", **days}
    assert send(visitor, page, **FILLED, **empty).status_code == 302
    (submitted,) = kept(session)
    assert submitted.wishes == []


def test_an_application_sent_twice_is_one_and_the_second_hears_so(session, actor, visitor):
    page = page_of(the_event(session, actor))
    assert send(visitor, page, **FILLED).status_code == 302
    again = send(visitor, "/en/account", page, **FILLED)
    assert again.status_code == 409
    assert "already" in again.text
    assert len(kept(session)) == 1


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("requested", "1,5"),
        ("requested", "-5"),
        ("requested", "1e9"),
        ("requested", "9" * 400),
        ("costs-0-cents", "abc"),
        ("iban", "FI2112345600000786"),
        ("description", "x" * 4001),
        ("payee", "x" * 121),
        ("costs-0-what", "x" * 121),
    ],
)
@pytest.mark.parametrize("do", ["submit", "save"])
def test_what_is_wrong_stands_by_its_field_and_stays_as_typed(
    session, actor, visitor, field, text, do
):
    page = page_of(the_event(session, actor))
    answer = send(visitor, page, **{**FILLED, "do": do, field: text})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert text in answer.text
    assert kept(session) == []


def test_five_megabytes_of_text_are_refused_with_a_page(session, actor, visitor):
    page = page_of(the_event(session, actor))
    answer = send(visitor, page, **{**FILLED, "description": "x" * 5_000_000})
    assert answer.status_code == 413
    assert kept(session) == []


def test_all_that_is_lacking_is_told_at_once(session, actor, visitor):
    page = page_of(the_event(session, actor))
    answer = send(visitor, page, do="submit", requested="600", payee="")
    assert answer.status_code == 422
    for field in ("requested", "description", "costs-0-what", "payee", "iban"):
        assert f'id="{field}-error"' in answer.text


def test_what_is_not_free_is_told_beside_the_thing(session, actor, visitor):
    tent = a_thing(session, 1)
    page = page_of(the_event(session, actor))
    thing = {"loans-0-item": tent.slug, "loans-0-quantity": "2"}
    days = {"loans-0-first": "2027-01-12", "loans-0-last": "2027-01-13"}
    answer = send(visitor, page, **FILLED, **thing, **days, accepts="y")
    assert answer.status_code == 422
    assert 'id="loans-0-item-error"' in answer.text
    half = send(visitor, page, **FILLED, **thing, **{"loans-0-first": "", "loans-0-last": ""})
    assert 'id="loans-0-first-error"' in half.text
    unaccepted = send(visitor, page, **{**FILLED, **thing, **days, "loans-0-quantity": "1"})
    assert 'id="accepts-error"' in unaccepted.text


def test_a_stale_version_changes_nothing(session, actor, visitor):
    page = page_of(the_event(session, actor))
    send(visitor, page, do="save", description="Uusi.")
    (draft,) = kept(session)
    for version in ("", "0", "99", "abc", "9" * 30):
        answer = send(visitor, page, do="save", description="Vanha.", version=version)
        assert answer.status_code == 409
        assert "Vanha." in answer.text
    assert kept(session)[0].version == draft.version


def test_other_peoples_events_and_papers_are_not_found(app, session, actor, visitor):
    other = an_actor(session)
    granted = a_granted(session, actor=other)
    receipt = a_receipt(session, other, granted)
    session.commit()
    base = f"/en/support/{granted.reference}"
    for address in (
        page_of(granted.event),
        f"{base}/decision",
        f"{base}/receipts/{receipt.id}",
        "/en/events/00000-00000/support",
        "/en/support/xyz/decision",
    ):
        assert visitor.get(address).status_code == 404
    assert send(visitor, "/en/account", f"{base}/withdraw", version="1").status_code == 404
    assert app.test_client().get(page_of(granted.event)).location.startswith("/en/sign-in")


def test_the_rules_stand_beside_and_keep_nobody_out(session, actor, visitor):
    event = the_event(session, actor, support={"status": "ineligible", "rules": ["S08"]})
    assert "speak against support" in visitor.get(page_of(event)).text
    assert send(visitor, page_of(event), **FILLED).status_code == 302


def test_the_page_asks_the_database_as_often_for_many_rows_as_for_few(app, session, actor, visitor):
    event = the_event(session, actor)
    few_lines = {"do": "save", "costs-0-what": "x", "costs-0-cents": "1"}
    send(visitor, page_of(event), **few_lines)

    def queries():
        with counted(engine_of(app)) as sent:
            assert visitor.get(page_of(event)).status_code == 200
        return len(sent)

    queries()
    few = queries()
    (draft,) = kept(session)
    many = {f"costs-{n}-{key}": "1" for n in range(30) for key in ("what", "cents")}
    send(visitor, page_of(event), do="save", version=str(draft.version), **many)
    assert queries() == few


# ── Receipts and the report ───────────────────────────────────────────────────────────────────


@pytest.fixture
def granted(session, actor, visitor, clock):
    application = a_granted(session, actor=actor)
    session.commit()
    clock.move_to(AFTER)
    return application


def upload(visitor, application, data=None, name="kuitti.pdf", kind="application/pdf", **fields):
    page = page_of(application.event)
    sent = {"what": "Soittajat", "cents": "100", **fields}
    if data is not None:
        sent["file"] = (BytesIO(data), name, kind)
    return send(visitor, page, f"/en/support/{application.reference}/receipts", **sent)


def receipts(session):
    session.rollback()
    return session.scalars(select(Receipt)).all()


def test_a_receipt_is_kept_outside_the_web_root_and_given_back_as_a_file(
    session, visitor, granted, app
):
    assert upload(visitor, granted, a_pdf(), name="../kuitti.exe").status_code == 302
    (receipt,) = receipts(session)
    assert (receipt.file_name, receipt.media_type) == ("kuitti.pdf", "application/pdf")
    answer = visitor.get(f"/en/support/{granted.reference}/receipts/{receipt.id}")
    assert answer.data == a_pdf()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    folder = app.extensions["storage"].folder
    file = folder / receipt.key
    assert file.read_bytes() == a_pdf()
    send(
        visitor,
        page_of(granted.event),
        f"/en/support/{granted.reference}/receipts/{receipt.id}/remove",
    )
    assert receipts(session) == []
    assert not file.exists()


@pytest.mark.parametrize(
    "data",
    [b"", b"MZ\x90\0" * 50, b"%PDF-1.4 <script>", b"\xff\xd8\xff\xe0 not a picture", b"<svg/>"],
)
def test_an_upload_that_lies_about_its_type_is_refused_with_a_sentence(
    session, visitor, granted, data
):
    answer = upload(visitor, granted, data)
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text
    assert 'value="Soittajat"' in answer.text
    assert receipts(session) == []


def test_a_receipt_has_a_limit_of_ten_megabytes(session, visitor, granted):
    padding = b"% " + b"x" * (MOST_BYTES - len(a_pdf()) - 10) + b"\n"
    fits = a_pdf()[:9] + padding + a_pdf()[9:]
    start = fits.rindex(b"startxref")
    table = fits.rindex(b"xref\n0 1")
    fits = fits[:start] + b"startxref\n" + str(table).encode() + b"\n%%EOF\n"
    assert len(fits) <= MOST_BYTES < len(fits) + 20
    assert upload(visitor, granted, fits).status_code == 302
    assert upload(visitor, granted, fits + b" " * 30).status_code == 422
    far = upload(visitor, granted, b"x" * (MOST_BYTES * 2))
    assert far.status_code == 413
    assert 'id="file-error"' in far.text
    assert len(receipts(session)) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"what": " "}, "what"), ({"cents": ""}, "cents"), ({"cents": "-1"}, "cents")],
)
def test_a_receipt_says_what_and_how_much(session, visitor, granted, fields, field):
    answer = upload(visitor, granted, a_pdf(), **fields)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert 'id="file-error"' in upload(visitor, granted).text


def test_the_way_from_receipt_to_report(session, visitor, granted):
    page, report = page_of(granted.event), f"/en/support/{granted.reference}/report"
    version = str(kept(session)[0].version)
    refused = send(visitor, page, report, people="80", story="Hyvin.", version=version)
    assert refused.status_code == 422
    assert "add at least one" in refused.text
    upload(visitor, granted, a_pdf())
    version = str(kept(session)[0].version)
    bad = send(visitor, page, report, people="-1", story="", version=version)
    assert bad.status_code == 422
    assert 'id="people-error"' in bad.text
    assert (
        send(visitor, page, report, people="80", story="Hyvin.", version=version).location == page
    )
    shown = visitor.get(page).text
    assert "80 people came." in shown
    assert upload(visitor, granted, a_pdf(2)).status_code >= 400


def test_late_receipts_are_told_honestly(session, visitor, granted, clock):
    page = page_of(granted.event)
    assert "The receipts are late" not in visitor.get(page).text
    clock.move_to(AFTER.replace(month=5))
    sign_in(visitor, EMAIL)
    assert "The receipts are late" in visitor.get(page).text


def test_an_applicant_withdraws(session, actor, visitor):
    application = an_application(session, actor=actor)
    session.commit()
    page, to = page_of(application.event), f"/en/support/{application.reference}/withdraw"
    send(visitor, page, to, version="99")
    assert kept(session)[0].state == "submitted"
    send(visitor, page, to, version=str(application.version))
    assert kept(session)[0].state == "withdrawn"


@pytest.mark.parametrize(
    ("language", "words"),
    [("fi", "Oikaisuvaatimus"), ("sv", "omprövning"), ("en", "review")],
)
def test_the_decision_is_a_document_with_appeal_instructions_in_each_language(
    session, visitor, granted, language, words
):
    answer = visitor.get(f"/{language}/support/{granted.reference}/decision")
    assert answer.status_code == 200
    assert words in answer.text
    assert "2027" in answer.text
    assert IBAN[-4:] not in answer.text
