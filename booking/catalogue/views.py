"""The pictures of spaces and units."""

from __future__ import annotations

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from booking.accounts import access
from booking.catalogue.pictures import get_picture_file
from booking.web.session import db
from booking.web.storage import storage

blueprint = Blueprint("catalogue", __name__)


@blueprint.get("/pictures/<path:key>")
@access.public
def show_picture(key: str) -> ResponseReturnValue:
    """A picture by the key of its file; what lies under a key never changes."""
    file = get_picture_file(db.session(), key)
    answer = Response(storage().read(file.key), mimetype=file.media_type)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
