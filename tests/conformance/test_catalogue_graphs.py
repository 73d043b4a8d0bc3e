"""The catalogue as DCAT-AP, read by rdflib and pyshacl and walked through as a harvester does."""

import hashlib
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest
from pyshacl import validate
from rdflib import DCTERMS, FOAF, RDF, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.term import Node

from tests.conformance.portal import Portal
from tinhdata.access import ANONYMOUS
from tinhdata.standards.vocabularies import shapes_text

# rdflib reads some forms through a class of its own that it has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning:rdflib")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
FORMS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "xml": "xml", "n3": "n3"}
MEDIA = {
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "xml": "application/rdf+xml",
    "n3": "text/n3",
}
DATASET = "dan-so-dien-tich-mat-do"


def read(answer: httpx.Response, form: str) -> Graph:
    assert answer.status_code == 200, answer.text[:300]
    return Graph().parse(data=answer.content, format=FORMS[form])


def without_view(graph: Graph) -> Graph:
    """Leave out where the page says that it is: its own address has its own ending."""
    kept = Graph()
    views = set(graph.objects(None, HYDRA.view))
    for triple in graph:
        if triple[0] not in views and triple[2] not in views:
            kept.add(triple)
    return kept


@pytest.fixture(scope="module")
def whole(open_portal: Portal) -> Graph:
    return read(open_portal.get("/catalog.ttl"), "ttl")


def test_every_form_says_the_same(open_portal: Portal, whole: Graph) -> None:
    assert len(whole) > 500
    for form in FORMS:
        answer = open_portal.get(f"/catalog.{form}")
        assert answer.headers["content-type"].split(";")[0] == MEDIA[form]
        assert isomorphic(without_view(read(answer, form)), without_view(whole)), form


def test_no_node_is_without_an_address(whole: Graph) -> None:
    assert not [node for triple in whole for node in triple if type(node).__name__ == "BNode"]


def test_the_catalogue_passes_our_shapes_without_a_remark(whole: Graph) -> None:
    shapes = Graph().parse(data=shapes_text(), format="turtle")
    fine, _report, words = validate(whole, shacl_graph=shapes, inference="none")
    assert fine, words


def test_the_shapes_can_fail(whole: Graph) -> None:
    shapes = Graph().parse(data=shapes_text(), format="turtle")
    dataset = next(whole.subjects(RDF.type, DCAT.Dataset))
    for predicate in (DCTERMS.title, DCTERMS.publisher, DCAT.contactPoint,
                      DCATAP.applicableLegislation, DCTERMS.accrualPeriodicity):  # fmt: skip
        broken = Graph() + whole
        broken.remove((dataset, predicate, None))
        fine, _report, words = validate(broken, shacl_graph=shapes, inference="none")
        assert not fine, predicate
        assert str(dataset) in words


def test_every_public_dataset_stands_in_it_and_no_other(open_portal: Portal, whole: Graph) -> None:
    known = {record.dataset for record in open_portal.platform.catalogue.records(ANONYMOUS)}
    named = {str(name) for name in whole.subjects(RDF.type, DCAT.Dataset)}
    assert named == {f"{open_portal.site}/dataset/{name}" for name in known}
    catalogue = URIRef(f"{open_portal.site}/catalog")
    linked = {str(name) for name in whole.objects(catalogue, DCAT.dataset)}
    assert named <= linked


def test_a_dataset_says_everything_that_its_contract_does(
    open_portal: Portal, whole: Graph
) -> None:
    node = URIRef(f"{open_portal.site}/dataset/{DATASET}")
    contract = open_portal.platform.registry.active(DATASET).contract
    assert {
        str(t): t.language
        for t in whole.objects(node, DCTERMS.title)
        if isinstance(t, Literal)
    } == {
        contract.name.vi: "vi", contract.name.en: "en",
    }  # fmt: skip
    publisher = one(whole, node, DCTERMS.publisher)
    assert whole.value(publisher, DCTERMS.identifier) == Literal(contract.agency)
    assert len(list(whole.objects(publisher, FOAF.name))) == 2
    laws = {str(law) for law in whole.objects(node, DCATAP.applicableLegislation)}
    assert laws == {basis.url for basis in contract.legal_basis}
    assert all((URIRef(law), RDF.type, ELI.LegalResource) in whole for law in laws)
    assert str(one(whole, node, DCTERMS.accrualPeriodicity)).endswith("/frequency/ANNUAL")
    assert str(one(whole, node, DCTERMS.accessRights)).endswith("/access-right/PUBLIC")
    assert contract.version in str(one(whole, node, DCTERMS.conformsTo))
    files = {
        str(url) for url in whole.objects(None, DCAT.downloadURL) if f"/{DATASET}/" in str(url)
    }
    assert {url.rpartition(".")[2] for url in files} >= {"csv", "json", "xlsx", "parquet"}
    for url in files:
        assert open_portal.get(url).status_code == 200, url
    assert list(whole.objects(node, URIRef("http://www.w3.org/ns/dqv#hasQualityMeasurement")))


