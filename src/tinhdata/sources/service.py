"""The facade's one class: sources added, tried, pulled, paused, removed; what stands about them."""

from datetime import timedelta

from tinhdata.access import PLATFORM, Action, Actor, Permit, Resource, decide, require
from tinhdata.contracts import Contract
from tinhdata.db import Tx
from tinhdata.kernel import JSONObject, Page, canonical_json, sha256_hex
from tinhdata.registry import ContractUnknown
from tinhdata.sources import events, store
from tinhdata.sources.definition import read_definition
from tinhdata.sources.errors import PASSING, SourceUnknown
from tinhdata.sources.events import EVENT_KINDS
from tinhdata.sources.model import Alarm, AlarmKind, Look, Run, Source, SourceView, TableMark
from tinhdata.sources.parts import SourceParts, actor_of, end_alarm
from tinhdata.sources.pulling import MOST_ATTEMPTS, PULL, Pulling
from tinhdata.sources.store import Stored
from tinhdata.sources.trying import look_at
from tinhdata.sources.watching import WATCH, Watching

_MINUTE = timedelta(minutes=1)
_RUNS_KEPT = timedelta(days=90)
_SPOOL_KEPT = timedelta(days=7)
_SAME_PLACE = ("schedule", "cycle", "grace", "enabled", "title")
"""Members of a definition that say nothing about which rows or files it means."""


