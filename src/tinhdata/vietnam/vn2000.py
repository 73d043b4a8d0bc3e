"""VN-2000, the country's coordinate system: its zones, told from files, and the way to WGS 84.

Pure: texts and numbers in, values out; all geodesy is PROJ's. Which meridian a place uses is not
known here: the table lists those of the whole country.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError, ProjError
from pyproj.network import set_network_enabled  # type: ignore[attr-defined]  # re-exported unsaid
from pyproj.transformer import AreaOfInterest, Transformer, TransformerGroup

from tinhdata.kernel import t
from tinhdata.vietnam.reading import Unreadable

Box: TypeAlias = tuple[float, float, float, float]
"""Smallest longitude, smallest latitude, largest longitude, largest latitude, in degrees."""

WGS84 = "EPSG:4326"
_CRS84 = "OGC:CRS84"
_LONGEST = 20_000
_DEEPEST = 40
_TM3_SCALE, _UTM_SCALE = 0.9999, 0.9996
_EASTING = 500_000.0

# The seven parameters of QĐ 05/2007/QĐ-BTNMT as people paste them into a CRS by hand (metres).
# PROJ takes much more, names that it guesses at and files among it.
_KNOWN_FORM = re.compile(
    r"EPSG:\d{4,6}$|OGC:CRS84$|urn:(?:x-)?ogc:def:crs:(?:EPSG:[\d.]*:\d{4,6}|OGC:[\d.]*:CRS84)$"
    r"|[A-Z_]{6,14}\s*[\[(]|\+proj=(?!pipeline)[a-z]+\s(?!.*(?:\+init|\+nadgrids|\+geoidgrids|file=))"
)
_HAND_MADE = (-191.90441429, -39.30318279, -111.45032835)
_SHIFT = "VN-2000 to WGS 84 (2)"
"""The shift that is used: EPSG's name of QĐ 05/2007, good to 1 m. EPSG's (1) lies 0.7 m off."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone of VN-2000. `meridian` is its central one in degrees, None for plain degrees."""

    epsg: int
    name: str
    meridian: float | None = None
    scale: float | None = None

    @property
    def key(self) -> str:
        """Give the name by which the zone is chosen, such as EPSG:9213."""
        return f"EPSG:{self.epsg}"

    @property
    def meridian_text(self) -> str:
        """Write the central meridian as on maps: 106°30′."""
        if self.meridian is None:
            return ""
        minutes = round((self.meridian % 1) * 60)
        return f"{int(self.meridian)}°{minutes:02d}′"


def _tm3(epsg: int, meridian: float) -> Zone:
    minutes = round((meridian % 1) * 60)
    name = f"VN-2000 / TM-3 {int(meridian)}-{minutes:02d}"
    return Zone(epsg, name, meridian, _TM3_SCALE)


# Source: EPSG dataset; meridians of the provinces by TT 973/2001/TT-TCĐC and later texts.
ZONES: tuple[Zone, ...] = (
    Zone(4756, "VN-2000"),
    Zone(3405, "VN-2000 / UTM 48N", 105.0, _UTM_SCALE),
    Zone(3406, "VN-2000 / UTM 49N", 111.0, _UTM_SCALE),
    _tm3(5896, 102.0),
    _tm3(9205, 103.0),
    _tm3(9206, 104.0),
    _tm3(9207, 104.5),
    _tm3(9208, 104.75),
    _tm3(5897, 105.0),
    _tm3(9209, 105.5),
    _tm3(9210, 105.75),
    _tm3(9211, 106.0),
    _tm3(9212, 106.25),
    _tm3(9213, 106.5),
    _tm3(9214, 107.0),
    _tm3(9215, 107.25),
    _tm3(9216, 107.5),
    _tm3(5899, 107.75),
    _tm3(5898, 108.0),
    _tm3(9217, 108.25),
    _tm3(9218, 108.5),
)
"""Every zone of VN-2000 with a code: degrees, the two of UTM, and the 3-degree ones."""

_BY_CODE = {zone.epsg: zone for zone in ZONES}
set_network_enabled(False)  # a file shall never make PROJ ask for grids elsewhere

_VIETNAM = AreaOfInterest(102.14, 8.33, 109.53, 23.4)


