"""The nouns of harvesting: portals, their datasets as entries, runs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tinhdata.contracts import Bilingual
from tinhdata.kernel import Text


class HarvestKind(StrEnum):
    """How a portal says what it has."""

    CKAN = "ckan"
    """The Action API below the address: package_search, page by page."""
    DCAT = "dcat"
    """A graph at the address: Turtle, RDF/XML or JSON-LD, perhaps in pages."""
    FRICTIONLESS = "frictionless"
    """A data package at the address."""


class HarvestState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Portal:
    """Another portal whose catalogue is harvested."""

    id: str
    kind: HarvestKind
    url: str
    title: str
    every: timedelta = timedelta(days=1)
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class ExternalFile:
    """A file or address of a dataset elsewhere; its bytes are not ours."""

    url: str
    title: str = ""
    format: str = ""
    media_type: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class ExternalEntry:
    """A dataset of another portal. `identifier` is its stable name there, `id` ours."""

    id: str
    portal: str
    identifier: str
    title: Bilingual
    description: Bilingual = Bilingual("")
    publisher: str = ""
    contact: str = ""
    licence: str = ""
    """Address of the terms, else their name."""
    landing_page: str = ""
    keywords: tuple[str, ...] = ()
    files: tuple[ExternalFile, ...] = ()
    issued: str = ""
    modified: str = ""

    @property
    def formats(self) -> tuple[str, ...]:
        """Give the forms of its files, each once."""
        return tuple(dict.fromkeys(f.format.lower() for f in self.files if f.format))


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """An entry as it is kept: since when so, and when it was gone at its portal."""

    entry: ExternalEntry
    hash: str
    first_seen: datetime
    changed_at: datetime
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run did to the entries of its portal."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    skipped: int = 0
    """Records of the portal that could not be read; those known before stay as they were."""

    @property
    def changes(self) -> int:
        """Give how many entries are another than before."""
        return self.added + self.changed + self.gone

    def plus(self, other: "Counts") -> "Counts":
        """Give both together."""
        return Counts(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.gone + other.gone,
            self.skipped + other.skipped,
        )


@dataclass(frozen=True, slots=True)
class HarvestRun:
    """One walk through a portal's catalogue. `cursor` is where to go on after a break."""

    id: str
    portal: str
    state: HarvestState
    started_at: datetime
    counts: Counts = Counts()
    cursor: str | None = None
    pages: int = 0
    records: int = 0
    total: int | None = None
    ended_at: datetime | None = None
    problem: Text | None = None
    """Why it failed, or what was left undone."""

    @property
    def is_walked(self) -> bool:
        """Say whether the last page was read."""
        return self.pages > 0 and self.cursor is None

    @property
    def is_whole(self) -> bool:
        """Say whether as many records were read as the portal says that it has."""
        return self.total is None or self.records == self.total


@dataclass(frozen=True, slots=True)
class PortalView:
    """A portal as it stands: living entries, next walk, last run."""

    portal: Portal
    entries: int
    next_due: datetime | None
    last_run: HarvestRun | None


@dataclass(frozen=True, slots=True)
class HarvestPage:
    """A page of a portal's catalogue: entries, unreadable records, where the next page is."""

    entries: tuple[ExternalEntry, ...]
    next_cursor: str | None
    unreadable: tuple[str, ...] = ()
    """Identifiers of records that could not be read, as far as they had one."""
    records: int = 0
    """How many records the page had, those passed over included."""
    total: int | None = None
    """How many records there are in all, where the portal says so."""
