"""What every route of the interface shares: who asks, pages, texts in two languages."""

from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from tinhdata.bootstrap import Platform
from tinhdata.contracts import Bilingual
from tinhdata.edge.visits import (
    SESSION_COOKIE,
    Visit,
    changing_visit_of,
    key_visit_of,
    platform_of,
    speaking_visit_of,
)


async def here(request: Request) -> Platform:
    """Give the platform; asynchronous, so that no thread has to be found for so little."""
    return platform_of(request)


async def reader(request: Request) -> Visit:
    """Say who reads; only someone who shows a key or a session is looked up, in a thread."""
    if request.headers.get("Authorization") is None and not request.cookies.get(SESSION_COOKIE):
        return key_visit_of(request)
    return await run_in_threadpool(key_visit_of, request)


Here = Annotated[Platform, Depends(here)]
Reader = Annotated[Visit, Depends(reader)]
"""Who reads; anyone may."""
Writer = Annotated[Visit, Depends(changing_visit_of)]
"""Who changes something: a source key, or a person whose session sent its token."""
Speaker = Annotated[Visit, Depends(speaking_visit_of)]
"""Who tells something: anyone, but from no page of another site."""

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


def site_of(request: Request, here: Platform) -> str:
    """Give the address under which people reach the portal, without a slash at its end."""
    return (here.settings.public_url or str(request.base_url)).rstrip("/")


def cut(items: list[T], page: int, limit: int) -> PageOut[T]:
    """Give one page of a list that is known whole."""
    first = (page - 1) * limit
    return PageOut(items=items[first : first + limit], total=len(items), page=page, limit=limit)
