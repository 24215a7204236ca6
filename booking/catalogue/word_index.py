"""The words of a catalogue, ready to be searched: which spaces say a word, and how loudly.

A word that is typed is compared with all the catalogue's words of each language: the same word,
the same stem, part of a compound, or nearly the same letters. No database is asked, so both
engines find alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from weakref import WeakKeyDictionary

from rapidfuzz import process
from rapidfuzz.distance import OSA

from booking.catalogue.needs import NEEDS, STOP_WORDS
from booking.catalogue.places import Catalogue, Place, Texts
from booking.catalogue.wording import folded, stem, stems, words_of

NAME, UNIT, KIND, DISTRICT, EQUIPMENT, DESCRIPTION = 1.0, 0.8, 0.75, 0.5, 0.4, 0.25
"""How loudly a space says a word: in its name, its unit's, its kind's, and in all the rest."""

SAME, SAME_STEM, NEARLY_STEM = 1.0, 0.95, 0.92
BEGINS, ENDS, HOLDS = 0.88, 0.82, 0.7
HEAD, TAIL = 0.62, 0.5
MEANT = 0.8
MISSPELT = 0.72
"""How alike two words are, at most, each by what makes them so."""

LEAST_ALIKE = 0.45
WITHIN = 0.3
"""A likeness so far below the best one is none."""
SHORTEST_PART, SHORTEST_HEAD = 4, 5
VOWELS = "aeiouy"
LONGEST_ENDING = 4
MOST_WORDS = 12
MOST_KEPT = 2_000

Hits = Mapping[int, float]
"""By the key of a space, how well it answers a word."""


@dataclass(frozen=True)
class Words:
    """What a text finds: how well each space answers it, by key; the words that none answers, and
    whether the spaces answer only some of the others."""

    relevance: Hits
    unknown: Sequence[str] = ()
    is_partial: bool = False


class WordIndex:
    """All that the published spaces of one version of the catalogue say."""

    def __init__(self, places: Iterable[Place], city_name: Texts) -> None:
        self._city = {folded(word) for text in city_name.values() for word in words_of(text)}
        said: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
        self._sizes: dict[int, int] = {}
        for place in places:
            self._sizes[place.id] = max((len(words_of(t)) for t in place.name.values()), default=1)
            for texts, loudness in _texts(place):
                for language, text in texts.items():
                    for word in words_of(text):
                        heard = said[language, word]
                        heard[place.id] = max(heard.get(place.id, 0.0), loudness)
        self._said = [(folded(word), hits) for (_language, word), hits in said.items()]
        self._stems: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for number, (language, word) in enumerate(said):
            self._stems[language].append((number, stem(word, language)))
        self._kept: dict[str, Hits] = {}

    def find(self, text: str) -> Words:
        """The spaces that answer most of the words of a text. Words that none answers are left
        out, and so are those that say nothing of a space, unless nothing else is said."""
        typed = list(dict.fromkeys(words_of(text)))[:MOST_WORDS]
        wanted = [one for one in typed if _is_letter(one, typed) or not self._says_nothing(one)]
        wanted = wanted or typed
        answers = {word: hits for word in wanted if (hits := self.answers(word))}
        unknown = [word for word in wanted if word not in answers]
        said: dict[int, list[float]] = defaultdict(list)
        for hits in answers.values():
            rare = log(1 + len(self._sizes) / len(hits))
            for key, how_well in hits.items():
                said[key].append(rare * how_well)
        most = max(map(len, said.values()), default=0)
        found = {
            key: sum(scores) * (1 + 0.1 / self._sizes[key])
            for key, scores in said.items()
            if len(scores) == most
        }
        return Words(found, unknown, is_partial=0 < most < len(answers))

    def _says_nothing(self, word: str) -> bool:
        """Whether the word may be left out: a small one, or the city's own name."""
        plain = folded(word)
        return word in _stop_words() or any(
            plain.startswith(name[:-1]) and len(plain) <= len(name) + LONGEST_ENDING
            for name in self._city
        )

    def answers(self, word: str) -> Hits:
        """How well each space answers a word as it was typed, by key."""
        if word not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[word] = self._heard(word)
        return self._kept[word]

    def _heard(self, word: str) -> Hits:
        found = dict(self._alike(word))
        for meant in _meanings(word):
            for number, how_alike in self._alike(meant, is_exact=True).items():
                found[number] = max(found.get(number, 0.0), MEANT * how_alike)
        least = max(LEAST_ALIKE, max(found.values(), default=0.0) - WITHIN)
        hits: dict[int, float] = {}
        for number, how_alike in found.items():
            if how_alike < least:
                continue
            for key, loudness in self._said[number][1].items():
                hits[key] = max(hits.get(key, 0.0), how_alike * loudness)
        return hits

    def _alike(self, word: str, *, is_exact: bool = False) -> dict[int, float]:
        """The words of the catalogue that are like this one, by number, and how much."""
        plain = folded(word)
        found: dict[int, float] = {}
        for language, wanted in stems(word):
            for number, said in self._stems.get(language, ()):
                how_alike = _likeness(wanted, said)
                if how_alike > found.get(number, 0.0):
                    found[number] = how_alike
            if not is_exact and max(found.values(), default=0.0) < BEGINS:
                _add_misspelt(found, wanted, self._stems.get(language, ()))
        for number in found:
            if self._said[number][0] == plain:
                found[number] = SAME
        return found


