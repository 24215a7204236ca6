"""Words as they are compared: without case and accents, and down to their stems.

Finnish and Swedish bend their words and join them; whoever searches bends them otherwise, and
misspells. What stays alike is the stem.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

STEMMERS = {"fi": "finnish", "sv": "swedish", "en": "english"}
LONGEST_WORD = 60

_GRADES = (
    ("kk", "k"),
    ("pp", "p"),
    ("tt", "t"),
    ("nk", "ng"),
    ("mp", "mm"),
    ("nt", "nn"),
    ("lt", "ll"),
    ("rt", "rr"),
    ("d", "t"),
)
"""Finnish consonants that change with the ending, the strong grade first: ranta, rannalla."""


def folded(text: str) -> str:
    """The text without case and accents: "Sählyä" and "sahlya" are one."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words_of(text: str) -> list[str]:
    """The words of a text in its order, accents kept."""
    found = re.findall(r"\w+", unicodedata.normalize("NFC", text.casefold()))
    return [word[:LONGEST_WORD] for word in found]


@lru_cache(maxsize=20_000)
def stem(word: str, language: str) -> str:
    """What is left of a word of that language without its ending; the word where there is nothing
    to take off. Folded, and in Finnish in one grade."""
    if language not in STEMMERS or not word.isalpha():
        return folded(word)
    found: str = folded(snowballstemmer.stemmer(STEMMERS[language]).stemWord(word))
    return _in_one_grade(found) if language == "fi" else found


def stems(word: str) -> Iterator[tuple[str, str]]:
    """The stems of a word in whichever language it is, each with the language; also of the word
    as those write it whose keyboard has no accents."""
    for language in STEMMERS:
        found = {stem(word, language), stem(folded(word), language)}
        yield from ((language, one) for one in sorted(found))


def _in_one_grade(stem_: str) -> str:
    for strong, weak in _GRADES:
        stem_ = stem_.replace(strong, weak)
    return stem_
