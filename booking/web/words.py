"""Values as words, at the edge, in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_time as babel_time
from babel.numbers import format_currency
from flask import Flask, g
from flask_babel import force_locale, format_date, format_decimal, get_locale, gettext, ngettext

from booking.core.errors import BookingError, Cents, Word
from booking.web.languages import LOCALES, text_in

__all__ = ["force_locale", "in_words"]


def city_zone() -> ZoneInfo:
    """The zone of the city's walls, as `web.city` has put it on this request."""
    zone: ZoneInfo = g.get("zone") or ZoneInfo("Europe/Helsinki")
    return zone


def in_words(error: BookingError, language: str | None = None) -> str:
    """What the error says, its values put in words, in `language` or else the reader's."""
    if language is not None:
        with force_locale(LOCALES.get(language, language)):
            return in_words(error)
    values = {name: value_in_words(value) for name, value in error.values.items()}
    return gettext(error.message, **values)


def told_once(errors: Iterable[BookingError]) -> list[tuple[str | None, str]]:
    """What these errors say, each sentence once, with the field it is about; of a series after the
    days on which it is so."""
    days: dict[tuple[str | None, str], list[str]] = {}
    for error in errors:
        found = days.setdefault((getattr(error, "field", None), in_words(error)), [])
        if (day := getattr(error, "day", None)) is not None:
            found.append(day_in_words(day))
    return [
        (field, f"{', '.join(found)}: {words}" if found else words)
        for (field, words), found in days.items()
    ]


def value_in_words(value: object) -> str:
    """One value of a sentence: a length of time, an instant, a day, a text of the catalogue."""
    match value:
        case Word():
            return str(gettext(value))
        case timedelta():
            return length_in_words(value)
        case datetime():
            return local_moment(value)
        case date():
            return day_in_words(value)
        case dict():
            return text_in(value)
        case int():
            return money(value) if isinstance(value, Cents) else str(format_decimal(value))
        case list() | tuple():
            return ", ".join(value_in_words(one) for one in value)
    return str(value)


def length_in_words(length: timedelta) -> str:
    """A length of time such as "1 h 30 min" or "3 days"."""
    minutes = int(length.total_seconds() // 60)
    if minutes and minutes % 1440 == 0:
        return str(ngettext("%(num)s day", "%(num)s days", minutes // 1440))
    hours, rest = divmod(minutes, 60)
    if not hours:
        return str(gettext("%(minutes)s min", minutes=rest))
    if not rest:
        return str(gettext("%(hours)s h", hours=hours))
    return str(gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=rest))


def distance_in_words(metres: float) -> str:
    """A distance, rounded: "50 m", "350 m", "1.2 km", "12 km"."""
    if metres < 975:
        rounded = max(50, round(metres / 50) * 50)
        return str(gettext("%(number)s m", number=rounded))
    kilometres = metres / 1000
    number = round(kilometres, 1) if kilometres < 9.95 else round(kilometres)
    return str(gettext("%(number)s km", number=format_decimal(number)))


def local(instant: datetime) -> datetime:
    """The wall time of the city at `instant`."""
    return instant.astimezone(city_zone())


def local_day(instant: datetime | date) -> str:
    """Weekday and date by the city's wall calendar: "ti 24.11.2026"."""
    return day_in_words(local(instant).date() if isinstance(instant, datetime) else instant)


def day_in_words(day: date) -> str:
    patterns = {"fi": "ccc d.M.yyyy", "sv": "ccc d.M.yyyy", "en": "ccc d MMM yyyy"}
    return str(format_date(day, patterns.get(_language(), "medium")))


def day_heading(day: date) -> str:
    """Weekday and date, spelt out."""
    patterns = {"fi": "cccc d. MMMM yyyy", "sv": "cccc d MMMM yyyy", "en": "cccc d MMMM yyyy"}
    return str(format_date(day, patterns.get(_language(), "full")))


def local_time(instant: datetime) -> str:
    """Wall time: "18.00" in Finnish and Swedish, "18:00" in English."""
    pattern = "HH:mm" if _language() == "en" else "H.mm"
    return babel_time(local(instant), pattern, locale=get_locale())


def local_moment(instant: datetime) -> str:
    """Day and wall time of a moment, as a sentence names it."""
    return str(gettext("%(day)s at %(time)s", day=local_day(instant), time=local_time(instant)))


def iso_local(instant: datetime) -> str:
    """The instant with the city's offset, as `<time datetime>` wants it."""
    return local(instant).isoformat()


def money(cents: int | None, currency: str = "EUR") -> str:
    """An amount kept in cents, as the language writes money."""
    return format_currency((cents or 0) / 100, currency, locale=get_locale())


def _language() -> str:
    locale = get_locale()
    return locale.language if locale else "fi"


def init_app(app: Flask) -> None:
    """Give the templates their filters."""
    for filter_ in (local_day, local_time, local_moment, iso_local, money, day_heading):
        app.add_template_filter(filter_, filter_.__name__)
    app.add_template_filter(text_in, "text_in")
    app.add_template_filter(in_words, "in_words")
    app.add_template_filter(length_in_words, "length_in_words")
    app.add_template_filter(day_in_words, "day_in_words")
