"""The ways out of the house: a mail server, or a folder that stands in for one."""

from __future__ import annotations

import os
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from config import LOOPBACK

TIMEOUT = 30.0
PORTS = {"smtp": 25, "smtps": 465}
OK, PERMANENT = 250, 500
"""Replies of a mail server (RFC 5321, 4.2.1): done; from here on, final refusals."""


class NotSent(Exception):
    """The message was not taken this time."""


class Refused(NotSent):
    """This message will never be taken."""


class ServerAway(NotSent):
    """Nothing can be sent now, neither this message nor another."""


class Transport(Protocol):
    """A way to send messages, one after the other."""

    def send(self, message: EmailMessage) -> None:
        """Give the message away. Raises `NotSent`, or what it is more exactly."""

    def close(self) -> None:
        """Let go of the connection, if there is one."""


def transport_for(mail_url: str, instance: Path) -> Transport | None:
    """The transport that MAIL_URL names; None when it names none.

    `smtp://[user:password@]host[:port]`, `smtps://…` (TLS from the start), `file:` (the folder
    `mailbox` of `instance`), `file:/some/folder`. Raises `ValueError` for anything else.
    """
    if not mail_url:
        return None
    if mail_url.startswith("file:"):
        return Folder(folder_of(mail_url, instance))
    return MailServer(mail_url)


def folder_of(mail_url: str, instance: Path) -> Path:
    """The folder that a `file:` address means."""
    return instance / (unquote(urlsplit(mail_url).path) or "mailbox")


class Folder:
    """A folder with one file per message; a message sent again takes its own place."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, message: EmailMessage) -> None:
        """Put the message there whole: whoever reads the folder never sees half of one."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").partition("@")[0]
        unfinished = self.path / f".{name}.{os.getpid()}"
        try:
            unfinished.write_bytes(message.as_bytes())
            unfinished.replace(self.path / f"{name}.eml")
        except OSError as error:
            raise ServerAway(f"{self.path}: {error.strerror}") from error

    def close(self) -> None:
        """A folder needs no closing."""


class MailServer:
    """A server that takes mail by SMTP, connected to when the first message is sent.

    A password goes to it encrypted only. Whatever certificate it shows must be valid; a server on
    this very machine is spoken to as it is.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError(
                "MAIL_URL names no mail server: use smtp://host:port, smtps://host:port or file:"
            )
        self._is_encrypted = parts.scheme == "smtps"
        self._host, self._port = parts.hostname, parts.port or PORTS[parts.scheme]
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._connection: smtplib.SMTP | None = None

    def send(self, message: EmailMessage) -> None:
        """Send it to the addresses in its header."""
        try:
            self._connected().send_message(message)
        except (smtplib.SMTPException, OSError) as error:
            raise _in_our_words(error) from error

    def close(self) -> None:
        """Say goodbye, if the server still listens."""
        if self._connection is not None:
            try:
                self._connection.quit()
            except (smtplib.SMTPException, OSError):
                self._connection.close()
        self._connection = None

    def _connected(self) -> smtplib.SMTP:
        # Servers hang up after a while or after so many messages: ask before trusting the line.
        if self._connection is None or not _is_alive(self._connection):
            self.close()
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        if self._is_encrypted:
            encrypted = ssl.create_default_context()
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=TIMEOUT, context=encrypted
            )
        else:
            connection = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT)
        try:
            self._introduce(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _introduce(self, connection: smtplib.SMTP) -> None:
        connection.ehlo_or_helo_if_needed()
        is_private = self._is_encrypted or self._host in LOOPBACK
        if not is_private and connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
            is_private = True
        if self._user:
            if not is_private:
                raise ServerAway(
                    f"{self._host} offers no encryption (STARTTLS), so the password stays here"
                )
            connection.login(self._user, self._password)


def _is_alive(connection: smtplib.SMTP) -> bool:
    try:
        return connection.noop()[0] == OK
    except (smtplib.SMTPException, OSError):
        return False


def _in_our_words(error: Exception) -> NotSent:
    """What the refusal of a mail server means for the message, and for those after it."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, text = next(iter(error.recipients.values()))
            return _refusal(code, text)
        case smtplib.SMTPDataError():
            return _refusal(error.smtp_code, error.smtp_error)
        case smtplib.SMTPNotSupportedError():
            return Refused(f"the mail server can't write to this address: {error}")
        case _:
            return ServerAway(f"{type(error).__name__}: {error}")


def _refusal(code: int, text: bytes | str) -> NotSent:
    said = text.decode(errors="replace") if isinstance(text, bytes) else text
    return (Refused if code >= PERMANENT else NotSent)(f"{code} {said}")
