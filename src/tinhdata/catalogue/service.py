"""The verbs of the catalogue."""

from collections.abc import Callable
from datetime import datetime

from tinhdata.access import Access, Actor, ActorKind, Agency
from tinhdata.catalogue import checks, describing, store
from tinhdata.catalogue.errors import NoSuchRecord
from tinhdata.catalogue.model import (
    MOST_HITS,
    CatalogueQuery,
    DatabaseEntry,
    DatasetRecord,
    ExternalEntry,
    FoundPage,
    LastRelease,
    ProvinceWords,
    Suggestion,
)
from tinhdata.catalogue.searching import Search
from tinhdata.contracts.model import AccessLevel
from tinhdata.db import Database, Tx
from tinhdata.deliveries import Delivery, State
from tinhdata.kernel import Clock, Page, t
from tinhdata.kernel.clock import local_day
from tinhdata.registry import ContractState, RegisteredContract
from tinhdata.warehouse import Release

_PROVINCE_WITHOUT_WORDS = ProvinceWords()


class Catalogue:
    """What the platform can say about its databases and datasets.

    `waits` says which rows of a delivery still wait in quarantine, as a transaction sees it.
    """

    def __init__(
        self,
        db: Database,
        access: Access,
        clock: Clock,
        words: ProvinceWords = _PROVINCE_WITHOUT_WORDS,
        waits: Callable[[Tx, str], bool] = lambda _tx, _delivery: True,
    ) -> None:
        self._db = db
        self._clock = clock
        self._waits = waits
        self._search = Search(words, access.agencies, lambda: local_day(clock.now()))

    # -- the register of databases -------------------------------------------------------------

    def put_database(self, entry: DatabaseEntry) -> None:
        """Enter a database into the register, or change its entry."""
        with self._db.transaction() as tx:
            if entry not in store.databases(tx):
                store.put_database(tx, entry)

    def databases(self) -> tuple[DatabaseEntry, ...]:
        """Give the register of databases, by id."""
        with self._db.read() as tx:
            return store.databases(tx)

    # -- datasets ------------------------------------------------------------------------------

    def find(self, query: CatalogueQuery, reader: Actor) -> FoundPage:
        """Find the datasets that `reader` may know of; without words all are found.

        The answer agrees with what is committed when it is asked for; counts, suggestions and what
        is known of words too are over the datasets that `reader` may know of. ValueError for a
        page that begins before the first hit, or of more than MOST_HITS.
        """
        if query.offset < 0 or not 0 <= query.limit <= MOST_HITS:
            raise ValueError("no such page")
        with self._db.read() as tx:
            return self._search.find(tx, query, stranger=_is_stranger(reader))

    def suggest(self, words: str, reader: Actor) -> tuple[Suggestion, ...]:
        """Give datasets, agencies, topics and places that `reader` may mean, while she types."""
        with self._db.read() as tx:
            return self._search.suggest(tx, words, stranger=_is_stranger(reader))

    def records(self, reader: Actor) -> tuple[DatasetRecord, ...]:
        """Give every record that `reader` may know of, by name."""
        with self._db.read() as tx:
            return self._search.records(tx, stranger=_is_stranger(reader))

    def record(self, dataset: str, reader: Actor) -> DatasetRecord:
        """Give the record of `dataset`; raises NoSuchRecord, also where it is hidden."""
        with self._db.read() as tx:
            found = store.record(tx, dataset)
        if found is None or found.external or not _may_know(reader, found):
            raise _no_such(dataset)
        return found

    def listed(
        self, reader: Actor, *, since: datetime | None = None, offset: int = 0, limit: int = 100
    ) -> Page[DatasetRecord]:
        """Give a page of the records that `reader` may know of, by id; `since` when they changed.

        One read of the database, for those who walk through all of them.
        """
        private = not _is_stranger(reader)
        with self._db.read() as tx:
            found, total = store.listed(
                tx, private=private, since=since, offset=offset, limit=limit
            )
        return Page(found, total, offset, limit)

    # -- datasets of other portals -------------------------------------------------------------

    def put_external(self, tx: Tx, entry: ExternalEntry) -> None:
        """Let a dataset of another portal be found, or take over what changed of it."""
        record = describing.external_record(entry)
        store.put_external(tx, record, describing.external_parts(entry))

    def drop_external(self, tx: Tx, entry_id: str) -> None:
        """Have a dataset of another portal be found no more."""
        store.retire_record(tx, f"{describing.EXTERNAL}{entry_id}", self._clock.now())

    def external(self, entry_id: str) -> ExternalEntry:
        """Give what is known of a dataset of another portal; raises NoSuchRecord."""
        with self._db.read() as tx:
            found = store.record(tx, f"{describing.EXTERNAL}{entry_id}")
        if found is None or found.external is None:
            raise _no_such(entry_id)
        return found.external

    # -- what is told in the transactions of others --------------------------------------------

    def on_register(self, tx: Tx, registered: RegisteredContract) -> None:
        """Write the record when a contract becomes active; take it out when it retires."""
        contract = registered.contract
        if registered.state is ContractState.RETIRED:
            known = store.record(tx, contract.id)
            if known is not None and known.contract_hash == registered.hash:
                store.retire_record(tx, contract.id, self._clock.now())
        elif registered.state is ContractState.ACTIVE:
            record = describing.record_of(registered)
            store.put_record(tx, record, describing.parts_of(contract))

    def on_release(self, tx: Tx, dataset: str, current: Release | None) -> None:
        """Write which release of `dataset` is current now, and how it was checked."""
        last, delivery = None, None
        if current is not None:
            last = LastRelease(current.id, current.number, current.rows, current.published_at)
            delivery = current.delivery_id
        store.put_release(tx, dataset, last, delivery, self._clock.now())

    def on_delivery(self, tx: Tx, delivery: Delivery) -> None:
        """Write how a delivery was checked, and whether the newest one is held."""
        known = store.held(tx, delivery.dataset)
        held = checks.held_after(known, delivery)
        if held != known:
            store.put_held(tx, delivery.dataset, held, self._clock.now())
        if delivery.state is State.RELEASED:
            self._judge(tx, delivery)
        elif delivery.state is State.UNCHANGED:
            store.put_confirmed(tx, delivery.dataset, self._clock.now())

    def _judge(self, tx: Tx, delivery: Delivery) -> None:
        """Keep how the rows of a delivery stand now; mended rows speak for their own delivery."""
        origin = delivery.parent or delivery.id
        marked = checks.has_marked(delivery) or store.is_marked(tx, origin)
        held = delivery.parent is not None or checks.has_held(delivery)
        quality = checks.quality_of(held and self._waits(tx, origin), marked)
        for checked in dict.fromkeys((origin, delivery.id)):
            store.put_check(tx, checked, quality, marked)

    def on_agency(self, tx: Tx, agency: Agency) -> None:
        """Have the datasets of an agency be found by its new name."""
        store.touch_agency(tx, agency.code)


def _no_such(dataset: str) -> NoSuchRecord:
    return NoSuchRecord(
        t("There is no dataset “{dataset}”.", dataset=dataset),
        fix=t("Search for it by its name in the list of datasets."),
    )


def _is_stranger(reader: Actor) -> bool:
    return reader.kind is ActorKind.ANONYMOUS


def _may_know(reader: Actor, record: DatasetRecord) -> bool:
    # The register of what exists is public; only private datasets are not even named to strangers.
    return record.access_level is not AccessLevel.PRIVATE or not _is_stranger(reader)
