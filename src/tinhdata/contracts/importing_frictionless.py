"""Frictionless Data Package, Data Resource or Table Schema -> drafts of contracts. Pure.

Source: Data Package and Table Schema, versions 1 and 2 (specs.frictionlessdata.io).
Only what stands in the document itself is read: no address or path in it is followed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from tinhdata.contracts import draft_names
from tinhdata.contracts.build import read_bound
from tinhdata.contracts.custom_properties import ENCODINGS
from tinhdata.contracts.draft_model import DraftColumn, DraftTable, DraftWishes
from tinhdata.contracts.errors import SchemaUnreadable
from tinhdata.contracts.importing import (
    MOST_TABLES,
    Imported,
    finished_table,
    json_of,
    labelled,
    not_taken,
    shown,
    too_many,
    words,
)
from tinhdata.contracts.model import LogicalType, NumberForm, Reference
from tinhdata.contracts.part import Part
from tinhdata.kernel import JSON, Text, t

_S, _I, _N = LogicalType.STRING, LogicalType.INTEGER, LogicalType.NUMBER
_TYPES: Mapping[str, LogicalType] = MappingProxyType(
    {
        "string": _S,
        "any": _S,
        "number": _N,
        "integer": _I,
        "boolean": LogicalType.BOOLEAN,
        "date": LogicalType.DATE,
        "datetime": LogicalType.TIMESTAMP,
        "year": _I,
    }
)
_FORMATS = MappingProxyType({"email": "email", "uri": "url"})
_FIELD_KEYS = frozenset(
    {"name", "type", "format", "title", "description", "constraints", "missingValues"}
    | {"decimalChar", "groupChar", "bareNumber", "example", "rdfType"}
)
_CONSTRAINTS = frozenset(
    {"required", "unique", "minLength", "maxLength", "minimum", "maximum", "pattern", "enum"}
)
_SCHEMA_KEYS = frozenset({"fields", "primaryKey", "foreignKeys", "missingValues", "$schema"})
_RESOURCE_KEYS = frozenset(
    {"name", "title", "description", "schema", "path", "encoding", "dialect", "profile", "format"}
    | {"mediatype", "licenses", "type", "$schema", "bytes", "hash"}
)
_PACKAGE_KEYS = frozenset(
    {"name", "title", "description", "resources", "licenses", "keywords", "profile", "$schema"}
)
_DELIMITERS = (",", ";", "|", "\t")


def import_frictionless(data: bytes, source: str, wishes: DraftWishes | None = None) -> Imported:
    """Draft a contract for each table that the document declares.

    Raises SchemaUnreadable where it is no JSON, no package, resource or table schema, or declares
    no table.
    """
    root = json_of(data, source)
    wishes = wishes or DraftWishes()
    if root.get("fields").items():
        root = Part({"resources": [{"schema": root.value}]})
    elif root.get("schema").is_there:
        root = Part({"resources": [root.value]})
    resources = root.get("resources").items()[:MOST_TABLES]
    notes = [*not_taken(root, _PACKAGE_KEYS), *too_many(len(root.get("resources").items()))]
    ids = _ids(resources, root, wishes)
    tables = []
    for resource, slug in zip(resources, ids.values(), strict=True):
        fields = resource.at("schema", "fields").items()
        if fields:
            tables.append(_Table(root, resource, slug, ids, wishes).table())
        else:
            notes.append(_without_fields(resource))
    if not tables:
        raise SchemaUnreadable(source, t("it declares no table with fields"))
    return Imported(tuple(tables), tuple(notes))


def _without_fields(resource: Part) -> Text:
    name = shown(resource.get("name").value or resource.get("title").value or "?")
    elsewhere = resource.get("schema").text()
    if elsewhere:
        return t(
            "The schema of {name} stands elsewhere ({place}) and was not fetched.",
            name=name,
            place=shown(elsewhere),
        )
    return t("{name} declares no fields and was left out.", name=name)


def _ids(resources: tuple[Part, ...], root: Part, wishes: DraftWishes) -> dict[str, str]:
    """Give each resource, by its name in references, the id of its dataset."""
    ids: dict[str, str] = {}
    for at, resource in enumerate(resources):
        name = resource.get("name").text() or f"#{at}"
        title = resource.get("title").text() or resource.get("name").text()
        wanted = wishes.id if len(resources) == 1 else None
        base = wanted or draft_names.dataset_id(
            title or root.get("title").text() or root.get("name").text() or ""
        )
        slug, number = base, 2
        while slug in ids.values():
            slug, number = f"{base}-{number}", number + 1
        key, number = name, 2
        while key in ids:
            key, number = f"{name}#{number}", number + 1
        ids[key] = slug
    return ids


class _Table:
    """One resource on its way to a draft."""

    def __init__(
        self,
        root: Part,
        resource: Part,
        slug: str,
        ids: Mapping[str, str],
        wishes: DraftWishes,
    ) -> None:
        self._root, self._resource, self._slug, self._ids = root, resource, slug, ids
        self._wishes = wishes
        self._schema = resource.get("schema")
        self._fields = self._schema.get("fields").items()
        self._names = [field.get("name").text() or "" for field in self._fields]
        self._remarks: list[Text] = [
            *not_taken(resource, _RESOURCE_KEYS),
            *not_taken(self._schema, _SCHEMA_KEYS),
        ]

    def table(self) -> DraftTable:
        """Give the draft."""
        resource, root = self._resource, self._root
        title = words(resource.get("title").text() or resource.get("name").text(), 200)
        package = words(root.get("title").text() or root.get("name").text(), 200)
        name = title or package or "Bảng"
        columns = tuple(self._column(field) for field in self._fields)
        columns = self._with_references(columns)
        layout = self._layout()
        missing = tuple(word for word in self._schema.get("missingValues").texts() if word.strip())
        licences = (*resource.get("licenses").items(), *root.get("licenses").items())
        table = DraftTable(
            id=self._slug,
            name=name,
            name_en=name if draft_names.is_english(name) else None,
            purpose=words(resource.get("description").text() or root.get("description").text()),
            table=draft_names.table_name(self._slug)[:60],
            columns=columns,
            key=(),
            sector=self._wishes.sector,
            agency=self._wishes.agency,
            licence=next((text for item in licences if (text := item.get("name").text())), None),
            tags=tuple(dict.fromkeys(root.get("keywords").texts()))[:20],
            missing_values=tuple(dict.fromkeys(missing)),
            layout=layout,
            remarks=tuple(self._remarks),
        )
        return finished_table(table, self._key())

    def _key(self) -> list[int]:
        written = self._schema.get("primaryKey")
        names = (written.text(),) if written.text() else written.texts()
        return [self._names.index(name) for name in names if name in self._names]

    def _layout(self) -> dict[str, JSON]:
        layout: dict[str, JSON] = {}
        encoding = (self._resource.get("encoding").text() or "").lower()
        if encoding in ENCODINGS and encoding != "utf-8":
            layout["encoding"] = encoding
        elif encoding not in ("", "utf-8"):
            self._remarks.append(t("The encoding {name} is not declared here.", name=encoding))
        dialect = self._resource.get("dialect")
        delimiter = dialect.get("delimiter").text() or dialect.at("csv", "delimiter").text()
        if delimiter in _DELIMITERS and delimiter != ",":
            layout["delimiter"] = delimiter
        self._remarks.extend(not_taken(dialect, ("delimiter", "csv", "$schema")))
        return layout

    def _with_references(self, columns: tuple[DraftColumn, ...]) -> tuple[DraftColumn, ...]:
        found = list(columns)
        for key in self._schema.get("foreignKeys").items():
            fields, target = _names(key.get("fields")), _names(key.at("reference", "fields"))
            resource = key.at("reference", "resource").text() or ""
            dataset = self._ids.get(resource) if resource else self._slug
            if len(fields) != 1 or len(target) != 1 or fields[0] not in self._names or not dataset:
                self._remarks.append(
                    t("The foreign key {key} was not taken over.", key=shown(key.value))
                )
                continue
            at = self._names.index(fields[0])
            reference = Reference(dataset, draft_names.column_name(target[0]))
            found[at] = replace(found[at], reference=reference)
        return tuple(found)

    def _column(self, field: Part) -> DraftColumn:
        name, kind = field.get("name").text() or "", field.get("type").text() or "string"
        column = labelled(name, field.get("title").text(), field.get("description").text())
        column = replace(column, name=name, logical_type=_TYPES.get(kind, _S))
        remarks: list[Text] = []
        if kind not in _TYPES:
            remarks.append(t("The type {type} is kept as text.", type=shown(kind)))
        column = _formatted(column, field, kind, remarks)
        column = _constrained(column, field.get("constraints"), kind, remarks)
        own = tuple(word for word in field.get("missingValues").texts() if word.strip())
        remarks.extend(not_taken(field, _FIELD_KEYS))
        remarks.extend(not_taken(field.get("constraints"), _CONSTRAINTS))
        return replace(column, missing_values=own, remarks=tuple(remarks))


def _names(part: Part) -> tuple[str, ...]:
    text = part.text()
    return (text,) if text is not None else part.texts()


def _formatted(column: DraftColumn, field: Part, kind: str, remarks: list[Text]) -> DraftColumn:
    written = field.get("format").text() or "default"
    if kind == "year":
        return replace(column, semantic_type="year")
    if kind == "number" and field.get("decimalChar").text() == ",":
        return replace(column, number_form=NumberForm.VIETNAMESE)
    if kind in ("number", "integer") and field.get("groupChar").text() in (",", "."):
        is_english = field.get("groupChar").text() == ","
        form = NumberForm.ENGLISH if is_english else NumberForm.VIETNAMESE
        return replace(column, number_form=form)
    if written == "default":
        return column
    if kind == "string" and written in _FORMATS:
        return replace(column, semantic_type=_FORMATS[written])
    if kind in ("date", "datetime") and all(part in written for part in ("%d", "%m", "%Y")):
        return replace(column, date_formats=(written,))
    remarks.append(t("The form {name} was not taken over.", name=shown(written)))
    return column


def _constrained(
    column: DraftColumn, constraints: Part, kind: str, remarks: list[Text]
) -> DraftColumn:
    is_text = column.logical_type is _S
    column = replace(
        column,
        required=constraints.get("required").flag(False),
        unique=constraints.get("unique").flag(False),
    )
    for key, name in (("minimum", "minimum"), ("maximum", "maximum")):
        written = constraints.get(key)
        if not written.is_there:
            continue
        bound = None if is_text else read_bound(_plain(written.value, kind), column.logical_type)
        if bound is None:
            remarks.append(_left(key, written.value))
        elif name == "minimum":
            column = replace(column, minimum=bound)
        else:
            column = replace(column, maximum=bound)
    return _text_constraints(column, constraints, remarks, is_text=is_text)


def _plain(value: JSON, kind: str) -> JSON:
    if isinstance(value, str) and kind in ("integer", "year") and value.lstrip("-").isdigit():
        return int(value)
    return value


def _left(key: str, value: JSON) -> Text:
    return t("{key} {value} was not taken over.", key=key, value=shown(value))


def _text_constraints(
    column: DraftColumn, constraints: Part, remarks: list[Text], *, is_text: bool
) -> DraftColumn:
    for key in ("minLength", "maxLength", "pattern", "enum"):
        written = constraints.get(key)
        if not written.is_there:
            continue
        if not is_text:
            remarks.append(_left(key, written.value))
            continue
        column = _with_text_constraint(column, key, written, remarks)
    return column


def _with_text_constraint(
    column: DraftColumn, key: str, written: Part, remarks: list[Text]
) -> DraftColumn:
    length = written.integer()
    if key == "minLength" and length is not None and length >= 0:
        return replace(column, min_length=length)
    if key == "maxLength" and length is not None and length >= 0:
        return replace(column, max_length=length)
    if key == "pattern" and written.text():
        return replace(column, pattern=written.text())
    if key == "enum" and written.texts():
        return replace(column, allowed=tuple(dict.fromkeys(written.texts())))
    remarks.append(_left(key, written.value))
    return column


def field_columns(schema: Part, slug: str) -> Iterator[DraftColumn]:
    """Give the columns of a table schema that stands inside another document."""
    whole = Part({"resources": [{"schema": schema.value}]})
    table = _Table(Part({}), whole.get("resources").items()[0], slug, {}, DraftWishes()).table()
    yield from table.columns
