"""Records of a text file over its physical lines: each line is in exactly one record or fault.

The csv module parses; this module decides what to do where it stumbles. A quote that is never
closed costs its own line and no other. Lines of which nothing is odd may come all at once.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from typing import TypeAlias

from tinhdata.intake import bulk
from tinhdata.intake.encodings import Block, has_undecoded
from tinhdata.intake.lines import Fault, Line, Region, single
from tinhdata.kernel import t

_LONGEST_CELL = 131_072
"""The csv module's own limit for a cell, four times what a cell of Excel holds."""

_BOM = "\ufeff"
_MOST_READS = 10
"""So often the lines of a piece are read again after open quotes, then each one by itself.

Otherwise a small file whose quotes are all out of step takes hours."""


_AHEAD = 2
"""Pieces that are parsed before they are asked for."""

_FEWEST = 64
"""Lines that are parsed at once; around an odd one fewer than this are read one by one."""


def records(texts: Iterable[str], delimiter: str, width: int | None = None) -> Iterator[Line]:
    """Give the records of a file whose text comes in pieces of whole lines.

    Quotes are doubled inside quoted cells (RFC 4180); a quote inside an unquoted cell is a letter.
    A quoted cell may run over several lines. `width` is the number of columns where it is known: it
    tells a cell of several lines from an unclosed quote that swallows records.
    """
    pieces = ((Block(text=text), None) for text in texts)
    return single(_read(pieces, delimiter, width, at_once=False))


def regions(
    blocks: Iterable[Block], delimiter: str, width: int | None = None
) -> Iterator[Line | Region]:
    """Give the same as `records`, with lines of which nothing is odd in regions."""
    with ThreadPoolExecutor(1) as ahead:
        yield from _read(_ahead(blocks, delimiter, ahead), delimiter, width, at_once=True)


_Parsed: TypeAlias = "Future[bulk.Columns | None] | None"
"""The cells of a block on their way; None where nobody parses them."""


def _ahead(
    blocks: Iterable[Block], delimiter: str, pool: ThreadPoolExecutor
) -> Iterator[tuple[Block, _Parsed]]:
    """Give each block with its cells on their way, while the next one is parsed already."""
    waiting: list[tuple[Block, _Parsed]] = []
    for block in blocks:
        waiting.append((block, pool.submit(_parsed, block, delimiter)))
        if len(waiting) > _AHEAD:
            yield waiting.pop(0)
    yield from waiting


def _parsed(block: Block, delimiter: str) -> bulk.Columns | None:
    data = block.data
    return None if data is None else bulk.parsed(data, delimiter)


def _read(
    pieces: Iterable[tuple[Block, _Parsed]],
    delimiter: str,
    width: int | None,
    *,
    at_once: bool,
) -> Iterator[Line | Region]:
    number = 1
    open_lines: list[str] = []
    for block, parsing in chain(pieces, ((None, None),)):
        if block is None:
            lines, is_last = open_lines, True
        else:
            if parsing is not None and not open_lines and (columns := parsing.result()):
                yield (region := Region(number, columns))
                number += len(region)
                continue
            fresh = block.text.split("\n")
            if not fresh[-1]:
                fresh.pop()
            lines, is_last = open_lines + fresh, False
        clean = _clean(lines, len(open_lines), len(lines), delimiter) if at_once else {}
        piece = _Piece(lines, number, delimiter, width, clean, is_last=is_last)
        yield from piece
        number += piece.done
        open_lines = lines[piece.done :]


def _clean(
    lines: list[str], start: int, stop: int, delimiter: str
) -> dict[int, tuple[bulk.Columns, int]]:
    """Find the lines from `start` to `stop` that can be parsed at once, by halves.

    Gives for the first line of each stretch its cells and where it stops. Whether a record begins
    there at all, or a cell of several lines runs on, is not known here.
    """
    if stop - start < _FEWEST:
        return {}
    columns = _parsed(Block(text="\n".join(lines[start:stop]) + "\n"), delimiter)
    if columns is not None:
        return {start: (columns, stop)}
    middle = (start + stop) // 2
    return {**_clean(lines, start, middle, delimiter), **_clean(lines, middle, stop, delimiter)}


