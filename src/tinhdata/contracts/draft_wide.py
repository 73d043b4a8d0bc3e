"""Recognises a wide table in a sample file: headers that are years, or years and measures. Pure.

Gives the same table long, a row per year, and how `layout.unpivot` says so. Other wide tables
(a column per place or month) are left as they are: a person says what they mean.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from tinhdata.contracts.draft_seen import NO_VALUE, ColumnSeen, TableSeen
from tinhdata.contracts.draft_values import is_missing_word
from tinhdata.contracts.templates import VALUE_PLACE
from tinhdata.kernel import JSON
from tinhdata.vietnam import find_measure, fold, match_key, tidy

YEAR, STATUS, VALUE = "Năm", "Tình trạng số liệu", "Giá trị"
FIRM = "chính thức"

_LEAST_COLUMNS = 3
_MOST_MEASURES = 40
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_MARKS: Mapping[str, str] = MappingProxyType(
    {
        "prel.": "sơ bộ",
        "prel": "sơ bộ",
        "pre.": "sơ bộ",
        "preliminary": "sơ bộ",
        "so bo": "sơ bộ",
        "est.": "ước tính",
        "estimate": "ước tính",
        "uoc tinh": "ước tính",
        "uoc": "ước tính",
        "(*)": "có chú thích",
        "(**)": "có chú thích",
    }
)
"""What stands beside a year, folded, and what it means."""

_MARK = re.compile("|".join(re.escape(mark) for mark in sorted(_MARKS, key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class Wide:
    """How a table is wide. Columns are places in the long table."""

    table: TableSeen
    year: int
    status: int | None
    values: tuple[tuple[str, int], ...]
    """Word of the header and the column that takes the value; no word where there is only one."""

    year_first: bool
    around: str
    """Text that stands before or behind each year and says nothing."""

    marks: tuple[tuple[str, str], ...]
    has_pairs: bool

    def unpivot(self, names: Sequence[str]) -> JSON:
        """Give the value of `layout.unpivot` for columns called `names`."""
        place = f"{{{names[self.year]}}}"
        words = [word for word, _ in self.values]
        beside = f"{{{VALUE_PLACE}}}" if any(words) else self.around
        pieces = (place, beside) if self.year_first else (beside, place)
        values: JSON = {word: names[at] for word, at in self.values}
        if not any(words):
            values = names[self.values[0][1]]
        return {"headers": [" ".join(piece for piece in pieces if piece)], "values": values}

    def marks_of_year(self, names: Sequence[str]) -> JSON:
        """Give the value of `marks` of the column of the year; None where it has none."""
        if self.status is None:
            return None
        return {"into": names[self.status], "values": dict(self.marks), "default": FIRM}

    @property
    def meanings(self) -> tuple[str, ...]:
        """Give the values that the column of the status can have; none where marks come in pairs.

        What two marks mean together stands there as one text.
        """
        if self.has_pairs:
            return ()
        return tuple(sorted({FIRM, *(meaning for _, meaning in self.marks)}))


@dataclass(frozen=True, slots=True)
class _Header:
    """A header taken apart: the year, the words beside it, and on which side they stand."""

    at: int
    year: str
    words: str
    full: str
    year_first: bool
    marks: tuple[str, ...]


def find_wide(seen: TableSeen) -> Wide | None:
    """Say how `seen` is wide; None where it is not, or not in a way that is surely understood."""
    parsed = [_parsed(at, column.header) for at, column in enumerate(seen.columns)]
    headers = [header for header in parsed if header is not None]
    rest = [column for column, header in zip(seen.columns, parsed, strict=True) if header is None]
    if len(headers) < _LEAST_COLUMNS or len(headers) * 2 < len(seen.columns) or not rest:
        return None
    if len({header.year for header in headers}) < 2 or _clash(headers, rest):
        return None
    sides = {header.year_first for header in headers if header.words}
    words = list(dict.fromkeys(match_key(header.words) for header in headers))
    is_bracketed = any("(" in header.words or ")" in header.words for header in headers)
    is_mixed = "" in words and len(words) > 1
    if len(sides) > 1 or len(words) > _MOST_MEASURES or is_bracketed or is_mixed:
        return None
    is_single = len(words) == 1
    return _long(seen, rest, headers, words, is_single=is_single)


def _parsed(at: int, header: str) -> _Header | None:
    text = tidy(header)
    measured = find_measure(text)
    found = list(_YEAR.finditer(text))
    if len(found) != 1:
        return None
    bare = tidy(measured.rest) if measured and _YEAR.search(measured.rest) else text
    year = _YEAR.search(bare)
    if year is None:
        return None
    before, marks = _without_marks(bare[: year.start()])
    behind, more = _without_marks(bare[year.end() :])
    if before and behind:
        return None
    full, _ = _without_marks(text.replace(year[1], " "))
    return _Header(at, year[1], before or behind, full, not before, (*marks, *more))


def _without_marks(text: str) -> tuple[str, tuple[str, ...]]:
    """Take the marks off the words beside a year; give both, marks as they are printed."""
    bare, marks = tidy(text), []
    while (found := _MARK.search(fold(bare))) is not None and len(fold(bare)) == len(bare):
        marks.append(bare[found.start() : found.end()])
        bare = tidy(f"{bare[: found.start()]} {bare[found.end() :]}")
    return bare.strip(" -–—_:;,./|"), tuple(marks)


def _clash(headers: Sequence[_Header], rest: Sequence[ColumnSeen]) -> bool:
    """Say whether two columns say the same, or another column is already called as ours."""
    places = [(header.year, match_key(header.words)) for header in headers]
    taken = {match_key(column.header) for column in rest}
    ours = {match_key(name) for name in (YEAR, "Year", STATUS, VALUE)}
    return len(set(places)) < len(places) or bool(taken & ours)


def _long(
    seen: TableSeen,
    rest: Sequence[ColumnSeen],
    headers: Sequence[_Header],
    words: Sequence[str],
    *,
    is_single: bool,
) -> Wide | None:
    by_place = {(header.year, match_key(header.words)): header for header in headers}
    years = list(dict.fromkeys(header.year for header in headers))
    cells = {header.at: _cells(seen.columns[header.at]) for header in headers}
    rows = [
        (record, year)
        for record in range(seen.columns[0].rows)
        for year in years
        if any(
            (header := by_place.get((year, word))) is not None
            and _is_value(cells[header.at][record])
            for word in words
        )
    ]
    if not rows:
        return None
    columns = [_repeated(column, [record for record, _ in rows]) for column in rest]
    columns.append(ColumnSeen.of(YEAR, (year for _, year in rows)))
    marks = _marks(headers)
    status = len(columns) if marks else None
    if marks:
        columns.append(ColumnSeen.of(STATUS, (None for _ in rows)))
    values = []
    for word in words:
        sample = next(header for header in headers if match_key(header.words) == word)
        values.append(("" if is_single else sample.words, len(columns)))
        label = VALUE if is_single else sample.full or sample.words
        taken = (by_place.get((year, word)) for _, year in rows)
        columns.append(
            ColumnSeen.of(
                label,
                (
                    None if header is None else cells[header.at][record]
                    for header, (record, _) in zip(taken, rows, strict=True)
                ),
            )
        )
    first = headers[0]
    around = first.words if is_single else ""
    return Wide(
        replace(seen, columns=tuple(columns), missing=_missing(seen, headers)),
        len(rest),
        status,
        tuple(values),
        first.year_first if not first.words else next(h.year_first for h in headers if h.words),
        around,
        marks,
        any(len(header.marks) > 1 for header in headers),
    )


def _missing(seen: TableSeen, headers: Sequence[_Header]) -> tuple[str, ...]:
    values = (value for header in headers for value in seen.columns[header.at].values)
    return tuple(sorted({value for value in values if is_missing_word(value)}))


def _cells(column: ColumnSeen) -> list[str | None]:
    return [None if code == NO_VALUE else column.values[code] for code in column.codes]


def _is_value(text: str | None) -> bool:
    return text is not None and not is_missing_word(text)


def _repeated(column: ColumnSeen, records: Sequence[int]) -> ColumnSeen:
    cells = _cells(column)
    return ColumnSeen.of(column.header, (cells[record] for record in records))


def _marks(headers: Sequence[_Header]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys(_meant(headers)))


def _meant(headers: Sequence[_Header]) -> Iterator[tuple[str, str]]:
    for header in headers:
        for mark in header.marks:
            yield mark, _MARKS[fold(mark)]
