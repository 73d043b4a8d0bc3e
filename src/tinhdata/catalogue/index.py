"""The index of one process: words -> datasets with weights, values of facets -> sets of datasets.

Made from the records of the metadata database and brought up to date from them; it decides nothing
about readers: every question comes with the set of datasets that may be seen. Not thread-safe.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from tinhdata.catalogue.facets import values_of
from tinhdata.catalogue.model import DatasetRecord, FacetName
from tinhdata.contracts import AccessLevel
from tinhdata.vietnam import fold

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]

_FEWEST_DEAD = 1_000
_DATED_FACETS = (FacetName.FRESHNESS, FacetName.UPDATED)


@dataclass(frozen=True, slots=True)
class Entry:
    """A dataset as the index takes it: its record and its words with their weights."""

    record: DatasetRecord
    terms: Mapping[str, float]


@dataclass(slots=True)
class _Posting:
    """Where a word stands: slots in rising order, and its weight in each."""

    slots: "array[int]" = field(default_factory=lambda: array("i"))
    weights: "array[float]" = field(default_factory=lambda: array("f"))


class Index:
    """Datasets by words and by facets. A set of datasets is an integer, one bit per slot."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._records: list[DatasetRecord | None] = []
        self._slot_of: dict[str, int] = {}
        self._dead = 0
        self._postings: dict[str, _Posting] = {}
        self._facets: dict[FacetName, dict[str, int]] = {name: {} for name in FacetName}
        self._everyone = 0
        self._public = 0
        self._external = 0
        self._prefixes: list[str] | None = None
        self._order: NDArray[np.float64] | None = None

    # -- bringing up to date -------------------------------------------------------------------

    def put(self, entry: Entry) -> None:
        """Take in a dataset, in the place of what was known of it."""
        self.drop(entry.record.dataset)
        slot = len(self._records)
        self._records.append(None)
        self._slot_of[entry.record.dataset] = slot
        for term, weight in entry.terms.items():
            posting = self._postings.get(term)
            if posting is None:
                posting = self._postings[term] = _Posting()
                self._prefixes = None
            posting.slots.append(slot)
            posting.weights.append(weight)
        self._set(slot, entry.record)

    def change(self, record: DatasetRecord) -> None:
        """Take over what changed of a dataset whose words stay as they are."""
        slot = self._slot_of[record.dataset]
        self._clear(slot)
        self._set(slot, record)

    def drop(self, dataset: str) -> None:
        """Forget a dataset; nothing happens where it is not known."""
        slot = self._slot_of.pop(dataset, None)
        if slot is None:
            return
        self._clear(slot)
        self._records[slot] = None
        self._dead += 1
        if self._dead > max(_FEWEST_DEAD, len(self._slot_of)):
            self._compact()

    def knows(self, dataset: str) -> bool:
        """Say whether the dataset is in the index."""
        return dataset in self._slot_of

    def set_day(self, today: date) -> None:
        """Have everything that depends on the day be as of `today`."""
        if today == self._today:
            return
        self._today = today
        for name in _DATED_FACETS:
            self._facets[name] = {}
        for slot, record in enumerate(self._records):
            if record is not None:
                self._set_facets(slot, record, _DATED_FACETS)

    def _set(self, slot: int, record: DatasetRecord) -> None:
        self._records[slot] = record
        self._order = None
        self._everyone |= 1 << slot
        if record.access_level is not AccessLevel.PRIVATE:
            self._public |= 1 << slot
        if record.external is not None:
            self._external |= 1 << slot
        self._set_facets(slot, record, FacetName)

    def _set_facets(self, slot: int, record: DatasetRecord, names: Iterable[FacetName]) -> None:
        for name in names:
            sets = self._facets[name]
            for value in values_of(name, record, self._today):
                sets[value] = sets.get(value, 0) | 1 << slot

    def _clear(self, slot: int) -> None:
        record = self._records[slot]
        if record is None:
            return
        keep = ~(1 << slot)
        self._everyone &= keep
        self._public &= keep
        self._external &= keep
        for name in FacetName:
            sets = self._facets[name]
            for value in values_of(name, record, self._today):
                sets[value] &= keep
                if not sets[value]:
                    del sets[value]

    def _compact(self) -> None:
        """Give every living dataset a new slot, so that those that are gone take no room."""
        records = [record for record in self._records if record is not None]
        alive = np.array([record is not None for record in self._records], dtype=np.bool_)
        moved = np.cumsum(alive, dtype=np.int32) - 1
        for term, posting in list(self._postings.items()):
            slots = np.frombuffer(posting.slots, dtype=np.int32)
            weights = np.frombuffer(posting.weights, dtype=np.float32)
            kept = alive[slots]
            if not kept.any():
                del self._postings[term]
                continue
            self._postings[term] = _Posting(
                array("i", moved[slots[kept]].tobytes()), array("f", weights[kept].tobytes())
            )
        self._records, self._dead = [], 0
        self._slot_of, self._prefixes = {}, None
        self._facets = {name: {} for name in FacetName}
        self._everyone = self._public = self._external = 0
        for slot, record in enumerate(records):
            self._records.append(None)
            self._slot_of[record.dataset] = slot
            self._set(slot, record)

    # -- asking --------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """Give the number of slots: the length of masks and scores."""
        return len(self._records)

    def seen_by(self, *, stranger: bool, external: bool = False) -> int:
        """Give the set of datasets that a stranger, or anyone who is signed in, may know of.

        With `external` those of other portals are among them.
        """
        seen = self._public if stranger else self._everyone
        return seen if external else seen & ~self._external

    def weights(self, term: str) -> tuple[NDArray[np.int32], Scores]:
        """Give the slots where `term` stands and its weight in each; both empty where nowhere."""
        posting = self._postings.get(term)
        if posting is None:
            return _NO_SLOTS, _NO_WEIGHTS
        # Copies: a view would keep the arrays from growing.
        return np.array(posting.slots, dtype=np.int32), np.array(posting.weights, dtype=np.float32)

    def frequency(self, term: str, seen: Mask) -> int:
        """Count the datasets among `seen` in which `term` stands."""
        posting = self._postings.get(term)
        if posting is None:
            return 0
        return int(np.count_nonzero(seen[np.array(posting.slots, dtype=np.int32)]))

    def has(self, term: str) -> bool:
        """Say whether any dataset has the term, seen or not; see `frequency`."""
        return term in self._postings

    def beginning_with(self, prefix: str, most: int) -> tuple[str, ...]:
        """Give up to `most` words without diacritics, or pairs of such, that begin so."""
        if self._prefixes is None:
            self._prefixes = sorted(term for term in self._postings if term[0].isalnum())
        first = bisect_left(self._prefixes, prefix)
        found: list[str] = []
        for term in self._prefixes[first : first + 20 * most]:
            if not term.startswith(prefix) or len(found) == most:
                break
            if (" " in term) == (" " in prefix):
                found.append(term)
        return tuple(found)

    def chosen(self, name: FacetName, values: Iterable[str]) -> int:
        """Give the set of datasets that have one of the values of a facet."""
        sets = self._facets[name]
        found = 0
        for value in values:
            found |= sets.get(value, 0)
        return found

    def counted(self, name: FacetName, among: int) -> Iterator[tuple[str, int]]:
        """Count the datasets of the set `among` by each value of a facet; none with zero."""
        for value, members in self._facets[name].items():
            if count := (members & among).bit_count():
                yield value, count

    def record(self, slot: int) -> DatasetRecord:
        """Give the record in a slot; raises LookupError for an empty one."""
        record = self._records[slot]
        if record is None:
            raise LookupError(f"nothing in slot {slot}")
        return record

    def by_name(self) -> NDArray[np.float64]:
        """Give for each slot a number in [0, 1) that sorts as the names do."""
        if self._order is None:
            names = sorted(
                (fold(record.name.vi), record.dataset, slot)
                for slot, record in enumerate(self._records)
                if record is not None
            )
            order = np.ones(self.size)
            order[[slot for _, _, slot in names]] = np.arange(len(names)) / (len(names) + 1)
            self._order = order
        return self._order

    def by_update(self) -> NDArray[np.float64]:
        """Give for each slot when it was last updated, in seconds; 0 for never."""
        return np.array([r.up_to.timestamp() if r and r.up_to else 0.0 for r in self._records])

    def mask(self, members: int) -> Mask:
        """Give a set of datasets as an array."""
        length = (self.size + 7) // 8
        packed = np.frombuffer(members.to_bytes(length, "little"), dtype=np.uint8)
        return np.unpackbits(packed, bitorder="little")[: self.size].astype(np.bool_)

    def members(self, mask: Mask) -> int:
        """Give an array as a set of datasets."""
        return int.from_bytes(np.packbits(mask, bitorder="little").tobytes(), "little")


_NO_SLOTS = np.empty(0, dtype=np.int32)
_NO_WEIGHTS = np.empty(0, dtype=np.float32)
