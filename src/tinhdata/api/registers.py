"""Agencies and databases, who you are, and the keys of programs that deliver."""

from datetime import datetime, timedelta

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from tinhdata.access import PLATFORM, Action, Agency, Role, SourceKey, require
from tinhdata.api.common import Here, Reader, WordsOut, Writer
from tinhdata.api.documents import problems
from tinhdata.api.register_views import ContactOut, contact_of
from tinhdata.bootstrap import Platform

router = APIRouter()


class AgencyOut(BaseModel):
    """A body with a code."""

    code: str
    name: WordsOut
    kind: str
    parent: str | None
    contact: str | None = Field(description="What the agency wrote of itself, else the mail.")
    contact_point: ContactOut | None = Field(description="Whom to ask about its data.")

    @classmethod
    def of(cls, here: Platform, agency: Agency) -> "AgencyOut":
        """Give an agency of the register."""
        point = contact_of(here, agency.code)
        return cls(
            code=agency.code,
            name=WordsOut.of(agency.name),
            kind=agency.kind.value,
            parent=agency.parent,
            contact=agency.contact or (point.email if point else None),
            contact_point=point,
        )


class DatabaseOut(BaseModel):
    """A database of the register; datasets belong to it."""

    id: str
    name: WordsOut
    kind: str = Field(description="shared (dùng chung) or sectoral (chuyên ngành).")
    agency: str
    purpose: WordsOut


class MeOut(BaseModel):
    """Who makes the request, and what a change by him needs."""

    kind: str = Field(description="person, source or anonymous.")
    name: str
    roles: list[Role]
    agency: str | None
    datasets: list[str] | None = Field(description="The datasets of a source key.")
    language: str
    csrf: str | None = Field(description="What goes into X-CSRF-Token, for a session.")


class KeyOut(BaseModel):
    """What is known about a source key; its secret is stored nowhere."""

    id: str
    name: str
    agency: str
    datasets: list[str]
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    @classmethod
    def of(cls, key: SourceKey) -> "KeyOut":
        """Give a key without its secret."""
        return cls(
            id=key.id,
            name=key.name,
            agency=key.agency,
            datasets=sorted(key.datasets),
            issued_at=key.issued_at,
            expires_at=key.expires_at,
            revoked_at=key.revoked_at,
        )


class IssuedKeyOut(KeyOut):
    """A key just made; this is the only time that its secret is shown."""

    secret: str


class KeyIn(BaseModel):
    """A program that is to deliver."""

    name: str = Field(min_length=1, max_length=200, examples=["Trạm quan trắc"])
    agency: str = Field(min_length=1, max_length=40, description="For which agency it delivers.")
    datasets: list[str] = Field(min_length=1, max_length=100)
    days: int = Field(default=180, ge=1, le=366, description="How long the key is valid.")


@router.get("/agencies", summary="List the agencies", tags=["registers"], responses=problems(401))
def agencies(here: Here, visit: Reader) -> list[AgencyOut]:
    """List every agency by code."""
    return [AgencyOut.of(here, agency) for agency in here.access.agencies()]


@router.get(
    "/agencies/{code}",
    summary="Look up an agency",
    tags=["registers"],
    responses=problems(401, 404),
)
def agency(here: Here, visit: Reader, code: str) -> AgencyOut:
    """Give the agency with this code."""
    return AgencyOut.of(here, here.access.agency(code))


@router.get("/databases", summary="List the databases", tags=["registers"], responses=problems(401))
def databases(here: Here, visit: Reader) -> list[DatabaseOut]:
    """List the register of databases, shared and sectoral."""
    return [
        DatabaseOut(
            id=entry.id,
            name=WordsOut.of(entry.name),
            kind=entry.kind.value,
            agency=entry.agency,
            purpose=WordsOut.of(entry.purpose),
        )
        for entry in here.catalogue.databases()
    ]


@router.get("/me", summary="Say who I am", tags=["access"], responses=problems(401))
def me(visit: Reader) -> MeOut:
    """Say who makes the request and what a change needs."""
    actor = visit.actor
    return MeOut(
        kind=actor.kind.value,
        name=actor.name,
        roles=sorted(actor.roles),
        agency=actor.agency,
        datasets=None if actor.datasets is None else sorted(actor.datasets),
        language=visit.language,
        csrf=visit.session.csrf if visit.session else None,
    )


@router.get(
    "/source-keys", summary="List source keys", tags=["access"], responses=problems(401, 403)
)
def source_keys(here: Here, visit: Reader) -> list[KeyOut]:
    """List the keys of programs that deliver, the newest first (operator)."""
    require(visit.actor, Action.OPERATE, PLATFORM, "source keys")
    return [KeyOut.of(key) for key in here.access.source_keys()]


@router.post(
    "/source-keys",
    summary="Issue a source key",
    tags=["access"],
    status_code=201,
    responses=problems(401, 403, 404, 422),
)
def issue_key(here: Here, visit: Writer, wanted: KeyIn) -> IssuedKeyOut:
    """Issue a key with which a program delivers to the datasets named (operator)."""
    require(visit.actor, Action.OPERATE, PLATFORM, "source keys")
    for dataset in wanted.datasets:
        here.registry.active(dataset)
    issued = here.access.add_source_key(
        visit.actor.id,
        wanted.name,
        wanted.agency,
        frozenset(wanted.datasets),
        timedelta(days=wanted.days),
    )
    return IssuedKeyOut(**KeyOut.of(issued.key).model_dump(), secret=issued.secret)


@router.delete(
    "/source-keys/{key}",
    summary="Revoke a source key",
    tags=["access"],
    status_code=204,
    response_class=Response,
    responses=problems(401, 403, 404),
)
def revoke_key(here: Here, visit: Writer, key: str) -> Response:
    """End a key at once (operator); deliveries that came with it stay."""
    require(visit.actor, Action.OPERATE, PLATFORM, "source keys")
    here.access.revoke_source_key(visit.actor.id, key)
    return Response(status_code=204)
