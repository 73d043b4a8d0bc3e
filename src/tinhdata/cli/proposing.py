"""`tinhdata contract propose | approve | dry-run`: a contract on its way into force."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from tinhdata.access import Action, Resource, require
from tinhdata.cli.desk import Desk, at_desk
from tinhdata.cli.errors import FileMissing
from tinhdata.cli.exits import ExitCode
from tinhdata.cli.options import As, AsJSON
from tinhdata.cli.output import Out
from tinhdata.cli.telling import read_settings, telling
from tinhdata.cli.watching import working
from tinhdata.contracts import load_contract
from tinhdata.deliveries import DryRun, DryRunState, OpenItems
from tinhdata.edge.proposals import is_unsigned, propose_text, require_signer
from tinhdata.kernel import Text, t
from tinhdata.registry import ContractState, RegisteredContract

_POLL = 0.05


@dataclass(frozen=True, slots=True)
class ContractStanding:
    """Where a version of a contract stands, and what it changes against the one in force."""

    dataset: str
    version: str
    hash: str
    state: str
    needs_signatures: bool
    changes: tuple[Text, ...]

    @property
    def exit(self) -> ExitCode:
        """Give OK: the contract stands where it was to be brought."""
        return ExitCode.OK

    def show(self, out: Out) -> None:
        """Write the changes and where the contract stands now."""
        for change in self.changes:
            out.line(change)
        style = "green" if self.state == ContractState.ACTIVE.value else ""
        text = t("{dataset} {version} is {state}.", dataset=self.dataset, version=self.version,
                 state=_STATES[self.state])  # fmt: skip
        out.line(text, style)
        out.line(t("Its hash is {hash}.", hash=self.hash))
        if self.needs_signatures:
            out.line(
                t(
                    "The data protection officer signs it first: tinhdata contract sign {hash}",
                    hash=self.hash,
                ),
                "yellow",
            )


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many rows fail a rule; `before` is nothing for a rule that is new."""

    rule: str
    text: Text
    failed: int
    before: int | None


@dataclass(frozen=True, slots=True)
class TriedContract:
    """What a contract would make of the rows that were delivered last."""

    id: str
    dataset: str
    version: str
    state: str
    problem: Text | None
    delivery: str | None
    made: int
    released: int
    held: int
    newly_held: int
    newly_released: int
    stops: Text | None
    open_items: OpenItems
    rules: tuple[RuleCount, ...]

    @property
    def exit(self) -> ExitCode:
        """Give WAITING where rows would newly wait or all would be held, INVALID without result."""
        if self.state != DryRunState.DONE.value:
            return ExitCode.INVALID
        return ExitCode.WAITING if self.newly_held or self.stops else ExitCode.OK

    def show(self, out: Out) -> None:
        """Write the figures, then the rules that rows fail."""
        if self.problem is not None:
            out.line(self.problem, "red")
            return
        out.line(
            t(
                "Would release {released}, newly hold {held}, newly release {freed}.",
                released=self.released,
                held=self.newly_held,
                freed=self.newly_released,
            ),
            "yellow" if self.newly_held else "green",
        )
        if self.open_items.waiting:
            out.line(
                t(
                    "Of {waiting} rows of other deliveries that wait, {passing} would pass.",
                    waiting=self.open_items.waiting,
                    passing=self.open_items.passing,
                )
            )
        if self.stops is not None:
            out.line(t("The delivery would be held: {reason}", reason=self.stops), "red")
        if self.rules:
            heads = (t("Rule"), t("Rows now"), t("Rows before"))
            out.table(heads, [_cells(rule, out) for rule in self.rules])


_STATES = {
    ContractState.PROPOSED.value: t("proposed"),
    ContractState.APPROVED.value: t("approved"),
    ContractState.ACTIVE.value: t("active"),
    ContractState.RETIRED.value: t("retired"),
}

File = Annotated[Path, typer.Argument(help=str(t("The contract file.")))]


