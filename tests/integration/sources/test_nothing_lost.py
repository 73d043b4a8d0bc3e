"""Random histories of a table, of failures and of decisions: the keys here are those at the source.

The seeds are fixed, so a fault comes again; each history is a few dozen steps of inserts, updates,
deletions, late commits, cut connections and publishing or not.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.integration.deliveries.packing import LIST as LIST_DATASET
from tests.integration.deliveries.packing import READINGS as READINGS_DATASET
from tests.integration.sources.cutting import Cutter, cutter
from tests.integration.sources.databases import LIST, READINGS, TableSource
from tests.integration.sources.yard import OFFICER, Yard
from tinhdata.deliveries import State
from tinhdata.kernel import JSON
from tinhdata.sources import Outcome

_START = datetime(2026, 9, 1, tzinfo=UTC)


@dataclass
class Town:
    """An office's table that changes; marks are set as a trigger would, some commits come late."""

    base: TableSource
    chance: random.Random
    at: datetime = _START

    def step(self) -> None:
        self.at += timedelta(minutes=self.chance.choice([0, 1, 7, 40]))
        # A transaction that began earlier and ends only now.
        mark = self.at - timedelta(minutes=self.chance.choice([0, 0, 0, 5, 14]))
        station = f"T{self.chance.randrange(12)}"
        day = f"2026-{self.chance.choice([9, 10, 11]):02}-{self.chance.randrange(1, 25):02}"
        value = self.chance.randrange(9_000) / 10
        where = f"tram = '{station}' AND ngay = '{day}'"
        kind = self.chance.random()
        if kind < 0.2:
            self.base.run(f"DELETE FROM so_do WHERE {where}")
            return
        self.base.run(
            f"DELETE FROM so_do WHERE {where}",
            f"INSERT INTO so_do VALUES ('{station}', '{day}', {value}, '{mark:%Y-%m-%d %H:%M:%S}')",
        )

    def truth(self) -> set[tuple[object, ...]]:
        return set(self.base.rows("SELECT tram, ngay, gia_tri FROM so_do"))

    def months(self) -> set[str]:
        return {str(row[0])[:7] for row in self.base.rows("SELECT ngay FROM so_do")}


def here(office: Yard, months: set[str]) -> set[tuple[object, ...]]:
    rows = office.rows(READINGS_DATASET, "tram", "ngay", "gia_tri")
    assert len(rows) == len({row[:2] for row in rows})
    return {row for row in rows if str(row[1])[:7] in months}


def settle(office: Yard) -> None:
    """Publish what waits, the oldest first, as a person does who comes in the morning."""
    waiting = office.deliveries.page(OFFICER, states=(State.CHECKED,), limit=100).items
    for delivery in reversed(waiting):
        if office.get(delivery.id).state is State.CHECKED:
            office.published(delivery)


@pytest.mark.parametrize("seed", range(4))
def test_a_table_that_changes_in_every_way_is_here_as_it_is_there(
    office: Yard, base: TableSource, seed: int
) -> None:
    chance = random.Random(seed)
    base.run(READINGS)
    town = Town(base, chance)
    for _ in range(6):
        town.step()
    with cut_off(office, base, chance) as (name, line):
        for _ in range(5):
            for _ in range(chance.randrange(6)):
                town.step()
            line.cut_after = chance.choice([None, None, 300, 2_500])
            office.pull(name)
            office.later(minutes=chance.choice([1, 10, 40]))
            if chance.random() < 0.5:
                settle(office)
        line.cut_after = None
        # The last change may still be followed by others until its window has closed.
        for minutes in (1, 16, 1):
            office.pull(name)
            office.later(minutes=minutes)
        settle(office)
    assert here(office, town.months()) == town.truth()


@contextmanager
def cut_off(office: Yard, base: TableSource, chance: random.Random) -> Iterator[tuple[str, Cutter]]:
    """Add the source behind a line that can be cut."""
    found = sa.make_url(base.url)
    secret: dict[str, JSON] = {}
    if found.password:
        secret["password"] = office.secret("csdl", str(found.password))
    with cutter(found.host or "", found.port or 0) as line:
        document = base.document(
            dataset=READINGS_DATASET,
            table="so_do",
            mode="since",
            mark="cap_nhat",
            overlap="PT15M",
            **secret,
        )
        yield office.add({**document, "port": line.port}), line


def test_a_whole_table_over_a_line_that_is_cut_is_never_half_a_table(
    office: Yard, base: TableSource
) -> None:
    base.run(LIST)
    rows = ", ".join(f"('M{n}', 'Tên gọi thứ {n}', {n % 900}, NULL)" for n in range(3_000))
    base.run(f"INSERT INTO danh_sach VALUES {rows}")
    found = sa.make_url(base.url)
    secret = {"password": office.secret("c", str(found.password))} if found.password else {}
    with cutter(found.host or "", found.port or 0) as line:
        document = base.document(dataset=LIST_DATASET, table="danh_sach", **secret)
        name = office.add({**document, "port": line.port})
        for cut in (10, 900, 20_000, 70_000):
            line.cut_after = cut
            run = office.pull(name)
            assert run.outcome is Outcome.FAILED
            assert run.deliveries == ()
        line.cut_after = None
        delivery = office.pulled(name)
    assert delivery.rows.released == 3_000
