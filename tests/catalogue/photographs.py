"""Photographs for tests, made on the spot, with what cameras write into them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image

RED, BLUE = (200, 30, 30), (30, 30, 200)
ORIENTATION, CAMERA, GPS = 0x0112, 0x010F, 0x8825


def a_photograph(
    width: int = 2000, height: int = 1500, kind: str = "JPEG", turned: int | None = None
) -> bytes:
    """Red above blue; with a camera's name and a place in its metadata, perhaps lying on a side."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (0, height // 2, width, height))
    told = Image.Exif()
    told[CAMERA] = "Secret Camera"
    told.get_ifd(GPS)[1] = "N"
    if turned:
        told[ORIENTATION] = turned
    written = BytesIO()
    picture.save(written, kind, exif=told.tobytes())
    return written.getvalue()


def opened(data: bytes) -> Any:
    return Image.open(BytesIO(data))
