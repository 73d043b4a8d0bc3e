"""The page that tells how to harvest the catalogue, and what its last check found."""

import json
from collections.abc import Mapping

from tinhdata.catalogue import NoSuchRecord
from tinhdata.kernel import JSON, JSONObject, t
from tinhdata.standards import CatalogueCheck, RDFForm
from tinhdata.web.contexts.standards import ComplaintLine, StandardLine, StandardsPage
from tinhdata.web.filling.reader import Reader


def standards_page(check: CatalogueCheck | None, site: str) -> StandardsPage:
    """Give the page; complaints are about public datasets only, as the check is."""
    found = check.datasets if check else ()
    return StandardsPage(
        lines=_lines(site),
        checked_at=check.at if check else None,
        checked=check.checked if check else 0,
        failed=check.failed if check else 0,
        complaints=tuple(
            ComplaintLine(each.dataset, tuple(c.text for c in each.complaints), not each.passed)
            for each in found
        ),
    )


def linked_data(reader: Reader, dataset: str) -> str | None:
    """Give the schema.org description to stand in a page; None where the dataset is not public."""
    try:
        found = reader.platform.standards.schema_org(dataset, reader.site)
    except NoSuchRecord:
        return None
    return _inside_script(found)


def _inside_script(value: JSONObject) -> str:
    """Write JSON so that no text in it can end the element that it stands in."""
    written = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        written = written.replace(letter, f"\\u{ord(letter):04x}")
    return written


def _plain(value: JSON) -> JSON:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _lines(site: str) -> tuple[StandardLine, ...]:
    return (
        StandardLine(
            "DCAT-AP 3",
            t("The whole catalogue for other portals, page by page; also by Accept."),
            tuple(f"{site}/catalog.{form.value}" for form in RDFForm if form is not RDFForm.XML),
        ),
        StandardLine(
            "CKAN Action API",
            t("What the tools of CKAN call, so that the national portal can harvest us."),
            (f"{site}/api/3/action/package_search",),
        ),
        StandardLine(
            "Croissant",
            t("Open rows with the meaning of each column, for machine learning."),
            (f"{site}/dataset/<id>/croissant.jsonld",),
        ),
        StandardLine(
            "Frictionless Data Package",
            t("Open rows with types and rules of each column, for data tools."),
            (f"{site}/dataset/<id>/datapackage.json",),
        ),
        StandardLine(
            "Open Data Contract Standard 3.1",
            t("The data contract itself, from which everything else follows."),
            (
                f"{site}/api/v1/datasets/<id>/contract.yaml",
                f"{site}/api/v1/datasets/<id>/contract.json",
            ),
        ),
        StandardLine(
            "Atom",
            t("What changed: in the whole catalogue, and the releases of a dataset."),
            (f"{site}/feeds/dataset.atom", f"{site}/feeds/dataset/<id>.atom"),
        ),
        StandardLine(
            "schema.org, sitemap, OpenSearch",
            t("For search engines and browsers; schema.org stands in each page of a dataset."),
            (f"{site}/sitemap.xml", f"{site}/opensearch.xml"),
        ),
    )
