"""The verbs over what is only looked at: a contract tried out, rows judged before they are sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from tinhdata.access import Action, Actor, Resource, require
from tinhdata.contracts import Contract, LoadedContract, restore_contract
from tinhdata.deliveries import dry_run_store, store
from tinhdata.deliveries.dry_run import DryRun, DryRunState
from tinhdata.deliveries.dry_running import DRY_RUN
from tinhdata.deliveries.errors import NothingToDo
from tinhdata.deliveries.model import Delivery, Kind, State
from tinhdata.deliveries.preparing import against
from tinhdata.deliveries.verbs import Verbs
from tinhdata.intake import FileRefused, ReadingChoice, read, understand
from tinhdata.kernel import Text, new_id, t
from tinhdata.quality import Reason, check, compile_checks, failing_lines
from tinhdata.registry import ContractUnknown

_ENDED = frozenset({State.RETURNED, State.WITHDRAWN, State.FAILED})
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class LookedOver:
    """What a check says of rows that are not sent yet: reasons by line, and what stops all."""

    failing: Mapping[int, tuple[Reason, ...]] = field(default_factory=lambda: MappingProxyType({}))
    stops: Text | None = None


class DryRuns(Verbs):
    """Trying a contract out, and looking rows over; neither leaves anything but its answer."""

    def dry_run(self, actor: Actor, loaded: LoadedContract) -> DryRun:
        """Try `loaded`, proposed or not, on the newest delivery of its dataset, as durable work.

        Where its file is gone, or nothing was ever delivered, on the rows that are published. While
        the same contract is being tried on the same rows, that run is given. Raises Refused, and
        NothingToDo where there are no rows.
        """
        parts, contract = self._parts, loaded.contract
        require(actor, Action.TRY_CONTRACT, self._tried(contract), "dry run of a contract")
        with parts.db.read() as tx:
            newest = _newest(store.of_dataset(tx, contract.id))
        release = parts.warehouse.current(contract.id)
        if newest is None and release is None:
            raise NothingToDo(
                t("Nothing was delivered for {dataset} yet.", dataset=contract.id),
                fix=t("A dry run needs rows; put the contract into force and deliver a file."),
            )
        run = DryRun(
            id=new_id("dry"),
            dataset=contract.id,
            version=contract.version,
            contract_hash=loaded.hash,
            state=DryRunState.RUNNING,
            asked_by=actor.id,
            asked_at=parts.clock.now(),
            delivery=newest.id if newest else None,
            release=release.id if release else None,
        )
        with parts.db.transaction() as tx:
            going = dry_run_store.newest(tx, loaded.hash)
            if going is not None and _is_same(going, run):
                return going
            work = parts.work.enqueue(tx, DRY_RUN, {"run": run.id}, run.id)
            run = replace(run, work=work)
            dry_run_store.add(tx, run, loaded.canonical)
        return run

    def dry_run_of(self, actor: Actor, run_id: str) -> DryRun:
        """Give how a dry run stands; raises NoSuchDelivery and Refused."""
        with self._parts.db.read() as tx:
            run = dry_run_store.get(tx, run_id)
            tried = restore_contract(dry_run_store.contract_of(tx, run_id)).contract
        require(actor, Action.READ_DELIVERY, self._tried(tried), "result of a dry run")
        return run

    def last_dry_run(self, actor: Actor, contract_hash: str) -> DryRun | None:
        """Give the last dry run of a contract, None where it was never tried; raises Refused."""
        with self._parts.db.read() as tx:
            run = dry_run_store.newest(tx, contract_hash)
        return None if run is None else self.dry_run_of(actor, run.id)

    def look_over(
        self,
        actor: Actor,
        dataset: str,
        data: bytes,
        filename: str,
        choice: ReadingChoice | None = None,
        language: str = "vi",
    ) -> LookedOver:
        """Judge the rows of a small file as its check would, before anyone sends it.

        Nothing is kept and nothing is written down. Raises NoSuchDataset, Refused, FileRefused.
        """
        parts = self._parts
        registered = self._deliverable(actor, dataset)
        contract = registered.contract
        if len(data) > _MOST_BYTES:
            raise FileRefused(
                "too-large",
                t("So many rows cannot be looked over before they are sent."),
                t("Send them as a file; its check says the same."),
            )
        run = new_id("try")
        folder = parts.staging.fresh(run)
        try:
            path = folder / "rows"
            path.write_bytes(data)
            understanding = understand(path, filename, contract, choice)
            staged = read(path, contract, understanding, folder)
            base = parts.warehouse.current(contract.id)
            judged_by, _ = against(parts, run, contract, staged, base)
            result = check(
                compile_checks(contract, registered.hash),
                staged.rows.path,
                parts.warehouse.spec(contract, keep=False),
                judged_by,
                folder / "checked",
                parts.limits,
                writes_good=False,
            )
            resource = Resource.of(contract).sent(actor.id, actor.agency)
            permit = require(actor, Action.READ_QUARANTINE, resource, "rows before they are sent")
            failing = failing_lines(result, contract, permit, language)
        finally:
            parts.staging.drop_but(run, None)
        return LookedOver(failing, result.held)

    def _tried(self, contract: Contract) -> Resource:
        """Give the dataset as it is in force: what a text claims does not decide who may try it."""
        try:
            return Resource.of(self._parts.registry.active(contract.id).contract)
        except ContractUnknown:
            return Resource.of(contract)


def _newest(newest_first: tuple[Delivery, ...]) -> Delivery | None:
    """Give the newest delivery of a file that was not sent back, a checked one where there is."""
    files = [d for d in newest_first if d.kind is Kind.DELIVERY and d.state not in _ENDED]
    checked = [d for d in files if d.units is not None]
    return next(iter(checked or files), None)


def _is_same(going: DryRun, wanted: DryRun) -> bool:
    return going.state is DryRunState.RUNNING and (going.delivery, going.release) == (
        wanted.delivery,
        wanted.release,
    )
