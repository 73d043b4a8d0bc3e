"""What is looked at each minute: which sources are due, and which have been silent too long."""

from datetime import datetime

from tinhdata.kernel import JSONObject, t
from tinhdata.registry import ContractUnknown
from tinhdata.sources import store
from tinhdata.sources.cycles import next_due, silent_from
from tinhdata.sources.events import WORKER
from tinhdata.sources.model import Alarm, AlarmKind
from tinhdata.sources.parts import SourceParts, end_alarm, raise_alarm
from tinhdata.sources.pulling import PULL
from tinhdata.sources.rules import cycle_of
from tinhdata.sources.store import Stored
from tinhdata.work import WorkContext

WATCH = "sources.watch"
"""The verb of the work queue that this module does."""


class Watching:
    """Starts pulls that are due and notices silence."""

    def __init__(self, parts: SourceParts) -> None:
        self._parts = parts

    def run(self, _context: WorkContext, _args: JSONObject) -> None:
        """Look once; a rhythm that was missed many times is made up for by one pull."""
        now = self._parts.clock.now()
        self._start(now)
        self._listen(now)

    def _start(self, now: datetime) -> None:
        parts = self._parts
        with parts.db.transaction() as tx:
            for stored in store.due(tx, now):
                source = stored.source
                parts.work.enqueue(tx, PULL, {"source": source.id, "by": WORKER}, source.id)
                following = next_due(source.rhythm, stored.next_due, now)
                store.move_due(tx, source.id, following)

    def _listen(self, now: datetime) -> None:
        parts = self._parts
        with parts.db.read() as tx:
            known = store.everything(tx)
            standing = {a.source for a in store.alarms(tx) if a.kind is AlarmKind.SILENT}
        for stored in known:
            since = self._silent_from(stored)
            is_silent = since is not None and since <= now
            if is_silent == (stored.source.id in standing):
                continue
            with parts.db.transaction() as tx:
                if is_silent and since is not None:
                    raise_alarm(parts, tx, stored.source, _silence(stored, since))
                else:
                    end_alarm(parts, tx, stored.source, AlarmKind.SILENT)

    def _silent_from(self, stored: Stored) -> datetime | None:
        if not stored.enabled:
            return None
        try:
            contract = self._parts.registry.active(stored.source.dataset).contract
        except ContractUnknown:
            return None
        source = stored.source
        cycle = cycle_of(source, contract.update_cycle)
        return silent_from(stored.heard_from, cycle, source.grace)


def _silence(stored: Stored, since: datetime) -> Alarm:
    return Alarm(
        stored.source.id,
        AlarmKind.SILENT,
        since,
        t("The source has brought nothing for longer than its cycle allows."),
    )
