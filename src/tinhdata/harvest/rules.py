"""Records of other portals as entries of ours, and what changed. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from urllib.parse import urljoin, urlsplit

from tinhdata.contracts import Bilingual
from tinhdata.harvest.model import ExternalEntry, ExternalFile
from tinhdata.kernel import JSON, JSONObject, canonical_json, sha256_hex

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_LONGEST_TITLE = 500
_LONGEST_TEXT = 20_000
_LONGEST_ADDRESS = 2_000
_MOST_PARTS = 200
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def entry_id(portal: str, identifier: str) -> str:
    """Give our id of a dataset elsewhere: the same in every run, whatever else changes."""
    named = f"{portal}\n{identifier}".encode()
    return f"ext-{sha256_hex(named)[:20]}"


def entry_hash(entry: ExternalEntry) -> str:
    """Give the hash of all that an entry says."""
    return sha256_hex(canonical_json(plain_entry(entry)))


def plain_entry(entry: ExternalEntry) -> JSONObject:
    """Give an entry as JSON; `entry_of` reads it back."""
    found: dict[str, JSON] = asdict(entry)
    return found


def entry_of(stored: JSONObject) -> ExternalEntry:
    """Read what `plain_entry` wrote."""
    values = dict(stored)
    files = values.pop("files")
    return ExternalEntry(
        id=str(values["id"]),
        portal=str(values["portal"]),
        identifier=str(values["identifier"]),
        title=_bilingual(values["title"]),
        description=_bilingual(values["description"]),
        publisher=str(values["publisher"]),
        contact=str(values["contact"]),
        licence=str(values["licence"]),
        landing_page=str(values["landing_page"]),
        keywords=tuple(texts_of(values["keywords"])),
        files=tuple(
            ExternalFile(**{name: str(value) for name, value in file.items()})
            for file in listed(files)
            if isinstance(file, Mapping)
        ),
        issued=str(values["issued"]),
        modified=str(values["modified"]),
    )


def from_ckan(portal: str, url: str, package: JSONObject) -> ExternalEntry | None:
    """Read a package of CKAN; None where it is private, deleted, or has no id or title."""
    identifier = text_of(package.get("id"))
    title = text_of(package.get("title")) or text_of(package.get("name"))
    if not identifier or not title or is_closed(package):
        return None
    name = text_of(package.get("name")) or identifier
    organization = package.get("organization")
    publisher = ""
    if isinstance(organization, Mapping):
        publisher = text_of(organization.get("title")) or text_of(organization.get("name"))
    tags = [tag.get("display_name") or tag.get("name") for tag in _objects(package.get("tags"))]
    return ExternalEntry(
        id=entry_id(portal, identifier),
        portal=portal,
        identifier=identifier,
        title=Bilingual(title[:_LONGEST_TITLE]),
        description=Bilingual(text_of(package.get("notes"))),
        publisher=publisher or text_of(package.get("author")),
        contact=text_of(package.get("maintainer_email")) or text_of(package.get("author_email")),
        licence=text_of(package.get("license_url"))
        or text_of(package.get("license_title"))
        or text_of(package.get("license_id")),
        landing_page=f"{url.rstrip('/')}/dataset/{name}",
        keywords=tuple(texts_of(tags)),
        files=tuple(_ckan_files(url, package)),
        issued=text_of(package.get("metadata_created")),
        modified=text_of(package.get("metadata_modified")),
    )


def is_closed(package: JSONObject) -> bool:
    """Say whether a package of CKAN is private, a draft, or deleted."""
    state = text_of(package.get("state"))
    return package.get("private") is True or state not in ("", "active")


def _ckan_files(url: str, package: JSONObject) -> list[ExternalFile]:
    found = []
    for resource in _objects(package.get("resources"))[:_MOST_PARTS]:
        address = web_address(text_of(resource.get("url")), url)
        if address:
            found.append(
                ExternalFile(
                    url=address,
                    title=text_of(resource.get("name"))[:_LONGEST_TITLE],
                    format=text_of(resource.get("format"))[:40],
                    media_type=text_of(resource.get("mimetype"))[:100],
                )
            )
    return found


def from_package(portal: str, url: str, package: JSONObject) -> ExternalEntry | None:
    """Read a Frictionless data package (v1 or v2); None where it has no resource."""
    resources = _objects(package.get("resources"))
    name = text_of(package.get("name"))
    identifier = text_of(package.get("id")) or name or url
    title = text_of(package.get("title")) or name
    if not resources or not title:
        return None
    licences = _objects(package.get("licenses"))
    people = _objects(package.get("contributors"))
    return ExternalEntry(
        id=entry_id(portal, identifier),
        portal=portal,
        identifier=identifier,
        title=Bilingual(title[:_LONGEST_TITLE]),
        description=Bilingual(text_of(package.get("description"))),
        publisher=next((said for each in people if (said := text_of(each.get("title")))), ""),
        contact=next((said for each in people if (said := text_of(each.get("email")))), ""),
        licence=next(
            (
                said
                for each in licences
                if (said := text_of(each.get("path")) or text_of(each.get("name")))
            ),
            "",
        ),
        landing_page=web_address(text_of(package.get("homepage")), url) or url,
        keywords=tuple(texts_of(package.get("keywords"))),
        files=tuple(_package_files(url, resources)),
        issued=text_of(package.get("created")),
        modified=text_of(package.get("created")),
    )


def _package_files(url: str, resources: Sequence[JSONObject]) -> list[ExternalFile]:
    found = []
    for resource in resources[:_MOST_PARTS]:
        paths = resource.get("path")
        for path in texts_of(paths if isinstance(paths, list | tuple) else [paths]):
            address = web_address(path, url)
            if address:
                found.append(
                    ExternalFile(
                        url=address,
                        title=text_of(resource.get("title")) or text_of(resource.get("name")),
                        format=text_of(resource.get("format"))[:40],
                        media_type=text_of(resource.get("mediatype"))[:100],
                    )
                )
    return found


def web_address(address: str, base: str = "") -> str:
    """Give a web address, made whole by `base`; nothing that a browser would run or open here."""
    if not address or len(address) > _LONGEST_ADDRESS:
        return ""
    try:
        whole = urljoin(base, address)
        parts = urlsplit(whole)
    except ValueError:
        return ""
    return whole if parts.scheme in ("http", "https", "ftp") and parts.hostname else ""


def text_of(value: JSON) -> str:
    """Give a text of a record, without control characters; nothing for what is no text."""
    if not isinstance(value, str):
        return ""
    return _CONTROL.sub("", value).strip()[:_LONGEST_TEXT]


def texts_of(value: JSON) -> list[str]:
    """Give the texts of a list, each once, those that are none left out."""
    found = [text_of(item) for item in listed(value)]
    return list(dict.fromkeys(text for text in found if text))[:_MOST_PARTS]


def listed(value: JSON) -> Sequence[JSON]:
    """Give a list as it is, nothing for what is none."""
    return value if isinstance(value, list | tuple) else []


def _objects(value: JSON) -> list[JSONObject]:
    return [item for item in listed(value) if isinstance(item, Mapping)]


def _bilingual(value: JSON) -> Bilingual:
    if not isinstance(value, Mapping):
        return Bilingual("")
    english = value.get("en")
    return Bilingual(str(value.get("vi", "")), None if english is None else str(english))
