"""Files of tables on disk: made durable, hashed, linked into place, the writer's lock."""

import fcntl
import hashlib
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from pyiceberg.io import OutputStream
from pyiceberg.io.pyarrow import PyArrowFile, PyArrowFileIO
from pyiceberg.typedef import EMPTY_DICT, Properties

from tinhdata.kernel import t
from tinhdata.warehouse.errors import WriterBusy

_CHUNK = 1 << 20


def sync(path: Path) -> None:
    """Force a file or a folder to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path) -> None:
    """Make `path` and what is missing above it, each entry forced to disk."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        sync(folder.parent)


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file's bytes in hexadecimal."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def place(source: Path, target: Path) -> None:
    """Bring `source` to the new path `target` and force both bytes and name to disk.

    A hard link where the file system allows it, so that a crashed commit can be tried again from
    the same staged file; else a copy.
    """
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    sync(target)
    sync(target.parent)


@contextmanager
def writer_lock(path: Path, wait: float, name: str) -> Iterator[None]:
    """Hold the lock file `path` across threads and processes; raises WriterBusy after `wait` s.

    The kernel drops a flock when its holder dies, so there is no stale lock to clear.
    """
    make_folder(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until = time.monotonic() + wait
        while not _locked(handle):
            if time.monotonic() >= until:
                raise WriterBusy(
                    t("Another release of {dataset} is being written at the moment.", dataset=name),
                    fix=t("Wait until it is finished, then try again."),
                )
            time.sleep(0.02)
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class FsyncFileIO(PyArrowFileIO):
    """Iceberg's file access with each written file and its folder forced to disk.

    pyiceberg flushes nothing by itself: after a power cut its durable catalog may point at empty
    metadata (measured: reference/lakehouse.md section 3).
    """

    def __init__(self, properties: Properties = EMPTY_DICT) -> None:
        super().__init__(properties)
        self._known: set[Path] = set()
        self._guard = threading.Lock()

    def new_output(self, location: str) -> PyArrowFile:
        """Give an output whose stream is durable once it is closed."""
        plain = super().new_output(location)
        path = local_path(location)
        self._folder_ready(path.parent)
        return _DurableFile(plain, path)

    def _folder_ready(self, folder: Path) -> None:
        with self._guard:
            if folder not in self._known:
                make_folder(folder)
                self._known.add(folder)


class _DurableFile(PyArrowFile):
    """An output file whose stream, once closed, is on disk with its name."""

    def __init__(self, plain: PyArrowFile, path: Path) -> None:
        super().__init__(plain.location, str(path), plain._filesystem, plain._buffer_size)
        self._on_disk = path

    def create(self, overwrite: bool = False) -> OutputStream:
        """Open the stream; closing it forces file and folder to disk."""
        return _DurableStream(super().create(overwrite), self._on_disk)


class _DurableStream:
    """A stream that is on disk, name included, when `close` returns."""

    def __init__(self, inner: OutputStream, path: Path) -> None:
        self._inner = inner
        self._path = path
        self._closed = False

    def write(self, b: bytes) -> int:
        return self._inner.write(b)

    def tell(self) -> int:
        return self._inner.tell()

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._inner.close()
        sync(self._path)
        sync(self._path.parent)

    def __enter__(self) -> "_DurableStream":
        return self

    def __exit__(
        self,
        exctype: type[BaseException] | None,
        excinst: BaseException | None,
        exctb: TracebackType | None,
    ) -> None:
        self.close()


def local_path(location: str) -> Path:
    """Give the path that an Iceberg location on this machine names."""
    return Path(location.removeprefix("file://"))
