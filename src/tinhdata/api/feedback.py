"""The closed loop for programs: report, ask, show, vote; and answer, for the agency concerned."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from tinhdata.api.common import Here, PageNumber, PageOut, PageSize, Reader, Speaker, Writer
from tinhdata.api.documents import problems
from tinhdata.bootstrap import Platform
from tinhdata.edge.feedback import (
    Pointing,
    is_readable,
    item_for,
    pointed,
    submit,
    unknown_datasets,
)
from tinhdata.edge.feedback import vote as count_vote
from tinhdata.edge.visits import Visit
from tinhdata.feedback import PUBLIC, Item, ItemInvalid, Kind, NewItem, Place, State
from tinhdata.kernel import t

router = APIRouter(prefix="/feedback", tags=["feedback"])

_LONGEST = 20_000
"""Longer texts are not even read; what is taken is shorter, and said by the refusal."""
Line = Annotated[str, Field(max_length=2_000)]


class PlaceIn(BaseModel):
    """A column, or a cell of the row with `key`, as one release has it."""

    column: Line | None = Field(default=None, description="Name of a column.")
    key: dict[str, Line] = Field(
        default_factory=dict, description="Value of each column of the key; all or none."
    )
    release: int | None = Field(default=None, ge=1, description="Without it the current one.")


class FeedbackIn(BaseModel):
    """What somebody reports, asks for, asks or shows."""

    kind: Kind = Field(description="report, request, reuse or question.")
    title: str = Field(max_length=_LONGEST, examples=["Dân số ghi thiếu một chữ số"])
    text: str = Field(max_length=_LONGEST)
    datasets: list[Line] = Field(
        default_factory=list, max_length=50, description="One for a report or question."
    )
    place: PlaceIn | None = Field(default=None, description="Where the error is, of a report.")
    agency: Line | None = Field(default=None, description="Who may have data asked for.")
    author: str = Field(
        default="", max_length=_LONGEST, description="A name to be shown to everyone."
    )
    url: str = Field(default="", max_length=_LONGEST, description="Address of a reuse.")
    mail: str = Field(
        default="", max_length=_LONGEST, description="For the answer; forgotten once it was sent."
    )


class PlaceOut(BaseModel):
    """What of a dataset is meant."""

    column: str | None
    key: list[str]
    release: int | None

    @classmethod
    def of(cls, place: Place) -> "PlaceOut":
        """Give a place."""
        return cls(column=place.column, key=list(place.key), release=place.release)


class AnswerOut(BaseModel):
    """What the agency said."""

    at: datetime
    text: str
    legal_basis: str | None = Field(description="On which a request was declined.")


class FeedbackOut(BaseModel):
    """An item with its clock; what was written is null until it is public."""

    id: str
    kind: Kind
    state: State = Field(description="waiting, open, done or refused; public are open and done.")
    is_public: bool
    title: str | None
    text: str | None
    author: str | None
    url: str | None
    place: PlaceOut | None
    datasets: list[str]
    agency: str | None
    received_at: datetime
    due: date | None = Field(description="Last day for the answer.")
    votes: int
    taken_up_at: datetime | None
    answer: AnswerOut | None

    @classmethod
    def of(cls, item: Item, *, readable: bool) -> "FeedbackOut":
        """Give an item; without what was written where it is not `readable`."""
        answer = None
        if item.answer is not None:
            answer = AnswerOut(
                at=item.answer.at,
                text=item.answer.text,
                legal_basis=item.answer.legal_basis or None,
            )
        return cls(
            id=item.id,
            kind=item.kind,
            state=item.state,
            is_public=item.is_public,
            title=item.title if readable else None,
            text=item.text if readable else None,
            author=(item.author or None) if readable else None,
            url=(item.url or None) if readable else None,
            place=PlaceOut.of(item.place) if readable else None,
            datasets=list(item.datasets),
            agency=item.agency,
            received_at=item.received_at,
            due=item.due,
            votes=item.votes,
            taken_up_at=item.opened_at,
            answer=answer,
        )


class AnswerIn(BaseModel):
    """An answer, or the reason why something is declined."""

    text: str = Field(max_length=_LONGEST)
    declined: bool = False
    legal_basis: str = Field(default="", max_length=2_000)


class AssignIn(BaseModel):
    """Who is to answer."""

    agency: Line


@router.get("", summary="List public reports, requests and reuses", responses=problems(401, 422))
def listed(
    here: Here,
    visit: Reader,
    kind: Kind | None = None,
    dataset: Annotated[str | None, Query(max_length=200)] = None,
    agency: Annotated[str | None, Query(max_length=40)] = None,
    state: Annotated[State | None, Query(description="open or done.")] = None,
    page: PageNumber = 1,
    limit: PageSize = 50,
) -> PageOut[FeedbackOut]:
    """List what everyone may read, the newest first."""
    states = PUBLIC if state is None else PUBLIC & {state}
    if not states:
        return PageOut(items=[], total=0, page=page, limit=limit)
    found = here.feedback.items(
        kinds=(kind,) if kind else (),
        dataset=dataset,
        agency=agency,
        states=tuple(sorted(states)),
        without=unknown_datasets(here, visit.actor),
        offset=(page - 1) * limit,
        limit=limit,
    )
    items = [FeedbackOut.of(item, readable=True) for item in found.items]
    return PageOut(items=items, total=found.total, page=page, limit=limit)


@router.post(
    "",
    summary="Report an error, ask, or show a reuse",
    status_code=201,
    responses=problems(401, 403, 404, 410, 422, 429, 503),
)
def submitted(request: Request, here: Here, visit: Speaker, new: FeedbackIn) -> FeedbackOut:
    """Send something to the agency concerned; nobody needs an account, 20 a day are taken."""
    item = submit(
        request,
        visit,
        NewItem(
            kind=new.kind,
            title=new.title,
            text=new.text,
            datasets=tuple(new.datasets),
            place=_place(here, new),
            agency=_agency(here, new.agency),
            author=new.author,
            url=new.url,
            mail=new.mail,
            language=visit.language,
        ),
    )
    return FeedbackOut.of(item, readable=True)


@router.get("/{item}", summary="See how an item stands", responses=problems(401, 404))
def one(here: Here, visit: Reader, item: str) -> FeedbackOut:
    """Give an item with its clock and answer; what was written once it is public."""
    return _out(here, visit, item_for(here, visit, item))


@router.post(
    "/{item}/vote", summary="Vote for a public item", responses=problems(401, 403, 404, 422)
)
def vote(request: Request, here: Here, visit: Speaker, item: str) -> FeedbackOut:
    """Count a vote; each address counts once for each item."""
    return _out(here, visit, count_vote(request, visit, item))


@router.post(
    "/{item}/take-up",
    summary="Take up an item",
    responses=problems(401, 403, 404, 409, 422),
)
def take_up(here: Here, visit: Writer, item: str) -> FeedbackOut:
    """Begin work on an item of one's own agency; it is public from now on."""
    with here.db.transaction() as tx:
        return FeedbackOut.of(here.feedback.take_up(tx, visit.actor, item), readable=True)


