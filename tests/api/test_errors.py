"""Whatever goes wrong, the API says so as problem+json: for each status what brings it about."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import event

from tests.api.conftest import DAY
from tests.installations import engine_of, serving
from tests.places import a_space, ask

WHERE = "/api/v1"


@pytest.fixture
def room(session):
    slug = a_space(session, slug="room").slug
    ask(session, a_space(session, slug="taken"), day=DAY)
    session.commit()
    return slug


def is_a_problem(answer, status, code=None):
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    told = answer.json
    assert told["status"] == status
    assert {"type", "title", "status", "code", "detail"} <= set(told)
    assert told["title"]
    assert told["detail"]
    assert code is None or told["code"] == code


@pytest.mark.parametrize(
    ("status", "method", "path", "sent"),
    [
        (400, "POST", "/reservations", {"data": "{", "content_type": "application/json"}),
        (404, "GET", "/nothing", {}),
        (404, "GET", "/spaces/nothing", {}),
        (404, "GET", "/reservations/00000-00000", {}),
        (405, "DELETE", "/spaces", {}),
        (405, "PUT", "/reservations", {}),
        (413, "POST", "/reservations", {"data": b" " * 3_000_000}),
        (415, "POST", "/reservations", {"data": "a=b", "content_type": "text/plain"}),
        (422, "POST", "/reservations", {"json": {}}),
        (428, "PATCH", "/reservations/REFERENCE", {"json": {"people": 3}}),
    ],
)
def test_each_fault_of_a_request_is_a_problem(
    client, api, token, room, a_wish, status, method, path, sent
):
    reference = api("POST", "/reservations", token, a_wish(room)).json["reference"]
    headers = {"Authorization": f"Bearer {token}"}
    path = path.replace("REFERENCE", reference)
    answer = client.open(WHERE + path, method=method, headers=headers, **sent)
    is_a_problem(answer, status)


def test_without_a_token_and_with_one_that_opens_nothing_it_is_401(api, room):
    for token in (None, "yt_nothing"):
        answer = api("GET", "/reservations", token)
        is_a_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_what_is_taken_is_409_with_alternatives(api, token, room, a_wish):
    answer = api("POST", "/reservations", token, a_wish("taken"))
    is_a_problem(answer, 409, "not_free")
    assert answer.json["alternatives"]


def test_a_stale_version_is_412(api, token, room, a_wish):
    reference = api("POST", "/reservations", token, a_wish(room)).json["reference"]
    stale = {"If-Match": '"9"'}
    is_a_problem(api("PATCH", f"/reservations/{reference}", token, {"people": 3}, **stale), 412)


def test_a_database_that_breaks_is_500_and_says_nothing_of_itself(app, api, room):
    def break_(*_args):
        raise RuntimeError("a secret of ours")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    event.listen(engine_of(app), "before_cursor_execute", break_)
    try:
        answer = api("GET", "/units")
    finally:
        event.remove(engine_of(app), "before_cursor_execute", break_)
    is_a_problem(answer, 500)
    assert "secret" not in answer.text


def test_who_asks_too_often_is_429_and_told_when_to_come_again(app, settings, room, token):
    with serving(replace(settings, ratelimit_enabled=True)) as limited:
        limited.config["API_LIMIT"] = "3 per minute"
        client, units = limited.test_client(), f"{WHERE}/units"
        assert [client.get(units).status_code for _number in range(3)] == [200] * 3
        refused = client.get(units)
        is_a_problem(refused, 429)
        assert 0 < int(refused.headers["Retry-After"]) <= 61
        bearer = {"Authorization": f"Bearer {token}"}
        assert client.get(f"{WHERE}/me", headers=bearer).status_code == 200