def _likeness(wanted: str, said: str) -> float:
    """How alike two stems are by their letters, a misspelling left aside."""
    if wanted == said:
        return SAME_STEM
    short, long = sorted((wanted, said), key=len)
    if len(short) < 3:
        return 0.0
    begins = long.startswith(short)
    if begins and len(long) - len(short) == 1 and (len(short) > 3 or long[-1] in VOWELS):
        return NEARLY_STEM
    if short is wanted:
        return _in_compound(wanted, said, begins)
    if len(said) >= SHORTEST_PART and wanted.endswith(said):
        return TAIL
    return HEAD if _common_start(wanted, said) >= SHORTEST_HEAD else 0.0


def _in_compound(wanted: str, said: str, begins: bool) -> float:
    """How alike a compound is to a word that may be part of it."""
    if begins:
        return BEGINS if len(wanted) >= SHORTEST_PART else HOLDS
    if said.endswith(wanted):
        return ENDS
    if len(wanted) >= SHORTEST_PART and wanted in said:
        return HOLDS
    return HEAD if _common_start(wanted, said) >= SHORTEST_HEAD else 0.0


def _common_start(one: str, other: str) -> int:
    for number, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return number
    return min(len(one), len(other))


def _add_misspelt(found: dict[int, float], wanted: str, said: Sequence[tuple[int, str]]) -> None:
    """Add the words that differ by a letter or two, by how many of theirs do."""
    if len(wanted) < SHORTEST_PART or wanted.isdigit():
        return
    least = 0.74 if len(wanted) > 5 else 0.75
    near = process.extract(
        wanted,
        [stem_ for _number, stem_ in said],
        scorer=OSA.normalized_similarity,
        score_cutoff=least,
        limit=None,
    )
    for _stem, similarity, index in near:
        number = said[index][0]
        found[number] = max(found.get(number, 0.0), MISSPELT * similarity)


def _texts(place: Place) -> list[tuple[Texts, float]]:
    """What is said of a space, and how loudly."""
    said: list[tuple[Texts, float]] = [
        (place.name, NAME),
        (place.unit.name, UNIT),
        (place.kind.name, KIND),
        (place.unit.district.name, DISTRICT),
        *((piece.name, EQUIPMENT) for piece in place.equipment),
    ]
    return [*said, (place.description, DESCRIPTION)] if place.description else said


def _is_letter(word: str, typed: Sequence[str]) -> bool:
    """Whether it is the letter of a room, such as the last of "meeting room A"."""
    return len(word) == 1 and word == typed[-1]


# ── What is meant ─────────────────────────────────────────────────────────────────────────────


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(word for words in STOP_WORDS.values() for word in words.split())


@cache
def _needs_by_stem() -> Mapping[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for number, (called, _spaces) in enumerate(NEEDS):
        for word in called.split():
            for _language, one in stems(word):
                found[one].add(number)
    return found


def _meanings(word: str) -> list[str]:
    """The words of spaces that suit what is typed, in the order of the table."""
    known = _needs_by_stem()
    wanted = {one for _language, one in stems(word)}
    numbers = {number for one in wanted for number in known.get(one, ())}
    if not numbers:
        numbers = {number for one in wanted for number in _nearly_known(one, known)}
    return [meant for number in sorted(numbers) for meant in NEEDS[number][1].split()]


def _nearly_known(wanted: str, known: Mapping[str, set[int]]) -> set[int]:
    """The needs whose word the stem begins with, or differs from by a letter or two."""
    if len(wanted) < SHORTEST_HEAD:
        return set()
    begun = [one for one in known if len(one) >= SHORTEST_HEAD and wanted.startswith(one)]
    if begun:
        return known[max(begun, key=len)]
    near = process.extractOne(
        wanted, list(known), scorer=OSA.normalized_similarity, score_cutoff=0.8
    )
    return known[near[0]] if near else set()


# ── One index for each version of a catalogue ─────────────────────────────────────────────────

_kept: WeakKeyDictionary[Catalogue, WordIndex] = WeakKeyDictionary()


def index_of(city: Catalogue) -> WordIndex:
    """The index of the published spaces, made once for each version of the catalogue."""
    if city not in _kept:
        _kept[city] = WordIndex(city.published_places(), city.name)
    return _kept[city]
