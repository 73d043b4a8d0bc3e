"""A checked ODCS document becomes a `Contract`.

Assumes what the standard and the vocabulary guarantee; what only holds after our own rules (types
of bounds, columns that are named) is reported by `lint`, which runs before this result is used.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from tinhdata.contracts.custom_properties import ALL_SHEETS, SLA_UNITS
from tinhdata.contracts.model import (
    MOST_VERTICES,
    AccessLevel,
    Bilingual,
    Bound,
    Classification,
    Column,
    Contract,
    DeliveryMode,
    DropRule,
    DuplicatePolicy,
    GeometrySpec,
    GeometryType,
    HeaderWord,
    Importance,
    Layout,
    LegalBasis,
    LicenceApproval,
    LogicalType,
    Marks,
    NumberForm,
    Period,
    PeriodUnit,
    Personal,
    Reference,
    Unpivot,
)
from tinhdata.contracts.part import Part
from tinhdata.contracts.rules import batch_rules, row_rules
from tinhdata.contracts.semantics import SEMANTIC_TYPES, SemanticType
from tinhdata.kernel import JSON, JSONObject

Word = TypeVar("Word", bound=StrEnum)


def build(document: JSONObject) -> Contract:
    """Give the contract that `document` declares."""
    root = Part(document)
    table = (root.get("schema").items() or (Part({}),))[0]
    columns = tuple(column(part) for part in table.get("properties").items())
    delivery, description = root.custom("delivery"), root.get("description")
    labels = root.custom("labels").get("en")
    return Contract(
        id=root.get("id").text() or "",
        version=root.get("version").text() or "",
        name=Bilingual(root.get("name").text() or "", labels.get("name").text()),
        description=Bilingual(
            description.get("purpose").text() or "", labels.get("description").text()
        ),
        sector=root.get("domain").text() or "",
        agency=root.custom("agency").text() or "",
        table=table.get("name").text() or "",
        columns=columns,
        key=_key(table),
        access_level=_word(AccessLevel, root.custom("accessLevel"), AccessLevel.PRIVATE),
        importance=_word(Importance, root.custom("importance"), Importance.ORDINARY),
        data_layer=root.custom("dataLayer").text() or "",
        legal_basis=legal_basis(root),
        database=root.custom("database").text(),
        row_rules=row_rules(table, frozenset(c.name for c in columns)),
        batch_rules=batch_rules(table),
        missing_values=root.custom("missingValues").texts(),
        layout=_layout(root.custom("layout")),
        mode=_word(DeliveryMode, delivery.get("mode"), DeliveryMode.REPLACE),
        period=_period(delivery.get("period")),
        filter_key=root.custom("filterKey").texts(),
        duplicates=_word(DuplicatePolicy, root.custom("duplicates"), DuplicatePolicy.LINK),
        max_reject_percent=_or_hundred(root.custom("quarantine").get("maxRejectPercent")),
        second_person=root.custom("secondPerson").flag(True),
        cadence=root.custom("cadence").text() or "each",
        update_cycle=_update_cycle(root),
        licence=root.custom("licence").text(),
        licence_approval=_licence_approval(root.custom("licenceApproval")),
        simulated=root.custom("simulated").flag(False),
        collection_method=root.custom("collectionMethod").text(),
        contact=root.custom("contact").text(),
        tags=root.get("tags").texts(),
        extra=_extra(root, table),
    )


def column(part: Part) -> Column:
    """Give the column that a property of the schema declares."""
    options, labels = part.get("logicalTypeOptions"), part.custom("labels").get("en")
    logical_type = _word(LogicalType, part.get("logicalType"), LogicalType.STRING)
    bundle = SEMANTIC_TYPES.get(part.custom("semanticType").text() or "")
    return Column(
        id=part.get("id").text() or "",
        name=part.get("name").text() or "",
        label=Bilingual(part.get("businessName").text() or "", labels.get("name").text()),
        logical_type=logical_type,
        description=Bilingual(
            part.get("description").text() or "", labels.get("description").text()
        ),
        required=part.get("required").flag(False) or part.get("primaryKey").flag(False),
        unique=part.get("unique").flag(False),
        semantic_type=part.custom("semanticType").text(),
        unit=part.custom("unit").text() or (bundle.unit if bundle else None),
        decimals=part.custom("decimals").integer(),
        minimum=_bound(options, "minimum", logical_type, bundle),
        maximum=_bound(options, "maximum", logical_type, bundle),
        min_length=_length(options.get("minLength"), bundle.min_length if bundle else None),
        max_length=_length(options.get("maxLength"), bundle.max_length if bundle else None),
        pattern=_pattern(part, options, bundle),
        allowed=_allowed(part),
        reference=_reference(part),
        synonyms=_synonyms(part),
        position=part.custom("position").integer(),
        missing_values=part.custom("missingValues").texts(),
        number_form=_word(NumberForm, part.custom("numberForm"), NumberForm.AUTO),
        date_formats=part.custom("dateFormats").texts(),
        personal=_personal(part, bundle),
        mask=part.custom("mask").text(),
        filterable=part.custom("filterable").flag(not part.custom("geometry").is_there),
        classification=_word(Classification, part.get("classification"), Classification.RESTRICTED),
        in_open_data=part.custom("openData").text() != "exclude",
        geometry=_geometry(part.custom("geometry")),
        marks=_marks(part.custom("marks")),
    )


def read_bound(value: JSON, logical_type: LogicalType) -> Bound | None:
    """Read a smallest or largest value as the type of its column; None where it does not fit."""
    try:
        match logical_type:
            case LogicalType.INTEGER:
                return value if isinstance(value, int) and not isinstance(value, bool) else None
            case LogicalType.NUMBER if not isinstance(value, bool | str):
                number = Decimal(str(value))
                return number if number.is_finite() else None
            case LogicalType.DATE if isinstance(value, str) and len(value) == 10:
                return date.fromisoformat(value)
            case LogicalType.TIMESTAMP if isinstance(value, str):
                moment = datetime.fromisoformat(value)
                return moment if moment.tzinfo is None else None
    except (ValueError, InvalidOperation):
        return None
    return None


def legal_basis(root: Part) -> tuple[LegalBasis, ...]:
    """Give the legal texts that the contract, or its description, names."""
    named = (
        *root.get("authoritativeDefinitions").items(),
        *root.at("description", "authoritativeDefinitions").items(),
    )
    return tuple(
        LegalBasis(item.get("url").text() or "", item.get("description").text() or "")
        for item in named
        if item.get("type").text() == "legalBasis"
    )


def _word(words: type[Word], part: Part, default: Word) -> Word:
    text = part.text()
    return words(text) if text in set(words) else default


def _bound(
    options: Part, name: str, logical_type: LogicalType, bundle: SemanticType | None
) -> Bound | None:
    written = options.get(name)
    if written.is_there:
        return read_bound(written.value, logical_type)
    value: Bound | None = getattr(bundle, name) if bundle else None
    if isinstance(value, int) and logical_type is LogicalType.NUMBER:
        return Decimal(value)
    return value


def _length(part: Part, from_bundle: int | None) -> int | None:
    written = part.integer()
    return from_bundle if written is None else written


def _pattern(part: Part, options: Part, bundle: SemanticType | None) -> str | None:
    written = options.get("pattern").text()
    for rule in part.get("quality").items():
        written = written or rule.at("arguments", "pattern").text()
    return written or (bundle.pattern if bundle else None)


def _allowed(part: Part) -> tuple[str, ...]:
    values = [str(v) for i in part.get("enum").items() if (v := i.get("value").value) is not None]
    for rule in part.get("quality").items():
        values.extend(rule.at("arguments", "validValues").texts())
    return tuple(dict.fromkeys(values))


def _synonyms(part: Part) -> tuple[str, ...]:
    own = part.custom("synonyms").texts()
    standard = (item.get("synonym").text() for item in part.get("synonyms").items())
    return tuple(dict.fromkeys((*own, *(text for text in standard if text))))


def _reference(part: Part) -> Reference | None:
    for relationship in part.get("relationships").items():
        dataset, dot, name = (relationship.get("to").text() or "").partition(".")
        if dot:
            return Reference(dataset, name)
    return None


def _personal(part: Part, bundle: SemanticType | None) -> Personal | None:
    written = part.custom("personal").text()
    if written in set(Personal):
        return Personal(written)
    return bundle.personal if bundle else None


def _geometry(part: Part) -> GeometrySpec | None:
    types = tuple(kind for kind in GeometryType if kind in part.get("types").texts())
    sides = [float(item.decimal() or 0) for item in part.get("within").items()]
    if not types or len(sides) != 4:
        return None
    west, south, east, north = sides
    most = part.get("maxVertices").integer() or MOST_VERTICES
    return GeometrySpec(types, (west, south, east, north), most)


def _licence_approval(part: Part) -> LicenceApproval | None:
    agency, document = part.get("agency").text(), part.get("document").text()
    try:
        day = date.fromisoformat(part.get("date").text() or "")
    except ValueError:
        return None
    return LicenceApproval(agency, day, document) if agency and document else None


def _key(table: Part) -> tuple[str, ...]:
    keyed = [p for p in table.get("properties").items() if p.get("primaryKey").flag(False)]
    # Stable: columns without a position keep the order of the contract, after those with one.
    keyed.sort(key=lambda p: p.get("primaryKeyPosition").integer() or len(keyed) + 1)
    return tuple(p.get("name").text() or "" for p in keyed)


def _marks(part: Part) -> Marks | None:
    into = part.get("into").text()
    return Marks(into, part.get("values").pairs(), part.get("default").text()) if into else None


def _unpivot(part: Part) -> Unpivot | None:
    if not part.is_there:
        return None
    values = part.get("values")
    only = values.text()
    return Unpivot(
        headers=part.get("headers").texts(),
        values=(("", only),) if only is not None else values.pairs(),
        words=tuple(
            HeaderWord(name, word, value)
            for name in part.get("words").names()
            for word, value in part.at("words", name).pairs()
        ),
        keeps_empty=part.get("empty").text() == "keep",
    )


def _layout(part: Part) -> Layout:
    return Layout(
        sheet=part.get("sheet").text(),
        sheets=part.get("sheets").texts(),
        all_sheets=part.get("sheets").text() == ALL_SHEETS,
        part_column=part.get("partColumn").text(),
        first_header_row=part.get("firstHeaderRow").integer(),
        header_rows=part.get("headerRows").integer(),
        delimiter=part.get("delimiter").text(),
        encoding=part.get("encoding").text(),
        short_rows=part.get("shortRows").text() or "auto",
        totals=part.get("totals").texts(),
        notes=part.get("notes").texts(),
        drop=tuple(
            DropRule(
                rule.get("column").text() or "",
                rule.get("values").texts(),
                Bilingual(rule.get("reason").text() or "", rule.get("reasonEn").text()),
            )
            for rule in part.get("drop").items()
        ),
        unpivot=_unpivot(part.get("unpivot")),
    )


def _period(part: Part) -> Period | None:
    name = part.get("column").text()
    return Period(name, _word(PeriodUnit, part.get("unit"), PeriodUnit.VALUE)) if name else None


def _or_hundred(part: Part) -> Decimal:
    written = part.decimal()
    return Decimal(100) if written is None else written


def _update_cycle(root: Part) -> str | None:
    for item in root.get("slaProperties").items():
        value, unit = item.get("value").integer(), item.get("unit").text() or ""
        if item.get("property").text() == "frequency" and value is not None and unit in SLA_UNITS:
            # ISO 8601 has no quarters.
            return f"P{3 * value}M" if unit == "quarter" else SLA_UNITS[unit].format(value)
    return None


def _extra(root: Part, table: Part) -> JSONObject:
    sla: dict[str, JSON] = {
        str(item.get("property").value): {
            "value": item.get("value").value,
            "unit": item.get("unit").value,
        }
        for item in root.get("slaProperties").items()
    }
    found: Mapping[str, JSON] = {
        "usage": root.at("description", "usage").value,
        "limitations": root.at("description", "limitations").value,
        "granularity": table.get("dataGranularityDescription").value,
        "table_name": table.get("businessName").value,
        "sla": sla or None,
        "roles": root.get("roles").value,
        "servers": root.get("servers").value,
    }
    return {key: value for key, value in found.items() if value is not None}
