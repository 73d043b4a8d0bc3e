"""A question -> the groups of words it asks for, with what else may stand for each. Pure.

Reads the index to know which words occur at all; what is found and in which order is `ranking`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tinhdata.catalogue.analysing import ACCENTED, Word, pairs_of, words_of
from tinhdata.catalogue.index import Index, Mask
from tinhdata.catalogue.lexicon import FILLING, Lexicon, Span, one_slip_away, without_telex
from tinhdata.catalogue.model import LONGEST_QUESTION, MOST_WORDS, Reading, ReadingKind
from tinhdata.vietnam import is_syllable, match_key, parse_place, tidy

AREA_TERM = "@commune"
"""Stands with every dataset whose rows name communes."""

_FILLING_COUNTS = 0.1
_HINTS: Mapping[ReadingKind, tuple[str, ...]] = MappingProxyType(
    {
        ReadingKind.PLACE: ("don vi", "hanh chinh", "dan so", "dien tich"),
        ReadingKind.FORMER_PLACE: ("don vi", "hanh chinh", "chuyen doi", "sap xep", "sap nhap"),
    }
)
"""Who asks for a place alone asks for what it is: a unit, its people and area, or its successor."""

_AREA_WEIGHT = 0.8
_SHOUTED = 0.4
_MOST_COMPLETIONS = 30
_MOST_SLIPS = 3
_SHORTEST_SLIP = 4
_SHORTEST_BEGINNING = 2
_FORMER_NAMES_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Alternative:
    """Words that must all stand in a dataset, and how much that counts."""

    terms: tuple[str, ...]
    factor: float = 1.0
    fixed: float | None = None
    """The weight, whatever the index says; for terms that mark a dataset."""


@dataclass(frozen=True, slots=True)
class Group:
    """What one word, abbreviation or name asks for: one of the alternatives."""

    alternatives: tuple[Alternative, ...]
    counts: float = 1.0
    exact: tuple[str, ...] = ()
    """The words as typed with diacritics, as terms; all of them stand in an exact match."""
    shown: tuple[str, ...] = ()
    """The words without diacritics that are marked in a snippet."""
    is_known: bool = True
    """Whether any dataset has it."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A question taken apart."""

    groups: tuple[Group, ...]
    pairs: tuple[str, ...]
    """Neighbouring words; datasets that have them side by side stand higher."""
    hints: tuple[str, ...] = ()
    """Pairs of words that were not asked for, but what has them fits a little better."""
    readings: tuple[Reading, ...] = ()
    corrected: tuple[tuple[str, ...], ...] = ()
    """The question word by word without diacritics, where a slip was mended; empty where none."""