def propose(file: File, login: As = None, json: AsJSON = False) -> None:
    """Register `file` as proposed; a second person approves it."""
    settings = read_settings()
    with telling(settings, is_json=json) as out, at_desk(settings, login) as desk:
        made = propose_text(desk.platform, desk.actor, _read(file), file.name)
        out.tell(_standing(desk, made))


Hash = Annotated[str, typer.Argument(metavar="HASH", help=str(t("Hash of the proposed contract.")))]


def sign(contract_hash: Hash, login: As = None, json: AsJSON = False) -> None:
    """Sign, as the data protection officer, a proposal that concerns personal data."""
    settings = read_settings()
    with telling(settings, is_json=json) as out, at_desk(settings, login) as desk:
        made = desk.platform.registry.by_hash(contract_hash)
        require_signer(desk.actor, made)
        with desk.platform.db.transaction() as tx:
            made = desk.platform.registry.sign(tx, desk.actor.id, contract_hash)
        out.tell(_standing(desk, made))


def approve(
    contract_hash: Hash,
    login: As = None,
    activate: Annotated[
        bool, typer.Option("--activate", help=str(t("Put it into force at once.")))
    ] = False,
    json: AsJSON = False,
) -> None:
    """Approve a proposal of someone else and, if asked for, put it into force."""
    settings = read_settings()
    with telling(settings, is_json=json) as out, at_desk(settings, login) as desk:
        platform, registry = desk.platform, desk.platform.registry
        made = registry.by_hash(contract_hash)
        proposal = Resource.of(made.contract).sent(made.proposed_by, None)
        require(desk.actor, Action.APPROVE_CONTRACT, proposal, "decision about a contract")
        with platform.db.transaction() as tx:
            if not (activate and made.state is ContractState.APPROVED):
                made = registry.approve(tx, desk.actor.id, contract_hash)
            if activate:
                made = registry.activate(tx, desk.actor.id, contract_hash)
        out.tell(_standing(desk, made))


def dry_run(file: File, login: As = None, json: AsJSON = False) -> None:
    """Try `file` on the newest delivery of its dataset, doing the work in this process."""
    settings = read_settings()
    with telling(settings, is_json=json) as out, at_desk(settings, login) as desk:
        loaded = load_contract(_read(file), str(file))
        deliveries = desk.platform.deliveries
        run = deliveries.dry_run(desk.actor, loaded)
        with working(desk.platform.work):
            while run.state is DryRunState.RUNNING:
                time.sleep(_POLL)
                run = deliveries.dry_run_of(desk.actor, run.id)
        out.tell(_tried(run))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise FileMissing(
            t("The file {file} cannot be read.", file=str(file)),
            fix=t("Check its name and whether you may read it."),
        ) from None


def _standing(desk: Desk, made: RegisteredContract) -> ContractStanding:
    found = desk.platform.registry.comparison(made.hash)
    unsigned = is_unsigned(desk.platform, made)
    return ContractStanding(
        dataset=made.dataset,
        version=made.version,
        hash=made.hash,
        state=made.state.value,
        needs_signatures=unsigned,
        changes=tuple(change.text for change in found.changes) if found else (),
    )


def _tried(run: DryRun) -> TriedContract:
    found = run.outcome
    return TriedContract(
        id=run.id,
        dataset=run.dataset,
        version=run.version,
        state=run.state.value,
        problem=run.problem,
        delivery=run.delivery,
        made=found.made if found else 0,
        released=found.released if found else 0,
        held=found.held if found else 0,
        newly_held=found.newly_held if found else 0,
        newly_released=found.newly_released if found else 0,
        stops=found.stops if found else None,
        open_items=found.open_items if found else OpenItems(0, 0),
        rules=tuple(
            RuleCount(each.rule, each.message, each.failed, each.before)
            for each in (found.rules if found else ())
        ),
    )


def _cells(rule: RuleCount, out: Out) -> tuple[str, ...]:
    before = "–" if rule.before is None else str(rule.before)
    return out.say(rule.text), str(rule.failed), before
