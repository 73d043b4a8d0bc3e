"""What the life of a delivery is made of: the facades below, and the hooks handed down."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from tinhdata.contracts import Contract
from tinhdata.db import Database, Tx
from tinhdata.deliveries.model import Delivery, Received
from tinhdata.deliveries.staging import Staging
from tinhdata.journal import Journal
from tinhdata.kernel import Clock, Text
from tinhdata.landing import Landing
from tinhdata.quality import Limits, Quarantine
from tinhdata.registry import Registry
from tinhdata.warehouse import Release, StagedFile, Warehouse
from tinhdata.work import WorkQueue

BeforeRelease: TypeAlias = Callable[[Contract, Sequence[StagedFile]], Sequence[Text]]
"""Says why the files may not become a release; called before anything is committed."""

OnRelease: TypeAlias = Callable[[Tx, str, Release | None], None]
"""Told, in the transaction, which release of a dataset is current now (None: no more).

Where its contract is another than that of the release before, the table has migrated; the warehouse
journals `release.migrated` with it. Putting a contract into force alone changes no row that anyone
reads, so there is nothing to be told then.
"""

OnDelivery: TypeAlias = Callable[[Tx, Delivery], None]
"""Told, in the transaction, of a delivery that was checked, held, published or ended.

Of one that is published before `OnRelease` is told of its release.
"""


@dataclass(frozen=True, slots=True)
class Hooks:
    """What others want to say or know about releases and deliveries."""

    before_release: tuple[BeforeRelease, ...] = ()
    on_release: tuple[OnRelease, ...] = ()
    on_delivery: tuple[OnDelivery, ...] = ()

    def tell(self, tx: Tx, delivery: Delivery) -> None:
        """Tell of a delivery whose state has just been saved."""
        for hook in self.on_delivery:
            hook(tx, delivery)


@dataclass(frozen=True, slots=True)
class Alongside:
    """What else is written in the transaction in which bytes become a delivery.

    `before` is called first and may stop it by raising; `after` is called last, also where the
    bytes only repeat a delivery that is there.
    """

    before: Callable[[Tx], None]
    after: Callable[[Tx, Received], None]


@dataclass(frozen=True, slots=True)
class Parts:
    """The facades that the life of a delivery is made of."""

    db: Database
    clock: Clock
    journal: Journal
    work: WorkQueue
    landing: Landing
    registry: Registry
    warehouse: Warehouse
    quarantine: Quarantine
    staging: Staging
    limits: Limits = field(default_factory=Limits)
    hooks: Hooks = Hooks()
    upload_limit: int = 512 * 1024 * 1024
    """Most bytes of one file."""
