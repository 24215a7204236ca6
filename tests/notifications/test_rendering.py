"""E-mails as people read them.

The expected texts stand in `tests/emails/<name>.<language>.txt`. After a change of words, run the
tests once with REWRITE_EXPECTED=1, which writes them anew, and read the difference before
committing it.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask

from booking.notifications.models import OutgoingEmail
from booking.notifications.queries import Sender
from booking.notifications.rendering import compose
from booking.web.languages import LANGUAGES, babel
from config import ROOT
from tests.notifications.free_use_letters import ALL_LETTERS as LETTERS
from tests.notifications.letters import FREE, RESERVATION

EXPECTED = ROOT / "tests/emails"
TEMPLATES = ROOT / "templates/emails"
CITY = Sender(
    email="palvelupiste@example.org",
    name={
        "fi": "Haminan kaupungin palvelupiste",
        "sv": "Fredrikshamns stads servicepunkt",
        "en": "City of Hamina service point",
    },
    host="varaukset.example.org",
    zone="Europe/Helsinki",
)


def an_email(template: str, language: str = "en", **context: Any) -> OutgoingEmail:
    return OutgoingEmail(
        id=1,
        message_id="<9b2f3c64-0d0c-4c55-9a0e-6f6e3c1f8a11@varaukset.example.org>",
        template=template,
        language=language,
        recipient="maija@example.org",
        context=context,
        queued_at=datetime(2027, 1, 11, 8, 0, tzinfo=UTC),
        attempts=1,
    )


def composed(app: Flask, template: str, language: str = "en", **context: Any) -> EmailMessage:
    with app.app_context():
        return compose(an_email(template, language, **context), CITY)


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


class Page(HTMLParser):
    """What a reader of HTML gets: words and links, and the tags that carry them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words = ""
        self.links: list[str] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attributes if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LETTERS)
def test_the_text_is_as_expected(app: Flask, name: str, language: str) -> None:
    with app.app_context():
        if language not in {locale.language for locale in babel.list_translations()}:
            pytest.skip(f"there is no translation into {language} yet")
    template, context = LETTERS[name]
    message = composed(app, template, language, **context)
    text = f"Subject: {message['Subject']}\n\n{text_of(message)}"
    path = EXPECTED / f"{name}.{language}.txt"
    if os.environ.get("REWRITE_EXPECTED") == "1":
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"run once with REWRITE_EXPECTED=1 to write {path.name}, then read it"
    assert text == path.read_text(encoding="utf-8")


def test_every_template_has_an_expected_text() -> None:
    templates = {path.name for path in TEMPLATES.iterdir() if path.is_dir()}
    assert templates == {template for template, _ in LETTERS.values()}


def test_no_expected_text_is_left_over() -> None:
    assert {path.name.split(".")[0] for path in EXPECTED.glob("*.txt")} <= set(LETTERS)


@pytest.mark.parametrize("name", LETTERS)
def test_the_html_says_what_the_text_says(app: Flask, name: str) -> None:
    template, context = LETTERS[name]
    message = composed(app, template, **context)
    page = Page(text_of(message, "html"))
    words = " ".join(page.words.split())
    for line in text_of(message).splitlines():
        sentence, _, link = line.partition(": http")
        assert not link or f"http{link}" in page.links
        for part in sentence.split(": "):
            assert " ".join(part.split()) in words
    assert page.tags.count("h1") == 1
    assert not {"img", "script", "iframe", "link"} & set(page.tags)


def test_headers_say_who_writes_to_whom_in_which_language(app: Flask) -> None:
    message = composed(app, "reservation_confirmed", "sv", **RESERVATION)
    sender = message["From"].addresses[0]
    assert sender.display_name == "Fredrikshamns stads servicepunkt"
    assert sender.addr_spec == "palvelupiste@example.org"
    assert message["To"] == "maija@example.org"
    assert message["Content-Language"] == "sv"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<9b2f3c64-0d0c-4c55-9a0e-6f6e3c1f8a11@varaukset.example.org>"
    assert message["Date"].datetime == datetime(2027, 1, 11, 8, 0, tzinfo=UTC)


def test_what_goes_over_the_wire_is_seven_bits_wide(app: Flask) -> None:
    message = composed(app, "reservation_confirmed", "fi", **RESERVATION)
    assert message.as_bytes().isascii()
    assert 'charset="utf-8"' in message.as_string()


