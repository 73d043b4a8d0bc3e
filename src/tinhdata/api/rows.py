"""Rows of releases: pages as JSON, and files of exactly what is filtered."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from tinhdata.api.common import Here, PageNumber, Reader
from tinhdata.api.documents import Responses, files, problems
from tinhdata.edge.files import (
    MEDIA_TYPES,
    FileFormat,
    cache_headers,
    etag_of,
    is_known,
    meta_of,
    rows_file,
)
from tinhdata.edge.filters import query_of
from tinhdata.edge.grouping import groups_of
from tinhdata.edge.paging import beside, link_header
from tinhdata.edge.plain import json_page
from tinhdata.edge.rows import open_release, visible_columns
from tinhdata.edge.sending import Asked
from tinhdata.warehouse import GROUP_LIMIT

router = APIRouter(prefix="/datasets/{dataset}", tags=["rows"])

MOST_ROWS = 1_000
_PURPOSE = "reading by program"

CellOut = str | int | float | bool | None


class MetaOut(BaseModel):
    """What the rows are and where they come from."""

    dataset: str
    name: str
    release: int
    release_id: str
    published_at: str
    agency: str
    agency_name: str
    licence: str | None
    contract_version: str
    contract_hash: str
    simulated: bool
    filter: list[str] = Field(description="The conditions in words, none for all rows.")


class RowsOut(BaseModel):
    """One page of rows, by column name. Dates are ISO text, numbers keep every digit."""

    meta: MetaOut
    total: int = Field(description="Rows that meet the conditions, over all pages.")
    page: int
    offset: int = Field(description="Rows before the first one of this page.")
    limit: int
    next: str | None = Field(description="Address of the page after this one.")
    prev: str | None = Field(description="Address of the page before this one.")
    rows: list[dict[str, CellOut]]


class GroupsOut(BaseModel):
    """One page of groups: what they are formed by, then their measures, by name."""

    meta: MetaOut
    total: int = Field(description="Groups, over all pages.")
    total_rows: int = Field(description="Rows in all these groups.")
    page: int
    limit: int
    groups: list[dict[str, CellOut]]


Words = Annotated[str, Query(max_length=300, description="Words to search for in all text.")]
Order = Annotated[str, Query(description="Columns to sort by; - before one for descending.")]
ReleaseNumber = Annotated[str, Query(description="Number of a release; else the current one.")]
AsOf = Annotated[str, Query(description="Day (its end in Việt Nam) or moment to look back to.")]
From = Annotated[
    str, Query(max_length=300, description="Where to go on, as `next` or `prev` of an answer says.")
]
Groupings = Annotated[
    str,
    Query(
        description="Columns to group by, with commas between; `column:year`, `column:month` and "
        "`column:day` for parts of days.",
        examples=["column"],
    ),
]
Measures = Annotated[
    str,
    Query(
        description="With commas between: `count`, `count:column` (filled cells), `sum:column`, "
        "`avg:column`, `min:column`, `max:column`.",
    ),
]
Tags = Annotated[str | None, Header(description="Tags of answers that the reader has already.")]

_FILTERS: dict[str, object] = {
    "parameters": [
        {
            "name": "filters",
            "in": "query",
            "required": False,
            "description": "Conditions by column: `f.<column>=value` (text: part of it; repeated: "
            "one of), `f.<column>.is=` for the value itself, `f.<column>.from=` and "
            "`f.<column>.to=` for numbers and dates.",
            "style": "form",
            "explode": True,
            "schema": {"type": "object", "additionalProperties": {"type": "string"}},
            "example": {"f.column": "value"},
        }
    ]
}
_READ: Responses = {
    304: {"description": "The reader has this answer already."},
    **problems(400, 401, 403, 404, 410, 422, 503),
}
_FILE: Responses = {
    206: {"description": "The part of the file that was asked for."},
    416: {"description": "The file has no such part."},
    **_READ,
}


@router.get(
    "/rows",
    summary="Read a page of rows",
    response_class=Response,
    responses={200: {"model": RowsOut, "description": "One page of rows."}, **_READ},
    openapi_extra=_FILTERS,
)
def rows_page(
    request: Request,
    here: Here,
    visit: Reader,
    dataset: str,
    q: Words = "",
    sort: Order = "",
    release: ReleaseNumber = "",
    as_of: AsOf = "",
    page: PageNumber = 1,
    cursor: From = "",
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS, description="Rows of a page.")] = 100,
    if_none_match: Tags = None,
) -> Response:
    """Give rows of a release as JSON, filtered, sorted and paged as the address says.

    The addresses `next` and `prev`, also in the header Link, lead through all pages of this release
    in any order, as fast at the end as at the beginning; page numbers are meant for the first ones.
    """
    opened = open_release(here, visit.actor, dataset, request.query_params, _PURPOSE)
    names = [column.name for column in visible_columns(opened)]
    query = query_of(request.query_params, opened.contract, names, limit=limit, strict=True)
    tag = etag_of(opened, query, "page", visit.language)
    headers = cache_headers(opened, tag)
    if is_known(if_none_match, tag):
        return Response(status_code=304, headers=headers)
    found = here.warehouse.read(opened.permit, opened.release.id, query)
    following, previous = (
        beside(request, opened, place) if place else None for place in (found.next, found.previous)
    )
    body = json_page(
        {
            "meta": meta_of(here, opened, query, visit.language),
            "total": found.total,
            "page": found.offset // limit + 1,
            "offset": found.offset,
            "limit": limit,
            "next": following,
            "prev": previous,
        },
        names,
        found.rows,
    )
    if links := link_header({"next": following, "prev": previous}):
        headers["Link"] = links
    return Response(body, media_type="application/json", headers=headers)


@router.get(
    "/groups",
    summary="Count and sum rows by groups",
    response_class=Response,
    responses={200: {"model": GroupsOut, "description": "One page of groups."}, **_READ},
    openapi_extra=_FILTERS,
)
def groups_page(
    request: Request,
    here: Here,
    visit: Reader,
    dataset: str,
    by: Groupings,
    measure: Measures = "count",
    q: Words = "",
    sort: Annotated[
        str, Query(description="Groupings or measures to sort by; - before one for descending.")
    ] = "",
    release: ReleaseNumber = "",
    as_of: AsOf = "",
    page: PageNumber = 1,
    limit: Annotated[int, Query(ge=1, le=GROUP_LIMIT, description="Groups of a page.")] = 1_000,
    if_none_match: Tags = None,
) -> Response:
    """Give groups of the rows that meet the conditions, with a count or other measures of each.

    Rows without a value form a group of their own, the last one.
    """
    opened = open_release(here, visit.actor, dataset, request.query_params, _PURPOSE)
    names = [column.name for column in visible_columns(opened)]
    asked = groups_of(request.query_params, opened.contract, names, limit=limit)
    tag = etag_of(opened, asked.query, "groups", repr(asdict(asked)), visit.language)
    headers = cache_headers(opened, tag)
    if is_known(if_none_match, tag):
        return Response(status_code=304, headers=headers)
    found = here.warehouse.groups(opened.permit, opened.release.id, asked)
    body = json_page(
        {
            "meta": meta_of(here, opened, asked.query, visit.language),
            "total": found.total,
            "total_rows": found.total_rows,
            "page": page,
            "limit": limit,
        },
        [column.name for column in found.columns],
        found.rows,
        called="groups",
    )
    return Response(body, media_type="application/json", headers=headers)


@router.get(
    "/rows.{form}",
    summary="Download rows as a file",
    response_class=Response,
    responses=files("All rows that meet the conditions.", *MEDIA_TYPES.values()) | _FILE,
    openapi_extra=_FILTERS,
)
def rows_download(
    request: Request,
    here: Here,
    visit: Reader,
    dataset: str,
    form: Annotated[
        FileFormat, Path(description="csv, xlsx, json, jsonl, parquet, geojson or gpkg.")
    ],
    q: Words = "",
    sort: Order = "",
    release: ReleaseNumber = "",
    as_of: AsOf = "",
    bom: Annotated[bool, Query(description="Start CSV with a byte order mark.")] = False,
    if_none_match: Tags = None,
) -> Response:
    """Give all rows that meet the conditions, on every page, as one file.

    All rows of open data as CSV or Parquet lie ready: such an answer has a strong tag, its length
    and its hash (`Repr-Digest`), and takes `Range`, `If-Range` and `HEAD`.
    """
    opened = open_release(here, visit.actor, dataset, request.query_params, "download")
    names = [column.name for column in visible_columns(opened)]
    query = query_of(request.query_params, opened.contract, names, limit=MOST_ROWS, strict=True)
    return rows_file(
        here,
        opened,
        query,
        form,
        bom=bom,
        language=visit.language,
        asked=Asked.of(request),
    )
