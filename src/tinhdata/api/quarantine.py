"""Rows that wait: listed with every reason, mended, corrected, waived, returned."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from tinhdata.api.common import Here, PageNumber, PageOut, PageSize, Reader, Writer
from tinhdata.api.delivery_views import DeliveryLineOut
from tinhdata.api.documents import UPLOAD, files, problems
from tinhdata.edge.files import MEDIA_TYPES, FileFormat
from tinhdata.edge.language import say
from tinhdata.edge.uploads import Upload, file_of, temporary_folder
from tinhdata.quality import (
    CellMend,
    ItemKind,
    ItemQuery,
    ItemState,
    QuarantinedItem,
    Reason,
)

router = APIRouter(prefix="/deliveries/{delivery}", tags=["quarantine"])

_READING = problems(401, 403, 404, 422)
_DECIDING = problems(401, 403, 404, 409, 422)
_MOST_MENDS = 10_000
ItemNumber = Annotated[int, Field(ge=1, le=1_000_000_000)]


class ReasonOut(BaseModel):
    """Why an item waits, in words, and how to mend it."""

    rule: str
    columns: list[str]
    text: str
    fix: str | None

    @classmethod
    def of(cls, reason: Reason, language: str) -> "ReasonOut":
        """Give a reason in `language`."""
        return cls(
            rule=reason.rule,
            columns=list(reason.columns),
            text=say(reason.text, language),
            fix=None if reason.fix is None else say(reason.fix, language),
        )


class ItemOut(BaseModel):
    """A row, or a line that never became one, that waits or waited."""

    item: int
    kind: ItemKind
    state: ItemState
    record: int | None
    first: int = Field(description="First line of the delivery, from 1, over all its parts.")
    last: int
    part: str | None = Field(description="The sheet or file, in a delivery of several.")
    line: int = Field(description="First line within that part, from 1.")
    cells: dict[str, str | None] = Field(description="The cells as they came.")
    mends: dict[str, str | None] = Field(description="Cells that were changed since.")
    raw: str | None
    reasons: list[ReasonOut]
    release: str | None = Field(description="The release that holds the row now.")

    @classmethod
    def of(cls, item: QuarantinedItem, language: str) -> "ItemOut":
        """Give an item as its reader may see it."""
        return cls(
            item=item.item,
            kind=item.kind,
            state=item.state,
            record=item.record,
            first=item.first,
            last=item.last,
            part=item.part,
            line=item.place.first,
            cells=dict(item.cells),
            mends={column: mend.new_value for column, mend in item.mends.items()},
            raw=item.raw,
            reasons=[ReasonOut.of(reason, language) for reason in item.reasons],
            release=item.decision.release if item.decision else None,
        )


class ShareOut(BaseModel):
    """How many items a rule holds."""

    rule: str
    items: int


class MendIn(BaseModel):
    """What a cell shall say; null empties it."""

    item: ItemNumber
    column: str = Field(max_length=200)
    value: str | None = Field(max_length=40_000)


class MendsIn(BaseModel):
    """Cells to change."""

    mends: list[MendIn] = Field(min_length=1, max_length=_MOST_MENDS)


class MendedOut(BaseModel):
    """How many cells changed."""

    changed: int


class CheckedOut(BaseModel):
    """How the mended rows stand: those that pass now, and why others do not."""

    passing: list[int]
    failing: dict[int, list[ReasonOut]]


class ItemsIn(BaseModel):
    """Items of the delivery; none means all of them that are possible."""

    items: list[ItemNumber] = Field(default_factory=list, max_length=_MOST_MENDS)


class WaiveIn(BaseModel):
    """Rows to be released although they fail rules, and why that may be."""

    items: list[ItemNumber] = Field(min_length=1, max_length=_MOST_MENDS)
    reason: str = Field(min_length=1, max_length=2_000)
    legal_basis: str = Field(min_length=1, max_length=500)


class ReturnItemsIn(ItemsIn):
    """Rows that go back to who sent them, none for all open ones, and why."""

    reason: str = Field(min_length=1, max_length=2_000)


class ReturnedOut(BaseModel):
    """How many items were returned."""

    returned: int


States = Annotated[Sequence[ItemState], Query(description="Only these states.")]


@router.get("/rules", summary="Count waiting rows by rule", responses=_READING)
def shares(here: Here, visit: Reader, delivery: str) -> list[ShareOut]:
    """Give how many items each rule holds, the most first."""
    found = here.deliveries.shares(visit.actor, delivery)
    return [ShareOut(rule=share.rule, items=share.items) for share in found]


@router.get("/items", summary="List waiting rows", responses=_READING)
def items(
    here: Here,
    visit: Reader,
    delivery: str,
    state: States = (),
    rule: str | None = None,
    column: str | None = None,
    kind: ItemKind | None = None,
    page: PageNumber = 1,
    limit: PageSize = 50,
) -> PageOut[ItemOut]:
    """List the rows and lines that wait or waited, with every reason."""
    query = ItemQuery(frozenset(state), rule, column, kind, None, (page - 1) * limit, limit)
    found = here.deliveries.items(visit.actor, delivery, query, visit.language)
    shown = [ItemOut.of(item, visit.language) for item in found.items]
    return PageOut(items=shown, total=found.total, page=page, limit=limit)


@router.get(
    "/items.xlsx",
    summary="Export waiting rows as a workbook",
    response_class=Response,
    responses=files("The rows with every reason.", MEDIA_TYPES[FileFormat.XLSX]) | _READING,
)
def export(
    request: Request,
    here: Here,
    visit: Reader,
    delivery: str,
    state: States = (),
    rule: str | None = None,
    column: str | None = None,
) -> Response:
    """Give just the waiting rows as a workbook; corrected, it can be sent back."""
    query = ItemQuery(frozenset(state or (ItemState.OPEN,)), rule, column)
    with temporary_folder(request) as folder:
        path = Path(folder) / "items.xlsx"
        here.deliveries.export(
            visit.actor,
            delivery,
            query,
            path,
            lambda text: say(text, visit.language),
            visit.language,
        )
        content = path.read_bytes()
    headers = {"Content-Disposition": f'attachment; filename="{delivery}-items.xlsx"'}
    return Response(content, media_type=MEDIA_TYPES[FileFormat.XLSX], headers=headers)


@router.patch("/items", summary="Mend cells", responses=_DECIDING)
def mend(here: Here, visit: Writer, delivery: str, changes: MendsIn) -> MendedOut:
    """Keep new values for cells of open rows, with old value and author."""
    mends = [CellMend(each.item, each.column, each.value) for each in changes.mends]
    return MendedOut(changed=here.deliveries.mend(visit.actor, delivery, mends))


@router.get("/items/mended", summary="Check the mended rows", responses=_READING)
def mended(here: Here, visit: Reader, delivery: str) -> CheckedOut:
    """Say which mended rows would pass now, and why the others would not."""
    found = here.deliveries.mended(visit.actor, delivery, visit.language)
    return CheckedOut(
        passing=list(found.passing),
        failing={
            item: [ReasonOut.of(reason, visit.language) for reason in reasons]
            for item, reasons in found.failing.items()
        },
    )


@router.post(
    "/items/workbook",
    summary="Send back the corrected workbook",
    responses=problems(401, 403, 404, 409, 413, 422),
    openapi_extra=UPLOAD,
)
def upload_mends(
    request: Request,
    here: Here,
    visit: Writer,
    upload: Annotated[Upload, Depends(file_of)],
    delivery: str,
) -> MendedOut:
    """Take the cells that were changed in an exported workbook as mends."""
    with temporary_folder(request) as folder:
        path = Path(folder) / "mended.xlsx"
        upload.copy_to(path)
        return MendedOut(changed=here.deliveries.upload_mends(visit.actor, delivery, path))


@router.post("/corrections", summary="Release mended rows", status_code=201, responses=_DECIDING)
def correct(here: Here, visit: Writer, delivery: str, chosen: ItemsIn) -> DeliveryLineOut:
    """Make a correction of mended rows of a published delivery; it is checked and published."""
    made = here.deliveries.correct(visit.actor, delivery, chosen.items)
    return DeliveryLineOut.of(made)


@router.post("/waivers", summary="Waive rules for rows", status_code=201, responses=_DECIDING)
def waive(here: Here, visit: Writer, delivery: str, chosen: WaiveIn) -> DeliveryLineOut:
    """Release rows although they fail rules, with the reason and the legal basis."""
    made = here.deliveries.waive(
        visit.actor, delivery, chosen.items, chosen.reason, chosen.legal_basis
    )
    return DeliveryLineOut.of(made)


@router.post("/returns", summary="Return rows", responses=_DECIDING)
def return_items(here: Here, visit: Writer, delivery: str, chosen: ReturnItemsIn) -> ReturnedOut:
    """Send waiting rows back to who delivered them."""
    count = here.deliveries.return_items(visit.actor, delivery, chosen.items, chosen.reason)
    return ReturnedOut(returned=count)
