"""A page of the catalogue as DCAT-AP 3: catalogue, services, series, records, the way to go on."""

from collections.abc import Sequence

from rdflib import DCTERMS, FOAF, SKOS, XSD, URIRef

from tinhdata.access import Agency
from tinhdata.catalogue import DatabaseEntry
from tinhdata.contracts import Bilingual
from tinhdata.standards.dataset_graph import write_dataset
from tinhdata.standards.graph import ADMS, DCAT, HYDRA, Writer
from tinhdata.standards.model import Publication, RDFForm, Wanted
from tinhdata.standards.vocabularies import COMPLETED, EU

PROFILE = "http://data.europa.eu/r5r/"
_SERVICES = (
    (
        "service-rest",
        "/api/v1",
        "/api/openapi.json",
        Bilingual("Giao diện lập trình REST", "REST interface"),
        Bilingual(
            "Tìm bộ dữ liệu, đọc hợp đồng dữ liệu, đọc và tải các dòng dữ liệu mở.",
            "Find datasets, read their contracts, read and download open rows.",
        ),
        "https://spec.openapis.org/oas/v3.1.0",
    ),
    (
        "service-ckan",
        "/api/3",
        "/api/3/action/help_show?name=package_search",
        Bilingual("Giao diện theo CKAN Action API", "Interface after the CKAN Action API"),
        Bilingual(
            "Các lệnh mà công cụ của CKAN gọi: tìm, đọc mô tả, đọc dòng dữ liệu mở.",
            "The actions that CKAN's clients call: search, records, open rows.",
        ),
        "https://docs.ckan.org/en/2.11/api/",
    ),
)
"""Name, address, description by machine, title, purpose and standard of our interfaces."""
_KEYWORDS = (Bilingual("dữ liệu mở", "open data"), Bilingual("giao diện lập trình", "API"))


def write_catalogue(writer: Writer, agencies: Sequence[Agency]) -> URIRef:
    """Write what the catalogue says about itself, and give its node."""
    at, portal = writer.at, writer.portal
    node = writer.node(at.catalogue, DCAT.Catalog)
    writer.words(node, DCTERMS.title, portal.title)
    writer.words(node, DCTERMS.description, portal.description)
    writer.link(node, DCTERMS.publisher, _publisher(writer, agencies))
    writer.languages(node, portal.title, portal.description)
    writer.place(node)
    writer.link(node, FOAF.homepage, writer.node(f"{at.site}/", FOAF.Document))
    for licence in portal.licences:
        writer.terms(node, licence)
        break  # at most one may stand here; each distribution names its own
    own = writer.node(at.part("sectors"), SKOS.ConceptScheme)
    writer.words(
        own, DCTERMS.title, Bilingual("Lĩnh vực của cổng dữ liệu", "Sectors of the portal")
    )
    european = writer.node(f"{EU}data-theme", SKOS.ConceptScheme)
    writer.words(european, DCTERMS.title, Bilingual("Chủ đề dữ liệu (EU)", "Data themes (EU)"))
    for scheme in (own, european):
        writer.link(node, DCAT.themeTaxonomy, scheme)
    writer.link(node, DCTERMS.conformsTo, _profile(writer))
    for service in write_services(writer, agencies):
        writer.link(node, DCAT.service, service)
    return node


def write_services(writer: Writer, agencies: Sequence[Agency]) -> tuple[URIRef, ...]:
    """Write the interfaces through which rows are read, and give their nodes."""
    return tuple(_service(writer, agencies, *service) for service in _SERVICES)


def write_record(writer: Writer, catalogue: URIRef, publication: Publication) -> None:
    """Write a dataset and its record in the catalogue."""
    dataset = write_dataset(writer, publication)
    writer.link(catalogue, DCAT.dataset, dataset)
    record = writer.node(writer.at.part(f"record-{publication.id}"), DCAT.CatalogRecord)
    writer.link(record, FOAF.primaryTopic, dataset)
    writer.moment(record, DCTERMS.issued, publication.issued)
    writer.moment(record, DCTERMS.modified, publication.modified)
    writer.link(record, DCTERMS.conformsTo, _profile(writer))
    writer.link(record, ADMS.status, writer.node(COMPLETED, SKOS.Concept))
    writer.link(catalogue, DCAT.record, record)


