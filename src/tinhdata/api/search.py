"""Search in the catalogue: parameters of an address -> a question, and what is suggested."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from tinhdata.api.common import Here, Reader, WordsOut
from tinhdata.api.documents import problems
from tinhdata.catalogue import (
    LONGEST_QUESTION,
    Area,
    FacetName,
    FoundPage,
    Hit,
    Origin,
    Quality,
    ReadingKind,
    SuggestionKind,
    Timeliness,
    UpdateAge,
)
from tinhdata.contracts import AccessLevel
from tinhdata.edge.searching import MOST_VALUES, PARAMETERS

router = APIRouter(tags=["datasets"])


class Filters(BaseModel):
    """What a list of datasets is narrowed by; the values of one parameter are alternatives."""

    agency: list[str] = Field([], max_length=MOST_VALUES, description="Codes of the owners.")
    sector: list[str] = Field([], max_length=MOST_VALUES, description="Topics, by code.")
    database: list[str] = Field([], max_length=MOST_VALUES)
    access_level: list[AccessLevel] = Field([], max_length=MOST_VALUES)
    format: list[str] = Field([], max_length=MOST_VALUES, description="Endings, such as csv.")
    updated: list[UpdateAge] = Field([], description="How long ago, the nearest that fits.")
    freshness: list[Timeliness] = []
    quality: list[Quality] = []
    area: list[Area] = []
    year: list[int] = Field([], max_length=MOST_VALUES, description="Years the rows are about.")
    origin: list[Origin] = []
    tag: list[str] = Field([], max_length=MOST_VALUES)
    licence: list[str] = Field([], max_length=MOST_VALUES)

    def chosen(self) -> dict[FacetName, tuple[str, ...]]:
        """Give the filters as the catalogue takes them."""
        return {
            name: tuple(map(str, values))
            for name in FacetName
            if (values := getattr(self, PARAMETERS[name]))
        }


class FacetValueOut(BaseModel):
    """A value of a facet, and how many datasets there are with it."""

    value: str
    count: int


class PieceOut(BaseModel):
    """A bit of a text; `found` where it is one of the words searched for."""

    text: str
    found: bool


class MatchOut(BaseModel):
    """Why a dataset was found."""

    place: str = Field(description="name, columns, values, tags, topic, agency, description, area")
    column: WordsOut | None = Field(description="The heading of the column, where it is one.")
    snippet: list[PieceOut]


class ReadingOut(BaseModel):
    """What words of the question were understood as."""

    kind: ReadingKind
    written: str
    meant: list[str]


class SuggestionOut(BaseModel):
    """What someone may mean who types."""

    kind: SuggestionKind
    key: str = Field(description="Id of the dataset; code of the agency, topic or unit.")
    text: WordsOut
    count: int | None = Field(description="Datasets of the agency or topic.")
    now: str | None = Field(description="What a former place is called today.")


@router.get("/suggestions", summary="Suggest while someone types", responses=problems(401, 422))
def suggestions(
    here: Here,
    visit: Reader,
    q: Annotated[str, Query(max_length=LONGEST_QUESTION, description="What is typed so far.")],
) -> list[SuggestionOut]:
    """Give datasets, agencies, topics and places that may be meant, the likeliest first."""
    return [
        SuggestionOut(
            kind=each.kind,
            key=each.key,
            text=WordsOut.of(each.text),
            count=each.count,
            now=each.now,
        )
        for each in here.catalogue.suggest(q, visit.actor)
    ]


def matches_of(hit: Hit) -> list[MatchOut]:
    """Give why a dataset was found."""
    return [
        MatchOut(
            place=match.place.value,
            column=WordsOut.of(match.label) if match.label.vi else None,
            snippet=[PieceOut(text=piece.text, found=piece.found) for piece in match.snippet],
        )
        for match in hit.matches
    ]


def readings_of(found: FoundPage) -> list[ReadingOut]:
    """Give what words were understood as."""
    return [
        ReadingOut(kind=each.kind, written=each.written, meant=list(each.meant))
        for each in found.readings
    ]


def facets_of(found: FoundPage) -> dict[str, list[FacetValueOut]]:
    """Give the counts, each facet under the name of its parameter."""
    return {
        PARAMETERS[name]: [FacetValueOut(value=each.value, count=each.count) for each in counts]
        for name, counts in found.facets.items()
    }
