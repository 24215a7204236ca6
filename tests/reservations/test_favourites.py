"""Favourites: marked once, shown with their next free time, each to nobody but its person."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import func, select

from booking.catalogue.queries import get_catalogue, raise_catalogue_version
from booking.core.actors import VISITOR
from booking.core.errors import NotAllowed, NotFound
from booking.database import writing
from booking.reservations.favourite_models import Favourite
from booking.reservations.favourite_queries import favourites_of
from booking.reservations.favourite_use_cases import add_favourite, remove_favourite
from tests.accounts.visiting import PASSWORD, send, sign_in
from tests.builders import a_person
from tests.places import a_space, an_actor
from tests.statements import counted
from tests.values import NOW


def slugs(session, actor):
    return [place.slug for place in favourites_of(session, actor, get_catalogue(session))]


def test_a_space_marked_twice_is_marked_once_and_unmarked_for_good(session):
    room, other, actor = a_space(session), a_space(session), an_actor(session)
    for slug in (room.slug, room.slug, other.slug):
        add_favourite(session, actor, slug, NOW)
    assert slugs(session, actor) == [room.slug, other.slug]
    assert slugs(session, an_actor(session)) == []
    for _ in range(2):
        remove_favourite(session, actor, room.slug)
    assert slugs(session, actor) == [other.slug]


def test_what_residents_may_not_find_is_nobodys_favourite(session):
    secret, actor = a_space(session, published=False), an_actor(session)
    for slug in (secret.slug, "nowhere"):
        with pytest.raises(NotFound):
            add_favourite(session, actor, slug, NOW)
    with pytest.raises(NotAllowed):
        add_favourite(session, VISITOR, a_space(session).slug, NOW)


def test_a_favourite_that_is_withdrawn_is_not_shown(session):
    room, actor = a_space(session), an_actor(session)
    add_favourite(session, actor, room.slug, NOW)
    room.published = False
    raise_catalogue_version(session)
    session.flush()
    assert slugs(session, actor) == []


@pytest.fixture
def maija(client, session):
    person = a_person(session, email="maija@example.com", password=PASSWORD)
    session.commit()
    sign_in(client, "maija@example.com")
    return an_actor(session, person=person)


def marked(session, actor, number):
    rooms = [a_space(session) for _ in range(number)]
    with writing():
        for room in rooms:
            add_favourite(session, actor, room.slug, NOW)
        session.commit()
    return rooms


def test_a_mark_is_set_and_taken_away_by_one_press(client, session, maija):
    room = a_space(session)
    session.commit()
    page = f"/en/spaces/{room.slug}"
    done = send(client, "/en/account", f"{page}/favourite")
    assert done.location == page
    assert session.scalar(select(func.count(Favourite.id))) == 1
    session.rollback()
    done = send(client, "/en/account", f"{page}/favourite/remove", back="mine")
    assert done.location == "/en/reservations"
    assert session.scalar(select(func.count(Favourite.id))) == 0


def test_the_button_says_whether_it_is_pressed(client, session, maija):
    [room] = marked(session, maija, 1)
    other = a_space(session)
    session.commit()
    render = client.application.jinja_env.get_template("spaces/_favourite.html")
    assert render is not None
    with client:
        for space, pressed in ((room, "true"), (other, "false")):
            client.get("/en/account")
            html = render.render(place=space, csrf_token=lambda: "x")
            assert f'aria-pressed="{pressed}"' in html


@pytest.mark.parametrize("page", ["/en/reservations", "/en/"])
def test_favourites_are_shown_with_their_next_free_time_and_a_way_to_book_it(
    client, session, maija, page
):
    [room] = marked(session, maija, 1)
    shown = client.get(page).text
    part = shown[shown.index('id="favourites"') :]
    [link] = re.findall(r'href="([^"]*/reserve\?[^"]*)"', part)
    assert room.slug in link
    assert "It is confirmed at once." in client.get(unescape(link)).text


@pytest.mark.parametrize("page", ["/en/reservations", "/en/"])
def test_ten_favourites_need_no_more_queries_than_one(client, session, maija, page):
    marked(session, maija, 1)
    client.get(page)
    with counted(session.get_bind()) as few:
        client.get(page)
    marked(session, maija, 9)
    client.get(page)
    with counted(session.get_bind()) as many:
        client.get(page)
    assert len(many) == len(few)


def test_without_favourites_no_room_is_taken_for_them(client, session, maija):
    assert 'id="favourites"' not in client.get("/en/").text
