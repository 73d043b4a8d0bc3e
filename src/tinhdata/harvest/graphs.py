"""Datasets of a DCAT graph as entries: DCAT-AP 1 to 3, in Turtle, RDF/XML, JSON-LD or N3.

Nothing is fetched while a graph is read: a JSON-LD context at another address is refused.
"""

import json
from collections.abc import Iterable, Mapping

from rdflib import DCTERMS, FOAF, RDF, RDFS, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from tinhdata.contracts import Bilingual
from tinhdata.harvest.errors import HarvestUnfit
from tinhdata.harvest.model import ExternalEntry, ExternalFile, HarvestPage
from tinhdata.harvest.rules import entry_id, text_of, web_address
from tinhdata.kernel import JSON, t

_DCAT = Namespace("http://www.w3.org/ns/dcat#")
_HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
_VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
_FORMS = {
    "text/turtle": "turtle",
    "application/x-turtle": "turtle",
    "text/n3": "n3",
    "application/ld+json": "json-ld",
    "application/json": "json-ld",
    "application/rdf+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
}
_ENDINGS = {"ttl": "turtle", "n3": "n3", "jsonld": "json-ld", "json": "json-ld",
            "rdf": "xml", "xml": "xml"}  # fmt: skip
ACCEPT = "text/turtle, application/ld+json;q=0.9, application/rdf+xml;q=0.8"
_MOST_TRIPLES = 2_000_000


def read_page(portal: str, url: str, content: bytes, media_type: str) -> HarvestPage:
    """Read the datasets of a page and where the next one is; raises HarvestUnfit."""
    graph = _graph(url, content, media_type)
    entries: list[ExternalEntry] = []
    unreadable: list[str] = []
    for node in sorted(set(graph.subjects(RDF.type, _DCAT.Dataset)), key=str):
        entry = _entry(graph, portal, url, node)
        if entry is None:
            unreadable.append(_identifier(graph, node) or "")
        else:
            entries.append(entry)
    records = len(entries) + len(unreadable)
    return HarvestPage(tuple(entries), _next(graph, url), tuple(unreadable), records)


def _graph(url: str, content: bytes, media_type: str) -> Graph:
    kind = media_type.split(";")[0].strip().lower()
    ending = url.split("?")[0].rpartition(".")[2].lower()
    form = _FORMS.get(kind) or _ENDINGS.get(ending)
    if form is None:
        raise HarvestUnfit(
            t("The portal answers with {kind}, which is no catalogue.", kind=kind[:60] or "–")
        )
    try:
        if form == "json-ld":
            _refuse_far_contexts(json.loads(content))
        graph = Graph().parse(data=content, format=form, publicID=url)
    except HarvestUnfit:
        raise
    except Exception as error:  # every parser has errors of its own
        raise HarvestUnfit(
            t("The catalogue cannot be read as {form} ({error}).", form=form,
              error=type(error).__name__)
        ) from error  # fmt: skip
    if len(graph) > _MOST_TRIPLES:
        raise HarvestUnfit(t("The catalogue has more statements than are read at once."))
    return graph


