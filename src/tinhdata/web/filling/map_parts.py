"""The parts of a map: spots with their values, circles, classes of areas, legend, notes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from tinhdata.contracts import Contract
from tinhdata.edge.places import Coordinates, is_place
from tinhdata.kernel import Text, t
from tinhdata.warehouse import Value
from tinhdata.web.contexts.views import Area, Bar, LegendLine, Symbol
from tinhdata.web.filling.drawing import (
    DOT,
    Frame,
    breaks,
    legend_values,
    radius,
    step_of,
)
from tinhdata.web.filling.grouped import Grouped, amount, as_number


@dataclass(frozen=True, slots=True)
class Spot:
    """A group with its place, None where nobody knows it; `key` is its code, or nothing."""

    key: str
    label: str
    value: float | None
    written: str
    place: Coordinates | None
    href: str | None = None

    @property
    def said(self) -> str:
        """Give what is said of it on the map."""
        return f"{self.label}: {self.written}"


@dataclass(frozen=True, slots=True)
class Layer:
    """Outlines by code, read and fit to be drawn, and the contract and release they come from."""

    shapes: Mapping[str, shapely.Geometry]
    contract: Contract
    release: int


def spots_of_codes(
    found: Grouped,
    labels: Mapping[Value, str],
    coordinates: Mapping[str, Coordinates],
    language: str,
) -> tuple[Spot, ...]:
    """Give the groups of codes where the codes lie."""
    return tuple(
        Spot(
            key=str(key),
            label=labels[key],
            value=value,
            written=amount(value, found, language),
            place=coordinates.get(str(key)),
        )
        for key, value in found.values
    )


def spots_of_points(found: Grouped, language: str) -> tuple[Spot, ...]:
    """Give groups by longitude, latitude and perhaps a name where they lie."""
    spots = []
    for row in found.groups.rows:
        longitude, latitude, *names = row[:-1]
        place = None
        if is_place(longitude, latitude):
            place = (float(str(longitude)), float(str(latitude)))
        written = f"{place[1]:.4f}, {place[0]:.4f}" if place else "–"
        name = str(names[0]) if names and names[0] is not None else ""
        value = as_number(row[-1])
        spots.append(Spot(name, name or written, value, amount(value, found, language), place))
    return tuple(spots)


def spot_bars(spots: Sequence[Spot]) -> tuple[Bar, ...]:
    """Give the table behind a map: every spot, also those that it cannot show."""
    most = max((abs(spot.value) for spot in spots if spot.value is not None), default=0.0)
    return tuple(
        Bar(
            label=spot.label,
            value=spot.written,
            length=abs(spot.value) / most if spot.value is not None and most else 0.0,
            is_negative=spot.value is not None and spot.value < 0,
            href=spot.href,
        )
        for spot in spots
    )


def bounds(
    spots: Sequence[Spot], shapes: Sequence[shapely.Geometry]
) -> tuple[float, float, float, float]:
    """Give the box around all that is drawn: west, south, east, north."""
    ends = [(*spot.place, *spot.place) for spot in spots if spot.place]
    if shapes:
        west, south, east, north = map(float, shapely.total_bounds(as_array(shapes)))
        ends.append((west, south, east, north))
    box = np.array(ends)
    low, high = box[:, :2].min(axis=0), box[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def as_array(shapes: Sequence[shapely.Geometry]) -> NDArray[np.object_]:
    """Give shapes as an array, each its own element whatever it is made of."""
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


def circles(
    spots: Sequence[Spot], fitted: Frame, found: Grouped, language: str
) -> tuple[tuple[Symbol, ...], tuple[LegendLine, ...]]:
    """Give a circle for each spot with a value, the largest first so that none hides another."""
    placed = [(spot, spot.place, spot.value) for spot in spots]
    shown = [(s, place, value) for s, place, value in placed if place and value is not None]
    largest = max((abs(value) for _, _, value in shown), default=0.0)
    if len({value for _, _, value in shown}) == 1:
        return _dots(shown, fitted), (LegendLine(amount(shown[0][2], found, language), DOT),)
    drawn = []
    for spot, place, value in sorted(shown, key=lambda each: -abs(each[2])):
        x, y = fitted.place(*place)
        size = round(radius(value, largest), 1)
        drawn.append(Symbol(round(x, 1), round(y, 1), size, spot.said, value < 0))
    legend = [
        LegendLine(amount(value, found, language), round(radius(value, largest), 1))
        for value in legend_values(largest)
    ]
    return tuple(drawn), tuple(legend)


def _dots(shown: Sequence[tuple[Spot, Coordinates, float]], fitted: Frame) -> tuple[Symbol, ...]:
    """Give places whose values are all the same as small circles: where they are is what counts."""
    found = []
    for spot, place, value in shown:
        x, y = fitted.place(*place)
        found.append(Symbol(round(x, 1), round(y, 1), DOT, spot.said, value < 0))
    return tuple(found)


def coloured(
    spots: Sequence[Spot], codes: Sequence[str], paths: Sequence[str]
) -> tuple[tuple[Area, ...], tuple[float, ...]]:
    """Give each area in the class of its value, and the ends of the classes."""
    by_code = {spot.key: spot for spot in spots}
    held = [spot.value for code in codes if (spot := by_code.get(code)) is not None]
    ends = breaks([value for value in held if value is not None])
    areas = []
    for code, path in zip(codes, paths, strict=True):
        spot = by_code.get(code)
        value = spot.value if spot else None
        step = None if value is None else step_of(value, ends)
        areas.append(Area(path, spot.said if spot else "", step))
    return tuple(areas), ends


def area_legend(
    spots: Sequence[Spot],
    codes: frozenset[str],
    ends: Sequence[float],
    found: Grouped,
    language: str,
) -> tuple[LegendLine, ...]:
    """Give the classes of areas with the smallest and the largest value in each.

    Only of the areas that are drawn, those of `codes`.
    """
    by_step: dict[int, list[float]] = {}
    for spot in spots:
        if spot.value is not None and spot.key in codes:
            by_step.setdefault(step_of(spot.value, ends), []).append(spot.value)
    lines: list[LegendLine] = []
    for step, values in sorted(by_step.items()):
        low, high = (amount(end, found, language) for end in (min(values), max(values)))
        lines.append(LegendLine(low if low == high else f"{low} – {high}", step=step))
    if any(spot.value is None for spot in spots if spot.key in codes):
        lines.append(LegendLine(t("no value"), step=-1))
    return tuple(lines)


def notes(spots: Sequence[Spot], layer: Layer | None, language: str) -> tuple[Text, ...]:
    """Say what is not on the map, and where its outlines come from."""
    found = []
    lost = sum(1 for spot in spots if spot.place is None)
    if lost:
        found.append(t("Groups without a place on the map: {count}.", count=lost))
    if layer is not None:
        known = {
            "name": layer.contract.name.in_language(language),
            "number": str(layer.release),
        }
        found.append(Text(_OUTLINES.msgid, known))
    return tuple(found)


_OUTLINES = t("Outlines: {name}, release no. {number}.")
