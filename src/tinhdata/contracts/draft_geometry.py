"""Recognises geometries among the values of a sample file: WKT in degrees. Pure.

Gives their kinds and the box they lie in, with room around it.
"""

import re
from collections.abc import Collection, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from tinhdata.contracts.model import GeometryType
from tinhdata.kernel import JSON

_WKT = re.compile(r"\s*(MULTI)?(POINT|LINESTRING|POLYGON)\s*\(", re.IGNORECASE)
_PAIR = re.compile(r"(-?\d+(?:\.\d+)?) +(-?\d+(?:\.\d+)?)(?=[,)\s])")
_ROOM = Decimal("0.1")
_KINDS = {kind.value.upper(): kind for kind in GeometryType}


def is_wkt(text: str) -> bool:
    """Say whether `text` begins as a geometry does."""
    return _WKT.match(text) is not None


def geometry_of(values: Collection[str]) -> Mapping[str, JSON] | None:
    """Give the value of the customProperty `geometry` for WKT `values`; None for anything else.

    Coordinates that are no degrees (a plane system) are none that a column can hold.
    """
    if not values or not all(map(is_wkt, values)):
        return None
    kinds: set[str] = set()
    west, south, east, north = Decimal(180), Decimal(90), Decimal(-180), Decimal(-90)
    for value in values:
        found = _WKT.match(value)
        if found is None:
            return None
        kinds.add(_KINDS[f"{found[1] or ''}{found[2]}".upper()].value)
        for x, y in _PAIR.findall(value):
            west, east = min(west, Decimal(x)), max(east, Decimal(x))
            south, north = min(south, Decimal(y)), max(north, Decimal(y))
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return None
    # A layer of single and of multiple shapes is one kind of layer; the next file may have both.
    kinds |= {f"Multi{kind}" for kind in kinds if not kind.startswith("Multi")}
    box: list[JSON] = [_low(west, -180), _low(south, -90), _high(east, 180), _high(north, 90)]
    types: list[JSON] = [kind.value for kind in GeometryType if kind.value in kinds]
    return {"types": types, "within": box}


def _low(number: Decimal, end: int) -> float:
    return float(max((number - _ROOM).quantize(_ROOM, ROUND_FLOOR), Decimal(end)))


def _high(number: Decimal, end: int) -> float:
    return float(min((number + _ROOM).quantize(_ROOM, ROUND_CEILING), Decimal(end)))
