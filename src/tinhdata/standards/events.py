"""The kind of event that the open catalogue writes: codes and counts."""

from tinhdata.journal import EventKind

WORKER = "system:worker"
CHECKED = "standards.checked"

EVENT_KINDS: tuple[EventKind, ...] = (
    EventKind(CHECKED, "standards", {"checked": "int", "failed": "int", "datasets": "code[]"}),
)
