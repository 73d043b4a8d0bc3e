"""Numbers into pictures: scales, lines, circles, classes, outlines. Pure geometry, no words."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

WIDTH = 1200.0
"""Width of a map's box; a unit is half a point of the screen."""

_MOST_HEIGHT = 1300.0
_MARGIN = 40.0
LARGEST = 48.0
"""Radius of the circle of the largest value."""
DOT = 13.0
"""Radius of circles that say only where something is."""
_SMALLEST = 5.0
STEPS = 5
BOX = (1000.0, 300.0)
"""Width and height of a line's box; the page stretches it."""


def ticks(low: float, high: float, most: int = 5) -> tuple[float, ...]:
    """Give at most `most` + 1 round values, evenly spread, that reach from `low` to `high`."""
    span = high - low
    if span <= 0:
        span = abs(high) or 1.0
        high = low + span
    raw = span / most
    power = 10 ** math.floor(math.log10(raw))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= raw * 0.999999)
    first = math.floor(low / step + 1e-9)
    last = max(first + 1, math.ceil(high / step - 1e-9))
    return tuple(round(n * step, 10) for n in range(first, last + 1))


def line_scale(values: Sequence[float], *, from_zero: bool) -> tuple[float, ...]:
    """Give the scale of a line: from zero for what is counted, else around its values."""
    low, high = min(values), max(values)
    if from_zero or 0 <= low < 0.5 * high:
        low = min(low, 0.0)
    return ticks(low, high)


def line_paths(values: Sequence[float | None], scale: Sequence[float]) -> tuple[str, str]:
    """Give the path of a line, broken where a value is missing, and that of its points."""
    width, height = BOX
    low, high = scale[0], scale[-1]
    line, dots, is_drawing = [], [], False
    for at, value in enumerate(values):
        if value is None:
            is_drawing = False
            continue
        x = width * (at / (len(values) - 1) if len(values) > 1 else 0.5)
        y = height * (1 - (value - low) / (high - low))
        line.append(f"{'L' if is_drawing else 'M'}{x:.1f} {y:.1f}")
        dots.append(f"M{x:.1f} {y:.1f}h0")
        is_drawing = True
    return "".join(line), "".join(dots)


def radius(value: float, largest: float) -> float:
    """Give the radius of the circle whose area stands for `value`; zero is a dot."""
    if largest <= 0:
        return _SMALLEST
    return max(_SMALLEST, LARGEST * math.sqrt(abs(value) / largest))


def legend_values(largest: float) -> tuple[float, ...]:
    """Give up to three round values, the largest first, that explain circles up to `largest`."""
    if largest <= 0:
        return ()
    found = [_round_below(largest)]
    for part in (0.3, 0.05):
        value = _round_below(largest * part)
        if value < found[-1]:
            found.append(value)
    return tuple(found)


def breaks(values: Sequence[float]) -> tuple[float, ...]:
    """Give the upper ends of at most STEPS classes that hold about equally many `values`."""
    if not values:
        return ()
    ends = np.quantile(np.array(values), [n / STEPS for n in range(1, STEPS + 1)])
    return tuple(sorted({float(end) for end in ends}))


def step_of(value: float, ends: Sequence[float]) -> int:
    """Give the class of `value`: the first whose end it does not pass, spread over all STEPS."""
    at = next((n for n, end in enumerate(ends) if value <= end), len(ends) - 1)
    return STEPS - len(ends) + at if len(ends) < STEPS else at


@dataclass(frozen=True, slots=True)
class Frame:
    """How degrees become the units of a map's box: equal lengths in both directions in its middle.

    North is up; over a province the picture differs from a conformal one by less than a pixel.
    """

    west: float
    north: float
    across: float
    """Units of one degree of longitude."""
    down: float
    left: float
    width: float
    height: float

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Give where a place lies in the box."""
        x = self.left + (longitude - self.west) * self.across
        return x, _MARGIN + (self.north - latitude) * self.down

    def project(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give where many points lie in the box."""
        x = self.left + (points[:, 0] - self.west) * self.across
        return np.column_stack([x, _MARGIN + (self.north - points[:, 1]) * self.down])


def frame(west: float, south: float, east: float, north: float) -> Frame:
    """Fit a box of degrees into a map, with a margin for the circles at its edge."""
    wide, high = max(east - west, 1e-4), max(north - south, 1e-4)
    shrink = math.cos(math.radians((south + north) / 2))
    scale = min((WIDTH - 2 * _MARGIN) / (wide * shrink), (_MOST_HEIGHT - 2 * _MARGIN) / high)
    drawn = wide * shrink * scale
    left = (WIDTH - drawn) / 2
    return Frame(
        west, north, shrink * scale, scale, left, WIDTH, round(high * scale + 2 * _MARGIN, 1)
    )


def outlines(shapes: NDArray[np.object_], fitted: Frame) -> tuple[str, ...]:
    """Give the outline of each shape as a path in whole units; neighbours stay neighbours."""
    drawn = shapely.transform(shapes, fitted.project)
    if all(kind in (3, 6) for kind in shapely.get_type_id(drawn)) and bool(
        shapely.coverage_is_valid(drawn)
    ):
        drawn = shapely.coverage_simplify(drawn, 2.0)
    else:
        drawn = shapely.simplify(drawn, 2.0)
    return tuple("".join(_ring_path(part) for part in _lines(shape)) for shape in drawn)


def _lines(shape: shapely.Geometry) -> "Iterator[tuple[NDArray[np.float64], bool]]":
    """Give the rings and lines of a shape with whether they are closed; a point is a short line."""
    for part in shapely.get_parts(shape):
        if isinstance(part, shapely.Polygon):
            for ring in (part.exterior, *part.interiors):
                yield shapely.get_coordinates(ring), True
        else:
            yield shapely.get_coordinates(part), False


def _ring_path(line: "tuple[NDArray[np.float64], bool]") -> str:
    points, is_closed = line
    whole = np.rint(points).astype(int)
    if len(whole) == 0:
        return ""
    steps = np.diff(whole, axis=0)
    kept = [(int(x), int(y)) for x, y in steps if x or y]
    if is_closed and kept:
        kept.pop()
    path = f"M{whole[0][0]} {whole[0][1]}l" + " ".join(f"{x} {y}" for x, y in kept or [(0, 0)])
    return path.replace(" -", "-") + ("z" if is_closed else "")


def _round_below(value: float) -> float:
    power: float = 10.0 ** math.floor(math.log10(value))
    return next(s * power for s in (5, 2, 1) if s * power <= value)
