"""Two instances: what one publishes in DCAT-AP the other harvests, finds, shows and passes on."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import DCTERMS, FOAF, RDF, Graph, Namespace, URIRef
from rdflib.namespace import PROV

from tests.conformance.portal import Portal
from tests.data.expectations import PACK
from tests.support.served import served
from tinhdata.access import Actor, ActorKind, Role
from tinhdata.bootstrap import open_platform
from tinhdata.harvest import HarvestKind, HarvestState
from tinhdata.harvest import Portal as OtherPortal
from tinhdata.settings import Settings

DCAT = Namespace("http://www.w3.org/ns/dcat#")
OPERATOR = Actor("per_operator", "Người vận hành", ActorKind.PERSON, frozenset({Role.OPERATOR}))

pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning:rdflib")


@pytest.fixture(scope="module")
def neighbour(open_portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """Serve a second instance without data, which has harvested the first."""
    store: Path = tmp_path_factory.mktemp("neighbour") / "store"
    hosts = frozenset({"127.0.0.1"})
    settings = Settings(store=store, pack=PACK, source_private_hosts=hosts)
    platform = open_platform(settings)
    try:
        address = f"{open_portal.site}/catalog.ttl?limit=4"
        platform.harvest.add(
            OPERATOR, OtherPortal("tinh-ban", HarvestKind.DCAT, address, "Cổng tỉnh bạn")
        )
        platform.harvest.start(OPERATOR, "tinh-ban")
        platform.work.run_until_idle("tests")
        with served(platform) as site:
            yield Portal(platform, site)
    finally:
        platform.close()


def test_all_of_the_catalogue_arrives_once(open_portal: Portal, neighbour: Portal) -> None:
    (run,) = neighbour.platform.harvest.runs(OPERATOR, "tinh-ban").items
    assert run.state is HarvestState.DONE, run.problem
    assert (run.counts.added, run.counts.skipped, run.pages) == (9, 0, 3)
    neighbour.platform.harvest.start(OPERATOR, "tinh-ban")
    neighbour.platform.work.run_until_idle("tests")
    again = neighbour.platform.harvest.runs(OPERATOR, "tinh-ban").items[0]
    assert (again.counts.changes, again.counts.unchanged) == (0, 9)


def test_a_harvested_dataset_is_found_shown_with_its_origin_and_without_rows(
    open_portal: Portal, neighbour: Portal
) -> None:
    found = neighbour.get("/datasets?q=nhiet+do+trung+binh+thang", Accept="text/html").text
    assert "Cổng tỉnh bạn" in found
    (path,) = set(re.findall(r'href="(/external/ext-[0-9a-f]+)"', found))
    page = neighbour.get(path, Accept="text/html")
    assert page.status_code == 200
    assert f"{open_portal.site}/datasets/nhiet-do-trung-binh-thang" in page.text
    assert "rows.csv" in page.text
    (item,) = neighbour.get("/api/v1/external?q=nhiet+do+trung+binh+thang").json()["items"]
    assert item["identifier"] == f"{open_portal.site}/dataset/nhiet-do-trung-binh-thang"
    assert item["licence"].endswith("/terms/1.0")


def test_what_was_harvested_is_passed_on_with_its_origin_beside_our_own(
    open_portal: Portal, neighbour: Portal
) -> None:
    own = Graph().parse(data=neighbour.get("/catalog.ttl").content, format="turtle")
    assert not list(own.subjects(RDF.type, DCAT.Dataset))
    for form, name in (("ttl", "turtle"), ("jsonld", "json-ld"), ("rdf", "xml")):
        answer = neighbour.get(f"/external/catalog.{form}")
        graph = Graph().parse(data=answer.content, format=name)
        datasets = set(graph.subjects(RDF.type, DCAT.Dataset))
        assert len(datasets) == 9
        origin = URIRef(f"{open_portal.site}/catalog.ttl?limit=4")
        for dataset in datasets:
            assert str(dataset).startswith(open_portal.site)
            assert graph.value(dataset, PROV.wasDerivedFrom) == origin
            (record,) = graph.subjects(FOAF.primaryTopic, dataset)
            assert graph.value(record, DCTERMS.source) == origin


def test_tombstones_answer_that_they_are_gone(neighbour: Portal) -> None:
    known = neighbour.platform.harvest.entries()[0].entry
    assert neighbour.get(f"/external/{known.id}").status_code == 200
    neighbour.platform.harvest.remove(OPERATOR, "tinh-ban")
    assert neighbour.get(f"/external/{known.id}", Accept="text/html").status_code == 410
    listed = neighbour.get("/api/v1/external")
    assert listed.status_code == 200, listed.text
    assert listed.json()["total"] == 0
