"""The frozen nouns of a data contract, as every compiler of the platform reads them.

An ODCS file becomes one `Contract`: one dataset, one table. Nothing here reads a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from tinhdata.kernel import JSONObject, Text
from tinhdata.vietnam import Box

Bound: TypeAlias = int | Decimal | date | datetime
"""A smallest or largest value, of the column's own type."""


class LogicalType(StrEnum):
    """The types of ODCS that a column may have here."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"


class AccessLevel(StrEnum):
    """Dữ liệu mở, dùng chung, dùng riêng: who may see it (Luật Dữ liệu 60/2024, Điều 13)."""

    OPEN = "open"
    SHARED = "shared"
    PRIVATE = "private"


class Importance(StrEnum):
    """Cốt lõi, quan trọng, khác (Luật Dữ liệu 60/2024, Điều 13)."""

    CORE = "core"
    IMPORTANT = "important"
    ORDINARY = "ordinary"


class Severity(StrEnum):
    """What a failed rule does: note, release with a mark, quarantine the row, hold the delivery."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


class Dimension(StrEnum):
    """Which of the four measured in a scan a rule belongs to: đúng, đủ, sạch, and references."""

    ACCURATE = "accurate"
    COMPLETE = "complete"
    CLEAN = "clean"
    REFERENCES = "references"


class DeliveryMode(StrEnum):
    """What a delivery replaces: the whole table, the periods or the keys that it holds."""

    REPLACE = "replace"
    APPEND = "append"
    UPSERT = "upsert"
    """Rows whose key is there already take the place of the old ones; all others stay."""


class PeriodUnit(StrEnum):
    """What one period is: the value of the column itself, or the day, month, year of a moment."""

    VALUE = "value"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class NumberForm(StrEnum):
    """How numbers are written: 1.234,5 or 1,234.5, or to be found out per column of a file."""

    AUTO = "auto"
    VIETNAMESE = "vi"
    ENGLISH = "en"


class Personal(StrEnum):
    """Personal data, basic or sensitive (Luật 91/2025/QH15; NĐ 356/2025 Đ3, Đ4)."""

    BASIC = "basic"
    SENSITIVE = "sensitive"


class Classification(StrEnum):
    """How closely a column is kept: for everyone, inside the agencies, for those who must."""

    PUBLIC = "public"
    INTERNAL = "internal"
    RESTRICTED = "restricted"


class DuplicatePolicy(StrEnum):
    """What happens to rows that are the same in every column."""

    LINK = "link"
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A text of the pack: Vietnamese always, English where it was given."""

    vi: str
    en: str | None = None

    def in_language(self, language: str) -> str:
        """Give the text in `language` ("vi" or "en"), Vietnamese where there is no other."""
        return self.en if language == "en" and self.en else self.vi


@dataclass(frozen=True, slots=True)
class Reference:
    """A column whose values stand in `column` of `dataset` (ODCS relationship)."""

    dataset: str
    column: str


class GeometryType(StrEnum):
    """The shapes of simple features (OGC 06-103r4) that a column may hold; collections are none."""

    POINT = "Point"
    LINE_STRING = "LineString"
    POLYGON = "Polygon"
    MULTI_POINT = "MultiPoint"
    MULTI_LINE_STRING = "MultiLineString"
    MULTI_POLYGON = "MultiPolygon"


MOST_VERTICES = 200_000
"""Vertices that one geometry may have where the contract names no other number."""


@dataclass(frozen=True, slots=True)
class GeometrySpec:
    """What the geometries of a column are: WKT in WGS 84, longitude first, in two dimensions.

    `within` is the box (degrees) in which every geometry lies; a wrong meridian is told by it.
    """

    types: tuple[GeometryType, ...]
    within: Box
    max_vertices: int = MOST_VERTICES


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks at the beginning or end of a cell (Prel., (*)) and what each means.

    A mark is cut off (folded compare) and its meaning written into the column `into`; where a cell
    has none, `default` stands there.
    """

    into: str
    values: tuple[tuple[str, str], ...]
    """Mark as printed, and its meaning."""
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `id` is stable over renames; `name` is its ASCII name in table and API."""

    id: str
    name: str
    label: Bilingual
    logical_type: LogicalType
    description: Bilingual = Bilingual("")
    required: bool = False
    unique: bool = False
    semantic_type: str | None = None
    unit: str | None = None
    decimals: int | None = None
    minimum: Bound | None = None
    maximum: Bound | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    allowed: tuple[str, ...] = ()
    reference: Reference | None = None
    synonyms: tuple[str, ...] = ()
    position: int | None = None
    """Which of several equal headers of a file this column is (1-based), where a header repeats."""
    missing_values: tuple[str, ...] = ()
    number_form: NumberForm = NumberForm.AUTO
    date_formats: tuple[str, ...] = ()
    """strptime forms tried before the platform's own, for files with a form of their own."""
    personal: Personal | None = None
    mask: str | None = None
    """How the value is shown to those who may not see it whole; one of custom_properties.MASKS."""
    filterable: bool = True
    classification: Classification = Classification.INTERNAL
    in_open_data: bool = True
    """False where the contract keeps the column out of everything that is published openly."""
    marks: Marks | None = None
    geometry: GeometrySpec | None = None
    """Set where the text of the column is the WKT of a geometry."""


