"""What words of a question may stand for: abbreviations, names of places then and now, slips. Pure.

Which agencies, units and abbreviations there are is handed in; nothing here is of one province.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tinhdata.access import Agency
from tinhdata.catalogue.analysing import Word, words_of
from tinhdata.catalogue.model import ProvinceWords
from tinhdata.vietnam import fold, is_syllable, match_key, parse_place, spelling_key

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DOUBLED = re.compile(r"([aeo])\1|d(d)")
_TELEX_TONE = re.compile(r"[sfrxj]$")
_JOINING = frozenset({"va", "cua"})
_LONGEST_SPAN = 5
_SHORTEST_INITIALS = 3

_KIND_WORDS = frozenset(
    {"xa", "phuong", "thi tran", "huyen", "quan", "thi xa", "thanh pho", "tinh", "tp", "tx", "tt"}
)
"""Words for kinds of units, without diacritics, as they stand before a name."""

_FILLING = """
có bao nhiêu ở đâu là của và các những cho tại trong này với về được thì như nào mấy gì từ đến
tôi muốn tìm xem cần va cua cac nhung the of in by for and how many much what where which is are
"""
FILLING = frozenset(_FILLING.split())
"""Words that a question has and that tell little: they may be missing in what is found."""


@dataclass(frozen=True, slots=True)
class PlaceMeant:
    """A place as a name in a question means it; `now` names the units of today that it went into.

    `now` is empty for a unit of today. `code` is that of the (first) unit of today, if it has one.
    """

    name: str
    now: tuple[str, ...] = ()
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a question that mean one thing, and how many of them those are."""

    length: int
    places: tuple[PlaceMeant, ...] = ()
    meanings: tuple[str, ...] = ()


class Lexicon:
    """The words of one province, ready to read questions with."""

    def __init__(self, words: ProvinceWords, agencies: Iterable[Agency]) -> None:
        self._short: dict[tuple[str, ...], tuple[str, ...]] = {}
        for short, meanings in words.abbreviations.items():
            self._abbreviate(short, meanings)
        for agency in agencies:
            self._initials(agency.name.vi)
        self._places = _places(words)

    def _abbreviate(self, short: str, meanings: Sequence[str]) -> None:
        taken = tuple(word.plain for word in words_of(short))
        for key in {taken, ("".join(taken),)}:
            self._short.setdefault(key, tuple(meanings))

    def _initials(self, name: str) -> None:
        """Have the initials of an agency's name mean it, with and without its first word."""
        words = [word for word in words_of(name) if word.plain not in _JOINING]
        for first in (0, 1):
            rest = words[first:]
            initials = "".join(word.plain[0] for word in rest)
            if len(initials) >= _SHORTEST_INITIALS:
                meant = name[rest[0].start : rest[-1].end]
                self._short.setdefault((initials,), (meant,))

    def span_at(self, words: Sequence[Word], at: int, text: str) -> Span | None:
        """Give what begins at the word `at` of a question: a place, an abbreviation, or neither."""
        return self._place_at(words, at) or self._short_at(words, at, text)

    def _place_at(self, words: Sequence[Word], at: int) -> Span | None:
        first = at
        for length in (2, 1):
            if " ".join(word.plain for word in words[at : at + length]) in _KIND_WORDS:
                first = at + length
                break
        for begin in dict.fromkeys((first, at)):
            for end in range(min(len(words), begin + _LONGEST_SPAN), begin, -1):
                if end - begin < 2 and begin == at:
                    # A syllable alone is a word long before it is a place.
                    break
                found = self._places.get(tuple(word.plain for word in words[begin:end]), ())
                fitting = tuple(place for place in found if _fits(place.name, words[begin:end]))
                if fitting:
                    return Span(end - at, places=fitting)
        return None

    def _short_at(self, words: Sequence[Word], at: int, text: str) -> Span | None:
        for end in range(min(len(words), at + 3), at, -1):
            meanings = self._short.get(tuple(word.plain for word in words[at:end]))
            if meanings and _is_abbreviation(words[at:end], text):
                return Span(end - at, meanings=meanings)
        return None

    def places_beginning(self, plain: str, most: int) -> tuple[PlaceMeant, ...]:
        """Give places whose name begins with `plain`, a folded text; units of today first."""
        found: dict[str, PlaceMeant] = {}
        wanted = plain.split()
        for key, places in self._places.items():
            if _begins(key, wanted):
                found.update({f"{place.name} {place.now}": place for place in places})
        ranked = sorted(found.values(), key=lambda place: (bool(place.now), fold(place.name)))
        return tuple(ranked[:most])


def _begins(key: tuple[str, ...], wanted: Sequence[str]) -> bool:
    if not wanted or len(wanted) > len(key):
        return False
    *whole, last = wanted
    return list(key[: len(whole)]) == whole and key[len(whole)].startswith(last)


def _fits(name: str, words: Sequence[Word]) -> bool:
    """Say whether diacritics that were typed are those of the name."""
    bare = parse_place(name).name
    forms = {word.accented for word in words_of(bare)}
    return all(word.accented is None or word.accented in forms for word in words)


def _is_abbreviation(words: Sequence[Word], text: str) -> bool:
    """Say whether words may be one: small letters that make a syllable are that syllable."""
    written = text[words[0].start : words[-1].end]
    if any(word.accented for word in words) and written != written.upper():
        return False
    return written == written.upper() or len(words) > 1 or not is_syllable(words[0].plain)


def _places(words: ProvinceWords) -> Mapping[tuple[str, ...], tuple[PlaceMeant, ...]]:
    former: dict[str, list[tuple[str, str]]] = defaultdict(list)
    found: dict[tuple[str, ...], dict[str, PlaceMeant]] = defaultdict(dict)
    for unit in words.units:
        _remember(found, PlaceMeant(unit.name, code=unit.code))
        _remember(found, PlaceMeant(unit.province))
        for old in unit.predecessors:
            if spelling_key(old.name) != spelling_key(unit.name):
                former[old.name].append((unit.name, unit.code))
        for name in unit.former_districts:
            former[name].append((unit.name, unit.code))
        if unit.former_province != unit.province:
            former[unit.former_province].append((unit.province, ""))
    for name, successors in former.items():
        names = tuple(dict.fromkeys(now for now, _ in successors))
        _remember(found, PlaceMeant(name, names, successors[0][1] or None))
    return {key: tuple(places.values()) for key, places in found.items()}


def _remember(found: dict[tuple[str, ...], dict[str, PlaceMeant]], place: PlaceMeant) -> None:
    key = tuple(match_key(parse_place(place.name).name).split())
    known = found[key].get(place.name)
    if known is None or (known.now and not place.now):
        found[key][place.name] = place


def without_telex(plain: str) -> str | None:
    """Give what was meant by keys of the Telex method typed without it; None where it is no such.

    `ddieenj` is điện: doubled letters and a last s, f, r, x, j stand for marks; w for the horn.
    """
    bare = _DOUBLED.sub(lambda found: found[1] or "d", plain).replace("w", "")
    toneless = _TELEX_TONE.sub("", bare)
    return next((form for form in (toneless, bare) if form != plain and is_syllable(form)), None)


def one_slip_away(plain: str) -> frozenset[str]:
    """Give every word that is one letter more, less or other, or two neighbours swapped, away."""
    cuts = [(plain[:at], plain[at:]) for at in range(len(plain) + 1)]
    less = {left + right[1:] for left, right in cuts if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    other = {left + new + right[1:] for left, right in cuts if right for new in _LETTERS}
    more = {left + new + right for left, right in cuts for new in _LETTERS}
    return frozenset(less | swapped | other | more) - {plain, ""}
