"""Shapefiles in a ZIP: which parts belong together, taken out safely, and which shapes are broken.

The shapes themselves are read by GDAL, the table beside them by `dbf`.
"""

import struct
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tinhdata.intake.errors import FileRefused
from tinhdata.intake.layers import damaged_layer
from tinhdata.intake.naming import some_of
from tinhdata.intake.ooxml import BROKEN
from tinhdata.kernel import Text, t

MAGIC = b"\x00\x00\x27\x0a"
"""How .shp and .shx begin: the number 9994 (ESRI Shapefile Technical Description, 1998)."""

_NEEDED = (".shp", ".shx", ".dbf")
_USED = (*_NEEDED, ".prj", ".cpg")
_TABLES = frozenset(
    {".csv", ".xlsx", ".xls", ".ods", ".json", ".geojson", ".gpkg", ".parquet", ".kml", ".gml"}
)
"""Endings of files that somebody may have meant to be read; programs add many others."""

_MOST_BYTES = 2 << 30
_SUSPECT_BYTES = 32 << 20
_SUSPECT_RATIO = 250
_MOST_TEXT = 20_000
_PIECE = 1 << 20
_RECORD = struct.Struct(">ii")


@dataclass(frozen=True, slots=True)
class ShapefileParts:
    """The members of an archive that are one Shapefile, by ending, and the name they share."""

    name: str
    members: Mapping[str, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """Name the endings without which it cannot be read."""
        return tuple(ending for ending in _NEEDED if ending not in self.members)


def has_shapefile(names: Iterable[str]) -> bool:
    """Say whether one of the members of an archive is the main part of a Shapefile."""
    return any(_is_part(name) and name.lower().endswith(".shp") for name in names)


def shapefiles_in(path: Path) -> tuple[ShapefileParts, ...]:
    """Give the Shapefiles of the archive at `path`; raises FileRefused where parts are missing."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (*BROKEN, ValueError) as error:
        raise damaged_layer() from error
    found: dict[str, dict[str, str]] = {}
    for name in names:
        place = PurePosixPath(name)
        if _is_part(name) and place.suffix.lower() in _USED:
            key = str(place.with_suffix("")).lower()
            found.setdefault(key, {})[place.suffix.lower()] = name
    whole = {key: members for key, members in sorted(found.items()) if ".shp" in members}
    stems = Counter(PurePosixPath(members[".shp"]).stem for members in whole.values())
    sets = tuple(
        ShapefileParts(
            place.stem if stems[place.stem] == 1 else str(place.with_suffix("")), members
        )
        for members in whole.values()
        for place in (PurePosixPath(members[".shp"]),)
    )
    for one in sets:
        if one.missing:
            raise incomplete(one.name, one.missing)
    return sets


def others_in(path: Path) -> tuple[Text, ...]:
    """Say which files of the archive at `path` are of no Shapefile, and so are not read."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    others = [
        name for name in names if _is_part(name) and PurePosixPath(name).suffix.lower() in _TABLES
    ]
    if not others:
        return ()
    left_out = t(
        "{count} files of the archive are not read: {names}.",
        count=len(others),
        names=some_of(others),
    )
    return (left_out,)


def incomplete(name: str, missing: Sequence[str]) -> FileRefused:
    """Say which parts of a Shapefile are not there, and how to send it."""
    return FileRefused(
        "incomplete-shapefile",
        t(
            "The Shapefile “{name}” is not complete: {parts} missing.",
            name=name,
            parts=", ".join(missing),
        ),
        PACK_ALL,
    )


PACK_ALL: Text = t(
    "Put all files of the layer with the same name (.shp, .shx, .dbf, .prj, .cpg) into one ZIP and "
    "send that, or export the layer as GeoPackage."
)


def lone_part() -> FileRefused:
    """Say that one part of a Shapefile came without the others."""
    return FileRefused(
        "lone-shapefile-part",
        t("This is only one part of a Shapefile; without the others it cannot be read."),
        PACK_ALL,
    )


def take_out(path: Path, parts: ShapefileParts, folder: Path) -> Path:
    """Unpack `parts` of the archive at `path` into `folder` under plain names; gives the .shp.

    Raises FileRefused where the archive is damaged, locked or a bomb.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bombs(archive, parts, path.stat().st_size)
            for ending, member in parts.members.items():
                _copy(archive, member, folder / f"layer{ending}")
    except (*BROKEN, RuntimeError, ValueError, KeyError) as error:
        raise damaged_layer() from error
    return folder / "layer.shp"


def small_text(path: Path) -> str:
    """Give the text of a .prj or .cpg, empty where there is none or it is no such text."""
    if not path.exists() or path.stat().st_size > _MOST_TEXT:
        return ""
    return path.read_bytes().decode("utf-8-sig", "replace").strip(" \0\r\n\t")


@dataclass(frozen=True, slots=True)
class ShapeIndex:
    """What the .shx says: how many shapes there are, and which of them are not in the .shp."""

    count: int
    empty: frozenset[int]
    """Shapes (0-based) without a geometry: null shapes."""
    broken: frozenset[int]
    """Shapes whose place or length cannot be true."""


def shape_index(shp: Path) -> ShapeIndex:
    """Compare the index beside `shp` with it; raises FileRefused where the index is none."""
    data = shp.with_suffix(".shx").read_bytes()
    if not data.startswith(MAGIC) or len(data) < 100:
        raise damaged_layer()
    size = shp.stat().st_size
    empty, broken = set(), set()
    count = (len(data) - 100) // 8
    with shp.open("rb") as file:
        for number in range(count):
            offset, words = _RECORD.unpack_from(data, 100 + 8 * number)
            start, length = offset * 2, words * 2
            if start < 100 or length < 4 or start + 8 + length > size:
                broken.add(number)
                continue
            file.seek(start)
            head = file.read(12)
            inner = _RECORD.unpack_from(head)[1] * 2
            if struct.unpack_from("<i", head, 8)[0] == 0:
                empty.add(number)
            elif inner != length:
                broken.add(number)
    return ShapeIndex(count, frozenset(empty), frozenset(broken))


def _is_part(name: str) -> bool:
    place = PurePosixPath(name)
    return not place.name.startswith(".") and "__MACOSX" not in place.parts


def _refuse_bombs(archive: zipfile.ZipFile, parts: ShapefileParts, packed: int) -> None:
    infos = [archive.getinfo(member) for member in parts.members.values()]
    unpacked = sum(info.file_size for info in infos)
    is_bomb = unpacked > _SUSPECT_BYTES and unpacked > packed * _SUSPECT_RATIO
    if is_bomb or unpacked > _MOST_BYTES:
        raise FileRefused(
            "too-large-inside",
            t(
                "The archive would unpack to {size} MB, far more than the layer it should hold.",
                size=unpacked >> 20,
            ),
            t("Export the layer again, or deliver it in parts."),
        )


def _copy(archive: zipfile.ZipFile, member: str, target: Path) -> None:
    """Unpack one member, never more bytes of it than it says it has."""
    left = archive.getinfo(member).file_size
    with archive.open(member) as part, target.open("wb") as file:
        while left > 0 and (piece := part.read(min(_PIECE, left))):
            file.write(piece)
            left -= len(piece)
