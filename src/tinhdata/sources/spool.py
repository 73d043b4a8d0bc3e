"""The folder in which pulls put what they fetch: one per source, held by one pull at a time.

Halves of downloads stay in it over restarts; everything in it can be fetched again.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tinhdata.sources.errors import SourceBusy
from tinhdata.sources.model import RemoteFile

_CHUNK = 1 << 20


class Spool:
    """Folders below `root`, one per source."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def held(self, source: str) -> Iterator["SpoolFolder"]:
        """Hold the folder of a source; raises SourceBusy where another process or thread does.

        The lease of the work keeps two workers apart; this also stops one whose lease is over and
        who has not noticed yet.
        """
        folder = self._root / source
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SourceBusy(source) from None
            yield SpoolFolder(folder)
        finally:
            os.close(handle)

    def remove(self, source: str) -> None:
        """Remove the folder of a source that is no more."""
        shutil.rmtree(self._root / source, ignore_errors=True)

    def sweep(self, before: datetime) -> int:
        """Remove what nobody touched since `before`; give how many files."""
        gone = 0
        for path in self._root.glob("*/*.part") if self._root.is_dir() else ():
            if path.stat().st_mtime < before.timestamp():
                path.unlink(missing_ok=True)
                gone += 1
        return gone


class SpoolFolder:
    """The files of one source while its pull holds them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def part(self, file: RemoteFile) -> Path:
        """Give where the bytes of one version of a file are gathered."""
        named = f"{file.name}\0{file.version or ''}".encode()
        return self._folder / f"{hashlib.sha256(named).hexdigest()[:32]}.part"

    def rows(self) -> Path:
        """Give where the rows of a table are written."""
        return self._folder / "rows.csv.part"


def chunks(path: Path) -> Iterator[bytes]:
    """Give the bytes of a file piece by piece."""
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            yield piece


def digest_of(path: Path, algorithm: str = "sha256") -> str:
    """Give the digest of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def size_of(path: Path) -> int:
    """Give the size of a file, 0 where there is none."""
    return path.stat().st_size if path.is_file() else 0
