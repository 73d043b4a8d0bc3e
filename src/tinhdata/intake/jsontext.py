"""JSON text read piece by piece: values are taken one after the other, never the whole file.

The json module parses; what it would pass over (a key that stands twice, NaN) is kept to be said.
"""

import codecs
import json
import re
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import TypeAlias

from tinhdata.intake.cells import Written
from tinhdata.intake.encodings import decoded
from tinhdata.intake.errors import FileRefused
from tinhdata.kernel import t

LONGEST_VALUE = 16 << 20
"""Characters of one record at most."""

_PIECE = 1 << 20
_BLANK = re.compile(r"[ \t\n\r\ufeff]*")


class Twice(str):
    """Stands for an object in which this key occurs more than once."""

    __slots__ = ()


class Unnumbered(str):
    """Stands for NaN and Infinity, which JSON does not have."""

    __slots__ = ()


Node: TypeAlias = "dict[str, Node] | list[Node] | str | bool | None"
"""A parsed value. Numbers are `Written`; `Twice` and `Unnumbered` stand for what is wrong."""


def _object(pairs: list[tuple[str, Node]]) -> Node:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    counts = Counter(key for key, _value in pairs)
    return Twice(counts.most_common(1)[0][0])


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=Written,
    parse_int=Written,
    parse_constant=Unnumbered,
    strict=False,  # control characters inside texts are for the reader of records to judge
)


def parsed(text: str) -> Node:
    """Give the one value that is all of `text`; raises json.JSONDecodeError, RecursionError."""
    value: Node = _DECODER.decode(text)
    return value


def value_at(text: str, at: int) -> tuple[Node, int]:
    """Give the value that begins at `at` and its end; raises as `parsed` does."""
    value, end = _DECODER.raw_decode(text, at)
    return value, end


def stands_alone(line: str) -> bool:
    """Say whether `line` is one whole object or list."""
    text = line.strip().removeprefix("\ufeff")
    if not text.startswith(("{", "[")):
        return False
    try:
        return value_at(text, 0)[1] == len(text)
    except (ValueError, RecursionError):
        return False


class JSONSource:
    """The text of a file with a place in it that only moves forward."""

    def __init__(self, path: Path, codec: str) -> None:
        """Begin at the start of the file at `path`; close it when done."""
        self._pieces = _pieces(path, codec)
        self._text = ""
        self._at = 0
        self._line = 1
        self._column = 1
        self._is_whole = False

    def close(self) -> None:
        """Close the file."""
        self._pieces.close()

    def peek(self) -> str:
        """Give the next character that is no blank, or "" at the end; it is not taken."""
        while True:
            blank = _BLANK.match(self._text, self._at)
            self._at = blank.end() if blank else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, *wanted: str) -> str:
        """Take the next character, one of `wanted`; raises FileRefused at any other."""
        found = self.peek()
        if found not in wanted or not found:
            raise self.broken(self._at)
        self._at += 1
        return found

    def value(self) -> tuple[Node, str]:
        """Take the next value; gives it with its text. Raises FileRefused where it is broken."""
        self.peek()
        failed = (-1, "")
        while True:
            try:
                value, end = value_at(self._text, self._at)
            except json.JSONDecodeError as error:
                place = (error.pos - self._at, error.msg)
                is_cut = error.pos + _LONGEST_TOKEN > len(self._text) or "Unterminated" in error.msg
                if (place == failed and not is_cut) or not self._more():
                    raise self.broken(self._at + place[0]) from error
                failed = place
            except RecursionError as error:
                raise self._too_deep() from error
            else:
                # A number at the end of the piece may go on in the next one.
                if end < len(self._text) or not self._more():
                    if end - self._at > LONGEST_VALUE:
                        raise _too_long()
                    text = self._text[self._at : end]
                    self._at = end
                    return value, text

    def broken(self, at: int) -> FileRefused:
        """Say that the text is no JSON at `at`."""
        line, column = self._place(at)
        return FileRefused(
            "broken-json",
            t(
                "The JSON is broken in line {line}, at character {column}.",
                line=line,
                column=column,
            ),
            t("Let the program that made the file write it again; do not mend it by hand."),
        )

    def _too_deep(self) -> FileRefused:
        line, _column = self._place(self._at)
        return FileRefused(
            "too-deep",
            t("The record in line {line} is nested deeper than any table.", line=line),
            t("Export the records as a list of flat objects, one object for each row."),
        )

    def _place(self, at: int) -> tuple[str, str]:
        """Give line and character as texts: numbers would get signs between thousands."""
        before = self._text[:at]
        lines = before.count("\n")
        column = at - before.rfind("\n") if lines else self._column + at
        return str(self._line + lines), str(column)

    def _more(self) -> bool:
        """Read on, at least as much as is open already; False at the end of the file."""
        open_text = len(self._text) - self._at
        if open_text > LONGEST_VALUE:
            raise _too_long()
        self._line, self._column = map(int, self._place(self._at))
        fresh: list[str] = []
        while not self._is_whole and sum(map(len, fresh)) <= open_text:
            piece = next(self._pieces, None)
            self._is_whole = piece is None
            fresh.append(piece or "")
        self._text = self._text[self._at :] + "".join(fresh)
        self._at = 0
        return any(fresh)


def _too_long() -> FileRefused:
    return FileRefused(
        "long-line",
        t("A record of the file is longer than {count} characters.", count=LONGEST_VALUE),
        t("Check that this is the table itself; large texts do not belong in its rows."),
    )


_LONGEST_TOKEN = 16
"""A word or escape that is cut off at the end of a piece is shorter."""


def _pieces(path: Path, codec: str) -> Generator[str, None, None]:
    """Give the text of the file; bytes that are no letters come as lone surrogates."""
    errors = "surrogatepass" if codec.startswith("utf-16") else "surrogateescape"
    decoder = codecs.getincrementaldecoder(codec)(errors)
    with path.open("rb") as file:
        while chunk := file.read(_PIECE):
            yield decoded(decoder, chunk, final=False)
    yield decoded(decoder, b"", final=True)
