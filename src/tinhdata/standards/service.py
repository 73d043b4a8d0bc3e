"""The facade's one class: the catalogue and its datasets in every form, and their check."""

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from tinhdata.access import Access
from tinhdata.catalogue import Catalogue, DatasetRecord
from tinhdata.db import Database
from tinhdata.deliveries import Deliveries
from tinhdata.harvest import Harvest
from tinhdata.journal import Event, Journal
from tinhdata.kernel import JSON, Clock, JSONObject, canonical_json, sha256_hex
from tinhdata.notify import Notify
from tinhdata.registry import Registry
from tinhdata.standards import croissant, data_package, events, feeds, schema_org, sitemaps, store
from tinhdata.standards.addresses import Addresses
from tinhdata.standards.errors import PageBeyond, RowsNotOpen
from tinhdata.standards.gate import PublishingCheck
from tinhdata.standards.model import (
    CatalogueCheck,
    CheckedDataset,
    Document,
    Portal,
    Publication,
    RDFForm,
    Wanted,
)
from tinhdata.standards.publishing import Around, FilesOf, Publishing, changed_at
from tinhdata.warehouse import Warehouse
from tinhdata.work import WorkContext, WorkQueue

CHECK = "standards.check"
_EVERY = timedelta(days=1)
_KEPT_BYTES = 24 << 20
_LARGEST_KEPT = 4 << 20
_WRITTEN_BY = "1"
"""Changes with what documents say about the same facts, so that no old one is taken for new."""

MEDIA_TYPES: Mapping[RDFForm, str] = MappingProxyType(
    {
        RDFForm.TURTLE: "text/turtle; charset=utf-8",
        RDFForm.JSON_LD: "application/ld+json",
        RDFForm.RDF_XML: "application/rdf+xml; charset=utf-8",
        RDFForm.XML: "application/rdf+xml; charset=utf-8",
        RDFForm.N3: "text/n3; charset=utf-8",
    }
)


_RELEASE = "release"
"""The kind of notice that every release makes; its feed has the releases themselves."""


@dataclass(frozen=True, slots=True)
class StandardsParts:
    """The facades below. `files` gives the files of a release that lie ready."""

    db: Database
    clock: Clock
    journal: Journal
    work: WorkQueue
    access: Access
    registry: Registry
    warehouse: Warehouse
    deliveries: Deliveries
    catalogue: Catalogue
    check: PublishingCheck
    portal: Portal
    harvest: Harvest
    notify: Notify
    files: FilesOf | None = None


