"""Harvesting: portals whose catalogues are read, their runs, and the datasets known of them."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from tinhdata.api.common import Here, PageNumber, PageOut, PageSize, Reader, WordsOut, Writer, cut
from tinhdata.api.documents import problems
from tinhdata.edge.language import say
from tinhdata.harvest import (
    HarvestKind,
    HarvestRun,
    HarvestState,
    KnownEntry,
    Portal,
    PortalView,
)

router = APIRouter(tags=["harvest"])


class HarvestRunOut(BaseModel):
    """One walk through a portal's catalogue."""

    id: str
    state: HarvestState
    started_at: datetime
    ended_at: datetime | None
    pages: int
    added: int
    changed: int
    unchanged: int
    gone: int
    skipped: int = Field(description="Records that could not be read; known ones stay.")
    problem: str | None

    @classmethod
    def of(cls, run: HarvestRun, language: str) -> "HarvestRunOut":
        """Give a run as the interface shows it."""
        counts = run.counts
        return cls(
            id=run.id,
            state=run.state,
            started_at=run.started_at,
            ended_at=run.ended_at,
            pages=run.pages,
            added=counts.added,
            changed=counts.changed,
            unchanged=counts.unchanged,
            gone=counts.gone,
            skipped=counts.skipped,
            problem=None if run.problem is None else say(run.problem, language),
        )


class HarvestPortalOut(BaseModel):
    """A portal that is harvested, as it stands."""

    id: str
    kind: HarvestKind
    url: str
    title: str
    every_hours: float
    enabled: bool
    entries: int = Field(description="Datasets of it that are there today.")
    next_due: datetime | None
    last_run: HarvestRunOut | None

    @classmethod
    def of(cls, view: PortalView, language: str) -> "HarvestPortalOut":
        """Give a portal with its last run."""
        portal = view.portal
        return cls(
            id=portal.id,
            kind=portal.kind,
            url=portal.url,
            title=portal.title,
            every_hours=portal.every.total_seconds() / 3600,
            enabled=portal.enabled,
            entries=view.entries,
            next_due=view.next_due,
            last_run=HarvestRunOut.of(view.last_run, language) if view.last_run else None,
        )


class HarvestPortalIn(BaseModel):
    """A portal to harvest."""

    id: str = Field(min_length=1, max_length=60, examples=["cong-quoc-gia"])
    kind: HarvestKind
    url: str = Field(min_length=8, max_length=2_000)
    title: str = Field(min_length=1, max_length=300)
    every_hours: float = Field(default=24, ge=0.25, le=2160)


class ExternalFileOut(BaseModel):
    """A file elsewhere."""

    url: str
    title: str
    format: str
    media_type: str
    licence: str


class ExternalOut(BaseModel):
    """A dataset of another portal: what is said of it, and where it lies; no rows."""

    id: str
    portal: str
    identifier: str
    title: WordsOut
    description: WordsOut
    publisher: str
    contact: str
    licence: str
    landing_page: str
    keywords: list[str]
    files: list[ExternalFileOut]
    issued: str
    modified: str
    changed_at: datetime = Field(description="When we saw it change.")
    gone_at: datetime | None = Field(description="When it was gone at its portal.")

    @classmethod
    def of(cls, known: KnownEntry) -> "ExternalOut":
        """Give an entry."""
        entry = known.entry
        return cls(
            id=entry.id,
            portal=entry.portal,
            identifier=entry.identifier,
            title=WordsOut.of(entry.title),
            description=WordsOut.of(entry.description),
            publisher=entry.publisher,
            contact=entry.contact,
            licence=entry.licence,
            landing_page=entry.landing_page,
            keywords=list(entry.keywords),
            files=[
                ExternalFileOut(
                    url=file.url,
                    title=file.title,
                    format=file.format,
                    media_type=file.media_type,
                    licence=file.licence,
                )
                for file in entry.files
            ],
            issued=entry.issued,
            modified=entry.modified,
            changed_at=known.changed_at,
            gone_at=known.gone_at,
        )


@router.get("/external", summary="List datasets of other portals", responses=problems(401, 422))
def external(
    here: Here,
    visit: Reader,
    q: Annotated[str, Query(max_length=300, description="Words, with or without marks.")] = "",
    portal: Annotated[str | None, Query(description="Only those of one portal.")] = None,
    page: PageNumber = 1,
    limit: PageSize = 50,
) -> PageOut[ExternalOut]:
    """List what other portals have, as far as it was harvested; their rows lie there."""
    found = [e for e in here.harvest.entries(q) if portal in (None, e.entry.portal)]
    return cut([ExternalOut.of(each) for each in found], page, limit)


@router.get(
    "/external/{entry}", summary="Look up a dataset of another portal", responses=problems(401, 404)
)
def external_entry(here: Here, visit: Reader, entry: str) -> ExternalOut:
    """Give what is known of a dataset elsewhere, also where it is gone there."""
    return ExternalOut.of(here.harvest.entry(entry))


@router.get("/harvest", summary="List harvested portals", responses=problems(401, 403))
def portals(here: Here, visit: Reader) -> list[HarvestPortalOut]:
    """List the portals that are harvested, with their last run (operator)."""
    return [HarvestPortalOut.of(view, visit.language) for view in here.harvest.list(visit.actor)]


@router.post(
    "/harvest",
    summary="Harvest a portal",
    status_code=201,
    responses=problems(401, 403, 422),
)
def add(here: Here, visit: Writer, wanted: HarvestPortalIn) -> HarvestPortalOut:
    """Declare a portal to harvest, or another address or rhythm of it (operator)."""
    portal = Portal(
        wanted.id, wanted.kind, wanted.url, wanted.title, timedelta(hours=wanted.every_hours)
    )
    here.harvest.add(visit.actor, portal)
    return HarvestPortalOut.of(here.harvest.get(visit.actor, portal.id), visit.language)


@router.get(
    "/harvest/{portal}", summary="Look up a harvested portal", responses=problems(401, 403, 404)
)
def one(here: Here, visit: Reader, portal: str) -> HarvestPortalOut:
    """Give a harvested portal as it stands (operator)."""
    return HarvestPortalOut.of(here.harvest.get(visit.actor, portal), visit.language)


@router.get(
    "/harvest/{portal}/runs",
    summary="List the harvests of a portal",
    responses=problems(401, 403, 404),
)
def runs(
    here: Here, visit: Reader, portal: str, page: PageNumber = 1, limit: PageSize = 50
) -> PageOut[HarvestRunOut]:
    """Give the walks through a portal, the newest first, with what each changed (operator)."""
    found = here.harvest.runs(visit.actor, portal, (page - 1) * limit, limit)
    items = [HarvestRunOut.of(run, visit.language) for run in found.items]
    return PageOut(items=items, total=found.total, page=page, limit=limit)


@router.post(
    "/harvest/{portal}/runs",
    summary="Harvest a portal now",
    status_code=202,
    responses=problems(401, 403, 404),
)
def start(here: Here, visit: Writer, portal: str) -> HarvestRunOut:
    """Have a portal walked through now (operator)."""
    return HarvestRunOut.of(here.harvest.start(visit.actor, portal), visit.language)
