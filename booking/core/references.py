"""References that people read aloud: 10 characters of Crockford's base 32 in two groups."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_reference() -> str:
    """A reference such as `7KQ2M-9XBT4`; 50 random bits. Knowing one opens nothing."""
    characters = "".join(secrets.choice(ALPHABET) for _ in range(10))
    return f"{characters[:5]}-{characters[5:]}"


def normal_reference(text: str) -> str | None:
    """The reference that a person means, case and hyphen ignored; None when it can't be one.

    Lookalikes are read as Crockford's base 32 reads them: O as 0, I and L as 1.
    """
    characters = text.strip().upper().replace("-", "").replace(" ", "").translate(_LOOKALIKES)
    if len(characters) != 10 or any(character not in ALPHABET for character in characters):
        return None
    return f"{characters[:5]}-{characters[5:]}"