class Standards:
    """What anyone may know of the datasets, in the forms that others' programs read."""

    def __init__(self, parts: StandardsParts) -> None:
        parts.journal.declare(events.EVENT_KINDS)
        parts.work.register(CHECK, self._run_check)
        parts.work.schedule(CHECK, _EVERY)
        self._parts = parts
        self._publishing = Publishing(
            parts.access,
            parts.catalogue,
            parts.registry,
            parts.warehouse,
            parts.deliveries,
            parts.files,
        )
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._kept_bytes = 0
        self._lock = threading.Lock()

    @property
    def portal(self) -> Portal:
        """Give what the catalogue says about itself."""
        return self._parts.portal

    # --- DCAT-AP

    def catalogue(self, form: RDFForm, wanted: Wanted, site: str) -> Document:
        """Write a page of the catalogue as DCAT-AP 3; raises PageBeyond."""
        records = self._records(wanted)
        last = max(1, -(-len(records) // wanted.limit))
        if not 1 <= wanted.page <= last:
            raise PageBeyond(wanted.page, last)
        start = (wanted.page - 1) * wanted.limit
        shown = records[start : start + wanted.limit]
        around = self._publishing.around()
        publications = [self._publishing.publication(each, around) for each in shown]
        files = [repr(publication.files) for publication in publications]
        said: JSON = [wanted.page, wanted.limit, str(wanted.since), len(records), *files]
        tag = self._tag("catalogue", form.value, site, around, said, shown)
        moments = [at for record in shown if (at := changed_at(record))]

        def written() -> bytes:
            from tinhdata.standards import writing

            agencies = list(around.agencies.values())
            graph, writer = writing.catalogue_graph(publications, self.portal, agencies, site)
            return writing.page_bytes(graph, writer, form, wanted, len(records), last)

        content = self._once(tag, written)
        return Document(content, MEDIA_TYPES[form], tag, max(moments, default=None))

    def dataset(self, dataset: str, form: RDFForm, site: str) -> Document:
        """Write one dataset as DCAT-AP 3; raises NoSuchRecord."""
        record, around = self._publishing.record(dataset), self._publishing.around()
        publication = self._publishing.publication(record, around)
        tag = self._tag("dataset", form.value, site, around, repr(publication.files), [record])

        def written() -> bytes:
            from tinhdata.standards import writing

            agencies = list(around.agencies.values())
            return writing.dataset_bytes(publication, self.portal, agencies, site, form)

        return Document(self._once(tag, written), MEDIA_TYPES[form], tag, changed_at(record))

    def elsewhere(self, form: RDFForm, wanted: Wanted, site: str) -> Document:
        """Write what was harvested from other portals, with its origin; raises PageBeyond."""
        harvest = self._parts.harvest
        entries = harvest.entries()
        last = max(1, -(-len(entries) // wanted.limit))
        if not 1 <= wanted.page <= last:
            raise PageBeyond(wanted.page, last)
        start = (wanted.page - 1) * wanted.limit
        shown = entries[start : start + wanted.limit]
        portals, around = harvest.portals(), self._publishing.around()
        asked: JSON = [wanted.page, len(entries), repr(portals), *(known.hash for known in shown)]
        tag = self._tag("elsewhere", form.value, site, around, asked, [])

        def written() -> bytes:
            from tinhdata.standards import writing

            agencies = list(around.agencies.values())
            place = writing.Place(form, wanted, len(entries), last)
            return writing.elsewhere_bytes(shown, portals, self.portal, agencies, site, place)

        return Document(self._once(tag, written), MEDIA_TYPES[form], tag)

    # --- others

    def schema_org(self, dataset: str, site: str) -> JSONObject:
        """Describe a dataset in the words of schema.org; raises NoSuchRecord."""
        return schema_org.described(self.publication(dataset), self.portal, Addresses(site))

    def croissant(self, dataset: str, site: str) -> Document:
        """Describe the open rows as Croissant; raises NoSuchRecord, RowsNotOpen."""
        return self._rows_document(dataset, site, "croissant", croissant.described)

    def data_package(self, dataset: str, site: str) -> Document:
        """Describe the open rows as a Frictionless Data Package; raises as `croissant`."""
        return self._rows_document(dataset, site, "package", data_package.described)

    def catalogue_feed(self, page: int, site: str, language: str, words: str = "") -> Document:
        """Write which datasets changed last, as an Atom feed in pages; raises PageBeyond.

        `words` limits the feed to the datasets that the search finds.
        """
        records = sorted(
            self._publishing.records() if not words else self._publishing.found(words),
            key=lambda record: (str(changed_at(record) or ""), record.dataset),
            reverse=True,
        )
        last = max(1, -(-len(records) // feeds.PAGE))
        if not 1 <= page <= last:
            raise PageBeyond(page, last)
        shown = records[(page - 1) * feeds.PAGE : page * feeds.PAGE]
        around = self._publishing.around()
        tag = self._tag("feed", language, site, around, [page, words, len(records)], shown)

        def written() -> bytes:
            entries = [self._publishing.publication(each, around) for each in shown]
            at = Addresses(site)
            return feeds.catalogue_feed(
                entries, self.portal, at, language, feeds.Pages(page, last, words)
            )

        return Document(self._once(tag, written), feeds.MEDIA_TYPE, tag)

    def dataset_feed(self, dataset: str, site: str, language: str, page: int = 1) -> Document:
        """Write the releases of a dataset and what else was told of it as an Atom feed.

        Withdrawals and public answers stand on the first page. Raises NoSuchRecord, PageBeyond.
        """
        publication = self.publication(dataset)
        releases = self._parts.warehouse.releases(dataset)
        last = max(1, -(-len(releases) // feeds.PAGE))
        if not 1 <= page <= last:
            raise PageBeyond(page, last)
        shown = releases[(page - 1) * feeds.PAGE : page * feeds.PAGE]
        told = self._parts.notify.notices([dataset], feeds.PAGE) if page == 1 else ()
        others = [each for each in told if each.notice.kind != _RELEASE]
        content = feeds.dataset_feed(
            publication, shown, Addresses(site), language, feeds.Pages(page, last), others
        )
        return Document(content, feeds.MEDIA_TYPE, f'W/"{sha256_hex(content)[:32]}"')

    def sitemap(self, site: str) -> bytes:
        """Write the index of the site maps."""
        return sitemaps.index(self._publishing.records(), site)

    def sitemap_part(self, number: int, site: str) -> bytes:
        """Write one site map: 0 lists the fixed pages, others datasets; raises PageBeyond."""
        records = self._publishing.records()
        last = sitemaps.parts(len(records))
        if not 0 <= number <= last:
            raise PageBeyond(number, last)
        if number == 0:
            agencies = sorted({record.agency for record in records})
            return sitemaps.fixed(agencies, site)
        return sitemaps.datasets(records, number, site)

    def publication(self, dataset: str) -> Publication:
        """Give what anyone may know of a dataset; raises NoSuchRecord."""
        record = self._publishing.record(dataset)
        return self._publishing.publication(record, self._publishing.around())

    # --- the nightly check

    def last_check(self) -> CatalogueCheck | None:
        """Give what the last check of the whole catalogue found, None before the first."""
        with self._parts.db.read() as tx:
            return store.last_check(tx)

    def check_all(self) -> CatalogueCheck:
        """Check every dataset of the catalogue as it stands, and keep the result."""
        parts = self._parts
        began, at = time.perf_counter(), parts.clock.now()
        around = self._publishing.around()
        records = self._publishing.records()
        found: list[CheckedDataset] = []
        for record in records:
            publication = self._publishing.publication(record, around)
            complaints = parts.check.of(publication)
            if complaints:
                found.append(CheckedDataset(record.dataset, complaints))
        failed = [each for each in found if not each.passed]
        seconds = round(time.perf_counter() - began, 3)
        check = CatalogueCheck(at, seconds, len(records), len(failed), tuple(found))
        with parts.db.transaction() as tx:
            store.keep_check(tx, check)
            data: JSONObject = {
                "checked": check.checked,
                "failed": check.failed,
                "datasets": [each.dataset for each in failed],
            }
            parts.journal.append(tx, Event(events.CHECKED, events.WORKER, "catalogue", data))
        return check

    def _run_check(self, _context: WorkContext, _args: JSONObject) -> None:
        self.check_all()

    # ------------------------------------------------------------------------------------------

    def _records(self, wanted: Wanted) -> list[DatasetRecord]:
        records = self._publishing.records()
        if wanted.since is None:
            return records
        since = wanted.since
        return [each for each in records if (at := changed_at(each)) and at >= since]

    def _rows_document(
        self,
        dataset: str,
        site: str,
        kind: str,
        described: Callable[[Publication, Portal, Addresses], JSONObject],
    ) -> Document:
        publication = self.publication(dataset)
        if not publication.columns:
            raise RowsNotOpen(dataset)
        content = _json(described(publication, self.portal, Addresses(site)))
        tag = f'W/"{sha256_hex(kind.encode() + content)[:32]}"'
        media = "application/ld+json" if kind == "croissant" else "application/json"
        return Document(content, media, tag, publication.modified)

    def _tag(
        self,
        kind: str,
        form: str,
        site: str,
        around: Around,
        asked: JSON,
        records: Sequence[DatasetRecord],
    ) -> str:
        """Name what a document is written from: where none of it changed, nothing did."""
        facts: JSON = [
            _WRITTEN_BY,
            kind,
            form,
            site,
            repr(self.portal),
            repr(sorted(around.agencies.items())),
            repr(sorted(around.databases.items())),
            asked,
            [repr(record) for record in records],
        ]
        return f'W/"{sha256_hex(canonical_json(facts))[:32]}"'

    def _once(self, tag: str, write: Callable[[], bytes]) -> bytes:
        """Give the document kept under `tag`, or write it; the least used go first."""
        with self._lock:
            if (kept := self._kept.get(tag)) is not None:
                self._kept.move_to_end(tag)
                return kept
        written = write()
        if len(written) <= _LARGEST_KEPT:
            with self._lock:
                if tag not in self._kept:
                    self._kept[tag] = written
                    self._kept_bytes += len(written)
                while self._kept_bytes > _KEPT_BYTES:
                    _, gone = self._kept.popitem(last=False)
                    self._kept_bytes -= len(gone)
        return written


def _json(value: JSON) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, default=dict).encode()
