"""Pictures of spaces and units: kept, put in order, told of in words, shown."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from booking.audit.use_cases import record
from booking.catalogue.models import Picture, PictureSize, StoredFile
from booking.catalogue.places import Catalogue, Place, Texts, UnitPlace
from booking.core.actors import Action, Actor
from booking.core.errors import NotFound

Shown = Place | UnitPlace
"""What there are pictures of."""


@dataclass(frozen=True, slots=True)
class Size:
    """One of the files of a picture."""

    key: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class NewSize:
    """A size that lies in the storage already."""

    key: str
    media_type: str
    data: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class NewPicture:
    """A picture in its sizes, the smallest first, and what it shows, by language."""

    sizes: Sequence[NewSize]
    alternative_text: Texts


@dataclass(frozen=True, slots=True)
class PictureFace:
    """A picture as pages show it; its sizes from the smallest."""

    id: int
    alternative_text: Texts
    sizes: tuple[Size, ...]

    @property
    def largest(self) -> Size:
        return self.sizes[-1]


# ── Looking at them ───────────────────────────────────────────────────────────────────────────


def pictures_of(session: Session, shown: Shown) -> list[PictureFace]:
    """The pictures of a space or a unit, in their order."""
    return _read(session, _of(shown)).get(_key(shown), [])


def pictures_around(
    session: Session, city: Catalogue, place: Place
) -> tuple[Shown, list[PictureFace]]:
    """The space's own pictures; where it has none, those of the nearest whole that it is a part
    of, else those of its site. And of which of them they are. One query for all."""
    around: list[Shown] = [*wholes_above(city, place), place.unit]
    found = _read(session, or_(*(_of(one) for one in around)))
    return next(((one, found[_key(one)]) for one in around if found.get(_key(one))), (place, []))


def wholes_above(city: Catalogue, place: Place) -> list[Place]:
    """The space and all that it is a part of, the nearest first."""
    found = [place]
    while (above := found[-1].parent_slug) is not None:
        found.append(city.places[above])
    return found


def first_pictures(session: Session, places: Sequence[Place]) -> Mapping[int, PictureFace]:
    """The first picture of each of these spaces that has one of its own, by the space's key."""
    if not places:
        return {}
    found = _read(session, Picture.space_id.in_(sorted(place.id for place in places)))
    return {space: faces[0] for (space, _unit), faces in found.items() if space is not None}


def get_picture_file(session: Session, key: str) -> StoredFile:
    """The file of a picture. Raises `NotFound` for a key that is no picture's."""
    found = session.scalars(
        select(StoredFile)
        .join(PictureSize, PictureSize.file_id == StoredFile.id)
        .where(StoredFile.key == key)
    ).first()
    if found is None:
        raise NotFound()
    return found


_Key = tuple[int | None, int | None]


def _read(session: Session, of_whom: ColumnElement[bool]) -> dict[_Key, list[PictureFace]]:
    rows = session.execute(
        select(Picture, PictureSize, StoredFile.key)
        .join(PictureSize, PictureSize.picture_id == Picture.id)
        .join(StoredFile, StoredFile.id == PictureSize.file_id)
        .where(of_whom)
        .order_by(Picture.position, Picture.id, PictureSize.width)
    )
    sizes: dict[Picture, list[Size]] = {}
    for picture, size, key in rows:
        sizes.setdefault(picture, []).append(Size(key, size.width, size.height))
    found: dict[_Key, list[PictureFace]] = {}
    for picture, its_sizes in sizes.items():
        face = PictureFace(picture.id, picture.alternative_text, tuple(its_sizes))
        found.setdefault((picture.space_id, picture.unit_id), []).append(face)
    return found


def _key(shown: Shown) -> _Key:
    return (shown.id, None) if isinstance(shown, Place) else (None, shown.id)


def _of(shown: Shown) -> ColumnElement[bool]:
    if isinstance(shown, Place):
        return Picture.space_id == shown.id
    return Picture.unit_id == shown.id


