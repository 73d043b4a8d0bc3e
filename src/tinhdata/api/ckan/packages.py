"""Datasets as packages, and the files of their current release as resources."""

from collections.abc import Mapping
from datetime import datetime

from tinhdata.api.ckan.identities import resource_identity
from tinhdata.api.ckan.shelf import Named, Shelf
from tinhdata.catalogue import DatasetRecord
from tinhdata.contracts import Contract
from tinhdata.edge.files import MEDIA_TYPES
from tinhdata.kernel import JSON
from tinhdata.standards import known_licences
from tinhdata.warehouse import StaticFile

API = "api"
"""The resource that is no file but the address where rows are read page by page."""

FORMATS: Mapping[str, str] = {
    "csv": "CSV", "xlsx": "XLSX", "json": "JSON", "jsonl": "JSONL", "parquet": "Parquet",
    "geojson": "GeoJSON", "gpkg": "GPKG", API: "API",
}  # fmt: skip
"""What clients call the forms of files; the map viewers look for GeoJSON in it."""

_LOADED = "csv"
"""The file whose rows the datastore answers for."""


def package(shelf: Shelf, record: DatasetRecord) -> dict[str, JSON]:
    """Give everything that is known of a package, as package_show does."""
    contract = shelf.contract(record)
    organization = organization_of(shelf, shelf.organization(record.agency))
    made, changed = _made(record), _changed(record)
    found = resources(shelf, record)
    contact = contract.contact or shelf.portal.contact
    licence = shelf.portal.licences.get(record.licence or "")
    address = f"{shelf.site}/datasets/{record.dataset}"
    return {
        "id": shelf.package_id(record.dataset),
        "name": record.dataset,
        "title": shelf.say(record.name),
        "notes": shelf.say(record.description),
        "author": organization["title"],
        "author_email": None,
        "maintainer": contact,
        "maintainer_email": contact if contact and "@" in contact else None,
        "license_id": record.licence,
        "license_title": shelf.say(licence.name) if licence else record.licence,
        "license_url": absolute(shelf, licence.address) if licence else None,
        "isopen": record.licence in known_licences(),
        "url": address,
        "version": record.contract_version,
        "state": "active",
        "type": "dataset",
        "private": False,
        "creator_user_id": None,
        "owner_org": organization["id"],
        "organization": organization,
        "metadata_created": moment(made),
        "metadata_modified": moment(changed),
        "num_resources": len(found),
        "num_tags": len(record.tags),
        "tags": [tag_of(shelf.tag(word)) for word in record.tags],
        "groups": [group_of(shelf.group(record.sector))],
        "extras": extras(shelf, record, contract),
        "relationships_as_subject": [],
        "relationships_as_object": [],
        "resources": found,
    }


def extras(shelf: Shelf, record: DatasetRecord, contract: Contract) -> list[JSON]:
    """Give what CKAN has no key for: access, rhythm, laws, release, simulated or not."""
    said: dict[str, str | None] = {
        "identifier": f"{shelf.site}/dataset/{record.dataset}",
        "access_level": record.access_level.value,
        "frequency": record.update_cycle,
        "database": record.database,
        "legal_basis": "; ".join(law.title for law in contract.legal_basis),
        "quality": record.quality.value,
        "simulated": "true" if record.simulated else "false",
        "contract_version": record.contract_version,
        "language": "vi",
    }
    if record.release is not None:
        said |= {"release": str(record.release.number), "rows": str(record.release.rows)}
    if record.years is not None:
        said |= {"temporal_start": str(record.years[0]), "temporal_end": str(record.years[1])}
    return [{"key": key, "value": value} for key, value in sorted(said.items()) if value]


def resources(shelf: Shelf, record: DatasetRecord) -> list[dict[str, JSON]]:
    """Give the files of the current release, and the address where its rows are read."""
    if not record.formats:
        return []
    ready = shelf.kept.files(record)
    forms = (*record.formats, API)
    return [_resource(shelf, record, form, at, ready.get(form)) for at, form in enumerate(forms)]


def _resource(
    shelf: Shelf, record: DatasetRecord, form: str, position: int, file: StaticFile | None
) -> dict[str, JSON]:
    package_id = shelf.package_id(record.dataset)
    changed = moment(record.release.at if record.release else None)
    media = {each.value: media for each, media in MEDIA_TYPES.items()}.get(form)
    return {
        "id": resource_identity(package_id, form),
        "package_id": package_id,
        "name": f"{shelf.say(record.name)} ({FORMATS.get(form, form.upper())})",
        "description": _said_of(record, form),
        "format": FORMATS.get(form, form.upper()),
        "url": _address(shelf, record, form),
        "url_type": None,
        "mimetype": "application/json" if form == API else (media or "").partition(";")[0] or None,
        "mimetype_inner": None,
        "size": file.size if file else None,
        "hash": f"sha256:{file.sha256}" if file else "",
        "created": moment(_made(record)),
        "last_modified": changed,
        "metadata_modified": moment(_changed(record)),
        "position": position,
        "state": "active",
        "resource_type": "api" if form == API else "file",
        "cache_url": None,
        "cache_last_updated": None,
        "datastore_active": form == _LOADED,
    }


def _said_of(record: DatasetRecord, form: str) -> str:
    release = record.release
    number, rows = (release.number, release.rows) if release else (0, 0)
    return f"{FORMATS.get(form, form.upper())}, release {number}, {rows} rows"


def _address(shelf: Shelf, record: DatasetRecord, form: str) -> str:
    # Clients send their key along to wherever a file lies; at these addresses it says nothing.
    resource_id = resource_identity(shelf.package_id(record.dataset), form)
    if form == API:
        return f"{shelf.site}/api/3/action/datastore_search?resource_id={resource_id}"
    name = f"{record.dataset}.{form}"
    return f"{shelf.site}/dataset/{record.dataset}/resource/{resource_id}/download/{name}"


def absolute(shelf: Shelf, address: str) -> str:
    """Give an address of the pack as a whole one; a path is one of this portal."""
    return f"{shelf.site}{address}" if address.startswith("/") else address


def organization_of(shelf: Shelf, named: Named) -> dict[str, JSON]:
    """Give an organization as it stands within a package."""
    return {
        "id": named.id,
        "name": named.name,
        "title": named.title,
        "type": "organization",
        "description": named.description,
        "image_url": "",
        "created": moment(None),
        "is_organization": True,
        "approval_status": "approved",
        "state": "active",
    }


def group_of(named: Named) -> dict[str, JSON]:
    """Give a group as it stands within a package."""
    return {
        "id": named.id,
        "name": named.name,
        "title": named.title,
        "display_name": named.title,
        "description": named.description,
        "image_display_url": "",
    }


def tag_of(named: Named) -> dict[str, JSON]:
    """Give a tag as it stands within a package."""
    return {
        "id": named.id,
        "name": named.name,
        "display_name": named.title,
        "state": "active",
        "vocabulary_id": None,
    }


def moment(at: datetime | None) -> str | None:
    """Write a moment in UTC with microseconds and no zone, as CKAN does."""
    return None if at is None else at.replace(tzinfo=None).isoformat(timespec="microseconds")


def _made(record: DatasetRecord) -> datetime | None:
    return record.registered_at or (record.release.at if record.release else record.changed_at)


def _changed(record: DatasetRecord) -> datetime | None:
    return record.changed_at or _made(record)
