"""The entries of the registers, what may be asked of the catalogue, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from tinhdata.contracts.model import AccessLevel, Bilingual
from tinhdata.vietnam import COMMON_ABBREVIATIONS, Unit


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


class Quality(StrEnum):
    """What the last check of a dataset says in one word."""

    PASSED = "passed"
    """Every row of the delivery behind the current release passed every rule."""
    SOME_HELD = "some-held"
    """Some of its rows were held back, or published with a mark."""
    DELIVERY_HELD = "delivery-held"
    """The newest delivery is held; what is published is older."""
    NOT_MEASURED = "not-measured"


class Area(StrEnum):
    """How closely a dataset says where something is."""

    COMMUNE = "commune"
    POINT = "point"
    """Rows have coordinates or shapes, so they can be drawn on a map."""
    PROVINCE = "province"


@dataclass(frozen=True, slots=True)
class ExternalEntry:
    """A dataset of another portal that this one only points to."""

    id: str
    source: str
    """The portal that it was read from."""
    title: Bilingual
    description: Bilingual
    publisher: str
    tags: tuple[str, ...]
    formats: tuple[str, ...]
    landing_page: str
    licence: str | None
    changed_at: datetime


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
    tags: tuple[str, ...] = ()
    licence: str | None = None
    areas: tuple[Area, ...] = ()
    quality: Quality = Quality.NOT_MEASURED
    years: tuple[int, int] | None = None
    """The first and the last year that the rows of the release are about, where they say it."""
    registered_at: datetime | None = None
    """When its first contract came into force."""
    changed_at: datetime | None = None
    """When contract, release or check last changed what stands here."""
    confirmed_at: datetime | None = None
    """When a delivery last brought the very rows that the current release has."""
    external: ExternalEntry | None = None
    """The entry of another portal that this stands for; such a record is only ever found."""

    @property
    def up_to(self) -> datetime | None:
        """Give when the rows were last published, or confirmed as still valid."""
        published = self.release.at if self.release else None
        return self.confirmed_at or published

    @property
    def formats(self) -> tuple[str, ...]:
        """Give the endings of the files that everyone may download; none before a release."""
        if self.external is not None:
            return self.external.formats
        if self.release is None or self.access_level is not AccessLevel.OPEN:
            return ()
        return (*TABLE_FORMATS, *(MAP_FORMATS if Area.POINT in self.areas else ()))


TABLE_FORMATS = ("csv", "xlsx", "json", "jsonl", "parquet")
MAP_FORMATS = ("geojson", "gpkg")


class FacetName(StrEnum):
    """What a list of datasets can be narrowed by."""

    AGENCY = "agency"
    TOPIC = "topic"
    FORMAT = "format"
    UPDATED = "updated"
    FRESHNESS = "freshness"
    QUALITY = "quality"
    AREA = "area"
    PERIOD = "period"
    ACCESS = "access"
    DATABASE = "database"
    ORIGIN = "origin"
    TAG = "tag"
    LICENCE = "licence"


class UpdateAge(StrEnum):
    """How long ago the current release was published."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    OLDER = "older"
    NEVER = "never"


class Timeliness(StrEnum):
    """Whether the last update keeps what the contract promises."""

    ON_TIME = "on-time"
    LATE = "late"
    NOT_PROMISED = "not-promised"


class Origin(StrEnum):
    """Whether rows were made up for showing."""

    REAL = "real"
    SIMULATED = "simulated"
    EXTERNAL = "external"
    """Of another portal."""


class Sorting(StrEnum):
    """The order of what was found; without words the best order is that of names."""

    BEST = "best"
    UPDATED = "updated"
    NAME = "name"


MOST_WORDS = 16
"""Words of a question that are looked at."""
LONGEST_QUESTION = 200
"""Characters of a question that are looked at."""
MOST_HITS = 1_000
"""Hits that one page of an answer may have."""