@router.post(
    "/{item}/answer",
    summary="Answer or decline an item",
    responses=problems(401, 403, 404, 409, 422),
)
def answer(here: Here, visit: Writer, item: str, given: AnswerIn) -> FeedbackOut:
    """Answer an item of one's own agency; a request is declined only on a legal basis."""
    with here.db.transaction() as tx:
        done = here.feedback.answer(
            tx,
            visit.actor,
            item,
            given.text,
            refused=given.declined,
            legal_basis=given.legal_basis,
        )
    return FeedbackOut.of(done, readable=True)


@router.post(
    "/{item}/assign",
    summary="Pass an item on to an agency",
    responses=problems(401, 403, 404, 409, 422),
)
def assign(here: Here, visit: Writer, item: str, wanted: AssignIn) -> FeedbackOut:
    """Give an item to the agency that is to answer it."""
    agency = here.access.agency(wanted.agency)
    with here.db.transaction() as tx:
        done = here.feedback.assign(tx, visit.actor, item, agency.code)
    return FeedbackOut.of(done, readable=True)


def _out(here: Platform, visit: Visit, item: Item) -> FeedbackOut:
    return FeedbackOut.of(item, readable=is_readable(here, visit, item))


def _place(here: Platform, new: FeedbackIn) -> Place:
    if new.place is None:
        return Place()
    if new.kind is not Kind.REPORT or len(new.datasets) != 1:
        raise ItemInvalid(
            t("Only a report about one dataset has a place."),
            fix=t("Leave the place out."),
            where="place",
        )
    release = "" if new.place.release is None else str(new.place.release)
    at = Pointing(new.place.column or "", release, new.place.key)
    return pointed(here, new.datasets[0], at).place


def _agency(here: Platform, code: str | None) -> str | None:
    return None if code is None else here.access.agency(code).code
