"""Why a dataset was found: the places where the words stand, with the words marked. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tinhdata.catalogue.analysing import ACCENTED, WEIGHTS, Word, words_of
from tinhdata.catalogue.model import Area, Match, Part, Piece, Place, Reading, ReadingKind, Texts
from tinhdata.catalogue.understanding import AREA_TERM, Group, Understood

_MOST_REASONS = 3
_LONGEST = 160
_BEFORE = 40


@dataclass(frozen=True, slots=True)
class _Seen:
    """A part with its words, and which groups of the question it has, just so or at all."""

    part: Part
    words: tuple[Word, ...]
    exact: frozenset[int]
    groups: frozenset[int]


def why(
    question: Understood, texts: Texts, areas: Sequence[Area], unpacked: Callable[[str], Part]
) -> tuple[Match, ...]:
    """Give the fewest places that together have what the question asks for, the best first."""
    asked = {at: group for at, group in enumerate(question.groups) if group.counts == 1}
    if not asked:
        asked = dict(enumerate(question.groups))
    found = _lines(texts.plain, asked)
    packed = texts.packed.split("\n") if found else []
    seen = [
        _look(unpacked(packed[line]), frozenset(groups), asked)
        for line, groups in sorted(found.items())
    ]
    open_groups, matches = set(asked), list[Match]()
    while seen and open_groups and len(matches) < _MOST_REASONS:
        # Of equal ones the first is taken, and the texts of a dataset begin with its name.
        best = max(seen, key=lambda each: _gain(each, open_groups))
        if not best.groups & open_groups:
            break
        open_groups -= best.groups
        matches.append(Match(best.part.place, _snippet(best, asked), best.part.label))
    area = _area(question, open_groups, areas)
    return (*matches, *area)[:_MOST_REASONS]


def _lines(plain: str, asked: Mapping[int, Group]) -> dict[int, set[int]]:
    """Give the lines of a text, by number, that have one of the groups, and which they have."""
    found: dict[int, set[int]] = defaultdict(set)
    for at, group in asked.items():
        for alternative in group.alternatives:
            terms = [f" {term} " for term in alternative.terms]
            if all(term in plain for term in terms):
                for line in _lines_with(plain, terms):
                    found[line].add(at)
    return found


def _lines_with(plain: str, terms: Sequence[str]) -> Iterator[int]:
    """Give the numbers of the lines in which all terms stand."""
    number, counted, place = 0, 0, plain.find(terms[0])
    while place >= 0:
        end = plain.find("\n", place)
        end = len(plain) if end < 0 else end
        begin = plain.rfind("\n", 0, place) + 1
        number += plain.count("\n", counted, begin)
        counted = begin
        if all(plain.find(term, begin, end) >= 0 for term in terms[1:]):
            yield number
        place = plain.find(terms[0], end)


def _look(part: Part, groups: frozenset[int], asked: Mapping[int, Group]) -> _Seen:
    words, spelled = _taken_apart(part.text)
    exact = frozenset(at for at in groups if spelled.issuperset(asked[at].exact))
    return _Seen(part, words, exact, groups)


@lru_cache(maxsize=4_000)
def _taken_apart(text: str) -> tuple[tuple[Word, ...], frozenset[str]]:
    """Give the words of a text, and as terms those with diacritics."""
    words = words_of(text)
    return words, frozenset(ACCENTED + word.accented for word in words if word.accented)


def _gain(seen: _Seen, missing: set[int]) -> tuple[int, int, float]:
    found = len(seen.groups & missing)
    return len(seen.exact & missing) + found, found, WEIGHTS.get(seen.part.place, 0.0)


def _marked(group: Group) -> Iterable[str]:
    yield from group.shown
    for alternative in group.alternatives:
        if alternative.terms[0] != AREA_TERM:
            yield from (word for term in alternative.terms for word in term.split())


def _area(question: Understood, missing: set[int], areas: Sequence[Area]) -> tuple[Match, ...]:
    """Say that the rows are by commune, where a place was asked for and no text names it."""
    is_place = any(
        alternative.terms == (AREA_TERM,)
        for at in missing
        for alternative in question.groups[at].alternatives
    )
    if not is_place or Area.COMMUNE not in areas:
        return ()
    return (
        Match(Place.AREA, tuple(Piece(name, True) for name in _place_names(question.readings))),
    )


def _place_names(readings: Iterable[Reading]) -> tuple[str, ...]:
    places = (ReadingKind.PLACE, ReadingKind.FORMER_PLACE)
    return tuple(dict.fromkeys(r.meant[0] for r in readings if r.kind in places and r.meant))


def _snippet(seen: _Seen, asked: Mapping[int, Group]) -> tuple[Piece, ...]:
    text = seen.part.text
    marked = {
        plain: {term.removeprefix(ACCENTED) for term in asked[at].exact if at in seen.exact}
        for at in seen.groups
        for plain in _marked(asked[at])
    }
    found = [
        word
        for word in seen.words
        if word.plain in marked and (not marked[word.plain] or word.accented in marked[word.plain])
    ]
    begin, end = _window(text, found[0].start if found else 0)
    pieces = [Piece("…")] if begin else []
    at = begin
    for word in found:
        if word.start < at or word.end > end:
            continue
        between = text[at : word.start]
        if pieces and pieces[-1].found and not between.strip():
            # Words side by side are one mark.
            pieces[-1] = Piece(pieces[-1].text + between + text[word.start : word.end], True)
        else:
            pieces += [Piece(between)] if between else []
            pieces.append(Piece(text[word.start : word.end], True))
        at = word.end
    if at < end:
        pieces.append(Piece(text[at:end]))
    return (*pieces, *((Piece("…"),) if end < len(text) else ()))


def _window(text: str, first: int) -> tuple[int, int]:
    """Cut a long text to what stands around its first word found, at blanks."""
    if len(text) <= _LONGEST:
        return 0, len(text)
    begin = max(0, first - _BEFORE)
    if begin:
        begin = text.find(" ", begin, first) + 1 or first
    end = begin + _LONGEST
    if end >= len(text):
        return begin, len(text)
    blank = text.rfind(" ", max(first + 1, end - 30), end)
    return begin, blank if blank > 0 else end


def surface(corrected: Sequence[Sequence[str]], parts: Iterable[Part]) -> str:
    """Write a mended question as the found texts write it; where they do not, as it is."""
    plain = [word for group in corrected for word in group]
    written = dict.fromkeys(plain, "")
    for part in parts:
        words = words_of(part.text)
        forms = [word.plain for word in words]
        for at in range(len(forms) - len(plain) + 1):
            if forms[at : at + len(plain)] == plain:
                return part.text[words[at].start : words[at + len(plain) - 1].end].lower()
        for at, form in enumerate(forms):
            if form in written and not written[form]:
                written[form] = part.text[words[at].start : words[at].end].lower()
    return " ".join(written[word] or word for word in plain)
