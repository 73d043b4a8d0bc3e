"""Which columns together name a row of a sample file, and to which known keys its values refer.

Pure. The smallest combination that never repeats wins; among equals the one that looks like codes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from tinhdata.contracts.draft_geometry import is_wkt
from tinhdata.contracts.draft_seen import NO_VALUE, ColumnSeen, KnownKey
from tinhdata.contracts.draft_values import Kind
from tinhdata.contracts.model import LogicalType, Reference
from tinhdata.vietnam import match_key

_CODE_WORDS = re.compile(
    r"\b(?:ma|ma so|code|so hieu|so dinh danh|id|gid|key|khoa|so ho so|so giay phep|so van ban)\b|"
    r"\bma[a-z]{1,3}\b"
)
_TIME_WORDS = re.compile(r"\b(?:nam|quy|thang|ngay|ky|thoi diem|thoi gian|year|month|date|time)\b")
_NAME_WORDS = re.compile(
    r"\b(?:ten|name|tinh|xa|phuong|don vi|dia phuong|tram|province|provinc\w+|items?)\b"
)
_ORDINAL_WORDS = re.compile(r"(?:stt|tt|so tt|so thu tu)(?: no)?|no|index|unnamed.*")
_MOST_CANDIDATES = 14
_MOST_TRIED = 500
_LARGEST = 4
_LONGEST_KEY_TEXT = 400
_WRONG_SHARE = 0.03
_LEAST_VALUES = 3
_MEASURED, _ORDINAL, _NAMING = 0, 1, 2


@dataclass(frozen=True, slots=True)
class FoundKey:
    """The columns (0-based) of the key, and how many records have one that repeats or is empty."""

    columns: tuple[int, ...]
    failing: int


def is_running_number(header: str) -> bool:
    """Say whether a column only numbers the lines of its file."""
    return _ORDINAL_WORDS.fullmatch(match_key(header)) is not None


def names_codes(header: str) -> bool:
    """Say whether a column is called a code, a number of a document, an id."""
    return _CODE_WORDS.search(match_key(header)) is not None


def find_key(columns: Sequence[ColumnSeen], kinds: Sequence[Kind]) -> FoundKey:
    """Give the best key; where none is without fault, the one with the fewest.

    Codes, names and times are tried first, then running numbers with them, and measured numbers
    only where nothing else comes near.
    """
    rows = _different_rows(columns)
    order = _candidates(columns, kinds)
    best: FoundKey | None = None
    for least in (_NAMING, _ORDINAL, _MEASURED):
        chosen = [at for at in order if _likeness(columns[at], kinds[at]) >= least]
        found = _smallest(chosen, columns, kinds, rows)
        if found is not None and (best is None or found.failing < best.failing):
            best = found
        if best is not None and best.failing <= _WRONG_SHARE * len(rows):
            break
    return best or FoundKey((0,), len(rows))


def _smallest(
    order: Sequence[int],
    columns: Sequence[ColumnSeen],
    kinds: Sequence[Kind],
    rows: Sequence[int],
) -> FoundKey | None:
    """Give the smallest combination of `order` that never repeats, or the one that does least."""
    best: FoundKey | None = None
    tried = 0
    for size in range(1, _LARGEST + 1):
        for combination in combinations(order[:_MOST_CANDIDATES], size):
            tried += 1
            if tried > _MOST_TRIED:
                break
            enough = None if best is None else best.failing
            failing = _failing(combination, columns, kinds, rows, enough)
            if failing == 0:
                return FoundKey(tuple(sorted(combination)), 0)
            if best is None or failing < best.failing:
                best = FoundKey(combination, failing)
    if best is None:
        return None
    best = _grown(best, order, columns, kinds, rows)
    return FoundKey(tuple(sorted(best.columns)), best.failing)


def _different_rows(columns: Sequence[ColumnSeen]) -> list[int]:
    """Give the records without those that are equal in every column: they are linked, not lost."""
    seen: set[tuple[int, ...]] = set()
    rows = []
    for row, codes in enumerate(zip(*(column.codes for column in columns), strict=True)):
        if codes not in seen:
            seen.add(codes)
            rows.append(row)
    return rows


def _candidates(columns: Sequence[ColumnSeen], kinds: Sequence[Kind]) -> list[int]:
    ranked = []
    for at, (column, kind) in enumerate(zip(columns, kinds, strict=True)):
        if column.filled and _can_be_key(column, kind):
            empty = column.codes.count(NO_VALUE) + sum(column.counts[m] for m in kind.missing)
            ranked.append((empty > 0, -_likeness(column, kind), at))
    return [at for *_rank, at in sorted(ranked)] or [
        at for at, column in enumerate(columns) if column.filled and not is_wkt(column.values[0])
    ]


def _can_be_key(column: ColumnSeen, kind: Kind) -> bool:
    if kind.logical_type in (LogicalType.NUMBER, LogicalType.BOOLEAN):
        return False
    if column.values and is_wkt(column.values[0]):
        return False
    longest = max((len(value) for value in column.values), default=0)
    return longest <= _LONGEST_KEY_TEXT and not kind.odd


def _likeness(column: ColumnSeen, kind: Kind) -> int:
    """Say how much the column looks like part of a key, the greater the better."""
    words = match_key(column.header)
    if _ORDINAL_WORDS.fullmatch(words):
        return _ORDINAL
    if _CODE_WORDS.search(words):
        return 5
    if kind.logical_type in (LogicalType.DATE, LogicalType.TIMESTAMP) or _TIME_WORDS.search(words):
        return 3
    if kind.logical_type is LogicalType.STRING:
        return 4 if _NAME_WORDS.search(words) else _NAMING
    return _MEASURED


def _failing(
    combination: Sequence[int],
    columns: Sequence[ColumnSeen],
    kinds: Sequence[Kind],
    rows: Sequence[int],
    enough: int | None = None,
) -> int:
    """Count the records whose key is empty or stands in another record, too.

    Stops counting above `enough`: most combinations are bad, and are so from the first records on.
    """
    codes = [columns[at].codes for at in combination]
    absent = [kinds[at].missing for at in combination]
    has_missing = any(absent)
    seen: dict[tuple[int, ...], bool] = {}
    failing = 0
    for row in rows:
        key = tuple(column[row] for column in codes)
        if NO_VALUE in key or (
            has_missing and any(code in gone for code, gone in zip(key, absent, strict=True))
        ):
            failing += 1
        elif key not in seen:
            seen[key] = False
        else:
            failing += 1 if seen[key] else 2  # the first one fails with the second
            seen[key] = True
        if enough is not None and failing > enough:
            break
    return failing


def _grown(
    found: FoundKey,
    order: Sequence[int],
    columns: Sequence[ColumnSeen],
    kinds: Sequence[Kind],
    rows: Sequence[int],
) -> FoundKey:
    """Add the column that helps most as long as too many records have no key of their own."""
    while found.failing > _WRONG_SHARE * len(rows) and len(found.columns) < len(order):
        longer = [
            FoundKey((*found.columns, at), _failing((*found.columns, at), columns, kinds, rows))
            for at in order
            if at not in found.columns
        ]
        best = min(longer, key=lambda each: each.failing)
        if best.failing >= found.failing:
            break
        found = best
    return found


def find_reference(
    column: ColumnSeen, kind: Kind, known: Sequence[KnownKey]
) -> tuple[Reference, int] | None:
    """Give the key of another dataset that holds the values, and how many of them it lacks.

    Values are contained wholly, or but for a hundredth of them. Texts only: small numbers are in
    too many lists.
    """
    if kind.logical_type is not LogicalType.STRING or len(kind.read) < _LEAST_VALUES:
        return None
    values = {column.values[at] for at in kind.read}
    best: tuple[tuple[int, int, int], Reference, int] | None = None
    for key in known:
        lacking = len(values - key.values)
        if lacking * 100 > len(values):
            continue
        is_called_so = match_key(column.header) == match_key(key.label)
        rank = (lacking, -int(is_called_so), len(key.values))
        if best is None or rank < best[0]:
            best = rank, Reference(key.dataset, key.column), lacking
    return None if best is None else best[1:]


def partly_known(column: ColumnSeen, kind: Kind, known: Sequence[KnownKey]) -> Mapping[str, int]:
    """Say of which keys more than half of the values are, with how many are not."""
    values = {column.values[at] for at in kind.read}
    if kind.logical_type is not LogicalType.STRING or len(values) < _LEAST_VALUES:
        return {}
    lacking = {f"{key.dataset}.{key.column}": len(values - key.values) for key in known}
    return {name: count for name, count in sorted(lacking.items()) if count * 2 < len(values)}
