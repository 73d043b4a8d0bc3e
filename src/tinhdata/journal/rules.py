"""What may stand in the journal, its canonical bytes, and the hash over them. Pure."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType

from tinhdata.journal.errors import EventInvalid
from tinhdata.journal.model import Entry, Event, EventKind
from tinhdata.kernel import JSON, canonical_json

PERSON_PREFIX = "per_"
"""Ids that begin so name a person and never stand in the journal as they are."""

_KIND = re.compile(r"[a-z][a-z-]*\.[a-z][a-z-]*", re.ASCII)
_FIELD = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_ID = re.compile(r"[a-z]{2,8}_[0-9a-hjkmnp-tv-z]{26}", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,119}", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
# Citizen numbers (9 or 12 digits), telephone numbers and tax codes look like this; no code of ours.
_PERSONAL_NUMBER = re.compile(r"\d{9,}", re.ASCII)


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_moment(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def is_code(value: str) -> bool:
    """Say whether `value` has the form of a code and cannot be a personal number."""
    return bool(_CODE.fullmatch(value)) and not _PERSONAL_NUMBER.fullmatch(value)


_TEXT_TYPES: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "id": lambda value: bool(_ID.fullmatch(value)),
        "code": is_code,
        "hash": lambda value: bool(_HASH.fullmatch(value)),
        "date": _is_date,
        "moment": _is_moment,
    }
)
_TYPES = frozenset({"int", "bool", *_TEXT_TYPES})


def check_kind(kind: EventKind) -> None:
    """Refuse a declaration with a malformed name or an unknown type (EventInvalid)."""
    if not _KIND.fullmatch(kind.name):
        raise EventInvalid(f"an event kind is called like `delivery.received`, not {kind.name!r}")
    for name, field_type in kind.fields.items():
        if not _FIELD.fullmatch(name):
            raise EventInvalid(f"{kind.name}: {name!r} is no field name")
        if _base(field_type) not in _TYPES:
            raise EventInvalid(f"{kind.name}.{name}: there is no field type {field_type!r}")


def check_event(kind: EventKind, event: Event) -> None:
    """Refuse an event that says more, less or other than `kind` declares (EventInvalid)."""
    for role, value in (("actor", event.actor), ("subject", event.subject)):
        if not is_code(value):
            raise EventInvalid(f"{kind.name}: the {role} is not an id or code")
    if undeclared := sorted(set(event.data) - set(kind.fields)):
        raise EventInvalid(f"{kind.name}: fields {', '.join(undeclared)} are not declared")
    for name, field_type in kind.fields.items():
        # The value itself is not repeated: it may be the very thing that must not be written down.
        if not _fits(event.data.get(name), field_type):
            raise EventInvalid(f"{kind.name}.{name}: the value is not a {field_type}")


def person_token(key: bytes, person: str) -> str:
    """Give the token that stands for `person` in the journal: HMAC-SHA256 under `key`."""
    digest = hmac.new(key, b"journal\0" + person.encode(), hashlib.sha256)
    return f"person:{digest.hexdigest()[:40]}"


def without_persons(key: bytes, value: JSON) -> JSON:
    """Give `value` with each person's id replaced by the token."""
    if isinstance(value, str):
        return person_token(key, value) if value.startswith(PERSON_PREFIX) else value
    if isinstance(value, list | tuple):
        return [without_persons(key, item) for item in value]
    return value


def entry_bytes(sequence: int, at: datetime, event: Event) -> bytes:
    """Give the canonical bytes of an entry; everything the entry says is in them."""
    return canonical_json(
        {
            "v": 1,
            "sequence": sequence,
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "kind": event.kind,
            "actor": event.actor,
            "subject": event.subject,
            "data": event.data,
        }
    )


def leaf_hash(body: bytes) -> bytes:
    """Give the Merkle leaf hash of `body` (RFC 9162, section 2.1.1)."""
    return hashlib.sha256(b"\x00" + body).digest()


def read_entry(body: bytes, leaf: bytes) -> Entry:
    """Give the entry that `body` holds; raises ValueError on anything that we did not write."""
    value = json.loads(body)
    if not isinstance(value, dict) or not isinstance(value.get("data"), dict):
        raise ValueError("not an entry")
    return Entry(
        sequence=int(value["sequence"]),
        at=datetime.fromisoformat(value["at"]),
        kind=str(value["kind"]),
        actor=str(value["actor"]),
        subject=str(value["subject"]),
        data=value["data"],
        leaf=leaf,
    )


def _base(field_type: str) -> str:
    return field_type.removesuffix("?").removesuffix("[]")


def _fits(value: JSON, field_type: str) -> bool:
    if field_type.endswith("?"):
        return value is None or _fits(value, field_type[:-1])
    if field_type.endswith("[]"):
        return isinstance(value, list | tuple) and all(_fits(v, field_type[:-2]) for v in value)
    if field_type == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    if field_type == "bool":
        return isinstance(value, bool)
    return isinstance(value, str) and _TEXT_TYPES[field_type](value)
