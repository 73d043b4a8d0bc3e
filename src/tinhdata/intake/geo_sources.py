"""Where the features of a layer come from, one shape for all: GeoJSON, GeoPackage, Shapefile."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from typing import NamedTuple

from tinhdata.intake import shapefile
from tinhdata.intake.cells import Written
from tinhdata.intake.dbf import DBFTable, require_whole
from tinhdata.intake.geojson import GeoJSONFile
from tinhdata.intake.layers import Layer, damaged_layer, dump, layers_of, rows_of
from tinhdata.intake.lines import Fault
from tinhdata.intake.shapefile import ShapefileParts
from tinhdata.kernel import Text, sha256_hex, t

_MOST_KEPT = 64 << 20
"""Characters of features that are kept between two passes over a layer."""


class Row(NamedTuple):
    """A feature: its attributes by name, its shape as WKT or WKB, or what broke it.

    A row that `is_gone` was deleted in the program it came from, or is an empty line.
    """

    number: int
    cells: dict[str, str]
    shape: str | bytes | None = None
    has_heights: bool = False
    fault: Fault | None = None
    raw: str = ""
    is_gone: bool = False


class Source(ABC):
    """One layer of a file; its rows can be gone through as often as wanted."""

    name: str
    codec: str | None = None
    """How its letters are written, where that is not fixed by the format."""

    @abstractmethod
    def rows(self) -> Iterator[Row]:
        """Give every feature in the order of the file."""

    def fields(self) -> tuple[str, ...] | None:
        """Give the names of the attributes, None where only the rows tell."""
        return None

    @abstractmethod
    def system(self) -> str | None:
        """Give what the file says of its coordinates, known once the rows were gone through.

        None where it says nothing but its format means WGS 84, empty where nothing is known.
        """

    def notes(self) -> tuple[Text, ...]:
        """Say what a person should know, once the rows were gone through."""
        return ()


class GeoJSONSource(Source):
    """The features of a GeoJSON file."""

    def __init__(self, path: Path) -> None:
        """Take the file at `path`."""
        self.name = "features"
        self._file = GeoJSONFile(path)
        self._kept: tuple[Row, ...] | None = None

    def rows(self) -> Iterator[Row]:
        """Give every feature; raises FileRefused where the file is broken from a point on.

        A layer is gone through several times; one of moderate size is parsed once only.
        """
        if self._kept is not None:
            yield from self._kept
            return
        kept: list[Row] = []
        size = 0
        for row in self._read():
            size += len(row.shape or "") + len(row.raw) + sum(map(len, row.cells.values()))
            if size <= _MOST_KEPT:
                kept.append(row)
            else:
                kept.clear()
            yield row
        if size <= _MOST_KEPT:
            self._kept = tuple(kept)

    def _read(self) -> Iterator[Row]:
        for each in self._file.features():
            yield Row(
                each.number,
                dict(each.cells),
                each.wkt or None,
                each.has_heights,
                each.fault,
                each.raw,
                each.is_blank,
            )

    def system(self) -> str | None:
        """Give the name in a `crs` member of the GeoJSON of 2008."""
        said = self._file.system
        return "" if said == "?" else said


class GeoPackageSource(Source):
    """A layer of a GeoPackage, taken out of it once by GDAL into the folder `work`."""

    def __init__(self, path: Path, layer: Layer, work: Path) -> None:
        """Take `layer` of the file at `path`."""
        self.name = layer.name
        self._path, self._layer, self._work = path, layer, work

    def fields(self) -> tuple[str, ...]:
        """Give the names of the attributes."""
        return self._layer.fields

    def rows(self) -> Iterator[Row]:
        """Give every feature; raises FileRefused where fewer come than the file says it has."""
        count = 0
        for count, row in enumerate(rows_of(dump(self._path, self._layer, self._work)), 1):
            cells = {
                name: Written(cell) if is_number else cell
                for name, cell, is_number in zip(
                    self._layer.fields, row.cells, self._layer.numeric, strict=True
                )
                if cell is not None
            }
            yield Row(count, cells, row.wkb)
        if count != self._layer.features:
            raise damaged_layer()

    def system(self) -> str:
        """Give the system of the layer, empty where the file says undefined."""
        return self._layer.crs


class ShapefileSource(Source):
    """One Shapefile of an archive: shapes by GDAL, the table by `dbf`, both by their number."""

    def __init__(self, path: Path, parts: ShapefileParts, work: Path, encoding: str | None) -> None:
        """Take `parts` of the archive at `path`; `encoding` is how a person reads its letters."""
        self.name = parts.name
        folder = work / sha256_hex(parts.name.encode())
        self._shp = folder / "layer.shp"
        if not self._shp.exists():
            shapefile.take_out(path, parts, folder)
        self._folder = folder
        cpg = shapefile.small_text(self._shp.with_suffix(".cpg"))
        self._table = DBFTable(self._shp.with_suffix(".dbf"), cpg, encoding)
        self.codec = self._table.codec
        self._index = shapefile.shape_index(self._shp)
        self._deleted = 0
        require_whole(self._index.count, self._table)

    def fields(self) -> tuple[str, ...]:
        """Give the names of the columns of the table."""
        return self._table.names

    def rows(self) -> Iterator[Row]:
        """Give every record with its shape; a shape that cannot be read breaks its record only."""
        names, numeric = self._table.names, self._table.numeric
        shapes = self._shapes()
        self._deleted = self._table.cut = 0
        at, shape = next(shapes, (-1, None))
        for number, record in enumerate(self._table.rows()):
            while -1 < at < number:
                at, shape = next(shapes, (-1, None))
            if record.is_deleted:
                self._deleted += 1
                yield Row(number + 1, {}, is_gone=True)
                continue
            cells = {
                name: Written(cell) if is_number else cell
                for name, cell, is_number in zip(names, record.cells, numeric, strict=True)
            }
            mine = shape if at == number else None
            is_lost = mine is None and number not in self._index.empty
            if is_lost or number in self._index.broken:
                yield Row(number + 1, {}, fault=_BROKEN_SHAPE, raw="\t".join(record.cells))
            else:
                yield Row(number + 1, cells, mine)

    def _shapes(self) -> Iterator[tuple[int, bytes | None]]:
        """Give the shapes that GDAL reads, of the main part alone: the table is not its matter."""
        bare = self._folder / "shapes"
        bare.mkdir(exist_ok=True)
        for ending in (".shp", ".shx"):
            _put_beside(self._shp.with_suffix(ending), bare / f"layer{ending}")
        layer = Layer("layer", "", "", (), 0)  # the name of the file is that of its one layer
        for row in rows_of(dump(bare / "layer.shp", layer, bare)):
            yield row.number, row.wkb

    def system(self) -> str:
        """Give the text of the .prj, empty where there is none."""
        return shapefile.small_text(self._shp.with_suffix(".prj"))

    def notes(self) -> tuple[Text, ...]:
        """Say which texts were cut and how many records were deleted."""
        notes = self._table.notes()
        if self._deleted:
            gone = t(
                "{count} records are marked as deleted in the Shapefile and are passed over.",
                count=self._deleted,
            )
            notes = (*notes, gone)
        return notes


_BROKEN_SHAPE = Fault(
    "broken-shape",
    t("The shape of this record is damaged in the Shapefile. Export the layer again."),
)


def geopackage_sources(path: Path, work: Path) -> tuple[Source, ...]:
    """Give the layers of the GeoPackage at `path`; raises FileRefused where it cannot be read."""
    copy = work / "layers.gpkg"  # GDAL goes by the ending, and may want to write beside the file
    _put_beside(path, copy)
    return tuple(GeoPackageSource(copy, layer, work) for layer in layers_of(copy, work))


def _put_beside(path: Path, target: Path) -> None:
    """Make the file at `path` known as `target`, without its bytes twice where that is possible."""
    if target.exists():
        return
    try:
        target.hardlink_to(path.resolve())
    except OSError:  # another disk, or a system that links only files of one's own
        copyfile(path, target)


def shapefile_sources(path: Path, work: Path, encoding: str | None) -> tuple[Source, ...]:
    """Give the Shapefiles of the archive at `path`; raises FileRefused where parts are missing."""
    parts = shapefile.shapefiles_in(path)
    return tuple(ShapefileSource(path, one, work, encoding) for one in parts)
