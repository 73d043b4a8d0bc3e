"""In which coordinate system a layer is, and its geometries in degrees of WGS 84.

A system is never guessed: it is what the file says, what a person chose, or what RFC 7946 fixes for
GeoJSON; whether it can be true is told by where the features then lie.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from tinhdata.kernel import Text, t
from tinhdata.vietnam import (
    WGS84,
    Box,
    Candidate,
    Unreadable,
    Way,
    are_inside,
    fitting_zones,
    parse_reference_system,
    share_inside,
    way_to_wgs84,
)

DECIMALS = 7
SWAPPED = " yx"
"""Behind the key of a system: x and y stand in the other order, as surveyors write them."""

Points: TypeAlias = "NDArray[np.float64]"
_MOST_OUTSIDE = 50
"""Percent of features outside of the area from which on the whole layer must be misplaced."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What was found about the system of a layer: the key to read it by, or what is asked.

    `refused` says why the layer is not taken as it is; `candidates` are the systems that would put
    its features where the dataset lies.
    """

    key: str | None
    name: str = ""
    notes: tuple[Text, ...] = ()
    refused: tuple[Text, Text] | None = None
    candidates: tuple[Candidate, ...] = ()
    swapped: bool = False
    """Whether the candidates fit only with x and y in the other order."""


def settle(written: str | None, centres: Points, box: Box | None, chosen: str | None) -> Settled:
    """Settle the system of a layer whose features lie around `centres` in its own coordinates.

    `written` is what the file says of its system: None where it says nothing but its format means
    WGS 84, the empty text where nothing is known. `chosen` is a person's word.
    """
    points = centres[np.isfinite(centres).all(axis=1)]
    said, notes = _said(written, points, chosen)
    candidates, swapped = _candidates(points, box)
    nothing = Settled(None, candidates=candidates, swapped=swapped)
    if isinstance(said, Unreadable):
        return replace(nothing, notes=(said.reason, *notes))
    key, name = said
    way = way_to_wgs84(key.removesuffix(SWAPPED))
    if isinstance(way, Unreadable):
        return replace(nothing, notes=(way.reason, *notes))
    if way.shift:
        notes = (*notes, t("Coordinates are turned into WGS 84 by “{shift}”.", shift=way.shift))
    if box is not None and len(points):
        degrees = way.degrees(_ordered(points, key))
        inside = int(are_inside(degrees, box).sum())
        if 100 * (len(points) - inside) >= _MOST_OUTSIDE * len(points):
            refused = _misplaced(name, degrees, box, inside, nothing)
            return Settled(key, name, notes, refused, candidates, swapped)
        if inside < len(points):
            notes = (*notes, *_some_outside(len(points), inside, candidates))
    return Settled(key, name, notes)


def _said(
    written: str | None, points: Points, chosen: str | None
) -> tuple[tuple[str, str] | Unreadable, tuple[Text, ...]]:
    """Give key and name of the system, a person's word before the file's."""
    if chosen:
        found = parse_reference_system(chosen.removesuffix(SWAPPED))
        if isinstance(found, Unreadable):
            return found, ()
        note = t(
            "The coordinate system {name} was chosen by a person.",
            name=_full(found.key, found.name),
        )
        key = found.key + (SWAPPED if chosen.endswith(SWAPPED) else "")
        return (key, found.name), (note,)
    if written is None:
        if _are_degrees(points):
            return (WGS84, "WGS 84"), ()
        return Unreadable(_NO_DEGREES), ()
    found = parse_reference_system(written)
    if isinstance(found, Unreadable):
        return found, ()
    notes = [t("The layer is in {name}.", name=_full(found.key, found.name))]
    if found.hand_made:
        notes.append(_HAND_MADE)
    if found.says_wgs84:
        notes.append(_SAYS_WGS84)
    return (found.key, found.name), tuple(notes)


_NO_DEGREES = t(
    "The coordinates are no degrees, though GeoJSON has degrees of WGS 84. Say which system they "
    "are in."
)
_HAND_MADE = t(
    "The layer carries the seven parameters of VN-2000 pasted by hand; positions made with them "
    "lie about 0.8 m off. It is read by its EPSG code instead."
)
_SAYS_WGS84 = t(
    "The layer calls its datum WGS 84, but its projection is a 3-degree zone of VN-2000; it is "
    "read as VN-2000. Please look whether that is right."
)


def _full(key: str, name: str) -> str:
    return f"{name} ({key})" if key.startswith("EPSG:") else name


def _are_degrees(points: Points) -> bool:
    return bool((np.abs(points) <= (180, 90)).all())


def _ordered(points: Points, key: str) -> Points:
    return points[:, ::-1] if key.endswith(SWAPPED) else points


def _candidates(points: Points, box: Box | None) -> tuple[tuple[Candidate, ...], bool]:
    """Give the zones that fit, and whether they do so only with x and y swapped."""
    if box is None or not len(points):
        return (), False
    found = fitting_zones(points, box)
    if found or _are_degrees(points):
        return found, False
    turned = fitting_zones(points[:, ::-1], box)
    return turned, bool(turned)


def _some_outside(count: int, inside: int, candidates: Sequence[Candidate]) -> Iterator[Text]:
    """Say how many features lie outside, and whether another meridian would take them in."""
    yield t("{count} features lie outside of the area.", count=count - inside)
    best = max(candidates, key=lambda each: each.inside, default=None)
    if best is not None and best.inside >= 100 * inside / count + _CLEARLY_MORE:
        yield t(
            "Read as {name}, {percent} % would lie inside. Please look whether the central "
            "meridian is right.",
            name=_zone_words(best),
            percent=best.inside,
        )


_CLEARLY_MORE = 5


def _misplaced(
    name: str, degrees: Points, box: Box, inside: int, fitting: Settled
) -> tuple[Text, Text]:
    finite = degrees[np.isfinite(degrees).all(axis=1)]
    lon, lat = np.median(finite, axis=0) if len(finite) else (float("inf"), float("inf"))
    text = t(
        "Read as {name}, {outside} of {count} features lie outside of the area of the dataset "
        "(around {lon} °E, {lat} °N). The coordinate system or its central meridian is wrong.",
        name=name,
        outside=len(degrees) - inside,
        count=len(degrees),
        lon=f"{lon:.2f}",
        lat=f"{lat:.2f}",
    )
    if fitting.candidates:
        best = fitting.candidates[0].zone
        fix = t(
            "It would fit as {fitting}. If that is right, choose this coordinate system for the "
            "file ({key}), or export the layer again.",
            fitting=", ".join(_zone_words(each) for each in fitting.candidates[:3]),
            key=best.key + (SWAPPED if fitting.swapped else ""),
        )
    elif share_inside(degrees[:, ::-1], box) > _MOST_OUTSIDE:
        fix = t("Longitude and latitude are swapped: export the layer with the longitude first.")
    else:
        fix = t("Look at the layer on a map and export it again with its coordinate system.")
    return text, fix


def _zone_words(candidate: Candidate) -> str:
    meridian = candidate.zone.meridian_text
    return f"{candidate.zone.name} ({meridian})" if meridian else candidate.zone.name


def in_degrees(shapes: NDArray[np.object_], way: Way, key: str) -> NDArray[np.object_]:
    """Give `shapes` of the system `key` in degrees, flat and rounded as they are stored."""

    def turned(points: Points) -> Points:
        return np.round(way.degrees(_ordered(points, key)), DECIMALS) + 0.0

    with np.errstate(all="ignore"):
        flat: NDArray[np.object_] = shapely.transform(shapely.force_2d(shapes), turned)
    return flat
