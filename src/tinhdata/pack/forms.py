"""The files of a pack as they are typed: strict shapes at the edge, nothing of their meaning."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tinhdata.access import AgencyKind, Role
from tinhdata.contracts import Bilingual
from tinhdata.feedback import Kind
from tinhdata.pack.model import DatabaseKind, LawStatus
from tinhdata.registers import Certainty, RegisterName

Filled = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\z")]


class Form(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TextForm(Form):
    """A text in Vietnamese and, perhaps, English."""

    vi: Filled
    en: Filled | None = None

    def bilingual(self) -> Bilingual:
        """Give the text as the platform carries it."""
        return Bilingual(self.vi, self.en)


class PersonForm(Form):
    """A simulated person of a demonstration."""

    login: Filled
    name: Filled
    roles: tuple[Role, ...]
    agency: Filled | None = None


class TableForm(Form):
    """A dataset that holds a part of the dictionary, with the columns of its fields."""

    dataset: Slug
    columns: dict[str, Filled]


class DictionaryForm(Form):
    """Where the pack keeps its data dictionary, and which sector belongs to which block."""

    elements: TableForm
    links: TableForm
    blocks: dict[Slug, Slug]
    other_block: Slug


class PackForm(Form):
    """pack.yaml."""

    id: Slug
    version: Filled
    name: TextForm
    province_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}\z")]
    effective_from: date
    actor: Filled
    demo: bool
    sample_day: date
    people: tuple[PersonForm, ...] = ()
    dictionary: DictionaryForm | None = None


class ContactForm(Form):
    """Whom to ask about the data of an agency."""

    name: Filled
    position: TextForm
    email: Filled
    phone: Filled | None = None
    certainty: Certainty


class AgencyForm(Form):
    """An agency of agencies.yaml."""

    code: Filled
    name: TextForm
    level: AgencyKind
    parent: Filled | None = None
    contact: ContactForm | None = None
    certainty: Certainty


class CommunesForm(Form):
    """How the agencies of the communes follow from units.csv."""

    code: Filled
    name: TextForm
    parent: Filled
    certainty: Certainty


class AgenciesForm(Form):
    """agencies.yaml."""

    agencies: tuple[AgencyForm, ...]
    contact: ContactForm | None = None
    """For each agency that names none of its own; {code} in the mail stands for its code."""
    communes: CommunesForm | None = None


class LawForm(Form):
    """A legal text of laws.yaml."""

    urn: Filled
    title: Filled
    issued: date | None = None
    valid_from: date
    valid_to: date | None = None
    status: LawStatus
    replaced_by: Filled | None = None
    certainty: Certainty
    note: Filled | None = None


class LawsForm(Form):
    """laws.yaml."""

    laws: tuple[LawForm, ...]


class TermsForm(Form):
    """Where the text of a licence lies, and what it says in a sentence."""

    address: Filled
    rights: TextForm | None = None
    by_approval: bool = False
    """Whether a dataset may have it only where its agency has approved it."""


class PortalForm(Form):
    """portal.yaml."""

    title: TextForm
    description: TextForm
    publisher: Filled
    contact: Filled | None = None
    country: Filled | None = None
    themes: dict[Slug, Filled] = {}
    licences: dict[Filled, TermsForm] = {}


class DecisionForm(Form):
    """The decision that approved an edition."""

    number: Filled
    title: TextForm
    issuer: TextForm
    signed: date
    certainty: Certainty


class EditionForm(Form):
    """An edition of a register."""

    version: Filled
    valid_from: date
    decision: DecisionForm
    note: TextForm | None = None


class RegisterForm(Form):
    """A register of registers.yaml."""

    name: RegisterName
    title: TextForm
    about: TextForm
    keeper: Filled
    legal_basis: tuple[Filled, ...]
    editions: Annotated[tuple[EditionForm, ...], Field(min_length=1)]
    reviews: tuple[date, ...] = ()


class CycleForm(Form):
    """A rule of how often something is done."""

    months: Annotated[int, Field(ge=1, le=120)]
    basis: Filled
    law: Filled
    valid_from: date
    valid_to: date | None = None
    certainty: Certainty
    note: TextForm | None = None


class WithinForm(Form):
    """In how many working days something is done, and why."""

    working_days: Annotated[int, Field(ge=1, le=30)]
    basis: Filled
    certainty: Certainty


class RegistersForm(Form):
    """registers.yaml."""

    reviewed_every: tuple[CycleForm, ...] = ()
    updated_every: tuple[CycleForm, ...] = ()
    published_within: WithinForm | None = None
    services: TableForm | None = None
    plan: TableForm | None = None
    registers: tuple[RegisterForm, ...]


class ArticleForm(Form):
    """A part of the terms of use."""

    heading: TextForm
    text: TextForm


Rule = Annotated[str, StringConstraints(pattern=r"^(odrl|cc):[A-Za-z]+\z")]


class TermsEditionForm(Form):
    """An edition of the terms of use."""

    version: Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)*\z")]
    valid_from: date
    decision: DecisionForm
    title: TextForm
    basis: Filled
    permissions: tuple[Rule, ...]
    duties: tuple[Rule, ...]
    prohibitions: tuple[Rule, ...]
    articles: Annotated[tuple[ArticleForm, ...], Field(min_length=1)]


class TermsFileForm(Form):
    """terms.yaml."""

    code: Filled
    editions: Annotated[tuple[TermsEditionForm, ...], Field(min_length=1)]


class DatabaseForm(Form):
    """A database of databases.yaml."""

    id: Slug
    kind: DatabaseKind
    name: TextForm
    agency: Filled
    purpose: TextForm
    collection: TextForm
    legal_basis: tuple[Filled, ...]


class DatabasesForm(Form):
    """databases.yaml."""

    databases: tuple[DatabaseForm, ...]


class DayForm(Form):
    """A day of holidays.yaml."""

    date: date
    name: Filled
    certainty: Certainty


class CoversForm(Form):
    """The days for which a calendar is complete."""

    first: date
    last: date


class HolidaysForm(Form):
    """holidays.yaml."""

    covers: CoversForm
    holidays: tuple[DayForm, ...]
    working_days: tuple[DayForm, ...] = ()


class DeadlineForm(Form):
    """In how many working days an item is answered, and why."""

    working_days: Annotated[int, Field(ge=1, le=250)]
    basis: Filled
    certainty: Certainty


class FeedbackForm(Form):
    """feedback.yaml."""

    deadlines: dict[Kind, DeadlineForm]
