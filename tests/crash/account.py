"""Whether a store tells the truth: every equation, every acknowledgement, every row.

`Auditor.faults` says in words what does not hold; an empty list is what all of these tests are for.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tests.crash.files import COLUMNS, DATASETS, Fate, Mode, Row, Sent, first, second, third
from tests.crash.lives import Said, actor_of
from tinhdata.access import Action, Resource, require
from tinhdata.bootstrap import Platform
from tinhdata.contracts import Contract
from tinhdata.deliveries import Delivery, Kind, State
from tinhdata.quality import ItemQuery
from tinhdata.warehouse import Query, Release, ReleaseState, ReleaseWithdrawn
from tinhdata.work import WorkState

_ONCE = frozenset(
    {
        "delivery.received",
        "delivery.checked",
        "delivery.released",
        "quarantine.recorded",
        "release.published",
        "release.withdrawn",
    }
)
"""Events that a subject has at most once in its life."""
_NIGHTLY = frozenset({"standards.checked"})
"""What the clock brings and no act: it comes earlier or later after a death."""
_RESTLESS = frozenset({State.RECEIVED, State.CHECKING, State.PUBLISHING, State.FAILED})
_BEFORE_PUBLISHING = frozenset({State.RECEIVED, State.CHECKING, State.CHECKED})
_WITHDRAWN = ReleaseState.WITHDRAWN


class Auditor:
    """Looks at one dataset of an open platform on which no work is left.

    `sent` are the files that were delivered besides the three of `files`.
    """

    def __init__(self, platform: Platform, mode: Mode, sent: Iterable[Sent] = ()) -> None:
        self._platform = platform
        self._mode = mode
        self._sent = {each.name: each for each in (*sent, first(mode), second(mode), third(mode))}
        self._dataset = DATASETS[mode]
        self._actor = actor_of(platform)

    @property
    def contract(self) -> Contract:
        """Give the contract of the dataset."""
        return self._platform.registry.active(self._dataset).contract

    def deliveries(self) -> tuple[Delivery, ...]:
        """Give all deliveries, newest first."""
        page = self._platform.deliveries.page(self._actor, dataset=self._dataset, limit=1_000)
        return page.items

    def releases(self) -> tuple[Release, ...]:
        """Give all releases, newest first."""
        return self._platform.warehouse.releases(self._dataset)

    def table(self) -> list[Row]:
        """Give the published rows as a reader gets them, in order of their cells."""
        current = self._platform.warehouse.current(self._dataset)
        return [] if current is None else ordered(self._read(current))

    def events(self) -> list[str]:
        """Give the kinds of all events, oldest first, but for those that fall where they fall."""
        with self._platform.db.read() as tx:
            kinds = [entry.kind for entry in self._platform.journal.read(tx, limit=10_000)]
        return [kind for kind in kinds if kind not in _NIGHTLY]

    def faults(self, said: Iterable[Said] = ()) -> list[str]:
        """Say everything that does not hold; `said` is what was acknowledged before."""
        return [
            *self._faults_of_bytes(),
            *self._faults_of_work(),
            *self._faults_of_files(),
            *(fault for each in self.deliveries() for fault in self._faults_of_delivery(each)),
            *(fault for each in self.releases() for fault in self._faults_of_release(each)),
            *self._faults_between(),
            *self._faults_of_events(),
            *(fault for each in said for fault in self._lost(each)),
        ]

    # --- what lies on disk, what is still to be done

    def _faults_of_bytes(self) -> Iterator[str]:
        with self._platform.db.read() as tx:
            self._platform.journal.verify(tx)
        for damaged in self._platform.landing.verify():
            yield f"landed bytes {damaged.sha256} are {damaged.what}"
        for damage in self._platform.warehouse.verify():
            yield f"file {damage.file} of {damage.release_id} is {damage.what}"

    def _faults_of_work(self) -> Iterator[str]:
        counts = self._platform.work.counts()
        for state in (WorkState.WAITING, WorkState.RUNNING, WorkState.FAILED):
            if counts[state]:
                yield f"{counts[state]} pieces of work are {state}"

    # --- deliveries

    def _faults_of_files(self) -> Iterator[str]:
        sent = Counter(d.filename for d in self.deliveries() if d.kind is Kind.DELIVERY)
        for name, count in sent.items():
            if count > 1:
                yield f"{name} was taken in {count} times"

    def _faults_of_delivery(self, delivery: Delivery) -> Iterator[str]:
        rows, units, who = delivery.rows, delivery.units, f"{delivery.kind} {delivery.id}"
        if delivery.state in _RESTLESS:
            yield f"{who} is {delivery.state} although all work is done: {delivery.problem}"
        if rows.made != rows.released + rows.quarantined + rows.linked + rows.waiting:
            yield f"{who} does not account for its rows: {rows}"
        if units is not None and units.units != (
            units.structural + units.record_units + units.rejected + units.dropped
        ):
            yield f"{who} does not account for its lines: {units}"
        if (delivery.state in (State.RELEASED, State.WITHDRAWN)) is not bool(rows.released):
            yield f"{who} is {delivery.state} with {rows.released} rows released"
        if delivery.report is not None:
            faults = self._platform.quarantine.faults(delivery.id)
            yield from (f"quarantine of {who}: {fault.text}" for fault in faults)
            yield from self._faults_against_file(delivery)
            if not faults:
                yield from self._faults_of_items(delivery)

    def _faults_of_items(self, delivery: Delivery) -> Iterator[str]:
        """Look for items whose waiting ended by a release that is served no more."""
        query = ItemQuery(limit=1_000)
        for item in self._platform.deliveries.items(self._actor, delivery.id, query).items:
            release = item.decision.release if item.decision else None
            if release and self._platform.warehouse.get(release).state is _WITHDRAWN:
                yield f"item {item.item} of {delivery.id} is {item.state} by a withdrawn release"

    def _faults_against_file(self, delivery: Delivery) -> Iterator[str]:
        """Compare with the very lines that were sent, counted here."""
        sent = self._sent[delivery.filename or ""]
        rows, units = delivery.rows, delivery.units
        assert units is not None
        rejected = sent.count(Fate.REJECTED)
        found = (units.units, units.structural, units.rejected, rows.made, rows.linked)
        lines = len(sent.lines)
        wanted = (lines + 3, 3, rejected, lines - rejected, sent.count(Fate.LINKED))
        good = sent.count(Fate.GOOD)
        if found != wanted or rows.released + rows.waiting != good:
            yield f"{delivery.filename} was counted as {units}, {rows}"

    # --- releases

    def _faults_of_release(self, release: Release) -> Iterator[str]:
        counts, who = release.counts, f"release {release.number}"
        if not release.rows == counts.rows == counts.base + counts.inserted - counts.deleted:
            yield f"{who} does not add up: {counts}"
        if counts.base != counts.deleted + counts.updated + counts.unchanged:
            yield f"{who} does not account for its base: {counts}"
        if release.state is _WITHDRAWN:
            try:
                self._read(release)
            except ReleaseWithdrawn:
                return
            yield f"{who} was withdrawn and is still served"
        elif (count := len(self._read(release))) != release.rows:
            yield f"{who} says {release.rows} rows and holds {count}"

    def _read(self, release: Release) -> list[Row]:
        permit = require(
            self._actor, Action.READ_ROWS, Resource.of(self.contract), "test of what is published"
        )
        query = Query(columns=COLUMNS[self._mode], limit=10_000)
        page = self._platform.warehouse.read(permit, release.id, query)
        return [tuple(row) for row in page.rows]

    # --- all together

    def _faults_between(self) -> Iterator[str]:
        releases = sorted(self.releases(), key=lambda release: release.number)
        if [release.number for release in releases] != list(range(1, len(releases) + 1)):
            yield f"releases are numbered {[release.number for release in releases]}"
        served = [release for release in releases if release.state is not _WITHDRAWN]
        current = [release for release in releases if release.state is ReleaseState.CURRENT]
        if current != served[-1:]:
            yield f"current are releases {[release.number for release in current]}"
        made = {release.id: release for release in releases}
        ended = {d.release: d for d in self.deliveries() if d.release is not None}
        if ended.keys() != made.keys() or len({r.delivery_id for r in releases}) != len(releases):
            yield "releases and deliveries do not belong together"
        for name, delivery in ended.items():
            state = made[name].state if name in made else None
            if (delivery.state is State.WITHDRAWN) is not (state is _WITHDRAWN):
                yield f"{delivery.id} is {delivery.state}, its release {state}"
        record = self._platform.catalogue.record(self._dataset, self._actor)
        if (record.release and record.release.id) != (current[0].id if current else None):
            yield f"the catalogue names {record.release}"

    def _faults_of_events(self) -> Iterator[str]:
        with self._platform.db.read() as tx:
            entries = self._platform.journal.read(tx, limit=10_000)
        for (kind, subject), count in Counter((e.kind, e.subject) for e in entries).items():
            if kind in _ONCE and count > 1:
                yield f"{kind} of {subject} is journalled {count} times"
        mine = Counter(e.kind for e in entries if e.data.get("dataset") == self._dataset)
        releases = self.releases()
        wanted = {
            "delivery.received": len(self.deliveries()),
            "delivery.released": len(releases),
            "release.published": len(releases),
            "release.withdrawn": sum(1 for r in releases if r.state is _WITHDRAWN),
        }
        for kind, count in wanted.items():
            if mine[kind] != count:
                yield f"{kind} is journalled {mine[kind]} times instead of {count}"

    def _lost(self, said: Said) -> Iterator[str]:
        """Say if something that was acknowledged is not there."""
        if said.verb == "withdraw":
            there = self._platform.warehouse.get(said.release).state is _WITHDRAWN
        else:
            delivery = next((d for d in self.deliveries() if d.id == said.delivery), None)
            there = delivery is not None and self._shows(delivery, said)
        if not there:
            yield f"lost: {said}"

    def _shows(self, delivery: Delivery, said: Said) -> bool:
        match said.verb:
            case "mend":
                return self._mended(said) == said.value
            case "publish":
                return delivery.state not in _BEFORE_PUBLISHING
            case "approve":
                return delivery.state not in _BEFORE_PUBLISHING | {State.AWAITING}
            case _:
                return True

    def _mended(self, said: Said) -> str | None:
        query = ItemQuery(items=frozenset({said.item}))
        page = self._platform.deliveries.items(self._actor, said.delivery, query)
        return page.items[0].current(said.column)


def ordered(rows: Sequence[Row]) -> list[Row]:
    """Give `rows` in an order that does not depend on where they lie."""
    return sorted(rows, key=repr)
