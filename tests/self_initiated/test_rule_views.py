"""The pages of the rules: read by everybody, edited by those who keep them."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.core.actors import Grant, Role
from booking.self_initiated.rule_models import RuleTrial, StoredRules
from booking.self_initiated.rule_sets import shipped_text
from booking.self_initiated.rule_texts import RuleText
from tests.accounts.visiting import PASSWORD, sign_in
from tests.builders import a_person
from tests.installations import engine_of
from tests.places import a_city
from tests.self_initiated.rule_sets import a_draft_of_rules, a_name, an_editor, published
from tests.statements import counted
from tests.values import NOW

LIST = "/en/staff/rules"
PUBLIC = "/en/events/rules"


@pytest.fixture
def editor(session):
    a_city(session)
    return an_editor(session)


@pytest.fixture
def staff(app, session, editor):
    return as_staff(app, session)


@pytest.fixture
def draft(session, editor):
    found = a_draft_of_rules(session, editor)
    session.commit()
    return found


def as_staff(app, session, role=Role.MANAGER):
    email = f"{role.value}@example.com"
    a_person(session, email=email, password=PASSWORD, grants=[Grant(role)])
    session.commit()
    client = app.test_client()
    sign_in(client, email)
    return client


def hidden(page, name="seen"):
    """The value of a hidden field on a page."""
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]


def send(client, page, fields):
    """The answer to a form of these pages."""
    return client.post(
        page, data={"csrf_token": hidden(client.get(LIST).text, "csrf_token"), **fields}
    )


def again(session, draft):
    session.rollback()
    return session.scalars(
        select(StoredRules)
        .where(StoredRules.id == draft.id)
        .execution_options(populate_existing=True)
    ).one()


# ── For everybody ─────────────────────────────────────────────────────────────────────────────


def test_everybody_reads_the_rules_in_force_with_their_sources(client, session, editor):
    session.commit()
    page = client.get(PUBLIC).text
    assert "City units use spaces free of charge." in page
    assert "Espoo, Oulu, Tuusula principles" in page
    assert "Version 0.2-draft" in page
    assert "Local activity for people under 20 is free of charge." in page


def test_words_and_a_part_narrow_the_rules(client, session, editor):
    session.commit()
    found = client.get(f"{PUBLIC}?q=landowner+nature&part=guidance").text
    assert "Ask the landowner" in found
    assert "City units use" not in found
    assert "No rule says that." in client.get(f"{PUBLIC}?q=unicorn").text
    numbers = client.get(f"{PUBLIC}?part=numbers").text
    assert "Rescue plan from this number of people" in numbers
    assert "City units use" not in numbers


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("fi", "Kaupungin oma toiminta on maksutonta."),
        ("sv", "Stadens egen verksamhet är avgiftsfri."),
    ],
)
def test_the_rules_read_in_the_readers_language(client, session, editor, lang, words):
    session.commit()
    assert words in client.get(f"/{lang}/events/rules").text


def test_the_page_of_the_rules_asks_a_constant_number_of_queries(app, client, session, editor):
    session.commit()
    client.get(PUBLIC)
    with counted(engine_of(app)) as before:
        client.get(PUBLIC)
    for _ in range(3):
        published(session, editor, a_draft_of_rules(session, editor))
    session.commit()
    client.get(PUBLIC)
    with counted(engine_of(app)) as after:
        client.get(PUBLIC)
    assert len(after) == len(before)


# ── The list and drafts ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", [Role.VIEWER, Role.BOOKER, Role.APPROVER])
def test_other_staff_do_not_edit_the_rules(app, session, draft, role):
    client = as_staff(app, session, role)
    for page in (
        LIST,
        f"{LIST}/{draft.id}",
        f"{LIST}/{draft.id}/text",
        f"{LIST}/{draft.id}/publish",
    ):
        assert client.get(page).status_code == 403
    assert f'{LIST}"' not in client.get("/en/").text


def test_a_draft_is_made_on_the_page(session, staff):
    name = a_name()
    answer = send(staff, LIST, {"base": "", "name": name, "note": "Summer"})
    assert answer.status_code == 302
    session.rollback()
    assert session.scalars(select(StoredRules.name)).all() == [name]
    taken = send(staff, LIST, {"base": "", "name": name, "note": "Kept words"})
    assert taken.status_code == 422
    assert "Another rule set has this name already." in taken.text
    assert "Kept words" in taken.text


def test_the_list_costs_the_same_however_many_sets_there_are(app, session, editor, staff):
    published(session, editor, a_draft_of_rules(session, editor))
    a_draft_of_rules(session, editor)
    session.commit()
    staff.get(LIST)
    with counted(engine_of(app)) as before:
        staff.get(LIST)
    for _ in range(3):
        published(session, editor, a_draft_of_rules(session, editor))
        a_draft_of_rules(session, editor)
    session.commit()
    staff.get(LIST)
    with counted(engine_of(app)) as after:
        staff.get(LIST)
    assert len(after) == len(before)


def test_sources_to_check_again_are_listed_and_stay_in_force(app, session, editor, staff, clock):
    session.commit()
    assert "Sources to check again" not in staff.get(LIST).text
    clock.move_to(NOW + timedelta(days=320))
    sign_in(staff, "manager@example.com")
    assert "Sources to check again" in staff.get(LIST).text


def test_the_whole_is_downloaded_as_it_is_written(staff, draft):
    answer = staff.get(f"{LIST}/{draft.id}/rules.yaml")
    assert answer.get_data(as_text=True) == draft.body
    assert "attachment" in answer.headers["Content-Disposition"]


# ── Changing ──────────────────────────────────────────────────────────────────────────────────


def test_a_number_changes_from_a_day_on(session, staff, draft):
    page = f"{LIST}/{draft.id}/numbers/review_attendance"
    sent = {"value": "150", "from_day": "2027-07-01", "seen": hidden(staff.get(page).text)}
    assert send(staff, page, sent).status_code == 302
    assert "{value: 150, valid_from: 2027-07-01, valid_to: null}" in again(session, draft).body


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("many", "Write a number"),
        ("-1", "Write a number"),
        ("", "Write the new value."),
        ("200", "It has this value on that day already."),
    ],
)
def test_a_number_that_is_none_is_told_beside_it(staff, draft, value, words):
    page = f"{LIST}/{draft.id}/numbers/review_attendance"
    sent = {"value": value, "from_day": "2027-07-01", "seen": hidden(staff.get(page).text)}
    answer = send(staff, page, sent)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="2027-07-01"' in answer.text


def test_hours_end_after_they_begin(session, staff, draft):
    page = f"{LIST}/{draft.id}/numbers/noise_weekday_window"
    seen = hidden(staff.get(page).text)
    sent = {"opens": "08:00", "closes": "08:00", "from_day": "2027-07-01", "seen": seen}
    assert "later than the beginning" in send(staff, page, sent).text
    assert send(staff, page, {**sent, "closes": "21:00"}).status_code == 302
    assert '["08:00", "21:00"]' in again(session, draft).body


def rule_fields(page):
    """What the form of a rule holds, as a browser would send it."""
    found = dict(re.findall(r'<textarea[^>]*name="(fi|sv|en)"[^>]*>\s*([^<]*)</textarea>', page))
    for name in ("valid_from", "valid_to", "source", "source_checked", "recheck_by", "deadline"):
        if match := re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page):
            found[name] = match[1]
    if chosen := re.search(r'<option selected value="(K\d)"', page):
        found["price_group"] = chosen[1]
    return {**found, "seen": hidden(page)}


def test_the_plain_things_of_a_rule_change_and_the_rest_stays(session, staff, draft):
    page = f"{LIST}/{draft.id}/rules/F17"
    fields = rule_fields(staff.get(page).text)
    assert send(staff, page, fields).status_code == 302
    assert again(session, draft).body == draft.body
    changed = {**fields, "en": "Out-of-town activity has a price.", "price_group": "K3"}
    assert send(staff, page, changed).status_code == 302
    text = RuleText(again(session, draft).body)
    rule = text.text_of(text.rules["F17"])
    assert '  en: "Out-of-town activity has a price."\n' in rule
    assert '  price_group: "K3"\n' in rule
    assert '  fi: "Ulkopaikkakuntalainen toiminta on maksullista."\n' in rule


def test_a_text_that_is_missing_is_told_beside_it(staff, draft):
    page = f"{LIST}/{draft.id}/rules/F17"
    fields = {**rule_fields(staff.get(page).text), "sv": " ", "en": "Kept words."}
    answer = send(staff, page, fields)
    assert answer.status_code == 422
    assert "Write the text in every language." in answer.text
    assert "Kept words." in answer.text


FAULTS = [
    ("conf: M", "conf: M\n  colour: blue", "There is no key colour here.", "colour"),
    ("fact: home", "fact: house", "There is no fact house.", "house"),
    ("op: eq", "op: is", "There is no operator is.", "is"),
    ("K4", "K9", "There is no price group K9.", "K9"),
    ("basis: policy", "basis: whim", "whim is none of these", "whim"),
    ("  sv:", "  de:", "The text in the language sv is missing.", "sv"),
    ("conf: M", "conf: M\n  valid_from: 2027-13-01", "is no date such as", "2027-13-01"),
    ("  when: {", "  when: {{", "YAML", "YAML"),
]


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
@pytest.mark.parametrize(("old", "new", "sentence", "word"), FAULTS)
def test_faults_are_told_beside_the_text_and_nothing_is_lost(
    session, staff, draft, lang, old, new, sentence, word
):
    page = f"/{lang}/staff/rules/{draft.id}/rules/F17"
    text = RuleText(draft.body)
    wrong = text.text_of(text.rules["F17"]).replace(old, new, 1)
    shown = staff.get(page).text
    seen = re.search(r'id="text-seen"[^>]*value="([^"]*)"', shown)[1]
    answer = send(staff, f"{page}/text", {"text": wrong, "seen": seen})
    assert answer.status_code == 422
    assert (sentence if lang == "en" else word) in answer.text
    assert new.split("\n")[-1].strip() in answer.text.replace("&#39;", "'")
    assert re.search(r'class="rule-line">[^<]*\d', answer.text)
    assert again(session, draft).body == draft.body


def test_a_colleagues_change_is_told_and_what_was_written_is_kept(session, staff, draft):
    page = f"{LIST}/{draft.id}/rules/F17"
    mine = {**rule_fields(staff.get(page).text), "en": "Mine."}
    theirs = {**mine, "en": "Theirs."}
    assert send(staff, page, theirs).status_code == 302
    answer = send(staff, page, mine)
    assert answer.status_code == 409
    assert "Mine." in answer.text
    assert "Theirs." in answer.text
    assert send(staff, page, {**mine, "seen": hidden(answer.text)}).status_code == 302
    assert '  en: "Mine."' in again(session, draft).body


def test_what_rests_on_law_can_be_read_and_not_changed(session, staff, draft):
    page = f"{LIST}/{draft.id}/rules/G05"
    shown = staff.get(page).text
    assert "Rests on law" in shown
    assert "Save" not in shown
    text = RuleText(draft.body)
    sent = {"text": text.text_of(text.rules["G05"]).replace("H", "M"), "seen": "x"}
    answer = send(staff, f"{page}/text", sent)
    assert answer.status_code == 422
    assert again(session, draft).body == draft.body


def test_a_new_rule_is_checked_where_it_stands(session, staff, draft):
    page = f"{LIST}/{draft.id}/new/free_use"
    pattern = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", staff.get(page).text, re.S)[1]
    pattern = pattern.replace("&#34;", '"')
    answer = send(staff, page, {"text": pattern})
    assert answer.status_code == 422
    assert "Line 6" in answer.text
    filled = pattern.replace('""', '"Some words."')
    assert send(staff, page, {"text": filled}).status_code == 302
    assert "F100" in RuleText(again(session, draft).body).rules


def test_a_rule_is_taken_out(session, staff, draft):
    page = f"{LIST}/{draft.id}/rules/F17"
    seen = re.findall(r'name="seen" value="([^"]*)"', staff.get(page).text)[-1]
    assert send(staff, f"{page}/remove", {"seen": seen}).status_code == 302
    assert "F17" not in RuleText(again(session, draft).body).rules


def test_a_file_takes_the_place_of_the_whole_and_keeps_the_name(session, staff, draft):
    page = f"{LIST}/{draft.id}/text"
    seen = hidden(staff.get(page).text)
    for body, status in ((shipped_text().replace("value: 200", "value: 210", 1), 302),):
        sent = {"seen": seen, "text": "", "file": (io.BytesIO(body.encode()), "rules.yaml")}
        assert send(staff, page, sent).status_code == status
    found = again(session, draft)
    assert found.body == RuleText(
        shipped_text().replace("value: 200", "value: 210", 1)
    ).with_version(draft.name)


def test_a_file_that_is_refused_stands_in_the_form(session, staff, draft):
    page = f"{LIST}/{draft.id}/text"
    seen, marked = hidden(staff.get(page).text), "# KEPT\n" + shipped_text()
    for wrong, words in (
        (marked.replace("\n  basis: statute", "\n  basis: policy", 1), "rest on statute"),
        (marked.replace("op: eq,", "op: is,", 1), "There is no operator is."),
        (b"\xff\xfe\x00 KEPT", "Some characters"),
    ):
        data = wrong if isinstance(wrong, bytes) else wrong.encode()
        sent = {"seen": seen, "text": "", "file": (io.BytesIO(data), "rules.yaml")}
        answer = send(staff, page, sent)
        assert answer.status_code == 422
        assert words in answer.text
        assert "KEPT" in answer.text


# ── Trying and publishing ─────────────────────────────────────────────────────────────────────


def test_a_draft_is_tried_and_published_on_the_pages(session, staff, draft):
    one = f"{LIST}/{draft.id}"
    sent = {**rule_fields(staff.get(f"{one}/rules/F17").text), "en": "It has a price."}
    send(staff, f"{one}/rules/F17", sent)
    assert "Try the draft first" in staff.get(f"{one}/publish").text
    refused = send(staff, f"{one}/publish", {"reason": "Because."})
    assert refused.status_code == 422
    answer = send(staff, f"{one}/trials", {})
    trial = staff.get(answer.location)
    assert "There are no events of last year" in trial.text
    assert "Every example comes out" in trial.text
    assert send(staff, f"{one}/publish", {"reason": ""}).status_code == 422
    assert send(staff, f"{one}/publish", {"reason": "Decision § 4"}).status_code == 302
    assert "Decision § 4" in staff.get(LIST).text
    assert f"Version {draft.name}" in staff.get(PUBLIC).text
    assert staff.get(f"{one}/text").status_code == 409
    assert send(staff, f"{one}/discard", {}).status_code == 409
    session.rollback()
    assert session.scalars(select(RuleTrial)).one().finished_at is not None
