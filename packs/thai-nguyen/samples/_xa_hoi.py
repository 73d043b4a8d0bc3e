"""What modules of economy and society share: people of communes, weeks, registers of datasets."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tinhdata.pack import Row, World
from tinhdata.vietnam import Unreadable, parse_tax_code

from ._chung import day_between


def whole(value: object) -> int:
    """Give a number of a row as an integer."""
    return int(str(value))


def a_day(value: object) -> date:
    """Give a day of a row as a date; raises TypeError where there is none."""
    if isinstance(value, date):
        return value
    raise TypeError(value)


def people(world: World, column: str = "dan_so") -> dict[str, int]:
    """Give a number of people of each commune."""
    return {str(row["ma_xa"]): whole(row[column]) for row in world.rows("dan-so-theo-xa")}


def mondays(world: World, count: int) -> tuple[date, ...]:
    """Give the first days of the last `count` weeks that are over on the day of the samples."""
    last = world.day - timedelta(days=world.day.weekday() + 7)
    return tuple(last - timedelta(weeks=back) for back in range(count - 1, -1, -1))


def quarter_starts(world: World, count: int) -> tuple[date, ...]:
    """Give the first days of the last `count` quarters that are over or end with the samples."""
    last = world.day.year * 4 + (world.day.month - 1) // 3
    return tuple(
        date(number // 4, number % 4 * 3 + 1, 1) for number in range(last - count + 1, last + 1)
    )


def quarter_ends(world: World, count: int) -> tuple[date, ...]:
    """Give the last days of the same quarters."""
    return tuple(
        (first + timedelta(days=95)).replace(day=1) - timedelta(days=1)
        for first in quarter_starts(world, count)
    )


def enterprises(world: World, section: frozenset[str] | None = None) -> list[Row]:
    """Give the enterprises at work whose code is right, of some divisions only if these are given.

    The register holds two wrong codes on purpose; nothing may refer to those.
    """
    return [
        row
        for row in world.rows("doanh-nghiep")
        if row["tinh_trang"] == "đang hoạt động"
        and not isinstance(parse_tax_code(str(row["ma_so"]), world.day), Unreadable)
        and (section is None or row["ma_nganh"] in section)
    ]


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of a register: name, group, dataset of the platform, its cycle in days."""

    name: str
    group: str
    dataset: str | None
    days: int


def register(
    world: World, prefix: str, agency: str, entries: tuple[Listed, ...]
) -> Iterator[dict[str, object]]:
    """Give the rows of a register; what is not on the platform yet has no day, score or use."""
    chance = world.rng(f"register/{prefix}")
    for number, entry in enumerate(entries, start=1):
        scope = len(world.rows(entry.dataset)) if entry.dataset else chance.randint(60, 400)
        is_late = chance.random() < 0.12
        latest = world.day - timedelta(days=1 if entry.days < 3 else entry.days // 3)
        share = chance.uniform(0.8, 0.95) if chance.random() < 0.1 else chance.uniform(0.955, 1)
        there = entry.dataset is not None
        updated = day_between(latest - timedelta(days=entry.days // 2), latest, chance)
        yield {
            "ma_bo": f"{prefix}{number:03}",
            "ten": entry.name,
            "nhom": entry.group,
            "bo_du_lieu": entry.dataset,
            "chu_quan": agency,
            "chu_ky_cap_nhat": entry.days,
            "ngay_cap_nhat": (updated - timedelta(days=2 * entry.days if is_late else 0))
            if there
            else None,
            "so_doi_tuong": scope,
            "so_doi_tuong_co_du_lieu": round(scope * share) if there else 0,
            "diem_chat_luong": round(chance.uniform(93.5, 100), 1) if there else None,
            "luot_dung_90_ngay": chance.choice((0, 12, 40, 95, 260, 730)) if there else 0,
        }
