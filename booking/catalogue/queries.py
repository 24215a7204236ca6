"""Reading the catalogue: all of it at once, kept as long as its version stands."""

from __future__ import annotations

from typing import cast
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session

from booking.catalogue.assembly import assemble
from booking.catalogue.models import City
from booking.catalogue.places import Catalogue, Place, UnitPlace
from booking.core.actors import Action, Actor
from booking.core.errors import N_, NotFound
from booking.database import read_since

_CHANGED, _READ = "catalogue_changed", "catalogue_read"
_kept: WeakKeyDictionary[Engine, Catalogue] = WeakKeyDictionary()


class NoCatalogue(NotFound):
    """The database holds no city yet."""

    code = "no_catalogue"
    message = N_("The catalogue of the city has not been brought in yet.")


def find_catalogue(session: Session) -> Catalogue | None:
    """The catalogue as it stands, or None in an empty database. One narrow query when unchanged,
    and none where the transaction has read it since it last queued behind others.

    What was worked out is kept in the process under the version it was read at; a writer raises
    the version in its own transaction (`raise_catalogue_version`), and what it reads before it is
    committed is kept for nobody.
    """
    since, read = session.info.get(_READ, (None, None))
    if read is not None and since == read_since(session) and _CHANGED not in session.info:
        return cast(Catalogue, read)
    version = session.scalar(select(City.catalogue_version))
    if version is None:
        return None
    if _CHANGED in session.info:
        return assemble(session)
    engine = session.get_bind().engine
    kept = _kept.get(engine)
    if kept is None or kept.version != version:
        kept = _kept[engine] = assemble(session)
    session.info[_READ] = read_since(session), kept
    return kept


def get_catalogue(session: Session) -> Catalogue:
    """The catalogue as it stands. Raises `NoCatalogue`."""
    catalogue = find_catalogue(session)
    if catalogue is None:
        raise NoCatalogue()
    return catalogue


def get_place(session: Session, slug: str) -> Place:
    """A space by its slug, published or not. Raises `NotFound`."""
    place = get_catalogue(session).places.get(slug)
    if place is None:
        raise NotFound()
    return place


def get_unit(session: Session, slug: str) -> UnitPlace:
    """A unit by its slug, published or not. Raises `NotFound`."""
    unit = get_catalogue(session).units.get(slug)
    if unit is None:
        raise NotFound()
    return unit


def may_see_unit(actor: Actor, unit: UnitPlace) -> bool:
    """Whether the actor may know of this unit: everybody while it is published, else its staff."""
    return unit.published or actor.may(Action.SEE_RESERVATIONS, unit.id)


def may_see_place(actor: Actor, place: Place) -> bool:
    """Whether the actor may know of this space: everybody while it is published, else the staff
    of its unit."""
    return place.published or actor.may(Action.SEE_RESERVATIONS, place.unit.id)


def forget_kept_catalogues() -> None:
    """Read anew next time; for whoever puts another database behind the same engine."""
    _kept.clear()


def raise_catalogue_version(session: Session) -> None:
    """Tell every reader that the catalogue changed, once this transaction is committed."""
    session.execute(update(City).values(catalogue_version=City.catalogue_version + 1))
    session.info[_CHANGED] = True


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _know_the_change_is_over(session: Session) -> None:
    session.info.pop(_CHANGED, None)
    session.info.pop(_READ, None)
