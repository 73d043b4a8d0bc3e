"""A dataset as DCAT-AP 3 says it: all of it follows from contract, release, agency and register."""

from decimal import ROUND_FLOOR, Decimal

from rdflib import DCTERMS, FOAF, SKOS, XSD, Literal, URIRef

from tinhdata.contracts import AccessLevel, Bilingual
from tinhdata.standards.graph import ADMS, DCAT, DCATAP, DQV, ELI, SPDX, Writer
from tinhdata.standards.model import Publication, PublishedFile, QualityFigure
from tinhdata.standards.vocabularies import (
    AVAILABLE,
    COMPLETED,
    FILE_TYPE,
    IANA,
    RIGHTS,
    SHA256,
    dimensions,
    formats,
    frequency,
)

_DATE_TYPES = {4: XSD.gYear, 7: XSD.gYearMonth}
_PAGED = Bilingual(
    "Đọc theo trang bằng chương trình (REST)", "Read page by page in a program (REST)"
)


def write_dataset(writer: Writer, publication: Publication) -> URIRef:
    """Write everything about a dataset and give its node."""
    contract, at = publication.contract, writer.at
    node = writer.node(at.dataset(contract.id), DCAT.Dataset)
    writer.words(node, DCTERMS.title, contract.name)
    writer.words(node, DCTERMS.description, contract.description)
    writer.value(node, DCTERMS.identifier, contract.id, XSD.string)
    writer.moment(node, DCTERMS.issued, publication.issued)
    writer.moment(node, DCTERMS.modified, publication.modified)
    writer.value(node, DCAT.version, contract.version, XSD.string)
    page = writer.node(at.landing(contract.id), FOAF.Document)
    writer.link(node, DCAT.landingPage, page)
    writer.languages(node, contract.name, contract.description)
    for tag in contract.tags:
        writer.graph.add((node, DCAT.keyword, Literal(tag, lang="vi")))
    writer.theme(node, contract.sector)
    writer.place(node, [c.geometry.within for c in contract.columns if c.geometry])
    _owner(writer, node, publication)
    _rules(writer, node, publication)
    _span(writer, node, publication)
    for figure in publication.figures:
        _figure(writer, node, publication, figure)
    if publication.database is not None:
        series = writer.node(at.database(publication.database.id), DCAT.DatasetSeries)
        writer.link(node, DCAT.inSeries, series)
    for file in publication.files:
        _file(writer, node, publication, file)
    if publication.columns:
        _paged(writer, node, publication)
    return node


def _owner(writer: Writer, node: URIRef, publication: Publication) -> None:
    agency, contract = publication.publisher, publication.contract
    name = agency.name if agency else Bilingual(contract.agency)
    if agency is not None:
        publisher = writer.agency(agency.code, agency.name, agency.kind.value)
        writer.link(node, DCTERMS.publisher, publisher)
    contact = writer.contact(writer.at.dataset(contract.id, "contact"), name, publication.contact)
    if contact is not None:
        writer.link(node, DCAT.contactPoint, contact)


def _rules(writer: Writer, node: URIRef, publication: Publication) -> None:
    """State what governs the dataset: access, terms, law, cycle, contract."""
    contract = publication.contract
    rights = writer.node(RIGHTS[contract.access_level], DCTERMS.RightsStatement)
    writer.link(node, DCTERMS.accessRights, rights)
    cycle = frequency(contract)
    if cycle is not None:
        writer.link(node, DCTERMS.accrualPeriodicity, writer.node(cycle, DCTERMS.Frequency))
    _laws(writer, node, publication, described=True)
    title = Bilingual(
        f"Hợp đồng dữ liệu {contract.id} {contract.version} (ODCS)",
        f"Data contract {contract.id} {contract.version} (ODCS)",
    )
    address = writer.at.contract(contract.id, contract.version)
    writer.link(node, DCTERMS.conformsTo, writer.standard(address, title))


def _laws(
    writer: Writer, node: URIRef, publication: Publication, *, described: bool = False
) -> None:
    for law in publication.contract.legal_basis:
        text = writer.node(law.url, ELI.LegalResource)
        if described:
            writer.words(text, DCTERMS.title, Bilingual(law.title))
        writer.link(node, DCATAP.applicableLegislation, text)


def _span(writer: Writer, node: URIRef, publication: Publication) -> None:
    span = publication.span
    if span is None:
        return
    period = writer.node(writer.at.dataset(publication.id, "period"), DCTERMS.PeriodOfTime)
    for predicate, value in ((DCAT.startDate, span.first), (DCAT.endDate, span.last)):
        writer.value(period, predicate, value, _DATE_TYPES.get(len(value), XSD.date))
    writer.link(node, DCTERMS.temporal, period)


