"""What is wrong with what a program sends is said in its reader's language, field by field."""

from __future__ import annotations

import pytest

from tests.builders import an_organisation
from tests.places import a_space

ENGLISH = {
    "starts_at": (
        1800000000,
        "Give an instant with its offset, such as 2027-01-13T18:00:00+02:00.",
    ),
    "ends_at": ("2027-01-12T18:00:00", "Give an instant with its offset"),
    "title": ("x" * 121, "Use at most 120 characters."),
    "people": (0, "Give at least 1."),
    "purpose": ("fun", "Give one of these: wellbeing, culture,"),
    "responsible_adult": ("yes", "Give true or false."),
    "terms_version": ("soon", "Give a date, such as 2027-01-13."),
    "message": (5, "Give a text."),
    "colour": ("red", "There is no such field."),
    "on_behalf_of": ("Maija", "Give an object."),
    "override": ({"reason": ""}, "Fill in this field."),
    "organisation": ("a\x00b", "Give a text without control characters."),
}


@pytest.fixture
def space(session):
    slug = a_space(session).slug
    session.commit()
    return slug


def told(answer):
    return {one["field"]: one["message"] for one in answer.json["violations"]}


def test_every_fault_is_told_beside_its_field(api, token, a_wish, space):
    wrong = a_wish(space, **{field: value for field, (value, _says) in ENGLISH.items()})
    answer = api("POST", "/reservations", token, wrong, **{"Accept-Language": "en"})
    assert answer.status_code == 422
    messages = told(answer)
    messages["override"] = messages.pop("override.reason")
    assert set(messages) == set(ENGLISH)
    for field, (_value, says) in ENGLISH.items():
        assert messages[field].startswith(says), field


@pytest.mark.parametrize(
    ("lang", "says"),
    [("fi", "Anna vähintään 1."), ("sv", "Ange minst 1."), ("en", "Give at least 1.")],
)
def test_the_words_are_those_of_the_reader(api, token, a_wish, space, lang, says):
    wrong = a_wish(space, people=0)
    answer = api("POST", "/reservations", token, wrong, **{"Accept-Language": lang})
    assert told(answer) == {"people": says}


def test_what_concerns_the_whole_names_no_field(api, token, a_wish, space):
    answer = api("POST", "/reservations", token, a_wish(space, spaces=[space]))
    (violation,) = answer.json["violations"]
    assert "field" not in violation


@pytest.mark.parametrize("starts_at", ["2027-02-29T18:00:00+02:00", "2027-01-12T25:00:00+02:00"])
def test_an_instant_that_does_not_exist_is_none(api, token, a_wish, space, starts_at):
    answer = api("POST", "/reservations", token, a_wish(space, starts_at=starts_at))
    assert set(told(answer)) == {"starts_at"}


# ── Rules ─────────────────────────────────────────────────────────────────────────────────────


def codes(answer):
    return {one["code"] for one in answer.json["violations"]}


def test_an_organisation_that_is_not_theirs_is_told_beside_all_else(
    api, session, token, a_wish, space
):
    others = an_organisation(session).slug
    session.commit()
    for slug in (others, "there-is-none"):
        wish = a_wish(space, organisation=slug, people=21, terms_version=None)
        answer = api("POST", "/reservations", token, wish)
        assert answer.status_code == 422
        assert codes(answer) == {"who_may_book", "over_capacity", "terms_not_accepted"}


@pytest.mark.parametrize("more", [{"hold": True}, {}])
def test_it_is_refused_alone_too(api, session, token, a_wish, space, more):
    answer = api("POST", "/reservations", token, a_wish(space, organisation="none", **more))
    assert (answer.status_code, codes(answer)) == (422, {"who_may_book"})
