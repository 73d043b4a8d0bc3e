"""The verbs of the catalogue."""

from tinhdata.access import Access, Actor, ActorKind
from tinhdata.catalogue import rules, store
from tinhdata.catalogue.errors import NoSuchRecord
from tinhdata.catalogue.model import DatabaseEntry, DatasetRecord, Hit, LastRelease
from tinhdata.contracts.model import AccessLevel
from tinhdata.db import Database, Tx
from tinhdata.kernel import t
from tinhdata.registry import ContractState, RegisteredContract
from tinhdata.warehouse import Release


class Catalogue:
    """What the platform can say about its databases and datasets."""

    def __init__(self, db: Database, access: Access) -> None:
        self._db = db
        self._access = access

    def put_database(self, entry: DatabaseEntry) -> None:
        """Enter a database into the register, or change its entry."""
        with self._db.transaction() as tx:
            if entry not in store.databases(tx):
                store.put_database(tx, entry)

    def databases(self) -> tuple[DatabaseEntry, ...]:
        """Give the register of databases, by id."""
        with self._db.read() as tx:
            return store.databases(tx)

    def search(self, words: str, reader: Actor) -> tuple[Hit, ...]:
        """Find the datasets that `reader` may know of, best first; no words find all."""
        with self._db.read() as tx:
            entries = store.entries(tx)
        return rules.search((e for e in entries if _may_know(reader, e.record)), words)

    def record(self, dataset: str, reader: Actor) -> DatasetRecord:
        """Give the record of `dataset`; raises NoSuchRecord, also where it is hidden."""
        with self._db.read() as tx:
            entries = store.entries(tx, dataset=dataset)
        if not entries or not _may_know(reader, entries[0].record):
            raise NoSuchRecord(
                t("There is no dataset “{dataset}”.", dataset=dataset),
                fix=t("Search for it by its name in the list of datasets."),
            )
        return entries[0].record

    def on_register(self, tx: Tx, registered: RegisteredContract) -> None:
        """Write the record when a contract becomes active; take it out when it retires."""
        contract = registered.contract
        if registered.state is ContractState.RETIRED:
            known = store.entries(tx, dataset=contract.id)
            if known and known[0].record.contract_hash == registered.hash:
                store.drop_record(tx, contract.id)
            return
        if registered.state is not ContractState.ACTIVE:
            return
        record = DatasetRecord(
            dataset=contract.id,
            name=contract.name,
            description=contract.description,
            sector=contract.sector,
            agency=contract.agency,
            database=contract.database,
            access_level=contract.access_level,
            simulated=contract.simulated,
            update_cycle=contract.update_cycle,
            contract_hash=registered.hash,
            contract_version=contract.version,
        )
        texts = rules.texts_of(contract, self._agency_name(contract.agency))
        store.put_record(tx, rules.Entry(record, texts))

    def on_release(self, tx: Tx, dataset: str, current: Release | None) -> None:
        """Write which release of `dataset` is current now."""
        last = None
        if current is not None:
            last = LastRelease(current.id, current.number, current.rows, current.published_at)
        store.put_release(tx, dataset, last)

    def _agency_name(self, code: str) -> str:
        return next((a.name.vi for a in self._access.agencies() if a.code == code), code)


def _may_know(reader: Actor, record: DatasetRecord) -> bool:
    # The register of what exists is public; only private datasets are not even named to strangers.
    return record.access_level is not AccessLevel.PRIVATE or reader.kind is not ActorKind.ANONYMOUS
