"""Delivery over real SMTP: each due e-mail arrives, whatever happens on the way."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from booking.notifications.delivery import deliver_due_emails
from booking.notifications.transports import MailServer, ServerAway, transport_for
from booking.notifications.use_cases import CLAIM_LASTS
from config import ROOT
from tests.notifications.outbox import MAIJA, OK, Postman, a_city, outbox, queue, serving
from tests.servers import COMMAND, clock_from, environment_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def postman(app: Flask) -> Iterator[Postman]:
    """The server that MAIL_URL names."""
    postman = Postman()
    with serving(postman) as url:
        mail_goes_to(app, url)
        yield postman


def mail_goes_to(app: Flask, url: str) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_url=url)


# ── What arrives ──────────────────────────────────────────────────────────────────────────────


def test_a_due_mail_is_sent_once(app: Flask, postman: Postman, session: Session, now) -> None:
    a_city(session)
    queued = queue(session, now)
    assert deliver_due_emails(app) == 1
    assert deliver_due_emails(app) == 0
    [message] = postman.taken
    assert message["Message-ID"] == queued.message_id
    assert message["To"] == MAIJA.email
    assert message["From"] == "Service point <palvelupiste@example.org>"
    [email] = outbox(session)
    assert (email.sent_at, email.attempts, email.locked_until) == (now, 1, None)


def test_several_mails_share_a_connection_and_keep_their_order(
    app: Flask, postman: Postman, session: Session, now
) -> None:
    queued = [queue(session, now) for _ in range(5)]
    assert deliver_due_emails(app) == 5
    assert postman.ids == [email.message_id for email in queued]


def test_umlauts_arrive(app: Flask, postman: Postman, session: Session, now) -> None:
    queue(session, now, link="http://localhost/en/password/ä")
    deliver_due_emails(app)
    body = postman.taken[0].get_body(("plain",))
    assert body is not None
    assert "password/ä" in body.get_content()


def test_without_a_transport_mails_wait(app: Flask, session: Session, now) -> None:
    queue(session, now)
    mail_goes_to(app, "")
    assert deliver_due_emails(app) == 0
    [email] = outbox(session)
    assert (email.attempts, email.due_at) == (0, now)


# ── What is refused ───────────────────────────────────────────────────────────────────────────


def test_a_server_that_is_busy_is_asked_again(
    app: Flask, postman: Postman, session: Session, clock, now
) -> None:
    queued = queue(session, now)
    postman.on_recipient = lambda address: "451 4.3.0 busy, try later"
    assert deliver_due_emails(app) == 0
    [email] = outbox(session)
    assert email.last_error == "451 4.3.0 busy, try later"
    postman.on_recipient = lambda address: OK
    assert deliver_due_emails(app) == 0
    clock.shift(MINUTE)
    assert deliver_due_emails(app) == 1
    assert postman.ids == [queued.message_id]


def test_a_refused_address_stays_with_the_reason_and_holds_nobody_up(
    app: Flask, postman: Postman, session: Session, clock, now
) -> None:
    queue(session, now, to="nobody@example.org")
    queue(session, now)
    postman.on_recipient = lambda to: OK if to == MAIJA.email else "550 5.1.1 no such user"
    assert deliver_due_emails(app) == 1
    refused, sent = outbox(session)
    assert (refused.due_at, refused.last_error) == (None, "550 5.1.1 no such user")
    assert sent.sent_at == now
    clock.shift(timedelta(days=4))
    assert deliver_due_emails(app) == 0


def test_a_refused_message_is_not_sent_again(
    app: Flask, postman: Postman, session: Session, now
) -> None:
    queue(session, now)
    postman.on_data = lambda message: "554 5.7.1 looks like spam"
    assert deliver_due_emails(app) == 0
    [email] = outbox(session)
    assert (email.due_at, email.last_error) == (None, "554 5.7.1 looks like spam")


def test_a_server_that_is_away_costs_only_one_mail_its_turn(
    app: Flask, session: Session, clock, now
) -> None:
    queue(session, now)
    queue(session, now)
    with serving(Postman()) as url:
        mail_goes_to(app, url)
    assert deliver_due_emails(app) == 0
    tried, waiting = outbox(session)
    assert "ConnectionRefusedError" in (tried.last_error or "")
    assert (tried.due_at, waiting.due_at, waiting.attempts) == (now + MINUTE, now, 0)


def test_a_text_that_fails_keeps_no_other_in_the_house(
    app: Flask, postman: Postman, session: Session, clock, now
) -> None:
    broken = queue(session, now)
    broken.template = "no_such_template"
    session.commit()
    queue(session, now)
    assert deliver_due_emails(app) == 1
    assert outbox(session)[0].last_error == (
        "TemplateNotFound: emails/no_such_template/subject.txt"
    )


def test_a_password_never_travels_unencrypted() -> None:
    # Not one of the names by which the product knows its own machine.
    with serving(Postman(), host="127.0.0.2") as url:
        transport = MailServer(url.replace("smtp://", "smtp://user:secret@"))
        with pytest.raises(ServerAway, match="offers no encryption"):
            transport.send(EmailMessage())


@pytest.mark.parametrize("url", ["http://mail.example.org", "mail.example.org:25", "smtp://"])
def test_a_mail_url_that_is_none_says_what_to_write(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="use smtp://host:port"):
        transport_for(url, tmp_path)


# ── Races and crashes ─────────────────────────────────────────────────────────────────────────


def test_two_who_deliver_at_once_send_each_mail_once(
    app: Flask, postman: Postman, session: Session, repeats, now
) -> None:
    count = repeats(30, 300)
    queued = {queue(session, now).message_id for _ in range(count)}
    start = threading.Barrier(2)
    sent: list[int] = []

    def deliver() -> None:
        start.wait()
        sent.append(deliver_due_emails(app))

    threads = [threading.Thread(target=deliver) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sent) == count
    assert sorted(postman.ids) == sorted(queued)
    assert {email.attempts for email in outbox(session)} == {1}


def test_nobody_waits_for_a_slow_mail_server(
    app: Flask, postman: Postman, session: Session, new_session, now
) -> None:
    queue(session, now)

    def write_meanwhile(_message: object) -> str:
        with new_session() as other:
            queue(other, now, to="other@example.org")
        postman.on_data = lambda message: OK
        return OK

    postman.on_data = write_meanwhile
    assert deliver_due_emails(app) == 2
    assert [email.sent_at for email in outbox(session)] == [now, now]


def test_who_dies_after_sending_leaves_the_mail_to_be_sent_again_under_its_id(
    app: Flask, postman: Postman, session: Session, clock, now
) -> None:
    queued = queue(session, now)
    source = clock_from(now) + COMMAND
    process = subprocess.Popen(
        [sys.executable, "-c", source, "jobs", "once", "deliver-emails"],
        cwd=ROOT,
        env=environment_of(app.config["SETTINGS"]),
    )

    def take_and_kill(_message: object) -> str:
        process.kill()
        process.wait()
        return OK

    postman.on_data = take_and_kill
    assert process.wait(60) == -9
    [email] = outbox(session)
    assert (email.sent_at, email.attempts) == (None, 1)

    postman.on_data = lambda message: OK
    assert deliver_due_emails(app) == 0
    clock.shift(CLAIM_LASTS + MINUTE)  # its clock ran on while it lived
    assert deliver_due_emails(app) == 1
    assert postman.ids == [queued.message_id, queued.message_id]


# ── A folder ──────────────────────────────────────────────────────────────────────────────────


def test_the_demos_mail_lands_in_its_mailbox(app: Flask, session: Session, now) -> None:
    queued = queue(session, now)
    mail_goes_to(app, "file:")
    assert deliver_due_emails(app) == 1
    [path] = (Path(app.instance_path) / "mailbox").iterdir()
    assert path.name == queued.message_id.strip("<>").partition("@")[0] + ".eml"
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert message["Message-ID"] == queued.message_id


def test_another_folder_may_be_named(app: Flask, session: Session, tmp_path: Path, now) -> None:
    queue(session, now)
    mail_goes_to(app, f"file:{tmp_path}/post")
    assert deliver_due_emails(app) == 1
    assert len(list((tmp_path / "post").glob("*.eml"))) == 1
