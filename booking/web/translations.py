"""Compiled texts: made from their sources where a fresh checkout has none yet."""

from __future__ import annotations

import os
from pathlib import Path

import structlog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_missing(folder: Path) -> None:
    """Compile each catalogue of messages below `folder` that is newer than what was made of it.

    Without that the pages would be English in silence; where the folder can't be written to they
    are, and one warning says so.
    """
    for source in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        try:
            _compile(source, compiled)
        except OSError as error:
            structlog.get_logger("booking").warning(
                "not_translated",
                missing=str(compiled.relative_to(folder)),
                error=error.strerror,
                advice="compile the translations where they can be written: make translations",
            )


def _compile(source: Path, compiled: Path) -> None:
    """Put it there whole: other processes that start now may read it meanwhile."""
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parts[-3])
    unfinished = compiled.with_suffix(f".{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            write_mo(file, catalogue)
        unfinished.replace(compiled)
    finally:
        unfinished.unlink(missing_ok=True)
