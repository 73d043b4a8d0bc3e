"""Small tools that several sample modules share: months, agencies, shares of a whole."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tinhdata.pack import World

from ._chung import day_between


@dataclass(frozen=True, slots=True)
class Office:
    """An agency as samples need it: its code, name, and its commune if it has one."""

    code: str
    name: str
    commune: str | None

    @property
    def is_provincial(self) -> bool:
        """Say whether it is an agency of the province, not of a commune."""
        return self.commune is None


def offices(world: World) -> tuple[Office, ...]:
    """Give every agency that does work of its own: the People's Committee above them has none."""
    return tuple(
        Office(
            str(row["ma_co_quan"]),
            str(row["ten"]),
            None if row["ma_don_vi_hanh_chinh"] is None else str(row["ma_don_vi_hanh_chinh"]),
        )
        for row in world.rows("danh-muc-co-quan")
        if row["ma_cap_tren"] is not None
    )


def provincial(world: World) -> tuple[Office, ...]:
    """Give the agencies of the province."""
    return tuple(office for office in offices(world) if office.is_provincial)


def months(world: World, count: int) -> tuple[date, ...]:
    """Give the first days of the last `count` months, the month of the samples being the last."""
    last = world.day.year * 12 + world.day.month - 1
    return tuple(
        date(number // 12, number % 12 + 1, 1) for number in range(last - count + 1, last + 1)
    )


def month_end(first: date) -> date:
    """Give the last day of the month that begins on `first`."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def work_day(chance: random.Random, first: date, last: date) -> date:
    """Give a day from `first` to `last` that is no Saturday or Sunday, if there is one."""
    day = day_between(first, max(first, last), chance)
    while day.weekday() > 4 and day > first:
        day -= timedelta(days=1)
    return day


def share(chance: random.Random, whole: int, low: float, high: float) -> int:
    """Give a part of `whole` between two shares of it."""
    return min(whole, max(0, round(whole * chance.uniform(low, high))))


def one_of(chance: random.Random, weights: Mapping[str, int]) -> str:
    """Give one of the keys, each as often as its weight says."""
    return chance.choices(list(weights), list(weights.values()))[0]


def split(chance: random.Random, whole: int, weights: Sequence[float]) -> list[int]:
    """Split `whole` into parts about as large as `weights`, which add up to it exactly."""
    rough = [weight * chance.uniform(0.85, 1.15) for weight in weights]
    parts = [int(whole * part / sum(rough)) for part in rough]
    parts[0] += whole - sum(parts)
    return parts
