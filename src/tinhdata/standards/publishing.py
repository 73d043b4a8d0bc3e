"""Gathers what anyone may know of a dataset: here alone it is decided what documents say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from tinhdata.access import (
    ANONYMOUS,
    Access,
    Action,
    Agency,
    Permit,
    Resource,
    decide,
)
from tinhdata.catalogue import MOST_HITS, Catalogue, CatalogueQuery, DatabaseEntry, DatasetRecord
from tinhdata.contracts import Column, Contract
from tinhdata.deliveries import Deliveries
from tinhdata.kernel import Refused
from tinhdata.registry import Registry
from tinhdata.standards import rules
from tinhdata.standards.model import Publication, PublishedFile, QualityFigure, Span
from tinhdata.warehouse import Release, ReleaseState, Warehouse

FilesOf = Callable[[Permit, Release], Sequence[PublishedFile]]
"""Gives the files of a release that lie ready, with size and hash."""
_PURPOSE = "open catalogue"
_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Around:
    """What many datasets share: looked up once for all of a page."""

    agencies: dict[str, Agency]
    databases: dict[str, DatabaseEntry]


class Publishing:
    """Makes publications out of records of the catalogue."""

    def __init__(
        self,
        access: Access,
        catalogue: Catalogue,
        registry: Registry,
        warehouse: Warehouse,
        deliveries: Deliveries,
        files: FilesOf | None,
    ) -> None:
        self._access = access
        self._catalogue = catalogue
        self._registry = registry
        self._warehouse = warehouse
        self._deliveries = deliveries
        self._files = files
        self._figures = lru_cache(maxsize=_KEPT)(self._measured)
        self._spans = lru_cache(maxsize=_KEPT)(self._span)

    def records(self) -> list[DatasetRecord]:
        """Give the records that anyone may know of, by the id of the dataset."""
        found = list(self._catalogue.records(ANONYMOUS))
        return sorted(found, key=lambda record: record.dataset)

    def found(self, words: str) -> list[DatasetRecord]:
        """Give the records that anyone finds by `words`."""
        query = CatalogueQuery(words, limit=MOST_HITS)
        return [hit.record for hit in self._catalogue.find(query, ANONYMOUS).hits]

    def record(self, dataset: str) -> DatasetRecord:
        """Give the record of a dataset; raises NoSuchRecord, for private data, too."""
        return self._catalogue.record(dataset, ANONYMOUS)

    def around(self) -> Around:
        """Look up agencies and databases."""
        return Around(
            {agency.code: agency for agency in self._access.agencies()},
            {database.id: database for database in self._catalogue.databases()},
        )

    def publication(self, record: DatasetRecord, around: Around) -> Publication:
        """Give everything that anyone may know of the dataset of `record`."""
        active = self._registry.by_hash(record.contract_hash)
        contract = active.contract
        issued = record.registered_at or active.activated_at or active.proposed_at
        release = self._release(record)
        permit = None if release is None else self._permit(release, contract)
        columns: tuple[Column, ...] = ()
        span: Span | None = None
        figures: tuple[QualityFigure, ...] = ()
        if release is not None and permit is not None:
            own = self._registry.by_hash(release.contract_hash).contract
            columns = rules.open_columns(own, permit)
            span = self._spans(release.id, record.contract_hash) or _years(record)
            figures = self._figures(release.id)
        return Publication(
            contract=contract,
            contract_hash=record.contract_hash,
            publisher=around.agencies.get(contract.agency),
            issued=issued,
            modified=changed_at(record) or issued,
            release=None if release is None else rules.last_release(release),
            columns=columns,
            files=self._published(release, permit, columns),
            span=span,
            figures=figures,
            database=around.databases.get(contract.database or ""),
        )

    def _release(self, record: DatasetRecord) -> Release | None:
        if record.release is None:
            return None
        release = self._warehouse.get(record.release.id)
        return None if release.state is ReleaseState.WITHDRAWN else release

    def _permit(self, release: Release, active: Contract) -> Permit | None:
        own = self._registry.by_hash(release.contract_hash).contract
        resource = Resource.of_release(own, active)
        decision = decide(ANONYMOUS, Action.READ_ROWS, resource, _PURPOSE)
        return decision if isinstance(decision, Permit) else None

    def _published(
        self, release: Release | None, permit: Permit | None, columns: tuple[Column, ...]
    ) -> tuple[PublishedFile, ...]:
        if release is None or permit is None or not columns:
            return ()
        found = self._files(permit, release) if self._files else ()
        ready = {file.form: file for file in found}
        return tuple(ready.get(file.form, file) for file in rules.forms_of(columns))

    def _measured(self, release_id: str) -> tuple[QualityFigure, ...]:
        try:
            return rules.figures_of(self._deliveries.report_behind(ANONYMOUS, release_id))
        except Refused:
            return ()

    def _span(self, release_id: str, active_hash: str) -> Span | None:
        release = self._warehouse.get(release_id)
        own = self._registry.by_hash(release.contract_hash).contract
        permit = self._permit(release, self._registry.by_hash(active_hash).contract)
        if permit is None:
            return None
        column = rules.time_column(own, rules.open_columns(own, permit))
        if column is None:
            return None
        return rules.span_of(column, self._warehouse.statistics(permit, release_id))


def changed_at(record: DatasetRecord) -> datetime | None:
    """Give when the record last changed: as the catalogue says, else with its release."""
    return record.changed_at or (record.release.at if record.release else record.registered_at)


def _years(record: DatasetRecord) -> Span | None:
    """Give the years that the catalogue read out of the rows, in datasets with no such column."""
    return None if record.years is None else Span(*(f"{year:04}" for year in record.years))
