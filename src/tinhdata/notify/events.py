"""The kinds of events that notifications write into the journal. Never an address or a name."""

from tinhdata.journal import EventKind

SENT = "notice.sent"
FAILED = "notice.failed"

EVENT_KINDS: tuple[EventKind, ...] = (
    EventKind(SENT, "notify", {"channel": "code", "kind": "code"}),
    EventKind(FAILED, "notify", {"channel": "code", "kind": "code", "problem": "code"}),
)
