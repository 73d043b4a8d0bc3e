"""What the modules of generators share: places near a commune, days, shares of a whole."""

import math
import random
from collections.abc import Sequence
from datetime import date, timedelta

from tinhdata.pack import Commune

_KM_PER_DEGREE = 111.32
_SOUTH, _NORTH, _WEST, _EAST = 21.22, 22.78, 105.32, 106.38


def near(commune: Commune, chance: random.Random) -> tuple[float, float]:
    """Give latitude and longitude of a made-up place in or close to the commune."""
    radius = 0.55 * math.sqrt(commune.area_km2 / math.pi)
    angle, way = chance.uniform(0, 2 * math.pi), radius * math.sqrt(chance.random())
    lat = commune.lat + way * math.sin(angle) / _KM_PER_DEGREE
    lon = commune.lon + way * math.cos(angle) / _KM_PER_DEGREE / math.cos(math.radians(lat))
    return round(min(max(lat, _SOUTH), _NORTH), 6), round(min(max(lon, _WEST), _EAST), 6)


def short(commune: Commune) -> str:
    """Give the name of the commune without its kind."""
    return commune.name.partition(" ")[2]


def day_between(first: date, last: date, chance: random.Random) -> date:
    """Give a day from `first` to `last`, both included."""
    return first + timedelta(days=chance.randint(0, (last - first).days))


def split(whole: float, weights: Sequence[float], places: int = 1) -> list[float]:
    """Split `whole` by weights; the parts are rounded and add up to it."""
    total = sum(weights)
    parts = [round(whole * weight / total, places) for weight in weights]
    largest = parts.index(max(parts))
    parts[largest] = round(parts[largest] + whole - sum(parts), places)
    return parts


def districts(commune: Commune) -> str:
    """Give the first of the former districts, without its kind."""
    return commune.unit.former_districts[0].removeprefix("Huyện ").removeprefix("Thành phố ")