@dataclass(frozen=True, slots=True)
class RowRule:
    """A condition that each row must meet: an expression of the closed vocabulary over columns."""

    id: str
    predicate: str
    severity: Severity
    dimension: Dimension
    message: Bilingual
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BatchRule:
    """A condition on the whole delivery.

    `metric` is `rowCount` (rows made) or `rowCountChange` (percent against the median of the last
    releases, negative for fewer); the metric must lie in [minimum, maximum].
    """

    id: str
    metric: str
    minimum: Decimal | None
    maximum: Decimal | None
    severity: Severity
    message: Bilingual


@dataclass(frozen=True, slots=True)
class DropRule:
    """Records dropped as declared: those whose `column` holds one of `values` (folded compare)."""

    column: str
    values: tuple[str, ...]
    reason: Bilingual


@dataclass(frozen=True, slots=True)
class HeaderWord:
    """What a `word` in the headers of a wide table stands for as a value of `column`."""

    column: str
    word: str
    value: str


@dataclass(frozen=True, slots=True)
class Unpivot:
    """How the headers of a wide table name its values: each such column gives a row of its own.

    `headers` are templates such as `{nam} {loai}`, whose places are columns; `{value}` stands for
    one of the words of `values`, where several columns take values.
    """

    headers: tuple[str, ...]
    values: tuple[tuple[str, str], ...]
    """Word of the header, and the column that takes the value; no word where there is only one."""
    words: tuple[HeaderWord, ...] = ()
    keeps_empty: bool = False
    """Whether a cell without a value makes a row, too."""

    @property
    def value_columns(self) -> tuple[str, ...]:
        """Give the columns that take the values."""
        return tuple(dict.fromkeys(column for _, column in self.values))


