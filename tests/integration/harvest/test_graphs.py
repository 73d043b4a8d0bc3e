"""Catalogues as DCAT graphs and data packages are read; nothing is fetched while they are."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.integration.harvest.shelf import OPERATOR, Shelf, shelf
from tests.support.other_portal import OtherPortal, other_portal, package
from tinhdata.harvest import Counts, HarvestKind, HarvestState

# rdflib reads some forms through a class of its own that it has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning:rdflib")

PREFIXES = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
"""
RDF_XML = """<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dcat="http://www.w3.org/ns/dcat#" xmlns:dct="http://purl.org/dc/terms/">
<dcat:Dataset rdf:about="https://other.example/d/1"><dct:title xml:lang="vi">Rừng</dct:title>
</dcat:Dataset></rdf:RDF>"""


def dataset(number: int) -> str:
    return f"""
<https://other.example/d/{number}> a dcat:Dataset ;
  dct:title "Dataset {number}"@en, "Bộ số {number}"@vi ;
  dct:description "Mô tả"@vi ; dcat:keyword "đất"@vi ;
  dct:publisher <https://other.example/org> ;
  dcat:contactPoint [ a vcard:Kind ; vcard:hasEmail <mailto:a@other.example> ] ;
  dcat:landingPage <https://other.example/page/{number}> ;
  dcat:distribution [ a dcat:Distribution ; dcat:downloadURL <https://other.example/{number}.csv> ;
    dct:license <https://creativecommons.org/licenses/by/4.0/> ;
    dct:format <http://publications.europa.eu/resource/authority/file-type/CSV> ] .
<https://other.example/org> foaf:name "Sở Khác"@vi .
"""


def put_pages(portal: OtherPortal, count: int, style: str) -> None:
    for number in range(1, count + 1):
        following = ""
        if number < count:
            target = f"<{portal.url}/catalog.ttl?page={number + 1}>"
            following = {
                "new": f"<#view> a hydra:PartialCollectionView ; hydra:next {target} .",
                "old": f"<#view> a hydra:PagedCollection ; hydra:nextPage {target} .",
            }[style]
        body = PREFIXES + dataset(number) + following
        path = "/catalog.ttl" if number == 1 else f"/catalog.ttl?page={number}"
        portal.files[path] = ("text/turtle; charset=utf-8", body.encode())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Shelf]:
    with shelf(tmp_path) as found:
        yield found


@pytest.fixture
def site() -> Iterator[OtherPortal]:
    with other_portal() as portal:
        yield portal


@pytest.mark.parametrize("style", ["new", "old"])
def test_a_paged_graph_is_walked_to_its_end_and_again_without_change(
    site: OtherPortal, desk: Shelf, style: str
) -> None:
    put_pages(site, 3, style)
    desk.add(f"{site.url}/catalog.ttl", HarvestKind.DCAT)
    assert desk.run().counts == Counts(added=3)
    entry = desk.harvest.entries("bo so 2")[0].entry
    assert (entry.title.vi, entry.title.en) == ("Bộ số 2", "Dataset 2")
    assert entry.identifier == "https://other.example/d/2"
    assert (entry.publisher, entry.contact) == ("Sở Khác", "a@other.example")
    assert entry.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert (entry.files[0].url, entry.files[0].format) == ("https://other.example/2.csv", "CSV")
    desk.clock.move(timedelta(days=1))
    assert desk.run().counts == Counts(unchanged=3)
    put_pages(site, 2, style)
    assert desk.run().counts == Counts(unchanged=2, gone=1)


def test_rdf_xml_and_json_ld_are_read_as_well(site: OtherPortal, desk: Shelf) -> None:
    site.files["/a.rdf"] = ("application/rdf+xml", RDF_XML.encode())
    said = {
        "@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"},
        "@id": "https://other.example/d/9",
        "@type": "dcat:Dataset",
        "dct:title": {"@value": "Nước", "@language": "vi"},
    }
    site.files["/b.jsonld"] = ("application/ld+json", json.dumps(said).encode())
    desk.add(f"{site.url}/a.rdf", HarvestKind.DCAT, "cong-a")
    desk.add(f"{site.url}/b.jsonld", HarvestKind.DCAT, "cong-b")
    for name in ("cong-a", "cong-b"):
        assert desk.run(name).state is HarvestState.DONE
    assert {known.entry.title.vi for known in desk.harvest.entries()} == {"Rừng", "Nước"}


def test_a_document_cannot_make_us_ask_another_address(site: OtherPortal, desk: Shelf) -> None:
    context = f"{site.url}/context.json"
    site.files["/context.json"] = ("application/ld+json", b'{"@context": {}}')
    for number, said in enumerate(
        [
            {"@context": context, "@id": "x:y"},
            {"@context": [{}, context], "@id": "x:y"},
            {"@context": {"@import": context}, "@id": "x:y"},
            {"@graph": [{"@context": context, "@id": "x:y"}]},
        ]
    ):
        site.files[f"/{number}.jsonld"] = ("application/ld+json", json.dumps(said).encode())
        desk.add(f"{site.url}/{number}.jsonld", HarvestKind.DCAT, f"cong-{number}")
        assert desk.run(f"cong-{number}").state is HarvestState.FAILED
    assert "/context.json" not in site.asked


