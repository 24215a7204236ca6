"""What people choose when they make a calendar of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import RadioField

from booking.accounts.models import Organisation
from booking.calendars.rules import FeedKind
from booking.calendars.use_cases import FeedWish
from booking.reservations.event_models import SelfInitiatedEvent
from booking.web.fields import GuardedForm

_OF_ORGANISATION = "organisation:"
_OF_EVENT = "event:"


class FeedForm(GuardedForm):
    """What the calendar shows: the person's own bookings, those of one organisation, or the
    deadlines and bookings of one event."""

    # By its own id, for the content of every page has that of its name.
    content = RadioField(
        cast(str, lazy_gettext("What shall the calendar show?")), id="calendar-content"
    )

    def offer(
        self, organisations: Sequence[Organisation], events: Sequence[SelfInitiatedEvent]
    ) -> None:
        """Let the person choose among these organisations and events, their own bookings first."""
        self.content.choices = [
            (FeedKind.MINE.value, _("My bookings, and those of my organisations")),
            *((f"{_OF_ORGANISATION}{one.slug}", one.name) for one in organisations),
            *((f"{_OF_EVENT}{one.reference}", _deadlines_of(one)) for one in events),
        ]
        if self.content.data is None:
            self.content.data = FeedKind.MINE.value

    def wish(self, language: str) -> FeedWish:
        """What was chosen; the calendar speaks the language of the page."""
        chosen = self.content.data or ""
        if chosen.startswith(_OF_ORGANISATION):
            slug = chosen.removeprefix(_OF_ORGANISATION)
            return FeedWish(FeedKind.ORGANISATION, language, slug)
        if chosen.startswith(_OF_EVENT):
            return FeedWish(FeedKind.EVENT, language, event=chosen.removeprefix(_OF_EVENT))
        return FeedWish(FeedKind.MINE, language)


def _deadlines_of(event: SelfInitiatedEvent) -> str:
    return str(
        _("Deadlines and bookings of the event %(title)s", title=event.title or event.reference)
    )
