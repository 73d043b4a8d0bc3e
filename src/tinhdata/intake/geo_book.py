"""Layers of geodata as tables: a feature is a unit, its attributes and its geometry are cells.

The geometry stands in the last column as WKT, in degrees once the coordinate system is settled.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from tinhdata.intake.book import NO_COMMAS, Book
from tinhdata.intake.cells import Value, with_comma
from tinhdata.intake.coordinates import DECIMALS, SWAPPED, Points, in_degrees, settle
from tinhdata.intake.errors import FileRefused
from tinhdata.intake.geo_sources import (
    GeoJSONSource,
    Row,
    Source,
    geopackage_sources,
    shapefile_sources,
)
from tinhdata.intake.lines import Fault, Line
from tinhdata.intake.model import FileKind
from tinhdata.intake.workspace import workspace
from tinhdata.kernel import Text, t
from tinhdata.vietnam import WGS84, Unreadable, Way, way_to_wgs84

GEO_KINDS = frozenset({FileKind.GEOJSON, FileKind.GEOPACKAGE, FileKind.SHAPEFILE})
_CHUNK = 500
_MOST_FIELDS = 2_000


@dataclass(slots=True)
class _Seen:
    """What going once through a layer tells."""

    units: int = 0
    fields: dict[str, None] = field(default_factory=dict)
    heights: int = 0
    centres: Points = field(default_factory=lambda: np.empty((0, 2)))


class GeoBook(Book):
    """The layers of a file of geodata."""

    def __init__(
        self,
        path: Path,
        kind: FileKind,
        geometry: str,
        *,
        encoding: str | None = None,
        fields: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """Open the file at `path`. `geometry` is what the column of geometries is called.

        `fields` are those of its layers where they are known already. Raises FileRefused.
        """
        self._geometry = geometry
        self._systems: dict[str, str | None] = {}
        self._fields = dict(fields or {})
        self._known: dict[str, _Seen] = {}
        with ExitStack() as stack:
            sources = _sources(path, kind, stack.enter_context(workspace()), encoding)
            self._work = stack.pop_all()
        self._sources = {source.name: source for source in sources}

    def close(self) -> None:
        """Remove what was unpacked."""
        self._work.close()

    def names(self) -> tuple[str, ...]:
        """Give the names of the layers."""
        return tuple(self._sources)

    def size(self, name: str) -> tuple[int, int]:
        """Give how many features a layer has, and how many columns."""
        seen = self._seen(name)
        return seen.units, len(self.fields(name))

    def fields(self, name: str) -> tuple[str, ...]:
        """Give the attributes of a layer and, last, its geometry."""
        if name not in self._fields:
            own = self._sources[name].fields()
            found = tuple(self._seen(name).fields) if own is None else own
            self._fields[name] = (*found, self._geometry)
        return self._fields[name]

    def read_as(self, name: str, system: str | None) -> None:
        """Have the geometries of a layer read by `system`; None leaves them as they are."""
        self._systems[name] = system

    def codec(self, name: str) -> str | None:
        """Say how the letters of a layer are written, None where its format fixes that."""
        return self._sources[name].codec if name in self._sources else None

    def written_system(self, name: str) -> str | None:
        """Give what the file says of the coordinates of a layer, as `settle` takes it."""
        self._seen(name)
        return self._sources[name].system()

    def centres(self, name: str) -> Points:
        """Give the middle of each feature of a layer, in the coordinates of the file."""
        return self._seen(name).centres

    def notes(self, name: str) -> tuple[Text, ...]:
        """Say what a person should know of a layer."""
        seen = self._seen(name)
        notes = self._sources[name].notes()
        if seen.heights:
            left_out = t(
                "The heights of {count} features are left out: positions are stored in two "
                "dimensions.",
                count=seen.heights,
            )
            notes = (*notes, left_out)
        return notes

    def values(self, name: str) -> Iterator[Sequence[Value]]:
        """Give the features as cells, numbers marked as such; the geometry is left out."""
        fields = self.fields(name)[:-1]
        for row in self._sources[name].rows():
            if row.fault is None:
                yield [*(row.cells.get(each, "") for each in fields), ""]

    def lines(
        self, name: str, commas: frozenset[int] = NO_COMMAS, limit: int | None = None
    ) -> Iterator[Line]:
        """Give the features as lines of text, at most `limit`."""
        fields = self.fields(name)[:-1]
        turner = _Turner(self._system_of(name))
        for chunk in _chunks(self._sources[name].rows(), limit):
            for row, wkt in zip(chunk, turner.texts(chunk), strict=True):
                fault = row.fault or (wkt if isinstance(wkt, Fault) else None)
                if fault is not None:
                    raw = row.raw or "\t".join(row.cells.values())
                    yield Line(row.number, row.number, [], fault, raw)
                    continue
                cells = [row.cells.get(each, "") for each in fields]
                for at in commas:
                    if at < len(cells):
                        cells[at] = with_comma(cells[at], cells[at])
                yield Line(row.number, row.number, [*cells, str(wkt)])

    def _system_of(self, name: str) -> str | None:
        """Give the settled system of a layer, or what the file itself says where none is."""
        if name not in self._systems:
            own = settle(self.written_system(name), self.centres(name), None, None)
            self._systems[name] = own.key
        return self._systems[name]

    def _seen(self, name: str) -> _Seen:
        if name not in self._known:
            seen = _Seen()
            centres: list[Points] = []
            for chunk in _chunks(self._sources[name].rows(), None):
                seen.units = chunk[-1].number
                for row in chunk:
                    seen.fields.update(dict.fromkeys(row.cells))
                    seen.heights += row.has_heights
                shapes = _shapes(chunk)
                seen.heights += int((shapely.has_z(shapes) | shapely.has_m(shapes)).sum())
                centres.append(_middles(shapes))
                if len(seen.fields) > _MOST_FIELDS:
                    raise _too_many_fields()
            if centres:
                seen.centres = np.concatenate(centres)
            self._known[name] = seen
        return self._known[name]


def _sources(path: Path, kind: FileKind, work: Path, encoding: str | None) -> tuple[Source, ...]:
    match kind:
        case FileKind.GEOPACKAGE:
            return geopackage_sources(path, work)
        case FileKind.SHAPEFILE:
            return shapefile_sources(path, work, encoding)
        case _:
            return (GeoJSONSource(path),)


def _too_many_fields() -> FileRefused:
    return FileRefused(
        "too-many-columns",
        t("The features have more than {count} different attributes.", count=_MOST_FIELDS),
        t("Export the layer with the attributes of the dataset only."),
    )


def _chunks(rows: Iterable[Row], limit: int | None) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    for row in rows:
        if limit is not None and row.number > limit:
            break
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class _Turner:
    """Writes shapes as WKT: as they stand, or in degrees where a system is settled."""

    def __init__(self, system: str | None) -> None:
        self._key = system
        self._way: Way | None = None
        if system is not None:
            way = way_to_wgs84(system.removesuffix(SWAPPED))
            if isinstance(way, Unreadable):
                raise FileRefused(
                    "coordinate-system", way.reason, t("Choose another coordinate system.")
                )
            self._way = way

    def texts(self, chunk: Sequence[Row]) -> list[str | Fault]:
        """Give the WKT of each row, empty where there is none, or what is wrong with it."""
        is_written = self._key is None or self._key == WGS84
        if is_written and all(not isinstance(row.shape, bytes) for row in chunk):
            return [row.shape if isinstance(row.shape, str) else "" for row in chunk]
        shapes = _shapes(chunk)
        if self._way is not None and self._key is not None and self._key != WGS84:
            turned = in_degrees(shapes, self._way, self._key)
            texts = shapely.to_wkt(turned, rounding_precision=DECIMALS, trim=True)
        else:
            texts = shapely.to_wkt(shapely.force_2d(shapes), rounding_precision=-1)
        return [
            _UNREADABLE if text is None and row.shape is not None else (text or "")
            for row, text in zip(chunk, texts, strict=True)
        ]


_UNREADABLE = Fault(
    "unreadable-geometry",
    t("The geometry of this feature cannot be read: it is damaged, or it has curves."),
)


def _shapes(chunk: Sequence[Row]) -> NDArray[np.object_]:
    """Give the shape of each row, None where there is none or it cannot be read."""
    written = np.array([row.shape for row in chunk], dtype=object)
    try:
        return _read(written)
    except NotImplementedError:  # one with curves stops all others
        return np.array([_one(shape) for shape in written], dtype=object)


def _one(shape: str | bytes | None) -> shapely.Geometry | None:
    try:
        return _read(np.array([shape], dtype=object))[0]
    except NotImplementedError:
        return None


def _read(written: NDArray[np.object_]) -> NDArray[np.object_]:
    is_binary = any(isinstance(shape, bytes) for shape in written)
    with np.errstate(all="ignore"):
        read: NDArray[np.object_] = (
            shapely.from_wkb(written, on_invalid="ignore")
            if is_binary
            else shapely.from_wkt(written, on_invalid="ignore")
        )
    return read


def _middles(shapes: NDArray[np.object_]) -> Points:
    """Give the middle of the box of each of `shapes` that has one."""
    with np.errstate(all="ignore"):
        boxes = shapely.bounds(shapes[~shapely.is_missing(shapes)])
        middles: Points = (boxes[:, :2] + boxes[:, 2:]) / 2
    return middles[np.isfinite(middles).all(axis=1)]
