"""The mailbox of a demo: the messages in its folder, for reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

from booking.core.errors import NotFound

SHOWN = 200


@dataclass(frozen=True)
class Message:
    """A message as it was delivered, at the instant `at`; `key` names it in this mailbox."""

    key: UUID
    recipient: str
    subject: str
    at: datetime
    text: str

    @property
    def paragraphs(self) -> list[list[str]]:
        """Its text as paragraphs of lines."""
        return [paragraph.splitlines() for paragraph in self.text.strip().split("\n\n")]


def list_messages(folder: Path) -> list[Message]:
    """The newest messages, newest first, `SHOWN` of them at most."""
    files = sorted(folder.glob("[!.]*.eml"), key=_delivered_at, reverse=True)
    return [_read(path) for path in files[:SHOWN]]


def get_message(folder: Path, key: UUID) -> Message:
    """The message of this key. Raises `NotFound`."""
    path = folder / f"{key}.eml"
    if not path.exists():
        raise NotFound()
    return _read(path)


def _delivered_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _read(path: Path) -> Message:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)  # the policy makes it one
    body = message.get_body(("plain",))
    return Message(
        key=UUID(path.stem),
        recipient=str(message["To"]),
        subject=str(message["Subject"]),
        at=_delivered_at(path),
        text=body.get_content().replace("\r\n", "\n") if body else "",
    )
