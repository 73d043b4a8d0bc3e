"""Files named by their SHA-256 below one folder: complete and on disk, or not there at all."""

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Container, Iterable, Iterator
from pathlib import Path

from tinhdata.kernel import t
from tinhdata.landing.errors import FileEmpty, FileTooLarge, StoreFull
from tinhdata.landing.model import Landed

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_PARTIAL = ".part"
_MIB = 1 << 20


class Files:
    """The folder of landed bytes. Two levels of folders keep each of them small."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"
        _make_folder(self._incoming)

    def path(self, sha256: str) -> Path:
        """Give where the bytes with this hash lie or would lie; raises ValueError on no hash."""
        if not _HASH.fullmatch(sha256):
            raise ValueError("not a SHA-256 in hexadecimal")
        return self._root / sha256[:2] / sha256[2:4] / sha256

    def keep(self, chunks: Iterable[bytes], limit: int) -> Landed:
        """Write `chunks` and give their hash; on return the bytes survive a power cut.

        The file appears under its hash in one step, so that neither a reader nor a crash ever
        meets half of it. Equal bytes at the same time are fine: one of them stays.
        """
        partial = self._incoming / f"{secrets.token_hex(16)}{_PARTIAL}"
        try:
            landed = _write(partial, chunks, limit)
            self._settle(partial, landed)
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise StoreFull(
                    t("The store has no room left for this file."),
                    fix=t("Tell the operator; the file was not kept, so send it again later."),
                ) from error
            raise
        finally:
            with contextlib.suppress(FileNotFoundError):
                partial.unlink()
        return landed

    def sweep(self, before: float, noted: Callable[[], Container[str]]) -> int:
        """Remove files older than `before` (seconds since 1970) that are not in `noted`.

        These are halves of broken uploads, and whole ones that never became a delivery.
        """
        gone = 0
        with self._locked(fcntl.LOCK_EX):
            known = noted()
            for path in (*self._incoming.iterdir(), *self._root.glob("??/??/*")):
                # A finishing upload takes its own partial file away.
                with contextlib.suppress(FileNotFoundError):
                    if path.name not in known and path.stat().st_mtime < before:
                        path.unlink()
                        gone += 1
        return gone

    def _settle(self, partial: Path, landed: Landed) -> None:
        target = self.path(landed.sha256)
        _make_folder(target.parent)
        with self._locked(fcntl.LOCK_SH):
            if target.is_file() and target.stat().st_size == landed.size:
                os.utime(target)  # young again, so that no sweep takes it before it is noted
            else:
                # Replacing mends a file that someone cut short.
                partial.replace(target)
            _sync(target.parent)

    @contextlib.contextmanager
    def _locked(self, kind: int) -> Iterator[None]:
        """Keep a sweep from taking bytes that arrive again at the same moment."""
        handle = os.open(self._root / "landing.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, kind)
            yield
        finally:
            os.close(handle)


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, chunks: Iterable[bytes], limit: int) -> Landed:
    digest, size = hashlib.sha256(), 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o440)
    with os.fdopen(handle, "wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise FileTooLarge(
                    t("The file is larger than {limit} MB.", limit=limit // _MIB),
                    fix=t("Split it into several files, or ask the operator for a larger limit."),
                )
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if size == 0:
        raise FileEmpty(
            t("The file is empty."), fix=t("Check that it was saved, then send it again.")
        )
    return Landed(digest.hexdigest(), size)


def _make_folder(path: Path) -> None:
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        _sync(folder.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
