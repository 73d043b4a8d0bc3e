"""ZIP archives of several files: whether one is safe, and its files unpacked, one after the other.

Nothing is ever written under a name that an archive gives.
"""

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from typing import NamedTuple

from tinhdata.intake.errors import FileRefused
from tinhdata.intake.naming import some_of
from tinhdata.intake.ooxml import BROKEN
from tinhdata.intake.workspace import workspace
from tinhdata.kernel import Text, t

_MOST_FILES = 1_000
_MOST_BYTES = 2 << 30
_SUSPECT_BYTES = 32 << 20
_SUSPECT_RATIO = 250
"""Tables as text pack 5 to 100 times; a bomb of equal bytes 1,000 times."""

_UTF8_NAME = 0x800
_LONGEST_NAME = 200
_REPACK = t("Pack only the files of the table, without folders and passwords, and send it again.")


class Member(NamedTuple):
    """A file of an archive: what it is called there, and where it lies unpacked."""

    name: str
    path: Path


class Unpacked(NamedTuple):
    """The files of an archive in its order, and those of them that only a system wrote."""

    members: tuple[Member, ...]
    ignored: tuple[str, ...]


def member_names(path: Path) -> tuple[str, ...]:
    """Name the files of the archive at `path` but for those that a system left in it.

    Raises FileRefused where it is damaged, locked, or not safe to unpack.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = _checked(archive, path.stat().st_size)
            return tuple(name for name in map(_name, infos) if not _is_litter(name))
    except BROKEN as error:
        raise _damaged() from error


@contextmanager
def unpacked(path: Path) -> Iterator[Unpacked]:
    """Unpack the archive at `path` into a folder of its own, which does not stay.

    Raises FileRefused as `member_names` does.
    """
    with workspace() as folder:
        yield _unpack(path, folder)


def _unpack(path: Path, folder: Path) -> Unpacked:
    members: list[Member] = []
    ignored: list[str] = []
    try:
        with zipfile.ZipFile(path) as archive:
            for number, info in enumerate(_checked(archive, path.stat().st_size)):
                name = _name(info)
                if _is_litter(name):
                    ignored.append(name)
                    continue
                target = folder / f"{number:04}"
                with archive.open(info) as packed, target.open("xb") as file:
                    copyfileobj(packed, file)
                members.append(Member(name, target))
    except (*BROKEN, RuntimeError) as error:
        raise _damaged() from error
    return Unpacked(tuple(members), tuple(ignored))


def _checked(archive: zipfile.ZipFile, packed: int) -> list[zipfile.ZipInfo]:
    """List the files of `archive` after a look at everything it says of them."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > _MOST_FILES:
        raise FileRefused(
            "too-many-files",
            t(
                "The archive holds {count} files; at most {limit} can be read at once.",
                count=len(infos),
                limit=_MOST_FILES,
            ),
            t("Send it in several archives, for example one for each year."),
        )
    if any(info.flag_bits & 1 for info in infos):
        raise FileRefused(
            "password",
            t("The archive is protected with a password, so it cannot be read."),
            _REPACK,
        )
    size = sum(info.file_size for info in infos)
    if size > _MOST_BYTES or (size > _SUSPECT_BYTES and size > packed * _SUSPECT_RATIO):
        raise FileRefused(
            "too-large-inside",
            t(
                "The archive would unpack to {size} MB, far more than is read at once.",
                size=size >> 20,
            ),
            t("Send it in several archives, for example one for each year."),
        )
    seen: set[str] = set()
    for name, info in ((_name(info), info) for info in infos):
        if _is_odd(name, info) or name in seen:
            raise FileRefused(
                "unsafe-names",
                t("The archive names files as no ordinary program does: {name}.", name=repr(name)),
                _REPACK,
            )
        seen.add(name)
    return infos


def _name(info: zipfile.ZipInfo) -> str:
    """Give the name of a file; programs that say no encoding often mean UTF-8 all the same."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        return info.filename.encode("cp437").decode()
    except UnicodeError:
        return info.filename


def _is_odd(name: str, info: zipfile.ZipInfo) -> bool:
    """Say whether a name points out of the archive, or its file is none (a link)."""
    mode = info.external_attr >> 16
    is_special = bool(stat.S_IFMT(mode)) and not stat.S_ISREG(mode)
    parts = name.replace("\\", "/").split("/")
    is_outside = ".." in parts or parts[0] == "" or ":" in parts[0]
    return is_special or is_outside or not name.isprintable() or len(name) > _LONGEST_NAME


def _is_litter(name: str) -> bool:
    """Say whether a system wrote the file beside those of a person."""
    parts = name.split("/")
    last = parts[-1]
    return (
        "__MACOSX" in parts[:-1]
        or last.startswith((".", "~$"))
        or last.lower() in {"thumbs.db", "desktop.ini"}
    )


def _damaged() -> FileRefused:
    return FileRefused("damaged", t("The archive is damaged and cannot be opened."), _REPACK)


def ignored_note(ignored: tuple[str, ...]) -> Text:
    """Say which files of an archive were passed over as a system's own."""
    return t(
        "{count} files that a system left in the archive were passed over: {names}.",
        count=len(ignored),
        names=some_of(ignored),
    )
