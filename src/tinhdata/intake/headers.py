"""Finds the header of a table and which of its columns are those of the contract. Pure.

A header is the block of one to four rows that names most columns; what stands above it is title.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

from tinhdata.contracts import Column, Contract, LogicalType
from tinhdata.intake.model import ColumnMatch, Matched, WideColumn
from tinhdata.intake.wide import WideNames
from tinhdata.vietnam import find_measure, match_key, parse_measure, tidy

Grid: TypeAlias = Sequence[Sequence[str]]
"""The first rows of a file as texts, blank cells empty."""

_DEEPEST = 4
_MOST_STARTS = 100
_MOST_CLOSE_STARTS = 30
_MANY_COLUMNS = 300
"""Beyond so many columns only sure matches are tried, and fewer rows."""

_CLOSE = 0.86
_SHORTEST_CLOSE = 5
_WEIGHTS: Mapping[Matched, int] = MappingProxyType(
    {
        Matched.EXACT: 100,
        Matched.FOLDED: 99,
        Matched.UNIT: 96,
        Matched.ORDER: 90,
        Matched.CLOSE: 60,
    }
)
_WIDE_WEIGHT = 95
_LONE_WIDE_WEIGHT = 10
"""What a header of a value counts for where no other column is named: data may look like it."""

_SURE = (Matched.EXACT, Matched.FOLDED, Matched.UNIT, Matched.ORDER)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_UNIT_WORD = re.compile(r"(?:đơn vị(?: tính)?|đ\.?v\.?t\.?|units?)\s*[:：]?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HeaderFound:
    """A header: its rows in the grid (0-based first, count), names and the columns they match."""

    first: int
    depth: int
    names: tuple[str, ...] = ()
    matches: tuple[ColumnMatch, ...] = ()
    score: int = 0
    wide: tuple[WideColumn, ...] = ()
    above: tuple[str, ...] = ()
    """What stands in the lines above."""


def find_header(
    grid: Grid,
    contract: Contract,
    *,
    filled: Grid | None = None,
    first: int | None = None,
    depth: int | None = None,
) -> HeaderFound | None:
    """Find the header of `contract` in `grid`, or None where no column is named anywhere.

    `filled` is the grid with merged cells spread over their range. `first` (0-based) and `depth`
    are fixed where the contract or a person says them; then the answer is never None but for a
    `first` outside the grid.
    """
    book = _Names(contract.columns, WideNames(contract))
    last = (first or 0) + _MOST_STARTS + 2 * _DEEPEST
    spread = [[tidy(cell) for cell in row] for row in (filled or grid)[:last]]
    if first is not None and first >= len(grid):
        return None
    is_wide = max(map(len, grid), default=0) > _MANY_COLUMNS
    starts = [first] if first is not None else list(range(10 if is_wide else _MOST_STARTS))
    depths = [depth] if depth is not None else list(range(1, 3 if is_wide else _DEEPEST + 1))
    blocks = [(start, deep) for start in starts for deep in depths if start + deep <= len(grid)]
    found = _up_to_the_whole(spread, blocks or [(starts[0], 1)], book)
    best = max(found, key=lambda header: (header.score, -header.depth))  # of equals the highest
    if best.score == 0 and first is None:
        close = [_with_close(header, spread, book) for header in found if header.depth == 1]
        best = max(close[:_MOST_CLOSE_STARTS], key=lambda header: header.score, default=best)
        return _with_above(best, grid) if best.score else None
    best = _with_above(_with_close(best, spread, book), grid)
    return best if depth is not None else _with_units(_extended(best, spread, book), spread, book)


def _up_to_the_whole(
    grid: Grid, blocks: Sequence[tuple[int, int]], book: "_Names"
) -> list[HeaderFound]:
    """Match the blocks in turn, up to a row that names every column exactly: none can be better."""
    found = []
    least = min(deep for _, deep in blocks)
    for start, deep in blocks:
        found.append(_at(grid, start, deep, book))
        is_whole = deep == least and found[-1].score >= most_score(book.columns)
        if is_whole and not book.wide.supplied:
            break
    return found


def most_score(columns: Sequence[Column]) -> int:
    """Give the score of a header that names every column exactly, without columns per value."""
    return _WEIGHTS[Matched.EXACT] * len(columns)


def guess_header(grid: Grid) -> HeaderFound | None:
    """Give the first of the fullest rows, where no column of the contract is named anywhere."""
    counts = [sum(bool(cell.strip()) for cell in row) for row in grid[:20]]
    if not any(counts):
        return None
    first = counts.index(max(counts))
    return _with_above(HeaderFound(first, 1, tuple(tidy(cell) for cell in grid[first])), grid)


def _with_above(found: HeaderFound, grid: Grid) -> HeaderFound:
    cells = (cell for row in grid[: found.first] for cell in row if cell.strip())
    return replace(found, above=tuple(dict.fromkeys(cells)))


def header_of_fields(names: Sequence[str], contract: Contract) -> HeaderFound:
    """Match the names that a format itself gives its columns; `a.b` may also be called `b`."""
    book = _Names(contract.columns, WideNames(contract))
    readings = [tuple(dict.fromkeys((name, name.rpartition(".")[2]))) for name in names]
    matches = book.match(readings, names)
    used = {match.index for match in matches}
    wide = book.wide.match(readings, names, used, {match.column for match in matches})
    if len(names) <= _MANY_COLUMNS:
        matches = book.add_close(readings, names, matches, wide)
    return HeaderFound(0, 0, tuple(names), matches, _score(matches, wide), wide)


def with_choice(found: HeaderFound, chosen: Mapping[str, int | None]) -> HeaderFound:
    """Give `found` with the columns that a person chose, each column of the file used once."""
    taken = {index for index in chosen.values() if index is not None}
    kept = [m for m in found.matches if m.column not in chosen and m.index not in taken]
    for column, index in chosen.items():
        if index is not None and 0 <= index < len(found.names):
            kept.append(ColumnMatch(column, index, found.names[index], Matched.CHOSEN))
    supplied = {name for each in found.wide for name in (each.column, *dict(each.places))}
    is_long = any(match.column in supplied for match in kept)
    wide = () if is_long else tuple(each for each in found.wide if each.index not in taken)
    return replace(found, matches=tuple(kept), wide=wide)


def _at(grid: Grid, first: int, depth: int, book: "_Names") -> HeaderFound:
    """Match the block of `depth` rows from `first` as a header, by sure names only."""
    block = grid[first : first + depth]
    names = _joined(block)
    if depth == 1 and not book.wide.supplied and not any(book.is_known(name) for name in names):
        return HeaderFound(first, depth, names)
    readings = _readings(block, names)
    matches = book.match(readings, names)
    used = {match.index for match in matches}
    wide = book.wide.match(readings, names, used, {match.column for match in matches})
    return HeaderFound(first, depth, names, matches, _score(matches, wide), wide)


def _with_close(found: HeaderFound, grid: Grid, book: "_Names") -> HeaderFound:
    if len(found.names) > _MANY_COLUMNS:
        return found
    readings = _readings(grid[found.first : found.first + found.depth], found.names)
    matches = book.add_close(readings, found.names, found.matches, found.wide)
    return replace(found, matches=matches, score=_score(matches, found.wide))


def _score(matches: Sequence[ColumnMatch], wide: Sequence[WideColumn]) -> int:
    weight = _WIDE_WEIGHT if matches else _LONE_WIDE_WEIGHT
    return sum(_WEIGHTS[match.how] for match in matches) + weight * len(wide)


def _joined(block: Grid) -> tuple[str, ...]:
    """Join the cells of each column from top to bottom; a text that repeats is said once."""
    width = max(map(len, block), default=0)
    names = []
    for column in range(width):
        parts: list[str] = []
        for row in block:
            text = row[column] if column < len(row) else ""
            if text and text not in parts:
                parts.append(text)
        names.append(" ".join(parts))
    return tuple(names)


def _readings(block: Grid, names: Sequence[str]) -> list[tuple[str, ...]]:
    """List per column what it may be called: all its cells, the lowest, with the text left above.

    The text to the left counts because merged headers look so after an export.
    """
    if len(block) == 1:
        return [(name,) for name in names]
    above = [_filled_right(row, len(names)) for row in block[:-1]]
    readings = []
    for column, name in enumerate(names):
        lowest = block[-1][column] if column < len(block[-1]) else ""
        parts = [part for part in dict.fromkeys([*(row[column] for row in above), lowest]) if part]
        texts = (name, lowest, " ".join(parts) if name else "")
        readings.append(tuple(text for text in dict.fromkeys(texts) if text))
    return readings


def _filled_right(row: Sequence[str], width: int) -> list[str]:
    """Give the row with each blank cell filled by the nearest text to its left."""
    texts = []
    text = ""
    for column in range(width):
        text = (row[column] if column < len(row) else "") or text
        texts.append(text)
    return texts


def _extended(found: HeaderFound, grid: Grid, book: "_Names") -> HeaderFound:
    """Take the next rows into the header while they name the same columns again (two languages)."""
    depth = found.depth
    wanted = {match.index: match.column for match in found.matches}
    while found.first + depth < len(grid) and depth < _DEEPEST and len(wanted) > 1:
        row = grid[found.first + depth]
        same = sum(
            column in book.columns_called(row[index])
            for index, column in wanted.items()
            if index < len(row)
        )
        if same * 2 < len(wanted):
            break
        depth += 1
    if depth == found.depth:
        return found
    return replace(found, depth=depth)


def _with_units(found: HeaderFound, grid: Grid, book: "_Names") -> HeaderFound:
    """Take the next row into the header where it holds nothing but units: (ha), nghìn tấn.

    As a row of data it would be held, and all numbers below it would be in the wrong unit.
    """
    at = found.first + found.depth
    row = grid[at][: len(found.names)] if at < len(grid) else ()
    texts = {index: text for index, text in enumerate(row) if text}
    units = {index: text for index, text in texts.items() if not _UNIT_WORD.fullmatch(text)}
    takers = [(match.index, match.column) for match in found.matches]
    takers += [(column.index, column.column) for column in found.wide]
    is_below = any(index in units and column in book.measured for index, column in takers)
    if not is_below or any(parse_measure(text) is None for text in units.values()):
        return found
    names = tuple(
        f"{name} ({units[index].strip('()[] ')})" if index in units else name
        for index, name in enumerate(found.names)
    )
    return replace(
        found,
        depth=found.depth + 1,
        names=names,
        matches=tuple(replace(match, header=names[match.index]) for match in found.matches),
        wide=tuple(replace(column, header=names[column.index]) for column in found.wide),
    )


@lru_cache(maxsize=200_000)
def _keys(text: str) -> tuple[str, str, str, str]:
    """Give the key of `text` for each sure kind of match, in the order of `_SURE`."""
    folded = match_key(text)
    unit = _without_unit(text, folded)
    ordered = " ".join(sorted(folded.split())) if " " in folded else folded
    return tidy(text).casefold(), folded, unit, ordered


def _without_unit(text: str, folded: str) -> str:
    """Give the key of `text` without brackets, or without a unit behind a comma or dash."""
    if "(" in text or "[" in text:
        return match_key(_BRACKETS.sub(" ", text))
    is_tailed = "," in text or " - " in text or " – " in text
    measured = find_measure(text) if is_tailed else None
    return match_key(measured.rest) if measured else folded


def forget() -> None:
    """Forget the texts of a file that was understood: they hold its cells, which are not ours."""
    for cache in (_keys, _likeness, _fixed):
        cache.cache_clear()


def _folded(text: str) -> str:
    return _keys(text)[1]


def names_of(column: Column) -> tuple[str, ...]:
    """List what `column` may be called in a file: label in both languages, synonyms, name."""
    texts = [column.label.vi, column.label.en or "", *column.synonyms, column.name]
    if column.unit:
        texts += [f"{text} {column.unit}" for text in texts if text]
    return tuple(dict.fromkeys(text for text in texts if text.strip()))


@dataclass(slots=True)
class _Names:
    """What the columns of a contract may be called, looked up by key."""

    columns: tuple[Column, ...]
    wide: WideNames
    measured: frozenset[str] = frozenset()
    """Columns of numbers that have a unit."""
    _by_key: dict[tuple[Matched, str], list[str]] = field(default_factory=dict)
    _positions: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.measured = frozenset(
            column.name
            for column in self.columns
            if column.unit and column.logical_type in (LogicalType.NUMBER, LogicalType.INTEGER)
        )
        for column in self.columns:
            if column.position is not None:
                self._positions[column.name] = column.position
            for name in names_of(column):
                for how, key in zip(_SURE, _keys(name), strict=True):
                    if key:
                        called = self._by_key.setdefault((how, key), [])
                        if column.name not in called:
                            called.append(column.name)

    def columns_called(self, text: str) -> list[str]:
        """Name the columns that `text` surely calls, by its best key."""
        return next((columns for _how, columns in self._calls(text)), [])

    def is_known(self, text: str) -> bool:
        """Say whether `text` surely calls a column."""
        return bool(text) and bool(self.columns_called(text))

    def _calls(self, text: str) -> Iterator[tuple[Matched, list[str]]]:
        keys = _keys(text)
        # Texts that agree in any sure way agree in the order-free key, or but for the brackets.
        if (Matched.ORDER, keys[3]) not in self._by_key and (
            Matched.UNIT,
            keys[2],
        ) not in self._by_key:
            return
        for how, key in zip(_SURE, keys, strict=True):
            if columns := self._by_key.get((how, key)):
                yield how, columns

    def match(
        self, readings: Sequence[Sequence[str]], names: Sequence[str]
    ) -> tuple[ColumnMatch, ...]:
        """Give each column of the contract the best column of the file, each used once."""
        taken: dict[int, tuple[str, Matched]] = {}
        for how, column, index in self._candidates(readings):
            if index not in taken and all(column != other for other, _ in taken.values()):
                taken[index] = (column, how)
        return tuple(
            ColumnMatch(column, index, names[index], how)
            for index, (column, how) in sorted(taken.items())
        )

    def _candidates(self, readings: Sequence[Sequence[str]]) -> list[tuple[Matched, str, int]]:
        """List sure matches, best kind first, then whole names before parts, then left to right."""
        found: dict[tuple[str, Matched, int], list[int]] = {}
        for index, texts in enumerate(readings):
            for rank, text in enumerate(texts):
                for how, columns in self._calls(text):
                    for column in columns:
                        found.setdefault((column, how, rank), []).append(index)
        ranked = []
        for (column, how, rank), indexes in found.items():
            position = self._positions.get(column)
            places = indexes[position - 1 : position] if position and rank == 0 else indexes
            if position and len(indexes) == 1:
                places = indexes
            ranked += [(_SURE.index(how), rank, index, column) for index in places]
        ranked.sort(key=lambda item: item[:3])
        return [(_SURE[how], column, index) for how, _rank, index, column in ranked]

    def add_close(
        self,
        readings: Sequence[Sequence[str]],
        names: Sequence[str],
        sure: tuple[ColumnMatch, ...],
        wide: tuple[WideColumn, ...] = (),
    ) -> tuple[ColumnMatch, ...]:
        """Give `sure` and, for columns still free on both sides, the names that are nearly same."""
        used = {match.index for match in sure} | {each.index for each in wide}
        free = {column.name for column in self.columns} - {match.column for match in sure}
        if wide:
            free -= self.wide.supplied
        texts: dict[tuple[str, ...], list[tuple[int, str]]] = {}
        for index, each in enumerate(readings):
            for key in map(_folded, each if index not in used else ()):
                texts.setdefault(_fixed(key), []).append((index, key))
        pairs = []
        for column in self.columns:
            for name in map(_folded, names_of(column) if column.name in free else ()):
                pairs += [
                    (-ratio, index, column.name)
                    for index, key in texts.get(_fixed(name), ())
                    if (ratio := _likeness(key, name)) >= _CLOSE
                ]
        close = []
        for _ratio, index, column_name in sorted(pairs):
            if index not in used and column_name in free:
                close.append(ColumnMatch(column_name, index, names[index], Matched.CLOSE))
                used.add(index)
                free.discard(column_name)
        return tuple(sorted((*sure, *close), key=lambda match: match.index))


@lru_cache(maxsize=100_000)
def _likeness(one: str, other: str) -> float:
    """Say how alike two keys with the same `_fixed` words are, 0 to 1."""
    if min(len(one), len(other)) < _SHORTEST_CLOSE:
        return 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= _CLOSE else 0.0


@lru_cache(maxsize=100_000)
def _fixed(key: str) -> tuple[str, ...]:
    """Give the words of a key that must be the same: 2015 is not 2016, Điểm I not Điểm II."""
    words = (word for word in key.split() if len(word) < 4 or any(c.isdigit() for c in word))
    return tuple(sorted(words))


_LETTER_MARK = re.compile(r"\(?([A-Z]{1,2})\)?")
_NUMBER_MARK = re.compile(r"\(?(\d{1,3})\)?(?:\s*=.*)?")


def is_number_row(cells: Sequence[str], width: int) -> bool:
    """Say whether the row under a header only numbers the columns: A, B, 1, 2, 3=1+2.

    The numbers run from 1 without a gap over nearly all columns, which data does not do; a row of
    bare numbers must have at least four.
    """
    texts = [cell.strip() for cell in cells if cell.strip()]
    if len(texts) < 2 or len(texts) * 4 < width * 3:
        return False
    letters = [text for text in texts if _LETTER_MARK.fullmatch(text)]
    numbers = [found[1] for text in texts if (found := _NUMBER_MARK.fullmatch(text))]
    if len(letters) + len(numbers) != len(texts) or not numbers:
        return False
    if [int(number) for number in numbers] != list(range(1, len(numbers) + 1)):
        return False
    is_marked = bool(letters) or any("(" in text or "=" in text for text in texts)
    return is_marked or len(numbers) >= 4