@dataclass(frozen=True, slots=True)
class ReferenceSystem:
    """A coordinate reference system as a file names it.

    `key` is what it can be read by again: a code where there is one, else its own text. `zone` is
    set where it is VN-2000. `hand_made` says that the file carries the pasted seven parameters,
    whose rotations programs read the other way round (0.8 m); `says_wgs84` that its datum is
    written as WGS 84 although its projection is a 3-degree zone, which only VN-2000 has.
    """

    key: str
    name: str
    zone: Zone | None = None
    hand_made: bool = False
    says_wgs84: bool = False


def parse_reference_system(text: str) -> ReferenceSystem | Unreadable:
    """Read what a file says of its coordinates: a code, a URN, WKT (ESRI's too) or a PROJ string.

    Custom 3-degree zones are told by their parameters: central meridian, scale 0.9999, easting
    500,000 m. Unreadable where the text is none of these or no way leads from it to WGS 84.
    """
    text = text.strip()
    if not text:
        return Unreadable(t("The file does not say which coordinate system it is in."))
    if len(text) > _LONGEST or not _KNOWN_FORM.match(text) or _depth(text) > _DEEPEST:
        return Unreadable(t("The coordinate system of the file is written in no known way."))
    try:
        crs = CRS.from_user_input(_CRS84 if text.endswith("CRS84") else text)
        return _system(crs)
    except (CRSError, ProjError, ValueError, TypeError):
        return Unreadable(t("The coordinate system of the file is written in no known way."))


def _depth(text: str) -> int:
    depth = deepest = 0
    for sign in re.findall(r"[\[\](){}]", text):
        depth += 1 if sign in "[({" else -1
        deepest = max(deepest, depth)
    return deepest


def _system(crs: CRS) -> ReferenceSystem | Unreadable:
    shift = _written_shift(crs)
    hand_made = _is_hand_made(shift)
    plain = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    code = plain.to_epsg(min_confidence=100)
    if (zone := _BY_CODE.get(code or 0)) is not None:
        return ReferenceSystem(zone.key, zone.name, zone, hand_made)
    datum = _words(plain.datum.name if plain.datum is not None else "")
    is_ours = hand_made or bool(re.search(r"viet ?nam|vn ?2000", datum))
    is_world = "wgs" in datum or "world geodetic" in datum
    zone = _zone_of(plain)
    if zone is not None and (is_ours or (zone.scale == _TM3_SCALE and is_world)):
        return ReferenceSystem(zone.key, zone.name, zone, hand_made, says_wgs84=not is_ours)
    if zone is None and is_ours and plain.is_geographic:
        zone = _BY_CODE[4756]
        return ReferenceSystem(zone.key, zone.name, zone, hand_made)
    if plain.to_authority() in {("OGC", "CRS84"), ("EPSG", "4326")}:
        return ReferenceSystem(WGS84, "WGS 84")
    code = code or crs.to_epsg(min_confidence=90)  # below that the datum may be another one
    key = f"EPSG:{code}" if code else crs.to_wkt()
    if isinstance(way := way_to_wgs84(key), Unreadable):
        return way
    return ReferenceSystem(key, crs.name)


def _words(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).lower()


def _written_shift(crs: CRS) -> Sequence[float]:
    operation = crs.coordinate_operation if crs.is_bound else None
    return tuple(operation.towgs84) if operation is not None else ()


def _is_hand_made(shift: Sequence[float]) -> bool:
    return len(shift) >= 3 and all(
        abs(one - other) < 0.01 for one, other in zip(shift[:3], _HAND_MADE, strict=True)
    )


def _zone_of(crs: CRS) -> Zone | None:
    """Find the zone that a transverse Mercator projection in metres is, by its parameters."""
    operation = crs.coordinate_operation
    if not crs.is_projected or operation is None:
        return None
    if _words(operation.method_name) not in {"transverse mercator", "gauss kruger"}:
        return None
    values = {_words(param.name): float(param.value) for param in operation.params}
    meters = all(axis.unit_conversion_factor == 1 for axis in crs.axis_info)
    if not meters or values.get("latitude of natural origin") != 0:
        return None
    if values.get("false easting") != _EASTING or values.get("false northing") != 0:
        return None
    meridian = values.get("longitude of natural origin", 0)
    scale = values.get("scale factor at natural origin", 0)
    return next(
        (
            zone
            for zone in ZONES
            if zone.meridian is not None
            and zone.scale is not None
            and abs(zone.meridian - meridian) < 1e-6
            and abs(zone.scale - scale) < 1e-9
        ),
        None,
    )


