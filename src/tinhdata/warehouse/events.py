"""The kinds of events that the warehouse writes into the journal, and the events themselves."""

from tinhdata.journal import Event, EventKind
from tinhdata.kernel import sha256_hex
from tinhdata.warehouse.model import Migration, Release, Withdrawal

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


def published(release: Release) -> Event:
    """Give the event of a release that is current now."""
    counts = release.counts
    return Event(
        kind="release.published",
        actor=release.published_by,
        subject=release.id,
        data={
            "dataset": release.dataset,
            "number": release.number,
            "kind": release.kind.value,
            "contract": release.contract_hash,
            "delivery": release.delivery_id,
            "rows": release.rows,
            "base": counts.base,
            "inserted": counts.inserted,
            "deleted": counts.deleted,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
            "content": release.content_hash,
            "files": [file.sha256 for file in release.files],
        },
    )


def migrated(before: Release, now: Release, changed: Migration, actor_id: str) -> Event:
    """Give the event that readers see the table under another contract than before."""
    return Event(
        kind="release.migrated",
        actor=actor_id,
        subject=now.id,
        data={
            "dataset": now.dataset,
            "number": now.number,
            "before": before.contract_hash,
            "now": now.contract_hash,
            "added": changed.added,
            "dropped": changed.dropped,
            "renamed": changed.renamed,
            "retyped": changed.retyped,
        },
    )


def withdrawn(release: Release, withdrawal: Withdrawal, now: Release | None) -> Event:
    """Give the event of a release that is served no more; `now` is current after it."""
    # Reason and legal basis are free text: their hashes prove what the tombstone says.
    return Event(
        kind="release.withdrawn",
        actor=withdrawal.by,
        subject=release.id,
        data={
            "dataset": release.dataset,
            "number": release.number,
            "content": release.content_hash,
            "reason": sha256_hex(withdrawal.reason.encode()),
            "legal_basis": sha256_hex(withdrawal.legal_basis.encode()),
            "current": None if now is None else now.id,
        },
    )
