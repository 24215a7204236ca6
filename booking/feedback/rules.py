"""What feedback may look like, which page it is about, how long it is kept; on plain values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from booking.core.errors import RuleBroken
from booking.feedback.errors import MessageMissing, MessageTooLong

LONGEST_MESSAGE = 4000
LONGEST_PAGE = 500
KEPT_FOR = timedelta(days=365)
"""How long it is kept whole after it was handled."""

_SPACE = re.compile(r"/[a-z]{2}/spaces/([^/?#]+)")
_UNIT = re.compile(r"/[a-z]{2}/units/([^/?#]+)")
_SECRET = re.compile(
    r"/(password|register/confirm|organisations/join|calendars/private|moves|events/plan)/[^/?#]+.*"
)


class Kind(StrEnum):
    """What the feedback is about."""

    SPACE = "space"
    PAGE = "page"
    ACCESSIBILITY = "accessibility"
    WISH = "wish"


@dataclass(frozen=True, slots=True)
class NewFeedback:
    """What somebody wrote, where they came from, and which form they sent it with.

    `unit` and `space` are slugs; without a unit it is for the whole city.
    """

    submission: str
    kind: str
    message: str
    language: str
    email: str = ""
    page: str = ""
    unit: str = ""
    space: str = ""


def message_problem(message: str) -> RuleBroken | None:
    """Why this can't be the message."""
    if not message.strip():
        return MessageMissing()
    return MessageTooLong(most=LONGEST_MESSAGE) if len(message) > LONGEST_MESSAGE else None


def page_kept(page: str | None) -> str:
    """The address on this site from which somebody came, without what lets its holder in."""
    if not page or not page.startswith("/") or page.startswith("//") or not page.isprintable():
        return ""
    return _SECRET.sub(r"/\1/…", page)[:LONGEST_PAGE]


def space_of(page: str) -> str:
    """The slug of the space that the page is about; empty where it is about none."""
    return found[1] if (found := _SPACE.match(page)) else ""


def unit_of(page: str) -> str:
    """The slug of the unit that the page is about; empty where it is about none."""
    return found[1] if (found := _UNIT.match(page)) else ""


def is_kept_until(handled_at: datetime) -> datetime:
    """When feedback that was handled then is forgotten."""
    return handled_at + KEPT_FOR
