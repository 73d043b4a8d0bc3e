"""Finding: an index in this process that follows the metadata database.

Every question first reads, in its own read of the database, what changed since the last one. So an
answer never differs from the records, whichever process wrote them, and nothing is ever rebuilt.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np

from tinhdata.access import Agency
from tinhdata.catalogue import store
from tinhdata.catalogue.analysing import terms_of
from tinhdata.catalogue.describing import topic_part
from tinhdata.catalogue.explaining import surface, why
from tinhdata.catalogue.index import Entry, Index
from tinhdata.catalogue.lexicon import Lexicon
from tinhdata.catalogue.model import (
    Area,
    CatalogueQuery,
    DatabaseEntry,
    DatasetRecord,
    FacetCount,
    FacetName,
    FoundPage,
    Hit,
    Part,
    Place,
    ProvinceWords,
    Sorting,
    Suggestion,
    SuggestionKind,
    Texts,
)
from tinhdata.catalogue.ranking import Ranked, rank
from tinhdata.catalogue.understanding import AREA_TERM, Understanding, Understood
from tinhdata.contracts.model import Bilingual
from tinhdata.db import Tx
from tinhdata.vietnam import fold

_CHUNK = 400
_MOST_SUGGESTED = 6
_MOST_OTHERS = 3
_AREA_WEIGHT = 1.0


class Search:
    """The index of this process and the lock around it; asked by `Catalogue`."""

    def __init__(
        self,
        words: ProvinceWords,
        agencies: Callable[[], Sequence[Agency]],
        today: Callable[[], date],
    ) -> None:
        self._words = words
        self._read_agencies = agencies
        self._today = today
        self._lock = threading.Lock()
        self._index = Index(today())
        self._horizon = 0
        self._text_marks: dict[str, int] = {}
        self._agencies: dict[str, Agency] = {}
        self._databases: dict[str, DatabaseEntry] = {}
        self._weighed: dict[tuple[str | None, ...], dict[str, float]] = {}
        self._named: dict[tuple[str | None, ...], Texts] = {}
        self._lexicon = Lexicon(words, ())

    # -- asking --------------------------------------------------------------------------------

    def find(self, tx: Tx, query: CatalogueQuery, *, stranger: bool) -> FoundPage:
        """Answer `query` from the records as `tx` sees them."""
        with self._lock:
            self._follow(tx)
            index = self._index
            seen = index.seen_by(stranger=stranger, external=query.external)
            question = self._understood(query.words, seen)
            ranked = rank(index, question, index.mask(seen))
            found = index.members(ranked.found)
            wanted = self._narrowed(found, query.filters)
            counts = self._counts(found, query.filters) if query.facets else {}
            total = wanted.bit_count()
            slots = self._ordered(ranked, wanted, query)
            records = [index.record(slot) for slot in slots]
            names = [self._name_texts(record) for record in records]
        texts = self._texts(tx, question, records, names)
        return FoundPage(
            total=total,
            hits=tuple(
                Hit(record, why(question, own, record.areas, store.part_of) if own.plain else ())
                for record, own in zip(records, texts, strict=True)
            ),
            facets=counts,
            suggestion=_suggestion(question, texts),
            readings=question.readings,
        )

    def _texts(
        self,
        tx: Tx,
        question: Understood,
        records: Sequence[DatasetRecord],
        names: Sequence[Texts],
    ) -> list[Texts]:
        """Read the texts of a page of hits; none where there is nothing to explain."""
        if not question.groups or not records:
            return [Texts() for _ in records]
        found = store.texts_by_id(tx, [record.dataset for record in records])
        pairs = zip(records, names, strict=True)
        return [found.get(record.dataset, Texts()) + more for record, more in pairs]

    def suggest(self, tx: Tx, words: str, *, stranger: bool) -> tuple[Suggestion, ...]:
        """Give what someone may mean who has typed `words` so far."""
        with self._lock:
            self._follow(tx)
            index = self._index
            seen = index.seen_by(stranger=stranger)
            understanding = Understanding(index, self._lexicon, index.mask(seen))
            question = understanding.understand(words, unfinished=True)
            if not question.groups:
                return ()
            ranked = rank(index, question, index.mask(seen), whole=True)
            query = CatalogueQuery(words, limit=_MOST_SUGGESTED)
            slots = self._ordered(ranked, index.members(ranked.found), query)
            datasets = [
                Suggestion(SuggestionKind.DATASET, record.dataset, record.name)
                for record in map(index.record, slots)
            ]
            plain = fold(words)
            owners = self._owners(plain, seen)
        places = [
            Suggestion(
                SuggestionKind.PLACE,
                place.code or "",
                Bilingual(place.name),
                now=", ".join(place.now) or None,
            )
            for place in self._lexicon.places_beginning(plain, _MOST_OTHERS)
        ]
        return (*datasets, *owners, *places)

    def records(self, tx: Tx, *, stranger: bool) -> tuple[DatasetRecord, ...]:
        """Give every record that the reader may know of, by name."""
        with self._lock:
            self._follow(tx)
            index = self._index
            slots = np.nonzero(index.mask(index.seen_by(stranger=stranger)))[0]
            ordered = slots[np.argsort(index.by_name()[slots], kind="stable")]
            return tuple(index.record(int(slot)) for slot in ordered)

    def _understood(self, words: str, seen: int) -> Understood:
        if not words.strip():
            return Understood((), ())
        index = self._index
        return Understanding(index, self._lexicon, index.mask(seen)).understand(words)

    def _narrowed(self, found: int, filters: Mapping[FacetName, Sequence[str]]) -> int:
        for name, values in filters.items():
            if values:
                found &= self._index.chosen(name, values)
        return found

    def _counts(
        self, found: int, filters: Mapping[FacetName, Sequence[str]]
    ) -> dict[FacetName, tuple[FacetCount, ...]]:
        """Count the values of each facet among what all the other filters leave."""
        counts = {}
        for name in FacetName:
            others = {other: values for other, values in filters.items() if other is not name}
            among = self._narrowed(found, others)
            counted = sorted(self._index.counted(name, among), key=lambda pair: (-pair[1], pair[0]))
            counts[name] = tuple(FacetCount(value, count) for value, count in counted)
        return counts

    def _ordered(self, ranked: Ranked, wanted: int, query: CatalogueQuery) -> list[int]:
        index = self._index
        slots = np.nonzero(index.mask(wanted))[0]
        keys = index.by_name()[slots].copy()
        if query.sort is Sorting.UPDATED:
            keys -= index.by_update()[slots]
        elif query.sort is Sorting.BEST and query.words.strip():
            # Names only decide between equals: scores are told apart to a millionth.
            keys = keys * 1e-6 - ranked.scores[slots]
        last = query.offset + query.limit
        if last < len(slots):
            nearest = np.argpartition(keys, last)[:last]
            slots, keys = slots[nearest], keys[nearest]
        ordered = slots[np.argsort(keys, kind="stable")]
        return [int(slot) for slot in ordered[query.offset : last]]

    def _owners(self, plain: str, seen: int) -> list[Suggestion]:
        """Give agencies and topics whose name has what was typed, with how much they hold."""
        names = {
            (SuggestionKind.AGENCY, FacetName.AGENCY): {
                c: a.name for c, a in self._agencies.items()
            },
            (SuggestionKind.TOPIC, FacetName.TOPIC): dict(self._words.topics),
        }
        found = []
        for (kind, facet), named in names.items():
            counted = dict(self._index.counted(facet, seen))
            fitting = [
                Suggestion(kind, code, name, counted[code])
                for code, name in named.items()
                if code in counted and plain in fold(f"{name.vi} {name.en or ''}")
            ]
            found += sorted(fitting, key=lambda each: -(each.count or 0))[:_MOST_OTHERS]
        return found

    # -- following the database ----------------------------------------------------------------

    def _follow(self, tx: Tx) -> None:
        """Take in what changed since the last question."""
        self._index.set_day(self._today())
        horizon = store.horizon(tx)
        rewritten: list[DatasetRecord] = []
        for stored in store.changed_since(tx, self._horizon):
            dataset = stored.record.dataset
            if not stored.in_force:
                self._index.drop(dataset)
                self._text_marks.pop(dataset, None)
            elif self._text_marks.get(dataset) == stored.text_mark:
                self._index.change(stored.record)
            else:
                self._text_marks[dataset] = stored.text_mark
                rewritten.append(stored.record)
        if rewritten:
            self._read_names(tx)
            self._take_in(tx, rewritten)
        # Only now: a question that breaks off in the middle is followed by one that looks again.
        self._horizon = horizon

    def _read_names(self, tx: Tx) -> None:
        self._agencies = {agency.code: agency for agency in self._read_agencies()}
        self._databases = {entry.id: entry for entry in store.databases(tx)}
        self._lexicon = Lexicon(self._words, self._agencies.values())
        self._weighed, self._named = {}, {}

    def _take_in(self, tx: Tx, records: Sequence[DatasetRecord]) -> None:
        for first in range(0, len(records), _CHUNK):
            chunk = records[first : first + _CHUNK]
            weighed = store.terms_by_id(tx, [record.dataset for record in chunk])
            for record in chunk:
                terms = weighed[record.dataset]
                for term, weight in self._name_terms(record).items():
                    terms[term] = terms.get(term, 0.0) + weight
                if Area.COMMUNE in record.areas:
                    terms[AREA_TERM] = _AREA_WEIGHT
                self._index.put(Entry(record, terms))

    def _name_terms(self, record: DatasetRecord) -> dict[str, float]:
        key = (record.agency, record.sector, record.database)
        if key not in self._weighed:
            self._weighed[key] = terms_of(self._names(record))
        return self._weighed[key]

    def _name_texts(self, record: DatasetRecord) -> Texts:
        key = (record.agency, record.sector, record.database)
        if key not in self._named:
            self._named[key] = store.texts_of(self._names(record))
        return self._named[key]

    def _names(self, record: DatasetRecord) -> tuple[Part, ...]:
        """Give the names of what a record only refers to by its code."""
        found = list[Part]()
        if agency := self._agencies.get(record.agency):
            found += [Part(Place.AGENCY, n) for n in (agency.name.vi, agency.name.en) if n]
        if topic := self._words.topics.get(record.sector):
            found.append(topic_part(topic))
        if database := self._databases.get(record.database or ""):
            found.append(Part(Place.DATABASE, database.name.vi))
        return tuple(found)


def _suggestion(question: Understood, texts: Sequence[Texts]) -> str | None:
    """Write the mended question as the first of what it finds writes it."""
    if not question.corrected or not texts:
        return None
    return surface(question.corrected, map(store.part_of, texts[0].packed.split("\n")))
