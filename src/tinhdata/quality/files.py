"""Files of a check: where they lie, and that they are on the disk before anyone is told of them."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def sync_file(path: Path) -> None:
    """Have the bytes of `path` written to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Have the names in the folder `path` written to the disk."""
    sync_file(path)


@contextmanager
def locked(path: Path, kind: int) -> Iterator[None]:
    """Hold the lock file `path`, shared or alone (`fcntl.LOCK_SH`, `LOCK_EX`), over processes."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, kind)
        yield
    finally:
        os.close(handle)


def content_hash(path: Path) -> str:
    """Give the SHA-256 of a file in hexadecimal, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
