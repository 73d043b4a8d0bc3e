"""What a workbook says about a sheet that the reader of values does not: errors, size, hiding.

Values themselves are read by calamine; it gives nothing at all for a cell that holds #REF!.
"""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tinhdata.intake.errors import FileRefused
from tinhdata.kernel import t

MOST_CELLS = 10_000_000
"""Rows times columns of the largest sheet that is loaded: a million rows of ten columns.

Loading takes about 95 bytes a cell, so that it stays below one gigabyte."""


MOST_SPECIAL = 200_000
"""Cells of a workbook that may hold an error or lack their value: each is told in words."""


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """One sheet. Rows and columns are 0-based here, as in the files."""

    rows: int = 0
    columns: int = 0
    errors: Mapping[tuple[int, int], str] = field(default_factory=lambda: MappingProxyType({}))
    """Cells that hold an error, with its text (#REF!)."""

    unsaved: frozenset[tuple[int, int]] = frozenset()
    """Cells with a formula whose value the writing program did not store."""

    percents: Mapping[int, bytes] = field(default_factory=lambda: MappingProxyType({}))
    """Per column with cells that are shown as a percentage, a byte for each row: 1 if it is one."""

    hidden_rows: int = 0
    hidden_columns: int = 0


class PercentCells:
    """Gathers which cells of a sheet are shown as a percentage, four bytes for each."""

    def __init__(self) -> None:
        self._rows: dict[int, array[int]] = {}

    def add(self, column: int, rows: Iterable[int]) -> None:
        """Add the cells of `column` in `rows`."""
        self._rows.setdefault(column, array("I")).extend(rows)

    def by_column(self, rows: int, columns: int) -> Mapping[int, bytes]:
        """Give the cells as facts of a sheet of that size; none where it is not loaded anyway."""
        if rows * columns > MOST_CELLS:
            return {}
        found = {}
        for column, places in self._rows.items():
            marks = bytearray(rows)
            for row in places:
                if row < rows:
                    marks[row] = 1
            found[column] = bytes(marks)
        return found


def refuse_many(special: int) -> None:
    """Refuse a workbook with `special` cells without a value, where those are too many."""
    if special > MOST_SPECIAL:
        raise FileRefused(
            "too-many-errors",
            t(
                "More than {limit} cells hold an error, or a formula without its value.",
                limit=MOST_SPECIAL,
            ),
            t("Mend the formulas or delete those columns, save the workbook and send it again."),
        )


def is_too_large(facts: SheetFacts) -> bool:
    """Say whether the sheet spans more cells than are loaded."""
    return facts.rows * facts.columns > MOST_CELLS
