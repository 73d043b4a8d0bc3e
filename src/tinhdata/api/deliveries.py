"""Deliveries: files sent for a dataset, how they stand, and the decisions about them."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from tinhdata.access import ActorKind
from tinhdata.api.common import Here, PageNumber, PageOut, PageSize, Reader, Writer
from tinhdata.api.delivery_views import DeliveryLineOut, DeliveryOut, StepOut
from tinhdata.api.documents import UPLOAD, problems
from tinhdata.api.releases import DifferenceOut
from tinhdata.bootstrap import Platform
from tinhdata.contracts import NumberForm
from tinhdata.deliveries import Delivery, State
from tinhdata.edge.uploads import Upload, file_of
from tinhdata.edge.visits import Visit
from tinhdata.intake import ReadingChoice
from tinhdata.warehouse import RowChangeKind

router = APIRouter(tags=["deliveries"])

_NOTE = 1_000
SheetName = Annotated[str, Field(max_length=200)]
_DECIDING = problems(401, 403, 404, 409, 422)


class ChoiceIn(BaseModel):
    """What a person decides about how a file is read; what is left out the platform finds."""

    sheet: str | None = Field(default=None, max_length=200)
    sheets: tuple[SheetName, ...] = Field(
        default=(),
        max_length=1_000,
        description="Several sheets of a workbook or files of an archive; their rows run on.",
    )
    encoding: str | None = Field(default=None, max_length=40)
    crs: str | None = Field(
        default=None,
        max_length=40,
        description="Coordinate system of a layer, such as EPSG:9213; with ` yx` behind it where "
        "x and y are swapped.",
    )
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    first_header_row: int | None = Field(default=None, ge=1, le=1_000)
    header_rows: int | None = Field(default=None, ge=1, le=10)
    mapping: dict[str, int | None] = Field(
        default_factory=dict, description="Column of the dataset -> column of the file, from 0."
    )
    number_forms: dict[str, NumberForm] = Field(default_factory=dict)
    totals_are_data: bool = False
    left_out: tuple[int, ...] = Field(
        default=(), max_length=20_000, description="Columns of a wide table that are not read."
    )
    units: dict[str, str] = Field(
        default_factory=dict,
        description="Column of the dataset -> unit of the file; empty: the dataset's own.",
    )

    def choice(self) -> ReadingChoice:
        """Give the choice as reading takes it."""
        return ReadingChoice(**self.model_dump())


class PublishIn(BaseModel):
    """Why it is published; needed only for a delivery that a rule holds."""

    reason: str = Field(default="", max_length=2_000)


class ApproveIn(BaseModel):
    """A word that goes with the approval."""

    note: str = Field(default="", max_length=2_000)


class ReturnIn(BaseModel):
    """Why it goes back to who sent it."""

    reason: str = Field(min_length=1, max_length=2_000)


def _may_deliver(here: Here, visit: Writer, dataset: str) -> None:
    """Ask before the body is read: nobody fills the disk who may not deliver."""
    here.deliveries.require_deliverable(visit.actor, dataset)


@router.post(
    "/datasets/{dataset}/deliveries",
    summary="Deliver a file",
    status_code=201,
    responses={
        200: {"model": DeliveryOut, "description": "The same bytes came before."},
        **problems(401, 403, 404, 413, 422, 507),
    },
    openapi_extra=UPLOAD,
)
def deliver(
    request: Request,
    response: Response,
    here: Here,
    visit: Writer,
    _may: Annotated[None, Depends(_may_deliver)],
    upload: Annotated[Upload, Depends(file_of)],
    dataset: str,
    filename: Annotated[str, Query(max_length=200, description="What the file is called.")] = "",
    note: Annotated[str, Query(max_length=_NOTE, description="A word to the readers.")] = "",
) -> DeliveryOut:
    """Send a file; its check follows by itself and `GET /deliveries/{id}` says how far it is.

    The same bytes for the same contract, while they are the newest delivery, are the same delivery:
    then the answer is 200 instead of 201, so sending again after a broken line does no harm.
    """
    words = (note or upload.fields.get("note", ""))[:_NOTE].strip()
    received = here.deliveries.receive(
        visit.actor,
        dataset,
        upload.chunks(),
        filename or upload.filename,
        source="api" if visit.actor.kind is ActorKind.SOURCE else "upload",
        note=words or None,
    )
    response.status_code = 201 if received.is_new else 200
    response.headers["Location"] = f"/api/v1/deliveries/{received.delivery.id}"
    return _shown(here, visit, received.delivery)


@router.get("/deliveries", summary="List deliveries", responses=problems(401, 422))
def list_deliveries(
    here: Here,
    visit: Reader,
    dataset: str | None = None,
    state: Annotated[Sequence[State], Query(description="Only these states.")] = (),
    page: PageNumber = 1,
    limit: PageSize = 50,
) -> PageOut[DeliveryLineOut]:
    """List the deliveries that you may see, the newest first."""
    found = here.deliveries.page(
        visit.actor, dataset=dataset, states=state, offset=(page - 1) * limit, limit=limit
    )
    items = [DeliveryLineOut.of(delivery) for delivery in found.items]
    return PageOut(items=items, total=found.total, page=page, limit=limit)


@router.get(
    "/deliveries/{delivery}",
    summary="See how a delivery stands",
    responses=problems(401, 403, 404),
)
def one_delivery(here: Here, visit: Reader, delivery: str) -> DeliveryOut:
    """Give state, progress, the account of every line, and what the checks found."""
    return _shown(here, visit, here.deliveries.get(visit.actor, delivery))


@router.get(
    "/deliveries/{delivery}/history",
    summary="Read a delivery's history",
    responses=problems(401, 403, 404),
)
def history(here: Here, visit: Reader, delivery: str) -> list[StepOut]:
    """Give the steps of its life, the oldest first."""
    steps = here.deliveries.history(visit.actor, delivery)
    return [StepOut.of(step, visit.language) for step in steps]


@router.get(
    "/deliveries/{delivery}/changes",
    summary="See what publishing would change",
    responses=problems(401, 403, 404, 409, 422, 503),
)
def changes(
    here: Here,
    visit: Reader,
    delivery: str,
    kind: RowChangeKind | None = None,
    page: PageNumber = 1,
    limit: PageSize = 100,
) -> DifferenceOut:
    """Give the rows that publishing would insert, delete or update."""
    found = here.deliveries.changes(visit.actor, delivery, kind, (page - 1) * limit, limit)
    return DifferenceOut.of(found, page)


@router.post(
    "/deliveries/{delivery}/choice", summary="Say how the file is read", responses=_DECIDING
)
def choose(here: Here, visit: Writer, delivery: str, choice: ChoiceIn) -> DeliveryOut:
    """Have the file read as you say. A file that was checked before becomes a new delivery."""
    chosen = here.deliveries.choose(visit.actor, delivery, choice.choice())
    return _shown(here, visit, chosen)


@router.delete(
    "/deliveries/{delivery}/remembered-reading",
    summary="Forget how such files are read",
    status_code=204,
    responses=_DECIDING,
)
def forget_reading(here: Here, visit: Writer, delivery: str) -> None:
    """Forget the choice that this delivery taught or was read by; the next file is read afresh."""
    here.deliveries.forget_reading(visit.actor, delivery)


@router.post("/deliveries/{delivery}/retry", summary="Try again", responses=_DECIDING)
def retry(here: Here, visit: Writer, delivery: str) -> DeliveryOut:
    """Go on with a delivery that broke down, or check one again under today's contract."""
    return _shown(here, visit, here.deliveries.retry(visit.actor, delivery))


