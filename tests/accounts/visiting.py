"""Visiting pages as a browser does: the form's own token is sent with it."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PASSWORD = "kolme pientä sanaa"
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def send(client: FlaskClient, page: str, to: str | None = None, **fields: Any) -> TestResponse:
    """The answer to the form of a page, or to the one on it that is sent elsewhere."""
    found = _CSRF.search(client.get(page).text)
    assert found, f"{page} has no form"
    return client.post(to or page, data={"csrf_token": found[1], **fields})


def sign_in(
    client: FlaskClient, email: str, password: str = PASSWORD, **fields: Any
) -> TestResponse:
    """The answer to an attempt to sign in."""
    return send(client, "/en/sign-in", email=email, password=password, **fields)


def is_signed_in(client: FlaskClient) -> bool:
    """Whether the account page is shown."""
    return client.get("/en/account").status_code == 200
