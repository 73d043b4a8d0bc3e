"""The province's own terms of use, by edition, for people's programs: an ODRL policy with words."""

import json
from datetime import date
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from tinhdata.api.common import Here, Reader, WordsOut, site_of
from tinhdata.api.documents import problems
from tinhdata.api.register_views import DecisionOut
from tinhdata.bootstrap import Platform
from tinhdata.registers import Terms

router = APIRouter(tags=["registers"])

_CONTEXT: list[str | dict[str, str]] = [
    "http://www.w3.org/ns/odrl.jsonld",
    {"cc": "http://creativecommons.org/ns#", "odrl": "http://www.w3.org/ns/odrl/2/"},
]


class ArticleOut(BaseModel):
    """A part of the terms of use."""

    heading: WordsOut
    text: WordsOut


class TermsOut(BaseModel):
    """An edition of the terms of use, as an ODRL policy with its words."""

    context: list[str | dict[str, str]] = Field(serialization_alias="@context")
    id: str = Field(serialization_alias="@id")
    type: str = Field(serialization_alias="@type")
    code: str = Field(description="What contracts name as their licence.")
    version: str
    valid_from: date
    is_in_force: bool
    is_open_licence: Literal[False] = Field(
        description="They forbid to sell the data as it is, so they are no open licence."
    )
    title: WordsOut
    basis: str
    decision: DecisionOut
    permission: list[dict[str, str]]
    obligation: list[dict[str, str]]
    prohibition: list[dict[str, str]]
    articles: list[ArticleOut]
    address: str


@router.get("/terms", summary="List the terms of use", responses=problems(401))
def all_terms(request: Request, here: Here, visit: Reader) -> list[TermsOut]:
    """List every edition of the province's own terms of use, the newest first."""
    return [_terms(here, each, site_of(request, here)) for each in here.registers.terms()]


@router.get(
    "/terms/{version}",
    summary="Look up an edition of the terms of use",
    response_model=TermsOut,
    responses=problems(401, 404),
)
def terms(request: Request, here: Here, visit: Reader, version: str) -> Response:
    """Give an edition with its permissions, duties and prohibitions in the words of ODRL."""
    found = _terms(here, here.registers.terms_of(version), site_of(request, here))
    return JSONResponse(
        json.loads(found.model_dump_json(by_alias=True)), media_type="application/ld+json"
    )


def _terms(here: Platform, found: Terms, site: str) -> TermsOut:
    address = f"{site}/terms/{found.version}"
    return TermsOut(
        context=_CONTEXT,
        id=address,
        type="odrl:Policy",
        code=found.code,
        version=found.version,
        valid_from=found.valid_from,
        is_in_force=here.registers.terms_in_force() == found,
        is_open_licence=False,
        title=WordsOut.of(found.title),
        basis=found.basis,
        decision=DecisionOut.of(found.decision),
        permission=[{"action": action} for action in found.permissions],
        obligation=[{"action": action} for action in found.duties],
        prohibition=[{"action": action} for action in found.prohibitions],
        articles=[
            ArticleOut(heading=WordsOut.of(each.heading), text=WordsOut.of(each.text))
            for each in found.articles
        ],
        address=address,
    )
