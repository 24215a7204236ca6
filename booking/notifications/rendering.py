"""An outgoing e-mail in words: the language, dates and money of whoever reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from zoneinfo import ZoneInfo

from babel.lists import format_list
from flask import current_app, g
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _

from booking.core.errors import N_
from booking.core.plain import from_plain
from booking.notifications.models import OutgoingEmail
from booking.notifications.queries import Sender
from booking.web.languages import DEFAULT_LANGUAGE, LANGUAGES, LOCALES, text_in
from booking.web.words import day_heading, in_words, local, local_time, money

ACCESS: Mapping[str, str] = {
    "open": N_("The door is open when your booking begins."),
    "door_code": N_(
        "The door opens with a code. If you don't have it yet, ask the staff of %(unit)s."
    ),
    "key": N_("Fetch the key from the staff of %(unit)s before your booking begins."),
    "staff_opens": N_("The staff open the door for you when your booking begins."),
}
"""How one gets in, by the catalogue's `access`."""


def compose(email: OutgoingEmail, sender: Sender) -> EmailMessage:
    """The e-mail as a message (RFC 5322): text and HTML in its language.

    Needs the application, but no request. Composed again it says the same, under the same date
    and Message-ID.
    """
    # A context of its own: neither zone nor language may leak to a page that is being made.
    with current_app.app_context(), force_locale(LOCALES.get(email.language, email.language)):
        g.zone = ZoneInfo(email.context.get("zone") or sender.zone)
        values = _values_of(email, sender)
        values["subject"] = _one_line(_render(email.template, "subject.txt", values))
        text = _tidy(_render(email.template, "body.txt", values))
        html = _render(email.template, "body.html", values)

    message = EmailMessage(policy=SMTP)
    message["From"] = Address(values["sender_name"], addr_spec=values["sender_email"])
    message["To"] = Address(addr_spec=email.recipient)
    message["Subject"] = values["subject"]
    message["Date"] = email.queued_at
    message["Message-ID"] = email.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834, 5: so that no holiday reply answers
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = email.language
    return message


def _render(template: str, part: str, values: Mapping[str, Any]) -> str:
    # Not `render_template`: what it adds for pages belongs to a request.
    return current_app.jinja_env.get_template(f"emails/{template}/{part}").render(values)


def _values_of(email: OutgoingEmail, sender: Sender) -> dict[str, Any]:
    """What the templates use: the context as it was queued, and the same in words."""
    context = email.context
    words = _reservation_in_words(context) if "starts_at" in context else {}
    return {
        **context,
        **words,
        **{
            name: [_booking(one, email.language) for one in context[name]]
            for name in _LISTS
            if name in context
        },
        **{
            name: day_heading(date.fromisoformat(context[name]))
            for name in _DAYS
            if context.get(name)
        },
        **({"duties": [_duty(one) for one in context["duties"]]} if "duties" in context else {}),
        "language": email.language,
        "url": context.get("link") or _absolute(context.get("path", "/"), email.language),
        "home_url": _absolute("/", email.language),
        "expires": _moment(context.get("expires_at")),
        "sender_name": text_in(sender.name, email.language) or "Yhteistila",
        "sender_email": sender.email or f"noreply@{sender.host}",
    }


_LISTS = ("moves", "cancelled", "bookings")
"""The bookings that an e-mail about closed spaces tells of, each with facts of its own."""

_DAYS = ("receipts_due_on", "last_day_of_appeal")
"""Local days of an e-mail about support."""


def _booking(context: Mapping[str, Any], language: str) -> dict[str, Any]:
    """One of them in words; `instead` are places that are free at its hours."""
    return {
        **context,
        **_reservation_in_words(context),
        "answer_until": _moment(context.get("answer_until")),
        "instead": [
            (f"{_what(one)}, {text_in(one['unit'])}", _absolute(one["path"], language))
            for one in context.get("instead", [])
        ],
    }


def _duty(one: Mapping[str, Any]) -> dict[str, Any]:
    """What an event owes to somebody by a day, or a moment of it, in words."""
    words = {name: text_in(one[name]) for name in ("text", "authority", "where", "write")}
    when = _moment(one["at"]) or day_heading(date.fromisoformat(one["day"]))
    title = words["text"].partition(". ")[0].removesuffix(".")
    return {**one, **words, "when": when, "title": title}


def _reservation_in_words(context: Mapping[str, Any]) -> dict[str, Any]:
    unit = text_in(context.get("unit"))
    what, when = _what(context), _when(context)
    dates = _dates_of(context)
    before = context.get("before", context)
    return {
        "unit": unit,
        "what": what,
        "when": when,
        "what_before": _what({"title": context.get("title", ""), **before}),
        "when_before": _when(before),
        "price": _price(context),
        "price_before": _price_before(context),
        "because": [text_in(one) for one in context.get("because", [])],
        "appeal": text_in(context.get("appeal")),
        "due": money(context["due_cents"], _currency(context)) if context.get("due_cents") else "",
        "cancel_until": _moment(context.get("cancel_until")),
        "how_to_get_in": _way_in(context.get("access"), unit),
        "facts": _facts(context, what=what, when=when, unit=unit),
        "dates": [_period(start, end) + _elsewhere(context, start) for start, end in dates],
        "skipped": [_skipped(one) for one in context.get("skipped", [])],
    }


