"""The kinds of events that harvesting writes: portals by code, counts, never titles."""

from tinhdata.harvest.model import Counts, HarvestRun, Portal
from tinhdata.journal import Event, EventKind

_OWNER = "harvest"
WORKER = "system:worker"
_COUNTS = {"added": "int", "changed": "int", "unchanged": "int", "gone": "int", "skipped": "int"}

EVENT_KINDS: tuple[EventKind, ...] = (
    EventKind("harvest.added", _OWNER, {"kind": "code"}),
    EventKind("harvest.paused", _OWNER, {"kind": "code"}),
    EventKind("harvest.resumed", _OWNER, {"kind": "code"}),
    EventKind("harvest.removed", _OWNER, {"kind": "code"}),
    EventKind("harvest.finished", _OWNER, {"run": "id", "pages": "int", **_COUNTS}),
    EventKind("harvest.failed", _OWNER, {"run": "id", "pages": "int"}),
)


def about(kind: str, actor: str, portal: Portal) -> Event:
    """Say that something was done with a portal."""
    return Event(kind, actor, portal.id, {"kind": portal.kind.value})


def finished(run: HarvestRun) -> Event:
    """Say what a run brought."""
    counts: Counts = run.counts
    return Event(
        "harvest.finished",
        WORKER,
        run.portal,
        {
            "run": run.id,
            "pages": run.pages,
            "added": counts.added,
            "changed": counts.changed,
            "unchanged": counts.unchanged,
            "gone": counts.gone,
            "skipped": counts.skipped,
        },
    )


def failed(run: HarvestRun) -> Event:
    """Say that a run was given up."""
    return Event("harvest.failed", WORKER, run.portal, {"run": run.id, "pages": run.pages})
