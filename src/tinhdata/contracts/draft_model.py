"""The nouns of a draft: what a contract shall say, before it is written as a file.

Drafts come from sample files (`drafting`) and from the schemas of others (`importing_*`);
`draft_writing` makes the file of them.
"""

from dataclasses import dataclass, field
from types import MappingProxyType

from tinhdata.contracts.model import (
    Bound,
    Classification,
    Finding,
    LogicalType,
    NumberForm,
    Personal,
    Reference,
)
from tinhdata.kernel import JSONObject, Text


@dataclass(frozen=True, slots=True)
class DraftColumn:
    """A column as a draft declares it. `remarks` become comments above it."""

    name: str
    label: str
    logical_type: LogicalType = LogicalType.STRING
    label_en: str | None = None
    description: str | None = None
    required: bool = False
    unique: bool = False
    classification: Classification = Classification.INTERNAL
    minimum: Bound | None = None
    maximum: Bound | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    allowed: tuple[str, ...] = ()
    reference: Reference | None = None
    semantic_type: str | None = None
    unit: str | None = None
    decimals: int | None = None
    number_form: NumberForm | None = None
    date_formats: tuple[str, ...] = ()
    missing_values: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    position: int | None = None
    personal: Personal | None = None
    mask: str | None = None
    properties: JSONObject = field(default_factory=lambda: MappingProxyType({}))
    """Other customProperties of the column, by name."""

    remarks: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftRule:
    """A condition on each row that a schema of others declares."""

    id: str
    predicate: str
    message: Text


@dataclass(frozen=True, slots=True)
class DraftTable:
    """A dataset as a draft declares it; None is what only a person can say."""

    id: str
    name: str
    table: str
    columns: tuple[DraftColumn, ...]
    key: tuple[str, ...]
    name_en: str | None = None
    purpose: str | None = None
    sector: str | None = None
    agency: str | None = None
    usage: str | None = None
    granularity: str | None = None
    licence: str | None = None
    missing_values: tuple[str, ...] = ()
    layout: JSONObject = field(default_factory=lambda: MappingProxyType({}))
    rules: tuple[DraftRule, ...] = ()
    tags: tuple[str, ...] = ()
    remarks: tuple[Text, ...] = ()
    """What was seen of the whole, and what could not be taken over: comments at the top."""

    @property
    def is_simulated(self) -> bool:
        """Say whether name or purpose say that the rows are made up."""
        return any("mô phỏng" in text.casefold() for text in (self.name, self.purpose or ""))


@dataclass(frozen=True, slots=True)
class DraftContract:
    """A written draft: the text of its file, and what is still to be done in it.

    `findings` are the warnings of the check, `remarks` what the comments at the top say.
    """

    id: str
    yaml: str
    columns: int
    key: tuple[str, ...]
    findings: tuple[Finding, ...]
    remarks: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class DraftWishes:
    """What a person says before a draft is made. None means: as found."""

    id: str | None = None
    agency: str | None = None
    sector: str | None = None
    sheet: str | None = None
