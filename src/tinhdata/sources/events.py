"""The kinds of events that sources write: ids, codes, counts and moments, never words or values."""

from tinhdata.journal import Event, EventKind
from tinhdata.sources.model import Alarm, Run, Source

_OWNER = "sources"
WORKER = "system:worker"
"""In whose name the schedule acts."""
_ABOUT = {"dataset": "code", "kind": "code"}
_RUN = {
    **_ABOUT,
    "run": "id",
    "outcome": "code",
    "bytes": "int",
    "rows": "int",
    "deliveries": "id[]",
}

EVENT_KINDS: tuple[EventKind, ...] = (
    EventKind("sources.added", _OWNER, {**_ABOUT, "definition": "hash"}),
    EventKind("sources.changed", _OWNER, {**_ABOUT, "definition": "hash"}),
    EventKind("sources.paused", _OWNER, _ABOUT),
    EventKind("sources.resumed", _OWNER, _ABOUT),
    EventKind("sources.removed", _OWNER, _ABOUT),
    EventKind("sources.tried", _OWNER, _ABOUT),
    EventKind("sources.pulled", _OWNER, _RUN),
    EventKind("sources.failed", _OWNER, {**_RUN, "problem": "code"}),
    EventKind("sources.silent", _OWNER, {**_ABOUT, "since": "moment"}),
    EventKind("sources.heard", _OWNER, _ABOUT),
    EventKind("sources.altered", _OWNER, _ABOUT),
)


def about(kind: str, actor: str, source: Source, **more: str) -> Event:
    """Say that something was done with a source."""
    return Event(kind, actor, source.actor_id, {**_about(source), **more})


def ended(source: Source, run: Run) -> Event:
    """Say how a run ended."""
    data = {
        **_about(source),
        "run": run.id,
        "outcome": run.outcome.value,
        "bytes": run.bytes,
        "rows": run.rows,
        "deliveries": list(run.deliveries),
    }
    if run.problem_code is None:
        return Event("sources.pulled", run.by, source.actor_id, data)
    return Event("sources.failed", run.by, source.actor_id, {**data, "problem": run.problem_code})


def silent(source: Source, alarm: Alarm) -> Event:
    """Say that a source brought nothing for too long."""
    return about("sources.silent", WORKER, source, since=alarm.since.isoformat())


def _about(source: Source) -> dict[str, str]:
    return {"dataset": source.dataset, "kind": source.kind.value}
