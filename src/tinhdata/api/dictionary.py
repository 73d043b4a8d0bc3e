"""The shared data dictionary: its elements, what is covered, what is collected twice."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from tinhdata.api.common import Here, PageNumber, PageOut, PageSize, Reader, cut
from tinhdata.api.documents import problems
from tinhdata.dictionary import ColumnName, Element, Share
from tinhdata.vietnam import fold

router = APIRouter(prefix="/dictionary", tags=["registers"])


class ColumnOut(BaseModel):
    """A column of a dataset, by the stable id that survives renames."""

    dataset: str
    column: str

    @classmethod
    def of(cls, at: ColumnName) -> "ColumnOut":
        """Give a column that is linked or could be."""
        return cls(dataset=at.dataset, column=at.column)


class ElementOut(BaseModel):
    """An element in its four parts (QĐ 2439/QĐ-TTg), its layer and block, and since when."""

    code: str
    name: str
    business_definition: str
    technical_definition: str
    management_rules: str
    layer: str = Field(description="One of the eight layers, such as master or transaction.")
    block: str = Field(description="Block of functions.")
    agency: str | None
    official: bool = Field(description="False for what was drafted from contracts.")
    source: str
    valid_from: date
    valid_to: date | None = Field(description="The first day on which it no longer holds.")

    @classmethod
    def of(cls, element: Element) -> "ElementOut":
        """Give an element of the dictionary."""
        return cls(
            code=element.code,
            name=element.name,
            business_definition=element.business,
            technical_definition=element.technical,
            management_rules=element.management,
            layer=element.layer,
            block=element.block,
            agency=element.agency,
            official=element.is_official,
            source=element.source,
            valid_from=element.valid_from,
            valid_to=element.valid_to,
        )


class UsedElementOut(ElementOut):
    """An element with the columns that hold it."""

    columns: list[ColumnOut]


class ShareOut(BaseModel):
    """How many columns are linked, and how many of these to an official element."""

    columns: int
    linked: int
    official: int

    @classmethod
    def of(cls, share: Share) -> "ShareOut":
        """Give a share of columns."""
        return cls(columns=share.columns, linked=share.linked, official=share.official)


class OverlapOut(BaseModel):
    """A figure that several datasets collect about the same things."""

    element: str
    grain: list[str] = Field(description="The elements that the keys of all of them are made of.")
    columns: list[ColumnOut]


class CoverageOut(BaseModel):
    """How far the dictionary reaches."""

    total: ShareOut
    datasets: dict[str, ShareOut]
    unlinked: list[ColumnOut]
    collected_twice: list[OverlapOut]


@router.get("/elements", summary="List the elements", responses=problems(401, 403, 404))
def elements(
    here: Here,
    visit: Reader,
    q: Annotated[str, Query(max_length=200, description="Words, with or without marks.")] = "",
    page: PageNumber = 1,
    limit: PageSize = 100,
) -> PageOut[ElementOut]:
    """List the elements in force, by code."""
    words = fold(q).split()
    found = [
        ElementOut.of(element)
        for element in here.dictionary.elements(visit.actor)
        for text in [fold(f"{element.code} {element.name} {element.business}")]
        if all(word in text for word in words)
    ]
    return cut(found, page, limit)


@router.get("/elements/{code}", summary="Look up an element", responses=problems(401, 403, 404))
def element(here: Here, visit: Reader, code: str) -> UsedElementOut:
    """Give an element with the columns that hold it."""
    found = ElementOut.of(here.dictionary.element(visit.actor, code))
    columns = here.dictionary.uses(visit.actor).get(code, ())
    return UsedElementOut(**found.model_dump(), columns=[ColumnOut.of(at) for at in columns])


@router.get("/coverage", summary="Say what is covered", responses=problems(401, 403, 404))
def coverage(here: Here, visit: Reader) -> CoverageOut:
    """Count the columns of the datasets you may know of that are linked to an element."""
    covered = here.dictionary.coverage(visit.actor)
    return CoverageOut(
        total=ShareOut.of(covered.total),
        datasets={name: ShareOut.of(share) for name, share in covered.by_dataset.items()},
        unlinked=[ColumnOut.of(each.at) for each in covered.unlinked],
        collected_twice=[
            OverlapOut(
                element=each.element,
                grain=list(each.grain),
                columns=[ColumnOut.of(at) for at in each.columns],
            )
            for each in here.dictionary.collected_twice(visit.actor)
        ],
    )
