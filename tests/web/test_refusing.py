"""Why a use case refused what a form sent: each reason where its reader looks for it."""

from __future__ import annotations

import pytest
from wtforms import HiddenField, StringField

from booking.core.errors import Conflict, RequestRefused
from booking.reservations.errors import SpaceNotFree, TitleRequired, TooShort
from booking.web.fields import Form


class Plain(Form):
    title = StringField()
    start = StringField()
    end = HiddenField()


class WithOneForTheRest(Plain):
    takes_the_rest = "title"


def told(kind, error):
    form = kind(formdata=None)
    form.refuse(error)
    beside = {field.name: len(field.errors) for field in form if field.errors}
    return beside, len(form.form_errors)


@pytest.fixture(autouse=True)
def _request(app):
    with app.test_request_context("/en/"):
        yield


@pytest.mark.parametrize(
    ("error", "beside", "above"),
    [
        (TitleRequired(), {"title": 1}, 0),
        (SpaceNotFree(), {"start": 1}, 0),
        (TooShort(shortest="an hour"), {}, 1),  # about a field that nobody sees
        (Conflict(), {}, 1),  # about none
        (RequestRefused([TitleRequired(), TooShort(shortest="1 h")]), {"title": 1}, 1),
    ],
)
def test_a_reason_stands_beside_its_field_or_above_the_form(error, beside, above):
    assert told(Plain, error) == (beside, above)


def test_or_beside_the_field_that_takes_the_rest():
    assert told(WithOneForTheRest, RequestRefused([TooShort(shortest="1 h")])) == ({"title": 1}, 0)
    assert told(WithOneForTheRest, Conflict()) == ({"title": 1}, 0)
