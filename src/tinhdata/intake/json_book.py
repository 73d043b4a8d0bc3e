"""JSON documents and JSON Lines as tables: lists of records, wherever they stand in a document.

Units are the elements of a list, or the lines of a file of lines. Read in bounded memory; a list is
gone through once to learn its fields, then as often as it is wanted.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from json import JSONDecodeError
from pathlib import Path
from typing import NamedTuple, TypeAlias

from tinhdata.intake.book import NO_COMMAS, Book
from tinhdata.intake.cells import Value, row_text
from tinhdata.intake.delimited import printable
from tinhdata.intake.encodings import has_undecoded, text_blocks, unicode_codec
from tinhdata.intake.errors import FileRefused
from tinhdata.intake.json_records import MIXED, NoRecord, Record, broken, record_of
from tinhdata.intake.jsontext import JSONSource, Node, parsed
from tinhdata.intake.lines import Fault, Line
from tinhdata.kernel import t

WHOLE = "$"
"""The name of a list that is the document itself, or of the document as one record."""

_DEEPEST_LIST = 4
_MOST_FIELDS = 2_000
_LARGEST_SINGLE = 1 << 20
"""Bytes of a document that may be one record as a whole."""


class _Unit(NamedTuple):
    """An element of a list or a line of a file, as a record or with what is wrong in it."""

    number: int
    record: "Record | None"
    fault: Fault | None
    raw: str


_Values: TypeAlias = "Iterator[tuple[Node, str]]"


@dataclass(slots=True)
class _Seen:
    """What a list of records holds."""

    units: int = 0
    records: int = 0
    fields: dict[str, None] = field(default_factory=dict)
    width: int = 0

    def look(self, unit: _Unit) -> None:
        self.units = unit.number
        if unit.record is None:
            return
        self.records += 1
        if isinstance(unit.record, Mapping):
            if not self.width:
                self.fields.update(dict.fromkeys(unit.record))
        elif not self.fields:
            self.width = max(self.width, len(unit.record))
        if max(len(self.fields), self.width) > _MOST_FIELDS:
            raise FileRefused(
                "too-many-columns",
                t("The records have more than {count} different fields.", count=_MOST_FIELDS),
                t("Export the records as a list of flat objects, one object for each row."),
            )


class JSONBook(Book):
    """The lists of records of a document, or the one list that a file of lines is."""

    def __init__(
        self, path: Path, *, by_lines: bool, fields: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        """Open the file at `path`; `fields` are those of its lists where they are known already.

        Raises FileRefused, at once or while it is read, where the document is no JSON.
        """
        self._path = path
        self._codec = unicode_codec(path)
        self._by_lines = by_lines
        self._fields = dict(fields or {})
        self._known: dict[str, _Seen] | None = None

    def names(self) -> tuple[str, ...]:
        """Give the lists that hold records, by their path in the document."""
        return tuple(name for name, seen in self._seen().items() if seen.records)

    def size(self, name: str) -> tuple[int, int]:
        """Give how many elements a list has, and how many fields."""
        if self._known is None:
            return (0, 0)
        seen = self._known[name]
        return seen.units, len(seen.fields) or seen.width

    def fields(self, name: str) -> tuple[str, ...] | None:
        """Give the fields of a list of objects in the order in which they first occur."""
        if name not in self._fields:
            seen = self._seen().get(name, _Seen())
            self._fields[name] = tuple(seen.fields)
        return self._fields[name] or None

    @property
    def counts_cells(self) -> bool:
        """Say that a list with fewer cells than its header is broken."""
        return True

    def values(self, name: str) -> Iterator[Sequence[Value]]:
        """Give the records as typed cells, in the order of the fields."""
        fields = self.fields(name)
        for unit in self._units(name):
            if unit.fault is None:
                yield self._cells(unit, fields) or ()

    def lines(
        self, name: str, commas: frozenset[int] = NO_COMMAS, limit: int | None = None
    ) -> Iterator[Line]:
        """Give the elements as lines of text, at most `limit`."""
        fields = self.fields(name)
        for unit in self._units(name):
            if limit is not None and unit.number > limit:
                return
            values = self._cells(unit, fields)
            if values is None:
                fault = unit.fault or MIXED
                yield Line(unit.number, unit.number, [], fault, printable(unit.raw))
                continue
            yield Line(unit.number, unit.number, row_text(values, commas))

    @staticmethod
    def _cells(unit: _Unit, fields: tuple[str, ...] | None) -> Sequence[Value] | None:
        """Give the cells of a unit; None where it is no record as the others are."""
        record = unit.record
        if record is None:
            return None if unit.fault else ()
        if isinstance(record, Mapping):
            return None if fields is None else [record.get(name, "") for name in fields]
        return record if fields is None else None

    def _seen(self) -> dict[str, _Seen]:
        """Go through the whole file once: which lists there are, and what they hold."""
        if self._known is None:
            known: dict[str, _Seen] = {}
            for name, units in self._lists():
                if name in known:
                    raise _repeated(name)
                seen = known[name] = _Seen()
                for unit in units:
                    seen.look(unit)
                if seen.records and ("\0" in name or has_undecoded(name)):
                    raise _unnamed(name)
            self._known = known
        return self._known

    def _units(self, name: str) -> Iterator[_Unit]:
        for found, units in self._lists():
            if found == name:
                yield from units
                return

    def _lists(self) -> Iterator[tuple[str, Iterator[_Unit]]]:
        if self._by_lines:
            yield WHOLE, self._line_units()
            return
        with closing(JSONSource(self._path, self._codec)) as source:
            is_object = source.peek() == "{"
            for name, values in _lists_in(source, ()):
                yield name, _units_of(values)
            if source.peek():
                source.take("")
        if is_object and self._path.stat().st_size <= _LARGEST_SINGLE:
            with closing(JSONSource(self._path, self._codec)) as source:
                yield WHOLE, _units_of(iter([source.value()]))

    def _line_units(self) -> Iterator[_Unit]:
        number = 0
        for block in text_blocks(self._path, self._codec):
            for line in block.removesuffix("\n").split("\n"):
                number += 1
                yield _line_unit(number, line.removeprefix("\ufeff").strip(" \t\r"))


def _lists_in(source: JSONSource, path: tuple[str, ...]) -> Iterator[tuple[str, _Values]]:
    """Give each list of a document with its path; what is not taken of one is passed over."""
    first = source.peek()
    if first == "[":
        values = _elements(source)
        yield ".".join(path) or WHOLE, values
        for _value in values:
            pass
    elif first == "{" and len(path) < _DEEPEST_LIST:
        for key in _keys(source):
            yield from _lists_in(source, (*path, key))
    else:
        source.value()


def _elements(source: JSONSource) -> _Values:
    source.take("[")
    if source.peek() == "]":
        source.take("]")
        return
    while True:
        yield source.value()
        if source.take(",", "]") == "]":
            return


def _keys(source: JSONSource) -> Iterator[str]:
    """Give the keys of an object; who asks for the next one has taken the value before."""
    source.take("{")
    if source.peek() == "}":
        source.take("}")
        return
    while True:
        if source.peek() != '"':
            source.take('"')
        key, _text = source.value()
        source.take(":")
        yield str(key)
        if source.take(",", "}") == "}":
            return


def _repeated(name: str) -> FileRefused:
    """Say that a name stands for two lists: whoever chose it would get the rows of one only."""
    return FileRefused(
        "repeated-key",
        t("Two lists of the document are called “{name}”.", name=_shown(name)),
        t("Give each list a name of its own, or put their records into one."),
    )


def _unnamed(name: str) -> FileRefused:
    return FileRefused(
        "unsafe-names",
        t("The name of a list, {name}, holds what no text holds.", name=_shown(name)),
        t("Let the program that made the file write it again; do not mend it by hand."),
    )


def _shown(name: str) -> str:
    """Give the name of a list so that any page and store can hold it."""
    return name.encode("unicode_escape").decode() if has_undecoded(name) or "\0" in name else name


def _units_of(values: _Values) -> Iterator[_Unit]:
    for number, (node, text) in enumerate(values, 1):
        yield _unit(number, node, text)


def _unit(number: int, node: Node, text: str) -> _Unit:
    try:
        return _Unit(number, record_of(node), None, text)
    except NoRecord as problem:
        return _Unit(number, None, problem.fault, text)


def _line_unit(number: int, line: str) -> _Unit:
    if not line:
        return _Unit(number, None, None, "")
    try:
        return _unit(number, parsed(line), line)
    except JSONDecodeError as error:
        return _Unit(number, None, broken(error.pos + 1), line)
    except RecursionError:
        return _Unit(number, None, broken(1), line)