@dataclass(frozen=True, slots=True)
class Way:
    """The way from a reference system to degrees of WGS 84. For one thread and one file.

    `shift` names the change of datum as PROJ calls it, empty where there is none.
    """

    shift: str
    _transformer: Transformer | None

    def degrees(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give `points` (x or longitude first, one per row) as longitude and latitude.

        A point that no way leads from becomes infinite.
        """
        if self._transformer is None or not len(points):
            return points
        lon, lat = self._transformer.transform(points[:, 0], points[:, 1])
        return np.column_stack((lon, lat))

    def metres(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give `points` in degrees as those of the system, the other way round."""
        if self._transformer is None or not len(points):
            return points
        x, y = self._transformer.transform(points[:, 0], points[:, 1], direction="INVERSE")
        return np.column_stack((x, y))


def way_to_wgs84(key: str) -> Way | Unreadable:
    """Find the way from the system `key` to WGS 84, longitude first; VN-2000 by its shift (2).

    Unreadable where PROJ knows none but a guess.
    """
    if key in (WGS84, _CRS84):
        return Way("", None)
    try:
        ways = TransformerGroup(key, WGS84, always_xy=True, area_of_interest=_VIETNAM).transformers
    except (CRSError, ProjError):
        ways = []
    ways = [way for way in ways if "allpark" not in way.description]
    if not ways:
        return Unreadable(t("No way is known from the coordinate system of the file to WGS 84."))
    best = next((way for way in ways if _SHIFT in way.description), ways[0])
    steps = (step.strip() for step in best.description.split("+"))
    return Way(next((step for step in steps if " to " in step), ""), best)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A zone that puts points where they are expected: `inside` of them in whole percent."""

    zone: Zone
    inside: int


def fitting_zones(points: NDArray[np.float64], box: Box) -> tuple[Candidate, ...]:
    """Give the zones that put most of `points` into `box`, likeliest first.

    Neighbouring meridians shift by some 26 km each, so several may fit; those in whose area of use
    (EPSG) the middle of the box lies come first, smaller areas before larger ones.
    """
    found = []
    for zone in ZONES:
        way = way_to_wgs84(zone.key)
        if isinstance(way, Unreadable) or (zone.meridian is None) != _are_degrees(points):
            continue
        inside = share_inside(way.degrees(points), box)
        if inside > 50:
            found.append((_distance_of_use(zone, box), -inside, zone))
    found.sort(key=lambda item: (item[0], item[1]))
    return tuple(Candidate(zone, -inside) for _use, inside, zone in found)


def share_inside(points: NDArray[np.float64], box: Box) -> int:
    """Say how many of `points`, in whole percent, lie in `box`."""
    return round(100 * float(are_inside(points, box).mean())) if len(points) else 0


def are_inside(points: NDArray[np.float64], box: Box) -> NDArray[np.bool_]:
    """Say of each of `points` whether it lies in `box`."""
    lon, lat = points[:, 0], points[:, 1]
    with np.errstate(invalid="ignore"):
        inside = (lon >= box[0]) & (lon <= box[2]) & (lat >= box[1]) & (lat <= box[3])
    return np.asarray(inside, dtype=np.bool_)


def _are_degrees(points: NDArray[np.float64]) -> bool:
    finite = points[np.isfinite(points).all(axis=1)]
    return bool(len(finite)) and bool((np.abs(finite) <= (360, 90)).all())


def _distance_of_use(zone: Zone, box: Box) -> float:
    """Measure how far the zone's area of use is from meaning the middle of `box`, in degrees."""
    area = CRS.from_epsg(zone.epsg).area_of_use
    lon, lat = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    if area is None:
        return 1e6
    away = max(area.west - lon, lon - area.east, area.south - lat, lat - area.north, 0.0)
    return away * 1000 + (area.east - area.west) * (area.north - area.south)
