"""What a CKAN portal says of its data (package_show, resource_show, datastore) -> drafts. Pure.

Reads answers of the action API and what stands inside them: `fields` of the datastore with the
data dictionary (`info`: label, notes, type_override), or a table schema. Fetches nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from tinhdata.contracts import draft_names
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
from tinhdata.contracts.importing_frictionless import field_columns
from tinhdata.contracts.model import LogicalType
from tinhdata.contracts.part import Part
from tinhdata.kernel import Text, t

_S, _I, _N = LogicalType.STRING, LogicalType.INTEGER, LogicalType.NUMBER
_TYPES: Mapping[str, LogicalType] = MappingProxyType(
    {
        **dict.fromkeys(("text", "varchar", "char", "string"), _S),
        **dict.fromkeys(("int", "int2", "int4", "int8", "integer", "bigint", "smallint"), _I),
        **dict.fromkeys(("numeric", "float", "float4", "float8", "double precision", "real"), _N),
        "number": _N,
        **dict.fromkeys(("bool", "boolean"), LogicalType.BOOLEAN),
        "date": LogicalType.DATE,
        **dict.fromkeys(("timestamp", "timestamptz", "datetime"), LogicalType.TIMESTAMP),
    }
)
_ROW_NUMBER = "_id"
_FIELD_KEYS = frozenset({"id", "type", "info", "schema", "label", "notes"})
_INFO_KEYS = frozenset({"label", "notes", "type_override", "unit", "label_en", "notes_en"})
_SCHEMA_KEYS = frozenset({"notnull", "uniquekey", "native_type", "index_name", "is_index"})
_PACKAGE_KEYS = frozenset(
    {"name", "title", "notes", "resources", "tags", "license_id", "license_title", "organization"}
    | {"id", "state", "type", "num_resources", "num_tags", "isopen", "metadata_created"}
    | {"metadata_modified", "creator_user_id", "owner_org", "license_url", "version", "url"}
)
_RESOURCE_KEYS = frozenset(
    {"name", "description", "fields", "datastore_fields", "schema", "id", "package_id", "format"}
    | {"url", "mimetype", "position", "state", "created", "last_modified", "metadata_modified"}
    | {"datastore_active", "hash", "size", "url_type", "resource_id", "records", "total", "_links"}
    | {"include_total", "limit", "records_format", "total_was_estimated", "primary_key", "meta"}
    | {"resource_type", "cache_url", "cache_last_updated", "mimetype_inner", "offset", "sort"}
)
_PEOPLE = ("author", "author_email", "maintainer", "maintainer_email")


def import_ckan(data: bytes, source: str, wishes: DraftWishes | None = None) -> Imported:
    """Draft a contract for each resource of the answer whose fields are known.

    Raises SchemaUnreadable where the document is no such answer or names no field.
    """
    root = json_of(data, source)
    body = root.get("result") if root.get("result").is_there else root
    resources = body.get("resources").items()[:MOST_TABLES] or (body,)
    package = body if body.get("resources").items() else Part({})
    notes = [*_package_notes(package), *too_many(len(body.get("resources").items()))]
    tables: list[DraftTable] = []
    taken: set[str] = set()
    for resource in resources:
        draft = _Resource(package, resource, wishes or DraftWishes(), len(resources) == 1)
        table = draft.table(taken)
        if table is None:
            name = shown(resource.get("name").value or resource.get("id").value or "?")
            notes.append(t("{name} declares no fields and was left out.", name=name))
        else:
            taken.add(table.id)
            tables.append(table)
    if not tables:
        raise SchemaUnreadable(source, t("it declares no table with fields"))
    return Imported(tuple(tables), tuple(notes))


def _package_notes(package: Part) -> Iterator[Text]:
    owner = words(package.at("organization", "title").text(), 200)
    if owner:
        yield t("The organisation on the portal is “{name}”: write the agency's code.", name=owner)
    if any(package.get(key).is_there for key in _PEOPLE):
        yield t("Author and maintainer are persons and were not taken over.")
    yield from not_taken(package, (*_PACKAGE_KEYS, *_PEOPLE))


class _Resource:
    """One resource on its way to a draft."""

    def __init__(self, package: Part, resource: Part, wishes: DraftWishes, is_only: bool) -> None:
        self._package, self._resource = package, resource
        self._wishes, self._is_only = wishes, is_only

    def table(self, taken: set[str]) -> DraftTable | None:
        """Give the draft, None where the resource names no field; its id is not among `taken`."""
        fields = self._fields()
        schema = self._resource.get("schema")
        remarks = [*_package_notes(self._package), *not_taken(self._resource, _RESOURCE_KEYS)]
        title = words(self._package.get("title").text(), 200)
        name = words(self._resource.get("name").text(), 200) or title or "Bảng"
        wanted = self._wishes.id if self._is_only else None
        slug = _free(wanted or draft_names.dataset_id(name), taken)
        key: list[int] = []
        if fields:
            found = (self._column(field, remarks) for field in fields)
            columns = tuple(column for column in found if column is not None)
            names = [column.name for column in columns]
            key = [names.index(name) for name in self._key(fields) if name in names]
        elif schema.get("fields").items():
            columns = tuple(field_columns(schema, slug))
        else:
            return None
        if not columns:
            return None
        notes = self._resource.get("description").text() or self._package.get("notes").text()
        table = DraftTable(
            id=slug,
            name=name,
            name_en=name if draft_names.is_english(name) else None,
            purpose=words(notes),
            table=draft_names.table_name(slug)[:60],
            columns=columns,
            key=(),
            sector=self._wishes.sector,
            agency=self._wishes.agency,
            licence=words(self._package.get("license_id").text(), 100),
            tags=self._tags(),
            remarks=tuple(remarks),
        )
        return finished_table(table, key)

    def _fields(self) -> tuple[Part, ...]:
        for key in ("fields", "datastore_fields"):
            found = self._resource.get(key).items()
            if found:
                return found
        # Some portals write the fields of the datastore where others write a table schema.
        described = self._resource.at("schema", "fields").items()
        return described if any(field.get("id").text() for field in described) else ()

    def _key(self, fields: tuple[Part, ...]) -> tuple[str, ...]:
        written = self._resource.get("primary_key")
        declared = (written.text(),) if written.text() else written.texts()
        unique = tuple(
            field.get("id").text() or ""
            for field in fields
            if field.at("schema", "uniquekey").flag(False)
        )
        return tuple(name for name in declared if name) or unique[:1]

    def _tags(self) -> tuple[str, ...]:
        named = (
            item.text() or item.get("display_name").text() or item.get("name").text()
            for item in self._package.get("tags").items()
        )
        return tuple(dict.fromkeys(tag for name in named if (tag := words(name, 60))))[:20]

    def _column(self, field: Part, remarks: list[Text]) -> DraftColumn | None:
        name = field.get("id").text() or field.get("name").text() or ""
        if name == _ROW_NUMBER or not name.strip():
            remarks.append(t("The portal's own row number _id was left out."))
            return None
        info = field.get("info")
        label = info.get("label").text() or field.get("label").text()
        told = info.get("notes").text() or field.get("notes").text()
        column = labelled(name, label, told)
        written = info.get("type_override").text() or field.get("type").text() or "text"
        said: list[Text] = []
        kind = _TYPES.get(written.lower())
        if kind is None:
            said.append(t("The type {type} is kept as text.", type=shown(written)))
        if written.lower() == "timestamptz":
            said.append(t("Moments are kept as local time of Việt Nam."))
        said.extend(not_taken(field, _FIELD_KEYS))
        said.extend(not_taken(info, _INFO_KEYS))
        return replace(
            column,
            name=name,
            label_en=words(info.get("label_en").text(), 200) or column.label_en,
            logical_type=kind or _S,
            unit=words(info.get("unit").text(), 40),
            required=field.at("schema", "notnull").flag(False),
            unique=field.at("schema", "uniquekey").flag(False),
            remarks=tuple(said),
        )


def _free(slug: str, taken: set[str]) -> str:
    number, free = 2, slug
    while free in taken:
        free, number = f"{slug}-{number}", number + 1
    return free
