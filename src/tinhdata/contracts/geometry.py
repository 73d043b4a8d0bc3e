"""What is said of a geometry in a line: its kind and how many vertices. Pure, from its WKT alone.

Whether the text is a geometry at all is judged in `quality`.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from tinhdata.contracts.model import GeometryType
from tinhdata.kernel import Text, t

GEOMETRY_WORDS: Mapping[GeometryType, Text] = MappingProxyType(
    {
        GeometryType.POINT: t("point"),
        GeometryType.LINE_STRING: t("line"),
        GeometryType.POLYGON: t("polygon"),
        GeometryType.MULTI_POINT: t("several points"),
        GeometryType.MULTI_LINE_STRING: t("several lines"),
        GeometryType.MULTI_POLYGON: t("several polygons"),
    }
)
"""What people call each kind of geometry."""

_KINDS = {kind.upper(): kind for kind in GeometryType}
_OPENING = re.compile(
    r"\s*(?:SRID\s*=\s*\d+\s*;\s*)?([A-Z]+)(?:\s+(?:Z|M|ZM))?\s*\(", re.IGNORECASE
)


def geometry_brief(wkt: str) -> Text | None:
    """Say what the geometry `wkt` is: its place for a point, else kind and vertices.

    None where the text does not begin as WKT of a kind that a column may hold.
    """
    found = _OPENING.match(wkt)
    kind = _KINDS.get(found[1].upper()) if found else None
    if found is None or kind is None:
        return None
    if kind is GeometryType.POINT and len(wkt) < 80:
        place = " ".join(wkt[found.end() :].split()).rstrip(" )")
        return t("point {place}", place=place)
    # Between any two vertices, of one part or of two, there is exactly one comma.
    return t("{kind}, {count} vertices", kind=GEOMETRY_WORDS[kind], count=wkt.count(",") + 1)
