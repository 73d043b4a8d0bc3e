"""Records of a wide table as rows of the contract: one row per record and set of headers. Pure.

Where several columns take values, those with the same places stand in one row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from tinhdata.contracts import Contract
from tinhdata.intake.model import Cells, WideColumn
from tinhdata.vietnam import nfc

_COMMON_LENGTH = 40
"""Longest text that is compared with the words for missing values."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The rows made of some records, column by column.

    `sources` and `groups` say per row of which record and set of headers (0-based) it was made;
    `values` are the cells of the columns that take values, by their place in the contract.
    """

    sources: list[int]
    groups: list[int]
    values: dict[int, list[str | None]]
    empty: int


class Spreader:
    """Spreads the records of one file. The cells of `wide` follow those of the contract."""

    def __init__(self, contract: Contract, wide: Sequence[WideColumn]) -> None:
        unpivot = contract.layout.unpivot
        self._width = len(contract.columns)
        self._keeps = unpivot is not None and unpivot.keeps_empty
        takers = unpivot.value_columns if unpivot else ()
        self._takers = tuple(contract.column_names.index(name) for name in takers)
        self._missing = {
            at: _missing_words(contract, contract.columns[at].missing_values) for at in self._takers
        }
        names = contract.column_names
        self._groups = [
            _Group(
                {names.index(name): text for name, text in places},
                {names.index(column): self._width + at for column, at in cells.items()},
            )
            for places, cells in _grouped(wide)
        ]

    @property
    def count(self) -> int:
        """Say how many rows one record can give."""
        return len(self._groups)

    def places(self) -> dict[int, list[str | None]]:
        """Give what each set of headers says, by the place of its column in the contract."""
        columns = dict.fromkeys(chain.from_iterable(group.places for group in self._groups))
        return {at: [group.places.get(at) for group in self._groups] for at in columns}

    def spread(self, records: Sequence[Sequence[str]]) -> Spread:
        """Give the rows made of `records`; cells without a value make none, but are counted."""
        count = len(self._groups)
        values = {at: self._column(at, records) for at in self._takers}
        total = len(records) * count
        kept: Sequence[int] = range(total)
        if not self._keeps:
            columns = list(values.values())
            kept = [at for at in range(total) if any(column[at] is not None for column in columns)]
            values = {at: [column[row] for row in kept] for at, column in values.items()}
        return Spread(
            [at // count for at in kept],
            [at % count for at in kept],
            values,
            total - len(kept),
        )

    def rows(self, record: Sequence[str]) -> list[Cells]:
        """Give the rows made of one record, for a first look."""
        spread, places = self.spread([record]), self.places()
        rows = []
        for made, group in enumerate(spread.groups):
            cells: list[str | None] = [text or None for text in record[: self._width]]
            for at, texts in places.items():
                cells[at] = texts[group]
            for at, column in spread.values.items():
                cells[at] = column[made]
            rows.append(tuple(cells))
        return rows

    def _column(self, at: int, records: Sequence[Sequence[str]]) -> list[str | None]:
        cells = [group.cells.get(at) for group in self._groups]
        missing = None if self._keeps else self._missing[at]
        return [
            None if index is None else _value(record[index], missing)
            for record in records
            for index in cells
        ]


@dataclass(frozen=True, slots=True)
class _Group:
    """A set of headers: what they say, and in which cell of a record each value stands."""

    places: dict[int, str]
    cells: dict[int, int]


def _grouped(
    wide: Sequence[WideColumn],
) -> list[tuple[tuple[tuple[str, str], ...], dict[str, int]]]:
    """Put columns with the same places together; the second of equal headers begins a new set."""
    groups: list[tuple[tuple[tuple[str, str], ...], dict[str, int]]] = []
    open_groups: dict[tuple[tuple[str, str], ...], list[dict[str, int]]] = {}
    for at, column in enumerate(wide):
        same = open_groups.setdefault(column.places, [])
        cells = next((each for each in same if column.column not in each), None)
        if cells is None:
            cells = {}
            same.append(cells)
            groups.append((column.places, cells))
        cells[column.column] = at
    return groups


def _missing_words(contract: Contract, own: Sequence[str]) -> frozenset[str]:
    return frozenset(_plain(word) for word in (*contract.missing_values, *own))


def _plain(text: str) -> str:
    return " ".join(nfc(text).split()).lower()


def _value(text: str, missing: frozenset[str] | None) -> str | None:
    if not text or text.isspace():
        return None
    if missing and len(text) <= _COMMON_LENGTH and _plain(text) in missing:
        return None
    return text