def _what(context: Mapping[str, Any]) -> str:
    """The spaces by name; a booking of things on loan alone by its title, or by them."""
    spaces = [text_in(space) for space in context.get("spaces", [])]
    if spaces:
        return format_list(spaces, locale=get_locale())
    return context.get("title", "") or _items(context)


def _items(context: Mapping[str, Any]) -> str:
    """The things on loan, with how many of each: "2 × Tent"."""
    items = [f"{one['quantity']} × {text_in(one['name'])}" for one in context.get("items", [])]
    return format_list(items, locale=get_locale()) if items else ""


def _when(context: Mapping[str, Any]) -> str:
    dates = _dates_of(context)
    if len(dates) > 1:
        return _dates(dates)
    return _period(_instant(context["starts_at"]), _instant(context["ends_at"]))


def _dates_of(context: Mapping[str, Any]) -> list[tuple[datetime, datetime]]:
    """All the dates of a series, in order; none of what is no series."""
    return [(_instant(start), _instant(end)) for start, end in context.get("dates", [])]


def _elsewhere(context: Mapping[str, Any], start: datetime) -> str:
    """Where the date of a series is that starts then, if it is not where the others are."""
    for one in context.get("elsewhere", []):
        if _instant(one["starts_at"]) == start:
            return f" ({_what(one)}, {text_in(one['unit'])})"
    return ""


def _dates(dates: Sequence[tuple[datetime, datetime]]) -> str:
    """Many dates in one line: how many, and the first and the last day."""
    return str(
        _(
            "%(count)s times, %(first)s – %(last)s",
            count=len(dates),
            first=day_heading(local(dates[0][0]).date()),
            last=day_heading(local(dates[-1][0]).date()),
        )
    )


def _skipped(one: Mapping[str, Any]) -> str:
    """A date that could not be had, and why."""
    reasons = " ".join(in_words(from_plain(rule)) for rule in one["violations"])
    return f"{day_heading(date.fromisoformat(one['day']))}: {reasons}"


def _way_in(access: str | None, unit: str) -> str:
    if not access:
        return ""
    sentence = ACCESS[access]
    return str(_(sentence, unit=unit))


def _facts(context: Mapping[str, Any], *, what: str, when: str, unit: str) -> list[tuple[str, str]]:
    """Terms and what they are, in the order in which people look for them; none is empty."""
    facts = [
        (_("Space"), what if context.get("spaces") else ""),
        (_("On loan"), _items(context)),
        (_("Site"), unit),
        (_("Address"), context.get("address")),
        (_("Time"), when),
        (_("Title"), context.get("title")),
        (_("Organisation"), context.get("organisation")),
        (_("Number of people"), context.get("people")),
        (_("Booking number"), context.get("reference")),
    ]
    return [(term, str(value)) for term, value in facts if value]


def _price(context: Mapping[str, Any]) -> str:
    if context.get("is_free"):
        return str(_("Free of charge"))
    cents = context.get("price_cents")
    return "" if cents is None else money(cents, _currency(context))


def _price_before(context: Mapping[str, Any]) -> str:
    """What it cost until now, of what costs something else."""
    cents = context.get("price_cents_before")
    return money(cents, _currency(context)) if cents else str(_("Free of charge"))


def _currency(context: Mapping[str, Any]) -> str:
    return context.get("currency") or "EUR"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _period(start: datetime, end: datetime) -> str:
    """A period in words: "Wednesday 13 January 2027, 17:00–18:30". Midnight ends its day."""
    ends_at_midnight = not any(local(end).timetuple()[3:5])
    last_day = local(end).date() - timedelta(days=ends_at_midnight)
    # "24.00" or "24:00", as the language writes it.
    end_time = f"24{local_time(end)[-3:]}" if ends_at_midnight else local_time(end)
    if last_day == local(start).date():
        return str(
            _(
                "%(day)s, %(start)s–%(end)s",
                day=day_heading(last_day),
                start=local_time(start),
                end=end_time,
            )
        )
    return f"{_at(start)} – {_('%(day)s, %(time)s', day=day_heading(last_day), time=end_time)}"


def _at(instant: datetime) -> str:
    day, time = day_heading(local(instant).date()), local_time(instant)
    return str(_("%(day)s, %(time)s", day=day, time=time))


def _moment(text: str | None) -> str:
    return _at(_instant(text)) if text else ""


def _absolute(path: str, language: str) -> str:
    """The address of a page in the reader's language, from its path behind the language."""
    base = current_app.config["BASE_URL"]
    return f"{base}/{language if language in LANGUAGES else DEFAULT_LANGUAGE}{path}"


def _one_line(text: str) -> str:
    """A header's text: what people typed may bring in line ends, which end headers."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def _tidy(text: str) -> str:
    """The text without the holes that left-out sentences leave."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
