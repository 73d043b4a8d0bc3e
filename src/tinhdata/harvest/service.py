"""The verbs of harvesting: declare portals, walk through them, read what is known of them.

Each page is written with the place to go on in one transaction, so a walk that was killed goes on
where it was and counts nothing twice; what is not there any more is told from a whole walk only.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias
from urllib.parse import urlsplit

from tinhdata.access import PLATFORM, Action, Actor, require
from tinhdata.db import Database, Tx
from tinhdata.harvest import events, rules, store
from tinhdata.harvest.errors import (
    HarvestBusy,
    HarvestInvalid,
    HarvestUnfit,
    HarvestUnknown,
    NoSuchEntry,
)
from tinhdata.harvest.model import (
    Counts,
    ExternalEntry,
    HarvestPage,
    HarvestRun,
    HarvestState,
    KnownEntry,
    Portal,
    PortalView,
)
from tinhdata.harvest.walking import MOST_PAGES, Walk
from tinhdata.journal import Journal
from tinhdata.kernel import Clock, JSONObject, Page, new_id, t
from tinhdata.sources import SourceBusy, SourcePostponed, SourceUnreachable
from tinhdata.vietnam import fold
from tinhdata.work import WorkContext, WorkItem, WorkQueue

RUN = "harvest.run"
_DUE = "harvest.due"
_LOOK = timedelta(minutes=1)
_SHORTEST, _LONGEST = timedelta(minutes=15), timedelta(days=90)

OnEntry: TypeAlias = Callable[[Tx, KnownEntry], None]
"""Told, in the transaction, that an entry is new, another, or gone."""


@dataclass(frozen=True, slots=True)
class HarvestParts:
    """The facades below, and the inner hosts that may be asked."""

    db: Database
    clock: Clock
    journal: Journal
    work: WorkQueue
    private_hosts: frozenset[str] = frozenset()
    on_entry: tuple[OnEntry, ...] = ()


class Harvest:
    """The catalogues of other portals, as far as they are ours to tell."""

    def __init__(self, parts: HarvestParts) -> None:
        parts.journal.declare(events.EVENT_KINDS)
        parts.work.register(
            RUN,
            self._run,
            retry_on=(SourceUnreachable, SourcePostponed, SourceBusy, HarvestBusy),
            on_exhausted=self._give_up,
        )
        parts.work.register(_DUE, self._start_due)
        parts.work.schedule(_DUE, _LOOK)
        self._parts = parts

    # --- portals

    def add(self, actor: Actor, portal: Portal) -> Portal:
        """Declare a portal, or another address or rhythm of it; raises HarvestInvalid, Refused."""
        self._require(actor)
        _check(portal)
        with self._parts.db.transaction() as tx:
            before = dict(store.portals(tx)).keys()
            if portal in before:
                return portal
            store.put_portal(tx, portal, self._parts.clock.now())
            self._parts.journal.append(tx, events.about("harvest.added", actor.id, portal))
        return portal

    def list(self, actor: Actor) -> tuple[PortalView, ...]:
        """Give every portal as it stands; raises Refused."""
        self._require(actor)
        with self._parts.db.read() as tx:
            return tuple(self._view(tx, portal, due) for portal, due in store.portals(tx))

    def get(self, actor: Actor, portal_id: str) -> PortalView:
        """Give a portal; raises HarvestUnknown, Refused."""
        for view in self.list(actor):
            if view.portal.id == portal_id:
                return view
        raise HarvestUnknown(portal_id)

    def runs(
        self, actor: Actor, portal_id: str, offset: int = 0, limit: int = 50
    ) -> Page[HarvestRun]:
        """Give the walks through a portal, the newest first; raises HarvestUnknown, Refused."""
        self.get(actor, portal_id)
        with self._parts.db.read() as tx:
            return store.runs(tx, portal_id, offset, limit)

    def start(self, actor: Actor, portal_id: str) -> HarvestRun:
        """Have a portal walked through now; the walk under way where there is one."""
        portal = self.get(actor, portal_id).portal
        with self._parts.db.transaction() as tx:
            return self._begin(tx, portal)

    def pause(self, actor: Actor, portal_id: str) -> PortalView:
        """Walk through a portal no more until it is resumed."""
        return self._enable(actor, portal_id, False)

    def resume(self, actor: Actor, portal_id: str) -> PortalView:
        """Walk through a portal again, the first time at once."""
        return self._enable(actor, portal_id, True)

    def remove(self, actor: Actor, portal_id: str) -> int:
        """Forget a portal; its entries are gone then. Give how many there were."""
        portal = self.get(actor, portal_id).portal
        with self._parts.db.transaction() as tx:
            gone = store.unseen(tx, portal.id, "")
            self._bury(tx, gone)
            store.drop_portal(tx, portal.id)
            self._parts.journal.append(tx, events.about("harvest.removed", actor.id, portal))
        return len(gone)

    # --- what is known of their datasets

    def entries(self, words: str = "") -> tuple[KnownEntry, ...]:
        """Give the entries that are there today and in which every word of `words` stands."""
        with self._parts.db.read() as tx:
            found = store.living(tx)
        wanted = fold(words).split()
        return tuple(e for e in found if all(word in _folded(e.entry) for word in wanted))

    def entry(self, entry_id: str) -> KnownEntry:
        """Give an entry, also one that is gone; raises NoSuchEntry."""
        with self._parts.db.read() as tx:
            found = store.entry(tx, entry_id)
        if found is None:
            raise NoSuchEntry
        return found

    def portals(self) -> tuple[Portal, ...]:
        """Give the portals that entries come from."""
        with self._parts.db.read() as tx:
            return tuple(portal for portal, _ in store.portals(tx))

    # --- the walk

    def _start_due(self, _context: WorkContext, _args: JSONObject) -> None:
        now = self._parts.clock.now()
        with self._parts.db.read() as tx:
            due = [p for p, at in store.portals(tx) if p.enabled and at is not None and at <= now]
        for portal in due:
            with self._parts.db.transaction() as tx:
                self._begin(tx, portal)

    def _begin(self, tx: Tx, portal: Portal) -> HarvestRun:
        now = self._parts.clock.now()
        store.set_due(tx, portal.id, now + portal.every if portal.enabled else None)
        last = next(iter(store.runs(tx, portal.id, 0, 1).items), None)
        if last is not None and last.state is HarvestState.RUNNING:
            return last
        run = HarvestRun(new_id("hrv"), portal.id, HarvestState.RUNNING, now)
        store.add_run(tx, run)
        self._parts.work.enqueue(tx, RUN, {"run": run.id}, portal.id)
        return run

    def _run(self, context: WorkContext, args: JSONObject) -> None:
        """Walk on through the portal of the run in `args`; a repeated run ends the same."""
        with self._parts.db.read() as tx:
            run = store.run(tx, str(args["run"]))
            known = {portal.id: portal for portal, _ in store.portals(tx)}
        if run is None or run.state is not HarvestState.RUNNING:
            return
        portal = known.get(run.portal)
        if portal is None:
            raise HarvestUnknown(run.portal)
        if not run.is_walked:
            with closing(Walk(portal, self._parts.private_hosts)) as walk:
                run = self._walk(context, run, walk)
        self._finish(context, run)

    def _walk(self, context: WorkContext, run: HarvestRun, walk: Walk) -> HarvestRun:
        while not run.is_walked:
            page = walk.page(run.cursor)
            if page.next_cursor is not None and page.next_cursor == run.cursor:
                raise HarvestUnfit(t("The next page of the catalogue is the same page again."))
            if run.pages >= MOST_PAGES:
                raise HarvestUnfit(
                    t("The catalogue has more than {count} pages.", count=MOST_PAGES)
                )
            with self._parts.db.transaction() as tx:
                context.guard(tx)
                counts = self._keep(tx, run, page)
                run = replace(
                    run,
                    counts=run.counts.plus(counts),
                    cursor=page.next_cursor,
                    pages=run.pages + 1,
                    records=run.records + page.records,
                    total=page.total if page.records or page.total else run.total,
                )
                store.save_run(tx, run)
        return run

    def _keep(self, tx: Tx, run: HarvestRun, page: HarvestPage) -> Counts:
        """Write what a page says; entries as they were cost one statement together."""
        now = self._parts.clock.now()
        counts = Counts(skipped=len(page.unreadable))
        known = store.known(tx, [entry.id for entry in page.entries])
        same: list[str] = []
        for entry in {entry.id: entry for entry in page.entries}.values():
            before, seen_in = known.get(entry.id, (None, ""))
            if seen_in == run.id:
                continue  # listed twice, as where pages moved
            digest = rules.entry_hash(entry)
            if before is not None and before.hash == digest and before.gone_at is None:
                same.append(entry.id)
                continue
            first = before.first_seen if before else now
            found = KnownEntry(entry, digest, first, now)
            store.put_entry(tx, found, run.id)
            self._tell(tx, found)
            counts = counts.plus(Counts(changed=1) if before else Counts(added=1))
        unread = [rules.entry_id(run.portal, name) for name in page.unreadable if name]
        store.mark_seen(tx, [*same, *unread], run.id)
        return counts.plus(Counts(unchanged=len(same)))

    def _finish(self, context: WorkContext, run: HarvestRun) -> None:
        """End a walk: what it did not see is gone, if it saw as many as there are."""
        with self._parts.db.transaction() as tx:
            context.guard(tx)
            gone = store.unseen(tx, run.portal, run.id)
            if gone and run.records == 0:
                raise HarvestUnfit(
                    t("The portal lists no dataset any more; what is known of it was kept.")
                )
            problem = None
            if not run.is_whole:
                gone = ()
                problem = t(
                    "The portal changed while it was read ({read} of {total} records); what may be "
                    "gone is left for the next walk.",
                    read=run.records,
                    total=run.total or 0,
                )
            self._bury(tx, gone)
            counts = run.counts.plus(Counts(gone=len(gone)))
            ended = replace(
                run,
                state=HarvestState.DONE,
                counts=counts,
                ended_at=self._parts.clock.now(),
                problem=problem,
            )
            store.save_run(tx, ended)
            self._parts.journal.append(tx, events.finished(ended))

    def _give_up(self, tx: Tx, item: WorkItem) -> None:
        run = store.run(tx, str(item.args["run"]))
        if run is None or run.state is not HarvestState.RUNNING:
            return
        failed = replace(
            run,
            state=HarvestState.FAILED,
            ended_at=self._parts.clock.now(),
            problem=item.error,
        )
        store.save_run(tx, failed)
        self._parts.journal.append(tx, events.failed(failed))

    # ------------------------------------------------------------------------------------------

    def _bury(self, tx: Tx, gone: "tuple[KnownEntry, ...]") -> None:
        now: datetime = self._parts.clock.now()
        store.bury(tx, [each.entry.id for each in gone], now)
        for each in gone:
            self._tell(tx, replace(each, changed_at=now, gone_at=now))

    def _tell(self, tx: Tx, entry: KnownEntry) -> None:
        for hook in self._parts.on_entry:
            hook(tx, entry)

    def _enable(self, actor: Actor, portal_id: str, enabled: bool) -> PortalView:
        portal = replace(self.get(actor, portal_id).portal, enabled=enabled)
        kind = "harvest.resumed" if enabled else "harvest.paused"
        with self._parts.db.transaction() as tx:
            store.put_portal(tx, portal, self._parts.clock.now() if enabled else None)
            self._parts.journal.append(tx, events.about(kind, actor.id, portal))
        return self.get(actor, portal_id)

    def _view(self, tx: Tx, portal: Portal, due: datetime | None) -> PortalView:
        last = next(iter(store.runs(tx, portal.id, 0, 1).items), None)
        return PortalView(portal, store.count_living(tx, portal.id), due, last)

    def _require(self, actor: Actor) -> None:
        require(actor, Action.OPERATE, PLATFORM, "harvest other portals")


def _check(portal: Portal) -> None:
    if not rules.ID.match(portal.id) or len(portal.id) > 60:
        raise HarvestInvalid(
            t("The name of a portal is small letters, digits and hyphens."),
            fix=t("Write it like cong-quoc-gia."),
        )
    parts = urlsplit(portal.url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise HarvestInvalid(
            t("The address of the portal is no web address."),
            fix=t("Write it with http:// or https://, without name and password."),
        )
    if not portal.title.strip():
        raise HarvestInvalid(t("The portal has no title."), fix=t("Say what the portal is called."))
    if not _SHORTEST <= portal.every <= _LONGEST:
        raise HarvestInvalid(
            t("The rhythm is shorter than a quarter of an hour, or longer than ninety days."),
            fix=t("Walk through a catalogue once a day, as most portals do."),
        )


def _folded(entry: ExternalEntry) -> str:
    parts = (
        entry.title.vi,
        entry.title.en or "",
        entry.description.vi,
        entry.publisher,
        *entry.keywords,
    )
    return fold(" ".join(parts))
