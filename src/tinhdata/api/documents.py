"""How the interface describes itself: problems of each route, and one self-contained document."""

import json
from importlib.metadata import version
from typing import TypeAlias

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict, Field

from tinhdata.edge.problems import PROBLEM_JSON, TITLES
from tinhdata.kernel import JSON

Responses: TypeAlias = dict[int | str, dict[str, object]]


class FindingOut(BaseModel):
    """What is wrong at one place of a contract."""

    where: str = Field(description="File and line.", examples=["contract.yaml:14"])
    detail: str
    fix: str | None = None


class ProblemOut(BaseModel):
    """What went wrong and how to mend it (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:tinhdata:problem:no-release",
                    "title": "Not found",
                    "status": 404,
                    "detail": "The dataset has no release yet.",
                    "code": "no-release",
                    "fix": "Come back later; its page says when it is to be updated.",
                }
            ]
        }
    )

    type: str = Field(description="A stable name of the kind of problem.")
    title: str = Field(description="The kind in a few words, in the reader's language.")
    status: int
    detail: str = Field(description="What happened, in the reader's language.")
    code: str = Field(description="The stable code that programs decide by.")
    fix: str | None = Field(default=None, description="What to do about it.")
    where: str | None = Field(default=None, description="The parameter, file or line concerned.")
    incident: str | None = Field(default=None, description="Number to give the operator.")
    findings: list[FindingOut] | None = None


def problems(*statuses: int) -> Responses:
    """Document that a route answers `statuses` with a problem document; 500 always may happen."""
    return {status: _failure(status) for status in sorted({*statuses, 500})}


def _failure(status: int) -> dict[str, object]:
    schema = {"$ref": "#/components/schemas/ProblemOut"}
    return {
        "description": str(TITLES[status]),
        "content": {PROBLEM_JSON: {"schema": schema}},
    }


def files(description: str, *media_types: str) -> Responses:
    """Document that a route answers 200 with a file."""
    content: dict[str, object] = {
        media: {"schema": {"type": "string", "format": "binary"}} for media in media_types
    }
    return {200: {"description": description, "content": content}}


UPLOAD: dict[str, object] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "note": {"type": "string"},
                    },
                }
            },
        },
    }
}
"""The body of routes that take a file: its bytes, or a form with the part `file`."""

TAGS = [
    {"name": "datasets", "description": "What there is: search, records, contracts, dictionaries."},
    {"name": "rows", "description": "Rows of releases: pages and files, filtered and sorted."},
    {"name": "releases", "description": "Immutable versions of a dataset, and what differs."},
    {"name": "deliveries", "description": "Files sent for a dataset, from bytes to release."},
    {"name": "quarantine", "description": "Rows that wait with every reason, and their mending."},
    {"name": "contracts", "description": "Data contracts: proposed, approved, active."},
    {"name": "sources", "description": "Places from which data is fetched in a rhythm."},
    {"name": "harvest", "description": "Other portals, and what they say of their datasets."},
    {"name": "feedback", "description": "Reports, requests, reuses, questions; following data."},
    {"name": "registers", "description": "Agencies, registers, terms of use, the dictionary."},
    {"name": "statistics", "description": "How much datasets are used, without people."},
    {"name": "access", "description": "Who you are, and the keys of programs that deliver."},
]

_ABOUT = """\
Open data is read without any key. A program that delivers sends its source key in
`Authorization: Bearer ...`. A person's browser sends the cookie of its session; whatever changes
something then needs the session's token in the header `X-CSRF-Token` (see `GET /api/v1/me`).

Problems come as `application/problem+json` with a stable `code`, what happened, and how to mend
it, in the language of `Accept-Language` (`vi` or `en`).

Each address and each key has a budget of requests; `RateLimit` says what is left, and 429 with
`Retry-After` when to come again.

Rows are filtered in the address: `q=words` searches without regard to case and diacritics,
`f.<column>=value` by a column, `f.<column>.from=` and `f.<column>.to=` by a range, `sort=a,-b`
sorts, `page=2` turns the page, `release=3` and `as_of=2025-07-01` choose an earlier version.
"""


def description(app: FastAPI) -> dict[str, JSON]:
    """Give the OpenAPI document of `app`, made once; it refers to nothing outside of itself."""
    kept = getattr(app.state, "openapi", None)
    if kept is None:
        kept = _described(app)
        app.state.openapi = kept
    described: dict[str, JSON] = kept
    return described


def _described(app: FastAPI) -> dict[str, JSON]:
    document = get_openapi(
        title="tinhdata",
        version=version("tinhdata"),
        description=_ABOUT,
        routes=app.routes,
        tags=TAGS,
        servers=[{"url": "/"}],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    for path in document["paths"].values():
        for method, operation in path.items():
            if method == "get":
                # Whoever reads may have spent what is granted at once.
                operation["responses"]["429"] = _failure(429)
            # FastAPI documents its own form of what does not validate; ours is the answer.
            if "422" in operation["responses"]:
                operation["responses"]["422"] = _failure(422)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["ProblemOut"] = problem
    components["securitySchemes"] = {
        "sourceKey": {"type": "http", "scheme": "bearer", "description": "A source key."},
        "session": {"type": "apiKey", "in": "cookie", "name": "tinhdata_session"},
    }
    # Through JSON and back, so that what is served is exactly what was checked.
    described: dict[str, JSON] = json.loads(json.dumps(document))
    return described
