"""Landing's verbs: take bytes in, note whose they are, open them to whoever may."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from tinhdata.access import Action, Permit
from tinhdata.db import Database, Tx
from tinhdata.kernel import Clock, t
from tinhdata.landing import store
from tinhdata.landing.errors import BytesNotFound, RawDoorClosed
from tinhdata.landing.files import Files, sha256_of
from tinhdata.landing.model import Damage, Landed


class Landing:
    """Raw bytes below `root`, each file once, named by its SHA-256."""

    def __init__(self, root: Path, db: Database, clock: Clock) -> None:
        self._files = Files(root)
        self._db = db
        self._clock = clock

    def receive(self, chunks: Iterable[bytes], limit: int) -> Landed:
        """Keep the bytes of one file; on return they are on disk, though not yet anyone's.

        Taking in the same bytes again gives the same answer. Raises FileTooLarge (over `limit`
        bytes), FileEmpty and StoreFull; then nothing is kept.
        """
        return self._files.keep(chunks, limit)

    def record(self, tx: Tx, landed: Landed, dataset: str) -> None:
        """Note, in the caller's transaction, that `landed` was delivered for `dataset`."""
        store.add(tx, landed, dataset, self._clock.now())

    def path(self, permit: Permit, sha256: str) -> Path:
        """Open the bytes that were delivered for the permit's dataset.

        Raises RawDoorClosed for a permit to do something else, BytesNotFound where no such bytes
        came for this dataset or the file is gone.
        """
        if permit.action is not Action.READ_RAW:
            raise RawDoorClosed(
                t("This permit does not open files as they were sent."),
                fix=t("Ask for permission to read the files of this dataset."),
            )
        with self._db.read() as tx:
            is_known = store.is_of(tx, sha256, permit.dataset)
        if not is_known or not (path := self._files.path(sha256)).is_file():
            raise BytesNotFound(
                t("There is no such file among those sent for {dataset}.", dataset=permit.dataset),
                fix=t("Choose the delivery from the dataset's list and open its file there."),
            )
        return path

    def sweep(self, grace: timedelta) -> int:
        """Remove files that came more than `grace` ago and belong to nothing; give how many."""
        return self._files.sweep((self._clock.now() - grace).timestamp(), self._noted)

    def verify(self) -> tuple[Damage, ...]:
        """Read all noted bytes; give those that are missing or altered."""
        with self._db.read() as tx:
            noted = tuple(store.each(tx))
        looked = ((landed.sha256, self._damage(landed)) for landed in noted)
        return tuple(Damage(sha256, what) for sha256, what in looked if what is not None)

    def _noted(self) -> frozenset[str]:
        with self._db.read() as tx:
            return frozenset(landed.sha256 for landed in store.each(tx))

    def _damage(self, landed: Landed) -> str | None:
        path = self._files.path(landed.sha256)
        if not path.is_file():
            return "missing"
        return None if sha256_of(path) == landed.sha256 else "altered"
