"""The closed list of customProperties that a contract may carry, place by place.

ODCS leaves `customProperties` open; here a name that is not on this list is an error, so that a
typing mistake never switches a rule off. Each value is described by a JSON Schema fragment, which
also says how its scalars are read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from tinhdata.contracts.model import (
    MOST_VERTICES,
    AccessLevel,
    DeliveryMode,
    DuplicatePolicy,
    GeometryType,
    Importance,
    NumberForm,
    PeriodUnit,
    Personal,
)
from tinhdata.kernel import JSON, JSONObject


class Place(StrEnum):
    """Where in a contract a customProperty stands."""

    CONTRACT = "contract"
    TABLE = "table"
    COLUMN = "column"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class CustomProperty:
    """One name of the vocabulary, what it means, and what its value looks like."""

    place: Place
    name: str
    meaning: str
    schema: JSONObject
    example: str
    """The value as written in YAML."""
    required: bool = False


DATA_LAYERS: Mapping[str, str] = MappingProxyType(
    {
        "original": "dữ liệu gốc",
        "metadata": "dữ liệu đặc tả",
        "master": "dữ liệu chủ",
        "reference": "dữ liệu danh mục",
        "transaction": "dữ liệu giao dịch",
        "aggregate": "dữ liệu tổng hợp",
        "analytical": "dữ liệu phân tích",
        "open": "dữ liệu mở",
    }
)
"""The eight layers of the national data architecture (QĐ 2439/QĐ-TTg of 4/11/2025)."""

AS_DECIDED = frozenset({"reference", "master"})
"""Layers whose datasets change when a decision changes them, and so need no cycle."""

MASKS: Mapping[str, str] = MappingProxyType(
    {
        "hide": "nothing is shown, as if the cell were empty",
        "last-four": "the last four characters, the others as •",
        "first-letters": "the first letter of each word, the others as •",
        "year": "of a date only its year",
        "token": "a keyed token: equal values stay equal, the value itself is not shown",
    }
)
"""How a value is shown to those who may not see it whole. Reading applies them."""

CADENCES = ("each", "hourly", "daily")
OPEN_DATA = ("include", "exclude")
ENCODINGS = ("utf-8", "utf-16", "tcvn3", "vni", "windows-1258", "cp1252")
SHORT_ROWS = ("auto", "fill", "reject")
ALL_SHEETS = "all"
SLA_UNITS: Mapping[str, str] = MappingProxyType(
    {"h": "PT{}H", "d": "P{}D", "w": "P{}W", "month": "P{}M", "quarter": "P{}Q", "y": "P{}Y"}
)
SLA_PROPERTIES: Mapping[str, str] = MappingProxyType(
    {
        "frequency": "time between two updates",
        "latency": "longest time from the event to the data being here",
        "retention": "how long rows are kept",
        "availability": "share of the time in which the dataset answers, in percent",
    }
)


def _one_of(values: type[StrEnum] | Mapping[str, str] | tuple[str, ...]) -> JSONObject:
    return {"type": "string", "enum": [str(value) for value in values]}


def _object(required: tuple[str, ...] = (), **properties: JSON) -> JSONObject:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _list(item: JSONObject) -> JSONObject:
    return {"type": "array", "items": item, "minItems": 1, "uniqueItems": True}


_TEXT: JSONObject = {"type": "string", "minLength": 1}
_FLAG: JSONObject = {"type": "boolean"}
_COUNT: JSONObject = {"type": "integer", "minimum": 1}
_TEXTS = _list({"type": "string"})
_WORDS: JSONObject = {"type": "object", "minProperties": 1, "additionalProperties": _TEXT}
_UNPIVOT = _object(
    ("headers", "values"),
    headers=_TEXTS,
    values={"anyOf": [_TEXT, _WORDS]},
    words={"type": "object", "minProperties": 1, "additionalProperties": _WORDS},
    empty={"type": "string", "enum": ["skip", "keep"]},
)
_LABELS = _object(("en",), en=_object((), name=_TEXT, description=_TEXT))
_C, _T, _K, _R = Place.CONTRACT, Place.TABLE, Place.COLUMN, Place.RULE

VOCABULARY: tuple[CustomProperty, ...] = (
    CustomProperty(
        _C, "agency", "Code of the agency that owns the dataset.", _TEXT, '"H00.1"', required=True
    ),
    CustomProperty(
        _C,
        "database",
        "Id of the shared or sectoral database that the dataset belongs to.",
        _TEXT,
        "csdl-vi-du",
    ),
    CustomProperty(
        _C,
        "accessLevel",
        "Who may see it: dữ liệu mở, dùng chung, dùng riêng (Luật Dữ liệu 60/2024, Điều 13).",
        _one_of(AccessLevel),
        "open",
        required=True,
    ),
    CustomProperty(
        _C,
        "importance",
        "Cốt lõi, quan trọng, khác (Luật Dữ liệu 60/2024, Điều 13).",
        _one_of(Importance),
        "ordinary",
        required=True,
    ),
    CustomProperty(
        _C,
        "dataLayer",
        "Layer of the national data architecture (QĐ 2439/QĐ-TTg): "
        + ", ".join(f"{name} ({label})" for name, label in DATA_LAYERS.items())
        + ".",
        _one_of(DATA_LAYERS),
        "reference",
        required=True,
    ),
    CustomProperty(
        _C,
        "simulated",
        "The rows are made up. Name or purpose must then say `mô phỏng`, and the other way round.",
        _FLAG,
        "true",
    ),
    CustomProperty(
        _C,
        "delivery",
        "Whether a delivery replaces the table, the periods it holds, or the rows whose key it "
        "holds. `append` needs `period`: a required column, and what one period is (value of the "
        "column, or day, month, year). `upsert` needs a key; rows that it does not name stay.",
        _object(
            ("mode",),
            mode=_one_of(DeliveryMode),
            period=_object(("column", "unit"), column=_TEXT, unit=_one_of(PeriodUnit)),
        ),
        "{mode: append, period: {column: ngay_do, unit: month}}",
    ),
    CustomProperty(
        _C,
        "cadence",
        "How often deliveries become a release (default `each`).",
        _one_of(CADENCES),
        "hourly",
    ),
    CustomProperty(
        _C,
        "quarantine",
        "A delivery of which more rows than this percentage fail is held as a whole (default 100).",
        _object(
            ("maxRejectPercent",), maxRejectPercent={"type": "number", "minimum": 0, "maximum": 100}
        ),
        "{maxRejectPercent: 5}",
    ),
    CustomProperty(
        _C,
        "secondPerson",
        "Whether publishing needs the yes of an approver who is not the sender (default true).",
        _FLAG,
        "false",
    ),
    CustomProperty(
        _C,
        "filterKey",
        "Columns that readers filter by most; the stored rows are sorted by them.",
        _TEXTS,
        "[ma_xa, ngay_do]",
    ),
    CustomProperty(
        _C,
        "missingValues",
        "What stands in cells without a value, in every column.",
        _TEXTS,
        '["..", "đang cập nhật"]',
    ),
    CustomProperty(
        _C,
        "layout",
        "What the files look like where the platform shall not have to find it out. `totals` and "
        "`notes` are first cells that mark total and foot-note lines; `drop` names records left "
        "out, with the reason. `sheets` are the sheets of a workbook (files of an archive) whose "
        "rows run on: `all` that fit, or these; their names fill `partColumn` where the file has "
        "no such column.",
        _object(
            (),
            sheet=_TEXT,
            sheets={"anyOf": [_one_of((ALL_SHEETS,)), _TEXTS]},
            partColumn=_TEXT,
            firstHeaderRow=_COUNT,
            headerRows={"type": "integer", "minimum": 1, "maximum": 4},
            delimiter={"type": "string", "enum": [",", ";", "|", "\t"]},
            encoding=_one_of(ENCODINGS),
            shortRows=_one_of(SHORT_ROWS),
            totals=_TEXTS,
            notes=_TEXTS,
            drop={
                "type": "array",
                "minItems": 1,
                "items": _object(
                    ("column", "values", "reason"),
                    column=_TEXT,
                    values=_TEXTS,
                    reason=_TEXT,
                    reasonEn=_TEXT,
                ),
            },
            unpivot=_UNPIVOT,
        ),
        '{firstHeaderRow: 3, delimiter: ";", totals: [Cả nước]}',
    ),
    CustomProperty(
        _C,
        "duplicates",
        "Rows equal in every column: keep one and link the others (`link`, default) or quarantine.",
        _one_of(DuplicatePolicy),
        "quarantine",
    ),
    CustomProperty(_C, "licence", "Licence under which open data is given.", _TEXT, "CC-BY-4.0"),
    CustomProperty(
        _C,
        "licenceApproval",
        "By which agency, when and in which document another licence than the province's own terms "
        "was approved; the agency that owns the dataset does.",
        _object(
            ("agency", "date", "document"),
            agency=_TEXT,
            date={"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
            document=_TEXT,
        ),
        '{agency: "H00.1", date: "2026-01-31", document: "Công văn 12/SKHCN"}',
    ),
    CustomProperty(
        _C, "collectionMethod", "How the data came about, in Vietnamese.", _TEXT, "Đo tự động"
    ),
    CustomProperty(
        _C,
        "contact",
        "Whom to ask: an address of the agency, not of a person.",
        _TEXT,
        "dulieu@example.vn",
    ),
    CustomProperty(
        _C,
        "labels",
        "Name and description in other languages.",
        _LABELS,
        "{en: {name: Rain gauges, description: Daily rain}}",
    ),
    CustomProperty(
        _T, "labels", "Name and description in other languages.", _LABELS, "{en: {name: Reading}}"
    ),
    CustomProperty(
        _K,
        "labels",
        "Name and description in other languages.",
        _LABELS,
        "{en: {name: Commune code}}",
    ),
    CustomProperty(
        _K,
        "semanticType",
        "What the values are; brings the rules of the table below.",
        _TEXT,
        "commune-code",
    ),
    CustomProperty(_K, "unit", "Unit of measure, as printed.", _TEXT, "km²"),
    CustomProperty(
        _K,
        "decimals",
        "Places after the comma of a `number`; the column is then an exact decimal.",
        {"type": "integer", "minimum": 0, "maximum": 9},
        "2",
    ),
    CustomProperty(
        _K,
        "synonyms",
        "Other headers under which the column comes (compared without marks, case, blanks).",
        _TEXTS,
        '["Mã ĐVHC", "Code"]',
    ),
    CustomProperty(
        _K,
        "missingValues",
        "What stands in empty cells of this column, too.",
        _TEXTS,
        '["Không biết"]',
    ),
    CustomProperty(
        _K,
        "marks",
        "Marks at the beginning or end of a cell, or of a header that gives the value (compared "
        "without accents and case): cut off, and their meaning written into the text column `into` "
        "(`default` where there is none).",
        _object(("into", "values"), into=_TEXT, values=_WORDS, default=_TEXT),
        '{into: tinh_trang, values: {"Prel.": sơ bộ, "(*)": ước tính}, default: chính thức}',
    ),
    CustomProperty(
        _K,
        "numberForm",
        "How numbers are written: `vi` 1.234,5 or `en` 1,234.5 (default `auto`: found per file).",
        _one_of(NumberForm),
        "vi",
    ),
    CustomProperty(
        _K,
        "dateFormats",
        "strptime forms of this column, tried before the platform's own.",
        _TEXTS,
        '["%Y/%m/%d %H:%M:%S"]',
    ),
    CustomProperty(
        _K,
        "position",
        "Which of several equal headers the column is, from 1.",
        _COUNT,
        "2",
    ),
    CustomProperty(
        _K,
        "personal",
        "Personal data, basic or sensitive (Luật 91/2025/QH15). Needs `mask` and the "
        "classification `restricted`, and in an open dataset `openData: exclude`.",
        _one_of(Personal),
        "basic",
    ),
    CustomProperty(
        _K,
        "mask",
        "How the value is shown to those who may not see it whole: "
        + "; ".join(f"`{name}`: {meaning}" for name, meaning in MASKS.items())
        + ".",
        _one_of(MASKS),
        "last-four",
    ),
    CustomProperty(
        _K,
        "openData",
        "`exclude` keeps the column out of open data.",
        _one_of(OPEN_DATA),
        "exclude",
    ),
    CustomProperty(
        _K,
        "geometry",
        "The column holds geometries: WKT, WGS 84, longitude first. Needs `logicalType: string` "
        "and `physicalType: geometry`. `within` is the box in degrees where all lie (smallest "
        "longitude and latitude, then the largest); files of which most lie outside are refused. "
        f"`maxVertices` bounds one geometry (default {MOST_VERTICES}). Such a column cannot be "
        "filtered by unless `filterable` says so.",
        _object(
            ("types", "within"),
            types=_list(_one_of(GeometryType)),
            within={
                "type": "array",
                "items": {"type": "number", "minimum": -180, "maximum": 180},
                "minItems": 4,
                "maxItems": 4,
            },
            maxVertices={"type": "integer", "minimum": 1, "maximum": 1_000_000},
        ),
        "{types: [Polygon, MultiPolygon], within: [105.4, 21.3, 106.3, 22.8]}",
    ),
    CustomProperty(
        _K,
        "filterable",
        "Whether readers may filter and search by it (default true).",
        _FLAG,
        "false",
    ),
    CustomProperty(
        _R,
        "rowPredicate",
        "The condition every row must meet (a rule of type `sql` with `mustBe: 0` counts the "
        "others). NULL counts as met. Words allowed: see below.",
        _TEXT,
        '"ngay_tra IS NULL OR ngay_tra >= ngay_nop"',
    ),
    CustomProperty(
        _R,
        "metric",
        "Refines `metric: rowCount` with `unit: percent`: the number of rows against the median of "
        "the last releases, in percent, negative for fewer.",
        _one_of(("rowCountChange",)),
        "rowCountChange",
    ),
    CustomProperty(
        _R,
        "messageVi",
        "What an officer reads when the rule fails, in Vietnamese (default: the rule's `name`).",
        _TEXT,
        "Ngày trả trước ngày nộp. Sửa một trong hai ngày.",
    ),
    CustomProperty(
        _R, "messageEn", "The same in English.", _TEXT, "Returned before it was handed in."
    ),
)

_BY_PLACE = {(entry.place, entry.name): entry for entry in VOCABULARY}


def vocabulary() -> tuple[CustomProperty, ...]:
    """Give every customProperty that a contract may carry."""
    return VOCABULARY


def lookup(place: Place, name: str) -> CustomProperty | None:
    """Give the entry of `name` at `place`, None where there is none."""
    return _BY_PLACE.get((place, name))


def names_at(place: Place) -> tuple[str, ...]:
    """Give the names that `place` may carry."""
    return tuple(entry.name for entry in VOCABULARY if entry.place is place)
