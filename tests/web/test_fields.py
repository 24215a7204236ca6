"""Text fields take what a keyboard writes."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from booking.catalogue.queries import get_catalogue
from booking.reservations.forms import RequestForm
from tests.places import a_space

HELSINKI = ZoneInfo("Europe/Helsinki")


@pytest.fixture
def filled(app, session):
    """`filled(**fields)`: the form of a request as somebody sent it, and the space it is for."""
    space = a_space(session)
    session.commit()
    place = get_catalogue(session).places[space.slug]

    def form(**fields):
        sent = {"date": "2027-01-12", "start": "18:00", "end": "20:00", **fields}
        with app.test_request_context(method="POST", data=sent):
            made = RequestForm.for_place([], meta={"csrf": False})
            made.validate()
            return made, made.request_for(place, None, HELSINKI)

    return form


def test_control_characters_are_dropped_and_lines_kept(filled):
    form, wanted = filled(title="Choir\r\n\x1b[1m", message="One\r\n\ttwo\x07")
    assert (wanted.title, wanted.message) == ("Choir[1m", "One\r\n\ttwo")
    assert form.title.data == "Choir[1m"


@pytest.mark.parametrize(
    ("last_day", "is_read"),
    [(date(2028, 2, 15), True), (date(2028, 2, 17), False), (date(2099, 1, 1), False)],
)
def test_a_period_beyond_all_policies_is_refused_beside_its_end(filled, last_day, is_read):
    form, wanted = filled(end_date=last_day.isoformat())
    assert (wanted is not None) is is_read
    assert bool(form.end.errors) is not is_read
