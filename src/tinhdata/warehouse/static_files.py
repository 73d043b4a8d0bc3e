"""Files of open releases, ready to be sent: named by release, view, hash and size, made durable.

Owns their folder. Nothing there is a source of truth: what is missing is made again, and whoever
asks meanwhile gets the rows made to order. Which releases have such files is not decided here.
"""

import hashlib
import os
import shutil
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from tinhdata.kernel import new_id
from tinhdata.warehouse.files import make_folder, sync, writer_lock

_MAKING = ".making-"
_CHUNK = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS


class StaticForm(StrEnum):
    """What is kept of a release; the value is how the file's name ends."""

    CSV = "csv"
    CSV_GZIP = "csv.gz"
    """The same bytes compressed, for readers who take them so."""
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that is ready; `place` is where it lies below the folder."""

    path: Path
    place: str
    sha256: str
    size: int


class StaticFiles:
    """Files by dataset, release, view and form, below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, dataset: str, release_id: str, view: str, form: StaticForm) -> StaticFile | None:
        """Give a file; None where it is not there (yet)."""
        start, end = f"{release_id}.{view}.", f".{form.value}"
        for name in self._names(dataset):
            named = name.removeprefix(start).removesuffix(end)
            if name == f"{start}{named}{end}" and "." not in named:
                path = self._folder / dataset / name
                # One that became shorter since is none: whoever is to keep it makes it again.
                if not _is_whole(path, named):
                    continue
                hashed, _, size = named.partition("-")
                return StaticFile(path, f"{dataset}/{name}", hashed, int(size))
        return None

    def put(
        self,
        dataset: str,
        release_id: str,
        view: str,
        form: StaticForm,
        changed_at: datetime,
        write: Callable[[Path], None],
    ) -> None:
        """Have a file written and bring it into place, durable and under the hash of its bytes."""
        folder = self._folder / dataset
        make_folder(folder)
        making = folder / f"{_MAKING}{new_id('file')}"
        try:
            write(making)
            moment = changed_at.timestamp()
            # A web server in front says this time when it sends the file.
            os.utime(making, (moment, moment))
            sync(making)
            with making.open("rb") as file:
                hashed = hashlib.file_digest(file, "sha256").hexdigest()
            size = making.stat().st_size
            making.rename(folder / f"{release_id}.{view}.{hashed}-{size}.{form.value}")
            sync(folder)
        finally:
            making.unlink(missing_ok=True)

    def keep(self, dataset: str, wanted: Collection[tuple[str, str]]) -> int:
        """Remove what is of none of the `wanted` (release, view), what is cut, what is half made.

        To be called within the dataset's lock. Gives how many files are gone.
        """
        gone = 0
        for name in self._names(dataset):
            release_id, _, rest = name.partition(".")
            view, _, named = rest.partition(".")
            path = self._folder / dataset / name
            if (release_id, view) not in wanted or not _is_whole(path, named.partition(".")[0]):
                path.unlink(missing_ok=True)
                gone += 1
        if not wanted:
            shutil.rmtree(self._folder / dataset, ignore_errors=True)
        return gone

    def lock(self, dataset: str) -> AbstractContextManager[None]:
        """Be the only one who writes the files of `dataset`; raises WriterBusy."""
        return writer_lock(self._folder / f".{dataset}.lock", 60.0, dataset)

    def datasets(self) -> tuple[str, ...]:
        """Name the datasets that have files."""
        if not self._folder.is_dir():
            return ()
        return tuple(sorted(entry.name for entry in self._folder.iterdir() if entry.is_dir()))

    def _names(self, dataset: str) -> Iterator[str]:
        try:
            with os.scandir(self._folder / dataset) as entries:
                names = [entry.name for entry in entries]
        except OSError:  # nothing there, or out of reach: rows are made to order then
            return iter(())
        return iter(names)


def _is_whole(path: Path, named: str) -> bool:
    """Say whether the file has the size that its name says after the hash."""
    size = named.partition("-")[2]
    try:
        return size.isdigit() and path.stat().st_size == int(size)
    except OSError:  # removed just now
        return False


def compress(source: Path, target: Path) -> None:
    """Write the bytes of `source` in the form of gzip (RFC 1952), the same ones each time."""
    packer = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    with source.open("rb") as file, target.open("wb") as out:
        while piece := file.read(_CHUNK):
            out.write(packer.compress(piece))
        out.write(packer.flush())
