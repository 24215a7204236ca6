"""Calendars in words: those of the language asked for, the names of places, the notices."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from booking.calendars.ical import CalendarFacts, Notice, file_text, notice_text
from booking.calendars.queries import FeedState, PrivateFeed
from booking.calendars.rules import FeedKind, Wording, Words, notice_uid
from booking.catalogue.places import Catalogue, Place, UnitPlace
from booking.core.clock import local_day
from booking.reservations.states import STATE_NAMES
from booking.web.languages import LANGUAGES, LOCALES


def wording_in(language: str) -> Wording:
    """The wording of calendars in that language, under the address of this installation."""
    return _wording(language, base_url())


def language_of(asked_for: str | None, usual: str) -> str:
    """The language asked for if the service has it, else the usual one of the feed."""
    return asked_for if asked_for in LANGUAGES else usual


def base_url() -> str:
    """The address under which everybody finds this installation."""
    return str(current_app.config["BASE_URL"]).rstrip("/")


@lru_cache(maxsize=16)
def _wording(language: str, base: str) -> Wording:
    """Kept in the process: the translations stand as long as it runs."""
    return Wording(language, _words_in(language), base)


def _words_in(language: str) -> Words:
    with force_locale(LOCALES.get(language, language)):
        return Words(
            booked=_("Booked"),
            booked_by=_("Booked: %(organisation)s"),
            closed=_("Closed"),
            cancelled=_("Cancelled: %(title)s"),
            state=_("State: %(state)s"),
            organisation=_("Organisation: %(organisation)s"),
            people=_("Number of people: %(people)s"),
            reference=_("Booking number: %(reference)s"),
            states=tuple((state.value, _(name)) for state, name in STATE_NAMES.items()),
            nothing=_("No bookings at the moment"),
            nothing_help=_(
                "This calendar has nothing to show now. The note takes up no time; it is here "
                "because some calendar programs keep old bookings when a calendar is empty."
            ),
            withdrawn=_("This calendar is no longer available"),
            withdrawn_help=_(
                "Its address was revoked. Remove the calendar from your program; a new address "
                "is made on the page of your calendars."
            ),
            mine=_("My bookings"),
            event=_("My event"),
            event_cancelled=_("This event has been cancelled"),
            event_cancelled_help=_(
                "Nothing of it is due any more. You may remove the calendar from your program."
            ),
            what_to_write=_("What to write: %(text)s"),
            where=_("Where: %(text)s"),
            fee=_("Fee: %(text)s"),
            answer=_("Your note: %(text)s"),
            recommended=_("This is a recommended date, not a time limit of the law."),
            responsibility=_(
                "This is guidance. Whoever arranges the event answers for it, and the authority "
                "decides."
            ),
        )


# ── What calendars say of themselves ──────────────────────────────────────────────────────────


def space_calendar(city: Catalogue, place: Place, wording: Wording) -> CalendarFacts:
    """The public calendar of a space, and the page it belongs to."""
    names = [wording.text(place.name), wording.text(place.unit.name)]
    return _public(city, ", ".join(dict.fromkeys(names)), f"spaces/{place.slug}", wording)


def unit_calendar(city: Catalogue, unit: UnitPlace, wording: Wording) -> CalendarFacts:
    """The public calendar of a unit, and the page it belongs to."""
    return _public(city, wording.text(unit.name), f"units/{unit.slug}", wording)


def private_calendar(
    city: Catalogue, feed: PrivateFeed, organisation: str | None, wording: Wording
) -> CalendarFacts:
    """A calendar at a secret address, which does not give the address away when it is passed on."""
    usual = wording.words.event if feed.kind is FeedKind.EVENT else wording.words.mine
    what = feed.name or feed.event_title or organisation or usual
    return CalendarFacts(
        name=f"{what}, {wording.text(city.name)}",
        city=city.town,
        language=wording.language,
        zone=city.zone.key,
        url=wording.page("/calendars"),
    )


def _public(city: Catalogue, name: str, path: str, wording: Wording) -> CalendarFacts:
    return CalendarFacts(
        name=name,
        city=city.town,
        language=wording.language,
        zone=city.zone.key,
        url=wording.page(f"/{path}"),
        source=f"{wording.base_url}/calendars/{path}.ics",
    )


# ── Notices and files ─────────────────────────────────────────────────────────────────────────


def nothing_here(city: Catalogue, state: FeedState, wording: Wording, now: datetime) -> bytes:
    """The notice of a feed that would be empty."""
    words = wording.words
    return _notice(city, state, state.key, (words.nothing, words.nothing_help), now)


def withdrawn(city: Catalogue, state: FeedState, wording: Wording, now: datetime) -> bytes:
    """The notice of an address that shows nothing any more, so that old copies are cleared."""
    words = wording.words
    key = f"{state.key}/withdrawn"
    return _notice(city, state, key, (words.withdrawn, words.withdrawn_help), now)


def event_cancelled(city: Catalogue, state: FeedState, wording: Wording, now: datetime) -> bytes:
    """The notice of a calendar whose event was cancelled."""
    words = wording.words
    key = f"{state.key}/cancelled"
    return _notice(city, state, key, (words.event_cancelled, words.event_cancelled_help), now)


def reservation_file(city: Catalogue, event: bytes, wording: Wording) -> bytes:
    """One reservation as a file for a calendar."""
    name = f"{wording.words.mine}, {wording.text(city.name)}"
    facts = CalendarFacts(name, city.town, wording.language, city.zone.key)
    return file_text(facts, event)


def _notice(
    city: Catalogue, state: FeedState, key: str, texts: tuple[str, str], now: datetime
) -> bytes:
    """A notice on today, stamped with the day's start, so that it is the same all day."""
    today = state.today(now)
    stamp = local_day(today, city.zone).starts_at
    return notice_text(Notice(notice_uid(key, city.uid_host), today, stamp, *texts))
