"""Open rows as Croissant 1.0 (mlcommons.org/croissant), the CSV column by column. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from tinhdata.contracts import Column
from tinhdata.contracts.model import LogicalType
from tinhdata.kernel import JSON, JSONObject
from tinhdata.standards import schema_org
from tinhdata.standards.addresses import Addresses
from tinhdata.standards.model import Portal, Publication, PublishedFile

_CONTEXT: JSONObject = MappingProxyType(
    {
        "@language": "vi",
        "@vocab": "https://schema.org/",
        "citeAs": "cr:citeAs",
        "column": "cr:column",
        "conformsTo": "dct:conformsTo",
        "cr": "http://mlcommons.org/croissant/",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataBiases": "cr:dataBiases",
        "dataCollection": "cr:dataCollection",
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "dct": "http://purl.org/dc/terms/",
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "extract": "cr:extract",
        "field": "cr:field",
        "fileObject": "cr:fileObject",
        "fileProperty": "cr:fileProperty",
        "fileSet": "cr:fileSet",
        "format": "cr:format",
        "includes": "cr:includes",
        "isLiveDataset": "cr:isLiveDataset",
        "jsonPath": "cr:jsonPath",
        "key": "cr:key",
        "md5": "cr:md5",
        "parentField": "cr:parentField",
        "path": "cr:path",
        "personalSensitiveInformation": "cr:personalSensitiveInformation",
        "recordSet": "cr:recordSet",
        "references": "cr:references",
        "regex": "cr:regex",
        "repeated": "cr:repeated",
        "replace": "cr:replace",
        "sc": "https://schema.org/",
        "separator": "cr:separator",
        "source": "cr:source",
        "subField": "cr:subField",
        "transform": "cr:transform",
    }
)
"""The context that the format's own text gives; readers compare it."""
_TYPES: Mapping[LogicalType, str] = MappingProxyType(
    {
        LogicalType.STRING: "sc:Text",
        LogicalType.INTEGER: "sc:Integer",
        LogicalType.NUMBER: "sc:Float",
        LogicalType.BOOLEAN: "sc:Boolean",
        LogicalType.DATE: "sc:Date",
        LogicalType.TIMESTAMP: "sc:DateTime",
    }
)
_FILE = "rows.csv"
_RECORDS = "rows"


def described(publication: Publication, portal: Portal, at: Addresses) -> JSONObject:
    """Give the Croissant document of a dataset whose rows anyone may read."""
    contract = publication.contract
    file = next(each for each in publication.files if each.form == "csv")
    found: dict[str, JSON] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "@id": at.dataset(contract.id),
        "name": contract.id,
        "alternateName": contract.name.vi,
        "description": schema_org.description(publication, portal),
        "url": at.landing(contract.id),
        "version": schema_org.version(publication),
        "citeAs": _citation(publication, at),
        "keywords": list(contract.tags),
        "inLanguage": "vi",
        "creator": _agency(publication, at),
        "publisher": _agency(publication, at),
        "license": schema_org.licence_address(publication, portal, at),
        # Without a hash the file is what is published now, and readers must not expect one.
        "isLiveDataset": file.sha256 is None,
        "distribution": [_file(publication, file, at)],
        "recordSet": [_records(publication)],
    }
    if publication.issued is not None:
        found["datePublished"] = publication.issued.date().isoformat()
    if publication.modified is not None:
        found["dateModified"] = publication.modified.date().isoformat()
    return {key: value for key, value in found.items() if value is not None}


def _file(publication: Publication, file: PublishedFile, at: Addresses) -> JSONObject:
    found: dict[str, JSON] = {
        "@type": "cr:FileObject",
        "@id": _FILE,
        "name": _FILE,
        "contentUrl": at.file(publication.id, file),
        "encodingFormat": "text/csv",
    }
    if file.size is not None:
        found["contentSize"] = f"{file.size} B"
    if file.sha256 is not None:
        found["sha256"] = file.sha256
    return found


def _records(publication: Publication) -> JSONObject:
    found: dict[str, JSON] = {
        "@type": "cr:RecordSet",
        "@id": _RECORDS,
        "name": _RECORDS,
        "description": publication.contract.description.vi,
        "field": [_field(column) for column in publication.columns],
    }
    names = {column.name for column in publication.columns}
    key = [name for name in publication.contract.key if name in names]
    if key and len(key) == len(publication.contract.key):
        found["key"] = [{"@id": f"{_RECORDS}/{name}"} for name in key]
    return found


def _field(column: Column) -> JSONObject:
    return {
        "@type": "cr:Field",
        "@id": f"{_RECORDS}/{column.name}",
        "name": column.name,
        "description": ". ".join(
            part.strip().rstrip(".")
            for part in (column.label.vi, column.description.vi, column.unit or "")
            if part.strip()
        ),
        "dataType": _TYPES[column.logical_type],
        "source": {"fileObject": {"@id": _FILE}, "extract": {"column": column.name}},
    }


def _agency(publication: Publication, at: Addresses) -> JSONObject:
    agency = publication.publisher
    name = agency.name.vi if agency else publication.contract.agency
    return {"@type": "sc:Organization", "name": name, "url": at.agency(publication.contract.agency)}


def _citation(publication: Publication, at: Addresses) -> str:
    agency = publication.publisher
    name = agency.name.vi if agency else publication.contract.agency
    release = publication.release
    year = f" ({release.at.year})" if release else ""
    return f"{name}{year}. {publication.contract.name.vi}. {at.landing(publication.id)}"