@dataclass(frozen=True, slots=True)
class Layout:
    """What the files of a dataset look like where intake shall not have to guess.

    `sheet` is a name (folded compare); `header_rows` the number of header lines;
    `first_header_row` the 1-based row they start at; `short_rows` whether rows with fewer cells
    than the header are filled with missing values (`fill`), rejected (`reject`), or filled only if
    most rows are (`auto`).
    """

    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    """The sheets (or files of an archive) whose rows run on, by name (folded compare)."""
    all_sheets: bool = False
    """Whether every sheet or file that fits is read, one after the other."""
    part_column: str | None = None
    """The column that gets the name of the sheet or file a row came from, where it has none."""
    first_header_row: int | None = None
    header_rows: int | None = None
    delimiter: str | None = None
    encoding: str | None = None
    short_rows: str = "auto"
    totals: tuple[str, ...] = ()
    """First cells that mark a total line (folded, prefix compare), besides the built-in ones."""
    notes: tuple[str, ...] = ()
    """First cells that mark a foot note or a footer (folded, prefix compare)."""
    drop: tuple[DropRule, ...] = ()
    unpivot: Unpivot | None = None


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A legal text that the dataset rests on: its urn and how it is called."""

    url: str
    title: str


@dataclass(frozen=True, slots=True)
class LicenceApproval:
    """Who let a dataset have another licence than the terms of its province, when, and where."""

    agency: str
    on: date
    document: str


@dataclass(frozen=True, slots=True)
class Period:
    """Which column says to what period a row belongs, in datasets that are appended to."""

    column: str
    unit: PeriodUnit


@dataclass(frozen=True, slots=True)
class Contract:
    """One dataset, as declared."""

    id: str
    version: str
    name: Bilingual
    description: Bilingual
    sector: str
    agency: str
    """Code of the agency that owns the dataset (cơ quan chủ quản)."""
    table: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    access_level: AccessLevel
    importance: Importance
    data_layer: str
    legal_basis: tuple[LegalBasis, ...]
    database: str | None = None
    row_rules: tuple[RowRule, ...] = ()
    batch_rules: tuple[BatchRule, ...] = ()
    missing_values: tuple[str, ...] = ()
    layout: Layout = Layout()
    mode: DeliveryMode = DeliveryMode.REPLACE
    period: Period | None = None
    filter_key: tuple[str, ...] = ()
    duplicates: DuplicatePolicy = DuplicatePolicy.LINK
    max_reject_percent: Decimal = Decimal(100)
    second_person: bool = True
    """Whether publishing needs the yes of an approver who is not the sender."""
    cadence: str = "each"
    update_cycle: str | None = None
    """ISO 8601 duration between updates, such as P1M, from the contract's slaProperties."""
    licence: str | None = None
    licence_approval: LicenceApproval | None = None
    simulated: bool = False
    collection_method: str | None = None
    contact: str | None = None
    tags: tuple[str, ...] = ()
    extra: JSONObject = field(default_factory=lambda: MappingProxyType({}))
    """What no compiler of today reads but people and the comparison do: usage, limitations, sla."""

    def column(self, name: str) -> Column:
        """Give the column called `name`; raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Give the names of the columns in the order of the contract."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class Finding:
    """What lint or the loader has to say about a place of a contract file."""

    where: str
    """`file:line`."""
    code: str
    severity: Severity
    text: Text
    fix: Text | None = None


@dataclass(frozen=True, slots=True)
class LoadedContract:
    """A contract as read from a file, with the bytes that stand for it.

    `canonical` is the ODCS document as canonical JSON (the same for every layout of the YAML) and
    `hash` the SHA-256 of it; `findings` are the remarks that do not forbid the contract.
    """

    contract: Contract
    document: JSONObject
    canonical: bytes
    hash: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column as stored: its SQL type in DuckDB and its Iceberg field id."""

    name: str
    sql_type: str
    field_id: int


@dataclass(frozen=True, slots=True)
class TableSpec:
    """The stored table of a dataset: system columns first, then those of the contract.

    System columns: `_delivery` VARCHAR (which delivery brought the row), `_record` BIGINT (its
    number there, 1-based) and `_warnings` VARCHAR (ids of the warning rules it fails, joined by
    a blank, or NULL).
    """

    dataset: str
    columns: tuple[TableColumn, ...]
    sort_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows as a DuckDB table expression that stands after FROM, made by the owner of the files."""

    sql: str
    columns: tuple[str, ...]


SYSTEM_COLUMNS: Mapping[str, str] = MappingProxyType(
    {"_delivery": "VARCHAR", "_record": "BIGINT", "_warnings": "VARCHAR"}
)


def sql_type(column: Column) -> str:
    """Give the DuckDB type that `column` is stored as."""
    match column.logical_type:
        case LogicalType.STRING:
            return "VARCHAR"
        case LogicalType.INTEGER:
            return "BIGINT"
        case LogicalType.NUMBER:
            return "DOUBLE" if column.decimals is None else f"DECIMAL(18,{column.decimals})"
        case LogicalType.BOOLEAN:
            return "BOOLEAN"
        case LogicalType.DATE:
            return "DATE"
        case LogicalType.TIMESTAMP:
            return "TIMESTAMP"
