"""The kinds of events that the life of a delivery writes: ids, codes and counts, never values."""

from tinhdata.deliveries.dry_run import DryRun
from tinhdata.deliveries.model import Delivery
from tinhdata.deliveries.remembering import Remembered
from tinhdata.intake import ReadingChoice
from tinhdata.journal import Event, EventKind

_OWNER = "deliveries"
WORKER = "system:worker"
"""In whose name the work queue acts."""
_ABOUT = {"dataset": "code", "contract": "hash", "state": "code"}
_ROWS = {"made": "int", "released": "int", "quarantined": "int", "linked": "int", "waiting": "int"}

EVENT_KINDS: tuple[EventKind, ...] = (
    EventKind(
        "delivery.received",
        _OWNER,
        {**_ABOUT, "file": "hash?", "size": "int", "source": "code", "parent": "id?"},
    ),
    EventKind("delivery.resumed", _OWNER, _ABOUT),
    EventKind("delivery.checked", _OWNER, {**_ABOUT, **_ROWS, "purpose": "code", "read": "id[]"}),
    EventKind("delivery.publishing", _OWNER, {**_ABOUT, "asked_by": "id?"}),
    EventKind("delivery.released", _OWNER, {**_ABOUT, **_ROWS, "release": "id"}),
    EventKind("delivery.confirmed", _OWNER, {**_ABOUT, **_ROWS, "release": "id"}),
    EventKind(
        "delivery.tried",
        _OWNER,
        {
            "dataset": "code",
            "contract": "hash",
            "state": "code",
            "delivery": "id?",
            "read": "id?",
            "made": "int",
            "released": "int",
            "held": "int",
        },
    ),
    EventKind("delivery.ended", _OWNER, {**_ABOUT, "successor": "id?"}),
    EventKind("delivery.reading", _OWNER, {"dataset": "code", "header": "hash?", "kept": "bool"}),
)


def received(delivery: Delivery) -> Event:
    """Say that bytes came, or that mended rows of `parent` were put together."""
    return _event(
        "delivery.received",
        delivery.sender,
        delivery,
        file=delivery.sha256,
        size=delivery.size,
        source=delivery.source,
        parent=delivery.parent,
    )


def resumed(delivery: Delivery, actor: str) -> Event:
    """Say that a delivery is checked again, perhaps read another way."""
    return _event("delivery.resumed", actor, delivery)


def checked(delivery: Delivery) -> Event:
    """Say how a check ended."""
    # The platform's own permits are journalled per run: what for, and which releases were opened.
    read = sorted({release for release in delivery.pinned.values() if release is not None})
    return _event(
        "delivery.checked",
        WORKER,
        delivery,
        **_rows(delivery),
        purpose="check",
        read=read,
    )


def publishing(delivery: Delivery, actor: str) -> Event:
    """Say that publishing was asked for or approved."""
    return _event("delivery.publishing", actor, delivery, asked_by=delivery.asked_by)


def released(delivery: Delivery) -> Event:
    """Say in which release a delivery ended."""
    actor = delivery.decided_by or delivery.sender
    return _event("delivery.released", actor, delivery, **_rows(delivery), release=delivery.release)


def confirmed(delivery: Delivery) -> Event:
    """Say that a delivery brought the rows of a release again, which are still valid by that."""
    return _event(
        "delivery.confirmed", delivery.sender, delivery, **_rows(delivery), release=delivery.release
    )


def tried(run: DryRun) -> Event:
    """Say that a contract was tried out, on which rows, and how many would pass."""
    found = run.outcome
    return Event(
        "delivery.tried",
        run.asked_by,
        run.id,
        {
            "dataset": run.dataset,
            "contract": run.contract_hash,
            "state": run.state.value,
            "delivery": run.delivery,
            "read": run.release,
            "made": found.made if found else 0,
            "released": found.released if found else 0,
            "held": found.held if found else 0,
        },
    )


def ended(delivery: Delivery, actor: str, successor: str | None = None) -> Event:
    """Say that a delivery was returned, withdrawn, replaced, could not be read, or broke down."""
    return _event("delivery.ended", actor, delivery, successor=successor)


def remembered(delivery: Delivery, kept: Remembered) -> Event:
    """Say that later files with this header are read as a person chose, or by themselves again."""
    return Event(
        "delivery.reading",
        kept.chosen_by,
        delivery.id,
        {
            "dataset": delivery.dataset,
            "header": kept.fingerprint,
            "kept": kept.choice != ReadingChoice(),
        },
    )


def forgotten(delivery: Delivery, actor: str) -> Event:
    """Say that a way of reading files is no longer kept."""
    return Event(
        "delivery.reading",
        actor,
        delivery.id,
        {"dataset": delivery.dataset, "header": None, "kept": False},
    )


def _event(
    kind: str, actor: str, delivery: Delivery, **more: str | int | list[str] | None
) -> Event:
    about = {
        "dataset": delivery.dataset,
        "contract": delivery.contract_hash,
        "state": delivery.state.value,
    }
    return Event(kind, actor, delivery.id, {**about, **more})


def _rows(delivery: Delivery) -> dict[str, int]:
    rows = delivery.rows
    return {
        "made": rows.made,
        "released": rows.released,
        "quarantined": rows.quarantined,
        "linked": rows.linked,
        "waiting": rows.waiting,
    }
