"""GeoJSON (RFC 7946) as features: a collection, a list, one per line; geometries become WKT.

Numbers keep their digits. A feature is a unit; what is no feature is rejected by itself.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from json import JSONDecodeError
from pathlib import Path
from typing import NamedTuple

from tinhdata.intake.cells import Written, cell_text
from tinhdata.intake.delimited import printable
from tinhdata.intake.encodings import text_blocks, unicode_codec
from tinhdata.intake.json_records import NoRecord, broken, record_of
from tinhdata.intake.jsontext import JSONSource, Node, parsed, stands_alone
from tinhdata.intake.lines import Fault
from tinhdata.kernel import t

_KIND = re.compile(r'"type"\s*:\s*"(?:FeatureCollection|Feature)"')
_RECORD_SEPARATOR = "\x1e"
_LONGEST_SYSTEM = 300
_DEPTHS: Mapping[str, int] = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
_MOST_COLLECTED = 3
_MOST_FIELDS = 2_000


class Feature(NamedTuple):
    """A feature: its number (from 1), attributes as text, geometry as WKT or nothing.

    `fault` says why it cannot be read; `is_blank` is a line with nothing on it.
    """

    number: int
    cells: Mapping[str, str]
    wkt: str = ""
    has_heights: bool = False
    fault: Fault | None = None
    raw: str = ""
    is_blank: bool = False


class _NoGeometry(Exception):  # no error: it carries a fault to where units are made
    pass


def is_geojson(head: bytes) -> bool:
    """Say whether a file that begins with `head` is GeoJSON, in any of its three forms."""
    text = head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").lstrip(" \t\r\n\x1e")
    return text.startswith(("{", "[")) and _KIND.search(text) is not None


@dataclass(slots=True)
class GeoJSONFile:
    """The features of the file at `path`, as often as wanted.

    `system` is what its `crs` member says (of the GeoJSON of 2008), once it was gone through: a
    name, "?" where it is no name, None where there is none and WGS 84 is meant.
    """

    path: Path
    system: str | None = None

    def features(self) -> Iterator[Feature]:
        """Give every feature; raises FileRefused where the file is broken from some point on."""
        codec = unicode_codec(self.path)
        if self._is_by_lines(codec):
            yield from self._lines(codec)
            return
        with closing(JSONSource(self.path, codec)) as source:
            for number, (node, text) in enumerate(self._nodes(source), 1):
                yield _feature(number, node, text)
            if source.peek():
                source.take("")

    def _is_by_lines(self, codec: str) -> bool:
        """Say whether the file is one of lines: one of the first two is a whole value.

        The first one may be broken; a single line is a record only where it is marked as one.
        """
        block = next(text_blocks(self.path, codec), "")
        lines = [line for line in block.split("\n") if _bare(line)][:2]
        if not lines or (len(lines) < 2 and _RECORD_SEPARATOR not in lines[0]):
            return False
        bare = [_bare(line) for line in lines]
        return bare[0].startswith("{") and any(map(stands_alone, bare))

    def _nodes(self, source: JSONSource) -> Iterator[tuple[Node, str]]:
        if source.peek() == "[":
            yield from _elements(source)
            return
        source.take("{")
        single: dict[str, Node] = {}
        texts: list[str] = []
        has_list = False
        while source.peek() == '"':
            key, _text = source.value()
            source.take(":")
            if key == "features" and source.peek() == "[":
                has_list = True
                yield from _elements(source)
            else:
                value, text = source.value()
                single[str(key)] = value
                texts.append(text)
                if key == "crs":
                    self.system = _system(value)
            if source.take(",", "}") == "}":
                break
        else:
            source.take("}")
        if not has_list:
            yield single, ",".join(texts)

    def _lines(self, codec: str) -> Iterator[Feature]:
        number = 0
        for block in text_blocks(self.path, codec):
            for line in block.removesuffix("\n").split("\n"):
                number += 1
                text = _bare(line)
                if not text:
                    yield Feature(number, {}, is_blank=True)
                    continue
                try:
                    yield _feature(number, parsed(text), text)
                except JSONDecodeError as error:
                    yield Feature(number, {}, fault=broken(error.pos + 1), raw=printable(text))
                except RecursionError:
                    yield Feature(number, {}, fault=_TOO_DEEP, raw=printable(text))


def _bare(line: str) -> str:
    return line.strip(" \t\r\x1e\ufeff")


def _elements(source: JSONSource) -> Iterator[tuple[Node, str]]:
    source.take("[")
    if source.peek() == "]":
        source.take("]")
        return
    while True:
        yield source.value()
        if source.take(",", "]") == "]":
            return


def _system(node: Node) -> str | None:
    """Give the name in a `crs` member; links are never followed."""
    if node is None:
        return None
    properties = node.get("properties") if isinstance(node, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if type(name) is str and len(name) <= _LONGEST_SYSTEM:
        return name
    return "?"


def _feature(number: int, node: Node, text: str) -> Feature:
    if not isinstance(node, dict) or node.get("type") != "Feature":
        return Feature(number, {}, fault=_NO_FEATURE, raw=printable(text[:_LONGEST_RAW]))
    properties = node.get("properties")
    try:
        record = record_of(properties if isinstance(properties, dict) else {})
        cells = {name: cell_text(value) for name, value in _pairs(record)}
        if "id" in node and "id" not in cells and isinstance(node["id"], str):
            cells["id"] = str(node["id"])
        wkt, has_heights = _geometry(node.get("geometry"))
    except NoRecord as problem:
        return Feature(number, {}, fault=problem.fault, raw=printable(text[:_LONGEST_RAW]))
    except _NoGeometry:
        return Feature(number, {}, fault=_BAD_GEOMETRY, raw=printable(text[:_LONGEST_RAW]))
    if len(cells) > _MOST_FIELDS:
        return Feature(number, {}, fault=_NO_FEATURE, raw=printable(text[:_LONGEST_RAW]))
    return Feature(number, cells, wkt, has_heights)


def _pairs(record: object) -> Iterator[tuple[str, str]]:
    if isinstance(record, Mapping):
        yield from record.items()


def _geometry(node: Node) -> tuple[str, bool]:
    if node is None:
        return "", False
    writer = _Writer()
    return writer.geometry(node, 0), writer.has_heights


class _Writer:
    """Writes a geometry as WKT with the digits of the file; heights are left out and noted."""

    def __init__(self) -> None:
        self.has_heights = False

    def geometry(self, node: Node, depth: int) -> str:
        kind = node.get("type") if isinstance(node, dict) else None
        if not isinstance(node, dict) or not isinstance(kind, str) or depth > _MOST_COLLECTED:
            raise _NoGeometry
        if kind == "GeometryCollection":
            members = node.get("geometries")
            if not isinstance(members, list):
                raise _NoGeometry
            inner = ", ".join(self.geometry(member, depth + 1) for member in members)
            return f"GEOMETRYCOLLECTION ({inner})" if inner else "GEOMETRYCOLLECTION EMPTY"
        levels, places = _DEPTHS.get(kind), node.get("coordinates")
        if levels is None or not isinstance(places, list):
            raise _NoGeometry
        if not places:
            return f"{kind.upper()} EMPTY"
        if levels == 0:
            return f"{kind.upper()} ({self.position(places)})"
        return f"{kind.upper()} {self.nested(places, levels)}"

    def nested(self, node: Node, levels: int) -> str:
        if not isinstance(node, list):
            raise _NoGeometry
        if not node:
            return "EMPTY"
        if levels == 1:
            return f"({', '.join(map(self.position, node))})"
        return f"({', '.join(self.nested(part, levels - 1) for part in node)})"

    def position(self, node: Node) -> str:
        if not isinstance(node, list) or len(node) < 2:
            raise _NoGeometry
        if len(node) > 2:
            self.has_heights = True
        one, other = node[0], node[1]
        if type(one) is not Written or type(other) is not Written:
            raise _NoGeometry
        return f"{one} {other}"


_LONGEST_RAW = 2_000
_NO_FEATURE = Fault("no-feature", t("This is no feature of GeoJSON, so it is no row."))
_BAD_GEOMETRY = Fault(
    "bad-geometry",
    t("The geometry of this feature is not written as GeoJSON asks for: look at its coordinates."),
)
_TOO_DEEP = Fault(
    "too-deep", t("The record is nested too deeply. Write its values beside one another.")
)
