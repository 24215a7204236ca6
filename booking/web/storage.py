"""Where uploaded files lie: one interface, a folder for now (`UPLOAD_URL`).

Files stand outside the web root under keys of their own making; nobody's file name reaches the
disk, and what a file is, its first bytes say.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, Protocol

from flask import Flask, current_app
from flask.typing import ResponseReturnValue

from booking.core.errors import N_, NotFound, RuleBroken

P = ParamSpec("P")

MAX_BYTES = 10 * 1024 * 1024
_KEY = re.compile(r"[a-z0-9]{2}/[a-z0-9]{30}\.[a-z0-9]{3,4}")
_SIGNATURES: tuple[tuple[bytes, int, str, str], ...] = (
    (b"\xff\xd8\xff", 0, "image/jpeg", "jpg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png", "png"),
    (b"WEBP", 8, "image/webp", "webp"),
    (b"%PDF-", 0, "application/pdf", "pdf"),
)


class UnknownFile(RuleBroken):
    code = "invalid_value"
    message = N_("Only JPEG, PNG and WebP pictures and PDF files can be uploaded.")
    about = "file"


class FileTooLarge(RuleBroken):
    code = "invalid_value"
    message = N_("A file may have at most %(most)s MB.")
    about = "file"


class Storage(Protocol):
    """What the rest of the house knows of files: keys and bytes."""

    def save(self, data: bytes) -> str:
        """Keep the bytes; the key under which they lie. Raises `UnknownFile`, `FileTooLarge`."""

    def read(self, key: str) -> bytes:
        """The bytes under a key. Raises `NotFound`."""

    def delete(self, key: str) -> None:
        """Let the bytes go; it is no fault if they are gone already."""


class FolderStorage:
    """Files in a folder, two letters deep. A file is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, data: bytes) -> str:
        _media_type, ending = kind_of(data)
        if len(data) > MAX_BYTES:
            raise FileTooLarge(most=MAX_BYTES // 1024 // 1024)
        name = secrets.token_hex(16)
        key = f"{name[:2]}/{name[2:]}.{ending}"
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(data)
        os.replace(unfinished, path)
        return key

    def read(self, key: str) -> bytes:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError as error:
            raise NotFound() from error

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise NotFound()
        return self.folder / key


def kind_of(data: bytes) -> tuple[str, str]:
    """Media type and ending that the content itself shows. Raises `UnknownFile`."""
    for signature, offset, media_type, ending in _SIGNATURES:
        if data[offset : offset + len(signature)] == signature:
            return media_type, ending
    raise UnknownFile()


def takes_files(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """For a view whose form brings files: nothing reads the form before it, so that it can take
    more than other forms do, and tell in a sentence what is too large even so."""
    view.__dict__["takes_files"] = True
    return view


def init_app(app: Flask, upload_url: str) -> None:
    """Use the folder that `UPLOAD_URL` names; a relative one lies in the instance folder."""
    folder = Path(upload_url.removeprefix("file://"))
    app.extensions["storage"] = FolderStorage(Path(app.instance_path) / folder)


def storage() -> Storage:
    """The storage of this installation."""
    found: Storage = current_app.extensions["storage"]
    return found
