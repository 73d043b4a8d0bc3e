"""Quarantine: what waits, who mended and decided it, and that nothing gets lost on the way.

Every reading verb demands a Permit and shows what it allows. Files are immutable; mends and
decisions are rows, only ever added; decisions that rest on a withdrawn release are put aside. Verbs
that take a transaction write into it and open none.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from tinhdata.access import Action, Permit
from tinhdata.contracts.model import Contract
from tinhdata.db import Database, Tx
from tinhdata.journal import Event, Journal
from tinhdata.kernel import Clock, Page, Refused, t
from tinhdata.quality import store
from tinhdata.quality.demands import fitting, known_columns, known_items
from tinhdata.quality.equation import faults_of
from tinhdata.quality.errors import DecisionImpossible
from tinhdata.quality.events import EVENT_KINDS
from tinhdata.quality.files import content_hash
from tinhdata.quality.held import HeldFiles, StoredItem, write_rows
from tinhdata.quality.holding import (
    STATE_NAMES,
    Batch,
    CellMend,
    Corrections,
    Decision,
    Fault,
    ItemKind,
    ItemQuery,
    ItemState,
    KeptFile,
    Mend,
    MendedWorkbook,
    QuarantineCounts,
    QuarantinedItem,
    RuleShare,
    Superseded,
)
from tinhdata.quality.model import Limits
from tinhdata.quality.places import place_of
from tinhdata.quality.showing import show_item
from tinhdata.quality.workbook import Say, read_workbook, write_workbook

_ALL = 1_000_000


class Quarantine:
    """What waits, under the folder `root` and in the metadata database."""

    def __init__(
        self,
        root: Path,
        database: Database,
        journal: Journal,
        clock: Clock,
        limits: Limits = Limits(),  # noqa: B008  # frozen, so one value serves all
    ) -> None:
        self._files = HeldFiles(root, limits)
        self._db = database
        self._journal = journal
        self._clock = clock
        journal.declare(EVENT_KINDS)

    # --- receiving

    def keep(self, path: Path, delivery: str) -> KeptFile:
        """Put a quarantine file where it stays, fsynced; the same bytes again change nothing."""
        return self._files.keep(path, delivery)

    def record(self, tx: Tx, batch: Batch, actor: str) -> None:
        """Write the row of `batch`, whose file is kept already, and its event; twice is once."""
        if batch.made != batch.released + batch.rows + batch.linked:
            raise ValueError("a batch accounts for every row made")
        if store.add_batch(tx, batch, self._clock.now()):
            self._journal.append(
                tx,
                Event(
                    "quarantine.recorded",
                    actor=actor,
                    subject=batch.delivery,
                    data={
                        "dataset": batch.dataset,
                        "contract": batch.contract_hash,
                        "rows": batch.rows,
                        "units": batch.units,
                        "made": batch.made,
                        "released": batch.released,
                        "linked": batch.linked,
                        "file": batch.file.sha256 if batch.file else None,
                    },
                ),
            )

    # --- reading

    def batch(self, delivery: str) -> Batch:
        """Give the batch of a delivery; raises QuarantineUnknown."""
        with self._db.read() as tx:
            return store.find_batch(tx, delivery)

    def batches(self, dataset: str | None = None, *, only_open: bool = False) -> tuple[Batch, ...]:
        """Give the batches of a dataset or of all, newest first."""
        with self._db.read() as tx:
            return store.batches(tx, dataset, only_open=only_open)

    def counts(
        self, *, delivery: str | None = None, dataset: str | None = None
    ) -> QuarantineCounts:
        """Count items by state, of one delivery, of one dataset, or of everything."""
        with self._db.read() as tx:
            return store.counts(tx, delivery=delivery, dataset=dataset)

    def shares(self, permit: Permit, delivery: str) -> tuple[RuleShare, ...]:
        """Give how many items each rule holds, for the filter above a list of items."""
        batch = self._open(permit, delivery)
        return self._files.shares(batch.file) if batch.file else ()

    def items(
        self,
        permit: Permit,
        contract: Contract,
        delivery: str,
        query: ItemQuery,
        language: str = "vi",
    ) -> Page[QuarantinedItem]:
        """Give a page of items as `permit` shows them, labels in `language`.

        `contract` is the one the delivery was checked by.
        """
        batch = self._open(permit, delivery)
        stored, total = self._page(batch, contract, query)
        numbers = [item.item for item in stored]
        with self._db.read() as tx:
            mends = store.latest_mends(tx, delivery, numbers)
            decisions = store.decisions_of(tx, delivery, numbers)
        shown = tuple(
            show_item(
                item,
                delivery,
                contract,
                permit,
                mends.get(item.item, {}),
                decisions.get(item.item),
                language,
                batch.parts,
            )
            for item in stored
        )
        return Page(shown, total, query.offset, query.limit)

    def history(self, permit: Permit, delivery: str, item: int) -> tuple[Mend, ...]:
        """Give every mend of an item, oldest first; only to who sees every column whole."""
        self._open(permit, delivery)
        if permit.masks or permit.columns is not None:
            raise Refused(t("Earlier values are shown only to those who see all columns."))
        with self._db.read() as tx:
            return store.mend_history(tx, delivery, [item])

    def file(self, permit: Permit, delivery: str) -> Path | None:
        """Open the file of what waits of a delivery to the platform itself, None where none is."""
        if permit.masks or permit.columns is not None:
            raise Refused(t("This permission is for something else."))
        batch = self._open(permit, delivery)
        return self._files.path(batch.file) if batch.file else None

    # --- mending

    def mend(
        self,
        permit: Permit,
        contract: Contract,
        delivery: str,
        mends: Sequence[CellMend],
        actor: str,
    ) -> int:
        """Keep new values for cells of open items; give how many cells changed.

        Raises QuarantineUnknown for items and columns that do not exist, DecisionImpossible for
        items that are decided. A value that a cell has already is no mend.
        """
        _demand(permit, Action.MEND)
        batch = self._batch_for(permit, delivery)
        known_columns(contract, mends)
        numbers = sorted({mend.item for mend in mends})
        stored = {item.item: item for item in self._stored(batch, contract, numbers)}
        with self._db.transaction() as tx:
            self._demand_open(tx, delivery, numbers)
            latest = store.latest_mends(tx, delivery, numbers)
            changed = []
            for mend in mends:
                earlier = latest.get(mend.item, {}).get(mend.column)
                old = earlier.new_value if earlier else stored[mend.item].cells.get(mend.column)
                if mend.new_value != old:
                    changed.append((mend, old))
            store.add_mends(tx, delivery, changed, actor, self._clock.now())
            if changed:
                items = len({mend.item for mend, _ in changed})
                data = {"items": items, "cells": len(changed)}
                self._journal.append(tx, Event("quarantine.mended", actor, delivery, data))
        return len(changed)

    def corrections(
        self, permit: Permit, contract: Contract, delivery: str, items: Sequence[int], path: Path
    ) -> Corrections:
        """Write the chosen open items, with their mends laid over, as a rows file at `path`.

        A row keeps its record number; a unit that never became a row gets the number after all
        rows made. A check over the file (`is_batch=False`) says which of them may be released.
        """
        if permit.action not in (Action.MEND, Action.WAIVE, Action.READ_QUARANTINE):
            _demand(permit, Action.MEND)
        batch = self._batch_for(permit, delivery)
        numbers = sorted(set(items))
        with self._db.read() as tx:
            self._demand_open(tx, delivery, numbers)
            mends = store.latest_mends(tx, delivery, numbers)
        rows: list[tuple[int, StoredItem]] = []
        for item in self._stored(batch, contract, numbers):
            if item.kind is ItemKind.UNIT and item.item not in mends:
                place = place_of(batch.parts, item.first, item.last)
                raise DecisionImpossible(
                    t("Line {line} was never read as a row.", line=str(place)),
                    fix=t("Fill in its cells first, or return the line."),
                )
            record = item.record if item.record is not None else batch.made + item.item
            rows.append((record, _overlaid(item, mends.get(item.item, {}))))
        rows.sort(key=lambda row: row[0])
        write_rows(path, contract, rows)
        return Corrections(path, {record: item.item for record, item in rows})

    def mended(self, delivery: str) -> tuple[int, ...]:
        """Give the open items of a delivery that have a mend."""
        with self._db.read() as tx:
            decided = store.decided_items(tx, delivery)
            return tuple(i for i in store.mended_items(tx, delivery) if i not in decided)

    def open_items(self, delivery: str) -> tuple[int, ...]:
        """Give the numbers of the items of a delivery that are open."""
        with self._db.read() as tx:
            return self.open_items_in(tx, delivery)

    def open_items_in(self, tx: Tx, delivery: str) -> tuple[int, ...]:
        """Give the numbers of the open items of a delivery as `tx` sees them."""
        batch = store.find_batch(tx, delivery)
        decided = store.decided_items(tx, delivery)
        return tuple(item for item in range(1, batch.items + 1) if item not in decided)

    # --- deciding

    def decide(
        self,
        tx: Tx,
        delivery: str,
        items: Iterable[int],
        state: ItemState,
        actor: str,
        *,
        release: str | None = None,
        reason: str | None = None,
    ) -> int:
        """Write for each of `items` that its waiting ended in `state`; give how many.

        Corrected and waived items name the release that holds the row; waiving and returning need
        a reason. Raises DecisionImpossible, also where one of the items is decided already.
        """
        numbers = sorted(set(items))
        if not numbers:
            return 0
        batch = store.find_batch(tx, delivery)
        known_items(batch, numbers)
        fitting(state, release, reason)
        now = self._clock.now()
        decisions = [
            Decision(n, state, actor, now, release=release, reason=reason) for n in numbers
        ]
        store.decide(tx, delivery, decisions)
        self._journal.append(
            tx,
            Event(
                "quarantine.decided",
                actor,
                delivery,
                {"state": str(state), "items": len(numbers), "release": release},
            ),
        )
        return len(numbers)

    def refuse_units(self, delivery: str, items: Sequence[int]) -> None:
        """Raise DecisionImpossible if one of `items` is a rejected unit, which none can waive."""
        batch = self.batch(delivery)
        if batch.file and (units := self._files.units(batch.file, items)):
            raise DecisionImpossible(
                t("Item {item} was never read as a row and cannot be waived.", item=units[0]),
                fix=t("Fill in its cells, or return the line to the sender."),
            )

    def superseded_by(
        self, contract: Contract, delivery: str, released: Sequence[Path], held: KeptFile | None
    ) -> tuple[Superseded, ...]:
        """Find the open items of earlier deliveries whose key `delivery` releases or holds.

        To be called outside of a transaction, under the dataset's writer lock; `supersede` then
        writes what was found.
        """
        with self._db.read() as tx:
            earlier = [
                (batch.delivery, batch.file, frozenset(store.decided_items(tx, batch.delivery)))
                for batch in store.batches(tx, contract.id, only_open=True)
                if batch.file is not None and batch.delivery != delivery
            ]
        return self._files.same_keys(earlier, contract, released, held)

    def supersede(
        self,
        tx: Tx,
        found: Sequence[Superseded],
        successor: str,
        actor: str,
        *,
        release: str | None = None,
    ) -> int:
        """Write that items gave way to `successor`; those decided meanwhile stay as they are."""
        now = self._clock.now()
        total = 0
        for delivery in dict.fromkeys(each.delivery for each in found):
            decisions = [
                Decision(
                    each.item,
                    ItemState.SUPERSEDED,
                    actor,
                    now,
                    release=release,
                    successor=successor,
                )
                for each in found
                if each.delivery == delivery
            ]
            written = store.decide_open(tx, delivery, decisions)
            if written:
                self._journal.append(
                    tx,
                    Event(
                        "quarantine.decided",
                        actor,
                        delivery,
                        {
                            "state": str(ItemState.SUPERSEDED),
                            "items": written,
                            "release": release,
                            "successor": successor,
                        },
                    ),
                )
            total += written
        return total

    def reopen(self, tx: Tx, release: str, actor: str) -> int:
        """Open again what ended waiting by `release`, which is withdrawn; give how many items.

        No release holds the corrected or waived row any more, and the row that overtook it is gone.
        """
        undone = store.undo(tx, release, actor, self._clock.now())
        for delivery, items in undone.items():
            event = Event(
                "quarantine.reopened", actor, delivery, {"items": items, "release": release}
            )
            self._journal.append(tx, event)
        return sum(undone.values())

    # --- workbooks

    def export(
        self,
        permit: Permit,
        contract: Contract,
        delivery: str,
        query: ItemQuery,
        path: Path,
        say: Say,
        language: str = "vi",
    ) -> int:
        """Write the items that `query` asks for as a workbook at `path`; give how many rows.

        `say` turns a Text into words. Offset and limit of the query do not count here.
        """
        everything = ItemQuery(
            query.states, query.rule, query.column, query.kind, query.items, 0, _ALL
        )
        page = self.items(permit, contract, delivery, everything, language)
        return write_workbook(path, contract, delivery, page.items, say, language)

    def read_mends(
        self, permit: Permit, contract: Contract, delivery: str, path: Path
    ) -> MendedWorkbook:
        """Read a workbook made by `export` and give the cells that were changed in it.

        Compared is with what the holder of `permit` was shown. Raises MendsUnreadable.
        """
        page = self.items(permit, contract, delivery, ItemQuery(limit=_ALL))
        return read_workbook(path, contract, delivery, {item.item: item for item in page.items})

    # --- the equation

    def faults(self, delivery: str) -> tuple[Fault, ...]:
        """Check the equation of a delivery and the hash of its file; give what does not hold."""
        with self._db.read() as tx:
            batch = store.find_batch(tx, delivery)
            counts = store.counts(tx, delivery=delivery)
            decided = store.decided_items(tx, delivery)
            unnamed = store.decisions_without_release(tx, delivery)
        stored: int | None = 0
        units: frozenset[int] = frozenset()
        if batch.file is not None:
            path = self._files.path(batch.file)
            sound = path.exists() and content_hash(path) == batch.file.sha256
            stored = len(self._files.numbers(batch.file)) if sound else None
            units = frozenset(self._files.numbers(batch.file, ItemKind.UNIT)) if sound else units
        waived = sum(1 for i, s in decided.items() if s is ItemState.WAIVED and i in units)
        return faults_of(batch, counts, stored, max(decided, default=0), unnamed, waived)

    # --- keeping

    def sweep(self, grace: timedelta) -> int:
        """Remove files older than `grace` that no batch names; give how many.

        A check that is cut off between keeping its file and recording it leaves one behind.
        """
        return self._files.sweep((self._clock.now() - grace).timestamp(), self._kept_paths)

    # --- small things

    def _kept_paths(self) -> frozenset[str]:
        with self._db.read() as tx:
            return store.kept_paths(tx)

    def _open(self, permit: Permit, delivery: str) -> Batch:
        _demand(permit, Action.READ_QUARANTINE)
        return self._batch_for(permit, delivery)

    def _batch_for(self, permit: Permit, delivery: str) -> Batch:
        batch = self.batch(delivery)
        if permit.dataset != batch.dataset:
            raise Refused(t("This permission is for another dataset."))
        return batch

    def _page(
        self, batch: Batch, contract: Contract, query: ItemQuery
    ) -> tuple[tuple[StoredItem, ...], int]:
        if batch.file is None:
            return (), 0
        with self._db.read() as tx:
            decided = store.decided_items(tx, batch.delivery) if query.states else {}
        return self._files.page(batch.file, contract, query, decided)

    def _stored(
        self, batch: Batch, contract: Contract, items: Sequence[int]
    ) -> tuple[StoredItem, ...]:
        known_items(batch, items)
        query = ItemQuery(items=frozenset(items), limit=len(items))
        return self._page(batch, contract, query)[0]

    def _demand_open(self, tx: Tx, delivery: str, items: Sequence[int]) -> None:
        for item, decision in sorted(store.decisions_of(tx, delivery, items).items()):
            raise DecisionImpossible(
                t("Item {item} is {state} already.", item=item, state=STATE_NAMES[decision.state]),
                fix=t("Reload the page; someone else may have decided it just now."),
            )


def _demand(permit: Permit, action: Action) -> None:
    if permit.action is not action:
        raise Refused(t("This permission is for something else."))


def _overlaid(item: StoredItem, mends: dict[str, Mend]) -> StoredItem:
    cells = {**item.cells, **{column: mend.new_value for column, mend in mends.items()}}
    return StoredItem(
        item.item, item.kind, item.record, item.first, item.last, cells, item.raw, item.reasons
    )
