"""Releases: the versions of a dataset, what differs between two, withdrawal."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.datastructures import QueryParams

from tinhdata.api.common import Here, PageNumber, PageSize, Reader, Writer
from tinhdata.api.documents import problems
from tinhdata.api.rows import CellOut
from tinhdata.edge.plain import bare
from tinhdata.edge.rows import open_comparison, release_of
from tinhdata.warehouse import (
    ChangeCounts,
    Difference,
    Release,
    ReleaseState,
    RowChange,
    RowChangeKind,
)

router = APIRouter(prefix="/datasets/{dataset}", tags=["releases"])


class CountsOut(BaseModel):
    """Rows by key: rows = base + inserted - deleted; base = deleted + updated + unchanged."""

    base: int
    inserted: int
    deleted: int
    updated: int
    unchanged: int
    rows: int

    @classmethod
    def of(cls, counts: ChangeCounts) -> "CountsOut":
        """Give the counts of a release or comparison."""
        return cls(
            base=counts.base,
            inserted=counts.inserted,
            deleted=counts.deleted,
            updated=counts.updated,
            unchanged=counts.unchanged,
            rows=counts.rows,
        )


class WithdrawalOut(BaseModel):
    """Why a release is served no more."""

    at: datetime
    reason: str
    legal_basis: str


class ReleaseOut(BaseModel):
    """An immutable version of a dataset."""

    id: str
    dataset: str
    number: int
    kind: str = Field(description="delivery, or correction of rows that waited.")
    state: ReleaseState
    rows: int
    counts: CountsOut
    published_at: datetime
    contract_hash: str
    content_hash: str = Field(description="SHA-256 over the files that it holds.")
    delivery: str
    withdrawal: WithdrawalOut | None

    @classmethod
    def of(cls, release: Release) -> "ReleaseOut":
        """Give a release as the interface shows it; people stay unnamed."""
        gone = release.withdrawal
        return cls(
            id=release.id,
            dataset=release.dataset,
            number=release.number,
            kind=release.kind.value,
            state=release.state,
            rows=release.rows,
            counts=CountsOut.of(release.counts),
            published_at=release.published_at,
            contract_hash=release.contract_hash,
            content_hash=release.content_hash,
            delivery=release.delivery_id,
            withdrawal=gone
            and WithdrawalOut(at=gone.at, reason=gone.reason, legal_basis=gone.legal_basis),
        )


class CellChangeOut(BaseModel):
    """A cell before and after."""

    column: str
    old: CellOut
    new: CellOut


class RowChangeOut(BaseModel):
    """A row that differs, by its key."""

    kind: RowChangeKind
    key: dict[str, CellOut]
    cells: list[CellChangeOut]


class DifferenceOut(BaseModel):
    """What differs between two states of a dataset."""

    counts: CountsOut
    rows: list[RowChangeOut]
    total: int
    page: int
    limit: int

    @classmethod
    def of(cls, difference: Difference, page: int) -> "DifferenceOut":
        """Give a comparison as the interface shows it."""
        return cls(
            counts=CountsOut.of(difference.counts),
            rows=[_row(row, difference.key) for row in difference.rows],
            total=difference.total,
            page=page,
            limit=difference.limit,
        )


class WithdrawalIn(BaseModel):
    """Why a release is to be served no more."""

    reason: str = Field(min_length=1, max_length=2_000, examples=["Công bố nhầm bản nháp."])
    legal_basis: str = Field(min_length=1, max_length=500)
    with_later: bool = Field(
        default=False, description="Also withdraw later releases that hold its rows."
    )


@router.get("/releases", summary="List the releases", responses=problems(401, 404))
def releases(here: Here, visit: Reader, dataset: str) -> list[ReleaseOut]:
    """Give every release of a dataset, the newest first, withdrawn ones with their reason."""
    here.catalogue.record(dataset, visit.actor)
    return [ReleaseOut.of(release) for release in here.warehouse.releases(dataset)]


@router.get("/releases/{number}", summary="Look up a release", responses=problems(401, 404, 422))
def release(here: Here, visit: Reader, dataset: str, number: int) -> ReleaseOut:
    """Give one release, withdrawn or not."""
    here.catalogue.record(dataset, visit.actor)
    return ReleaseOut.of(release_of(here, dataset, _numbered(number)))


@router.get(
    "/diff",
    summary="Compare two releases row by row",
    responses=problems(400, 401, 403, 404, 410, 422, 503),
)
def diff(
    here: Here,
    visit: Reader,
    dataset: str,
    old: Annotated[int, Query(alias="from", description="Number of the earlier release.")],
    new: Annotated[int, Query(alias="to", description="Number of the later release.")],
    kind: RowChangeKind | None = None,
    page: PageNumber = 1,
    limit: PageSize = 100,
) -> DifferenceOut:
    """Give the rows that were inserted, deleted or updated between two releases, by key."""
    here.catalogue.record(dataset, visit.actor)
    earlier, later = (release_of(here, dataset, _numbered(number)) for number in (old, new))
    opened = open_comparison(here, visit.actor, earlier, later, "comparison")
    difference = here.warehouse.diff(
        opened.permit, earlier.id, later.id, kind, (page - 1) * limit, limit
    )
    return DifferenceOut.of(difference, page)


@router.post(
    "/releases/{number}/withdrawal",
    summary="Withdraw a release",
    status_code=201,
    responses=problems(401, 403, 404, 409, 422, 503),
)
def withdraw(
    here: Here, visit: Writer, dataset: str, number: int, why: WithdrawalIn
) -> list[ReleaseOut]:
    """Serve a release no more, at once; give all that were withdrawn, the newest first."""
    here.catalogue.record(dataset, visit.actor)
    found = release_of(here, dataset, _numbered(number))
    gone = here.deliveries.withdraw(
        visit.actor, found.id, why.reason, why.legal_basis, with_later=why.with_later
    )
    return [ReleaseOut.of(each) for each in gone]


def _numbered(number: int) -> QueryParams:
    return QueryParams({"release": str(number)})


def _row(row: RowChange, key: tuple[str, ...]) -> RowChangeOut:
    return RowChangeOut(
        kind=row.kind,
        key={name: bare(value) for name, value in zip(key, row.key, strict=True)},
        cells=[
            CellChangeOut(column=cell.column, old=bare(cell.old), new=bare(cell.new))
            for cell in row.cells
        ],
    )