_NOTHING: Mapping[FacetName, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CatalogueQuery:
    """A question to the catalogue.

    `filters`: within a facet one of the values must hold, and every facet must. `facets` asks for
    the counts, of which those of a facet are taken with the filters of all the others applied.
    `external` includes datasets of other portals, which are no datasets of ours.
    """

    words: str = ""
    filters: Mapping[FacetName, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)
    sort: Sorting = Sorting.BEST
    offset: int = 0
    limit: int = 20
    facets: bool = False
    external: bool = False


class Place(StrEnum):
    """Where in the description of a dataset words stand."""

    NAME = "name"
    COLUMN = "columns"
    VALUE = "values"
    TAG = "tags"
    TOPIC = "topic"
    AGENCY = "agency"
    DATABASE = "database"
    DESCRIPTION = "description"
    AREA = "area"
    """The words name a place, and the dataset has rows by commune."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of searchable text; `label` is the heading of the column that it belongs to."""

    place: Place
    text: str
    label: Bilingual = Bilingual("")


@dataclass(frozen=True, slots=True)
class Texts:
    """The parts of a dataset as they are looked through, one line each.

    `plain` has the words of a part without diacritics, `packed` the part itself.
    """

    plain: str = ""
    packed: str = ""

    def __add__(self, other: "Texts") -> "Texts":
        """Give these lines and those of `other` behind them."""
        if not self.plain or not other.plain:
            return self if self.plain else other
        return Texts(f"{self.plain}\n{other.plain}", f"{self.packed}\n{other.packed}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A bit of a snippet; `found` says whether it is one of the words searched for."""

    text: str
    found: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """Why a dataset was found: the place, the column where there is one, and the words there."""

    place: Place
    snippet: tuple[Piece, ...]
    label: Bilingual = Bilingual("")


@dataclass(frozen=True, slots=True)
class Hit:
    """A found dataset and why it was found, the best reason first; none where no words were."""

    record: DatasetRecord
    matches: tuple[Match, ...] = ()

    @property
    def matched(self) -> tuple[str, ...]:
        """Give the places where the words were met."""
        return tuple(dict.fromkeys(match.place.value for match in self.matches))


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many datasets would be found with this value of a facet."""

    value: str
    count: int


class ReadingKind(StrEnum):
    """Why words were read as others."""

    ABBREVIATION = "abbreviation"
    FORMER_PLACE = "former-place"
    PLACE = "place"
    SPELLING = "spelling"
    UNKNOWN = "unknown"
    """The words stand nowhere; what is found is found by the others."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What words of the question were understood as: an abbreviation, an old name, a slip."""

    kind: ReadingKind
    written: str
    meant: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page of an answer.

    `total` is the number of datasets found; `suggestion` the question in other words, where some of
    its words stand nowhere and similar ones do (the hits are those of the similar ones then).
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[FacetName, tuple[FacetCount, ...]]
    suggestion: str | None = None
    readings: tuple[Reading, ...] = ()


class SuggestionKind(StrEnum):
    """What is suggested while someone types."""

    DATASET = "dataset"
    AGENCY = "agency"
    TOPIC = "topic"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What someone may mean who types: `key` is the id of a dataset, or the code of the other."""

    kind: SuggestionKind
    key: str
    text: Bilingual
    count: int | None = None
    """Datasets of the agency or topic that the reader may know of."""
    now: str | None = None
    """What a former place is called today."""


@dataclass(frozen=True, slots=True)
class ProvinceWords:
    """What the search knows about the province besides its datasets: facts of the pack."""

    units: tuple[Unit, ...] = ()
    topics: Mapping[str, Bilingual] = field(default_factory=lambda: MappingProxyType({}))
    abbreviations: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: COMMON_ABBREVIATIONS
    )


@dataclass(frozen=True, slots=True)
class Looked:
    """What follow-up work read in the rows of a release: values of a code list, years covered."""

    dataset: str
    release: str
    number: int
    parts: tuple[Part, ...] = ()
    years: tuple[int, int] | None = None
