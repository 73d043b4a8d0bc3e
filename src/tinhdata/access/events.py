"""The kinds of events that access writes into the journal."""

from tinhdata.journal import EventKind

_OWNER = "access"
_AGENCY = {"kind": "code", "parent": "code?", "record": "hash"}
_PERSON = {"agency": "code?", "roles": "code[]"}

EVENT_KINDS: tuple[EventKind, ...] = (
    EventKind("agency.registered", _OWNER, _AGENCY),
    EventKind("agency.changed", _OWNER, _AGENCY),
    EventKind("person.added", _OWNER, _PERSON),
    EventKind("person.changed", _OWNER, _PERSON),
    EventKind("person.closed", _OWNER),
    EventKind("person.password-changed", _OWNER),
    EventKind("session.opened", _OWNER),
    EventKind("session.closed", _OWNER),
    EventKind("session.failed", _OWNER),
    EventKind("key.issued", _OWNER, {"agency": "code", "datasets": "code[]", "expires": "moment"}),
    EventKind("key.revoked", _OWNER),
)
