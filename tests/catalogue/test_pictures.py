"""Pictures of spaces: added by those who keep the catalogue, shown to everybody."""

from __future__ import annotations

import pytest

from booking.catalogue.pictures import NewPicture, add_picture, pictures_of
from booking.catalogue.queries import get_place
from booking.core.actors import Role
from booking.core.errors import NotAllowed
from tests.places import a_space, an_actor
from tests.values import NOW, texts
from tests.web.test_storage import PNG


def test_a_manager_adds_pictures_and_they_keep_their_order(session):
    place = get_place(session, a_space(session).slug)
    manager = an_actor(session, role=Role.MANAGER)
    for name in ("one", "two"):
        new = NewPicture(f"ab/{name}.png", "image/png", PNG, texts(name))
        add_picture(session, manager, place, new, NOW)
    assert [words["en"] for _key, words in pictures_of(session, place)] == ["one", "two"]


def test_an_approver_may_not(session):
    place = get_place(session, a_space(session).slug)
    new = NewPicture("ab/one.png", "image/png", PNG, texts("one"))
    with pytest.raises(NotAllowed):
        add_picture(session, an_actor(session, role=Role.APPROVER), place, new, NOW)


def test_a_picture_is_served_and_another_file_is_not(app, client, session):
    place = get_place(session, a_space(session).slug)
    storage = app.extensions["storage"]
    key, other = storage.save(PNG), storage.save(PNG)
    new = NewPicture(key, "image/png", PNG, texts("The room"))
    add_picture(session, an_actor(session, role=Role.MANAGER), place, new, NOW)
    session.commit()
    answer = client.get(f"/pictures/{key}")
    assert (answer.data, answer.mimetype) == (PNG, "image/png")
    assert client.get(f"/pictures/{other}").status_code == 404