def test_a_city_without_an_address_writes_from_its_host(app: Flask) -> None:
    with app.app_context():
        message = compose(an_email("reset_password", link="http://localhost/x"), Sender())
    assert message["From"] == "Yhteistila <noreply@localhost>"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fi", "keskiviikko 13. tammikuuta 2027"),
        ("sv", "onsdag 13 januari 2027"),
        ("en", "Wednesday 13 January 2027, 17:00–18:30"),
    ],
)
def test_times_are_the_walls_in_the_readers_words(app: Flask, language: str, words: str) -> None:
    message = composed(app, "reservation_confirmed", language, **RESERVATION)
    assert words in message["Subject"]
    assert words in text_of(message)


def test_a_time_zone_is_the_bookings_whatever_the_machine_says(app: Flask) -> None:
    context = RESERVATION | {"zone": "Europe/Stockholm"}
    message = composed(app, "reservation_confirmed", **context)
    assert "16:00–17:30" in message["Subject"]


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        (datetime(2027, 1, 13, 21, 59), "Wednesday 13 January 2027, 17:00–23:59"),
        (datetime(2027, 1, 13, 22, 0), "Wednesday 13 January 2027, 17:00–24:00"),
        (
            datetime(2027, 1, 13, 22, 1),
            "Wednesday 13 January 2027, 17:00 – Thursday 14 January 2027, 00:01",
        ),
    ],
)
def test_midnight_ends_its_day(app: Flask, ends: datetime, words: str) -> None:
    context = RESERVATION | {"ends_at": ends.replace(tzinfo=UTC).isoformat()}
    assert words in composed(app, "reservation_confirmed", **context)["Subject"]


def test_when_clocks_go_back_a_booking_begins_and_ends_by_the_wall(app: Flask) -> None:
    starts = datetime(2026, 10, 25, 3, 30, tzinfo=timezone(timedelta(hours=3)))
    context = RESERVATION | {
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=1, minutes=30)).isoformat(),
    }
    assert "03:30–04:00" in composed(app, "reservation_confirmed", **context)["Subject"]


def test_several_spaces_are_named_together(app: Flask) -> None:
    message = composed(app, "reservation_confirmed", **FREE)
    assert "Husula sports hall A and Husula stage" in message["Subject"]


def test_a_booking_of_things_on_loan_is_named_by_its_title(app: Flask) -> None:
    message = composed(app, "reservation_confirmed", **(FREE | {"spaces": [], "title": "Tents"}))
    assert message["Subject"].startswith("Your booking is confirmed: Tents, ")


def test_what_costs_nothing_is_free_of_charge(app: Flask) -> None:
    assert "Price: Free of charge" in text_of(composed(app, "reservation_confirmed", **FREE))


def test_what_is_not_to_be_had_names_no_price(app: Flask) -> None:
    for template in ("reservation_denied", "reservation_cancelled", "reservation_expired"):
        assert "27.00" not in text_of(composed(app, template, **RESERVATION))


def test_what_people_typed_stays_text(app: Flask) -> None:
    html = text_of(composed(app, "reservation_confirmed", **RESERVATION), "html")
    assert "<kaverit>" not in html
    assert "&lt;kaverit&gt;" in html


def test_what_people_typed_never_makes_a_header(app: Flask) -> None:
    context = FREE | {"spaces": [], "title": "Tea\r\nBcc: all@example.org\x00"}
    message = composed(app, "reservation_confirmed", **context)
    assert message["Bcc"] is None
    assert "Tea Bcc: all@example.org" in message["Subject"]


def test_links_lead_to_the_page_in_the_readers_language(app: Flask) -> None:
    text = text_of(composed(app, "reservation_confirmed", "sv", **RESERVATION))
    assert "http://localhost/sv/reservations/7KQ2M-9XBT4" in text


def test_a_mail_made_while_a_page_is_made_leaves_the_page_its_language(app: Flask) -> None:
    from flask_babel import get_locale

    with app.test_request_context("/?lang=fi"):
        compose(an_email("reservation_confirmed", "sv", **RESERVATION), CITY)
        assert str(get_locale()) == "fi"
