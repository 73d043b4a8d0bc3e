"""Following open datasets and filters by mail and signed webhook."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.datastructures import QueryParams

from tinhdata.api.common import Here, Speaker
from tinhdata.api.documents import problems
from tinhdata.edge.feedback import follow, saved_filter
from tinhdata.feedback import Follow, FollowState, NewFollow
from tinhdata.notify import Channel

router = APIRouter(prefix="/follows", tags=["feedback"])

_ABOUT = """\
Be told when a release of an open dataset is published or withdrawn; with `filter` only when the
rows changed that it means. `filter` is the query of an address of rows, such as
`q=words&f.column.from=5`.

A mail address first gets a link that confirms it. A webhook is told from now on: a `POST` as
Standard Webhooks 1.0 has it, signed with the `secret` that this answer shows once
(`Webhook-Signature: v1,` and the HMAC-SHA256 over id, moment and body). `token` ends the follow.
Every dataset also has an Atom feed at `/feeds/dataset/{dataset}.atom`.
"""


class FollowIn(BaseModel):
    """What somebody wants to be told of, and where."""

    dataset: str = Field(max_length=200)
    channel: Channel = Field(description="mail or webhook.")
    recipient: str = Field(max_length=3_000, description="Mail address, or address to call.")
    filter: str = Field(default="", max_length=2_000, examples=["q=thai nguyen&f.ma.is=01"])


class TokenIn(BaseModel):
    """What proves that a follow is one's own."""

    token: str = Field(max_length=200)


class FollowOut(BaseModel):
    """A follow as it stands; never with its address."""

    id: str
    dataset: str
    channel: Channel
    state: FollowState = Field(description="unconfirmed, active or ended.")
    rows: str = Field(description="Address within the portal where the rows are read.")

    @classmethod
    def of(cls, found: Follow) -> "FollowOut":
        """Give a follow."""
        return cls(
            id=found.id,
            dataset=found.dataset,
            channel=found.channel,
            state=found.state,
            rows=found.address,
        )


class NewFollowOut(FollowOut):
    """A follow that was just made; of a webhook also what is shown only this once."""

    token: str | None = Field(description="Ends the follow; of a mail it is in the mail.")
    secret: str | None = Field(description="Signs the messages of a webhook.")


@router.post(
    "",
    summary="Follow a dataset or a filter",
    description=_ABOUT,
    status_code=201,
    responses=problems(400, 401, 403, 404, 422, 429, 503),
)
def started(request: Request, here: Here, visit: Speaker, new: FollowIn) -> NewFollowOut:
    """Begin to tell an address of changes."""
    saved, rows = saved_filter(here, new.dataset, QueryParams(new.filter).multi_items())
    wanted = NewFollow(new.dataset, new.channel, new.recipient.strip(), visit.language, saved, rows)
    found = follow(request, visit, wanted)
    # The token of a mail stays in the mail: it proves that the address is one's own.
    return NewFollowOut(
        **FollowOut.of(found).model_dump(),
        token=found.token if found.secret else None,
        secret=found.secret or None,
    )


@router.post(
    "/{follow}/confirm", summary="Confirm a follow", responses=problems(401, 403, 404, 422)
)
def confirmed(here: Here, visit: Speaker, follow: str, proof: TokenIn) -> FollowOut:
    """Begin to tell the address that was asked, with the token of its mail."""
    with here.db.transaction() as tx:
        return FollowOut.of(here.feedback.follows.confirm(tx, follow, proof.token))


@router.post("/{follow}/stop", summary="End a follow", responses=problems(401, 403, 404, 422))
def stopped(here: Here, visit: Speaker, follow: str, proof: TokenIn) -> FollowOut:
    """End a follow; its address is forgotten."""
    with here.db.transaction() as tx:
        return FollowOut.of(here.feedback.follows.stop(tx, follow, proof.token))
