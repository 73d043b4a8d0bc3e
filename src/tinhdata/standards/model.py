"""The nouns of the open catalogue: the portal, a dataset as anyone may know it, documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tinhdata.access import Agency
from tinhdata.catalogue import DatabaseEntry
from tinhdata.contracts import Bilingual, Column, Contract, Dimension, Severity
from tinhdata.kernel import Text


class RDFForm(StrEnum):
    """How a graph is written; the value is the ending of its address."""

    TURTLE = "ttl"
    JSON_LD = "jsonld"
    RDF_XML = "rdf"
    XML = "xml"
    N3 = "n3"


@dataclass(frozen=True, slots=True)
class Licence:
    """Terms of use: the address of their text (a path is one of this portal), name, and rights."""

    code: str
    address: str
    name: Bilingual
    rights: Bilingual | None = None
    """What the terms say beyond the name, in a sentence."""
    by_approval: bool = False
    """Whether the agency that owns a dataset must have approved them for it."""


@dataclass(frozen=True, slots=True)
class Sector:
    """A field of work: its name, and its theme in the European vocabulary of data themes."""

    code: str
    name: Bilingual
    theme: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The area that the portal's data is about: official code, name, country."""

    code: str
    name: Bilingual
    country: str | None = None
    """Address of the country in a public vocabulary."""


@dataclass(frozen=True, slots=True)
class Portal:
    """What the catalogue says about itself, from the pack."""

    title: Bilingual
    description: Bilingual
    publisher: str
    """Code of the agency that publishes the catalogue."""
    place: Place
    contact: str | None
    sectors: Mapping[str, Sector]
    licences: Mapping[str, Licence]


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """Rows of a release as a file. Size and hash are known where the file lies ready.

    `path` is its address within the portal where it is another than that of filtered rows.
    """

    form: str
    size: int | None = None
    sha256: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class LastRelease:
    """The release that is read now."""

    id: str
    number: int
    rows: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when the rows reach: years (2024), months (2024-05) or days (2024-05-31)."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class QualityFigure:
    """A measured dimension: rows that pass of rows that were judged."""

    dimension: Dimension
    passed: int
    judged: int


@dataclass(frozen=True, slots=True)
class Publication:
    """A dataset as anyone may know it. Where rows are not open, `columns` and `files` are empty."""

    contract: Contract
    contract_hash: str
    publisher: Agency | None
    issued: datetime | None = None
    modified: datetime | None = None
    release: LastRelease | None = None
    columns: tuple[Column, ...] = ()
    files: tuple[PublishedFile, ...] = ()
    span: Span | None = None
    figures: tuple[QualityFigure, ...] = ()
    database: DatabaseEntry | None = None

    @property
    def id(self) -> str:
        """Give the id of the dataset."""
        return self.contract.id

    @property
    def contact(self) -> str | None:
        """Give where to ask: the dataset's own contact point, else that of its agency."""
        agency = self.publisher.contact if self.publisher else None
        return self.contract.contact or agency


@dataclass(frozen=True, slots=True)
class Entry:
    """A dataset in the order of the catalogue, and since when it stands as it does."""

    dataset: str
    contract_hash: str
    release: str | None
    issued: datetime
    modified: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the catalogue: page (from 1), size of a page, only what changed since."""

    page: int = 1
    limit: int = 100
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A written document; `tag` is the same as long as nothing in it changes."""

    content: bytes
    media_type: str
    tag: str
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a dataset lacks to be published. `rule` is the name of the shape that says so."""

    rule: str
    severity: Severity
    text: Text
    fix: Text | None = None

    @property
    def forbids(self) -> bool:
        """Say whether the dataset may not be published with it."""
        return self.severity in {Severity.ERROR, Severity.CRITICAL}


@dataclass(frozen=True, slots=True)
class CheckedDataset:
    """What the last nightly check had to say about a dataset."""

    dataset: str
    complaints: tuple[Complaint, ...]

    @property
    def passed(self) -> bool:
        """Say whether nothing forbids publishing it."""
        return not any(complaint.forbids for complaint in self.complaints)


@dataclass(frozen=True, slots=True)
class CatalogueCheck:
    """A check of the whole catalogue, finished."""

    at: datetime
    seconds: float
    checked: int
    failed: int
    datasets: tuple[CheckedDataset, ...]
    """Those with something to say about, by id."""
