"""The addresses of the interface: /api/3/action, /api/action, /api/util/status, /datastore/dump."""

import json
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import ImmutableMultiDict

from tinhdata.api.ckan import params as read
from tinhdata.api.ckan.actions import action
from tinhdata.api.ckan.dump import download, dump
from tinhdata.api.ckan.envelope import answered, failed, is_callback, succeeded
from tinhdata.api.ckan.params import Params
from tinhdata.api.ckan.problems import BadRequest, CkanProblem, of_problem
from tinhdata.api.ckan.shelf import Kept, Shelf
from tinhdata.edge.counting import CKAN, used
from tinhdata.edge.files import FileFormat
from tinhdata.edge.sending import Asked
from tinhdata.edge.visits import language_of, platform_of
from tinhdata.edge.waiting import while_waited_for
from tinhdata.kernel import Problem
from tinhdata.usage import Act

router = APIRouter(include_in_schema=False)

_FORMATS = frozenset({"csv", "tsv", "json", "xml"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

Fields: TypeAlias = ImmutableMultiDict[str, str]


@router.get("/api/3")
@router.get("/api/3/")
def version() -> JSONResponse:
    """Say which version of the interface this is."""
    return JSONResponse({"version": 3})


@router.get("/api/util/status")
@router.get("/api/3/util/status")
def status(request: Request) -> Response:
    """Give what older clients ask for before they ask for anything."""
    shelf = _shelf(request)
    return JSONResponse(action("status_show").run(shelf, {}))


@router.api_route("/api/3/action/{name}", methods=["GET", "POST"])
@router.api_route("/api/action/{name}", methods=["GET", "POST"])
async def act(request: Request, name: str) -> Response:
    """Do an action and answer in CKAN's envelope."""
    sent = await _form_of(request)
    body = await request.body() if sent is None and request.method == "POST" else b""
    return await while_waited_for(request, lambda: _answer(request, name, sent, body))


@router.get("/datastore/dump/{resource_id}")
async def dumped(request: Request, resource_id: str) -> Response:
    """Give all rows of a file, or those that meet the filters."""

    def rows(shelf: Shelf, asked: Asked) -> Response:
        return dump(shelf, resource_id, read.from_address(request.query_params), asked)

    wanted = request.query_params.get("format", "csv")
    return await _file(request, "datastore_dump", rows, wanted if wanted in _FORMATS else "csv")


@router.get("/dataset/{package}/resource/{resource_id}/download/{name}")
async def downloaded(request: Request, package: str, resource_id: str, name: str) -> Response:
    """Give a file of a dataset's current release."""
    ending = name.rpartition(".")[2]
    return await _file(
        request,
        "resource_show",
        lambda shelf, asked: download(shelf, resource_id, asked),
        ending if ending in set(FileFormat) else "csv",
    )


async def _file(
    request: Request, name: str, give: Callable[[Shelf, Asked], Response], file_form: str
) -> Response:
    def work() -> Response:
        shelf = _shelf(request)
        try:
            answer = give(shelf, Asked.of(request))
        except CkanProblem as problem:
            return _refused(shelf, name, problem)
        except Problem as problem:
            return _refused(shelf, name, of_problem(problem, shelf.language, "query"))
        used(request, Act.DOWNLOAD, file_form, shelf.used)
        return answer

    return await while_waited_for(request, work)


def _answer(request: Request, name: str, sent: Fields | None, body: bytes) -> Response:
    callback = request.query_params.get("callback") if request.method == "GET" else None
    shelf = _shelf(request)
    try:
        if callback is not None and not is_callback(callback):
            raise BadRequest("Bad request: the name of a callback has letters, digits, . _ and $")
        found = action(name)
        params = _params(request, sent, body)
        result = found.run(shelf, params)
        written = result if isinstance(result, bytes) else succeeded(shelf.site, name, result)
    except BadRequest as error:
        return Response(json.dumps(str(error)), 400, media_type="application/json;charset=utf-8")
    except CkanProblem as problem:
        return _refused(shelf, name, problem)
    except Problem as problem:
        return _refused(shelf, name, of_problem(problem, shelf.language, "query"))
    used(request, Act.CALL, CKAN, shelf.used)
    known = request.headers.get("If-None-Match") if request.method == "GET" else None
    return answered(written, 200, None, callback, known)


def _refused(shelf: Shelf, name: str, problem: CkanProblem) -> Response:
    return answered(failed(shelf.site, name, problem.error), problem.status, problem.headers)


def _params(request: Request, sent: Fields | None, body: bytes) -> Params:
    """Find the parameters where CKAN does: in a form, else in the address, else in a JSON body."""
    if sent:
        found = read.from_form(sent)
    elif request.query_params:
        found = read.from_address(request.query_params)
    else:
        found = read.from_json(body) if body.strip() else {}
    return {name: value for name, value in found.items() if name != "callback"}


async def _form_of(request: Request) -> Fields | None:
    """Read the fields of a form, of either kind; None where the body is none."""
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if request.method != "POST" or kind not in _FORMS:
        return None
    if kind == _FORMS[0]:
        body = (await request.body()).decode("utf-8", "replace")
        return ImmutableMultiDict(parse_qsl(body, keep_blank_values=True))
    form = await request.form(max_files=0)
    items = [(key, value) for key, value in form.multi_items() if isinstance(value, str)]
    return ImmutableMultiDict(items)


def _shelf(request: Request) -> Shelf:
    platform = platform_of(request)
    kept = getattr(request.app.state, "ckan", None)
    if kept is None:
        kept = request.app.state.ckan = Kept(platform)
    site = (platform.settings.public_url or str(request.base_url)).rstrip("/")
    return Shelf(platform, site, language_of(request), kept)
