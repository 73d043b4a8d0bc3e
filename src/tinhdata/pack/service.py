"""Registers a pack through the facades: agencies, contracts, sample deliveries.

Doing it again changes nothing that is as the pack says, and nothing that people did since.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from tinhdata.access import Access
from tinhdata.db import Database
from tinhdata.kernel import Problem, Progress
from tinhdata.kernel.progress import Report
from tinhdata.pack.model import Pack, PackDataset
from tinhdata.pack.samples import World
from tinhdata.registry import ContractState, Registry

DeliverSample: TypeAlias = Callable[[str, Callable[[], Path], str], bool]
"""Delivers the file, made when asked for, for the dataset in the name of the actor; publishes it.

Does nothing for a dataset that has a delivery which the actor did not send, or a release; takes up
again what was cut off. Says whether it did anything.
"""


@dataclass(frozen=True, slots=True)
class Refused:
    """A dataset of the pack that could not be taken over, and why; the others were."""

    dataset: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Installed:
    """What loading a pack changed: codes of agencies, ids of datasets."""

    agencies: tuple[str, ...]
    contracts: tuple[str, ...]
    samples: tuple[str, ...]
    refused: tuple[Refused, ...]

    @property
    def is_unchanged(self) -> bool:
        """Say whether everything was as the pack says before."""
        return not (self.agencies or self.contracts or self.samples or self.refused)


class PackLoader:
    """Puts what a pack declares into the registers."""

    def __init__(
        self, db: Database, access: Access, registry: Registry, deliver: DeliverSample
    ) -> None:
        self._db = db
        self._access = access
        self._registry = registry
        self._deliver = deliver

    def install(
        self,
        pack: Pack,
        report: Report = lambda _progress: None,
        only: Collection[str] | None = None,
    ) -> Installed:
        """Register the agencies and propose the contracts of `pack`, in the name of its actor.

        A pack that says it is a demonstration also approves its contracts, which the register keeps
        as automatic, and delivers its samples. `only` names the datasets to take over, with what
        they refer to. A contract that the register refuses stops only its own dataset. Raises what
        making and delivering samples raises.
        """
        agencies = self._agencies(pack)
        contracts: list[str] = []
        refused: list[Refused] = []
        datasets = (pack if only is None else pack.only(only)).datasets
        for dataset in datasets:
            try:
                if self._register(pack, dataset):
                    contracts.append(dataset.contract.id)
            except Problem as problem:
                refused.append(Refused(dataset.contract.id, problem))
        samples = self._samples(pack, datasets, report) if pack.demo else ()
        return Installed(agencies, tuple(contracts), samples, tuple(refused))

    def _agencies(self, pack: Pack) -> tuple[str, ...]:
        known = {agency.code: agency for agency in self._access.agencies()}
        changed: list[str] = []
        with self._db.transaction() as tx:
            for entry in pack.agencies:
                agency = entry.agency
                if agency.code in known:
                    # Whom to ask is written by the agency itself; a pack does not know it.
                    agency = replace(agency, contact=known[agency.code].contact)
                if self._access.add_agency(tx, pack.actor, agency):
                    changed.append(agency.code)
        return tuple(changed)

    def _register(self, pack: Pack, dataset: PackDataset) -> bool:
        """Propose the contract and, for a demonstration, put it into force; say if it moved."""
        content = dataset.loaded.hash
        known = {version.hash for version in self._registry.versions(dataset.contract.id)}
        with self._db.transaction() as tx:
            now = self._registry.propose(
                tx, pack.actor, dataset.loaded, dataset.source, text=dataset.text or None
            )
            # What people retired, or proposed themselves, is theirs to decide about.
            if not pack.demo or now.proposed_by != pack.actor:
                return content not in known
            if now.state is ContractState.PROPOSED:
                now = self._registry.approve(tx, pack.actor, content)
            if now.state is ContractState.APPROVED:
                self._registry.activate(tx, pack.actor, content)
                return True
        return content not in known

    def _samples(
        self, pack: Pack, datasets: Sequence[PackDataset], report: Report
    ) -> tuple[str, ...]:
        world = World(pack)
        active = {registered.hash for registered in self._registry.all_active()}
        ids = [d.contract.id for d in datasets if d.loaded.hash in active]
        wanted = [dataset_id for dataset_id in ids if world.has(dataset_id)]
        delivered: list[str] = []
        with TemporaryDirectory(prefix="tinhdata-samples-") as folder:
            for done, dataset_id in enumerate(wanted):
                report(Progress(dataset_id, done, len(wanted)))
                file = partial(world.file, dataset_id, Path(folder))
                if self._deliver(dataset_id, file, pack.actor):
                    delivered.append(dataset_id)
        return tuple(delivered)
