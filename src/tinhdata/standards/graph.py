"""Writes as a graph what all of the catalogue shares: agencies, contacts, terms, themes, places.

Every object is typed and every node has an address of its own: no blank nodes, so that one and the
same graph is read from each form it is written in.
"""

from collections.abc import Iterable
from datetime import datetime

from rdflib import DCTERMS, FOAF, RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef

from tinhdata.contracts import Bilingual
from tinhdata.standards.addresses import Addresses, iri
from tinhdata.standards.model import Portal
from tinhdata.standards.vocabularies import DCAT_AP, LANGUAGE, PUBLISHER_TYPE, THEME
from tinhdata.vietnam import Box

DCAT = Namespace("http://www.w3.org/ns/dcat#")  # with the words of DCAT 3
ADMS = Namespace("http://www.w3.org/ns/adms#")
DCATAP = Namespace(DCAT_AP)
DQV = Namespace("http://www.w3.org/ns/dqv#")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")

PREFIXES = {
    "adms": ADMS,
    "dcat": DCAT,
    "dcatap": DCATAP,
    "dct": DCTERMS,
    "dqv": DQV,
    "eli": ELI,
    "foaf": FOAF,
    "hydra": HYDRA,
    "locn": LOCN,
    "skos": SKOS,
    "spdx": SPDX,
    "vcard": VCARD,
}
_WKT = URIRef("http://www.opengis.net/ont/geosparql#wktLiteral")


def new_graph() -> Graph:
    """Give an empty graph that writes the names of its vocabularies short."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    graph.bind("xsd", XSD)
    graph.bind("rdfs", RDFS)
    graph.bind("rdf", RDF)
    return graph


class Writer:
    """Writes statements about one portal into a graph."""

    def __init__(self, graph: Graph, portal: Portal, at: Addresses) -> None:
        self.graph = graph
        self.portal = portal
        self.at = at

    # --- what everything is made of

    def node(self, address: str, *kinds: URIRef) -> URIRef:
        """Give the node with `address`, typed; an address is written once however often named."""
        node = URIRef(iri(address))
        for kind in kinds:
            self.graph.add((node, RDF.type, kind))
        return node

    def link(self, subject: URIRef, predicate: URIRef, target: URIRef | str) -> None:
        """State that `subject` is related to `target`."""
        target = target if isinstance(target, URIRef) else URIRef(iri(target))
        self.graph.add((subject, predicate, target))

    def words(self, subject: URIRef, predicate: URIRef, text: Bilingual) -> None:
        """State a text in each language it has."""
        for language, words in (("vi", text.vi), ("en", text.en)):
            if words and words.strip():
                self.graph.add((subject, predicate, Literal(words.strip(), lang=language)))

    def moment(self, subject: URIRef, predicate: URIRef, at: datetime | None) -> None:
        """State when, in UTC to the second."""
        if at is not None:
            said = at.replace(microsecond=0).isoformat()
            self.graph.add((subject, predicate, Literal(said, datatype=XSD.dateTime)))

    def value(self, subject: URIRef, predicate: URIRef, value: str, kind: URIRef) -> None:
        """State a typed value; that of a plain text is left out, as every form but one does."""
        typed = None if kind == XSD.string else kind
        self.graph.add((subject, predicate, Literal(value, datatype=typed)))

    # --- what several kinds of things share

    def agency(self, code: str, name: Bilingual, level: str | None) -> URIRef:
        """Describe an agency (foaf:Agent) and give it."""
        node = self.node(self.at.agency(code), FOAF.Agent, FOAF.Organization)
        self.words(node, FOAF.name, name)
        self.value(node, DCTERMS.identifier, code, XSD.string)
        if level is not None and level in PUBLISHER_TYPE:
            kind = self.node(PUBLISHER_TYPE[level], SKOS.Concept)
            self.link(node, DCTERMS.type, kind)
        return node

    def contact(self, address: str, name: Bilingual, contact: str | None) -> URIRef | None:
        """Describe where to ask, by mail, telephone or page; None where nothing is known."""
        if not contact or not contact.strip():
            return None
        node = self.node(address, VCARD.Kind, VCARD.Organization)
        self.words(node, VCARD.fn, name)
        said = contact.strip()
        if said.startswith(("http://", "https://")):
            self.link(node, VCARD.hasURL, said)
        elif "@" in said:
            self.link(node, VCARD.hasEmail, f"mailto:{said.removeprefix('mailto:')}")
        else:
            self.link(node, VCARD.hasTelephone, f"tel:{''.join(said.split())}")
        return node

    def terms(self, subject: URIRef, code: str | None) -> None:
        """State under which terms something is used."""
        licence = self.portal.licences.get(code or "")
        if licence is None:
            return
        node = self.node(self.at.absolute(licence.address), DCTERMS.LicenseDocument)
        self.words(node, SKOS.prefLabel, licence.name)
        self.value(node, DCTERMS.identifier, licence.code, XSD.string)
        self.link(subject, DCTERMS.license, node)
        if licence.rights is not None:
            rights = self.node(self.at.part(f"rights-{licence.code}"), DCTERMS.RightsStatement)
            self.words(rights, RDFS.label, licence.rights)
            self.link(subject, DCTERMS.rights, rights)

    def languages(self, subject: URIRef, *texts: Bilingual) -> None:
        """State in which languages something is described."""
        self._language(subject, "vi")
        if texts and all(text.en for text in texts):
            self._language(subject, "en")

    def _language(self, subject: URIRef, language: str) -> None:
        node = self.node(LANGUAGE[language], DCTERMS.LinguisticSystem)
        self.link(subject, DCTERMS.language, node)

    def theme(self, subject: URIRef, sector: str) -> None:
        """State the field of work: the province's own word and the European theme."""
        known = self.portal.sectors.get(sector)
        own = self.node(self.at.part(f"sector-{sector}"), SKOS.Concept)
        self.words(own, SKOS.prefLabel, known.name if known else Bilingual(sector))
        self.link(own, SKOS.inScheme, self.node(self.at.part("sectors"), SKOS.ConceptScheme))
        self.link(subject, DCAT.theme, own)
        if known is not None and known.theme is not None:
            theme = self.node(f"{THEME}{known.theme}", SKOS.Concept)
            self.link(subject, DCAT.theme, theme)

    def place(self, subject: URIRef, boxes: Iterable[Box] = ()) -> None:
        """State which area something is about."""
        place = self.portal.place
        node = self.node(self.at.part(f"place-{place.code}"), DCTERMS.Location)
        self.words(node, SKOS.prefLabel, place.name)
        self.words(node, LOCN.geographicName, place.name)
        self.value(node, DCTERMS.identifier, place.code, XSD.string)
        self.link(subject, DCTERMS.spatial, node)
        if place.country is not None:
            self.link(subject, DCTERMS.spatial, self.node(place.country, DCTERMS.Location))
        for number, (west, south, east, north) in enumerate(boxes, start=1):
            box = self.node(f"{subject}#box-{number}", DCTERMS.Location)
            ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
            self.graph.add((box, DCAT.bbox, Literal(f"POLYGON (({ring}))", datatype=_WKT)))
            self.link(subject, DCTERMS.spatial, box)

    def standard(self, address: str, title: Bilingual) -> URIRef:
        """Describe a standard (dct:Standard) and give it."""
        node = self.node(address, DCTERMS.Standard)
        self.words(node, DCTERMS.title, title)
        return node
