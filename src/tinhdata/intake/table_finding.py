"""Where the table stands in a file that no contract describes yet: its header, title, unit. Pure.

Where a contract is known, `headers` finds its columns instead.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tinhdata.intake.headers import Grid, is_number_row
from tinhdata.vietnam import fold, tidy, title_measures

_LOOKED_AT = 200
_MOST_STARTS = 60
_DEEPEST = 4
_NUMBER = re.compile(r"[-+(]?\s*[0-9][0-9.,\s\u00a0]*(?:[eE][-+]?[0-9]+)?\s*[%)]?")
_DAY = re.compile(r"[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4}(?:[T ,]+[0-9:. ]+)?")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_EMPTY = re.compile(r"[.\-–—…_*]{1,6}")
_UNIT = re.compile(r"\(?(?:don vi tinh|don vi|dvt|unit)\b")
_RUNNING = re.compile(r"(?:stt|so tt|tt|so thu tu)(?:\s+no\.?)?\.?")
_SECTION = re.compile(r"(?:[A-Z]|[IVX]+|[0-9]{1,2})[.)]?")
_LONGEST_HEADER = 300


@dataclass(frozen=True, slots=True)
class TablePlace:
    """The header block: its first row in the grid (0-based) and how many rows it has."""

    first: int
    depth: int
    score: float


def find_table(grid: Grid) -> TablePlace | None:
    """Give the likeliest header block of `grid`, whose merged cells are spread; None if empty."""
    rows = [_Row.of(row) for row in grid[:_LOOKED_AT]]
    if not any(row.filled for row in rows):
        return None
    width = _usual_width(rows)
    starts = [at for at, row in enumerate(rows[:_MOST_STARTS]) if row.filled]
    found = [
        TablePlace(first, depth, _Block(rows, first, depth, width).score())
        for first in starts
        for depth in range(1, _DEEPEST + 1)
        if first + depth <= len(rows)
    ]
    return max(found, key=lambda place: (place.score, -place.depth, -place.first))


def title_above(grid: Grid, place: TablePlace) -> tuple[str | None, str | None]:
    """Give the longest line above the header, and the unit that a line there names."""
    title, unit = "", None
    for row in grid[: place.first]:
        for cell in dict.fromkeys(tidy(cell) for cell in row if cell.strip()):
            measures = title_measures(cell)
            if measures:
                unit = measures[0].text if len(measures) == 1 else None
            if _UNIT.match(fold(cell)):
                continue
            if len(cell) > len(title) and not _is_motto(cell):
                title = cell
    return title or None, unit


def _is_motto(cell: str) -> bool:
    """Say whether a line is the motto of the state, which stands above every letter."""
    text = fold(cell)
    return "cong hoa xa hoi chu nghia" in text or "doc lap - tu do" in text


@dataclass(frozen=True, slots=True)
class _Row:
    texts: tuple[str, ...]
    numeric: tuple[bool, ...]

    @classmethod
    def of(cls, cells: Sequence[str]) -> "_Row":
        texts = tuple(cell.strip() for cell in cells)
        return cls(texts, tuple(_is_number(text) for text in texts))

    @property
    def filled(self) -> int:
        return sum(bool(text) for text in self.texts)

    @property
    def different(self) -> int:
        return len({text for text in self.texts if text})

    def at(self, column: int) -> str:
        return self.texts[column] if column < len(self.texts) else ""

    def is_number_at(self, column: int) -> bool:
        return column < len(self.numeric) and self.numeric[column]


def _is_number(text: str) -> bool:
    return bool(text) and (_NUMBER.fullmatch(text) or _DAY.fullmatch(text)) is not None


def _numbers_rows(row: _Row) -> bool:
    """Say whether the row names a column of running numbers, which only a header does."""
    return any(_RUNNING.fullmatch(fold(text)) for text in row.texts[:3] if text)


def _usual_width(rows: Sequence[_Row]) -> int:
    counts = sorted(row.filled for row in rows if row.filled)
    several = [count for count in counts if count > 1] or counts
    return several[len(several) * 3 // 4]


class _Block:
    """Some rows that may be the header, judged by what stands in, above and below them."""

    def __init__(self, rows: Sequence[_Row], first: int, depth: int, width: int) -> None:
        self._head = rows[first : first + depth]
        self._above = rows[:first]
        self._width = width
        below = [row for row in rows[first + depth :] if row.filled]
        if below and is_number_row(below[0].texts, width):
            below = below[1:]
        self._below = below
        columns = max((len(row.texts) for row in rows), default=0)
        least = max(1, len(below) // 20)
        self._used = [
            column
            for column in range(columns)
            if sum(bool(row.at(column)) for row in below) >= least
        ]
        self._numbers = [column for column in self._used if self._is_numeric(column)]

    def _is_numeric(self, column: int) -> bool:
        cells = [(row.at(column), row.is_number_at(column)) for row in self._below]
        cells = [cell for cell in cells if cell[0] and not _EMPTY.fullmatch(cell[0])]
        return bool(cells) and sum(number for _, number in cells) * 10 >= len(cells) * 7

    def score(self) -> float:
        if not self._used:
            return -5.0 - 0.01 * len(self._above)
        score = 4 * self._coverage() + 2 * self._wordiness() + 2 * self._contrast()
        score += self._uniqueness() - 0.3 * (len(self._head) - 1) - 0.01 * len(self._above)
        score -= 2 * self._is_title(self._head[0]) + sum(map(self._is_title, self._head[1:]))
        score -= 1.5 * any(map(self._is_section, self._head[1:], self._head))
        score += 1.0 * any(map(_numbers_rows, self._head))
        score -= 2 * any(map(_numbers_rows, self._below[:10]))
        if self._head[-1].filled * 2 < min(self._width, len(self._used)):
            score -= 2
        return score - self._left_above()

    def _coverage(self) -> float:
        named = sum(any(row.at(column) for row in self._head) for column in self._used)
        return named / len(self._used)

    def _wordiness(self) -> float:
        cells = [
            (text, number)
            for row in self._head
            for text, number in zip(row.texts, row.numeric, strict=True)
            if text
        ]
        if not cells:
            return 0.0
        words = sum(
            not number or _YEAR.fullmatch(text) is not None
            for text, number in cells
            if len(text) <= _LONGEST_HEADER
        )
        return words / len(cells)

    def _contrast(self) -> float:
        """Say in how many columns of numbers the first row below is one, and the header none."""
        if not self._numbers:
            return 0.5 if self._is_row(self._below[0]) else 0.0
        first, last = self._below[0], self._head[-1]
        good = 0.0
        for column in self._numbers:
            text = last.at(column)
            is_named = not last.is_number_at(column) or self._is_year(column, text)
            is_value = first.is_number_at(column) or _EMPTY.fullmatch(first.at(column)) is not None
            if is_named:
                good += 1.0 if is_value else 0.6 * (not first.at(column))
        return good / len(self._numbers)

    def _is_year(self, column: int, text: str) -> bool:
        below = self._below[0].at(column)
        return _YEAR.fullmatch(text) is not None and _YEAR.fullmatch(below) is None

    def _is_row(self, row: _Row) -> bool:
        return row.filled * 2 >= self._width

    def _uniqueness(self) -> float:
        names = [tuple(row.at(column) for row in self._head) for column in self._used]
        return len(set(names)) / len(names)

    def _is_title(self, row: _Row) -> bool:
        return row.different <= 1 and self._width > 1

    def _is_section(self, row: _Row, above: _Row) -> bool:
        """Say whether the row opens a numbered section of the data, as `A` or `I` in front do."""
        text = row.at(0)
        return text != above.at(0) and _SECTION.fullmatch(text) is not None

    def _left_above(self) -> float:
        """Say how much is lost by leaving the rows above out: rows of data, parts of a header."""
        lost = 0.0
        for distance, row in enumerate(reversed(self._above)):
            if row.different * 2 >= self._width and row.filled > 1:
                lost += 0.9
            elif distance == 0 and row.different > 1 and not any(row.numeric):
                lost += 0.5
        return lost
