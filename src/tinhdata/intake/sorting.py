"""Puts each line of a file where it belongs: title, header, total, blank, note, record, reject.

Every line goes to exactly one place; the account of a file is nothing but the count of places.
Regions stay whole: only those of their lines are looked at singly that may be no plain record.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import pyarrow as pa

from tinhdata.contracts import Contract
from tinhdata.intake import odd_lines
from tinhdata.intake.delimited import printable
from tinhdata.intake.headers import is_number_row
from tinhdata.intake.lines import Fault, Line, Region
from tinhdata.intake.model import FileKind, HeaderPlace, Understanding
from tinhdata.intake.rules import DropRules, LineRules, is_blank
from tinhdata.intake.spreading import Spreader
from tinhdata.kernel import t
from tinhdata.vietnam import LegacyEncoding, convert

_OFTEN = 3
"""Where more than one line in so many may be odd, all are looked at singly at once."""

_LONGEST_NOTES = 200
"""Lines that a block of foot notes may have; more are data after all."""


class LineKind(StrEnum):
    """Where a line belongs."""

    TITLE = "title"
    HEADER = "header"
    TOTAL = "total"
    BLANK = "blank"
    NOTE = "note"
    RECORD = "record"
    REJECTED = "rejected"
    DROPPED = "dropped"


class Sorted(NamedTuple):
    """A line in its place. `cells` are those of the contract's columns, in its order.

    Of a wide table the cells that hold values follow; `spreader` then says which rows they give.
    """

    kind: LineKind
    first: int
    last: int
    cells: Sequence[str] = ()
    fault: Fault | None = None
    raw: str = ""
    spreader: Spreader | None = None


class SortedRegion(NamedTuple):
    """Units that follow each other and are a plain record each.

    `columns` are those of the contract, in its order: texts without NULL, or one text for all.
    """

    first: int
    last: int
    columns: Sequence[pa.StringArray | str]


Place: TypeAlias = Sorted | SortedRegion


class Sorter:
    """Sorts the lines of one file as its `understanding` says. Use it for one pass."""

    def __init__(
        self, contract: Contract, understanding: Understanding, header: HeaderPlace
    ) -> None:
        places = {match.column: match.index for match in understanding.mapping}
        self._indexes = tuple(places.get(name) for name in contract.column_names)
        self._wide = tuple(column.index for column in understanding.wide)
        self._spreader = Spreader(contract, understanding.wide) if self._wide else None
        self._mapped = frozenset((*places.values(), *self._wide))
        self._header = header
        self._width = len(header.names)
        self._is_text = understanding.kind is FileKind.TEXT
        self._least = understanding.least_cells
        self._delimiter = understanding.delimiter or "\t"
        is_layer = understanding.kind is not None and understanding.kind.is_layer
        self._skips = not (understanding.totals_are_data or is_layer)
        self._rules = LineRules(contract, self._indexes)
        self._drops = DropRules(contract)
        self._header_rows: set[tuple[str, ...]] = set()
        self._header_heads: set[str] = set()
        self._filled = tuple(
            (contract.column_names.index(name), text) for name, text in understanding.filled.items()
        )
        self._is_fresh = header.rows > 0
        self._reach = max(self._mapped, default=-1) + 1
        self._notes: list[Line] = []
        """Lines that are foot notes, unless data follows them."""

    def sort(self, lines: Iterable[Line]) -> Iterator[Sorted]:
        """Give each of `lines` its place; foot notes are told from data by what follows them."""
        for line in lines:
            yield from self._next(line)
        yield from self._rest()

    def sort_regions(self, lines: Iterable[Line | Region]) -> Iterator[Place]:
        """Give the same places as `sort`, plain records side by side where they came so."""
        for each in lines:
            if isinstance(each, Region):
                yield from self._region(each)
            else:
                yield from self._next(each)
        yield from self._rest()

    def _next(self, line: Line) -> Iterable[Sorted]:
        """Place the next line, and the notes before it where it tells what they are."""
        if line.first <= self._header.last_row:
            return (self._above(line),)
        if self._notes:
            if self._may_be_note(line) and len(self._notes) < _LONGEST_NOTES:
                self._notes.append(line)
                return ()
            if line.fault is None and not is_blank(line.cells):
                return (*self._no_notes(), self._place(line))
        elif self._begins_notes(line):
            self._notes.append(line)
            return ()
        return (self._place(line),)

    def _no_notes(self) -> list[Sorted]:
        """Place the lines that were taken for notes as what they are then."""
        lines, self._notes = self._notes, []
        return [self._place(line) for line in lines]

    def _rest(self) -> Iterator[Sorted]:
        for line in self._notes:
            kind = LineKind.BLANK if is_blank(line.cells) else LineKind.NOTE
            yield self._passed(kind, line)

    def _region(self, region: Region) -> Iterator[Place]:
        """Place the lines of a region: those that may be no plain record one by one."""
        start, count = 0, len(region)
        while start < count and (self._is_fresh or region.first + start <= self._header.last_row):
            yield from self._next(region.line(start))
            start += 1
        if start == count:
            return
        region = region.part(start, count)
        odd = self._odd(region)
        if odd is None or len(odd) * _OFTEN > len(region):
            for line in region.lines():
                yield from self._next(line)
            return
        begun = 0
        for at in odd:
            line = region.line(at)
            if self._is_plain(line):
                continue
            yield from self._plain(region, begun, at)
            yield from self._next(line)
            begun = at + 1
        yield from self._plain(region, begun, len(region))

    def _plain(self, region: Region, start: int, stop: int) -> Iterator[Place]:
        """Give the lines from `start` up to `stop` as the records that they are."""
        if start == stop:
            return
        yield from self._no_notes()
        part = region.part(start, stop)
        columns: list[pa.StringArray | str] = [
            part.columns[index] if index is not None and index < len(part.columns) else ""
            for index in self._indexes
        ]
        for at, text in self._filled:
            columns[at] = text
        yield SortedRegion(part.first, part.first + len(part) - 1, columns)

    def _odd(self, region: Region) -> list[int] | None:
        """Give the lines that may be no plain record; None where any of them may."""
        count, first = len(region.columns), region.columns[0]
        if self._spreader is not None or count < max(self._least, 2):
            return None
        blanks = odd_lines.Blanks(region)
        found = [
            blanks[0],
            odd_lines.sparse(region, blanks, self._width, self._rules.needed),
            odd_lines.stripped_among(first, self._header_heads),
        ]
        if self._skips:
            found.append(odd_lines.beginning(first, self._rules))
        if self._least:
            found += [~blanks[at] for at in range(self._width, count)]
        for at, values in self._drops.by_column():
            index = self._indexes[at]
            if at in dict(self._filled) or index is None or index >= count:
                return None
            found.append(odd_lines.folded_among(region.columns[index], values))
        return odd_lines.places(found)

    def _is_plain(self, line: Line) -> bool:
        """Say whether a line that looked odd is a record, whatever stands around it."""
        if self._may_be_note(line):
            return False
        return self._place(line).kind is LineKind.RECORD

    def _begins_notes(self, line: Line) -> bool:
        # Where a format names its fields itself, nobody writes notes below the records.
        return (
            self._skips
            and self._header.rows > 0
            and line.fault is None
            and self._rules.begins_notes(line.cells, self._width)
            and not self._rules.is_total(line.cells)
        )

    def _may_be_note(self, line: Line) -> bool:
        return line.fault is None and self._rules.is_sparse(line.cells, self._width)

    def _above(self, line: Line) -> Sorted:
        """Place a line of the header or above it."""
        if line.first >= self._header.first_row:
            texts = tuple(cell.strip() for cell in line.cells)
            if any(texts):
                self._header_rows.add(texts)
                self._header_heads.add(texts[0])
            return self._passed(LineKind.HEADER, line)
        is_empty = line.fault is None and is_blank(line.cells)
        return self._passed(LineKind.BLANK if is_empty else LineKind.TITLE, line)

    def _passed(self, kind: LineKind, line: Line) -> Sorted:
        return Sorted(kind, line.first, line.last, raw=line.raw or self._raw(line.cells))

    def _place(self, line: Line) -> Sorted:
        """Place a line below the header."""
        if line.fault is not None:
            return Sorted(LineKind.REJECTED, line.first, line.last, fault=line.fault, raw=line.raw)
        cells = line.cells
        if self._skips and self._rules.is_total(cells):
            return self._passed(LineKind.TOTAL, line)
        fault = self._bad_cell(line)
        if fault is None and is_blank(cells):
            return Sorted(LineKind.BLANK, line.first, line.last)
        if self._is_header_again(cells):
            return self._passed(LineKind.HEADER, line)
        self._is_fresh = False
        if self._skips and self._rules.is_declared_note(cells):
            return self._passed(LineKind.NOTE, line)
        fault = fault or (self._wrong_length(cells) if self._least else None)
        if fault is not None:
            return Sorted(
                LineKind.REJECTED, line.first, line.last, fault=fault, raw=self._raw(cells)
            )
        return self._record(line)

    def _record(self, line: Line) -> Sorted:
        cells = line.cells
        if len(cells) < self._reach:
            cells = cells + [""] * (self._reach - len(cells))
        row = ["" if index is None else cells[index] for index in self._indexes]
        for at, text in self._filled:
            row[at] = text
        if self._drops.dropping(row) is not None:
            return self._passed(LineKind.DROPPED, line)
        row.extend([cells[index] for index in self._wide])
        return Sorted(LineKind.RECORD, line.first, line.last, row, spreader=self._spreader)

    def _is_header_again(self, cells: Sequence[str]) -> bool:
        """Say whether the line repeats a header row or, right below it, numbers the columns."""
        if self._is_fresh and is_number_row(cells, self._width):
            return True
        if not cells or cells[0].strip() not in self._header_heads:
            return False
        return tuple(cell.strip() for cell in cells) in self._header_rows

    def _bad_cell(self, line: Line) -> Fault | None:
        return next((bad.fault for bad in line.bad_cells if bad.at in self._mapped), None)

    def _wrong_length(self, cells: Sequence[str]) -> Fault | None:
        count = len(cells)
        if count < self._least:
            text = t(
                "The line has {count} cells, the header {width}. Complete it, or look whether the "
                "line was cut off.",
                count=count,
                width=self._width,
            )
            return Fault("too-few-cells", text)
        if count > self._width and not is_blank(cells[self._width :]):
            text = t(
                "The line has {count} cells, the header only {width}; too many: “{surplus}”. Put "
                "quotation marks around a cell that holds the separator.",
                count=count,
                width=self._width,
                surplus=self._raw(cells[self._width :])[:200],
            )
            return Fault("too-many-cells", text)
        return None

    def _raw(self, cells: Sequence[str]) -> str:
        if not self._is_text:
            return "\t".join(cells)
        text = io.StringIO()
        csv.writer(text, delimiter=self._delimiter, lineterminator="").writerow(cells)
        return printable(text.getvalue())


def converted(lines: Iterable[Line], encoding: LegacyEncoding | None) -> Iterable[Line]:
    """Give `lines` with cells in an old encoding as Unicode."""
    if encoding is None:
        return lines
    return (
        line._replace(cells=[_unicode(cell, encoding) for cell in line.cells]) for line in lines
    )


def _unicode(cell: str, encoding: LegacyEncoding) -> str:
    return cell if cell.isascii() else convert(cell, encoding)
