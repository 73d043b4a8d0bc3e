"""How registers look to programs: one model per kind of entry, and how each is made."""

from datetime import date
from typing import TypeAlias

from pydantic import BaseModel, Field

from tinhdata.api.common import WordsOut
from tinhdata.bootstrap import Platform
from tinhdata.contracts import AccessLevel, Importance
from tinhdata.registers import (
    Certainty,
    ContactPoint,
    Cycle,
    DatabaseItem,
    DatasetItem,
    Decision,
    Due,
    Edition,
    Item,
    Law,
    Method,
    PlanItem,
    RegisterName,
    ServiceItem,
)


class ContactOut(BaseModel):
    """Whom to ask about the data of an agency."""

    name: str
    position: WordsOut
    email: str
    phone: str | None
    certainty: Certainty = Field(description="How sure this is; `simulated` is made up to show.")

    @classmethod
    def of(cls, contact: ContactPoint) -> "ContactOut":
        """Give a contact point."""
        return cls(
            name=contact.name,
            position=WordsOut.of(contact.position),
            email=contact.email,
            phone=contact.phone,
            certainty=contact.certainty,
        )


class DecisionOut(BaseModel):
    """The decision that approved an edition."""

    number: str
    title: WordsOut
    issuer: WordsOut
    date: date
    certainty: Certainty = Field(description="How sure this is; `simulated` is made up to show.")

    @classmethod
    def of(cls, decision: Decision) -> "DecisionOut":
        """Give a decision."""
        return cls(
            number=decision.number,
            title=WordsOut.of(decision.title),
            issuer=WordsOut.of(decision.issuer),
            date=decision.on,
            certainty=decision.certainty,
        )


class EditionOut(BaseModel):
    """An approved version of a register."""

    version: str
    valid_from: date
    decision: DecisionOut
    note: WordsOut | None

    @classmethod
    def of(cls, edition: Edition) -> "EditionOut":
        """Give an edition."""
        return cls(
            version=edition.version,
            valid_from=edition.valid_from,
            decision=DecisionOut.of(edition.decision),
            note=WordsOut.of(edition.note) if edition.note else None,
        )


class DueOut(BaseModel):
    """When something is due, and how late it is."""

    date: date | None
    days_late: int

    @classmethod
    def of(cls, due: Due) -> "DueOut":
        """Give a day that is due."""
        return cls(date=due.day, days_late=due.days_late)


class RuleOut(BaseModel):
    """How often something is done, and by which rule."""

    months: int
    basis: str
    law: str
    certainty: Certainty
    note: WordsOut | None

    @classmethod
    def of(cls, cycle: Cycle) -> "RuleOut":
        """Give a rule."""
        return cls(
            months=cycle.months,
            basis=cycle.basis,
            law=cycle.law,
            certainty=cycle.certainty,
            note=WordsOut.of(cycle.note) if cycle.note else None,
        )


class LawOut(BaseModel):
    """A legal text."""

    urn: str
    title: str

    @classmethod
    def of(cls, law: Law) -> "LawOut":
        """Give a legal text."""
        return cls(urn=law.urn, title=law.title)


class RegisterOut(BaseModel):
    """A published register."""

    name: RegisterName
    title: WordsOut
    about: WordsOut
    keeper: str = Field(description="Code of the agency that keeps it.")
    legal_basis: list[LawOut]
    edition: EditionOut | None = Field(description="The one in force today.")
    editions: list[EditionOut] = Field(description="All of them, the newest first.")
    reviews: list[date] = Field(description="The days on which it was reviewed.")
    review: DueOut = Field(description="When it is to be reviewed next.")
    review_rule: RuleOut | None
    address: str
    csv: str


class DatabaseItemOut(BaseModel):
    """A database of the register."""

    id: str
    name: WordsOut
    agency: str
    contact: str | None
    purpose: WordsOut
    collection: WordsOut
    legal_basis: list[LawOut]
    sectors: list[str]
    layers: list[str]
    update_cycles: list[str] = Field(description="ISO 8601, most often first.")
    datasets: int
    released: int
    rows: int
    late: int = Field(description="Datasets that are overdue.")
    updated: date | None
    simulated: bool


class DatasetItemOut(BaseModel):
    """A dataset of the register."""

    id: str
    name: WordsOut
    agency: str
    contact: str | None
    database: str | None
    sector: str
    layer: str
    access: AccessLevel
    importance: Importance
    update_cycle: str | None
    legal_basis: list[LawOut]
    licence: str | None
    contract_version: str
    contract_approved: date | None
    contract_approved_automatically: bool = Field(description="By the demonstration, not a person.")
    release: int | None
    rows: int | None
    updated: date | None
    due: DueOut = Field(description="By the cycle that the contract promises.")
    limit: DueOut = Field(description="By the general limit for open data that is published.")
    simulated: bool


