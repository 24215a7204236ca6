"""Why a catalogue that is right in itself can't be brought into this database."""

from __future__ import annotations

from booking.core.errors import N_, Conflict


class ImportRefused(Conflict):
    """What is stored forbids a part of the file, so nothing of it is imported."""

    code = "import_refused"
    message = N_("This catalogue can't be imported: %(reason)s")


class TermsChanged(ImportRefused):
    """A version of terms that people may have accepted would read differently."""

    code = "terms_changed"
    message = N_(
        "What was accepted must not change. The file has another text for these terms, which need "
        "a new version: %(terms)s."
    )


class PartsInUse(ImportRefused):
    """Spaces would be divided in another way, and nobody is there to divide their reservations."""

    code = "parts_in_use"
    message = N_(
        "These spaces would be divided in another way, which their reservations can't follow "
        "here: %(spaces)s."
    )
