"""Contracts before anyone proposes them: what is wrong, what would change, a dry run over rows."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from tinhdata.access import ActorKind
from tinhdata.api.common import Here, Reader, WordsOut, Writer
from tinhdata.api.contracts import ComparisonOut, text_in
from tinhdata.api.documents import UPLOAD, FindingOut, problems
from tinhdata.contracts import load_contract
from tinhdata.deliveries import DryRun, DryRunState, Outcome, RuleOutcome
from tinhdata.edge.errors import NobodySignedIn
from tinhdata.edge.language import say
from tinhdata.edge.proposals import check_text
from tinhdata.edge.uploads import Upload, file_of
from tinhdata.kernel import Problem

router = APIRouter(prefix="/contracts", tags=["contracts"])


class ContractCheckOut(BaseModel):
    """What can be said about a contract that nobody proposed yet."""

    dataset: str | None
    version: str | None
    hash: str | None
    sound: bool = Field(description="Whether it could be proposed as it is.")
    next_version: str | None = Field(description="The smallest version it may have, if not its own")
    findings: list[FindingOut]
    refusals: list[FindingOut] = Field(description="What else would keep it out of force.")
    comparison: ComparisonOut


class DryRunSampleOut(BaseModel):
    """Why one row would wait; what is masked for anyone is masked."""

    line: int
    text: str


class DryRunRuleOut(BaseModel):
    """How many rows fail a rule."""

    rule: str
    text: str
    severity: str
    failed: int
    failed_before: int | None = Field(description="Nothing for a rule that is new.")
    samples: list[DryRunSampleOut]

    @classmethod
    def of(cls, outcome: RuleOutcome, language: str) -> "DryRunRuleOut":
        """Give how a rule ended."""
        return cls(
            rule=outcome.rule,
            text=say(outcome.message, language),
            severity=outcome.severity.value,
            failed=outcome.failed,
            failed_before=outcome.before,
            samples=[
                DryRunSampleOut(line=each.line, text=say(each.in_language(language), language))
                for each in outcome.samples
            ],
        )


class DryRunColumnOut(BaseModel):
    """In how many rows a column has no value."""

    name: str
    label: WordsOut
    required: bool
    new: bool
    found: bool = Field(description="Whether the rows have the column at all.")
    empty: int
    rows: int


class DryRunOutcomeOut(BaseModel):
    """What a contract would make of the rows: made = released + held + linked."""

    made: int
    released: int
    held: int
    linked: int
    unread: int
    newly_held: int = Field(description="Rows that passed before.")
    newly_released: int = Field(description="Rows that waited before.")
    stops: str | None = Field(description="Why the whole delivery would be held.")
    waiting_elsewhere: int = Field(description="Rows of other deliveries that wait.")
    passing_elsewhere: int = Field(description="How many of them would pass.")
    rules: list[DryRunRuleOut]
    columns: list[DryRunColumnOut]

    @classmethod
    def of(cls, found: Outcome, language: str) -> "DryRunOutcomeOut":
        """Give an outcome with its sentences in `language`."""
        return cls(
            made=found.made,
            released=found.released,
            held=found.held,
            linked=found.linked,
            unread=found.unread,
            newly_held=found.newly_held,
            newly_released=found.newly_released,
            stops=say(found.stops, language) if found.stops else None,
            waiting_elsewhere=found.open_items.waiting,
            passing_elsewhere=found.open_items.passing,
            rules=[DryRunRuleOut.of(rule, language) for rule in found.rules],
            columns=[
                DryRunColumnOut(
                    name=column.name,
                    label=WordsOut.of(column.label),
                    required=column.required,
                    new=column.is_new,
                    found=column.is_found,
                    empty=column.empty,
                    rows=column.rows,
                )
                for column in found.columns
            ],
        )


class DryRunOut(BaseModel):
    """A contract tried out on the newest delivery of its dataset."""

    id: str
    dataset: str
    version: str
    hash: str
    state: DryRunState
    asked_at: datetime
    finished_at: datetime | None
    delivery: str | None = Field(description="Nothing where rows of a release are judged.")
    problem: str | None
    outcome: DryRunOutcomeOut | None

    @classmethod
    def of(cls, run: DryRun, language: str) -> "DryRunOut":
        """Give a dry run as it stands."""
        return cls(
            id=run.id,
            dataset=run.dataset,
            version=run.version,
            hash=run.contract_hash,
            state=run.state,
            asked_at=run.asked_at,
            finished_at=run.finished_at,
            delivery=run.delivery,
            problem=say(run.problem, language) if run.problem else None,
            outcome=DryRunOutcomeOut.of(run.outcome, language) if run.outcome else None,
        )


@router.post(
    "/check",
    summary="Check a contract",
    responses=problems(401, 403, 413, 422),
    openapi_extra=UPLOAD,
)
def check(
    here: Here, visit: Writer, upload: Annotated[Upload, Depends(file_of)]
) -> ContractCheckOut:
    """Say what is wrong with an ODCS file and what it would change; nothing is registered."""
    if visit.actor.kind is not ActorKind.PERSON:
        raise NobodySignedIn
    found = check_text(here, text_in(upload), upload.filename)
    contract = found.loaded.contract if found.loaded else None
    return ContractCheckOut(
        dataset=contract.id if contract else None,
        version=contract.version if contract else None,
        hash=found.loaded.hash if found.loaded else None,
        sound=found.is_sound,
        next_version=found.next_version,
        findings=[
            FindingOut(
                where=each.where,
                detail=say(each.text, visit.language),
                fix=say(each.fix, visit.language) if each.fix else None,
            )
            for each in found.findings
        ],
        refusals=[_refusal(each, upload.filename, visit.language) for each in found.refusals],
        comparison=ComparisonOut.of(found.comparison, visit.language),
    )


@router.post(
    "/dry-runs",
    summary="Try a contract out",
    status_code=202,
    responses=problems(401, 403, 413, 422),
    openapi_extra=UPLOAD,
)
def try_out(here: Here, visit: Writer, upload: Annotated[Upload, Depends(file_of)]) -> DryRunOut:
    """Try an ODCS file on the newest delivery of its dataset; ask for the result by its id."""
    loaded = load_contract(text_in(upload), upload.filename)
    return DryRunOut.of(here.deliveries.dry_run(visit.actor, loaded), visit.language)


@router.get("/dry-runs/{run}", summary="Look at a dry run", responses=problems(401, 403, 404))
def tried(here: Here, visit: Reader, run: str) -> DryRunOut:
    """Say how a dry run stands: how many rows would be released, how many would newly wait."""
    return DryRunOut.of(here.deliveries.dry_run_of(visit.actor, run), visit.language)


def _refusal(problem: Problem, source: str, language: str) -> FindingOut:
    return FindingOut(
        where=source,
        detail=say(problem.text, language),
        fix=say(problem.fix, language) if problem.fix else None,
    )
