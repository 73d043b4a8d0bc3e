"""What can be taken away: files, a citation, code that reads the data; and how programs ask."""

from collections.abc import Iterable, Mapping

from tinhdata.edge.language import say
from tinhdata.kernel import JSONObject, Text, t
from tinhdata.kernel.clock import local_day
from tinhdata.web.contexts.portal import DatasetDownloads, Developers, Snippet
from tinhdata.web.filling.addresses import with_query
from tinhdata.web.filling.dataset import Subject, head
from tinhdata.web.filling.panel import downloads, is_on_map
from tinhdata.web.filling.reading_code import API, reading_code

_SUMMARIES = (
    t("Search and list datasets"),
    t("Look up a dataset"),
    t("Read the data contract"),
    t("Read the data dictionary"),
    t("Download the Excel template"),
    t("List the agencies"),
    t("Look up an agency"),
    t("List the databases"),
    t("Say who I am"),
    t("List source keys"),
    t("Issue a source key"),
    t("Revoke a source key"),
    t("Count waiting rows by rule"),
    t("List waiting rows"),
    t("Export waiting rows as a workbook"),
    t("Mend cells"),
    t("Check the mended rows"),
    t("Send back the corrected workbook"),
    t("Release mended rows"),
    t("Waive rules for rows"),
    t("Return rows"),
    t("List contracts that wait"),
    t("Propose a contract"),
    t("Compare with the contract in force"),
    t("Approve a contract"),
    t("Put a contract into force"),
    t("Deliver a file"),
    t("List deliveries"),
    t("See how a delivery stands"),
    t("Read a delivery's history"),
    t("See what publishing would change"),
    t("Say how the file is read"),
    t("Try again"),
    t("Publish"),
    t("Approve"),
    t("Return the whole delivery"),
    t("Read a page of rows"),
    t("Download rows as a file"),
    t("List the releases"),
    t("Look up a release"),
    t("Compare two releases row by row"),
    t("Withdraw a release"),
    t("List public reports, requests and reuses"),
    t("Report an error, ask, or show a reuse"),
    t("See how an item stands"),
    t("Vote for a public item"),
    t("Take up an item"),
    t("Answer or decline an item"),
    t("Pass an item on to an agency"),
    t("Follow a dataset or a filter"),
    t("Confirm a follow"),
    t("End a follow"),
)
"""What the requests of the interface are called there, marked here so that they are translated."""


def dataset_downloads(subject: Subject, site: str) -> DatasetDownloads:
    """Give the files of a release with a citation; `site` is the address of the portal."""
    release = subject.release
    return DatasetDownloads(
        head=head(subject, "downloads"),
        downloads=downloads(subject, subject.pins),
        citation=say(citation(subject, site), subject.reader.language),
        hash=release.content_hash if release and subject.opened else None,
        snippets=_reading(subject, site) if subject.opened else (),
    )


def developers(description: JSONObject, site: str, example: str | None) -> Developers:
    """Give the page for developers: the requests that `description` (OpenAPI) has.

    `example` is the id of a dataset whose rows anyone may read.
    """
    return Developers(
        base_url=f"{site}{API}",
        snippets=_first_steps(site, example) if example else (),
        resources=tuple(_resources(description)),
    )


def citation(subject: Subject, site: str) -> Text:
    """Say how the release is cited: agency, year, name, its number and address."""
    agency = subject.reader.agency_name(subject.record.agency)
    address = f"{site}{subject.path()}"
    release = subject.release
    if release is None:
        known = {"agency": agency, "dataset": subject.name, "address": address}
        return Text("{agency}. {dataset}. {address}", known)
    return t(
        "{agency} ({year}). {dataset}, release no. {number}. {address}",
        agency=agency,
        year=str(local_day(release.published_at).year),
        dataset=subject.name,
        number=str(release.number),
        address=with_query(address, {"release": str(release.number)}),
    )


def _reading(subject: Subject, site: str) -> tuple[Snippet, ...]:
    """Give code that reads just this release, whatever is published later."""
    pairs = [("release", str(subject.release.number))] if subject.release else []
    return reading_code(subject.id, site, pairs, on_map=is_on_map(subject), ckan=False)


def _first_steps(site: str, example: str) -> tuple[Snippet, ...]:
    base = f"{site}{API}"
    return (
        Snippet("curl", "bash", f'curl "{base}/datasets/{example}/rows?limit=5"'),
        Snippet(
            "Python",
            "python",
            "import json, urllib.request\n\n"
            f'address = "{base}/datasets/{example}/rows?limit=5"\n'
            "with urllib.request.urlopen(address) as answer:\n"
            "    print(json.load(answer))",
        ),
    )


def _resources(description: JSONObject) -> Iterable[tuple[str, str, Text]]:
    """Give method, path and purpose of each request that the interface describes, by path."""
    said = {text.msgid: text for text in _SUMMARIES}
    paths = description.get("paths")
    for path, methods in sorted(paths.items()) if isinstance(paths, Mapping) else ():
        for method, operation in methods.items() if isinstance(methods, Mapping) else ():
            if isinstance(operation, Mapping) and operation.get("summary"):
                summary = str(operation["summary"])
                yield method.upper(), path, said.get(summary) or Text(summary)
