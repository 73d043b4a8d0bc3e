"""Graphs as documents: which ending is which form, and the bytes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from rdflib import Graph

from tinhdata.access import Agency
from tinhdata.catalogue import DatabaseEntry
from tinhdata.harvest import KnownEntry
from tinhdata.harvest import Portal as HarvestedPortal
from tinhdata.standards.addresses import Addresses
from tinhdata.standards.catalogue_graph import (
    write_catalogue,
    write_record,
    write_series,
    write_services,
    write_view,
)
from tinhdata.standards.dataset_graph import write_dataset
from tinhdata.standards.external_graph import write_elsewhere
from tinhdata.standards.graph import PREFIXES, Writer, new_graph
from tinhdata.standards.model import Portal, Publication, RDFForm, Wanted

SERIALIZERS: Mapping[RDFForm, str] = MappingProxyType(
    {
        RDFForm.TURTLE: "turtle",
        RDFForm.JSON_LD: "json-ld",
        RDFForm.RDF_XML: "xml",
        RDFForm.XML: "xml",
        RDFForm.N3: "n3",
    }
)


def dataset_bytes(
    publication: Publication, portal: Portal, agencies: Sequence[Agency], site: str, form: RDFForm
) -> bytes:
    """Write one dataset, with its series where it has one."""
    graph = new_graph()
    writer = Writer(graph, portal, Addresses(site))
    write_dataset(writer, publication)
    if publication.database is not None:
        write_series(writer, None, publication.database, agencies)
    if publication.columns:
        write_services(writer, agencies)
    return _bytes(graph, form)


def catalogue_graph(
    publications: Sequence[Publication],
    portal: Portal,
    agencies: Sequence[Agency],
    site: str,
) -> tuple[Graph, Writer]:
    """Write the catalogue with `publications` into a new graph."""
    graph = new_graph()
    writer = Writer(graph, portal, Addresses(site))
    catalogue = write_catalogue(writer, agencies)
    series: dict[str, DatabaseEntry] = {}
    for publication in publications:
        write_record(writer, catalogue, publication)
        if publication.database is not None:
            series[publication.database.id] = publication.database
    for database in series.values():
        write_series(writer, catalogue, database, agencies)
    return graph, writer


def page_bytes(
    graph: Graph, writer: Writer, form: RDFForm, wanted: Wanted, total: int, last: int
) -> bytes:
    """Write a page of the catalogue with the way to the others."""
    catalogue = writer.node(writer.at.catalogue)
    write_view(writer, catalogue, form, wanted, total, last)
    return _bytes(graph, form)


@dataclass(frozen=True, slots=True)
class Place:
    """Which page is written, of how many, of how much."""

    form: RDFForm
    wanted: Wanted
    total: int
    last: int


def elsewhere_bytes(
    entries: Sequence[KnownEntry],
    portals: Sequence[HarvestedPortal],
    portal: Portal,
    agencies: Sequence[Agency],
    site: str,
    place: Place,
) -> bytes:
    """Write a page of what was harvested from other portals."""
    graph = new_graph()
    writer = Writer(graph, portal, Addresses(site, "/external/catalog"))
    catalogue = write_elsewhere(writer, agencies, entries, portals)
    write_view(writer, catalogue, place.form, place.wanted, place.total, place.last)
    return _bytes(graph, place.form)


def _bytes(graph: Graph, form: RDFForm) -> bytes:
    name = SERIALIZERS[form]
    if form is RDFForm.JSON_LD:
        context = {prefix: str(namespace) for prefix, namespace in PREFIXES.items()}
        return graph.serialize(format=name, context=context, auto_compact=True, encoding="utf-8")
    return graph.serialize(format=name, encoding="utf-8")