def _figure(writer: Writer, node: URIRef, publication: Publication, figure: QualityFigure) -> None:
    code = figure.dimension.value
    measured = writer.node(
        writer.at.dataset(publication.id, f"quality-{code}"), DQV.QualityMeasurement
    )
    share = Decimal(figure.passed) / Decimal(figure.judged)
    # Only everything is 1: a share is cut off, never rounded up.
    written = share.quantize(Decimal("0.0001"), ROUND_FLOOR)
    writer.value(measured, DQV.value, str(written), XSD.decimal)
    writer.link(measured, DQV.isMeasurementOf, _metric(writer, code))
    writer.link(measured, DQV.computedOn, node)
    writer.moment(measured, DCTERMS.date, publication.release.at if publication.release else None)
    writer.link(node, DQV.hasQualityMeasurement, measured)


def _metric(writer: Writer, code: str) -> URIRef:
    named = dimensions()[code]
    metric = writer.node(writer.at.part(f"metric-{code}"), DQV.Metric)
    writer.words(metric, SKOS.prefLabel, named.label)
    writer.words(metric, SKOS.definition, named.meaning)
    writer.link(metric, DQV.expectedDataType, XSD.decimal)
    writer.link(
        metric, DQV.inDimension, writer.node(writer.at.part(f"dimension-{code}"), DQV.Dimension)
    )
    return metric


def _file(writer: Writer, dataset: URIRef, publication: Publication, file: PublishedFile) -> None:
    at, form = writer.at, formats()[file.form]
    node = _distribution(writer, dataset, publication, file.form, form.title)
    address = at.file(publication.id, file)
    writer.link(node, DCAT.accessURL, at.landing(publication.id))
    writer.link(node, DCAT.downloadURL, address)
    kind = writer.node(f"{FILE_TYPE}{form.code}", DCTERMS.MediaTypeOrExtent)
    writer.link(node, DCTERMS["format"], kind)
    if form.media_type:  # some forms are not registered (IANA)
        media = writer.node(f"{IANA}{form.media_type}", DCTERMS.MediaType)
        writer.link(node, DCAT.mediaType, media)
    if file.size is not None:
        writer.value(node, DCAT.byteSize, str(file.size), XSD.nonNegativeInteger)
    if file.sha256 is not None:
        checksum = writer.node(at.dataset(publication.id, f"{file.form}-sha256"), SPDX.Checksum)
        algorithm = writer.node(SHA256, SPDX.ChecksumAlgorithm)
        writer.link(checksum, SPDX.algorithm, algorithm)
        writer.value(checksum, SPDX.checksumValue, file.sha256, XSD.hexBinary)
        writer.link(node, SPDX.checksum, checksum)


def _paged(writer: Writer, dataset: URIRef, publication: Publication) -> None:
    """Describe reading by program; which service does it stands in the catalogue, too."""
    at, form = writer.at, formats()["json"]
    node = _distribution(writer, dataset, publication, "rest", _PAGED)
    writer.link(node, DCAT.accessURL, at.rows(publication.id))
    kind = writer.node(f"{FILE_TYPE}{form.code}", DCTERMS.MediaTypeOrExtent)
    writer.link(node, DCTERMS["format"], kind)
    writer.link(node, DCAT.mediaType, writer.node(f"{IANA}{form.media_type}", DCTERMS.MediaType))
    service = writer.node(at.part("service-rest"), DCAT.DataService)
    writer.link(node, DCAT.accessService, service)
    writer.link(service, DCAT.servesDataset, dataset)


def _distribution(
    writer: Writer, dataset: URIRef, publication: Publication, name: str, title: Bilingual
) -> URIRef:
    contract, release = publication.contract, publication.release
    node = writer.node(writer.at.dataset(contract.id, name), DCAT.Distribution)
    writer.words(node, DCTERMS.title, title)
    writer.words(node, DCTERMS.description, _joined(contract.name, title))
    writer.terms(node, contract.licence)
    writer.link(node, DCATAP.availability, writer.node(AVAILABLE, SKOS.Concept))
    writer.link(node, ADMS.status, writer.node(COMPLETED, SKOS.Concept))
    if contract.access_level is AccessLevel.OPEN:
        _laws(writer, node, publication)
    writer.languages(node, contract.name)
    if release is not None:
        writer.moment(node, DCTERMS.issued, publication.issued)
        writer.moment(node, DCTERMS.modified, release.at)
    schema = writer.at.contract(contract.id, contract.version)
    writer.link(node, DCTERMS.conformsTo, URIRef(schema))
    writer.link(dataset, DCAT.distribution, node)
    return node


def _joined(name: Bilingual, form: Bilingual) -> Bilingual:
    english = f"{name.en}. {form.en}." if name.en and form.en else None
    return Bilingual(f"{name.vi}. {form.vi}.", english)
