"""The kinds of events that the warehouse writes into the journal."""

from tinhdata.journal import EventKind

_OWNER = "warehouse"

EVENT_KINDS: tuple[EventKind, ...] = (
    EventKind(
        "release.published",
        _OWNER,
        {
            "dataset": "code",
            "number": "int",
            "kind": "code",
            "contract": "hash",
            "delivery": "id",
            "rows": "int",
            "base": "int",
            "inserted": "int",
            "deleted": "int",
            "updated": "int",
            "unchanged": "int",
            "content": "hash",
            "files": "hash[]",
        },
    ),
    EventKind(
        "release.withdrawn",
        _OWNER,
        {
            "dataset": "code",
            "number": "int",
            "content": "hash",
            "reason": "hash",
            "legal_basis": "hash",
            "current": "id?",
        },
    ),
    EventKind(
        "release.migrated",
        _OWNER,
        {
            "dataset": "code",
            "number": "int",
            "before": "hash",
            "now": "hash",
            "added": "int",
            "dropped": "int",
            "renamed": "int",
            "retyped": "int",
        },
    ),
)
