"""Reading the spaces that somebody has marked."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.catalogue.places import Catalogue, Place
from booking.core.actors import Actor
from booking.reservations.favourite_models import Favourite


def favourites_of(session: Session, actor: Actor, city: Catalogue) -> list[Place]:
    """The actor's favourites that residents may find, in the order in which they were marked."""
    if actor.person_id is None:
        return []
    keys = session.scalars(
        select(Favourite.space_id)
        .where(Favourite.person_id == actor.person_id)
        .order_by(Favourite.id)
    )
    places = [city.places_by_id[key] for key in keys if key in city.places_by_id]
    return [place for place in places if place.published]
