"""A skipped date of a series, had after all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from booking.catalogue.queries import raise_catalogue_version
from booking.catalogue.version_models import TermsVersion
from booking.core.actors import Role
from booking.core.errors import NotAllowed, NotFound, RequestRefused
from booking.invariants import breaches
from booking.reservations.errors import DateNotSkipped
from booking.reservations.series_adding_use_cases import add_date
from booking.reservations.series_change_use_cases import cancel_series, skip_date
from booking.reservations.series_queries import dates_of
from booking.reservations.use_cases import cancel_reservation
from tests.places import an_actor, ask
from tests.reservations.test_series import SERIES, TUESDAY, WEEK, a_room, a_wish, mails, make
from tests.values import NOW, ZONE, texts

SECOND = TUESDAY + WEEK


def with_a_skipped_date(session, **values):
    """A series of three dates, of which somebody else had the second; who they are."""
    room = a_room(session, **values)
    other = an_actor(session)
    taken = ask(session, room, actor=other, day=SECOND)
    owner = an_actor(session)
    wish = a_wish(room, "FREQ=WEEKLY;COUNT=3", skip=True)
    return owner, make(session, wish, owner), other, taken


def states(session, series):
    return [
        f"{one.starts_at.astimezone(ZONE):%m-%d} {one.state}" for one in dates_of(session, series)
    ]


def codes(session, actor, series, day=SECOND, **more):
    with pytest.raises(RequestRefused) as error:
        add_date(session, actor, series.reference, NOW, day, **more)
    return [rule.code for rule in error.value.broken]


def test_a_date_that_could_not_be_had_is_asked_for_anew_once_it_is_free(session):
    owner, series, other, taken = with_a_skipped_date(session)
    assert codes(session, owner, series) == ["not_free"]
    cancel_reservation(session, other, taken.reference, NOW)
    add_date(session, owner, series.reference, NOW, SECOND)
    assert states(session, series) == ["01-12 confirmed", "01-19 confirmed", "01-26 confirmed"]
    assert series.skipped == []
    added = dates_of(session, series)[1]
    assert (added.title, added.total_cents, added.booked_for_id) == (
        "Choir", 2000, owner.person_id
    )  # fmt: skip
    assert mails(session).count("reservation_confirmed") == 2
    assert breaches(session.connection(), NOW) == []


def test_a_date_that_was_left_out_is_restored_with_its_reference(session):
    owner = an_actor(session)
    series = make(session, a_wish(a_room(session), "FREQ=WEEKLY;COUNT=3"), owner)
    before = dates_of(session, series)[1].reference
    skip_date(session, owner, series.reference, NOW, SECOND)
    add_date(session, owner, series.reference, NOW, SECOND)
    assert states(session, series)[1] == "01-19 confirmed"
    assert dates_of(session, series)[1].reference == before
    assert series.skipped == []


def test_a_date_far_ahead_is_restored_within_the_horizon_of_series(session):
    owner = an_actor(session)
    room = a_room(session, policy_horizon_days=2)
    series = make(session, a_wish(room, "FREQ=WEEKLY;COUNT=3"), owner)
    skip_date(session, owner, series.reference, NOW, TUESDAY + 2 * WEEK)
    add_date(session, owner, series.reference, NOW, TUESDAY + 2 * WEEK)
    assert states(session, series)[2] == "01-26 confirmed"


def test_the_quota_counts_the_series_once_with_the_date_that_is_added(session):
    owner, series, other, taken = with_a_skipped_date(
        session, policy_quota={"active": 1, "hours_per_week": None}
    )
    cancel_reservation(session, other, taken.reference, NOW)
    add_date(session, owner, series.reference, NOW, SECOND)
    assert len(dates_of(session, series)) == 3


def test_a_date_that_is_not_skipped_can_t_be_added(session):
    owner, series, _other, _taken = with_a_skipped_date(session)
    for day in (TUESDAY, TUESDAY + timedelta(days=1)):
        with pytest.raises(DateNotSkipped):
            add_date(session, owner, series.reference, NOW, day)


def test_terms_that_have_changed_since_are_to_be_accepted(session):
    owner, series, other, taken = with_a_skipped_date(session)
    cancel_reservation(session, other, taken.reference, NOW)
    newer = date(2027, 1, 11)
    session.add(
        TermsVersion(
            slug="general",
            version=newer,
            valid_from=newer,
            title=texts("Terms"),
            points=[{"topic": "use", **texts("Be kinder.")}],
        )
    )
    session.flush()
    raise_catalogue_version(session)
    assert codes(session, owner, series) == ["terms_not_accepted"]
    add_date(session, owner, series.reference, NOW, SECOND, [newer])


def test_where_the_staff_decide_an_added_date_is_asked_for(session):
    owner, series, other, taken = with_a_skipped_date(
        session, policy_series={**SERIES, "approval": "staff"}
    )
    cancel_reservation(session, other, taken.reference, NOW)
    an_actor(session, role=Role.APPROVER)
    add_date(session, owner, series.reference, NOW, SECOND)
    assert states(session, series)[1] == "01-19 requested"


def test_strangers_don_t_find_it_and_staff_ask_for_nothing_in_another_s_name(session):
    _owner, series, other, taken = with_a_skipped_date(session)
    cancel_reservation(session, other, taken.reference, NOW)
    with pytest.raises(NotFound):
        add_date(session, other, series.reference, NOW, SECOND)
    with pytest.raises(NotAllowed):
        add_date(session, an_actor(session, role=Role.MANAGER), series.reference, NOW, SECOND)


def test_staff_add_back_what_they_left_out_and_its_owner_does_not(session):
    owner = an_actor(session)
    series = make(session, a_wish(a_room(session), "FREQ=WEEKLY;COUNT=3"), owner)
    staff = an_actor(session, role=Role.MANAGER)
    skip_date(session, staff, series.reference, NOW, SECOND, "A fair.")
    with pytest.raises(NotAllowed):
        add_date(session, owner, series.reference, NOW, SECOND)
    add_date(session, staff, series.reference, NOW, SECOND)
    assert states(session, series)[1] == "01-19 confirmed"


def test_a_day_of_a_series_that_was_cancelled_but_not_left_out_is_no_skipped_date(session):
    owner = an_actor(session)
    series = make(session, a_wish(a_room(session), "FREQ=WEEKLY;COUNT=3"), owner)
    cancel_series(session, owner, series.reference, NOW, from_day=SECOND)
    with pytest.raises(DateNotSkipped):
        add_date(session, owner, series.reference, NOW, SECOND)