def test_an_xml_that_names_files_of_ours_gives_none(
    site: OtherPortal, desk: Shelf, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("bí mật")
    evil = RDF_XML.replace(
        "<rdf:RDF", f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]>\n<rdf:RDF', 1
    ).replace("Rừng", "&x;Rừng")
    site.files["/a.rdf"] = ("application/rdf+xml", evil.encode())
    desk.add(f"{site.url}/a.rdf", HarvestKind.DCAT)
    desk.run()
    assert not any("mật" in known.entry.title.vi for known in desk.harvest.entries())


def test_pages_that_run_in_a_circle_end(site: OtherPortal, desk: Shelf) -> None:
    loop = f"<#v> a hydra:PagedCollection ; hydra:nextPage <{site.url}/loop.ttl> ."
    site.files["/loop.ttl"] = ("text/turtle", (PREFIXES + dataset(1) + loop).encode())
    desk.add(f"{site.url}/loop.ttl", HarvestKind.DCAT)
    assert desk.run().state is HarvestState.FAILED
    assert len(site.asked) <= 4


def test_a_next_page_on_another_host_is_not_asked(site: OtherPortal, desk: Shelf) -> None:
    far = "<#v> a hydra:PagedCollection ; hydra:nextPage <http://127.0.0.2:9/x.ttl> ."
    site.files["/a.ttl"] = ("text/turtle", (PREFIXES + dataset(1) + far).encode())
    desk.add(f"{site.url}/a.ttl", HarvestKind.DCAT)
    assert desk.run().state is HarvestState.FAILED


def test_a_page_without_end_is_refused(site: OtherPortal, desk: Shelf) -> None:
    site.files["/big.ttl"] = ("text/turtle", b"#" * 21_000_000)
    desk.add(f"{site.url}/big.ttl", HarvestKind.DCAT)
    run = desk.run()
    assert run.state is HarvestState.FAILED
    assert "20 MB" in str(run.problem)


def test_what_is_no_graph_is_told_so(site: OtherPortal, desk: Shelf) -> None:
    site.files["/a"] = ("text/html", b"<html>")
    site.files["/b.ttl"] = ("text/turtle", b"this is no turtle {")
    for name in ("a", "b.ttl"):
        desk.add(f"{site.url}/{name}", HarvestKind.DCAT, f"cong-{name[0]}")
        assert desk.run(f"cong-{name[0]}").state is HarvestState.FAILED


def test_a_data_package_becomes_one_entry(site: OtherPortal, desk: Shelf) -> None:
    said = {
        "name": "dan-so",
        "title": "Dân số",
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "contributors": [{"title": "Cục Thống kê", "email": "tk@example.vn"}],
        "resources": [{"name": "bang", "path": "data/bang.csv", "format": "csv"}],
    }
    site.files["/p/datapackage.json"] = ("application/json", json.dumps(said).encode())
    desk.add(f"{site.url}/p/datapackage.json", HarvestKind.FRICTIONLESS)
    assert desk.run().counts == Counts(added=1)
    (known,) = desk.harvest.entries()
    assert known.entry.publisher == "Cục Thống kê"
    assert known.entry.files[0].url == f"{site.url}/p/data/bang.csv"
    assert desk.run().counts == Counts(unchanged=1)


def test_a_walk_that_was_killed_goes_on_and_counts_nothing_twice(tmp_path: Path) -> None:
    with other_portal(*(package(number) for number in range(1, 1501))) as portal:
        with shelf(tmp_path) as desk:
            desk.add(portal.url)
            desk.harvest.start(OPERATOR, "cong-mau")
        command = [sys.executable, "-m", "tests.integration.harvest.killed", str(tmp_path)]
        child = subprocess.Popen(command, cwd=Path(__file__).parents[3], env={**os.environ})
        until = time.monotonic() + 60
        while len(portal.asked) < 5 and time.monotonic() < until:
            time.sleep(0.002)
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert 5 <= len(portal.asked) <= 15, "the child was to die in the middle"
        portal.asked.clear()
        with shelf(tmp_path) as desk:
            desk.clock.move(timedelta(minutes=5))
            desk.work.run_until_idle("tests")
            (run,) = desk.harvest.runs(OPERATOR, "cong-mau").items
            assert (run.state, run.counts) == (HarvestState.DONE, Counts(added=1500))
            assert not [path for path in portal.asked if "start=0&" in path]
            assert len(desk.harvest.entries()) == 1500
