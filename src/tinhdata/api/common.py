"""What every route of the interface shares: who asks, pages, texts in two languages."""

from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from tinhdata.bootstrap import Platform
from tinhdata.contracts import Bilingual
from tinhdata.edge.visits import Visit, changing_visit_of, key_visit_of, platform_of

Here = Annotated[Platform, Depends(platform_of)]
Reader = Annotated[Visit, Depends(key_visit_of)]
"""Who reads; anyone may."""
Writer = Annotated[Visit, Depends(changing_visit_of)]
"""Who changes something: a source key, or a person whose session sent its token."""

PageNumber = Annotated[int, Query(ge=1, le=1_000_000, description="Page, from 1.")]
PageSize = Annotated[int, Query(ge=1, le=1_000, description="Items of a page.")]

T = TypeVar("T")


class PageOut(BaseModel, Generic[T]):
    """Some items of a longer list."""

    items: list[T]
    total: int = Field(description="How many items there are in all.")
    page: int
    limit: int


class WordsOut(BaseModel):
    """A text in Vietnamese, and in English where it was given."""

    vi: str
    en: str | None = None

    @classmethod
    def of(cls, text: Bilingual) -> "WordsOut":
        """Give a text of a contract or pack."""
        return cls(vi=text.vi, en=text.en)


def cut(items: list[T], page: int, limit: int) -> PageOut[T]:
    """Give one page of a list that is known whole."""
    first = (page - 1) * limit
    return PageOut(items=items[first : first + limit], total=len(items), page=page, limit=limit)