class ServiceItemOut(BaseModel):
    """A service by which data is shared."""

    id: str
    name: WordsOut
    agency: str
    contact: str | None
    origin: str | None = Field(description="Dataset that declares it; null for the portal's own.")
    dataset: str | None
    database: str | None
    access: AccessLevel | None
    methods: list[Method]
    address: str | None
    structure: str | None = Field(description="Where what is shared is described.")
    has_terms: bool | None
    has_documents: bool | None
    ready: date | None
    published: date | None
    publication: DueOut
    serving: bool
    simulated: bool


class PlanItemOut(BaseModel):
    """What an agency has to open."""

    id: str
    name: str
    agency: str
    planned: date | None
    published: date | None
    updated: date | None
    months: int | None = Field(description="Months between two updates.")
    publication: DueOut
    update: DueOut
    simulated: bool


ItemOut: TypeAlias = DatabaseItemOut | DatasetItemOut | ServiceItemOut | PlanItemOut


class RegisterItemsOut(BaseModel):
    """A register with its entries."""

    register_: RegisterOut = Field(serialization_alias="register")
    items: list[ItemOut]
    total: int


def contact_of(here: Platform, agency: str) -> ContactOut | None:
    """Give the contact point of an agency."""
    found = here.registers.contact(agency)
    return ContactOut.of(found) if found else None


def item_out(here: Platform, item: Item) -> ItemOut:
    """Give an entry of a register."""
    match item:
        case DatabaseItem():
            return _database(here, item)
        case DatasetItem():
            return _dataset(here, item)
        case ServiceItem():
            return _service(here, item)
        case PlanItem():
            return _plan(item)


def _database(here: Platform, item: DatabaseItem) -> DatabaseItemOut:
    return DatabaseItemOut(
        id=item.id,
        name=WordsOut.of(item.name),
        agency=item.agency,
        contact=_mail(here, item.agency),
        purpose=WordsOut.of(item.purpose),
        collection=WordsOut.of(item.collection),
        legal_basis=[LawOut.of(law) for law in item.legal_basis],
        sectors=list(item.sectors),
        layers=list(item.layers),
        update_cycles=list(item.cycles),
        datasets=item.datasets,
        released=item.released,
        rows=item.rows,
        late=item.late,
        updated=item.updated,
        simulated=item.simulated,
    )


def _dataset(here: Platform, item: DatasetItem) -> DatasetItemOut:
    return DatasetItemOut(
        id=item.id,
        name=WordsOut.of(item.name),
        agency=item.agency,
        contact=item.contact or _mail(here, item.agency),
        database=item.database,
        sector=item.sector,
        layer=item.layer,
        access=item.access,
        importance=item.importance,
        update_cycle=item.cycle,
        legal_basis=[LawOut.of(law) for law in item.legal_basis],
        licence=item.licence,
        contract_version=item.contract,
        contract_approved=item.approved,
        contract_approved_automatically=item.approved_automatically,
        release=item.release,
        rows=item.rows,
        updated=item.updated,
        due=DueOut.of(item.due),
        limit=DueOut.of(item.limit),
        simulated=item.simulated,
    )


def _service(here: Platform, item: ServiceItem) -> ServiceItemOut:
    return ServiceItemOut(
        id=item.id,
        name=WordsOut.of(item.name),
        agency=item.agency,
        contact=_mail(here, item.agency),
        origin=item.origin,
        dataset=item.dataset,
        database=item.database,
        access=item.access,
        methods=list(item.methods),
        address=item.address,
        structure=item.structure,
        has_terms=item.has_terms,
        has_documents=item.has_documents,
        ready=item.ready,
        published=item.published,
        publication=DueOut.of(item.publication),
        serving=item.is_serving,
        simulated=item.simulated,
    )


def _plan(item: PlanItem) -> PlanItemOut:
    return PlanItemOut(
        id=item.id,
        name=item.name,
        agency=item.agency,
        planned=item.planned,
        published=item.published,
        updated=item.updated,
        months=item.months,
        publication=DueOut.of(item.publication),
        update=DueOut.of(item.update),
        simulated=item.simulated,
    )


def _mail(here: Platform, agency: str) -> str | None:
    found = here.registers.contact(agency)
    return found.email if found else None