class _Piece:
    """Some physical lines on their way to records. `done` says how many were used up.

    `clean` are the stretches of them that are parsed already, by their first line.
    """

    def __init__(
        self,
        lines: list[str],
        number: int,
        delimiter: str,
        width: int | None,
        clean: Mapping[int, tuple[bulk.Columns, int]],
        *,
        is_last: bool,
    ) -> None:
        self.done = 0
        self._clean = clean
        self._lines = [line.removeprefix(_BOM) for line in lines]
        self._number = number
        self._delimiter = delimiter
        self._width = width
        self._is_last = is_last
        self._left = _MOST_READS * (len(lines) + 1_000)
        text = "".join(lines)
        self._is_odd = "\0" in text or has_undecoded(text)

    def __iter__(self) -> Iterator[Line | Region]:
        while self.done < len(self._lines):
            if (found := self._clean.get(self.done)) is not None:
                columns, stop = found
                yield Region(self._number + self.done, columns)
                self._left -= stop - self.done
                self.done = stop
                continue
            try:
                yield from self._parsed()
            except csv.Error as error:
                if self._may_go_on(str(error)):
                    return
                yield self._rejected(self._why())

    def _parsed(self) -> Iterator[Line]:
        """Give records until the lines end (no error), or a quote breaks the reading (csv.Error).

        Returns early where a record swallowed others, after rejecting its first line, and where
        lines follow that are parsed already.
        """
        start = self.done
        # One limit for the whole process, which any library may have moved.
        csv.field_size_limit(_LONGEST_CELL)
        reader = csv.reader(self._feed(), delimiter=self._delimiter, strict=True)
        for cells in reader:
            last = start + reader.line_num
            if last - self.done > 1 and self._swallows(last):
                yield self._rejected(_UNCLOSED)
                return
            if self._is_odd and (fault := self._odd(last)):
                yield self._taken(last, fault)
            else:
                yield Line(self._number + self.done, self._number + last - 1, cells)
                self.done = last
            if self.done in self._clean:
                return

    def _feed(self) -> Iterator[str]:
        end = len(self._lines) if self._left > 0 else self.done + 1
        for at in range(self.done, end):
            self._left -= 1
            yield f"{self._lines[at]}\n"

    def _taken(self, last: int, fault: Fault) -> Line:
        raw = "\n".join(self._lines[self.done : last])
        line = Line(self._number + self.done, self._number + last - 1, [], fault, printable(raw))
        self.done = last
        return line

    def _rejected(self, fault: Fault) -> Line:
        """Give up the first open line, and only it."""
        if self._is_odd:
            fault = self._odd(self.done + 1) or fault
        return self._taken(self.done + 1, fault)

    def _may_go_on(self, error: str) -> bool:
        """Say whether the open quote may be closed in a later piece."""
        if self._is_last or self._left <= 0 or not error.startswith("unexpected end"):
            return False
        return sum(map(len, self._lines[self.done :])) <= _LONGEST_CELL

    def _why(self) -> Fault:
        line = self._lines[self.done]
        try:
            next(csv.reader([line], delimiter=self._delimiter, strict=True), None)
        except csv.Error as error:
            if str(error).startswith("unexpected end"):
                return _UNCLOSED
            if str(error).startswith("field larger"):
                return _TOO_LONG
            return _MISPLACED
        return _UNCLOSED

    def _odd(self, last: int) -> Fault | None:
        text = "".join(self._lines[self.done : last])
        if "\0" in text:
            return ZERO
        return UNDECODED if has_undecoded(text) else None

    def _swallows(self, last: int) -> bool:
        """Say whether the lines of one record look like records of their own.

        Where a quote is left open, the record ends at the next quote, lines later, and can even
        have the right number of cells. Then its first line alone has all cells already, and so
        have most lines after it; lines inside an honest cell do not.
        """
        if self._width is None or self._width < 2:
            return False
        counts = [line.count(self._delimiter) + 1 for line in self._lines[self.done : last]]
        alike = sum(count == self._width for count in counts[1:])
        needed = len(counts) - 1 if self._width == 2 else len(counts) // 2
        return counts[0] >= self._width and alike >= max(needed, 1)


def printable(text: str) -> str:
    """Give `text` so that it can be stored and shown: bytes that are no letters as hexadecimal."""
    if "\0" in text:
        text = text.replace("\0", "\\x00")
    if not has_undecoded(text):
        return text
    return "".join(
        f"\\x{ord(char) & 0xFF:02x}" if "\ud800" <= char <= "\udfff" else char for char in text
    )


_UNCLOSED = Fault(
    "unclosed-quote",
    t('A quotation mark is opened in this line and never closed. Close it, or double it ("").'),
)
_MISPLACED = Fault(
    "misplaced-quote",
    t('There is text behind a closing quotation mark. Double the marks inside the cell ("").'),
)
_TOO_LONG = Fault(
    "long-cell",
    t("A cell has more than {count} characters. Shorten it.", count=_LONGEST_CELL),
)
ZERO = Fault(
    "zero-byte",
    t("The line holds bytes without meaning (NUL), as a broken disk or transfer leaves them."),
)
UNDECODED = Fault(
    "bad-bytes",
    t("The line holds bytes that are no letters in the encoding of the file. Type it again."),
)
