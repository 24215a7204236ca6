"""Pictures of spaces and units: kept, listed, shown."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.audit.use_cases import record
from booking.catalogue.models import Picture, StoredFile
from booking.catalogue.places import Place, Texts
from booking.core.actors import Action, Actor
from booking.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class NewPicture:
    """A file that lies in the storage already, and what it shows, by language."""

    key: str
    media_type: str
    data: bytes
    alternative_text: Texts


def add_picture(
    session: Session, actor: Actor, place: Place, new: NewPicture, now: datetime
) -> Picture:
    """Add a picture behind those that the space has. Raises `NotAllowed`."""
    actor.must(Action.EDIT_CATALOGUE, place.unit.id)
    file = StoredFile(
        key=new.key,
        media_type=new.media_type,
        size=len(new.data),
        sha256=hashlib.sha256(new.data).hexdigest(),
        stored_by_id=actor.person_id,
        stored_at=now,
    )
    session.add(file)
    session.flush()
    before = session.scalar(select(func.count(Picture.id)).where(Picture.space_id == place.id))
    picture = Picture(
        file_id=file.id,
        space_id=place.id,
        alternative_text=dict(new.alternative_text),
        position=before or 0,
    )
    session.add(picture)
    session.flush()
    record(session, actor, "picture_added", picture, now, space=place.slug)
    return picture


def pictures_of(session: Session, place: Place) -> list[tuple[str, Texts]]:
    """The keys of a space's pictures and what they show, in order."""
    rows = session.execute(
        select(StoredFile.key, Picture.alternative_text)
        .join(Picture, Picture.file_id == StoredFile.id)
        .where(Picture.space_id == place.id)
        .order_by(Picture.position, Picture.id)
    )
    return [(key, texts) for key, texts in rows]


def get_picture_file(session: Session, key: str) -> StoredFile:
    """The file of a picture. Raises `NotFound` for a key that is no picture's."""
    found = session.scalars(
        select(StoredFile)
        .join(Picture, Picture.file_id == StoredFile.id)
        .where(StoredFile.key == key)
    ).first()
    if found is None:
        raise NotFound()
    return found
