"""The pages of a dataset: rows, dictionary, quality, releases, comparison, downloads."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import QueryParams

from tinhdata.edge.contracts import contract_yaml
from tinhdata.edge.errors import PageNotFound
from tinhdata.edge.files import FileFormat, checksum_of, rows_file
from tinhdata.edge.filters import query_of
from tinhdata.edge.rows import open_release, release_of, visible_columns
from tinhdata.edge.sending import Asked
from tinhdata.edge.visits import platform_of, require_csrf, visit_of
from tinhdata.kernel import Text, t
from tinhdata.warehouse import PAGE_LIMIT, Release, ReleaseWithdrawn
from tinhdata.web.contexts.shell import FormState, Notice, Tone
from tinhdata.web.filling.about import about
from tinhdata.web.filling.addresses import dataset_path, page_number
from tinhdata.web.filling.charts import dataset_chart
from tinhdata.web.filling.dataset import PURPOSE, Subject
from tinhdata.web.filling.dataset import subject as open_subject
from tinhdata.web.filling.dictionary import dataset_dictionary
from tinhdata.web.filling.maps import dataset_map
from tinhdata.web.filling.quality import dataset_quality, dataset_rule
from tinhdata.web.filling.reader import reader_of
from tinhdata.web.filling.releases import dataset_releases, release_diff, tombstone
from tinhdata.web.filling.rows import dataset_data
from tinhdata.web.filling.taking import dataset_downloads
from tinhdata.web.routes.open_catalogue import negotiated
from tinhdata.web.shell import page, redirect, site_of

router = APIRouter(prefix="/datasets/{dataset}", include_in_schema=False)

_NOTHING = QueryParams()


@router.get("")
def rows(request: Request, dataset: str) -> Response:
    """Show the live table; a release that was withdrawn leads to its tombstone.

    Who asks for a graph (Accept: text/turtle) gets the dataset as DCAT-AP.
    """
    if graph := negotiated(request, dataset):
        return graph
    try:
        subject = _subject(request, dataset)
        context = dataset_data(subject, request.query_params)
        context = replace(context, about=about(subject, request.query_params))
        return page(request, context)
    except ReleaseWithdrawn:
        if number := request.query_params.get("release"):
            return redirect(dataset_path(dataset, "releases", number))
        raise


@router.get("/chart")
def chart(request: Request, dataset: str) -> HTMLResponse:
    """Show groups of the filtered rows as bars or as a line over periods."""
    return page(request, dataset_chart(_subject(request, dataset), request.query_params))


@router.get("/map")
def map_page(request: Request, dataset: str) -> HTMLResponse:
    """Show groups of the filtered rows on a map."""
    return page(request, dataset_map(_subject(request, dataset), request.query_params))


@router.get("/dictionary")
def dictionary(request: Request, dataset: str) -> HTMLResponse:
    """Show what each column holds and what is checked."""
    return page(request, dataset_dictionary(_subject(request, dataset)))


@router.get("/quality")
def quality(request: Request, dataset: str, rule: str = "") -> HTMLResponse:
    """Show the measures, or one rule with its rows."""
    subject = _subject(request, dataset)
    if not rule:
        return page(request, dataset_quality(subject))
    context = dataset_rule(subject, rule)
    if context is None:
        raise PageNotFound
    return page(request, context)


@router.get("/releases")
def releases(request: Request, dataset: str) -> HTMLResponse:
    """Show the history of releases."""
    number = page_number(request.query_params.get("page"))
    return page(request, dataset_releases(_subject(request, dataset), number))


@router.get("/releases/{number}")
def release(request: Request, dataset: str, number: str) -> Response:
    """Show the tombstone of a withdrawn release; others are read on the data page."""
    subject = open_subject(reader_of(request), dataset, _NOTHING)
    found = _release(request, dataset, number)
    left = tombstone(subject, found)
    if left is None:
        return redirect(f"{dataset_path(dataset)}?release={found.number}")
    return page(request, left, 410)


@router.post("/releases/{number}/withdraw")
def withdraw(
    request: Request,
    dataset: str,
    number: str,
    csrf: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    legal_basis: Annotated[str, Form()] = "",
) -> Response:
    """Withdraw a release: from now on no door serves it."""
    visit = visit_of(request)
    require_csrf(visit, csrf)
    subject = open_subject(reader_of(request), dataset, _NOTHING)
    found = _release(request, dataset, number)
    missing = _missing(reason, legal_basis)
    if missing:
        form = FormState({"reason": reason, "legal_basis": legal_basis}, missing)
        return page(request, dataset_releases(subject, 1, form), 422)
    gone = platform_of(request).deliveries.withdraw(
        visit.actor, found.id, reason.strip(), legal_basis.strip()
    )
    return redirect(dataset_path(dataset, "releases"), _withdrawn(gone))


@router.get("/diff")
def diff(request: Request, dataset: str) -> HTMLResponse:
    """Show two releases beside each other."""
    params = request.query_params
    subject = open_subject(reader_of(request), dataset, _NOTHING)
    context = release_diff(
        subject, params.get("old", ""), params.get("new", ""), page_number(params.get("page"))
    )
    return page(request, context)


@router.get("/downloads")
def downloads(request: Request, dataset: str) -> HTMLResponse:
    """Show everything that can be taken away."""
    return page(request, dataset_downloads(_subject(request, dataset), site_of(request)))


@router.get("/download.{form}.sha256")
def checksum(request: Request, dataset: str, form: FileFormat) -> Response:
    """Give the SHA-256 of the file that `download` gives, in the form that `sha256sum -c` reads."""
    params = QueryParams([pair for pair in request.query_params.multi_items() if pair[0] != "bom"])
    platform, visit = platform_of(request), visit_of(request)
    opened = open_release(platform, visit.actor, dataset, params, PURPOSE)
    names = [column.name for column in visible_columns(opened)]
    query = query_of(params, opened.contract, names, limit=PAGE_LIMIT)
    return checksum_of(platform, opened, query, form, visit.language)


@router.get("/download.{form}")
def download(request: Request, dataset: str, form: FileFormat) -> Response:
    """Give exactly the rows that the address filters, as a file."""
    platform, visit, params = platform_of(request), visit_of(request), request.query_params
    opened = open_release(platform, visit.actor, dataset, params, PURPOSE)
    names = [column.name for column in visible_columns(opened)]
    query = query_of(params, opened.contract, names, limit=PAGE_LIMIT)
    return rows_file(
        platform,
        opened,
        query,
        form,
        bom=params.get("bom") == "1",
        language=visit.language,
        asked=Asked.of(request),
    )


@router.get("/contract.yaml")
def contract(request: Request, dataset: str) -> Response:
    """Give the data contract that the release was made under."""
    subject = _subject(request, dataset)
    written = contract_yaml(platform_of(request).registry.canonical(subject.contract_hash))
    return Response(
        written,
        media_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'inline; filename="{subject.id}.odcs.yaml"'},
    )


def _release(request: Request, dataset: str, number: str) -> Release:
    return release_of(platform_of(request), dataset, QueryParams({"release": number}))


def _missing(reason: str, legal_basis: str) -> dict[str, Text]:
    """Say what a withdrawal lacks, by the field of its form."""
    missing: dict[str, Text] = {}
    if not reason.strip():
        missing["reason"] = t("Say why the release is withdrawn; the reason stays visible.")
    if not legal_basis.strip():
        missing["legal_basis"] = t("Name the legal basis, such as an article of a law.")
    return missing


def _withdrawn(gone: Sequence[Release]) -> Notice:
    numbers = ", ".join(str(each.number) for each in gone)
    return Notice(t("Release no. {numbers} was withdrawn.", numbers=numbers), Tone.GOOD)


def _subject(request: Request, dataset: str) -> Subject:
    return open_subject(reader_of(request), dataset, request.query_params)
