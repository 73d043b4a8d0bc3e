"""A watched folder of this machine, below one of the folders that the operator's setting names."""

import errno
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from tinhdata.kernel import t
from tinhdata.sources.drivers.remote import Fetched
from tinhdata.sources.errors import AddressForbidden, SourceChanging, SourceDenied, SourceUnfit
from tinhdata.sources.model import FilePlace, RemoteFile, TakenFile

_CHUNK = 1 << 18


class Folder:
    """The files of one folder; folders inside of it are not entered, links not followed."""

    def __init__(self, place: FilePlace, allowed: Sequence[Path]) -> None:
        self._place = place
        self._path = _allowed(Path(place.path), allowed)
        self._archive = _allowed(self._path / place.archive, allowed) if place.archive else None

    def files(self, _known: Mapping[str, TakenFile]) -> tuple[RemoteFile, ...]:
        """List the regular files."""
        try:
            found = [path for path in self._path.iterdir() if path.is_file()]
            return tuple(_listed(path) for path in found if not path.is_symlink())
        except OSError as error:
            if isinstance(error, FileNotFoundError) and self._path.is_dir():
                raise SourceChanging(t("A file went away while the folder was read.")) from None
            raise _refused(self._path, error) from None

    @contextmanager
    def fetch(self, file: RemoteFile, start: int) -> Iterator[Fetched]:
        """Open a file; raises SourceChanging where it is gone."""
        try:
            with _opened(self._path / file.name) as opened:
                opened.seek(start)
                yield Fetched(start, iter(lambda: opened.read(_CHUNK), b""))
        except FileNotFoundError:
            raise SourceChanging(t("{file} went away.", file=file.name)) from None
        except OSError as error:
            # What goes wrong at our own end of the copy is not the folder's fault.
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise _refused(self._path / file.name, error) from None

    def is_same(self, file: RemoteFile) -> bool:
        """Look at the file once more."""
        try:
            return _listed(self._path / file.name).version == file.version
        except OSError:
            return False

    def put_away(self, file: RemoteFile, name: str | None) -> None:
        """Move or delete the file; one that is gone already is fine."""
        path = self._path / file.name
        try:
            if name is None or self._archive is None:
                path.unlink(missing_ok=True)
            elif path.exists():
                self._archive.mkdir(exist_ok=True)
                path.rename(self._archive / name)
        except OSError as error:
            raise _refused(path, error) from None


def _opened(path: Path) -> BinaryIO:
    """Open a regular file; what was put in its place since it was listed is never followed.

    Who may write into the folder could otherwise have any file of the platform's own read.
    """
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise SourceChanging(t("{file} went away.", file=path.name)) from None
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise SourceChanging(t("{file} went away.", file=path.name))
    return os.fdopen(number, "rb")


def _allowed(path: Path, allowed: Sequence[Path]) -> Path:
    real = path.resolve()
    if not any(real.is_relative_to(each.resolve()) for each in allowed):
        raise AddressForbidden(
            t("The folder {folder} is not among those that may be watched.", folder=str(path)),
            fix=t("The operator names folders in TINHDATA_SOURCE_FOLDERS."),
        )
    return real


def _listed(path: Path) -> RemoteFile:
    found = path.stat(follow_symlinks=False)
    modified = datetime.fromtimestamp(found.st_mtime, UTC)
    return RemoteFile(path.name, f"{found.st_size}:{found.st_mtime_ns}", found.st_size, modified)


def _refused(path: Path, error: OSError) -> SourceDenied | SourceUnfit:
    if isinstance(error, PermissionError):
        return SourceDenied(
            t("{path} may not be read or changed by the platform.", path=str(path)),
            fix=t("Give the platform's user the right to it."),
        )
    return SourceUnfit(
        t("{path} is not there or no folder.", path=str(path)),
        fix=t("Check the path, and whether a network drive is connected."),
    )
