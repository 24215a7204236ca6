"""The demo city's catalogue as values, and edits of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.catalogue import models as m
from booking.catalogue.format import CatalogueFile, Space, load_catalogue, parse_catalogue
from booking.catalogue.importing import import_catalogue
from booking.catalogue.importing_changes import Changes
from booking.core.actors import COMMAND
from tests.catalogue.broken_files import CATALOGUE, demo_text

HOST = "bookings.example"


@cache
def whole_city() -> CatalogueFile:
    """The whole demo city."""
    return load_catalogue(CATALOGUE)


@cache
def some_units() -> CatalogueFile:
    """The demo city with the few units that most tests need."""
    return parse_catalogue(demo_text().encode(), "catalogue.yaml")


def imported(session: Session, file: CatalogueFile, now: datetime, **more: Any) -> Changes:
    """What the import of the file did, flushed."""
    changes = import_catalogue(session, COMMAND, file, now, HOST, **more)
    session.flush()
    return changes


def with_entry(file: CatalogueFile, name: str, slug: str, /, **values: Any) -> CatalogueFile:
    """The file with these values in one entry of one of its lists."""
    entries = (
        replace(entry, **values) if entry.slug == slug else entry for entry in getattr(file, name)
    )
    return replace(file, **{name: tuple(entries)})


def with_space(file: CatalogueFile, slug: str, /, **values: Any) -> CatalogueFile:
    """The file with these values in one space, wherever it lies."""
    return _each_space(
        file, lambda space: replace(space, **values) if space.slug == slug else space
    )


def without_space(file: CatalogueFile, slug: str) -> CatalogueFile:
    """The file without that space and all below it."""
    return _each_space(file, lambda space: None if space.slug == slug else space)


def _each_space(file: CatalogueFile, edit: Callable[[Space], Space | None]) -> CatalogueFile:
    def edited(spaces: tuple[Space, ...]) -> tuple[Space, ...]:
        kept = [new for space in spaces if (new := edit(space)) is not None]
        return tuple(replace(space, parts=edited(space.parts)) for space in kept)

    return replace(
        file, units=tuple(replace(unit, spaces=edited(unit.spaces)) for unit in file.units)
    )


def space_named(session: Session, slug: str) -> m.Space:
    """The stored space, as it stands now."""
    return session.scalars(select(m.Space).where(m.Space.slug == slug)).one()


def parts_of(session: Session, slug: str) -> set[str]:
    """The names of the parts that a space covers."""
    return set(
        session.scalars(
            select(m.Part.slug)
            .join(m.SpacePart, m.SpacePart.part_id == m.Part.id)
            .join(m.Space, m.Space.id == m.SpacePart.space_id)
            .where(m.Space.slug == slug)
        )
    )
