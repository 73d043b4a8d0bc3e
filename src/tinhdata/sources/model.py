"""The nouns of pulled sources: where, when, how far, what each run brought, what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from tinhdata.kernel import Text


class SourceKind(StrEnum):
    """What kind of place a source is."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    SQLSERVER = "sqlserver"
    ORACLE = "oracle"
    SFTP = "sftp"
    FTP = "ftp"
    FOLDER = "folder"
    HTTP = "http"
    CKAN = "ckan"
    TINHDATA = "tinhdata"


DATABASES = frozenset(
    {SourceKind.POSTGRESQL, SourceKind.MYSQL, SourceKind.SQLSERVER, SourceKind.ORACLE}
)


class Mode(StrEnum):
    """Whether all is pulled each time, or only what changed since the mark."""

    WHOLE = "whole"
    SINCE = "since"


class AfterTaking(StrEnum):
    """What becomes of a file at the source once its delivery exists."""

    KEEP = "keep"
    ARCHIVE = "archive"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Every:
    """Due each `minutes`."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Daily:
    """Due each day at this time of Việt Nam."""

    hour: int
    minute: int


Rhythm: TypeAlias = Every | Daily


@dataclass(frozen=True, slots=True)
class DatabasePlace:
    """A table, or a stored query, of a database server. `password` is a reference, no secret."""

    host: str
    port: int | None
    database: str
    user: str
    password: str | None
    table: str | None = None
    schema: str | None = None
    query: str | None = None
    tls: bool = False
    ca: str | None = None
    """File with the certificates that are trusted, where the system's are not enough."""


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A folder of files: on a server, or on this machine where there is no host."""

    path: str
    pattern: str = "*"
    host: str = ""
    port: int | None = None
    user: str = ""
    password: str | None = None
    key: str | None = None
    """Reference to a private key."""
    host_key: str | None = None
    """The server's key as in known_hosts: type and base64."""
    tls: bool = False
    ca: str | None = None
    after: AfterTaking = AfterTaking.KEEP
    archive: str | None = None
    settle_seconds: int = 60
    """How long a file must lie unchanged before it is taken."""


@dataclass(frozen=True, slots=True)
class WebPlace:
    """An address: of a file, of a CKAN portal or of another instance of this platform."""

    url: str
    allowed_hosts: frozenset[str] = frozenset()
    """Other hosts to which the server may send us on."""
    user: str | None = None
    password: str | None = None
    token: str | None = None
    ca: str | None = None
    resource: str | None = None
    """Resource of a CKAN portal."""
    datastore: bool = False
    """Whether rows are read from the portal's datastore and not from the resource's file."""
    dataset: str | None = None
    """Dataset of the other instance."""


Place: TypeAlias = DatabasePlace | FilePlace | WebPlace


@dataclass(frozen=True, slots=True)
class Source:
    """A place that data for a dataset is pulled from, as declared."""

    id: str
    dataset: str
    kind: SourceKind
    place: Place
    rhythm: Rhythm
    agency: str | None = None
    """Whose source it is; without it, that of the agency that owns the dataset."""
    title: str = ""
    mode: Mode = Mode.WHOLE
    mark: str | None = None
    """Column that grows with each change of a row."""
    overlap: str | None = None
    """How far below the mark rows may still appear: an ISO 8601 duration or a whole number."""
    cycle: str | None = None
    grace: str | None = None
    enabled: bool = True
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Column of the contract -> column of the source."""

    @property
    def actor_id(self) -> str:
        """Give the id in whose name it delivers."""
        return f"source:{self.id}"


class Outcome(StrEnum):
    """How a run ended."""

    RUNNING = "running"
    DELIVERED = "delivered"
    UNCHANGED = "unchanged"
    """The place answered and had nothing new."""
    POSTPONED = "postponed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """One pull: when, what it brought, and what went wrong."""

    id: str
    source: str
    work: str
    by: str
    started_at: datetime
    ended_at: datetime | None = None
    outcome: Outcome = Outcome.RUNNING
    attempts: int = 1
    bytes: int = 0
    rows: int = 0
    deliveries: tuple[str, ...] = ()
    notes: tuple[Text, ...] = ()
    problem: Text | None = None
    problem_code: str | None = None


class AlarmKind(StrEnum):
    """What is wrong with a source until it ends by itself."""

    SILENT = "silent"
    CHANGED = "changed"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that the owner has to know of a source."""

    source: str
    kind: AlarmKind
    since: datetime
    text: Text


@dataclass(frozen=True, slots=True)
class MarkValue:
    """A value of the mark's column with its type: int, decimal, date, datetime or text."""

    type: str
    text: str


@dataclass(frozen=True, slots=True)
class SeenGroup:
    """One group of rows (a period, or the whole table) as the source shows it now."""

    count: int
    top: str | None
    recent: int = 0
    """How many of its rows stand at or above the bound of the last pull."""


@dataclass(frozen=True, slots=True)
class GroupMark:
    """One group of rows as it was pulled last, and the delivery that holds it."""

    count: int
    top: str | None
    content: str
    """SHA-256 over its rows as they were written."""
    delivery: str


@dataclass(frozen=True, slots=True)
class TableMark:
    """How far a table was pulled. It moves only in the transaction that writes the delivery."""

    schema: tuple[tuple[str, str], ...]
    """Columns of the source, with their types."""
    used: tuple[str, ...]
    """Those of them that were pulled."""
    contract: str
    """Hash of the contract that they were pulled for."""
    delivery: str
    top: MarkValue | None = None
    top_seen_at: datetime | None = None
    """When this highest mark was first met; the clock is ours."""
    pulled_at: datetime | None = None
    groups: Mapping[str, GroupMark] = field(default_factory=lambda: MappingProxyType({}))
    called: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Column of the contract -> column of the source, where a person said so of a delivery."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file at the source. `version` changes whenever its content may have changed."""

    name: str
    version: str | None
    size: int | None = None
    modified: datetime | None = None
    filename: str = ""
    """What the delivery's file is called, where that is not `name`."""
    digest: tuple[str, str] | None = None
    """Algorithm and hexadecimal digest, where the source gives one."""
    resumable: bool = True
    plain_numbers: bool = False
    """Whether a program wrote its numbers: 1234.5, no thousands."""


@dataclass(frozen=True, slots=True)
class TakenFile:
    """What is known of a file: seen at first, then taken into a delivery.

    `version` is the one that was seen last, `taken_version` the one that `delivery` holds.
    """

    name: str
    version: str
    seen_at: datetime
    taken_version: str | None = None
    sha256: str | None = None
    size: int = 0
    delivery: str | None = None
    taken_at: datetime | None = None
    settled: bool = True
    """Whether it was moved or deleted at the source, where that is declared."""


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source as it stands: its definition, its runs' ends, what is wrong."""

    source: Source
    enabled: bool
    added_by: str
    added_at: datetime
    next_due: datetime | None
    data_at: datetime | None
    """When it last brought something."""
    mark: str | None
    last_run: Run | None
    alarms: tuple[Alarm, ...]


@dataclass(frozen=True, slots=True)
class SeenColumn:
    """A column at the source, its type there, and the contract's column that takes it."""

    name: str
    type: str
    column: str | None


@dataclass(frozen=True, slots=True)
class Look:
    """What a source shows when it is tried: columns, first rows (masked), files."""

    columns: tuple[SeenColumn, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()
    missing: tuple[str, ...] = ()
    """Columns of the contract that nothing was found for."""
    files: tuple[RemoteFile, ...] = ()
    notes: tuple[Text, ...] = ()
