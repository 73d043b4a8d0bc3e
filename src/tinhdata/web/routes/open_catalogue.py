"""The catalogue for programs: DCAT-AP, Croissant, Data Package, feeds, site maps, robots.txt."""

from datetime import UTC, datetime, time
from email.utils import format_datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from tinhdata.access import ANONYMOUS
from tinhdata.edge.errors import FilterInvalid
from tinhdata.edge.files import is_known
from tinhdata.edge.language import LANGUAGES
from tinhdata.edge.negotiation import form_of, wanted_form
from tinhdata.edge.visits import language_of, platform_of
from tinhdata.kernel import t
from tinhdata.standards import Document, Standards, Wanted
from tinhdata.standards import open_search as search_description
from tinhdata.standards import robots as robots_text
from tinhdata.web.filling.standards import standards_page
from tinhdata.web.shell import page, site_of

router = APIRouter(include_in_schema=False)

PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]
PageSize = Annotated[int, Query(ge=1, le=100)]
_LONGEST_SEARCH = 200
_PAGE = Wanted().limit
_XML = "application/xml; charset=utf-8"


@router.get("/catalog.{ending}")
def catalogue(
    request: Request,
    ending: str,
    page: PageNumber = 1,
    limit: PageSize = _PAGE,
    modified_since: str = "",
) -> Response:
    """Give a page of the catalogue as DCAT-AP 3: ttl, jsonld, rdf, xml or n3."""
    wanted = Wanted(page, limit, _moment(modified_since))
    return document_answer(
        request, _standards(request).catalogue(form_of(ending), wanted, site_of(request))
    )


@router.get("/catalog")
def catalogue_as_wanted(
    request: Request,
    page: PageNumber = 1,
    limit: PageSize = _PAGE,
    modified_since: str = "",
) -> Response:
    """Give the catalogue in the form that Accept names, to a browser the list of datasets."""
    form = wanted_form(request.headers.get("Accept", ""))
    if form is None:
        return RedirectResponse("/datasets", 303, headers={"Vary": "Accept"})
    wanted = Wanted(page, limit, _moment(modified_since))
    written = _standards(request).catalogue(form, wanted, site_of(request))
    return document_answer(request, written, vary="Accept")


@router.get("/dataset/{dataset}/croissant.jsonld")
def croissant(request: Request, dataset: str) -> Response:
    """Give the open rows of a dataset described as Croissant."""
    return document_answer(request, _standards(request).croissant(dataset, site_of(request)))


@router.get("/dataset/{dataset}/datapackage.json")
def data_package(request: Request, dataset: str) -> Response:
    """Give the open rows of a dataset described as a Frictionless Data Package."""
    return document_answer(request, _standards(request).data_package(dataset, site_of(request)))


@router.get("/dataset/{dataset}.{ending}")
def datasetdocument_answer(request: Request, dataset: str, ending: str) -> Response:
    """Give a dataset as DCAT-AP 3: ttl, jsonld, rdf, xml or n3."""
    written = _standards(request).dataset(dataset, form_of(ending), site_of(request))
    return document_answer(request, written)


@router.get("/dataset/{dataset}")
def dataset_as_wanted(request: Request, dataset: str) -> Response:
    """Give a dataset in the form that Accept names, to a browser its page."""
    platform_of(request).catalogue.record(dataset, ANONYMOUS)
    return negotiated(request, dataset) or RedirectResponse(
        f"/datasets/{dataset}", 303, headers={"Vary": "Accept"}
    )


@router.get("/feeds/dataset.atom")
def catalogue_feed(request: Request, page: PageNumber = 1, q: str = "", lang: str = "") -> Response:
    """Give the datasets that changed last as an Atom feed, of all or of those that `q` finds."""
    words = q[:_LONGEST_SEARCH].strip()
    written = _standards(request).catalogue_feed(
        page, site_of(request), _language(request, lang), words
    )
    return document_answer(request, written, vary="Accept-Language, Cookie")


@router.get("/feeds/dataset/{dataset}.atom")
def dataset_feed(request: Request, dataset: str, page: PageNumber = 1, lang: str = "") -> Response:
    """Give the releases of a dataset as an Atom feed."""
    written = _standards(request).dataset_feed(
        dataset, site_of(request), _language(request, lang), page
    )
    return document_answer(request, written, vary="Accept-Language, Cookie")


@router.get("/sitemap.xml")
def sitemap(request: Request) -> Response:
    """Give the index of the site maps."""
    return Response(_standards(request).sitemap(site_of(request)), media_type=_XML)


@router.get("/sitemaps/{number}.xml")
def sitemap_part(request: Request, number: int) -> Response:
    """Give one site map: 0 the fixed pages, from 1 on the datasets."""
    return Response(_standards(request).sitemap_part(number, site_of(request)), media_type=_XML)


@router.get("/robots.txt")
def robots(request: Request) -> Response:
    """Say what search engines leave alone, and where the site map is."""
    return PlainTextResponse(robots_text(site_of(request)))


@router.get("/opensearch.xml")
def open_search(request: Request, lang: str = "") -> Response:
    """Describe the search for browsers and readers."""
    written = search_description(
        _standards(request).portal, site_of(request), _language(request, lang)
    )
    kind = "application/opensearchdescription+xml; charset=utf-8"
    return Response(written, media_type=kind, headers={"Vary": "Accept-Language, Cookie"})


@router.get("/standards")
def standards(request: Request) -> Response:
    """Show in which standards the catalogue can be harvested, and what the last check found."""
    platform = platform_of(request)
    return page(request, standards_page(platform.standards.last_check(), site_of(request)))


def negotiated(request: Request, dataset: str) -> Response | None:
    """Answer with the graph of a dataset where Accept wants one, None where it wants the page."""
    form = wanted_form(request.headers.get("Accept", ""))
    if form is None:
        return None
    written = _standards(request).dataset(dataset, form, site_of(request))
    return document_answer(request, written, vary="Accept")


def document_answer(request: Request, document: Document, vary: str = "") -> Response:
    """Answer with `document`, or that the reader has it; everyone may keep it and asks again."""
    headers = {"ETag": document.tag, "Cache-Control": "public, no-cache"}
    if vary:
        headers["Vary"] = vary
    if document.modified is not None:
        headers["Last-Modified"] = format_datetime(
            document.modified.astimezone(UTC).replace(microsecond=0), usegmt=True
        )
    if is_known(request.headers.get("If-None-Match"), document.tag):
        return Response(status_code=304, headers=headers)
    return Response(document.content, media_type=document.media_type, headers=headers)


def _standards(request: Request) -> Standards:
    return platform_of(request).standards


def _language(request: Request, wanted: str) -> str:
    return wanted if wanted in LANGUAGES else language_of(request)


def _moment(text: str) -> datetime | None:
    """Read a day (its beginning) or a moment, in UTC where no zone is said."""
    if not text.strip():
        return None
    try:
        # A plus sign in an address that was not encoded arrives as a blank.
        found = datetime.fromisoformat(text.strip().replace(" ", "+"))
        at = datetime.combine(found.date(), time.min) if len(text.strip()) == 10 else found
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise FilterInvalid(
            t("“{value}” is not a day or moment.", value=text[:40]),
            fix=t("Write a day as 2025-07-01 or a moment as 2025-07-01T14:30."),
            where="modified_since",
        ) from error
