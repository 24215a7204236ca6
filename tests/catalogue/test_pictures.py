"""Pictures of spaces and sites: kept by those who keep the catalogue, shown to everybody."""

from __future__ import annotations

import re
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from booking.audit.models import AuditEntry
from booking.catalogue.models import PictureSize, StoredFile
from booking.catalogue.pictures import (
    NewPicture,
    NewSize,
    add_picture,
    describe_picture,
    move_picture,
    pictures_around,
    pictures_of,
    remove_picture,
)
from booking.catalogue.queries import get_catalogue, get_place
from booking.core.actors import Grant, Role
from booking.core.errors import NotAllowed, NotFound
from tests.accounts.visiting import PASSWORD, send, sign_in
from tests.builders import a_person
from tests.catalogue.photographs import a_photograph
from tests.places import a_hall, a_space, an_actor
from tests.values import NOW, texts
from tests.web.test_storage import PNG

WORDS = {"words_fi": "Sali", "words_sv": "Salen", "words_en": "The hall"}


def a_picture(name):
    """A picture of two sizes that lie in the storage already."""
    return NewPicture(
        [
            NewSize(f"ab/{name}-{width}.png", "image/png", PNG, width, width // 2)
            for width in (480, 960)
        ],
        texts(name),
    )


@pytest.fixture
def manager(session):
    return an_actor(session, role=Role.MANAGER)


@pytest.fixture
def place(session):
    return get_place(session, a_space(session).slug)


def names(session, shown):
    session.commit()  # what others have committed is read
    return [one.alternative_text["en"] for one in pictures_of(session, shown)]


def keys(session, shown):
    session.commit()
    return [one.id for one in pictures_of(session, shown)]


# ── Keeping them ──────────────────────────────────────────────────────────────────────────────


def test_pictures_keep_their_order_and_their_sizes(session, manager, place):
    for name in ("one", "two"):
        add_picture(session, manager, place, a_picture(name), NOW)
    assert names(session, place) == ["one", "two"]
    assert [size.width for size in pictures_of(session, place)[0].sizes] == [480, 960]


@pytest.mark.parametrize(
    ("which", "steps", "order"),
    [
        (0, 1, ["two", "one", "three"]),
        (2, -1, ["one", "three", "two"]),
        (0, -1, ["one", "two", "three"]),
        (2, 1, ["one", "two", "three"]),
    ],
)
def test_a_picture_is_moved_as_far_as_the_order_goes(session, manager, place, which, steps, order):
    for name in ("one", "two", "three"):
        add_picture(session, manager, place, a_picture(name), NOW)
    move_picture(session, manager, place, keys(session, place)[which], steps, NOW)
    assert names(session, place) == order


def test_what_is_removed_leaves_nothing_behind(session, manager, place):
    add_picture(session, manager, place, a_picture("one"), NOW)
    [key] = keys(session, place)
    gone = remove_picture(session, manager, place, key, NOW)
    assert gone == ["ab/one-480.png", "ab/one-960.png"]
    assert names(session, place) == []
    assert not session.scalars(select(PictureSize)).all()
    assert not session.scalars(select(StoredFile)).all()
    with pytest.raises(NotFound):
        remove_picture(session, manager, place, key, NOW)


def test_each_change_is_written_down(session, manager, place):
    add_picture(session, manager, place, a_picture("one"), NOW)
    [key] = keys(session, place)
    describe_picture(session, manager, place, key, texts("new"), NOW)
    describe_picture(session, manager, place, key, texts("new"), NOW)
    remove_picture(session, manager, place, key, NOW)
    session.flush()
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["picture_added", "picture_described", "picture_removed"]


def test_only_those_who_keep_the_catalogue_of_the_site_may(session, manager, place):
    add_picture(session, manager, place, a_picture("one"), NOW)
    [key] = keys(session, place)
    elsewhere = a_space(session).unit
    for actor in (
        an_actor(session, role=Role.APPROVER),
        an_actor(session, role=Role.MANAGER, unit=elsewhere),
        an_actor(session),
    ):
        for keep, args in (
            (add_picture, [a_picture("two")]),
            (move_picture, [key, 1]),
            (describe_picture, [key, texts("x")]),
            (remove_picture, [key]),
        ):
            with pytest.raises(NotAllowed):
                keep(session, actor, place, *args, NOW)


def test_a_picture_of_another_space_is_not_found(session, manager, place):
    add_picture(session, manager, place, a_picture("one"), NOW)
    [key] = keys(session, place)
    other = get_place(session, a_space(session).slug)
    with pytest.raises(NotFound):
        remove_picture(session, manager, other, key, NOW)


def test_without_a_picture_of_its_own_a_section_shows_the_wholes_then_the_sites(session, manager):
    hall, [section, *_] = a_hall(session)
    city = get_catalogue(session)
    whole, part = city.places[hall.slug], city.places[section.slug]
    assert pictures_around(session, city, part) == (part, [])
    for shown in (part.unit, whole, part):
        add_picture(session, manager, shown, a_picture(shown.slug), NOW)
        source, faces = pictures_around(session, city, part)
        assert source is shown
        assert [one.alternative_text["en"] for one in faces] == [shown.slug]


# ── Pages ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def hall(session):
    """A space whose manager can sign in."""
    space = a_space(session, slug="hall")
    grants = [Grant(Role.MANAGER, space.unit_id)]
    a_person(session, email="manager@example.com", password=PASSWORD, grants=grants)
    a_person(session, email="maija@example.com", password=PASSWORD)
    session.commit()
    return get_place(session, "hall")


@pytest.fixture
def staff(client, hall):
    sign_in(client, "manager@example.com")
    return client


PAGE = "/en/staff/spaces/hall/pictures"


def upload(client, data=None, name="hall.jpg", page=PAGE, **words):
    file = {"picture": (BytesIO(a_photograph() if data is None else data), name)}
    return send(client, page, **{**WORDS, **words, **file})


def test_a_picture_that_is_sent_is_shown_on_the_page_of_the_space(staff):
    assert upload(staff).location.endswith(PAGE)
    page = staff.get("/en/spaces/hall").text
    assert 'alt="The hall"' in page
    assert 'width="1600" height="1200"' in page
    [small] = re.findall(r'"?(/pictures/\S+) 480w', page)
    answer = staff.get(small)
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert 'alt="Salen"' in staff.get("/sv/spaces/hall").text


def test_a_wrong_file_is_told_and_the_words_stay(staff):
    answer = upload(staff, b"%PDF-1.7")
    assert answer.status_code == 422
    assert "This is no picture that can be read." in answer.text
    assert 'value="Salen"' in answer.text


def test_without_a_file_or_some_words_it_is_told_beside_the_fields(staff, session, hall):
    answer = send(staff, PAGE, **{**WORDS, "words_sv": " "})
    assert answer.status_code == 422
    assert 'id="picture-error"' in answer.text
    assert 'id="words_sv-error"' in answer.text
    assert 'value="The hall"' in answer.text
    assert names(session, hall) == []


def test_a_photograph_of_several_megabytes_is_taken(staff):
    heavy = a_photograph(1200, 900).ljust(5 * 1024 * 1024, b"\0")
    assert upload(staff, heavy).status_code == 302


def test_what_is_far_too_large_is_told_in_a_sentence(staff):
    answer = upload(staff, b"\xff\xd8\xff" + b"0" * (41 * 1024 * 1024))
    assert answer.status_code == 413
    assert "The picture is too large" in answer.text


def test_pictures_are_put_in_order_described_and_removed_on_the_page(staff, session, hall, app):
    for word in ("First", "Second"):
        upload(staff, words_en=word)
    first, second = keys(session, hall)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', staff.get(PAGE).text)[1]
    staff.post(f"{PAGE}/{second}/move", data={"csrf_token": token, "to": "up"})
    assert keys(session, hall) == [second, first]
    send(staff, PAGE, f"{PAGE}/{first}/words", **{**WORDS, "words_en": "Anew"})
    assert names(session, hall) == ["Second", "Anew"]
    faulty = send(staff, PAGE, f"{PAGE}/{first}/words", **{**WORDS, "words_en": ""})
    assert faulty.status_code == 422
    assert f'id="words_en-{first}-error"' in faulty.text
    key = pictures_of(session, hall)[0].largest.key
    send(staff, PAGE, f"{PAGE}/{second}/remove")
    assert names(session, hall) == ["Anew"]
    assert staff.get(f"/pictures/{key}").status_code == 404
    with pytest.raises(NotFound):
        app.extensions["storage"].read(key)
    again = send(staff, PAGE, f"{PAGE}/{second}/remove")
    assert again.status_code == 302


def test_a_site_has_pictures_too_which_its_spaces_show_as_its_own(staff, hall):
    page = f"/en/staff/units/{hall.unit.slug}/pictures"
    assert upload(staff, page=page).status_code == 302
    assert 'alt="The hall"' in staff.get(f"/en/units/{hall.unit.slug}").text
    assert "In the picture: House" in staff.get("/en/spaces/hall").text


def test_whoever_may_not_keep_them_finds_no_way_and_no_page(client, hall):
    assert "Edit the pictures" not in client.get("/en/spaces/hall").text
    assert client.get(PAGE).status_code == 302
    sign_in(client, "maija@example.com")
    assert client.get(PAGE).status_code == 403


def test_the_api_tells_the_pictures_of_a_space(staff):
    upload(staff)
    [picture] = staff.get("/api/v1/spaces/hall").json["pictures"]
    assert (picture["width"], picture["height"]) == (1600, 1200)
    assert picture["alt"] == {"fi": "Sali", "sv": "Salen", "en": "The hall"}
    assert picture["url"].startswith("http")
    assert staff.get(urlsplit(picture["url"]).path).status_code == 200


def test_a_file_that_is_no_picture_is_not_served(app, client):
    key = app.extensions["storage"].save(PNG)
    assert client.get(f"/pictures/{key}").status_code == 404
