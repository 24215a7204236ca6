"""The catalogues of messages: brought up to date with the code, or checked (`--check`).

A catalogue is complete when each message is translated, none is fuzzy, and the placeholders are
those of the original.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "booking/translations"
PYBABEL = str(Path(sys.executable).parent / "pybabel")
KEYWORDS = ("_l", "N_", "lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2")
STABLE = ("--no-fuzzy-matching", "--ignore-pot-creation-date")


def extract(template: Path) -> None:
    """Collect the messages of code and templates. No line numbers: they make noise in diffs."""
    keywords = [part for keyword in KEYWORDS for part in ("--keyword", keyword)]
    settings = ["--mapping", "pyproject.toml", "--no-location", "--sort-output"]
    comments = ["--add-comments", "Translators:", "--project", "Yhteistila"]
    _pybabel("extract", *settings, *keywords, *comments, "--output-file", str(template), ".")


def update(template: Path, language: str) -> None:
    """Add what is new, drop what is gone; begin the catalogue if there is none."""
    path = _catalogue(language)
    if path.exists():
        _pybabel(*_update(template, language))
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    _pybabel("init", "-i", str(template), "-o", str(path), "-l", language)


def faults(template: Path, language: str) -> Iterator[str]:
    """What is wrong with one language, a sentence each."""
    path = _catalogue(language)
    if not path.exists():
        yield f"{language}: there is no catalogue: run `make translations`"
        return
    if _run(*_update(template, language), "--check").returncode:
        yield f"{language}: the code has other messages than the catalogue: run `make translations`"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    for message in catalogue:
        if message.id and (fault := fault_of(message, catalogue)):
            yield f"{language}: {fault}: {message.id!r}"


def fault_of(message: Message, catalogue: Catalog) -> str:
    """What is wrong with one translation; nothing when it is complete."""
    words = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if not all(words):
        return "not translated"
    if message.fuzzy:
        return "fuzzy"
    return "; ".join(str(error) for error in message.check(catalogue))


def _catalogue(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES/messages.po"


def _update(template: Path, language: str) -> list[str]:
    where = ["-i", str(template), "-d", str(CATALOGUES), "-l", language]
    return ["update", *where, *STABLE]


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [PYBABEL, "--quiet", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def _pybabel(*arguments: str) -> None:
    done = _run(*arguments)
    if done.returncode:
        raise SystemExit(f"pybabel {arguments[0]} failed: {done.stderr}")


def main(arguments: list[str]) -> int:
    """Update the catalogues of the languages given, or print what is wrong with them."""
    languages = [argument for argument in arguments if argument != "--check"]
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        extract(template)
        if "--check" in arguments:
            found = [fault for language in languages for fault in faults(template, language)]
            print("\n".join(found))
            return 1 if found else 0
        for language in languages:
            update(template, language)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
