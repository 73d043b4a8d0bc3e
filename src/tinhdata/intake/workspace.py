"""Folders for what is unpacked: gone when the work is done, and after a death with the next work.

Whoever uses a folder holds a lock on it, which the system gives back for a process that was killed.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = "tinhdata-unpacked-"


@contextmanager
def workspace() -> Iterator[Path]:
    """Give a new empty folder that nobody else uses; what the dead left behind is removed."""
    _sweep(Path(tempfile.gettempdir()))
    folder, handle = _own()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def _own() -> tuple[Path, int]:
    """Make a folder and lock it; another process may have swept it away before it was locked."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        try:
            handle = _opened(folder)
        except FileNotFoundError:
            continue
        fcntl.flock(handle, fcntl.LOCK_EX)
        if folder.exists():
            return folder, handle
        os.close(handle)


def _sweep(root: Path) -> None:
    for folder in root.glob(f"{_PREFIX}*"):
        try:
            handle = _opened(folder)
        except OSError:  # gone already, or that of another user
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(handle)


def _opened(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
