"""The nouns of reading a file: what was understood, what a person chose, what was staged.

Values only; `stored` turns them into JSON and back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
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
    ODS = "ods"
    JSON = "json"
    """A document with a list of records somewhere in it, or one record."""

    JSON_LINES = "jsonl"
    """A record per line."""

    PARQUET = "parquet"
    GEOJSON = "geojson"
    """A collection of features, or a feature per line."""

    GEOPACKAGE = "gpkg"
    SHAPEFILE = "shp"
    """One Shapefile or several in a ZIP."""

    ZIP = "zip"
    """Several files of these kinds, whose rows run on."""

    @property
    def is_layer(self) -> bool:
        """Say whether it holds features: each is a row, and none a total, a note or a header."""
        return self in (FileKind.GEOJSON, FileKind.GEOPACKAGE, FileKind.SHAPEFILE)


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
    """Several sheets fit equally well, or files of an archive fit nothing."""

    MAPPING = "mapping"
    """A column that every row must have was not found."""

    CRS = "crs"
    """The coordinate system of a layer is not known."""

    UNIT = "unit"
    """The file names a unit that the values cannot surely be turned from."""


@dataclass(frozen=True, slots=True)
class ReadingChoice:
    """What a person decided about a file. None and empty mean: as the platform finds."""

    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    """Several sheets of a workbook, or files of an archive, whose rows run on."""

    encoding: str | None = None
    crs: str | None = None
    """The coordinate system of a layer, such as EPSG:9213, whatever the file says."""

    delimiter: str | None = None
    first_header_row: int | None = None
    header_rows: int | None = None
    mapping: Mapping[str, int | None] = field(default_factory=lambda: MappingProxyType({}))
    """Column of the contract -> column of the file (0-based), or None for: not in the file."""

    headers: tuple[str, ...] = ()
    """The header that `mapping` counts in; a table with other columns is mapped by these names."""

    number_forms: Mapping[str, NumberForm] = field(default_factory=lambda: MappingProxyType({}))
    totals_are_data: bool = False
    """Read lines that look like totals or foot notes as data."""
    left_out: tuple[int, ...] = ()
    """Columns of a wide table (0-based) that hold no values of the dataset."""
    units: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Column of the contract -> unit in which the file gives it; empty: as the dataset does."""


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
class Part:
    """A sheet of a workbook or a file of an archive within a delivery.

    Its units are `units` many from `first_unit` on, counted over the whole delivery.
    """

    name: str
    first_unit: int
    units: int


@dataclass(frozen=True, slots=True)
class WideColumn:
    """A column of a wide file (0-based) whose cells are values of `column`.

    `places` is what its header says: columns of the contract, and their value in each row made.
    """

    index: int
    header: str
    column: str
    places: tuple[tuple[str, str], ...]


class UnitPlace(StrEnum):
    """Where the unit of a column was found."""

    HEADER = "header"
    TITLE = "title"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class UnitSeen:
    """The unit in which a file gives a column, and by what its values are multiplied for ours.

    `factor` is 1 where nothing changes, None where a person must say what the values are.
    """

    column: str
    unit: str
    place: UnitPlace
    factor: Decimal | None


@dataclass(frozen=True, slots=True)
class CrsSeen:
    """A coordinate system that would put `inside` percent of the features where they belong.

    `meridian` is its central one as on maps, such as 106°30′; empty where it has none.
    """

    key: str
    name: str
    meridian: str
    inside: int


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

    part: str = ""
    """What the table is called within what was sent: its sheet, or its file of an archive."""

    filled: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Columns that the table does not have and that every row gets: the name of its part."""

    pieces: tuple["Understanding", ...] = ()
    """Where several sheets or files are read, what was understood of each; else nothing.

    What stands beside the pieces is then that of the first one, with what a person must say of any.
    """

    parts: tuple[Part, ...] = ()
    """Which units came from which part; known when the delivery was read."""

    crs: str | None = None
    """The coordinate system by which the layer is read; None where it has none or is asked."""

    crs_name: str = ""
    crs_candidates: tuple[CrsSeen, ...] = ()
    """Systems that a person may choose, likeliest first."""

    least_cells: int = 1
    """How many cells a line of text must have; missing ones above that are filled with nothing."""

    number_forms: Mapping[str, NumberForm] = field(default_factory=lambda: MappingProxyType({}))
    date_orders: Mapping[str, DateOrder] = field(default_factory=lambda: MappingProxyType({}))
    undecided_numbers: tuple[str, ...] = ()
    """Columns whose first numbers can be read as 1.234 or 1,234 and that need a person's word."""

    chosen_forms: Mapping[str, NumberForm] = field(default_factory=lambda: MappingProxyType({}))
    """Forms that a person chose, which the values do not overrule."""

    totals_are_data: bool = False
    wide: tuple[WideColumn, ...] = ()
    """Columns of the file that hold values of a wide table."""

    left_out: tuple[tuple[int, str], ...] = ()
    """Columns of a wide table (0-based, header) that are not read: as declared, or as chosen."""

    units: tuple[UnitSeen, ...] = ()
    """Units that the file names, for columns that have one in the contract."""

    preview: tuple[Cells, ...] = ()
    """The first records, in the order of the contract's columns."""

    notes: tuple[Text, ...] = ()
    questions: tuple[Question, ...] = ()
    refusal: Refusal | None = None

    @property
    def tables(self) -> tuple["Understanding", ...]:
        """Give the tables that are read, one after the other."""
        return self.pieces or (self,)

    @property
    def is_ready(self) -> bool:
        """Say whether the file can be read without a person's word."""
        if self.refusal is not None or self.questions:
            return False
        return all(table.header is not None for table in self.tables)

    @property
    def from_headers(self) -> tuple[str, ...]:
        """Name the columns that the headers and cells of a wide table fill."""
        places = (name for each in self.wide for name, _ in each.places)
        return tuple(dict.fromkeys((*places, *(each.column for each in self.wide))))

    @property
    def places(self) -> tuple[tuple[str, int], ...]:
        """Give each column of the contract with the columns of the file that hold its cells."""
        values = ((each.column, each.index) for each in self.wide)
        return (*((match.column, match.index) for match in self.mapping), *values)

    @property
    def scales(self) -> Mapping[str, Decimal]:
        """Give by what the values of each column are multiplied, where they are."""
        return {u.column: u.factor for u in self.units if u.factor is not None and u.factor != 1}

    @property
    def match_percent(self) -> int:
        """Give how much of the contract's columns was found, in whole percent."""
        found = len(self.mapping) + len(self.from_headers)
        total = found + len(self.unmatched_columns)
        return 100 * found // total if total else 0


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
    spread: int | None = None
    """Records times unpivoted columns; None where the table is not wide."""
    empty: int = 0
    """Cells of a wide table without a value, which made no row."""

    @property
    def made(self) -> int:
        """Give the rows that the records gave: one each, or one for each value of a wide table."""
        return (self.records if self.spread is None else self.spread) - self.empty

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
    scales: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    """By what the numbers of a column are multiplied, where the file has another unit."""
    parts: tuple[Part, ...] = ()
    """Which units came from which sheet or file, in order."""
