"""A dataset in the words of schema.org, as search engines read it. Pure."""

from tinhdata.contracts import AccessLevel, Bilingual
from tinhdata.kernel import JSON, JSONObject
from tinhdata.standards.addresses import Addresses
from tinhdata.standards.model import Portal, Publication
from tinhdata.standards.vocabularies import formats

_LEAST, _MOST = 50, 5_000
"""Characters that a description must and may have, as the large search engine asks."""


def described(publication: Publication, portal: Portal, at: Addresses) -> JSONObject:
    """Give the schema.org Dataset, with files only where anyone may read the rows."""
    contract = publication.contract
    found: dict[str, JSON] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": at.dataset(contract.id),
        "url": at.landing(contract.id),
        "identifier": contract.id,
        "name": contract.name.vi,
        "description": description(publication, portal),
        "inLanguage": "vi",
        "version": version(publication),
        "keywords": list(contract.tags),
        "isAccessibleForFree": contract.access_level is AccessLevel.OPEN,
        "conditionsOfAccess": contract.access_level.value,
        "creator": _agency(publication, at),
        "publisher": _agency(publication, at),
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "@id": at.catalogue,
            "name": portal.title.vi,
            "url": f"{at.site}/",
        },
        "spatialCoverage": {
            "@type": "Place",
            "name": portal.place.name.vi,
            "identifier": portal.place.code,
        },
        "sameAs": at.document(contract.id, ".ttl"),
    }
    if contract.name.en:
        found["alternateName"] = contract.name.en
    found |= _dated(publication)
    if licence := licence_address(publication, portal, at):
        found["license"] = licence
    if publication.database is not None:
        found["isPartOf"] = {
            "@type": "Dataset",
            "name": publication.database.name.vi,
            "description": publication.database.purpose.vi or publication.database.name.vi,
            "@id": at.database(publication.database.id),
        }
    found["variableMeasured"] = _variables(publication)
    if files := _files(publication, at):
        found["distribution"] = files
    return {key: value for key, value in found.items() if value not in (None, [], "")}


def description(publication: Publication, portal: Portal) -> str:
    """Give a description that is neither shorter nor longer than search engines take."""
    contract = publication.contract
    parts = [contract.description.vi, contract.description.en or ""]
    said = " ".join(part.strip() for part in parts if part.strip())
    if len(said) < _LEAST:
        agency = publication.publisher.name.vi if publication.publisher else contract.agency
        said = f"{said} {contract.name.vi}. {agency}. {portal.title.vi}.".strip()
    return said if len(said) <= _MOST else f"{said[: _MOST - 1]}…"


def version(publication: Publication) -> str:
    """Give the version of the rows: the release within the contract's version."""
    release = publication.release
    own = publication.contract.version
    return own if release is None else f"{own}+{release.number}"


def licence_address(publication: Publication, portal: Portal, at: Addresses) -> str | None:
    """Give the address of the terms of use; None where they are not registered."""
    licence = portal.licences.get(publication.contract.licence or "")
    return None if licence is None else at.absolute(licence.address)


def _dated(publication: Publication) -> dict[str, JSON]:
    found: dict[str, JSON] = {}
    if publication.issued is not None:
        found["datePublished"] = publication.issued.date().isoformat()
    if publication.modified is not None:
        found["dateModified"] = publication.modified.replace(microsecond=0).isoformat()
    if publication.span is not None:
        found["temporalCoverage"] = f"{publication.span.first}/{publication.span.last}"
    return found


def _agency(publication: Publication, at: Addresses) -> JSONObject:
    agency = publication.publisher
    name = agency.name if agency else Bilingual(publication.contract.agency)
    found: dict[str, JSON] = {
        "@type": "GovernmentOrganization",
        "@id": at.agency(publication.contract.agency),
        "name": name.vi,
        "identifier": publication.contract.agency,
        "url": at.agency(publication.contract.agency),
    }
    if name.en:
        found["alternateName"] = name.en
    if (contact := publication.contact) and "@" in contact:
        found["contactPoint"] = {"@type": "ContactPoint", "email": contact}
    return found


def _variables(publication: Publication) -> list[JSON]:
    found: list[JSON] = []
    for column in publication.columns:
        said: dict[str, JSON] = {
            "@type": "PropertyValue",
            "name": column.label.vi,
            "alternateName": column.name,
            "description": column.description.vi or column.label.vi,
        }
        if column.unit:
            said["unitText"] = column.unit
        found.append(said)
    return found


def _files(publication: Publication, at: Addresses) -> list[JSON]:
    found: list[JSON] = []
    for file in publication.files:
        form = formats()[file.form]
        said: dict[str, JSON] = {
            "@type": "DataDownload",
            "name": form.title.vi,
            "contentUrl": at.file(publication.id, file),
            "encodingFormat": form.media_type or form.title.en,
        }
        if file.size is not None:
            said["contentSize"] = f"{file.size} B"
        if file.sha256 is not None:
            said["sha256"] = file.sha256
        found.append(said)
    return found
