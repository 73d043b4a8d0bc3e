"""Full files of open releases, written once after the release and served as they lie.

Owns which releases have them: those that anyone may read, under the rules of today, all rows of
them. The rows themselves come through the read door, under the permit of an anonymous reader.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from tinhdata.access import ANONYMOUS, Action, Permit, Resource, decide
from tinhdata.db import Tx
from tinhdata.kernel import JSON, JSONObject, canonical_json, sha256_hex
from tinhdata.registry import ContractUnknown, RegisteredContract, Registry
from tinhdata.warehouse.errors import ReadersBusy, ReadTooLong, WriterBusy
from tinhdata.warehouse.model import Query, Release, ReleaseState
from tinhdata.warehouse.row_texts import TextForm
from tinhdata.warehouse.service import Warehouse
from tinhdata.warehouse.static_files import StaticFile, StaticFiles, StaticForm, compress
from tinhdata.work import WorkContext, WorkQueue

KEEP = "warehouse.open-files"
KEEP_ALL = "warehouse.all-open-files"
_OPEN = "open-rows"
"""The rule by which anyone reads the rows of open data."""
_PURPOSE = "files of open data"
_FORM = "1"
"""Goes up when the same rows would be written otherwise, so that old files are made again."""
_EVERYTHING = Query()


class OpenFiles:
    """Keeps the files of open releases below `folder`: of the `kept` newest ones of each dataset.

    The current release gets its files after it was published; those of earlier ones stay until
    they are too old, so that a download that was interrupted can go on.
    """

    def __init__(
        self, folder: Path, warehouse: Warehouse, registry: Registry, work: WorkQueue, kept: int
    ) -> None:
        self._files = StaticFiles(folder)
        self._warehouse = warehouse
        self._registry = registry
        self._work = work
        self._kept = kept
        again = (ReadersBusy, ReadTooLong, WriterBusy)
        work.register(KEEP, self._keep_one, retry_on=again)
        work.register(KEEP_ALL, self._keep_all)
        work.schedule(KEEP_ALL, timedelta(hours=1))

    def find(self, permit: Permit, release: Release, form: StaticForm) -> StaticFile | None:
        """Give the file that shows exactly what `permit` shows of `release`, if there is one.

        None for everyone who reads by another rule than that the data is open.
        """
        if permit.rule != _OPEN or release.state is ReleaseState.WITHDRAWN:
            return None
        return self._files.find(release.dataset, release.id, _view(permit, release), form)

    def on_release(self, tx: Tx, dataset: str, current: Release | None) -> None:
        """Have the files of `dataset` brought in line once `tx` is committed."""
        self._ask(tx, dataset, current.id if current else "none")

    def on_register(self, tx: Tx, registered: RegisteredContract) -> None:
        """Have them brought in line with a contract that is in force now, or no more."""
        self._ask(tx, registered.contract.id, f"{registered.hash}:{registered.state.value}")

    def _ask(self, tx: Tx, dataset: str, why: str) -> None:
        # The reason is part of the key: a piece that runs just now may have looked too early.
        self._work.enqueue(tx, KEEP, {"dataset": dataset}, f"{dataset}:{why}")

    def _keep_one(self, _context: WorkContext, args: JSONObject) -> None:
        self._keep(str(args["dataset"]))

    def _keep_all(self, _context: WorkContext, _args: JSONObject) -> None:
        active = {registered.contract.id for registered in self._registry.all_active()}
        for dataset in sorted(active | set(self._files.datasets())):
            self._keep(dataset)

    def _keep(self, dataset: str) -> None:
        """Write what the current release lacks, and remove what nobody may read any more."""
        releases = [
            release
            for release in self._warehouse.releases(dataset)
            if release.state is not ReleaseState.WITHDRAWN
        ]
        permits = [
            (release, permit)
            for release in releases[: self._kept]
            for permit in self._anyone(release)
        ]
        if not permits and dataset not in self._files.datasets():
            return
        with self._files.lock(dataset):
            for release, permit in permits:
                if release.state is ReleaseState.CURRENT:
                    self._write(release, permit)
            wanted = {(release.id, _view(permit, release)) for release, permit in permits}
            self._files.keep(dataset, wanted)

    def _anyone(self, release: Release) -> Iterator[Permit]:
        """Give the permit under which anyone reads `release`, if anyone may, and all its rows."""
        try:
            active = self._registry.active(release.dataset).contract
        except ContractUnknown:
            return
        own = self._registry.by_hash(release.contract_hash).contract
        resource = Resource.of_release(own, active)
        permit = decide(ANONYMOUS, Action.READ_ROWS, resource, _PURPOSE)
        if isinstance(permit, Permit) and permit.rule == _OPEN and permit.row_filter is None:
            yield permit

    def _write(self, release: Release, permit: Permit) -> None:
        view = _view(permit, release)

        def find(form: StaticForm) -> StaticFile | None:
            return self._files.find(release.dataset, release.id, view, form)

        def write_csv(path: Path) -> None:
            texts = self._warehouse.texts(permit, release.id, _EVERYTHING, TextForm.CSV)
            with path.open("wb") as file, closing(texts) as pieces:
                file.writelines(pieces)

        def write_gzip(path: Path) -> None:
            if (plain := find(StaticForm.CSV)) is not None:
                compress(plain.path, path)

        def write_parquet(path: Path) -> None:
            self._warehouse.write_parquet(permit, release.id, _EVERYTHING, path)

        writers: Mapping[StaticForm, Callable[[Path], None]] = {
            StaticForm.CSV: write_csv,
            StaticForm.CSV_GZIP: write_gzip,
            StaticForm.PARQUET: write_parquet,
        }
        for form, write in writers.items():
            if find(form) is None:
                at = release.published_at
                self._files.put(release.dataset, release.id, view, form, at, write)


def _view(permit: Permit, release: Release) -> str:
    """Name what a permit shows: the same columns under the same masks, in the same form."""
    shown = [c.name for c in release.shape.columns]
    if permit.columns is not None:
        shown = [name for name in shown if name in permit.columns]
    view: JSON = {"columns": list(shown), "masks": dict(permit.masks), "form": _FORM}
    return sha256_hex(canonical_json(view))[:16]
