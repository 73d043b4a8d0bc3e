"""Text -> words and weights: how texts of the catalogue are taken apart, once, for every index.

A word is kept without diacritics, with them (after `=`) where it has any, and with its neighbour
(two words, one blank between). Pure.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

from tinhdata.catalogue.model import Part, Place
from tinhdata.vietnam import fold, spelling_key

WEIGHTS: Mapping[Place, float] = MappingProxyType(
    {
        Place.NAME: 6.0,
        Place.TAG: 3.0,
        Place.COLUMN: 2.0,
        Place.VALUE: 2.0,
        Place.TOPIC: 1.5,
        Place.AGENCY: 2.0,
        Place.DATABASE: 0.7,
        Place.DESCRIPTION: 1.5,
    }
)
"""How much a word counts by the place where it stands; a title says most about a dataset."""

_USUAL: Mapping[Place, float] = MappingProxyType(
    {
        Place.NAME: 16.0,
        Place.TAG: 5.0,
        Place.COLUMN: 110.0,
        Place.VALUE: 40.0,
        Place.TOPIC: 5.0,
        Place.AGENCY: 10.0,
        Place.DATABASE: 8.0,
        Place.DESCRIPTION: 50.0,
    }
)
"""The usual number of words of a place: in longer texts each word says a little less."""

_LENGTH = 0.35
_LONGEST_TEXT = 3.0
"""Usual lengths of a place beyond which words say no less: a list of codes is long by nature."""
_SATURATION = 4.0
_WORD = re.compile(r"[^\W_]+")
_LONGEST_WORD = 40
ACCENTED = "="


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: where it stands, without diacritics, and as written if it has any."""

    start: int
    end: int
    plain: str
    accented: str | None


def words_of(text: str) -> tuple[Word, ...]:
    """Take `text` apart; `start` and `end` are places in it as it was handed in."""
    return tuple(
        Word(found.start(), found.end(), *forms)
        for found in _WORD.finditer(text)
        for forms in [_forms(found[0][:_LONGEST_WORD])]
        if forms[0]
    )


@lru_cache(maxsize=50_000)
def _forms(word: str) -> tuple[str, str | None]:
    plain = fold(word).replace(" ", "")
    spelled = spelling_key(word)
    return plain, None if spelled == plain else spelled


def terms_of(parts: Iterable[Part]) -> dict[str, float]:
    """Weigh every word and pair of words of `parts` (BM25F: one saturation over all places)."""
    texts: dict[Place, list[tuple[Word, ...]]] = defaultdict(list)
    for part in parts:
        texts[part.place].append(words_of(part.text))
    found: dict[str, float] = defaultdict(float)
    for place, taken in texts.items():
        length = sum(map(len, taken))
        lengths = min(length / _USUAL[place], _LONGEST_TEXT)
        weight = WEIGHTS[place] / (1 - _LENGTH + _LENGTH * lengths)
        for words in taken:
            for term in _terms(words):
                found[term] += weight
    return {term: _SATURATION * sum_ / (_SATURATION + sum_) for term, sum_ in found.items()}


def _terms(words: tuple[Word, ...]) -> Iterator[str]:
    before = ""
    for word in words:
        yield word.plain
        if word.accented is not None:
            yield ACCENTED + word.accented
        if before:
            yield f"{before} {word.plain}"
        before = word.plain


def line_of(text: str) -> str:
    """Give the words of `text` without diacritics, with a blank before and after each.

    A word, or words side by side, stand in the text if they stand in the line between blanks.
    """
    return "".join((" ", *(f"{word.plain} " for word in words_of(text))))


def pairs_of(plain: Iterable[str]) -> tuple[str, ...]:
    """Give each word with the next one, as they stand in an index."""
    return tuple(f"{first} {second}" for first, second in pairwise(plain))
