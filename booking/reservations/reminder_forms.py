"""What people tick to be reminded of their bookings."""

from __future__ import annotations

from collections.abc import Collection
from typing import Self

from wtforms import BooleanField

from booking.reservations.reminder_rules import Ahead
from booking.web.fields import Form
from booking.web.fields import lazy as _l


class RemindersForm(Form):
    """Any of these, several or none."""

    week = BooleanField(_l("A week before"))
    day = BooleanField(_l("The day before, at the time when it starts"))
    hours = BooleanField(_l("Two hours before"))

    @classmethod
    def of(cls, chosen: Collection[Ahead]) -> Self:
        return cls(**{ahead.value: ahead in chosen for ahead in Ahead})

    @property
    def chosen(self) -> frozenset[Ahead]:
        return frozenset(ahead for ahead in Ahead if self._fields[ahead.value].data)