def write_series(
    writer: Writer, catalogue: URIRef | None, database: DatabaseEntry, agencies: Sequence[Agency]
) -> None:
    """Write a database of the register as the series of the datasets that it holds."""
    node = writer.node(writer.at.database(database.id), DCAT.DatasetSeries)
    writer.words(node, DCTERMS.title, database.name)
    purpose = database.purpose if database.purpose.vi else database.name
    writer.words(node, DCTERMS.description, purpose)
    writer.value(node, DCTERMS.identifier, database.id, XSD.string)
    agency = _agency(agencies, database.agency)
    name = agency.name if agency else Bilingual(database.agency)
    kind = agency.kind.value if agency else None
    writer.link(node, DCTERMS.publisher, writer.agency(database.agency, name, kind))
    said = (agency.contact if agency else None) or writer.portal.contact
    contact = writer.contact(writer.at.part(f"contact-{database.id}"), name, said)
    if contact is not None:
        writer.link(node, DCAT.contactPoint, contact)
    if catalogue is not None:
        writer.link(catalogue, DCAT.dataset, node)


def write_view(
    writer: Writer, catalogue: URIRef, form: RDFForm, wanted: Wanted, total: int, last: int
) -> None:
    """Write where in the whole this page stands, in both words that harvesters know."""

    def page(number: int) -> URIRef:
        return URIRef(writer.at.page(form, wanted, number))

    view = writer.node(str(page(wanted.page)), HYDRA.PartialCollectionView, HYDRA.PagedCollection)
    # Older harvesters read PagedCollection with firstPage and nextPage, newer ones the view.
    ways = [(("first", "firstPage"), 1), (("last", "lastPage"), last)]
    if wanted.page > 1:
        ways.append((("previous", "previousPage"), wanted.page - 1))
    if wanted.page < last:
        ways.append((("next", "nextPage"), wanted.page + 1))
    for names, number in ways:
        for name in names:
            writer.link(view, HYDRA[name], page(number))
    for subject in (view, catalogue):
        writer.value(subject, HYDRA.totalItems, str(total), XSD.integer)
    writer.value(view, HYDRA.itemsPerPage, str(wanted.limit), XSD.integer)
    writer.node(str(catalogue), HYDRA.Collection)
    writer.link(catalogue, HYDRA.view, view)


def _publisher(writer: Writer, agencies: Sequence[Agency]) -> URIRef:
    agency = _agency(agencies, writer.portal.publisher)
    if agency is None:
        return writer.agency(writer.portal.publisher, writer.portal.title, None)
    return writer.agency(agency.code, agency.name, agency.kind.value)


def _profile(writer: Writer) -> URIRef:
    return writer.standard(PROFILE, Bilingual("DCAT-AP 3", "DCAT-AP 3"))


def _service(
    writer: Writer,
    agencies: Sequence[Agency],
    name: str,
    address: str,
    description: str,
    title: Bilingual,
    purpose: Bilingual,
    standard: str,
) -> URIRef:
    at, portal = writer.at, writer.portal
    node = writer.node(at.part(name), DCAT.DataService)
    writer.words(node, DCTERMS.title, title)
    writer.words(node, DCTERMS.description, purpose)
    writer.link(node, DCAT.endpointURL, f"{at.site}{address}")
    writer.link(node, DCAT.endpointDescription, f"{at.site}{description}")
    writer.link(node, DCTERMS.conformsTo, writer.standard(standard, title))
    publisher = _publisher(writer, agencies)
    writer.link(node, DCTERMS.publisher, publisher)
    for keyword in _KEYWORDS:
        writer.words(node, DCAT.keyword, keyword)
    theme = writer.node(f"{EU}data-theme/GOVE", SKOS.Concept)
    writer.link(node, DCAT.theme, theme)
    contact = writer.contact(at.part("contact"), portal.title, portal.contact)
    if contact is not None:
        writer.link(node, DCAT.contactPoint, contact)
    return node


def _agency(agencies: Sequence[Agency], code: str) -> Agency | None:
    return next((agency for agency in agencies if agency.code == code), None)
