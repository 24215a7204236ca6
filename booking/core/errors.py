"""The families of errors. Rules return them, use cases raise them, the edge puts them in words.

An error carries values; its `message` is an English sentence with named placeholders, marked for
translation by `N_` and put into the reader's language by `web.words`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar


def N_(message: str) -> str:
    """Mark a sentence for translation; the edge translates it for its reader."""
    return message


class Word(str):
    """A word that is a value of a sentence, and is translated with it."""


class Cents(int):
    """An amount that is a value of a sentence, told as money."""


class BookingError(Exception):
    """Something a person did that can't be done, with the reason."""

    code: ClassVar[str] = "error"
    message: ClassVar[str] = N_("This can't be done.")

    def __init__(self, **values: object) -> None:
        super().__init__(self.code)
        self.values = values

    @property
    def reasons(self) -> Sequence[BookingError]:
        """What there is to tell: this alone, or all that it gathers."""
        return [self]

    def __str__(self) -> str:
        return f"{self.code}: {self.message % self.values if self.values else self.message}"


class NotFound(BookingError):
    """There is no such thing, or none that this actor may know of (404)."""

    code = "not_found"
    message = N_("We can't find this. It may have been removed, or the address may be mistyped.")


class NotAllowed(BookingError):
    """The actor sees the thing and may not do this to it (403)."""

    code = "not_allowed"
    message = N_("You don't have the right to do this.")


class Conflict(BookingError):
    """Somebody or something else was there first (409)."""

    code = "conflict"
    message = N_("Something changed in the meantime. Look at how things stand now.")


class StepNotPossible(Conflict):
    """The record is in a state from which this step can't be taken."""

    code = "step_not_possible"
    message = N_("This can't be done any more: the booking is now %(state)s.")


class VersionMissing(BookingError):
    """Whoever changes a record says which version of it they mean (428)."""

    code = "precondition_required"
    message = N_("Say with If-Match which version you mean to change.")


class StaleVersion(BookingError):
    """The record is not the one that was read (412)."""

    code = "precondition_failed"
    message = N_("Somebody else changed this first. Read it again.")


class RuleBroken(BookingError):
    """One rule that a request breaks (422), with the field and what would be possible; of a
    series, with the day on which it does, unless it does on every one."""

    code = "rule_broken"
    message = N_("A rule does not allow this.")
    about: ClassVar[str | None] = None

    def __init__(self, *, field: str | None = None, **values: object) -> None:
        super().__init__(**values)
        self.field = field or self.about
        self.next_possible: datetime | None = None
        self.day: date | None = None


class RequestRefused(BookingError):
    """All the rules that a request breaks, together."""

    code = "request_refused"
    message = N_("This booking can't be made as it is.")

    def __init__(self, broken: Sequence[RuleBroken]) -> None:
        super().__init__()
        self.broken = list(broken)

    @property
    def reasons(self) -> Sequence[BookingError]:
        return self.broken

    def __str__(self) -> str:
        return ", ".join(rule.code for rule in self.broken)