class Understanding:
    """Reads questions for one reader: only words of datasets that she may see are known."""

    def __init__(self, index: Index, lexicon: Lexicon, seen: Mask) -> None:
        self._index = index
        self._lexicon = lexicon
        self._seen = seen

    def understand(self, question: str, *, unfinished: bool = False) -> Understood:
        """Take a question apart; in an `unfinished` one the last word may be the start of one."""
        text = tidy(question[:LONGEST_QUESTION])
        words = words_of(text)[:MOST_WORDS]
        groups: list[Group] = []
        readings: list[Reading] = []
        meant: list[tuple[str, ...]] = []
        runs: list[list[str]] = [[]]
        for at, span in self._spans(words, text):
            taken = words[at : at + span.length]
            before = meant[-1][-1] if meant else ""
            if span.places:
                groups.append(_place_group(taken, span))
            elif span.meanings:
                groups.append(_short_group(taken, span))
            else:
                is_open = unfinished and at == len(words) - 1
                after = words[at + 1].plain if at + 1 < len(words) else ""
                groups.append(self._word_group(taken[0], before, after, is_open))
            reading = _reading(text, taken, span, groups[-1])
            readings += [reading] if reading else []
            meant.append(groups[-1].shown or tuple(word.plain for word in taken))
            # Names and abbreviations look after their own neighbours.
            runs.append([] if span.length > 1 or span.meanings else [*runs[-1], meant[-1][0]])
        spelled = any(reading.kind is ReadingKind.SPELLING for reading in readings)
        return Understood(
            groups=tuple(groups),
            pairs=tuple(dict.fromkeys(pair for run in runs for pair in pairs_of(run[-2:]))),
            hints=tuple(hint for reading in readings for hint in _HINTS.get(reading.kind, ())),
            readings=tuple(readings),
            corrected=tuple(meant) if spelled else (),
        )

    def _spans(self, words: Sequence[Word], text: str) -> Iterator[tuple[int, Span]]:
        at = 0
        while at < len(words):
            span = self._lexicon.span_at(words, at, text) or Span(1)
            yield at, span
            at += span.length

    def _is_known(self, term: str) -> bool:
        return self._index.has(term) and self._index.frequency(term, self._seen) > 0

    def _word_group(self, word: Word, before: str, after: str, is_open: bool) -> Group:
        plain = word.plain
        counts = _FILLING_COUNTS if (word.accented or plain) in FILLING else 1.0
        exact = (ACCENTED + word.accented,) if word.accented and counts == 1 else ()
        known = self._is_known(plain)
        alternatives = [Alternative((plain,))] if known else []
        if is_open and before and (pairs := self._completions(f"{before} {plain}")):
            return Group((*alternatives, *(Alternative((pair,)) for pair in pairs)), counts, exact)
        if is_open or not known:
            alternatives += [Alternative((term,), 0.6) for term in self._completions(plain)]
        if alternatives:
            return Group(tuple(alternatives), counts, exact, (plain,))
        for guess, factor in ((self._telex, 0.9), (self._slips(before, after), 0.6)):
            if guessed := guess(plain):
                found = tuple(Alternative((term,), factor) for term in guessed)
                return Group(found, counts, (), guessed[:1])
        return Group((Alternative((plain,)),), counts, exact, (plain,), is_known=False)

    def _completions(self, plain: str) -> tuple[str, ...]:
        if len(plain) < _SHORTEST_BEGINNING:
            return ()
        found = self._index.beginning_with(plain, _MOST_COMPLETIONS)
        return tuple(term for term in found if term != plain and self._is_known(term))

    def _telex(self, plain: str) -> tuple[str, ...]:
        form = without_telex(plain)
        return (form,) if form and self._is_known(form) else ()

    def _slips(self, before: str, after: str) -> Callable[[str], tuple[str, ...]]:
        """Give a function that mends a word so that it fits its neighbours best."""

        def mended(plain: str) -> tuple[str, ...]:
            if len(plain) < _SHORTEST_SLIP:
                return ()
            known = [form for form in one_slip_away(plain) if self._is_known(form)]
            ranked = sorted(known, key=lambda form: (self._fit(before, form, after), form))
            return tuple(ranked[:_MOST_SLIPS])

        return mended

    def _fit(self, before: str, form: str, after: str) -> tuple[int, int]:
        """Rank a mended word: beside its neighbours in most datasets first, then the usual one."""
        pairs = (f"{before} {form}", f"{form} {after}")
        beside = sum(self._index.frequency(pair, self._seen) for pair in pairs)
        return -beside, -self._index.frequency(form, self._seen)


def _place_group(words: Sequence[Word], span: Span) -> Group:
    """Ask for the name itself, or for rows by commune: those have the place, whatever its name."""
    named = match_key(parse_place(span.places[0].name).name).split()
    bare = tuple(word.plain for word in words if word.plain in named)
    marked = Alternative((AREA_TERM,), fixed=_AREA_WEIGHT)
    return Group((Alternative((*bare, *pairs_of(bare))), marked), shown=bare)


def _short_group(words: Sequence[Word], span: Span) -> Group:
    literal = tuple(word.plain for word in words)
    # Capitals that make a syllable may be that word, shouted; the abbreviation is likelier.
    factor = _SHOUTED if is_syllable("".join(literal)) else 1.0
    found = [Alternative((*literal, *pairs_of(literal)), factor)]
    shown = list(literal)
    for meaning in span.meanings:
        plain = [word.plain for word in words_of(meaning)]
        found.append(Alternative(pairs_of(plain) or tuple(plain), 0.9))
        shown += plain
    return Group(tuple(found), shown=tuple(shown))


def _reading(text: str, words: Sequence[Word], span: Span, group: Group) -> Reading | None:
    written = text[words[0].start : words[-1].end]
    if span.places:
        former = [place for place in span.places if place.now]
        if len(former) < len(span.places):
            return Reading(ReadingKind.PLACE, written, (span.places[0].name,))
        return Reading(ReadingKind.FORMER_PLACE, written, former[0].now[:_FORMER_NAMES_SHOWN])
    if span.meanings:
        return Reading(ReadingKind.ABBREVIATION, written, span.meanings)
    if not group.is_known:
        return Reading(ReadingKind.UNKNOWN, written, ())
    if group.shown and group.shown[0] != words[0].plain:
        return Reading(ReadingKind.SPELLING, written, group.shown[:1])
    return None