@router.post("/deliveries/{delivery}/publication", summary="Publish", responses=_DECIDING)
def publish(here: Here, visit: Writer, delivery: str, why: PublishIn) -> DeliveryOut:
    """Publish a checked delivery, or ask the second person where the contract wants one."""
    return _shown(here, visit, here.deliveries.publish(visit.actor, delivery, why.reason))


@router.post("/deliveries/{delivery}/approval", summary="Approve", responses=_DECIDING)
def approve(here: Here, visit: Writer, delivery: str, word: ApproveIn) -> DeliveryOut:
    """Confirm, as the second person, that the delivery is published."""
    return _shown(here, visit, here.deliveries.approve(visit.actor, delivery, word.note))


@router.post(
    "/deliveries/{delivery}/return", summary="Return the whole delivery", responses=_DECIDING
)
def return_delivery(here: Here, visit: Writer, delivery: str, why: ReturnIn) -> DeliveryOut:
    """Send the delivery back with all that waits of it."""
    returned = here.deliveries.return_delivery(visit.actor, delivery, why.reason)
    return _shown(here, visit, returned)


def _shown(here: Platform, visit: Visit, delivery: Delivery) -> DeliveryOut:
    work = here.work.status(delivery.work) if delivery.work else None
    may = here.deliveries.may(visit.actor, delivery)
    before = here.deliveries.read_as_before(visit.actor, delivery.id)
    return DeliveryOut.full(delivery, work, may, visit.language, before)
