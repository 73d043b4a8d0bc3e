"""Open rows as a Frictionless Data Package (v1): the CSV with its schema. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from tinhdata.contracts import Column
from tinhdata.contracts.model import LogicalType
from tinhdata.kernel import JSON, JSONObject
from tinhdata.standards import schema_org
from tinhdata.standards.addresses import Addresses
from tinhdata.standards.model import Portal, Publication, PublishedFile

_TYPES: Mapping[LogicalType, tuple[str, str]] = MappingProxyType(
    {
        LogicalType.STRING: ("string", "default"),
        LogicalType.INTEGER: ("integer", "default"),
        LogicalType.NUMBER: ("number", "default"),
        LogicalType.BOOLEAN: ("boolean", "default"),
        LogicalType.DATE: ("date", "default"),
        LogicalType.TIMESTAMP: ("datetime", "%Y-%m-%dT%H:%M:%S"),
    }
)


def described(publication: Publication, portal: Portal, at: Addresses) -> JSONObject:
    """Give the package of a dataset whose rows anyone may read."""
    contract = publication.contract
    file = next(each for each in publication.files if each.form == "csv")
    found: dict[str, JSON] = {
        "profile": "tabular-data-package",
        "name": contract.id,
        "id": at.dataset(contract.id),
        "title": contract.name.vi,
        "description": contract.description.vi,
        "homepage": at.landing(contract.id),
        "version": schema_org.version(publication),
        "keywords": list(contract.tags),
        "licenses": _licences(publication, portal, at),
        "contributors": [_agency(publication, at)],
        "sources": [{"title": law.title, "path": law.url} for law in contract.legal_basis],
        "resources": [_resource(publication, file, at)],
    }
    if publication.modified is not None:
        found["created"] = publication.modified.replace(microsecond=0).isoformat()
    return {key: value for key, value in found.items() if value not in ([], None)}


def _licences(publication: Publication, portal: Portal, at: Addresses) -> list[JSON]:
    licence = portal.licences.get(publication.contract.licence or "")
    if licence is None:
        return []
    return [
        {
            "name": licence.code,
            "path": at.absolute(licence.address),
            "title": licence.name.vi,
        }
    ]


def _agency(publication: Publication, at: Addresses) -> JSONObject:
    agency = publication.publisher
    found: dict[str, JSON] = {
        "title": agency.name.vi if agency else publication.contract.agency,
        "path": at.agency(publication.contract.agency),
        "role": "publisher",
    }
    if (contact := publication.contact) and "@" in contact:
        found["email"] = contact
    return found


def _resource(publication: Publication, file: PublishedFile, at: Addresses) -> JSONObject:
    found: dict[str, JSON] = {
        "profile": "tabular-data-resource",
        "name": publication.contract.table.replace("_", "-"),
        "title": publication.contract.name.vi,
        "path": at.file(publication.id, file),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "doubleQuote": True},
        "schema": _schema(publication),
    }
    if file.size is not None:
        found["bytes"] = file.size
    if file.sha256 is not None:
        found["hash"] = f"sha256:{file.sha256}"
    return found


def _schema(publication: Publication) -> JSONObject:
    contract = publication.contract
    names = {column.name for column in publication.columns}
    found: dict[str, JSON] = {
        "fields": [_field(column, column.name in contract.key) for column in publication.columns],
        "missingValues": [""],
    }
    if contract.key and set(contract.key) <= names:
        found["primaryKey"] = list(contract.key)
    return found


def _field(column: Column, in_key: bool) -> JSONObject:
    kind, form = _TYPES[column.logical_type]
    constraints: dict[str, JSON] = {}
    if column.required or in_key:
        constraints["required"] = True
    if column.unique:
        constraints["unique"] = True
    if column.allowed and column.logical_type is LogicalType.STRING:
        constraints["enum"] = list(column.allowed)
    found: dict[str, JSON] = {
        "name": column.name,
        "type": kind,
        "format": form,
        "title": column.label.vi,
        "description": column.description.vi or column.label.vi,
    }
    if column.unit:
        found["unit"] = column.unit
    if column.mask is not None:
        # What is masked is text, and no longer what the rules were written for.
        found |= {"type": "string", "format": "default"}
        constraints = {}
    if constraints:
        found["constraints"] = constraints
    return found
