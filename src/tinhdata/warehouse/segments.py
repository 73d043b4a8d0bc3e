"""What a serving cache consists of: segments, each of some files, and which are to be made. Pure.

A segment holds whole files of a table, which never change, so a segment never changes either. The
segments of a release, in order, hold its files in order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase, digits

from tinhdata.kernel import JSON, JSONObject
from tinhdata.warehouse.model import TableShape

FORM = 1
"""The form of segments; those of another form are made anew."""

MOST_SEGMENTS = 24
"""More segments than this are joined, since each is looked into for every answer."""
FEW_SEGMENTS = 12
TOGETHER_ROWS = 50_000
"""New files of one period with fewer rows stand together with their neighbours."""

ALPHABET = ascii_lowercase + digits
MOST_VALUES = 500
"""A text column with at most so many different folded values has them kept beside it."""
_ROWS_PER_VALUE = 20


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What the folded texts of a column are made of: all different values, or the letters in them.

    `letters` are those of ALPHABET that occur; about other characters nothing is known.
    """

    values: frozenset[str] | None = None
    letters: frozenset[str] | None = None

    def may_hold(self, word: str) -> bool:
        """Say whether one of the texts may hold `word`."""
        if self.values is not None:
            return any(word in value for value in self.values)
        if self.letters is not None:
            return all(letter in self.letters for letter in word if letter in ALPHABET)
        return True


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the table as far as planning needs it."""

    name: str
    rows: int
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A database file of the cache: which files it holds, which fields, which folded."""

    name: str
    files: tuple[str, ...]
    rows: int
    size: int
    fields: Mapping[int, str]
    """Field ids with their SQL types."""
    folded: frozenset[int]
    facts: Mapping[int, TextFacts]


Piece = Segment | tuple[SourceFile, ...]
"""A segment that there is, or the files of one to be made."""


def merged_facts(parts: Sequence[TextFacts | None]) -> TextFacts:
    """Give what is known over several segments together."""
    if any(part is None for part in parts):
        return TextFacts()
    known = [part for part in parts if part is not None]
    values = [part.values for part in known]
    if all(each is not None for each in values):
        joined = frozenset().union(*(each for each in values if each is not None))
        if len(joined) <= MOST_VALUES:
            return TextFacts(values=joined)
    letters = [_letters(part) for part in known]
    if any(each is None for each in letters):
        return TextFacts()
    return TextFacts(letters=frozenset().union(*(each for each in letters if each is not None)))


def _letters(facts: TextFacts) -> frozenset[str] | None:
    if facts.letters is not None or facts.values is None:
        return facts.letters
    return frozenset(letter for value in facts.values for letter in value if letter in ALPHABET)


def plan(
    files: Sequence[SourceFile], known: Sequence[Segment], shape: TableShape
) -> tuple[Piece, ...]:
    """Say of which segments the cache over `files` is to consist, in their order.

    Segments that there are serve on where all of their files stand together and in order; so an
    appended period makes its own segment and no other. Too many are joined, the smallest first.
    """
    usable = {
        segment.files[0]: segment
        for segment in known
        if segment.files and _has_all(segment, shape) and _stands(segment, files)
    }
    pieces: list[Piece] = []
    place = 0
    while place < len(files):
        segment = usable.get(files[place].name)
        if segment is not None:
            pieces.append(segment)
            place += len(segment.files)
            continue
        place = _add_file(pieces, files[place], place)
    return tuple(_joined(pieces, files))


def _add_file(pieces: list[Piece], file: SourceFile, place: int) -> int:
    """Put `file` into the last piece or one of its own, and give the next place."""
    last = pieces[-1] if pieces else None
    if isinstance(last, tuple) and _belong(last, file):
        pieces[-1] = (*last, file)
    else:
        pieces.append((file,))
    return place + 1


def _belong(piece: tuple[SourceFile, ...], file: SourceFile) -> bool:
    """Say whether a new file stands with those before it: of no period, or small enough."""
    if file.period is None and piece[-1].period is None:
        return True
    return sum(each.rows for each in piece) + file.rows <= TOGETHER_ROWS


