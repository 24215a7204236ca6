"""Prices to the cent: the worked examples of the catalogue's format, and the borders around."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from booking.catalogue.queries import get_catalogue
from booking.core.periods import Period
from booking.pricing.rules import price_of

# space group purpose from to | hours, cents an hour, share, VAT class, percent, net, VAT, total
TABLE = """
husulan-liikuntasali-a K1 sport 2027-01-13T17:00+02:00 2027-01-13T18:30+02:00 \
    1.5 1200 0.00 out_of_scope 0.0 0 0 0
husulan-liikuntasali-a K3 sport 2027-01-14T20:00+02:00 2027-01-14T21:30+02:00 \
    1.5 1200 0.50 sport_reduced 13.5 793 107 900
raatihuoneen-sali K4 celebration 2027-05-22T17:00+03:00 2027-05-22T23:00+03:00 \
    3 3000 1.00 exempt_letting 0.0 9000 0 9000
jaahalli-kaukalo K5 sport 2027-02-06T18:00+02:00 2027-02-06T20:00+02:00 \
    2 7500 2.00 sport_reduced 13.5 30000 4050 34050
pappilansalmen-lohkot-1-2 K5 commerce 2027-02-13T12:00+02:00 2027-02-13T14:00+02:00 \
    2 2010 2.00 general 25.5 8040 2050 10090
tervasaari-puisto-ja-kentta K4 celebration 2027-07-16T12:00+03:00 2027-07-18T14:00+03:00 \
    9 4675 1.00 exempt_letting 0.0 42075 0 42075
"""
EXAMPLES = [tuple(line.split()) for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize("row", EXAMPLES, ids=[row[0] for row in EXAMPLES])
def test_the_worked_examples_come_out_to_the_cent(city_session, row):
    slug, group, purpose, starts, ends, hours, unit, share, vat, percent, net, vat_cents, total = (
        row
    )
    city = get_catalogue(city_session)
    period = Period(datetime.fromisoformat(starts), datetime.fromisoformat(ends))
    price = price_of([city.places[slug]], period, city.price_groups[group], purpose, city)
    line = price.lines[0]
    assert (line.hours, line.unit_cents, line.share) == (
        Decimal(hours),
        int(unit),
        Decimal(share),
    )
    assert (line.vat_class, line.vat_percent) == (vat, Decimal(percent))
    assert (line.net_cents, line.vat_cents, line.total_cents) == (
        int(net),
        int(vat_cents),
        int(total),
    )


def test_before_the_first_price_row_there_is_no_price(city_session):
    city = get_catalogue(city_session)
    period = Period(
        datetime.fromisoformat("2025-12-31T17:00+02:00"),
        datetime.fromisoformat("2025-12-31T18:00+02:00"),
    )
    place = city.places["raatihuoneen-sali"]
    assert price_of([place], period, city.price_groups["K4"], None, city) is None


def test_several_spaces_are_several_lines_each_rounded_for_itself(city_session):
    city = get_catalogue(city_session)
    period = Period(
        datetime.fromisoformat("2027-01-13T17:00+02:00"),
        datetime.fromisoformat("2027-01-13T18:30+02:00"),
    )
    places = [city.places[slug] for slug in ("husulan-liikuntasali-a", "raatihuoneen-sali")]
    price = price_of(places, period, city.price_groups["K4"], "sport", city)
    assert [line.total_cents for line in price.lines] == [1800, 4500]
    assert price.total_cents == 6300
