"""The mailbox of the demo: what was delivered can be read there, and its links followed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from booking.core.errors import NotFound
from booking.notifications.delivery import deliver_due_emails
from booking.notifications.mailbox import get_message, list_messages
from config import Settings
from tests.installations import of_the_demo, serving
from tests.notifications.outbox import queue

EML = """\
To: maija@example.org
Subject: =?utf-8?q?S=C3=A4hly?=
Content-Type: text/plain; charset="utf-8"

Hei,
Maija

Terveisin
"""


@pytest.fixture
def app(settings: Settings, clock: object) -> Iterator[Flask]:
    """The application as a demo."""
    with serving(of_the_demo(settings)) as app:
        yield app


def put(folder: Path, seconds: int, text: str = EML) -> UUID:
    key = uuid4()
    path = folder / f"{key}.eml"
    path.write_text(text)
    os.utime(path, (seconds, seconds))
    return key


def test_the_newest_message_comes_first(tmp_path: Path) -> None:
    old, new = put(tmp_path, 100), put(tmp_path, 200)
    (tmp_path / ".unfinished").write_text("To: ")
    assert [message.key for message in list_messages(tmp_path)] == [new, old]


def test_a_message_is_read_as_it_was_meant(tmp_path: Path) -> None:
    message = get_message(tmp_path, put(tmp_path, 100))
    assert (message.recipient, message.subject) == ("maija@example.org", "Sähly")
    assert message.paragraphs == [["Hei,", "Maija"], ["Terveisin"]]


def test_an_empty_mailbox_has_no_messages(tmp_path: Path) -> None:
    assert list_messages(tmp_path / "none yet") == []
    with pytest.raises(NotFound):
        get_message(tmp_path, uuid4())


def test_links_in_the_demos_mail_can_be_followed(
    app: Flask, client: FlaskClient, session: Session, now
) -> None:
    queued = queue(session, now, link="http://localhost/fi/confirm/abc.def")
    deliver_due_emails(app)
    key = queued.message_id.strip("<>").partition("@")[0]
    page = client.get("/en/mailbox")
    assert page.status_code == HTTPStatus.OK
    assert f'href="/en/mailbox/{key}"' in page.text
    page = client.get(f"/en/mailbox/{key}")
    assert 'href="http://localhost/fi/confirm/abc.def"' in page.text


def test_a_message_that_is_none_is_not_found(client: FlaskClient) -> None:
    assert client.get(f"/en/mailbox/{uuid4()}").status_code == HTTPStatus.NOT_FOUND
    assert client.get("/en/mailbox/..%2Fx").status_code == HTTPStatus.NOT_FOUND


def test_where_real_mail_is_sent_there_is_no_mailbox(app: Flask, client: FlaskClient) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_url="smtp://mail.example.org")
    assert client.get("/en/mailbox").status_code == HTTPStatus.NOT_FOUND
