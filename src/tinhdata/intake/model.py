"""The nouns of reading a file: what was understood, what a person chose, what was staged.

Values only; `stored` turns them into JSON and back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from tinhdata.contracts import NumberForm
from tinhdata.kernel import Text
from tinhdata.vietnam import DateOrder, LegacyEncoding

Cells: TypeAlias = "tuple[str | None, ...]"
"""The cells of one record or row as text; None where there is nothing."""


class FileKind(StrEnum):
    """What a file is, told from its first bytes and never from its name."""

    TEXT = "csv"
    """Lines of text with a delimiter."""

    XLSX = "xlsx"
    XLS = "xls"


class Matched(StrEnum):
    """How sure it is that a column of the file is a column of the contract, best first."""

    CHOSEN = "chosen"
    EXACT = "exact"
    FOLDED = "folded"
    """Equal but for diacritics, case, blanks and punctuation."""

    UNIT = "unit"
    """Equal but for a unit or note in parentheses."""

    ORDER = "order"
    """The same words in another order."""

    CLOSE = "close"
    """Nearly the same letters; a person should look."""


class Question(StrEnum):
    """What a person must say before the file can be read."""

    SHEET = "sheet"
    """Several sheets fit equally well."""

    MAPPING = "mapping"
    """A column that every row must have was not found."""


@dataclass(frozen=True, slots=True)
class ReadingChoice:
    """What a person decided about a file. None and empty mean: as the platform finds."""

    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    first_header_row: int | None = None
    header_rows: int | None = None
    mapping: Mapping[str, int | None] = field(default_factory=lambda: MappingProxyType({}))
    """Column of the contract -> column of the file (0-based), or None for: not in the file."""

    number_forms: Mapping[str, NumberForm] = field(default_factory=lambda: MappingProxyType({}))
    totals_are_data: bool = False
    """Read lines that look like totals or foot notes as data."""


@dataclass(frozen=True, slots=True)
class EncodingSeen:
    """How the bytes of a text file become letters.

    `name` is a codec of Python, `legacy` the old Vietnamese encoding its letters stand in, if any.
    `sample` is a line with marks read this way, so that a person can tell which reading is right.
    """

    name: str
    legacy: LegacyEncoding | None = None
    sample: str = ""

    @property
    def key(self) -> str:
        """Give the name by which a person chooses this encoding."""
        return self.legacy.value if self.legacy else self.name


@dataclass(frozen=True, slots=True)
class SheetSeen:
    """One sheet of a workbook: its size and how many columns of the contract its header names."""

    name: str
    rows: int
    columns: int
    hidden: bool
    matched: int


@dataclass(frozen=True, slots=True)
class HeaderPlace:
    """Where the header stands (1-based) and what it calls each column of the file."""

    first_row: int
    rows: int
    names: tuple[str, ...]

    @property
    def last_row(self) -> int:
        """Give the last row of the header."""
        return self.first_row + self.rows - 1


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """A column of the contract and the column of the file (0-based) that holds it."""

    column: str
    index: int
    header: str
    how: Matched


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the file cannot be read, for a page; `read` raises it as FileRefused."""

    reason: str
    text: Text
    fix: Text


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the platform understood of a file, before anything is read for good.

    Everything `read` needs is here, so a person confirms exactly what will be done.
    """

    kind: FileKind | None
    """None where the file is refused for what it is."""

    filename: str
    header: HeaderPlace | None = None
    mapping: tuple[ColumnMatch, ...] = ()
    unmatched_headers: tuple[tuple[int, str], ...] = ()
    """Columns of the file that no column of the contract takes: 0-based index and header."""

    unmatched_columns: tuple[str, ...] = ()
    encoding: EncodingSeen | None = None
    other_encodings: tuple[EncodingSeen, ...] = ()
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[SheetSeen, ...] = ()
    cell_encoding: LegacyEncoding | None = None
    """The old encoding in which the cells of a workbook are written, if they are."""

    least_cells: int = 1
    """How many cells a line of text must have; missing ones above that are filled with nothing."""

    number_forms: Mapping[str, NumberForm] = field(default_factory=lambda: MappingProxyType({}))
    date_orders: Mapping[str, DateOrder] = field(default_factory=lambda: MappingProxyType({}))
    undecided_numbers: tuple[str, ...] = ()
    """Columns whose first numbers can be read as 1.234 or 1,234 and that need a person's word."""

    chosen_forms: Mapping[str, NumberForm] = field(default_factory=lambda: MappingProxyType({}))
    """Forms that a person chose, which the values do not overrule."""

    totals_are_data: bool = False
    preview: tuple[Cells, ...] = ()
    """The first records, in the order of the contract's columns."""

    notes: tuple[Text, ...] = ()
    questions: tuple[Question, ...] = ()
    refusal: Refusal | None = None

    @property
    def is_ready(self) -> bool:
        """Say whether the file can be read without a person's word."""
        return self.refusal is None and not self.questions and self.header is not None

    @property
    def match_percent(self) -> int:
        """Give how much of the contract's columns was found, in whole percent."""
        total = len(self.mapping) + len(self.unmatched_columns)
        return 100 * len(self.mapping) // total if total else 0


@dataclass(frozen=True, slots=True)
class Account:
    """Where each unit (physical line, sheet row) of a file went; every unit is in one place."""

    units: int = 0
    title: int = 0
    header: int = 0
    total: int = 0
    blank: int = 0
    note: int = 0
    record_units: int = 0
    rejected_units: int = 0
    dropped_units: int = 0
    records: int = 0

    @property
    def structural(self) -> int:
        """Give the units that hold no data: titles, headers, totals, blank lines, foot notes."""
        return self.title + self.header + self.total + self.blank + self.note

    @property
    def is_balanced(self) -> bool:
        """Say whether every unit is accounted for exactly once."""
        return self.units == (
            self.structural + self.record_units + self.rejected_units + self.dropped_units
        )


@dataclass(frozen=True, slots=True)
class Passed:
    """A line that was taken as a total or foot note, or dropped, shown so that nobody wonders."""

    kind: str
    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file that `read` wrote and flushed to the disk."""

    path: Path
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Staged:
    """The rows of a file as text, the units that could not be read, and the account of all units.

    `number_forms` and `date_orders` come from every value of the file, where `Understanding` looked
    at the first ones only. `passed` lists the first lines that were passed over, `rejects` counts
    rejected units by reason.
    """

    account: Account
    rows: StagedFile
    rejects: StagedFile
    number_forms: Mapping[str, NumberForm]
    date_orders: Mapping[str, DateOrder]
    reject_counts: Mapping[str, int]
    passed: tuple[Passed, ...]
    notes: tuple[Text, ...]
