"""The nouns of registers: editions and decisions from the pack, entries computed from the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from tinhdata.contracts import AccessLevel, Bilingual, Importance


class Certainty(StrEnum):
    """How sure a fact of the pack is, best first."""

    CONFIRMED = "confirmed"
    TEXT = "text"
    """Its own words were read."""
    SECONDARY = "secondary"
    """Others say so: press, open sources."""
    COMPUTED = "computed"
    """Reckoned by the usual rule, not yet announced."""
    UNVERIFIED = "unverified"
    SIMULATED = "simulated"


class RegisterName(StrEnum):
    """The registers that a province publishes (NĐ 47/2020 Điều 11, 13, 24; NV-4.2, TC-1.3)."""

    SHARED_DATABASES = "shared-databases"
    SECTORAL_DATABASES = "sectoral-databases"
    DATASETS = "datasets"
    SERVICES = "services"
    OPEN_DATA_PLAN = "open-data-plan"


@dataclass(frozen=True, slots=True)
class Law:
    """A legal text that something may rest on, and from when to when it holds."""

    urn: str
    title: str
    valid_from: date = date.min
    valid_to: date | None = None
    """The first day on which it no longer holds."""

    def holds_on(self, day: date) -> bool:
        """Say whether it may be named as a basis on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """Whom to ask about the data of an agency (NĐ 47/2020/NĐ-CP Điều 7)."""

    name: str
    position: Bilingual
    email: str
    phone: str | None
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision that approved an edition of a register."""

    number: str
    title: Bilingual
    issuer: Bilingual
    on: date
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Edition:
    """An approved version of a register, in force from a day on."""

    version: str
    valid_from: date
    decision: Decision
    note: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class Cycle:
    """A rule of how often something is done: in months, with citation, while it is applied."""

    months: int
    basis: str
    law: str
    valid_from: date
    valid_to: date | None
    certainty: Certainty
    note: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """A register as the pack declares it; `editions` the newest first."""

    name: RegisterName
    title: Bilingual
    about: Bilingual
    keeper: str
    """Code of the agency that keeps it."""
    legal_basis: tuple[str, ...]
    editions: tuple[Edition, ...]
    reviews: tuple[date, ...] = ()
    """The days on which it was reviewed, the newest first."""


@dataclass(frozen=True, slots=True)
class Table:
    """Which dataset holds entries of a register: from fields of an item to names of columns."""

    dataset: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """What the register must say of a database besides its name and purpose."""

    collection: Bilingual
    legal_basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """When something is to be done again, and how many days it is late (0: it is not)."""

    day: date | None
    days_late: int = 0

    @property
    def is_late(self) -> bool:
        """Say whether the day has passed."""
        return self.days_late > 0


@dataclass(frozen=True, slots=True)
class DatabaseItem:
    """A database of the register, with what its datasets say together."""

    id: str
    name: Bilingual
    agency: str
    purpose: Bilingual
    collection: Bilingual
    legal_basis: tuple[Law, ...]
    sectors: tuple[str, ...]
    layers: tuple[str, ...]
    cycles: tuple[str, ...]
    """How often its datasets are promised to be updated, most often first."""
    datasets: int
    released: int
    rows: int
    late: int
    updated: date | None
    simulated: bool


@dataclass(frozen=True, slots=True)
class DatasetItem:
    """A dataset of the register."""

    id: str
    name: Bilingual
    agency: str
    contact: str | None
    database: str | None
    sector: str
    layer: str
    access: AccessLevel
    importance: Importance
    cycle: str | None
    legal_basis: tuple[Law, ...]
    licence: str | None
    contract: str
    """Version of its data contract."""
    approved: date | None
    """When the contract was approved."""
    approved_automatically: bool
    """Whether no person has approved it, but the demonstration."""
    release: int | None
    rows: int | None
    updated: date | None
    due: Due
    """By the cycle that its contract promises."""
    limit: Due
    """By the general limit for published open data."""
    simulated: bool


class Method(StrEnum):
    """How data is shared (NĐ 47/2020/NĐ-CP Điều 23)."""

    ONLINE = "online"
    PACKAGE = "package"


@dataclass(frozen=True, slots=True)
class ServiceItem:
    """A sharing service: one of this platform, or one that another system of the province offers.

    `publication` says whether it was published in time after it was ready.
    """

    id: str
    name: Bilingual
    agency: str
    origin: str | None
    """The dataset in which another system's service is declared; None for our own."""
    dataset: str | None
    database: str | None
    access: AccessLevel | None
    methods: tuple[Method, ...]
    address: str | None
    """Path below the portal at which it answers."""
    structure: str | None
    """Path of the description of what is shared."""
    has_terms: bool | None
    has_documents: bool | None
    ready: date | None
    published: date | None
    publication: Due
    is_serving: bool
    simulated: bool


@dataclass(frozen=True, slots=True)
class PlanItem:
    """What an agency has to open, by when, and how it stands."""

    id: str
    name: str
    agency: str
    planned: date | None
    published: date | None
    updated: date | None
    months: int | None
    """Months between two updates."""
    publication: Due
    update: Due
    simulated: bool


@dataclass(frozen=True, slots=True)
class Article:
    """A part of the terms of use: its heading and its words."""

    heading: Bilingual
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Terms:
    """An edition of the province's own terms of use, with its rules for machines.

    `permissions`, `duties` and `prohibitions` are names of ODRL 2.2 (odrl:) or Creative Commons
    (cc:). `code` is what contracts name as their licence.
    """

    code: str
    version: str
    valid_from: date
    decision: Decision
    title: Bilingual
    basis: str
    articles: tuple[Article, ...]
    permissions: tuple[str, ...]
    duties: tuple[str, ...]
    prohibitions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a pack says about its registers. Without any of it no register is published."""

    registers: Mapping[RegisterName, Register] = field(default_factory=lambda: MappingProxyType({}))
    reviewed_every: tuple[Cycle, ...] = ()
    updated_every: tuple[Cycle, ...] = ()
    services: Table | None = None
    """Services that other systems of the province offer."""
    plan: Table | None = None
    """What every agency has to open, and by when."""
    published_within: int = 1
    """Working days from a service being ready to its publication."""
    contacts: Mapping[str, ContactPoint] = field(default_factory=lambda: MappingProxyType({}))
    """By the code of the agency."""
    laws: Mapping[str, Law] = field(default_factory=lambda: MappingProxyType({}))
    """By urn; those in dispute are left out."""
    databases: Mapping[str, Kept] = field(default_factory=lambda: MappingProxyType({}))
    """By the id of the database."""
    terms: tuple[Terms, ...] = ()
    """Every edition of the terms of use, the newest first."""


Item: TypeAlias = DatabaseItem | DatasetItem | ServiceItem | PlanItem


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of an agency, a sector, a data layer, only late ones; all where nothing is."""

    agency: str | None = None
    sector: str | None = None
    layer: str | None = None
    late: bool = False
