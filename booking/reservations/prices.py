"""What a space costs whoever looks at it, in words; the sums are those of `pricing`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.accounts.queries import organisations_of
from booking.catalogue.places import Catalogue, Place, PriceGroup
from booking.core.actors import Actor
from booking.core.periods import Period
from booking.pricing.rules import PERSON_GROUP, price_of
from booking.web.languages import text_in
from booking.web.words import money


@dataclass(frozen=True)
class Payer:
    """Whose price is shown: a person's, or that of the one organisation they act for."""

    group: PriceGroup
    organisation: str | None = None


def payer_of(session: Session, city: Catalogue, actor: Actor) -> Payer:
    """Who would pay if the actor booked now, as far as that can be known beforehand."""
    if actor.person_id is not None and len(actor.organisations) == 1:
        [organisation] = organisations_of(session, actor.person_id)
        return Payer(city.price_groups[organisation.price_group], organisation.name)
    return Payer(city.price_groups[PERSON_GROUP])


def hourly_price(place: Place, city: Catalogue, payer: Payer, day: date) -> str:
    """What an hour costs the payer on that day."""
    row = place.price_list.row_on(day)
    if row is None:
        return str(_("The price has not been decided yet"))
    cents = round(row.hourly_cents * place.price_share * payer.group.share)
    if cents == 0:
        return str(_("Free of charge"))
    price = money(cents, city.currency)
    if payer.group.vat_added:
        return str(_("%(price)s an hour, and VAT", price=price))
    return str(_("%(price)s an hour", price=price))


def period_price(place: Place, city: Catalogue, payer: Payer, period: Period) -> str:
    """What this very period costs the payer, VAT included."""
    price = price_of([place], period, payer.group, None, city)
    if price is None:
        return str(_("The price has not been decided yet"))
    if price.total_cents == 0:
        return str(_("Free of charge"))
    return money(price.total_cents, price.currency)


def price_note(place: Place, payer: Payer) -> str | None:
    """Why the price is what it is, where that is not plain."""
    if payer.organisation is None or place.price_list.is_free_for_all:
        return None
    return str(_("Price for %(organisation)s", organisation=payer.organisation))


def price_reason(place: Place, payer: Payer, day: date) -> str | None:
    """Why the payer is asked this price on that day, in words; None where no price is known."""
    row = place.price_list.row_on(day)
    if row is None:
        return None
    if place.price_list.is_free_for_all or row.hourly_cents == 0:
        return str(_("Free of charge for everyone"))
    if payer.organisation is None:
        return str(_("Price for a private person"))
    group = _("%(name)s (%(group)s)", name=text_in(payer.group.name), group=payer.group.slug)
    sentences = {
        Decimal(0): _("%(organisation)s: %(group)s"),
        Decimal("0.5"): _("Half price for %(organisation)s: %(group)s"),
    }
    usual = _("Price for %(organisation)s: %(group)s")
    sentence = sentences.get(payer.group.share, usual)
    return str(sentence % {"organisation": payer.organisation, "group": group})
