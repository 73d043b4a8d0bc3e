"""What is done for a new release once it is there: its statistics, and its serving cache if large.

Readers wait for neither: until the cache is made the files answer.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from tinhdata.contracts.model import Contract
from tinhdata.db import Database, Tx
from tinhdata.kernel import JSONObject
from tinhdata.registry import Registry
from tinhdata.warehouse.errors import ReleaseWithdrawn, WriterBusy
from tinhdata.warehouse.model import Release, ReleaseState
from tinhdata.warehouse.serving import Wishes
from tinhdata.work import WorkContext, WorkQueue

if TYPE_CHECKING:
    from tinhdata.warehouse.service import Warehouse

PREPARE = "warehouse.prepare"
TIDY = "warehouse.tidy"
_TRIES = 8


class Preparer:
    """Prepares releases as durable work, asked for in the transaction of the release itself."""

    def __init__(
        self,
        db: Database,
        registry: Registry,
        warehouse: "Warehouse",
        work: WorkQueue,
        grace: timedelta,
    ) -> None:
        self._db = db
        self._registry = registry
        self._warehouse = warehouse
        self._work = work
        self._grace = grace
        work.register(PREPARE, self._prepare, _TRIES, retry_on=(WriterBusy,))
        work.register(TIDY, self._tidy)
        work.schedule(TIDY, timedelta(hours=1))
        warehouse.on_missing_cache(self._missing)

    def on_release(self, tx: Tx, dataset: str, current: Release | None) -> None:
        """Have the release that is current now prepared, and old caches dropped."""
        if current is not None:
            self._work.enqueue(tx, PREPARE, {"release": current.id}, current.id)
        # Not at once: whoever reads the release of a moment ago may go on for a while.
        self._work.enqueue(tx, TIDY, {}, dataset)

    def _missing(self, release: Release) -> None:
        try:
            with self._db.transaction() as tx:
                self._work.enqueue(tx, PREPARE, {"release": release.id}, release.id)
        except SQLAlchemyError:
            # The reader is answered from the files; the next one asks again.
            return

    def _prepare(self, _context: WorkContext, args: JSONObject) -> None:
        release = self._warehouse.get(str(args["release"]))
        if release.state is not ReleaseState.CURRENT:
            return
        contract = self._registry.by_hash(release.contract_hash).contract
        try:
            self._warehouse.prepare(release.id, wishes_of(contract))
        except ReleaseWithdrawn:
            return

    def _tidy(self, _context: WorkContext, _args: JSONObject) -> None:
        self._warehouse.tidy_caches(self._grace)


def wishes_of(contract: Contract) -> Wishes:
    """Give what `contract` asks of the cache of its releases."""
    return Wishes(
        looked_up=contract.filter_key,
        unsearched=tuple(c.name for c in contract.columns if c.geometry is not None),
    )
