"""What search engines may visit: site maps, robots.txt, the description of our search. Pure."""

from collections.abc import Sequence
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from tinhdata.catalogue import DatasetRecord
from tinhdata.standards.model import Portal
from tinhdata.standards.publishing import changed_at

PART = 10_000
"""Datasets of one site map; the protocol takes 50,000 addresses and 50 MB."""
_MAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_SEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_PAGES = (
    "/", "/datasets", "/agencies", "/databases", "/dictionary", "/developers", "/standards",
    "/requests", "/reuses", "/registers", "/terms", "/statistics",
)  # fmt: skip
CLOSED = (
    "/account", "/api/v1/deliveries", "/approvals", "/contracts", "/deliveries", "/desk",
    "/language/", "/people", "/quarantine", "/sign-in", "/sources",
    # A crawler that follows every filter asks the same datasets over and over.
    "/datasets?", "/datasets/*?", "/registers/*?", "/statistics?", "/datasets/*/download.",
    "/datasets/*/diff", "/embed/",
    # Forms and what belongs to one person.
    "/datasets/*/report", "/datasets/*/ask", "/datasets/*/follow", "/follows/",
    "/requests/new", "/reuses/new",
)  # fmt: skip
"""Addresses that are of no use to a search engine, or that have no end."""


def parts(count: int) -> int:
    """Say how many site maps of datasets there are."""
    return -(-count // PART)


def index(records: Sequence[DatasetRecord], site: str) -> bytes:
    """Write the index: the fixed pages, then the datasets in parts."""
    root = Element("sitemapindex", {"xmlns": _MAP})
    _entry(root, "sitemap", f"{site}/sitemaps/0.xml", "")
    for number in range(1, parts(len(records)) + 1):
        newest = max(_day(record) for record in _part(records, number))
        _entry(root, "sitemap", f"{site}/sitemaps/{number}.xml", newest)
    return _written(root)


def fixed(agencies: Sequence[str], site: str) -> bytes:
    """Write the site map of the pages that are no datasets."""
    root = Element("urlset", {"xmlns": _MAP})
    for path in _PAGES:
        _entry(root, "url", f"{site}{path}", "")
    for code in agencies:
        _entry(root, "url", f"{site}/agencies/{quote(code)}", "")
    return _written(root)


def datasets(records: Sequence[DatasetRecord], number: int, site: str) -> bytes:
    """Write part `number` (from 1) of the site map of datasets."""
    root = Element("urlset", {"xmlns": _MAP})
    for record in _part(records, number):
        _entry(root, "url", f"{site}/datasets/{record.dataset}", _day(record))
    return _written(root)


def robots(site: str) -> str:
    """Write robots.txt: what is closed, and where the site map is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    return "\n".join([*lines, "", f"Sitemap: {site}/sitemap.xml", ""])


def open_search(portal: Portal, site: str, language: str) -> bytes:
    """Write the description with which browsers and readers search here (OpenSearch 1.1)."""
    root = Element("OpenSearchDescription", {"xmlns": _SEARCH})
    name = portal.title.in_language(language)
    for tag, text in (
        ("ShortName", name[:16]),
        ("LongName", name[:48]),
        ("Description", portal.description.in_language(language)[:1024]),
        ("InputEncoding", "UTF-8"),
        ("OutputEncoding", "UTF-8"),
        ("Language", language),
    ):
        SubElement(root, tag).text = text
    for media_type, template in (
        ("text/html", f"{site}/datasets?q={{searchTerms}}"),
        (
            "application/atom+xml",
            f"{site}/feeds/dataset.atom?q={{searchTerms}}&page={{startPage?}}",
        ),
        ("application/json", f"{site}/api/v1/datasets?q={{searchTerms}}&page={{startPage?}}"),
    ):
        attributes = {"type": media_type, "template": template}
        if "startPage" in template:
            attributes["pageOffset"] = "1"
        SubElement(root, "Url", attributes)
    return _written(root)


def _part(records: Sequence[DatasetRecord], number: int) -> Sequence[DatasetRecord]:
    return records[(number - 1) * PART : number * PART]


def _day(record: DatasetRecord) -> str:
    at = changed_at(record)
    return at.date().isoformat() if at else ""


def _entry(parent: Element, tag: str, address: str, day: str) -> None:
    entry = SubElement(parent, tag)
    SubElement(entry, "loc").text = address
    if day:
        SubElement(entry, "lastmod").text = day


def _written(root: Element) -> bytes:
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))
