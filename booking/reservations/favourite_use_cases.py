"""Marking a space to find it again, and taking the mark away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from booking.catalogue.places import Place
from booking.catalogue.queries import get_catalogue, may_see_place
from booking.core.actors import Action, Actor
from booking.core.errors import NotFound
from booking.reservations.favourite_models import Favourite


def add_favourite(session: Session, actor: Actor, slug: str, now: datetime) -> None:
    """Mark the space; marked twice is marked once. Raises `NotFound`, `NotAllowed`."""
    place = _place(session, actor, slug)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(Favourite)
        .values(person_id=actor.person_id, space_id=place.id, created_at=now)
        .on_conflict_do_nothing(index_elements=["person_id", "space_id"])
    )


def remove_favourite(session: Session, actor: Actor, slug: str) -> None:
    """Take the mark away, if there is one. Raises `NotFound`, `NotAllowed`."""
    place = _place(session, actor, slug)
    session.execute(
        delete(Favourite).where(
            Favourite.person_id == actor.person_id, Favourite.space_id == place.id
        )
    )


def _place(session: Session, actor: Actor, slug: str) -> Place:
    """The space, which the actor, a person, may know of."""
    actor.must(Action.REQUEST_RESERVATION)
    place = get_catalogue(session).places.get(slug)
    if place is None or not may_see_place(actor, place):
        raise NotFound()
    return place
