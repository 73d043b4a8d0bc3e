"""Sources that are pulled: how they stand, and their runs. Their places and secrets stay inside."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from tinhdata.access import ActorKind
from tinhdata.api.common import Here, PageNumber, PageOut, PageSize, Reader
from tinhdata.api.documents import problems
from tinhdata.edge.errors import NobodySignedIn
from tinhdata.edge.language import say
from tinhdata.edge.visits import Visit
from tinhdata.kernel import Text
from tinhdata.sources import Alarm, AlarmKind, Outcome, Run, SourceKind, SourceView

router = APIRouter(prefix="/sources", tags=["sources"])


class RunOut(BaseModel):
    """One pull of a source."""

    id: str
    started_at: datetime
    ended_at: datetime | None
    outcome: Outcome
    attempts: int = Field(description="How often it was begun until it went through.")
    bytes: int
    rows: int = Field(description="Rows read from a table; 0 for files.")
    deliveries: list[str] = Field(description="The deliveries that came of it.")
    notes: list[str]
    problem: str | None = Field(description="What went wrong, in the reader's language.")
    problem_code: str | None

    @classmethod
    def of(cls, run: Run, language: str) -> "RunOut":
        """Give a run as the interface shows it."""
        return cls(
            id=run.id,
            started_at=run.started_at,
            ended_at=run.ended_at,
            outcome=run.outcome,
            attempts=run.attempts,
            bytes=run.bytes,
            rows=run.rows,
            deliveries=list(run.deliveries),
            notes=[say(note, language) for note in run.notes],
            problem=_said(run.problem, language),
            problem_code=run.problem_code,
        )


class AlarmOut(BaseModel):
    """What is wrong with a source until it ends by itself."""

    kind: AlarmKind
    since: datetime
    text: str

    @classmethod
    def of(cls, alarm: Alarm, language: str) -> "AlarmOut":
        """Give an alarm in words."""
        return cls(kind=alarm.kind, since=alarm.since, text=say(alarm.text, language))


class SourceOut(BaseModel):
    """A place that data for a dataset is pulled from, as it stands."""

    id: str
    dataset: str
    kind: SourceKind
    title: str
    enabled: bool
    mark: str | None = Field(description="How far it was pulled, where it has a mark.")
    data_at: datetime | None = Field(description="When it last brought something.")
    next_due: datetime | None
    last_run: RunOut | None
    alarms: list[AlarmOut]

    @classmethod
    def of(cls, view: SourceView, language: str) -> "SourceOut":
        """Give a source without its place, which is for those who run it."""
        run = view.last_run
        return cls(
            id=view.source.id,
            dataset=view.source.dataset,
            kind=view.source.kind,
            title=view.source.title,
            enabled=view.enabled,
            mark=view.mark,
            data_at=view.data_at,
            next_due=view.next_due,
            last_run=None if run is None else RunOut.of(run, language),
            alarms=[AlarmOut.of(alarm, language) for alarm in view.alarms],
        )


@router.get("", summary="List sources", responses=problems(401))
def list_sources(here: Here, visit: Reader) -> list[SourceOut]:
    """List the sources of the datasets whose deliveries the reader may look at."""
    _demand_someone(visit)
    return [SourceOut.of(view, visit.language) for view in here.sources.list(visit.actor)]


@router.get("/{source}", summary="Look up a source", responses=problems(401, 404))
def one(here: Here, visit: Reader, source: str) -> SourceOut:
    """Give one source: its state, mark, next time, last run and alarms."""
    _demand_someone(visit)
    return SourceOut.of(here.sources.get(visit.actor, source), visit.language)


@router.get("/{source}/runs", summary="List the runs of a source", responses=problems(401, 404))
def runs(
    here: Here, visit: Reader, source: str, page: PageNumber = 1, limit: PageSize = 50
) -> PageOut[RunOut]:
    """Give the pulls of a source, the newest first, with what each brought."""
    _demand_someone(visit)
    found = here.sources.runs(visit.actor, source, (page - 1) * limit, limit)
    items = [RunOut.of(run, visit.language) for run in found.items]
    return PageOut(items=items, total=found.total, page=page, limit=limit)


def _demand_someone(visit: Visit) -> None:
    if visit.actor.kind is ActorKind.ANONYMOUS:
        raise NobodySignedIn


def _said(text: Text | None, language: str) -> str | None:
    return None if text is None else say(text, language)
