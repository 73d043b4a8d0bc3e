"""Datasets of other portals as DCAT-AP, each with its origin: we pass on, we do not own."""

from collections.abc import Sequence

from rdflib import DCTERMS, FOAF, SKOS, XSD, Literal, URIRef
from rdflib.namespace import PROV

from tinhdata.access import Agency
from tinhdata.contracts import Bilingual
from tinhdata.harvest import ExternalEntry, KnownEntry
from tinhdata.harvest import Portal as HarvestedPortal
from tinhdata.standards.catalogue_graph import write_catalogue
from tinhdata.standards.graph import DCAT, Writer
from tinhdata.standards.vocabularies import IANA

_TITLE = Bilingual("Bộ dữ liệu từ cổng khác", "Datasets of other portals")


def write_elsewhere(
    writer: Writer,
    agencies: Sequence[Agency],
    entries: Sequence[KnownEntry],
    portals: Sequence[HarvestedPortal],
) -> URIRef:
    """Write a catalogue of what was harvested, beside our own, and give its node."""
    at = writer.at
    own = write_catalogue(writer, agencies)
    node = writer.node(f"{at.site}/external/catalog", DCAT.Catalog)
    writer.words(node, DCTERMS.title, _TITLE)
    writer.words(node, DCTERMS.description, _TITLE)
    for publisher in writer.graph.objects(own, DCTERMS.publisher):
        writer.graph.add((node, DCTERMS.publisher, publisher))
    writer.link(node, FOAF.homepage, writer.node(f"{at.site}/external", FOAF.Document))
    writer.link(own, DCAT.catalog, node)
    origins = {portal.id: portal for portal in portals}
    for known in entries:
        _entry(writer, node, known, origins.get(known.entry.portal))
    return node


def _entry(
    writer: Writer, catalogue: URIRef, known: KnownEntry, origin: HarvestedPortal | None
) -> None:
    entry, at = known.entry, writer.at
    own = f"{at.site}/external/{entry.id}"
    node = writer.node(_address(entry) or own, DCAT.Dataset)
    writer.words(node, DCTERMS.title, entry.title)
    writer.words(node, DCTERMS.description, entry.description)
    writer.value(node, DCTERMS.identifier, entry.identifier, XSD.string)
    for word in entry.keywords:
        writer.graph.add((node, DCAT.keyword, Literal(word)))
    if entry.landing_page:
        writer.link(node, DCAT.landingPage, writer.node(entry.landing_page, FOAF.Document))
    if entry.publisher:
        publisher = writer.node(f"{own}#publisher", FOAF.Agent)
        writer.words(publisher, FOAF.name, Bilingual(entry.publisher))
        writer.link(node, DCTERMS.publisher, publisher)
    for number, file in enumerate(entry.files, start=1):
        part = writer.node(f"{own}#file-{number}", DCAT.Distribution)
        writer.link(part, DCAT.accessURL, file.url)
        writer.words(part, DCTERMS.title, Bilingual(file.title))
        if "/" in file.media_type and " " not in file.media_type:
            media = writer.node(f"{IANA}{file.media_type}", DCTERMS.MediaType)
            writer.link(part, DCAT.mediaType, media)
        _terms(writer, part, file.licence or entry.licence, own)
        writer.link(node, DCAT.distribution, part)
    record = writer.node(f"{own}#record", DCAT.CatalogRecord)
    writer.link(record, FOAF.primaryTopic, node)
    writer.moment(record, DCTERMS.modified, known.changed_at)
    writer.moment(record, DCTERMS.issued, known.first_seen)
    if origin is not None:
        portal = writer.node(origin.url, DCAT.Catalog)
        writer.words(portal, DCTERMS.title, Bilingual(origin.title))
        writer.words(portal, DCTERMS.description, Bilingual(origin.title))
        writer.link(record, DCTERMS.source, portal)
        writer.link(node, PROV.wasDerivedFrom, portal)
    writer.link(catalogue, DCAT.dataset, node)
    writer.link(catalogue, DCAT.record, record)


def _terms(writer: Writer, subject: URIRef, licence: str, own: str) -> None:
    if not licence:
        return
    address = licence if licence.startswith(("http://", "https://")) else f"{own}#terms"
    node = writer.node(address, DCTERMS.LicenseDocument)
    if address != licence:
        writer.words(node, SKOS.prefLabel, Bilingual(licence))
    writer.link(subject, DCTERMS.license, node)


def _address(entry: ExternalEntry) -> str:
    """Give the dataset's own address where its portal names it by one."""
    is_one = entry.identifier.startswith(("http://", "https://"))
    return entry.identifier if is_one else ""