def test_files_that_lie_ready_have_size_and_hash_and_those_are_true(
    open_portal: Portal, whole: Graph
) -> None:
    spdx = Namespace("http://spdx.org/rdf/terms#")
    seen = 0
    for node in whole.subjects(spdx.checksum, None):
        address, size = one(whole, node, DCAT.downloadURL), one(whole, node, DCAT.byteSize)
        checksum = one(whole, node, spdx.checksum)
        content = httpx.get(
            str(address), headers={"Accept-Encoding": "identity"}, timeout=60
        ).content
        assert len(content) == int(str(size))
        assert hashlib.sha256(content).hexdigest() == str(one(whole, checksum, spdx.checksumValue))
        seen += 1
    assert seen >= 10


def test_the_time_that_rows_are_about_is_said(open_portal: Portal, whole: Graph) -> None:
    node = URIRef(f"{open_portal.site}/dataset/quan-trac-bui-khong-khi")
    period = one(whole, node, DCTERMS.temporal)
    first, last = one(whole, period, DCAT.startDate), one(whole, period, DCAT.endDate)
    assert str(first) <= str(last)
    assert len(str(first)) == len("2026-07-01")


def one(graph: Graph, subject: Node, predicate: URIRef) -> Node:
    (found,) = graph.objects(subject, predicate)
    return found


def pages(open_portal: Portal, start: str, form: str) -> Iterator[Graph]:
    """Walk as the harvesters of CKAN and udata do: to the next page while there is one."""
    address: str | None = f"{open_portal.site}{start}"
    seen: set[str] = set()
    while address:
        assert address not in seen, "the same page twice"
        seen.add(address)
        graph = read(open_portal.get(address), form)
        yield graph
        view = next(graph.subjects(RDF.type, HYDRA.PartialCollectionView))
        assert (view, RDF.type, HYDRA.PagedCollection) in graph
        following = graph.value(view, HYDRA.next)
        assert following == graph.value(view, HYDRA.nextPage)
        address = str(following) if following else None


@pytest.mark.parametrize("form", ["ttl", "jsonld", "rdf"])
def test_a_harvester_walks_through_all_pages_once(
    open_portal: Portal, form: str, whole: Graph
) -> None:
    walked = list(pages(open_portal, f"/catalog.{form}?limit=2", form))
    assert len(walked) == 5
    found = [str(name) for graph in walked for name in graph.subjects(RDF.type, DCAT.Dataset)]
    assert sorted(found) == sorted(str(n) for n in whole.subjects(RDF.type, DCAT.Dataset))
    totals = {str(total) for graph in walked for total in graph.objects(None, HYDRA.totalItems)}
    assert totals == {"9"}


def test_only_what_changed_since_is_given_when_asked(open_portal: Portal, whole: Graph) -> None:
    moments = sorted(
        str(whole.value(node, DCTERMS.modified)) for node in whole.subjects(RDF.type, DCAT.Dataset)
    )
    middle = moments[5]
    answer = open_portal.get(f"/catalog.ttl?modified_since={quote(middle)}")
    found = list(read(answer, "ttl").subjects(RDF.type, DCAT.Dataset))
    # Several may have changed in the same second.
    assert 0 < len(found) == sum(moment >= middle for moment in moments) < len(moments)
    future = read(open_portal.get("/catalog.ttl?modified_since=2999-01-01"), "ttl")
    assert not list(future.subjects(RDF.type, DCAT.Dataset))
    assert open_portal.get("/catalog.ttl?modified_since=yesterday").status_code == 400


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("application/rdf+xml;q=0.9, text/html;q=0.2", "application/rdf+xml"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("*/*", "text/html"),
    ],
)
def test_accept_chooses_the_form_of_a_dataset(open_portal: Portal, accept: str, media: str) -> None:
    for address in (f"/datasets/{DATASET}", f"/dataset/{DATASET}"):
        answer = httpx.get(
            f"{open_portal.site}{address}",
            headers={"Accept": accept},
            follow_redirects=True,
            timeout=60,
        )
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] == media
    catalogue = open_portal.get("/catalog", Accept=accept)
    assert catalogue.status_code == (303 if media == "text/html" else 200)
    assert "Accept" in catalogue.headers["vary"]


def test_programs_may_keep_ask_again_and_read_from_elsewhere(open_portal: Portal) -> None:
    for address in ("/catalog.ttl", f"/dataset/{DATASET}.jsonld", "/feeds/dataset.atom"):
        first = open_portal.get(address)
        assert first.headers["access-control-allow-origin"] == "*"
        assert first.headers["cache-control"] == "public, no-cache"
        again = open_portal.get(address, If_None_Match=first.headers["etag"])
        assert (again.status_code, again.content) == (304, b"")


def test_what_there_is_not_is_said_plainly(open_portal: Portal) -> None:
    for address in ("/catalog.exe", "/catalog.ttl?page=99", "/dataset/khong-co.ttl"):
        assert open_portal.get(address).status_code == 404, address