# ── Keeping them ──────────────────────────────────────────────────────────────────────────────


def must_keep_pictures(actor: Actor, shown: Shown) -> None:
    """Raise `NotAllowed` unless the actor may add, order and remove its pictures."""
    actor.must(Action.EDIT_CATALOGUE, _unit_of(shown).id)


def add_picture(
    session: Session, actor: Actor, shown: Shown, new: NewPicture, now: datetime
) -> Picture:
    """Add a picture behind those that there are. Raises `NotAllowed`."""
    must_keep_pictures(actor, shown)
    files = [_file(size, actor, now) for size in new.sizes]
    session.add_all(files)
    session.flush()
    space, unit = _key(shown)
    picture = Picture(
        file_id=files[-1].id,
        space_id=space,
        unit_id=unit,
        alternative_text=dict(new.alternative_text),
        position=max((one.position for one in _rows(session, shown)), default=-1) + 1,
    )
    session.add(picture)
    session.flush()
    session.add_all(
        PictureSize(picture_id=picture.id, file_id=file.id, width=size.width, height=size.height)
        for file, size in zip(files, new.sizes, strict=True)
    )
    record(session, actor, "picture_added", picture, now, of=shown.slug)
    return picture


def describe_picture(
    session: Session, actor: Actor, shown: Shown, picture_id: int, words: Texts, now: datetime
) -> None:
    """Tell anew what a picture shows, by language. Raises `NotAllowed`, `NotFound`."""
    must_keep_pictures(actor, shown)
    picture = _row(session, shown, picture_id)
    if dict(picture.alternative_text) != dict(words):
        picture.alternative_text = dict(words)
        record(session, actor, "picture_described", picture, now, of=shown.slug)


def move_picture(
    session: Session, actor: Actor, shown: Shown, picture_id: int, steps: int, now: datetime
) -> None:
    """Put a picture so many places further down, or up where `steps` is negative, as far as the
    order goes. Raises `NotAllowed`, `NotFound`."""
    must_keep_pictures(actor, shown)
    picture = _row(session, shown, picture_id)
    others = [one for one in _rows(session, shown) if one is not picture]
    place = sum(one.position < picture.position for one in others)
    others.insert(max(place + steps, 0), picture)
    for position, one in enumerate(others):
        one.position = position
    record(session, actor, "picture_moved", picture, now, of=shown.slug)


def remove_picture(
    session: Session, actor: Actor, shown: Shown, picture_id: int, now: datetime
) -> list[str]:
    """Let a picture go; the keys of its files, to be let go too once this is committed.

    Raises `NotAllowed`, `NotFound`.
    """
    must_keep_pictures(actor, shown)
    picture = _row(session, shown, picture_id)
    record(session, actor, "picture_removed", picture, now, of=shown.slug)
    of_it = select(PictureSize.file_id).where(PictureSize.picture_id == picture.id)
    files = session.scalars(select(StoredFile).where(StoredFile.id.in_(of_it))).all()
    session.execute(delete(PictureSize).where(PictureSize.picture_id == picture.id))
    session.delete(picture)
    session.flush()
    for file in files:
        session.delete(file)
    return [file.key for file in files]


def _file(size: NewSize, actor: Actor, now: datetime) -> StoredFile:
    return StoredFile(
        key=size.key,
        media_type=size.media_type,
        size=len(size.data),
        sha256=hashlib.sha256(size.data).hexdigest(),
        stored_by_id=actor.person_id,
        stored_at=now,
    )


def _rows(session: Session, shown: Shown) -> Sequence[Picture]:
    return session.scalars(
        select(Picture).where(_of(shown)).order_by(Picture.position, Picture.id)
    ).all()


def _row(session: Session, shown: Shown, picture_id: int) -> Picture:
    found = next((one for one in _rows(session, shown) if one.id == picture_id), None)
    if found is None:
        raise NotFound()
    return found


def _unit_of(shown: Shown) -> UnitPlace:
    return shown.unit if isinstance(shown, Place) else shown
