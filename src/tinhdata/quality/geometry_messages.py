"""What a person reads about a geometry that fails: where it crosses itself, where it lies instead.

Pure. Like all messages these keep the places {line}, {column} and {value}.
"""

from collections.abc import Mapping
from types import MappingProxyType

from tinhdata.contracts import GEOMETRY_WORDS
from tinhdata.contracts.model import GeometrySpec, GeometryType
from tinhdata.kernel import Text, t
from tinhdata.quality.geometry import GeometryFault, GeometryRead, invalid_reason, read_one
from tinhdata.quality.model import RuleKind

GEOMETRY_KINDS = frozenset(
    {RuleKind.GEOMETRY_KIND, RuleKind.VERTICES, RuleKind.WITHIN, RuleKind.VALID_GEOMETRY}
)

_INVALID: Mapping[str, Text] = MappingProxyType(
    {
        "Self-intersection": t("a line of it crosses itself"),
        "Ring Self-intersection": t("a ring of it touches or crosses itself"),
        "Hole lies outside shell": t("a hole lies outside of its polygon"),
        "Holes are nested": t("a hole lies inside another hole"),
        "Nested shells": t("a polygon lies inside another one of the same set"),
        "Interior is disconnected": t("its holes cut the polygon into pieces"),
        "Duplicate Rings": t("a ring comes twice"),
        "Too few points in geometry component": t("a part of it has too few vertices"),
    }
)
"""GEOS's reasons in words of people; others are told as GEOS words them."""


def explain_geometry(kind: RuleKind, spec: GeometrySpec, cell: str) -> tuple[Text, Text]:
    """Say what is wrong with the geometry `cell` of a column with `spec`, and how to mend it."""
    read = read_one(" ".join(cell.split()), spec)
    match kind:
        case RuleKind.GEOMETRY_KIND:
            return _kind(spec, read)
        case RuleKind.VERTICES:
            return (
                t(
                    "Line {line}, column {column}: the geometry has {count} vertices, at most "
                    "{most} are taken.",
                    count=read.vertices or 0,
                    most=spec.max_vertices,
                ),
                t("Simplify it in the mapping program, or deliver it in parts."),
            )
        case RuleKind.WITHIN:
            return _outside(spec, read)
        case RuleKind.VALID_GEOMETRY:
            return _invalid(read)
        case _:
            return _unreadable(read)


def _kind(spec: GeometrySpec, read: GeometryRead) -> tuple[Text, Text]:
    known = next((kind for kind in GeometryType if kind == read.kind), None)
    return (
        t(
            "Line {line}, column {column}: the geometry is of the kind {kind}, which is not taken.",
            kind=GEOMETRY_WORDS[known] if known else read.kind or "",
        ),
        t(
            "The column takes: {kinds}. Export the layer as one of these.",
            kinds=", ".join(spec.types),
        ),
    )


def _outside(spec: GeometrySpec, read: GeometryRead) -> tuple[Text, Text]:
    west, south, east, north = read.box or (0.0, 0.0, 0.0, 0.0)
    turned = (south, west, north, east)
    if _is_in(turned, spec):
        return (
            t(
                "Line {line}, column {column}: longitude and latitude are swapped: “{value}”.",
            ),
            t("Write the longitude first, then the latitude: POINT (105.84 21.59)."),
        )
    place = f"{west:.5g} {south:.5g}"
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        return (
            t(
                "Line {line}, column {column}: the coordinates ({place}) are no degrees.",
                place=place,
            ),
            t("Deliver the layer with its coordinate system, or convert it to WGS 84 first."),
        )
    sides = " ".join(f"{side:.5g}" for side in spec.within)
    return (
        t(
            "Line {line}, column {column}: the geometry lies outside the area of the dataset "
            "(at {place}; the area is {sides}).",
            place=place,
            sides=sides,
        ),
        t("Look at it on a map; perhaps the coordinates or their system are wrong."),
    )


def _is_in(box: tuple[float, float, float, float], spec: GeometrySpec) -> bool:
    west, south, east, north = spec.within
    return west <= box[0] and south <= box[1] and box[2] <= east and box[3] <= north


def _invalid(read: GeometryRead) -> tuple[Text, Text]:
    words, place = invalid_reason(read.shape) if read.shape is not None else ("", "")
    return (
        t(
            "Line {line}, column {column}: the geometry is not valid: {fault} (at {place}).",
            fault=_INVALID.get(words, words),
            place=place,
        ),
        t("Mend it in the mapping program (in QGIS: Fix geometries), and look at that place."),
    )


def _unreadable(read: GeometryRead) -> tuple[Text, Text]:
    match read.fault:
        case GeometryFault.SYSTEM:
            return (
                t(
                    "Line {line}, column {column}: “{value}” is in another coordinate system than "
                    "WGS 84."
                ),
                t("Convert it to WGS 84 (EPSG:4326), or deliver the layer as GeoPackage."),
            )
        case GeometryFault.ENDLESS:
            return (
                t("Line {line}, column {column}: a coordinate of “{value}” is no number."),
                t("Write the longitude and latitude as numbers."),
            )
        case _:
            return (
                t("Line {line}, column {column}: “{value}” is no geometry in WKT."),
                t("Write it like POINT (105.84 21.59) or POLYGON ((…)), each ring closed."),
            )
