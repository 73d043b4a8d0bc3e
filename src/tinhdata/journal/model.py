"""The nouns of the journal: kinds of events, events to be written, entries that stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from tinhdata.kernel import JSONObject


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event, declared by the capability `owner` with every field that it may carry.

    `fields` maps a name to a type: `int`, `bool`, `id` (as made by new_id), `code` (a slug, agency
    code, version or rule id: no blanks), `hash` (SHA-256 in hexadecimal), `date` or `moment` (ISO
    8601). `type[]` is a list of such values, `type?` a field that may be absent or None.
    """

    name: str
    owner: str
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Event:
    """A fact to be written: `actor` did `kind` to `subject` (ids or codes, never names)."""

    kind: str
    actor: str
    subject: str
    data: JSONObject = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact as it stands at `sequence` (1-based); persons appear as keyed tokens."""

    sequence: int
    at: datetime
    kind: str
    actor: str
    subject: str
    data: JSONObject
    leaf: bytes
    """RFC 9162 leaf hash of the entry's canonical bytes."""


@dataclass(frozen=True, slots=True)
class Verified:
    """The journal held `entries` entries and each was as it was written."""

    entries: int
