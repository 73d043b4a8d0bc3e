"""A table with a serving cache beside one without: every type, nothing, repeated and odd values."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from tests.integration.warehouse.builders import BY_DAY, Desk, Row, column, contract, desk
from tinhdata.contracts import Contract, LogicalType, Period, PeriodUnit
from tinhdata.warehouse import (
    Filter,
    Limits,
    Op,
    Query,
    Release,
    Sort,
    Wishes,
)

COLUMNS = (
    column("code"),
    column("commune"),
    column("person"),
    column("amount", LogicalType.NUMBER, decimals=2),
    column("real", LogicalType.NUMBER),
    column("whole", LogicalType.INTEGER),
    column("yes", LogicalType.BOOLEAN),
    column("day", LogicalType.DATE),
    column("moment", LogicalType.TIMESTAMP),
)
PLAIN = contract(*COLUMNS, dataset="bang-lon-thu")
BY_MONTH = contract(
    *COLUMNS,
    key=("code", "day"),
    period=Period("day", PeriodUnit.MONTH),
    dataset="bang-theo-thang-thu",
)
CACHED = Limits(cache_rows=1)
COMMUNES = ("Võ Nhai", "Định Hoá", "Phú Lương", "dinh hoa", "Đại Từ", "Vo\u0303 Nhai", "Z", None)
PEOPLE = ("Nguyễn Văn An", "Đặng Thị Hường", "dang thi huong", "Ma Doãn Đức", "", None, "a\nb", "É")
REALS = (0.1, -0.0, 0.0, 1e300, -2.5, float("nan"), float("inf"), None)


def rows(number: int, seed: int, day: date = date(2025, 1, 1), days: int = 40) -> list[Row]:
    """Make rows whose values repeat, so that sorting has much to break ties with."""
    luck = random.Random(seed)
    found: list[Row] = []
    for each in range(number):
        moment = datetime(2025, 1, 1) + timedelta(minutes=luck.randrange(50) * 30)  # noqa: DTZ001
        found.append(
            (
                f"HS{luck.randrange(10**6):06}-{seed}-{each}",
                luck.choice(COMMUNES),
                luck.choice(PEOPLE),
                luck.choice((None, Decimal(luck.randrange(-500, 500)) / 100)),
                luck.choice(REALS),
                luck.choice((None, luck.randrange(-3, 30))),
                luck.choice((None, True, False)),
                day + timedelta(days=luck.randrange(days)),
                luck.choice((None, moment)),
            )
        )
    return found


def cache(here: Desk, release: Release, wishes: Wishes | None = None) -> None:
    """Make the serving cache of `release`, as the durable work after a release does."""
    here.warehouse.prepare(release.id, wishes or Wishes(looked_up=("commune",)))
    assert here.warehouse.has_cache(release)


@contextmanager
def cached_desk(folder: Path) -> Iterator[Desk]:
    """Open a desk where every release gets a cache."""
    with desk(folder, limits=CACHED) as made:
        yield made


def in_parts(here: Desk, contract: Contract, months: int, number: int) -> Release:
    """Append months, each a release and a segment of its own."""
    release = None
    for month in range(1, months + 1):
        days = date(2025, month, 1)
        release = here.append(contract, f"2025-{month:02}", *rows(number, month, days, 28))
        cache(here, release)
    assert release is not None
    return release


FILTERS: Sequence[Filter] = (
    Filter("commune", Op.CONTAINS, ("vo nhai",)),
    Filter("commune", Op.STARTS, ("ĐỊNH",)),
    Filter("commune", Op.EQ, ("Võ Nhai",)),
    Filter("commune", Op.IN, ("Z", "Đại Từ")),
    Filter("commune", Op.EMPTY),
    Filter("commune", Op.CONTAINS, ("khong co",)),
    Filter("person", Op.NE, ("Ma Doãn Đức",)),
    Filter("amount", Op.GE, ("0.5",)),
    Filter("amount", Op.BETWEEN, ("-1", "2")),
    Filter("real", Op.GT, ("-1",)),
    Filter("whole", Op.LT, ("9",)),
    Filter("yes", Op.EQ, ("true",)),
    Filter("day", Op.GE, ("2025-01-20",)),
    Filter("moment", Op.NOT_EMPTY),
    Filter("code", Op.CONTAINS, ("hs1",)),
)
SEARCHES = (
    "",
    "",
    "",
    "huong",
    "võ nhai",
    "VO NHAI",
    "dinh hoa",
    "Vo\u0303",
    "đ",
    "9",
    "hs3 an",
    "%",
)
SORTS = tuple(Sort(c.name, way) for c in COLUMNS for way in (False, True))


def some_query(luck: random.Random, limit: int | None = None) -> Query:
    """Make a query of any kind."""
    return Query(
        columns=None if luck.random() < 0.7 else tuple(luck.sample([c.name for c in COLUMNS], 3)),
        filters=tuple(luck.sample(list(FILTERS), luck.choice((0, 0, 1, 1, 2)))),
        search=luck.choice(SEARCHES),
        unsearched=luck.choice(((), ("person",))),
        sort=tuple(luck.sample(SORTS, luck.choice((0, 0, 1, 1, 2, 3)))),
        offset=luck.choice((0, 0, 0, 3, 50, 5000)),
        limit=limit or luck.choice((1, 7, 100)),
    )


__all__ = [
    "BY_DAY",
    "BY_MONTH",
    "CACHED",
    "COLUMNS",
    "PLAIN",
    "cache",
    "cached_desk",
    "in_parts",
    "rows",
    "some_query",
]
