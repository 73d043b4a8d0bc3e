"""How deliveries end without a release: another took their place, or they bring nothing new."""

from collections.abc import Sequence

from tinhdata.contracts import Contract, DeliveryMode
from tinhdata.db import Tx
from tinhdata.deliveries import events, store
from tinhdata.deliveries.events import WORKER
from tinhdata.deliveries.model import Delivery, State
from tinhdata.deliveries.parts import Parts
from tinhdata.kernel import Text, t
from tinhdata.quality import Superseded


def confirm(parts: Parts, tx: Tx, done: Delivery) -> None:
    """Say that `done` confirms the release it names, and end what waited before it.

    The caller has the writer lock and knows that this release is the current one.
    """
    contract = parts.registry.by_hash(done.contract_hash).contract
    older = store.waiting_before(tx, done.dataset, done.id)
    supersede_older(parts, tx, done, contract, older)
    parts.hooks.tell(tx, done)
    parts.journal.append(tx, events.confirmed(done))


def supersede_older(
    parts: Parts, tx: Tx, done: Delivery, contract: Contract, older: Sequence[Delivery]
) -> None:
    """End those of the `older` deliveries, which still wait, that `done` makes pointless."""
    for each in older:
        covered = bool(each.periods) and set(each.periods) <= set(done.periods)
        if contract.mode is DeliveryMode.REPLACE or covered:
            supersede(parts, tx, each, done.id, WORKER, None)


def supersede(
    parts: Parts, tx: Tx, old: Delivery, successor: str, actor: str, text: Text | None
) -> None:
    """End `old`, whose place `successor` takes, with everything of it that still waits."""
    ended = store.moved(old, State.SUPERSEDED, parts.clock.now())
    store.save(tx, ended, expected=old.state)
    store.add_step(tx, ended, actor, text or t("Delivery {next} took its place.", next=successor))
    if old.report is not None:
        found = [Superseded(old.id, item) for item in parts.quarantine.open_items_in(tx, old.id)]
        parts.quarantine.supersede(tx, found, successor, actor)
    parts.hooks.tell(tx, ended)
    parts.journal.append(tx, events.ended(ended, actor, successor))
