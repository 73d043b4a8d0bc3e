"""The entries of the registers."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tinhdata.contracts.model import AccessLevel, Bilingual


class DatabaseKind(StrEnum):
    """Cơ sở dữ liệu dùng chung, or chuyên ngành."""

    SHARED = "shared"
    SECTORAL = "sectoral"


@dataclass(frozen=True, slots=True)
class DatabaseEntry:
    """A database of the register; datasets name it in their contracts."""

    id: str
    name: Bilingual
    kind: DatabaseKind
    agency: str
    purpose: Bilingual = Bilingual("")


@dataclass(frozen=True, slots=True)
class LastRelease:
    """What the dataset's current release is."""

    id: str
    number: int
    rows: int
    at: datetime


@dataclass(frozen=True, slots=True)
class DatasetRecord:
    """What the catalogue says about a dataset, from its contract and its current release."""

    dataset: str
    name: Bilingual
    description: Bilingual
    sector: str
    agency: str
    database: str | None
    access_level: AccessLevel
    simulated: bool
    update_cycle: str | None
    contract_hash: str
    contract_version: str
    release: LastRelease | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A found dataset and the places (keys of `rules.WEIGHTS`) where the words were met."""

    record: DatasetRecord
    matched: tuple[str, ...]
