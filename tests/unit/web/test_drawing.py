"""Numbers become pictures that do not lie: round scales, true areas, true places."""

import re

import numpy as np
import pytest
import shapely

from tinhdata.web.filling.drawing import (
    BOX,
    LARGEST,
    STEPS,
    breaks,
    frame,
    legend_values,
    line_paths,
    line_scale,
    outlines,
    radius,
    step_of,
    ticks,
)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 98_416, (0, 20_000, 40_000, 60_000, 80_000, 100_000)),
        (0, 1, (0, 0.2, 0.4, 0.6, 0.8, 1.0)),
        (-3, 7, (-4, -2, 0, 2, 4, 6, 8)),
        (5, 5, (5, 6, 7, 8, 9, 10)),
        (0, 0, (0, 0.2, 0.4, 0.6, 0.8, 1.0)),
    ],
)
def test_a_scale_is_round_and_reaches_both_ends(
    low: float, high: float, expected: tuple[float, ...]
) -> None:
    assert ticks(low, high) == expected


def test_what_is_counted_is_drawn_from_zero() -> None:
    assert line_scale([90.0, 100.0], from_zero=True)[0] == 0
    assert line_scale([90.0, 100.0], from_zero=False)[0] == 90


def test_a_line_breaks_where_a_period_is_missing() -> None:
    path, dots = line_paths([0.0, 10.0, None, 5.0], (0.0, 10.0))
    assert path == "M0.0 300.0L333.3 0.0M1000.0 150.0"
    assert dots.count("h0") == 3
    assert line_paths([5.0], (0.0, 10.0))[0] == f"M{BOX[0] / 2} {BOX[1] / 2}"


def test_the_area_of_a_circle_stands_for_its_value() -> None:
    assert radius(100, 100) == LARGEST
    assert radius(25, 100) == pytest.approx(LARGEST / 2)
    assert radius(-25, 100) == radius(25, 100)
    assert radius(0, 0) == radius(0, 100) > 0


@pytest.mark.parametrize("largest", [1, 7, 92, 98_416, 0.004])
def test_a_legend_names_round_values_that_occur(largest: float) -> None:
    values = legend_values(largest)
    assert 0 < values[-1] <= values[0] <= largest
    assert list(values) == sorted(set(values), reverse=True)


def test_classes_hold_about_equally_many_values_in_their_order() -> None:
    values = [float(n * n) for n in range(1, 101)]
    ends = breaks(values)
    steps = [step_of(value, ends) for value in values]
    assert steps == sorted(steps)
    assert [steps.count(step) for step in range(STEPS)] == [20] * STEPS
    assert step_of(3.0, breaks([3.0, 3.0])) == STEPS - 1


def test_a_place_lies_within_the_outline_that_it_lies_in_on_earth() -> None:
    boxes = [shapely.box(105.5 + n * 0.1, 21.5, 105.6 + n * 0.1, 21.7) for n in range(3)]
    fitted = frame(105.5, 21.5, 105.8, 21.7)
    for n, path in enumerate(outlines(np.array(boxes, dtype=object), fitted)):
        x, y = fitted.place(105.55 + n * 0.1, 21.6)
        assert drawn_area(path).contains(shapely.Point(x, y))
        assert 0 < x < fitted.width
        assert 0 < y < fitted.height


def test_a_degree_is_as_long_in_both_directions_as_it_is_on_earth() -> None:
    fitted = frame(105.0, 21.0, 106.0, 22.0)
    west, _ = fitted.place(105.0, 21.5)
    east, _ = fitted.place(106.0, 21.5)
    _, south = fitted.place(105.0, 21.0)
    _, north = fitted.place(105.0, 22.0)
    assert (east - west) / (south - north) == pytest.approx(0.930, abs=0.001)
    assert north < south


def drawn_area(path: str) -> shapely.Geometry:
    """Read an outline of whole units back: absolute start, then steps, closed."""
    rings = []
    for part in filter(None, path.split("z")):
        start, _, rest = part.removeprefix("M").partition("l")
        first = np.array([int(n) for n in start.split()])
        steps = np.array([int(n) for n in re.findall(r"-?\d+", rest)]).reshape(-1, 2)
        rings.append(shapely.Polygon(np.vstack([first, first + np.cumsum(steps, axis=0)])))
    return shapely.unary_union(rings)
