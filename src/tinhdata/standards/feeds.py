"""Atom feeds (RFC 4287, RFC 5005): what changed in the catalogue, in a dataset. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from tinhdata.contracts import Bilingual, Contract
from tinhdata.locale import say
from tinhdata.notify import Published
from tinhdata.standards.addresses import Addresses
from tinhdata.standards.model import Portal, Publication
from tinhdata.warehouse import Release, ReleaseState

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
PAGE = 50
_ATOM = "http://www.w3.org/2005/Atom"
_START = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pages:
    """Which page of how many, and the words that the feed is limited to."""

    number: int
    last: int
    words: str = ""


def catalogue_feed(
    publications: Sequence[Publication],
    portal: Portal,
    at: Addresses,
    language: str,
    pages: Pages,
) -> bytes:
    """Write the datasets, the last changed first, as they are given."""
    feed = _feed(f"{at.site}/feeds/dataset.atom", portal.title, at, language, pages)
    _text(feed, "subtitle", portal.description.in_language(language))
    _text(feed, "updated", _moment(max((_changed(p) for p in publications), default=_START)))
    for publication in publications:
        entry = SubElement(feed, "entry")
        contract = publication.contract
        _text(entry, "id", at.dataset(contract.id))
        _text(entry, "title", contract.name.in_language(language))
        _link(entry, at.landing(contract.id), "alternate", "text/html")
        _link(entry, at.document(contract.id, ".ttl"), "alternate", "text/turtle")
        _text(entry, "published", _moment(publication.issued or _changed(publication)))
        _text(entry, "updated", _moment(_changed(publication)))
        _text(entry, "summary", contract.description.in_language(language))
        _author(entry, publication, at, language)
        for word in (contract.sector, *contract.tags):
            SubElement(entry, "category", {"term": word})
        if publication.columns:
            for file in publication.files:
                _link(entry, at.file(contract.id, file), "enclosure", "")
    return _written(feed)


def dataset_feed(
    publication: Publication,
    releases: Sequence[Release],
    at: Addresses,
    language: str,
    pages: Pages,
    told: Sequence[Published] = (),
) -> bytes:
    """Write the releases of a dataset, and what was `told` besides, the newest first.

    Releases that were withdrawn say so.
    """
    contract = publication.contract
    own = f"{at.site}/feeds/dataset/{contract.id}.atom"
    feed = _feed(own, contract.name, at, language, pages)
    _text(feed, "subtitle", contract.description.in_language(language))
    _author(feed, publication, at, language)
    entries = [
        (_moved(release), _of_release(release, contract, at, language)) for release in releases
    ]
    entries += [(each.at, _of_notice(each, contract, at, language)) for each in told]
    moments = [moment for moment, _ in entries]
    _text(feed, "updated", _moment(max(moments, default=publication.modified or _START)))
    feed.extend(entry for _, entry in sorted(entries, key=lambda pair: pair[0], reverse=True))
    return _written(feed)


def _of_release(release: Release, contract: Contract, at: Addresses, language: str) -> Element:
    entry = Element("entry")
    page = f"{at.landing(contract.id)}?release={release.number}"
    _text(entry, "id", f"{at.dataset(contract.id)}#release-{release.number}")
    _text(entry, "title", _release_title(release, contract.name.in_language(language), language))
    _link(entry, page, "alternate", "text/html")
    _text(entry, "published", _moment(release.published_at))
    _text(entry, "updated", _moment(_moved(release)))
    _text(entry, "summary", _release_summary(release, language))
    return entry


def _of_notice(told: Published, contract: Contract, at: Addresses, language: str) -> Element:
    entry, notice = Element("entry"), told.notice
    _text(entry, "id", f"{at.dataset(contract.id)}#{told.id}")
    _text(entry, "title", say(notice.title, language))
    _link(entry, f"{at.site}{notice.link}", "alternate", "text/html")
    _text(entry, "published", _moment(told.at))
    _text(entry, "updated", _moment(told.at))
    _text(entry, "summary", say(notice.body, language))
    SubElement(entry, "category", {"term": notice.kind})
    return entry


def _feed(own: str, title: Bilingual, at: Addresses, language: str, pages: Pages) -> Element:
    words = f"&q={quote(pages.words)}" if pages.words else ""

    def page(number: int) -> str:
        return f"{own}?page={number}&lang={language}{words}"

    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": language})
    _text(feed, "id", own)
    _text(feed, "title", title.in_language(language))
    _link(feed, page(pages.number), "self", "application/atom+xml")
    _link(feed, f"{at.site}/datasets", "alternate", "text/html")
    _link(feed, page(1), "first", "application/atom+xml")
    _link(feed, page(pages.last), "last", "application/atom+xml")
    if pages.number > 1:
        _link(feed, page(pages.number - 1), "previous", "application/atom+xml")
    if pages.number < pages.last:
        _link(feed, page(pages.number + 1), "next", "application/atom+xml")
    return feed


def _author(parent: Element, publication: Publication, at: Addresses, language: str) -> None:
    author = SubElement(parent, "author")
    agency = publication.publisher
    code = publication.contract.agency
    _text(author, "name", agency.name.in_language(language) if agency else code)
    _text(author, "uri", at.agency(code))


def _release_title(release: Release, name: str, language: str) -> str:
    said = f"{name}: bản phát hành {release.number}"
    english = f"{name}: release {release.number}"
    gone = {"vi": " (đã thu hồi)", "en": " (withdrawn)"}[language]
    title = english if language == "en" else said
    return title + gone if release.state is ReleaseState.WITHDRAWN else title


def _release_summary(release: Release, language: str) -> str:
    counts = release.counts
    if language == "en":
        return (
            f"{release.rows} rows: {counts.inserted} added, {counts.updated} changed, "
            f"{counts.deleted} removed."
        )
    return (
        f"{release.rows} dòng: thêm {counts.inserted}, sửa {counts.updated}, bỏ {counts.deleted}."
    )


def _moved(release: Release) -> datetime:
    return release.withdrawal.at if release.withdrawal else release.published_at


def _changed(publication: Publication) -> datetime:
    return publication.modified or publication.issued or _START


def _text(parent: Element, name: str, text: str) -> None:
    # XML 1.0 has no control characters at all, not even escaped.
    clean = "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")
    SubElement(parent, name).text = clean


def _link(parent: Element, address: str, relation: str, media_type: str) -> None:
    attributes = {"href": address, "rel": relation}
    if media_type:
        attributes["type"] = media_type
    SubElement(parent, "link", attributes)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat()


def _written(feed: Element) -> bytes:
    return bytes(tostring(feed, encoding="utf-8", xml_declaration=True))