def _refuse_far_contexts(value: JSON) -> None:
    """Raise HarvestUnfit where reading the document would ask another server for its words."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key in ("@context", "@import") and _names_address(item):
                raise HarvestUnfit(
                    t("The catalogue takes its words from another address (@context).")
                )
            _refuse_far_contexts(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_far_contexts(item)


def _names_address(context: JSON) -> bool:
    if isinstance(context, list):
        return any(_names_address(item) for item in context)
    return isinstance(context, str)


def _next(graph: Graph, url: str) -> str | None:
    for kind, name in (
        (_HYDRA.PartialCollectionView, _HYDRA.next),
        (_HYDRA.PagedCollection, _HYDRA.nextPage),
        (_HYDRA.PagedCollection, _HYDRA.next),
    ):
        for view in graph.subjects(RDF.type, kind):
            following = graph.value(view, name)
            if following is not None:
                return web_address(str(following), url) or None
    return None


def _entry(graph: Graph, portal: str, url: str, node: Node) -> ExternalEntry | None:
    identifier = _identifier(graph, node)
    title = _words(graph.objects(node, DCTERMS.title))
    if not identifier or not title.vi:
        return None
    address = str(node) if isinstance(node, URIRef) else ""
    landing = graph.value(node, _DCAT.landingPage)
    return ExternalEntry(
        id=entry_id(portal, identifier),
        portal=portal,
        identifier=identifier,
        title=title,
        description=_words(graph.objects(node, DCTERMS.description)),
        publisher=_name(graph, graph.value(node, DCTERMS.publisher)),
        contact=_contact(graph, graph.value(node, _DCAT.contactPoint)),
        licence=_licence(graph, node),
        landing_page=web_address(str(landing or ""), url) or web_address(address) or url,
        keywords=_keywords(graph, node),
        files=_files(graph, url, node),
        issued=text_of(str(graph.value(node, DCTERMS.issued) or "")),
        modified=text_of(str(graph.value(node, DCTERMS.modified) or "")),
    )


def _identifier(graph: Graph, node: Node) -> str:
    """Give what names the dataset in every run: its address, else its identifier."""
    if isinstance(node, URIRef):
        return str(node)
    found = sorted(str(value) for value in graph.objects(node, DCTERMS.identifier))
    return text_of(found[0]) if found else ""


def _words(values: Iterable[Node]) -> Bilingual:
    """Give a text: the Vietnamese one first, else that without a language, else any."""
    said: dict[str, str] = {}
    for value in sorted(values, key=str):
        if isinstance(value, Literal) and (text := text_of(str(value))):
            said.setdefault((value.language or "").split("-")[0].lower(), text)
    english = said.get("en")
    first = said.get("vi") or said.get("") or english or next(iter(said.values()), "")
    return Bilingual(first, english if english != first else None)


def _name(graph: Graph, node: Node | None) -> str:
    if node is None:
        return ""
    for predicate in (FOAF.name, SKOS.prefLabel, RDFS.label, _VCARD.fn):
        words = _words(graph.objects(node, predicate))
        if words.vi:
            return words.vi
    return "" if isinstance(node, BNode) else text_of(str(node))


def _contact(graph: Graph, node: Node | None) -> str:
    if node is None:
        return ""
    for predicate in (_VCARD.hasEmail, _VCARD.hasURL, _VCARD.hasTelephone):
        value = graph.value(node, predicate)
        if isinstance(value, URIRef | Literal):
            return text_of(str(value)).removeprefix("mailto:").removeprefix("tel:")
    return ""


def _licence(graph: Graph, node: Node) -> str:
    licences = {str(value) for value in graph.objects(node, DCTERMS.license)}
    for distribution in graph.objects(node, _DCAT.distribution):
        licences |= {str(value) for value in graph.objects(distribution, DCTERMS.license)}
    return text_of(min(licences)) if licences else ""


def _keywords(graph: Graph, node: Node) -> tuple[str, ...]:
    found = {text_of(str(value)) for value in graph.objects(node, _DCAT.keyword)}
    return tuple(sorted(word for word in found if word))


def _files(graph: Graph, url: str, node: Node) -> tuple[ExternalFile, ...]:
    found = []
    for distribution in sorted(graph.objects(node, _DCAT.distribution), key=str):
        place = graph.value(distribution, _DCAT.downloadURL) or graph.value(
            distribution, _DCAT.accessURL
        )
        address = web_address(str(place or ""), url)
        if address:
            form = str(graph.value(distribution, DCTERMS["format"]) or "")
            media = str(graph.value(distribution, _DCAT.mediaType) or "")
            found.append(
                ExternalFile(
                    url=address,
                    title=_words(graph.objects(distribution, DCTERMS.title)).vi,
                    format=text_of(form.rpartition("/")[2])[:40],
                    media_type=text_of(media.partition("media-types/")[2] or media)[:100],
                    licence=text_of(str(graph.value(distribution, DCTERMS.license) or "")),
                )
            )
    return tuple(sorted(found, key=lambda file: (file.url, file.title)))
