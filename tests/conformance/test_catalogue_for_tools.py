"""What data tools and search engines read: Croissant, Data Package, schema.org, feeds."""

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import frictionless
import mlcroissant
import pytest

from tests.conformance.portal import Portal
from tinhdata.access import ANONYMOUS

OPEN = ("dan-so-dien-tich-mat-do", "quan-trac-bui-khong-khi", "danh-muc-don-vi-hanh-chinh")
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"

# These tools warn about themselves and the libraries they stand on.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def rows_of(portal: Portal, dataset: str) -> int:
    release = portal.platform.catalogue.record(dataset, ANONYMOUS).release
    assert release is not None
    return release.rows


@pytest.mark.parametrize("dataset", OPEN)
def test_croissant_is_valid_and_its_records_are_our_rows(
    open_portal: Portal, dataset: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CROISSANT_CACHE", str(tmp_path))
    address = f"{open_portal.site}/dataset/{dataset}/croissant.jsonld"
    found = mlcroissant.Dataset(jsonld=address)
    assert found.metadata.issues.errors == set()
    assert found.metadata.issues.warnings == set()
    records = list(found.records(record_set="rows"))
    assert len(records) == rows_of(open_portal, dataset)
    contract = open_portal.platform.registry.active(dataset).contract
    assert {name.rpartition("/")[2] for name in records[0]} <= set(contract.column_names)


@pytest.mark.parametrize("dataset", OPEN)
def test_the_data_package_is_valid_for_every_row(open_portal: Portal, dataset: str) -> None:
    package = frictionless.Package(f"{open_portal.site}/dataset/{dataset}/datapackage.json")
    report = package.validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "message"])[:5]
    assert report.tasks[0].stats["rows"] == rows_of(open_portal, dataset)
    (resource,) = package.resources
    contract = open_portal.platform.registry.active(dataset).contract
    assert resource.schema.primary_key == list(contract.key)


def test_the_page_of_a_dataset_carries_its_description_for_search_engines(
    open_portal: Portal,
) -> None:
    page = open_portal.get("/datasets/dan-so-dien-tich-mat-do", Accept="text/html").text
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert "<" not in block
    said = json.loads(block)
    assert said["@type"] == "Dataset"
    assert 50 <= len(said["description"]) <= 5000
    assert said["isAccessibleForFree"] is True
    assert said["license"].startswith("http")
    assert said["creator"]["@type"] == "GovernmentOrganization"
    urls = {file["contentUrl"] for file in said["distribution"]}
    assert f"{open_portal.site}/api/v1/datasets/dan-so-dien-tich-mat-do/rows.csv" in urls
    assert len(said["variableMeasured"]) >= 4


def test_the_site_map_leads_to_every_public_page_and_to_no_other(open_portal: Portal) -> None:
    robots = open_portal.get("/robots.txt").text
    (address,) = re.findall(r"^Sitemap: (.*)$", robots, re.MULTILINE)
    index = ElementTree.fromstring(open_portal.get(address).content)
    maps = [str(loc.text) for loc in index.iter(f"{SITEMAP}loc")]
    assert len(maps) == 2
    pages: set[str] = set()
    for each in maps:
        found = ElementTree.fromstring(open_portal.get(each).content)
        pages |= {str(loc.text) for loc in found.iter(f"{SITEMAP}loc")}
    datasets = {page for page in pages if "/datasets/" in page}
    public = {record.dataset for record in open_portal.platform.catalogue.records(ANONYMOUS)}
    assert datasets == {f"{open_portal.site}/datasets/{name}" for name in public}
    for page in pages:
        assert open_portal.get(page, Accept="text/html").status_code == 200, page
    assert open_portal.get("/sitemaps/2.xml").status_code == 404


def test_crawlers_are_kept_from_lists_without_end(open_portal: Portal) -> None:
    lines = open_portal.get("/robots.txt").text.splitlines()
    assert "Disallow: /datasets?" in lines
    assert "Disallow: /desk" in lines
    assert "Disallow: /datasets" not in lines


def test_feeds_tell_what_changed_last_first(open_portal: Portal) -> None:
    page = open_portal.get("/", Accept="text/html").text
    (address,) = re.findall(
        r'<link rel="alternate" type="application/atom\+xml"[^>]* href="(.*?)"', page
    )
    answer = open_portal.get(address)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    updated = [str(entry.findtext(f"{ATOM}updated")) for entry in feed.iter(f"{ATOM}entry")]
    assert len(updated) == 9
    assert updated == sorted(updated, reverse=True)
    assert feed.findtext(f"{ATOM}updated") == updated[0]
    assert len({entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")}) == 9


def test_the_feed_of_a_dataset_lists_its_releases(open_portal: Portal) -> None:
    page = open_portal.get(f"/datasets/{OPEN[0]}", Accept="text/html").text
    assert f'href="/feeds/dataset/{OPEN[0]}.atom"' in page
    feed = ElementTree.fromstring(open_portal.get(f"/feeds/dataset/{OPEN[0]}.atom").content)
    (entry,) = feed.iter(f"{ATOM}entry")
    links = [link.get("href") or "" for link in entry.iter(f"{ATOM}link")]
    assert any("release=1" in link for link in links)


def test_browsers_learn_how_to_search_here(open_portal: Portal) -> None:
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    described = ElementTree.fromstring(open_portal.get("/opensearch.xml").content)
    assert len(str(described.findtext(f"{space}ShortName"))) <= 16
    for url in described.iter(f"{space}Url"):
        template = str(url.get("template"))
        address = template.replace("{searchTerms}", "dan%20so").replace("{startPage?}", "1")
        answer = open_portal.get(address, Accept=str(url.get("type")))
        assert answer.status_code == 200, address
        assert answer.headers["content-type"].startswith(str(url.get("type")).split(";")[0])


def test_the_contract_itself_is_there_in_both_forms(open_portal: Portal) -> None:
    for form in ("yaml", "json"):
        answer = open_portal.get(f"/api/v1/datasets/{OPEN[0]}/contract.{form}")
        assert answer.status_code == 200
        assert "v3.1" in answer.text


def test_the_page_of_standards_names_addresses_that_answer(open_portal: Portal) -> None:
    page = open_portal.get("/standards", Accept="text/html")
    assert page.status_code == 200
    named = re.findall(rf'href="({re.escape(open_portal.site)}[^"]+)"', page.text)
    assert len(named) >= 7
    for address in named:
        assert open_portal.get(address).status_code == 200, address