class Sources:
    """The places that data is pulled from, as durable work in their rhythm."""

    def __init__(self, parts: SourceParts) -> None:
        self._parts = parts
        parts.journal.declare(EVENT_KINDS)
        pulling, watching = Pulling(parts), Watching(parts)
        parts.work.register(
            PULL, pulling.run, MOST_ATTEMPTS, retry_on=PASSING, on_exhausted=pulling.give_up
        )
        parts.work.register(WATCH, watching.run)
        parts.work.schedule(WATCH, _MINUTE)

    # --- what changes

    def add(self, actor: Actor, document: JSONObject) -> Source:
        """Add the source that `document` defines, or change the one with its id (operator).

        Where the change concerns what is pulled, the mark begins anew. Raises SourceInvalid,
        ContractUnknown and Refused.
        """
        parts = self._parts
        require(actor, Action.OPERATE, PLATFORM, "sources")
        source = read_definition(document)
        contract = parts.registry.active(source.dataset).contract
        # A definition of an agency that may not deliver is found out now, not at night.
        require(actor_of(source, contract), Action.DELIVER, Resource.of(contract), "sources")
        now = parts.clock.now()
        with parts.db.transaction() as tx:
            known = store.get(tx, source.id)
            is_same = known is not None and _core(known.document) == _core(document)
            if not is_same:
                store.forget_files(tx, source.id)
            stored = Stored(
                source=source,
                document=document,
                enabled=source.enabled,
                added_by=actor.id,
                added_at=known.added_at if known else now,
                heard_from=known.heard_from if known and is_same else now,
                next_due=now if source.enabled else None,
                data_at=known.data_at if known else None,
                mark=known.mark if known and is_same else None,
                candidate=known.candidate if known and is_same else None,
            )
            store.put(tx, stored)
            kind = "sources.added" if known is None else "sources.changed"
            digest = sha256_hex(canonical_json(document))
            parts.journal.append(tx, events.about(kind, actor.id, source, definition=digest))
        return source

    def pull(self, actor: Actor, source_id: str) -> str:
        """Have a source pulled now; give the id of the work. A pull under way is that one."""
        stored = self._managed(actor, source_id)
        args = {"source": source_id, "by": actor.id}
        with self._parts.db.transaction() as tx:
            return self._parts.work.enqueue(tx, PULL, args, stored.source.id)

    def pause(self, actor: Actor, source_id: str) -> None:
        """Have a source pulled no more until it is resumed; its alarm of silence ends."""
        stored = self._managed(actor, source_id)
        with self._parts.db.transaction() as tx:
            store.set_enabled(tx, source_id, False, None, self._parts.clock.now())
            end_alarm(self._parts, tx, stored.source, AlarmKind.SILENT)
            self._said(tx, "sources.paused", actor, stored)

    def resume(self, actor: Actor, source_id: str) -> None:
        """Have a source pulled in its rhythm again, the first time at once."""
        stored = self._managed(actor, source_id)
        now = self._parts.clock.now()
        with self._parts.db.transaction() as tx:
            store.set_enabled(tx, source_id, True, now, now)
            self._said(tx, "sources.resumed", actor, stored)

    def remove(self, actor: Actor, source_id: str) -> None:
        """Forget a source (operator); its runs and deliveries stay."""
        require(actor, Action.OPERATE, PLATFORM, "sources")
        stored = self._stored(source_id)
        with self._parts.db.transaction() as tx:
            for kind in AlarmKind:
                end_alarm(self._parts, tx, stored.source, kind)
            store.remove(tx, source_id)
            self._said(tx, "sources.removed", actor, stored)
        self._parts.spool.remove(source_id)

    def test(self, actor: Actor, source_id: str) -> Look:
        """Connect and say what is there and how it fits the contract; nothing is delivered.

        Raises the Problems of reaching the place, SourceUnknown and Refused.
        """
        stored = self._managed(actor, source_id)
        contract = self._parts.registry.active(stored.source.dataset).contract
        with self._parts.db.transaction() as tx:
            self._said(tx, "sources.tried", actor, stored)
        return look_at(self._parts, actor, stored.source, contract)

    # --- what can be asked

    def list(self, actor: Actor) -> tuple[SourceView, ...]:
        """Give the sources whose deliveries `actor` may look at, by id."""
        with self._parts.db.read() as tx:
            known = store.everything(tx)
            runs = store.last_runs(tx, [each.source.id for each in known])
            alarms = store.alarms(tx)
        return tuple(
            _view(each, runs.get(each.source.id), alarms)
            for each in known
            if self._may_see(actor, each)
        )

    def get(self, actor: Actor, source_id: str) -> SourceView:
        """Give one source as it stands; raises SourceUnknown."""
        stored = self._seen(actor, source_id)
        with self._parts.db.read() as tx:
            runs = store.last_runs(tx, [source_id])
            alarms = store.alarms(tx)
        return _view(stored, runs.get(source_id), alarms)

    def runs(self, actor: Actor, source_id: str, offset: int = 0, limit: int = 50) -> Page[Run]:
        """Give the runs of a source, newest first; raises SourceUnknown."""
        self._seen(actor, source_id)
        with self._parts.db.read() as tx:
            return store.runs(tx, source_id, offset, limit)

    def run_of(self, work: str) -> Run | None:
        """Give the run of a piece of work that `pull` named; None before it began."""
        with self._parts.db.read() as tx:
            return store.run_of_work(tx, work)

    def may_manage(self, actor: Actor, source: Source) -> bool:
        """Say whether `actor` may try, pull, pause and resume a source."""
        if isinstance(decide(actor, Action.OPERATE, PLATFORM, "sources"), Permit):
            return True
        contract = self._contract(source.dataset)
        return contract is not None and isinstance(
            decide(actor, Action.DELIVER, Resource.of(contract), "sources"), Permit
        )

    def waiting_for(self, actor: Actor) -> tuple[tuple[Source, Alarm], ...]:
        """Give the alarms that `actor` has to look after, the oldest first."""
        with self._parts.db.read() as tx:
            alarms = store.alarms(tx)
            known = {each.source.id: each.source for each in store.everything(tx)} if alarms else {}
        return tuple(
            (source, alarm)
            for alarm in alarms
            if (source := known.get(alarm.source)) is not None and self.may_manage(actor, source)
        )

    def sweep(self) -> int:
        """Forget old runs that brought nothing, and halves of downloads nobody went on with."""
        now = self._parts.clock.now()
        with self._parts.db.transaction() as tx:
            gone = store.sweep_runs(tx, now - _RUNS_KEPT)
        return gone + self._parts.spool.sweep(now - _SPOOL_KEPT)

    # --- inside

    def _stored(self, source_id: str) -> Stored:
        with self._parts.db.read() as tx:
            found = store.get(tx, source_id)
        if found is None:
            raise SourceUnknown(source_id)
        return found

    def _seen(self, actor: Actor, source_id: str) -> Stored:
        stored = self._stored(source_id)
        if not self._may_see(actor, stored):
            raise SourceUnknown(source_id)
        return stored

    def _managed(self, actor: Actor, source_id: str) -> Stored:
        stored = self._seen(actor, source_id)
        if not isinstance(decide(actor, Action.OPERATE, PLATFORM, "sources"), Permit):
            contract = self._parts.registry.active(stored.source.dataset).contract
            require(actor, Action.DELIVER, Resource.of(contract), "sources")
        return stored

    def _may_see(self, actor: Actor, stored: Stored) -> bool:
        if isinstance(decide(actor, Action.OPERATE, PLATFORM, "sources"), Permit):
            return True
        contract = self._contract(stored.source.dataset)
        return contract is not None and isinstance(
            decide(actor, Action.READ_DELIVERY, Resource.of(contract), "sources"), Permit
        )

    def _contract(self, dataset: str) -> Contract | None:
        try:
            return self._parts.registry.active(dataset).contract
        except ContractUnknown:
            return None

    def _said(self, tx: Tx, kind: str, actor: Actor, stored: Stored) -> None:
        self._parts.journal.append(tx, events.about(kind, actor.id, stored.source))


def _core(document: JSONObject) -> JSONObject:
    return {name: value for name, value in document.items() if name not in _SAME_PLACE}


def _view(stored: Stored, run: Run | None, alarms: tuple[Alarm, ...]) -> SourceView:
    return SourceView(
        source=stored.source,
        enabled=stored.enabled,
        added_by=stored.added_by,
        added_at=stored.added_at,
        next_due=stored.next_due,
        data_at=stored.data_at,
        mark=_mark_text(stored.mark),
        last_run=run,
        alarms=tuple(each for each in alarms if each.source == stored.source.id),
    )


def _mark_text(mark: TableMark | None) -> str | None:
    return None if mark is None or mark.top is None else mark.top.text