def _has_all(segment: Segment, shape: TableShape) -> bool:
    return all(segment.fields.get(c.field_id) == c.sql_type for c in shape.columns)


def _stands(segment: Segment, files: Sequence[SourceFile]) -> bool:
    names = [file.name for file in files]
    try:
        first = names.index(segment.files[0])
    except ValueError:
        return False
    return tuple(names[first : first + len(segment.files)]) == segment.files


def _joined(pieces: list[Piece], files: Sequence[SourceFile]) -> list[Piece]:
    if len(pieces) <= MOST_SEGMENTS:
        return pieces
    by_name = {file.name: file for file in files}
    found = list(pieces)
    while len(found) > FEW_SEGMENTS:
        sizes = [_rows(piece) for piece in found]
        at = min(range(len(found) - 1), key=lambda number: sizes[number] + sizes[number + 1])
        found[at : at + 2] = [(*_files(found[at], by_name), *_files(found[at + 1], by_name))]
    return found


def _rows(piece: Piece) -> int:
    return piece.rows if isinstance(piece, Segment) else sum(file.rows for file in piece)


def _files(piece: Piece, by_name: Mapping[str, SourceFile]) -> tuple[SourceFile, ...]:
    return tuple(by_name[name] for name in piece.files) if isinstance(piece, Segment) else piece


def wants_index(rows: int, distinct: int) -> bool:
    """Say whether an index pays: where a value has few rows; for others a scan is as fast."""
    return distinct * _ROWS_PER_VALUE >= rows > 0


def wants_values(distinct: int) -> bool:
    """Say whether the different values of a text column may be few enough to be kept."""
    # The estimate may lie below the truth; whoever counts them stops at the limit.
    return distinct <= MOST_VALUES


def to_json(segments: Sequence[Segment]) -> JSONObject:
    """Give segments as JSON to keep."""
    return {"form": FORM, "segments": [_segment_json(segment) for segment in segments]}


def _segment_json(segment: Segment) -> JSONObject:
    return {
        "name": segment.name,
        "files": list(segment.files),
        "rows": segment.rows,
        "size": segment.size,
        "fields": [[number, kind] for number, kind in segment.fields.items()],
        "folded": sorted(segment.folded),
        "facts": [
            [
                number,
                None if known.values is None else sorted(known.values),
                None if known.letters is None else "".join(sorted(known.letters)),
            ]
            for number, known in segment.facts.items()
        ],
    }


def from_json(value: JSON) -> tuple[Segment, ...]:
    """Read what `to_json` gave; raises ValueError, KeyError or TypeError on anything else."""
    if not isinstance(value, Mapping) or value["form"] != FORM:
        raise ValueError("not the segments of a serving cache of this form")
    return tuple(_segment_of(item) for item in _list(value["segments"]))


def _segment_of(value: JSON) -> Segment:
    if not isinstance(value, Mapping):
        raise ValueError("not a segment")
    facts = {_whole(number): _facts(values, letters) for number, values, letters in _rows_of(value)}
    return Segment(
        name=str(value["name"]),
        files=tuple(str(name) for name in _list(value["files"])),
        rows=_whole(value["rows"]),
        size=_whole(value["size"]),
        fields={_whole(_list(f)[0]): str(_list(f)[1]) for f in _list(value["fields"])},
        folded=frozenset(_whole(number) for number in _list(value["folded"])),
        facts=facts,
    )


def _rows_of(value: JSONObject) -> list[tuple[JSON, JSON, JSON]]:
    found = []
    for item in _list(value["facts"]):
        number, values, letters = _list(item)
        found.append((number, values, letters))
    return found


def _facts(values: JSON, letters: JSON) -> TextFacts:
    return TextFacts(
        None if values is None else frozenset(str(item) for item in _list(values)),
        None if letters is None else frozenset(str(letters)),
    )


def _list(value: JSON) -> list[JSON]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value


def _whole(value: JSON) -> int:
    if not isinstance(value, int):
        raise ValueError("not a whole number")
    return value
