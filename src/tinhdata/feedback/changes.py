"""Whether the rows that a follower's filter means differ between two releases."""

import hashlib
from contextlib import closing

from tinhdata.access import ANONYMOUS, Action, Permit, Resource, decide
from tinhdata.feedback.model import SavedFilter
from tinhdata.registry import Registry
from tinhdata.warehouse import FilterUnfit, Query, Release, UnknownColumn, Warehouse

_PURPOSE = "telling followers"
_MOST_ROWS = 200_000
"""Above that the rows are not compared, and a release counts as a change."""


class Changes:
    """Compares releases as the public sees them."""

    def __init__(self, registry: Registry, warehouse: Warehouse) -> None:
        self._registry = registry
        self._warehouse = warehouse

    def is_public(self, release: Release) -> bool:
        """Say whether everyone may read rows of `release`."""
        return self._permit(release) is not None

    def rows(self, release: Release, saved: SavedFilter) -> int | None:
        """Count the rows of a release that a filter means; None where it fits no more."""
        permit = self._permit(release)
        if permit is None:
            return None
        query = Query(filters=saved.filters, search=saved.search, limit=1)
        try:
            return self._warehouse.read(permit, release.id, query).total
        except (FilterUnfit, UnknownColumn):
            return None

    def differ(self, old: Release | None, new: Release, saved: SavedFilter) -> bool:
        """Say whether the rows that `saved` means changed; a filter that fits no more did."""
        if old is None or saved.is_empty:
            return True
        before, after = self.rows(old, saved), self.rows(new, saved)
        if before is None or after is None or before != after or after > _MOST_ROWS:
            return True
        return self._digest(old, saved) != self._digest(new, saved)

    def _permit(self, release: Release) -> Permit | None:
        own = self._registry.by_hash(release.contract_hash).contract
        active = self._registry.active(release.dataset).contract
        decision = decide(ANONYMOUS, Action.READ_ROWS, Resource.of_release(own, active), _PURPOSE)
        return decision if isinstance(decision, Permit) else None

    def _digest(self, release: Release, saved: SavedFilter) -> int:
        """Add up the hashes of all rows, so that their order does not matter."""
        permit = self._permit(release)
        if permit is None:
            return 0
        query = Query(filters=saved.filters, search=saved.search)
        total = 0
        with closing(self._warehouse.stream(permit, release.id, query)) as batches:
            for batch in batches:
                columns = [column.to_pylist() for column in batch.columns]
                for row in zip(*columns, strict=True):
                    digest = hashlib.blake2b(repr(row).encode(), digest_size=16).digest()
                    total = (total + int.from_bytes(digest)) % 2**128
        return total
