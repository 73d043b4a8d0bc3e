"""The nouns of a pack: a province as data, as it stands in a folder and before it is registered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from tinhdata.access import Agency, Role
from tinhdata.contracts import Bilingual, Contract, LoadedContract
from tinhdata.dictionary import Places
from tinhdata.feedback import Deadlines
from tinhdata.registers import Certainty, ContactPoint, Facts
from tinhdata.standards import Portal
from tinhdata.vietnam import Unit, WorkCalendar


class LawStatus(StrEnum):
    """Whether a legal text holds; only the first two may be shown as a current basis."""

    IN_FORCE = "in-force"
    PARTLY_IN_FORCE = "partly-in-force"
    REPLACED = "replaced"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Law:
    """A legal text. `valid_to` is the first day on which it no longer holds."""

    urn: str
    title: str
    valid_from: date
    valid_to: date | None
    status: LawStatus
    certainty: Certainty
    issued: date | None = None
    replaced_by: str | None = None
    note: str | None = None

    def holds_on(self, day: date) -> bool:
        """Say whether the text may be named as basis on `day`; a disputed one never."""
        if self.status is LawStatus.DISPUTED:
            return False
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class DatabaseKind(StrEnum):
    """Cơ sở dữ liệu dùng chung, chuyên ngành."""

    SHARED = "shared"
    SECTORAL = "sectoral"


@dataclass(frozen=True, slots=True)
class DatabaseEntry:
    """A line of the register of databases, with what the register must say of each.

    Source: NĐ 47/2020/NĐ-CP Điều 11 khoản 4 (name, purpose and content, collection).
    """

    id: str
    kind: DatabaseKind
    name: Bilingual
    agency: str
    purpose: Bilingual
    collection: Bilingual
    legal_basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackAgency:
    """An agency of the pack and how sure its code is."""

    agency: Agency
    certainty: Certainty
    contact: ContactPoint | None = None


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A simulated person who gets an account in a demonstration, and in nothing else."""

    login: str
    name: str
    roles: frozenset[Role]
    agency: str | None


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """A code and what it is called."""

    code: str
    label: Bilingual


@dataclass(frozen=True, slots=True)
class PackDataset:
    """A dataset of the pack: its contract and, perhaps, a file kept to be delivered at once."""

    loaded: LoadedContract
    source: str
    """The contract's file, relative to the pack."""
    sample: Path | None
    text: bytes = field(default=b"", repr=False)
    """The contract's file as it stands, comments included, for whoever edits it."""

    @property
    def contract(self) -> Contract:
        """Give the contract."""
        return self.loaded.contract

    @property
    def refers_to(self) -> frozenset[str]:
        """Give the ids of the other datasets that its columns refer to."""
        targets = (c.reference.dataset for c in self.contract.columns if c.reference is not None)
        return frozenset(targets) - {self.contract.id}


@dataclass(frozen=True, slots=True)
class Pack:
    """A province as data. Datasets stand in the order in which they can be released."""

    id: str
    version: str
    name: Bilingual
    province_code: str
    actor: str
    """Id of the actor in whose name the pack is loaded."""
    demo: bool
    """Whether that actor may approve the pack's own contracts and publish its samples."""
    agencies: tuple[PackAgency, ...]
    units: tuple[Unit, ...]
    laws: Mapping[str, Law]
    databases: Mapping[str, DatabaseEntry]
    calendar: WorkCalendar
    code_lists: Mapping[str, tuple[CodeEntry, ...]]
    datasets: tuple[PackDataset, ...]
    root: Path
    """The folder it was read from; functions that make samples lie there."""
    sample_day: date
    """The day of the samples: everything in them lies before it, or on it."""
    people: tuple[DemoPerson, ...] = ()
    dictionary: Places | None = None
    """Where the pack keeps its data dictionary."""
    portal: Portal | None = None
    """What the catalogue says about itself."""
    deadlines: Deadlines = field(default_factory=lambda: Deadlines({}, {}))
    """In how many working days people are answered."""
    registers: Facts = field(default_factory=Facts)
    """Which registers are published, since when, by whose decision; the terms of use."""

    def dataset(self, dataset_id: str) -> PackDataset:
        """Give the dataset called `dataset_id`; raises KeyError."""
        for dataset in self.datasets:
            if dataset.contract.id == dataset_id:
                return dataset
        raise KeyError(dataset_id)

    def only(self, wanted: Collection[str]) -> "Pack":
        """Give the pack with the datasets `wanted` and all that they refer to, in their order.

        Raises KeyError for a dataset that the pack does not have.
        """
        known = {dataset.contract.id: dataset for dataset in self.datasets}
        waiting, kept = list(wanted), set[str]()
        while waiting:
            dataset_id = waiting.pop()
            if dataset_id not in kept:
                kept.add(dataset_id)
                waiting.extend(known[dataset_id].refers_to)
        return replace(self, datasets=tuple(d for d in self.datasets if d.contract.id in kept))
