"""Which columns of a file are values of a wide table, told from their headers by templates. Pure.

A template such as `{nam} {loai}` is compared with the header without accents, case and the
punctuation between its parts; what its places hold is taken over as it stands.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from tinhdata.contracts import (
    VALUE_PLACE,
    Column,
    Contract,
    HeaderPiece,
    LogicalType,
    Unpivot,
    does_match,
    header_pieces,
)
from tinhdata.intake.model import WideColumn
from tinhdata.vietnam import find_measure, fold, match_key, tidy

_LONGEST = 200
"""Characters of a header that are looked at; longer ones are no header of a value."""

_NUMBERS = re.compile(r"(?<![0-9])[0-9]{1,18}(?![0-9])", re.ASCII)
_GAP = r"[\s\-–—_:;,./|]*"
_CORES = {
    LogicalType.INTEGER: r"[0-9]{1,18}",
    LogicalType.NUMBER: r"-?[0-9]{1,18}(?:[.,][0-9]{1,9})?",
    LogicalType.DATE: r"[0-9][0-9/.\- ]{0,20}[0-9]|[0-9]",
    LogicalType.TIMESTAMP: r"[0-9][0-9/.\-: t]{0,24}[0-9]|[0-9]",
}


class WideNames:
    """The headers of values that a contract declares. Without `unpivot` it knows none."""

    def __init__(self, contract: Contract) -> None:
        unpivot = contract.layout.unpivot
        self._templates = _templates(contract, unpivot) if unpivot else ()
        self._known: dict[str, _Read | None] = {}
        self._supplied: frozenset[str] = frozenset()
        self._dropped = {
            rule.column: frozenset(fold(value) for value in rule.values)
            for rule in contract.layout.drop
        }
        if unpivot and self._templates:
            places = self._templates[0].columns
            self._supplied = frozenset((*places, *unpivot.value_columns))

    @property
    def supplied(self) -> frozenset[str]:
        """Name the columns of the contract that the headers and cells of a wide table fill."""
        return self._supplied

    def match(
        self,
        readings: Sequence[Sequence[str]],
        names: Sequence[str],
        taken: Collection[int],
        found: Collection[str],
    ) -> tuple[WideColumn, ...]:
        """Give the columns of the file that hold values.

        `readings` says per column what it may be called, `taken` are columns that are something
        else. Where the file has a column of its own for what headers would say (one of `found`), it
        is long and has none.
        """
        if not self._templates or self._supplied & set(found):
            return ()
        columns = (
            self._column(index, texts, names[index])
            for index, texts in enumerate(readings)
            if index not in taken
        )
        return tuple(column for column in columns if column is not None)

    def is_dropped(self, column: WideColumn) -> bool:
        """Say whether the contract leaves out what the headers of `column` name."""
        return any(fold(text) in self._dropped.get(name, ()) for name, text in column.places)

    def is_near(self, header: str) -> bool:
        """Say whether `header` holds a number as those of values do, in words no template has."""
        numbers = [] if len(header) > _LONGEST else _NUMBERS.findall(header)
        places = (each for one in self._templates for each in one.places if each.is_bounded)
        return any(place.value(text, text) is not None for place in places for text in numbers)

    def _column(self, index: int, texts: Sequence[str], name: str) -> WideColumn | None:
        for text in texts:
            if (read := self._read(text)) is not None:
                return WideColumn(index, name, read.column, read.places)
        return None

    def _read(self, text: str) -> "_Read | None":
        if text not in self._known:
            self._known[text] = next(self._readings(text), None)
        return self._known[text]

    def _readings(self, text: str) -> "Iterator[_Read]":
        if len(text) > _LONGEST or not text.strip():
            return
        measured = find_measure(text)
        for form in (measured.rest, text) if measured else (text,):
            for template in self._templates:
                if (read := template.read(tidy(form))) is not None:
                    yield read


@dataclass(frozen=True, slots=True)
class _Read:
    """What a header says: which column takes its values, and what its places hold."""

    column: str
    places: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """A place of a template: how its text looks, and which texts stand for which values."""

    name: str
    core: str
    words: dict[str, str] = field(default_factory=dict)
    column: Column | None = None
    pattern: str | None = None

    @property
    def is_bounded(self) -> bool:
        """Say whether it takes whole numbers of a range, as years are."""
        column = self.column
        if column is None or column.logical_type is not LogicalType.INTEGER:
            return False
        return column.minimum is not None and column.maximum is not None

    def value(self, text: str, core: str) -> str | None:
        """Give what the text of a header says, None where it cannot be a value."""
        if self.words:
            word = self.words.get(match_key(core))
            return None if word is None else text.replace(core, word, 1)
        if self.column is None or not _is_inside(self.column, core):
            return None
        if self.pattern is not None and not does_match(self.pattern, core):
            return None
        return text


def _is_inside(column: Column, core: str) -> bool:
    """Say whether a whole number lies in the range of its column: 107 is no year."""
    if column.logical_type is not LogicalType.INTEGER:
        return True
    low, high, value = column.minimum, column.maximum, int(core)
    return not (isinstance(low, int) and value < low) and not (
        isinstance(high, int) and value > high
    )


@dataclass(frozen=True, slots=True)
class _Template:
    pattern: re.Pattern[str]
    places: tuple[_Place, ...]
    takes: dict[str, str]
    """Which column takes the value, by the word at the place for it; one without a word."""

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(place.name for place in self.places if place.name != VALUE_PLACE)

    def read(self, text: str) -> _Read | None:
        """Give what the header `text` says, None where it is of another form."""
        found = self.pattern.fullmatch(_aligned(text))
        if found is None:
            return None
        taker = self.takes.get("")
        places = []
        for at, place in enumerate(self.places):
            (start, end), (first, last) = found.span(2 * at + 1), found.span(2 * at + 2)
            value = place.value(text[start:end].strip(), text[first:last].strip())
            if value is None:
                return None
            if place.name == VALUE_PLACE:
                taker = self.takes[value]
            else:
                places.append((place.name, value))
        return None if taker is None else _Read(taker, tuple(places))


def _aligned(text: str) -> str:
    """Fold `text` letter by letter, so that each place is the same in both.

    Signs stay: the ² of a foot note is no 2 of a year.
    """
    return "".join(fold(char)[:1] or char if char.isalpha() else char for char in text)


def _templates(contract: Contract, unpivot: Unpivot) -> tuple[_Template, ...]:
    return tuple(_template(contract, unpivot, header) for header in unpivot.headers)


def _template(contract: Contract, unpivot: Unpivot, header: str) -> _Template:
    pieces = header_pieces(header)
    places, parts = [], []
    for at, piece in enumerate(pieces):
        if piece.is_place:
            place, marks = _place(contract, unpivot, piece.text)
            places.append(place)
            around = f"(?:(?:{marks})\\s*)?" if marks else ""
            behind = f"(?:\\s*(?:{marks}))?" if marks else ""
            parts.append(f"({around}({place.core}){behind})")
        elif not _is_mark(contract, pieces, at):
            parts.append(r"\W*".join(map(re.escape, match_key(piece.text).split())))
    pattern = re.compile(_GAP + _GAP.join(part for part in parts if part) + _GAP)
    return _Template(pattern, tuple(places), dict(unpivot.values))


def _is_mark(contract: Contract, pieces: Sequence[HeaderPiece], at: int) -> bool:
    """Say whether the text beside a place is a mark of its column: it then belongs to the value."""
    text = _aligned(pieces[at].text)
    beside = (*pieces[max(at - 1, 0) : at], *pieces[at + 1 : at + 2])
    marks = (
        mark
        for piece in beside
        if piece.is_place and piece.text in contract.column_names
        for mark in _marks_of(contract.column(piece.text))
    )
    return text in marks


def _marks_of(column: Column) -> tuple[str, ...]:
    return tuple(_aligned(mark) for mark, _ in column.marks.values) if column.marks else ()


def _place(contract: Contract, unpivot: Unpivot, name: str) -> tuple[_Place, str]:
    """Give a place and the pattern of its marks."""
    if name == VALUE_PLACE:
        words = {match_key(word): word for word, _ in unpivot.values}
        return _Place(name, _alternatives(words), words), ""
    column = contract.column(name)
    marks = sorted(_marks_of(column), key=len, reverse=True)
    pattern = "|".join(map(re.escape, marks))
    words = {match_key(each.word): each.value for each in unpivot.words if each.column == name}
    words = words or {match_key(value): value for value in column.allowed}
    words.pop("", None)
    if words:
        return _Place(name, _alternatives(words), words), pattern
    core = _CORES.get(column.logical_type, r"\S|\S.*?\S")
    return _Place(name, core, column=column, pattern=column.pattern), pattern


def _alternatives(words: Collection[str]) -> str:
    """Give the pattern of keys, the longest first; between their words anything but letters."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(r"\W*".join(map(re.escape, key.split())) for key in ordered)
