"""The page that makes a series: its dates before one asks, and all of them by one button."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from booking.database import writing
from booking.reservations.models import Reservation, Series
from booking.reservations.series_queries import dates_of
from tests.builders import a_person, an_organisation
from tests.places import a_policy, a_space, ask
from tests.reservations.test_series import SERIES, TUESDAY, WEEK
from tests.statements import counted
from tests.values import ZONE

SECOND, THIRD = TUESDAY + WEEK, TUESDAY + 2 * WEEK
VERIFIED = {**SERIES, "who": "verified_organisation", "max_occurrences": 5}


class Town:
    """Two rooms of one policy, and a secretary."""

    def __init__(self, session, **policy):
        rules = {"series": SERIES, "horizon_days": 200, **policy}
        self.policy = a_policy(session, **rules)
        self.room = a_space(session, policy=self.policy)
        self.other = a_space(session, policy=self.policy)
        self.person = a_person(session, email="choir@example.com", password="right horse")
        self.address = f"/en/spaces/{self.room.slug}/series"

    def window(self, **more):
        usual = {"date": TUESDAY, "until": THIRD, "start": "18:00", "end": "20:00"}
        return {**usual, "weekday": "tue", **more}


@pytest.fixture
def town(app, session):
    app.config["WTF_CSRF_ENABLED"] = False
    with writing():
        made = Town(session)
        session.commit()
    return made


@pytest.fixture
def signed_in(client, town):
    client.post("/en/sign-in", data={"email": town.person.email, "password": "right horse"})
    return client


def taken(session, room, start="18:00", end="20:00", day=SECOND):
    with writing():
        ask(session, room, start, end, day=day)
        session.commit()


def look(client, town, **more):
    return client.get(town.address, query_string=town.window(**more)).text


def send(client, town, mark="one", **more):
    fields = {"title": "Choir", "terms": "y", **more}
    return client.post(f"{town.address}?sending={mark}", data=town.window(**fields))


def made(session):
    session.rollback()
    return list(session.scalars(select(Series)))


def starts(session, series):
    return [f"{one.starts_at.astimezone(ZONE):%d %H:%M}" for one in dates_of(session, series)]


# ── Looking ───────────────────────────────────────────────────────────────────────────────────


def test_it_says_what_may_be_had_before_one_begins(app, client, session):
    with writing():
        town = Town(session, series=VERIFIED, approval="staff")
        session.commit()
    page = client.get(town.address).text
    assert "Up to 5 dates, the last on Wed 10 Jan 2029 at the latest." in page
    assert "For organisations that the city has verified." in page
    assert "The staff decide about the series as a whole." in page


def test_a_space_that_takes_no_series_says_so_and_leads_to_single_times(app, client, session):
    with writing():
        town = Town(session, series={"allowed": False})
        session.commit()
    page = client.get(town.address).text
    assert "can&#39;t be booked as a series" in page or "can't be booked as a series" in page
    assert f"/en/spaces/{town.room.slug}/reserve" in page
    assert "See the dates" not in page


def test_anybody_sees_the_dates_and_the_reason_and_an_alternative_of_each(client, session, town):
    taken(session, town.room)
    page = look(client, town)
    assert "2 of 3 dates free" in page
    assert "1 with an alternative" in page
    assert f'value="{town.room.slug}@20:00" checked' in page
    assert f'value="{town.other.slug}@18:00"' in page
    assert "is taken at this time" in page
    assert "Sign in and book" in page


def test_what_the_address_knows_arrives_filled(signed_in, town):
    page = look(signed_in, town, title="Kuoro", people="12", purpose="culture")
    assert 'value="Kuoro"' in page
    assert 'value="12"' in page
    assert '<option selected value="culture">' in page


def test_holidays_are_left_out_by_name_and_can_be_put_back(client, town):
    may = {"date": "2027-04-29", "until": "2027-05-13", "weekday": "thu"}
    page = look(client, town, **may)
    assert "Ascension Day" in page
    assert "2 of 3 dates free" in page
    assert "1 left out" in page
    assert "3 of 3 dates free" in look(client, town, **may, back="2027-05-06")
    assert "3 of 3 dates free" in look(client, town, **may, holidays="in")


def test_what_was_chosen_stays_when_the_window_changes(client, session, town):
    taken(session, town.room)
    chosen = {f"instead-{SECOND}": f"{town.other.slug}@18:00", "leave": str(TUESDAY)}
    page = look(client, town, until=THIRD + WEEK, **chosen)
    assert f'value="{town.other.slug}@18:00" checked' in page
    assert "2 of 4 dates free" in page
    assert "3 dates in all" in page


def test_too_many_dates_are_told_with_the_last_day_that_would_fit(app, client, session):
    with writing():
        town = Town(session, series={**SERIES, "max_occurrences": 2})
        session.commit()
    page = look(client, town)
    assert "at most 2 dates, and this one has 3" in page
    assert "End on Tue 19 Jan 2027 instead" in page
    assert f"until={SECOND}" in page
    assert "Sign in and book" not in page
    assert "Sign in and book" in look(client, town, leave=str(SECOND))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"until": TUESDAY - WEEK}, "The last day comes after the first."),
        ({"end": "17:00"}, "must end after it starts"),
        ({"end": "25:00"}, "Write the time as"),
        ({"date": "2027-02-29"}, "does not exist"),
        ({"until": "2030-01-01"}, "A series lasts two years at most."),
        ({"people": "0"}, "at least 1"),
    ],
)
def test_what_is_wrong_with_the_window_is_told_beside_its_field(client, town, typed, words):
    page = look(client, town, see="dates", **typed)
    assert words in page
    assert "error-summary" in page


def test_four_dates_and_forty_need_as_many_queries(app, client, session, town):
    for day in (TUESDAY, SECOND):
        taken(session, town.room, day=day)
        taken(session, town.room, "12:00", "13:00", day=day + 4 * WEEK)
    engine, sent = session.get_bind(), []
    look(client, town)
    for weeks in (3, 39):
        with counted(engine) as statements:
            page = look(client, town, until=TUESDAY + weeks * WEEK, people="5")
        assert f"of {weeks + 1} dates free" in page
        sent.append(len(statements))
    assert sent[0] == sent[1] <= 15


# ── Sending ───────────────────────────────────────────────────────────────────────────────────


def test_one_button_makes_all_of_it(signed_in, session, town):
    taken(session, town.room)
    chosen = {f"instead-{SECOND}": f"{town.other.slug}@18:00", "leave": str(THIRD)}
    answer = send(signed_in, town, until=THIRD + WEEK, **chosen)
    [series] = made(session)
    assert answer.location == f"/en/series/{series.reference}"
    assert starts(session, series) == ["12 18:00", "19 18:00", "02 18:00"]
    assert [one.day for one in series.skipped] == [THIRD]
    page = signed_in.get(answer.location).text
    assert "You left this date out." in page
    assert "Add back" in page


def test_the_same_page_sent_twice_makes_one(signed_in, session, town):
    first, second = send(signed_in, town), send(signed_in, town)
    assert first.location == second.location
    assert len(made(session)) == 1
    send(signed_in, town, mark="two", start="12:00", end="13:00")
    assert len(made(session)) == 2


def test_what_became_taken_meanwhile_is_told_by_its_date_and_every_choice_stays(
    signed_in, session, town
):
    taken(session, town.room)
    taken(session, town.room, day=THIRD)
    chosen = {f"instead-{SECOND}": f"{town.other.slug}@18:00", "leave": str(TUESDAY)}
    answer = send(signed_in, town, until=THIRD + WEEK, **chosen)
    assert answer.status_code == 422
    assert made(session) == []
    page = answer.text
    assert f'<a href="#date-{THIRD}">Tue 26 Jan 2027</a>' in page
    assert "Changed since you looked." in page
    assert f'value="{town.other.slug}@18:00" checked' in page
    assert re.search(rf'name="leave" value="{TUESDAY}" checked', page)
    assert 'value="Choir"' in page


def test_an_alternative_that_was_taken_meanwhile_makes_nothing(signed_in, session, town):
    taken(session, town.room)
    taken(session, town.other)
    answer = send(signed_in, town, **{f"instead-{SECOND}": f"{town.other.slug}@18:00"})
    assert answer.status_code == 422
    assert made(session) == []
    assert f'href="#date-{SECOND}"' in answer.text


def test_all_that_is_missing_is_told_beside_its_field(app, client, session):
    app.config["WTF_CSRF_ENABLED"] = False
    with writing():
        town = Town(session, required_fields=["title", "people"], requires_adult=True)
        session.commit()
    client.post("/en/sign-in", data={"email": town.person.email, "password": "right horse"})
    answer = send(client, town, title="", terms="")
    assert answer.status_code == 422
    for name in ("title", "people", "responsible_adult", "terms"):
        assert f'id="{name}-error"' in answer.text


def test_a_series_for_verified_organisations_is_made_for_one(app, client, session):
    app.config["WTF_CSRF_ENABLED"] = False
    with writing():
        town = Town(session, series=VERIFIED)
        club = an_organisation(session, admins=[town.person])
        session.commit()
    client.post("/en/sign-in", data={"email": town.person.email, "password": "right horse"})
    assert "Not possible" not in look(client, town)  # the only one they act for is proposed
    assert "Only organisations that the city has verified" in look(client, town, organisation="")
    assert send(client, town, organisation="").status_code == 422
    assert send(client, town, organisation=club.slug).status_code == 302


def test_whoever_is_not_signed_in_signs_in_and_comes_back_to_all_of_it(client, session, town):
    taken(session, town.room)
    chosen = {f"instead-{SECOND}": f"{town.other.slug}@18:00", "leave": str(TUESDAY)}
    fields = town.window(title="Kuoro", sign_in="1", terms="y", **chosen)
    to_sign_in = client.get(town.address, query_string=fields).location
    answer = client.get(to_sign_in)
    place = re.search(r'name="next"[^>]*value="([^"]+)"', answer.text)[1].replace("&amp;", "&")
    sent = {"email": town.person.email, "password": "right horse", "next": place}
    back = client.post("/en/sign-in", data=sent).location
    page = client.get(back).text
    assert f'value="{town.other.slug}@18:00" checked' in page
    assert re.search(rf'name="leave" value="{TUESDAY}" checked', page)
    assert 'value="Kuoro"' in page
    assert not re.search(r"<input checked[^>]*name=\"terms\"", page), "nobody accepts by a link"


def test_a_stranger_makes_none(client, session, town):
    assert send(client, town).status_code == 302
    assert made(session) == []


# ── Ways to it ────────────────────────────────────────────────────────────────────────────────


def test_the_form_of_one_time_leads_to_every_week_with_what_it_knows(signed_in, town):
    form = f"/en/spaces/{town.room.slug}/reserve?date={TUESDAY}&start=18:00&end=20:00&people=7"
    page = signed_in.get(form).text
    [link] = re.findall(r'href="([^"]+)">Book this every week', page)
    assert link.startswith(town.address)
    assert {"date=2027-01-12", "people=7"} <= set(link.partition("?")[2].split("&amp;"))


def test_a_series_leads_to_the_same_for_the_next_season(signed_in, session, town):
    send(signed_in, town, every="second-week", leave=str(TUESDAY), people="7")
    [series] = made(session)
    page = signed_in.get(f"/en/series/{series.reference}").text
    [link] = re.findall(r'href="([^"]+)">Make the same for the next season', page)
    given = set(link.partition("?")[2].split("&amp;"))
    year = timedelta(weeks=52)
    assert {f"date={TUESDAY + year}", f"until={THIRD + year}", "weekday=tue"} <= given
    assert {"every=second-week", "start=18:00", "end=20:00", "people=7", "title=Choir"} <= given
    assert date(2028, 1, 11).weekday() == TUESDAY.weekday()


def test_the_page_of_a_series_names_the_space_of_a_date_that_is_elsewhere(signed_in, session, town):
    taken(session, town.room)
    send(signed_in, town, **{f"instead-{SECOND}": f"{town.other.slug}@18:00"})
    [series] = made(session)
    dates = session.scalars(select(Reservation).where(Reservation.series_id == series.id))
    assert len(list(dates)) == 3
    page = signed_in.get(f"/en/series/{series.reference}").text
    assert page.count(f"<strong>{town.other.name['en']}</strong>") == 1
    assert f"<strong>{town.room.name['en']}</strong>" not in page
